"""The side panel of the Listings tab: head, worst finding, editor, findings, history."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.errors import NotFound
from app.services.listings.details import ListingDetail, Lock
from app.services.listings.fixes import edit_of
from app.views.errors import sentence
from app.views.listings.detail_reader import DetailReader
from app.views.listings.editor import ListingEditor
from app.views.listings.finding_list import FindingList
from app.views.listings.history_list import HistoryList
from app.views.listings.panel_head import PanelBanner, PanelHead
from app.views.listings.saver import Saver
from app.views.numbers import moment
from app.views.side_panel import SidePanel
from app.views.widgets.buttons import Button
from app.views.widgets.label import ElidedLabel, Label

if TYPE_CHECKING:
    from app.services.compliance.findings import Finding
    from app.views.context import ViewContext
    from app.views.thumbnails import Thumbnails

Wanted = tuple[int, str, str, int | None]


class ListingPanel(SidePanel):
    """Shows and edits the current listing; saves at once.

    Emits:
        saved: (listing id, the change that was stored or None where nothing differed).
        checked: id of a listing whose findings were counted anew.
        undo_wanted: uid of a change to take back.
        undo_here_wanted: (uid, listing id): take it back for this listing only.
        decide_wanted: id of an unconfirmed listing a person wants to decide about.
        step_wanted: F8 in the panel: +1 for the next row with a finding, −1 for the one before.
        problem: an error to tell.
    """

    saved = Signal(int, object)
    checked = Signal(int)
    undo_wanted = Signal(str)
    undo_here_wanted = Signal(str, int)
    decide_wanted = Signal(int)
    step_wanted = Signal(int)
    problem = Signal(object)

    def __init__(self, context: ViewContext, pictures: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._desk = context.services.listings
        self._detail: ListingDetail | None = None
        self._fix_wanted: Wanted | None = None
        self._chosen = 0
        self.saver = Saver(context.runner, self._desk.save, self, jobs=context.jobs)
        self.reader = DetailReader(context.runner, self._load, self.saver, self)
        self.editor = ListingEditor(context, self.saver, pictures)
        self.findings = FindingList()
        self.history = HistoryList(of_one=True)
        self.card = PanelHead(pictures)
        self.worst = PanelBanner()
        self.several = Label(role="small", ink="text2", wrap=True)
        self.saved_note = ElidedLabel(role="small", ink="text3")
        self.recheck_button = Button("listings.recheck_one", icon_name="shield-check")
        self.again_button = Button("listings.save_again", kind="small")
        self._lay_out()
        self._connect()
        self.show_nothing()

    def _load(self, listing_id: int) -> tuple[Any, Any]:
        return self._desk.detail(listing_id), self._desk.history_of(listing_id)

    def _lay_out(self) -> None:
        self.set_head(self.card)
        self.several.setContentsMargins(14, 2, 14, 6)
        self.banner.addWidget(self.several)
        self.banner.addWidget(self.worst)
        self.add_tab("edit", "listings.tab.edit", self.editor)
        self.add_tab("findings", "listings.tab.findings", self.findings)
        self.add_tab("history", "listings.tab.history", self.history)
        self.set_footer(self.recheck_button)
        self.footer.row.addWidget(self.saved_note)
        self.footer.row.addWidget(self.again_button)
        self.layout().addStretch()
        self.again_button.hide()
        self.several.hide()

    def _connect(self) -> None:
        self.saver.saved.connect(self._on_saved)
        self.saver.failed.connect(self._on_save_failed)
        self.reader.arrived.connect(self._show)
        self.reader.failed.connect(self._on_load_failed)
        self._context.jobs.leaving.connect(self.editor.commit)
        self.recheck_button.clicked.connect(self._recheck)
        self.again_button.clicked.connect(self.saver.flush)
        self.worst.fix_wanted.connect(self.apply_fix)
        self.worst.field_wanted.connect(self.go_to_finding)
        self.worst.named_field_wanted.connect(self.go_to_field)
        self.worst.let_go_wanted.connect(self.let_go)
        self.worst.decide_wanted.connect(lambda: self.decide_wanted.emit(self.listing_id))
        self.findings.fix_wanted.connect(self.apply_fix)
        self.findings.field_wanted.connect(self.go_to_finding)
        self.findings.release_wanted.connect(self.release_twins)
        self.findings.let_go_wanted.connect(self.let_go)
        self.history.undo_wanted.connect(self.undo_wanted)
        self.history.undo_here_wanted.connect(lambda uid: self.undo_here_wanted.emit(uid, self.listing_id))

    @property
    def listing_id(self) -> int:
        """Id of the listing that is shown or on its way, 0 for none."""
        return self.reader.wanted

    # -- what is shown -----------------------------------------------------------------------------------------

    def show_listing(self, listing_id: int) -> None:
        """Show another listing; what was typed for the one before is stored first."""
        if listing_id != self.listing_id:
            self.leave()
        self.reader.ask(listing_id)

    def show_nothing(self) -> None:
        """No row is current."""
        self.leave()
        self.reader.ask(0)
        self._detail = None
        self.card.show_nothing()
        for widget in (self.worst, self.editor, self.several, self.tabs, self._pages, self.footer):
            widget.hide()
        self.findings.show_findings(())
        self.history.show_changes(())
        self.tabs.show_count("findings", 0)

    def show_chosen(self, count: int) -> None:
        """How many rows are chosen: the panel speaks of the current one only, and says so."""
        self._chosen = count
        self.several.setText(tr("listings.several_chosen", n=count) if count > 1 else "")
        self.several.setVisible(count > 1 and self._detail is not None)

    def leave(self) -> None:
        """Take what stands in an open cell editor and store everything typed: the listing is being left."""
        self._fix_wanted = None
        self.editor.commit()
        self.saver.flush()
        self.saver.forget_typing()

    def refresh(self) -> None:
        """Read the current listing again."""
        self.reader.ask(self.listing_id)

    def _show(self, detail: ListingDetail, changes: list[Any]) -> None:
        self._detail = detail
        record = detail.record
        self.saver.begin(record.id, record.title)
        self.card.show_detail(detail)
        for widget in (self.editor, self.tabs, self._pages, self.footer):
            widget.show()
        self.editor.show_detail(detail)
        can_fix = detail.lock == Lock.NONE
        self.findings.show_findings(detail.findings, can_fix=can_fix)
        self.tabs.show_count("findings", len(detail.findings))
        self.worst.show_detail(detail)
        self.history.show_changes(changes)
        self.show_chosen(self._chosen)
        self._show_note()
        if self._fix_wanted is not None and not self.saver.is_pending:
            self._apply_wanted_fix(self._fix_wanted)

    def _show_note(self) -> None:
        """Whether and when the listing was stored."""
        has_failed = self.saver.has_failed
        self.again_button.setVisible(has_failed)
        self.saved_note.set_look(ink="red" if has_failed else "text3")
        if has_failed:
            self.saved_note.setText(tr("listings.not_saved"))
        elif self._detail is not None:
            self.saved_note.setText(tr("listings.saved_at", time=moment(self._detail.record.updated_ms)))

    def _on_load_failed(self, error: Exception) -> None:
        self.show_nothing()
        if not isinstance(error, NotFound):
            self.problem.emit(error)

    # -- acting ------------------------------------------------------------------------------------------------

    def apply_first_fix(self) -> None:
        """Alt+Enter: the remedy the banner offers."""
        if self.worst.finding is not None and self.worst.fix.isVisibleTo(self):
            self.apply_fix(self.worst.finding)

    def apply_fix(self, finding: Finding) -> None:
        """Do what the button of a finding says, as one undoable change; what is typed is stored and judged first."""
        if self._detail is None or finding.fix is None or self._detail.lock != Lock.NONE:
            return
        if self.saver.is_pending:
            self._fix_wanted = (self.listing_id, finding.code, finding.field, finding.sku)
            self.saver.flush()
        else:
            self._put_fix(finding)

    def _apply_wanted_fix(self, wanted: Wanted) -> None:
        self._fix_wanted = None
        assert self._detail is not None
        for finding in self._detail.findings:
            if (self._detail.record.id, finding.code, finding.field, finding.sku) == wanted and finding.fix is not None:
                self._put_fix(finding)
                return

    def _put_fix(self, finding: Finding) -> None:
        assert self._detail is not None and finding.fix is not None
        edit = edit_of(self._detail.record, finding.fix)
        if edit.images is not None:
            self.saver.put_images(edit.images)
        elif edit.skus:
            self.saver.put_skus(edit.skus)
        else:
            self.saver.put_fields(edit.fields)

    def release_twins(self) -> None:
        """The listing is not the same item as the one it is held for; what is typed is stored first."""
        wanted = self.listing_id
        self.editor.commit()
        self.saver.when_stored(lambda: self._release(wanted, self._desk.release_twins, wanted))

    def let_go(self) -> None:
        """The listing that a person holds may be published; what is typed is stored first."""
        wanted = self.listing_id
        self.editor.commit()
        self.saver.when_stored(lambda: self._release(wanted, self._desk.release_hold, [wanted]))

    def _release(self, listing_id: int, act: Callable[..., Any], argument: object) -> None:
        handle = self._context.runner.start(act, argument)
        handle.succeeded.connect(lambda _: self._on_released(listing_id))
        handle.failed.connect(self.problem)

    def _on_released(self, listing_id: int) -> None:
        self._context.notices.toast("listings.released_twins")
        self._context.changes.tell({"listing", "change"})
        self._on_checked(listing_id)

    def _recheck(self) -> None:
        wanted = self.listing_id
        handle = self._context.runner.start(self._desk.recheck, [wanted])
        handle.succeeded.connect(lambda _: self._on_checked(wanted))
        handle.failed.connect(self.problem)

    def _on_checked(self, listing_id: int) -> None:
        self.checked.emit(listing_id)
        self.refresh()

    def go_to_finding(self, finding: Finding) -> None:
        """Show the editor with the cursor where the finding is put right."""
        self.show_tab("edit")
        self.editor.focus_finding(finding)

    def go_to_field(self, name: str) -> None:
        """Show the editor with the cursor in a field."""
        self.show_tab("edit")
        self.editor.focus_field(name)

    def _on_saved(self, listing_id: int, change: Any) -> None:
        self.saved.emit(listing_id, change)
        if listing_id == self.listing_id:
            self.refresh()

    def _on_save_failed(self, error: Exception) -> None:
        self.problem.emit(error)
        self._show_note()
        self.saved_note.setToolTip(sentence(error))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F8 goes on to the next row, wherever in the panel the cursor is."""
        if event.key() == Qt.Key.Key_F8:
            self.step_wanted.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing typed is lost by closing the panel or changing the tab."""
        self.leave()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Sentences of the new language: told from what is known, then read anew."""
        super().changeEvent(event)
        if event.type() != QEvent.Type.LanguageChange or not hasattr(self, "card"):
            return
        if self._detail is None:
            self.card.show_nothing()
        else:
            self.reader.ask(self.listing_id)
