"""The side panel of the Listings tab: head, worst finding, editor, findings, history."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from app.messages import tr
from app.services.compliance.findings import Finding, finding_text, fix_text
from app.services.errors import NotFound
from app.services.listings.details import ListingDetail
from app.services.listings.editing import ListingEdit
from app.views.context import ViewContext
from app.views.listings.editor import ListingEditor
from app.views.listings.finding_list import FindingList
from app.views.listings.history_list import HistoryList
from app.views.listings.saver import Saver
from app.views.numbers import moment
from app.views.side_panel import SidePanel
from app.views.theme import current_theme
from app.views.thumbnails import Thumbnails
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import ElidedLabel, Label
from app.views.widgets.status_label import StatusLabel

PICTURE = 44
FIXABLE_SKU = {"sku.code": "code", "sku.price": "price_minor", "sku.stock": "stock"}


class ListingPanel(SidePanel):
    """Shows and edits the current listing; saves at once.

    Emits:
        saved: the change that was stored, or None.
        undo_wanted: uid of a change to take back.
        problem: an error to tell.
    """

    saved = Signal(object)
    undo_wanted = Signal(str)
    problem = Signal(object)

    def __init__(self, context: ViewContext, pictures: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._pictures = context, pictures
        self._desk = context.services.listings
        self._listing_id = 0
        self._detail: ListingDetail | None = None
        self.saver = Saver(context.runner, self._desk.save, self)
        self.editor = ListingEditor(context, self.saver, pictures)
        self.findings = FindingList()
        self.history = HistoryList()
        self._build_head()
        self._build_banner()
        self.add_tab("edit", "listings.tab.edit", self.editor)
        self.add_tab("findings", "listings.tab.findings", self.findings)
        self.add_tab("history", "listings.tab.history", self.history)
        self.saved_note = Label(role="small", ink="text3")
        self.recheck_button = Button("listings.recheck_one", icon_name="shield-check")
        self.recheck_button.clicked.connect(self._recheck)
        self.set_footer(self.recheck_button)
        self.footer.row.addWidget(self.saved_note)
        self._connect()
        self.show_nothing()

    def _build_head(self) -> None:
        head = Ground("surface")
        line = row(head, gap=10)
        self.picture = QLabel()
        self.picture.setFixedSize(PICTURE, PICTURE)
        texts = column(gap=3)
        self.name = ElidedLabel(role="title", strong=True)
        second = row(gap=8)
        self.status = StatusLabel()
        self.codes = ElidedLabel(role="small", ink="text2", middle=True)
        second.addWidget(self.status)
        second.addWidget(self.codes, 1)
        texts.addWidget(self.name)
        texts.addLayout(second)
        line.addWidget(self.picture)
        line.addLayout(texts, 1)
        self.set_head(head)

    def _build_banner(self) -> None:
        self.worst = Ground("redSoft", "bottom")
        lines = column(self.worst, gap=6)
        lines.setContentsMargins(14, 8, 14, 8)
        self.worst_text = Label(ink="red", wrap=True)
        self.worst_fix = Button(kind="small")
        lines.addWidget(self.worst_text)
        lines.addWidget(self.worst_fix, 0, Qt.AlignmentFlag.AlignLeft)
        self.worst_fix.clicked.connect(self.apply_first_fix)
        self.banner.addWidget(self.worst)

    def _connect(self) -> None:
        self.saver.saved.connect(self._on_saved)
        self.saver.failed.connect(self.problem)
        self.editor.refused.connect(self._on_refused)
        self.findings.fix_wanted.connect(self.apply_fix)
        self.findings.field_wanted.connect(self._go_to_field)
        self.history.undo_wanted.connect(self.undo_wanted)
        self._pictures.arrived.connect(self._on_picture)

    # -- what is shown -----------------------------------------------------------------------------------------

    def show_listing(self, listing_id: int) -> None:
        """Show another listing; what was typed for the one before is stored first."""
        self.saver.flush()
        self._listing_id = listing_id
        self.refresh()

    def show_nothing(self) -> None:
        """No row is current."""
        self.saver.flush()
        self._listing_id, self._detail = 0, None
        self.name.setText(tr("listings.no_selection"))
        self.codes.setText("")
        self.picture.clear()
        for widget in (self.status, self.worst, self.editor, self.recheck_button, self.saved_note):
            widget.hide()
        self.findings.show_findings(())
        self.history.show_changes(())
        self.tabs.show_count("findings", 0)

    def refresh(self) -> None:
        """Read the current listing again."""
        wanted = self._listing_id
        if not wanted:
            return
        handle = self._context.runner.call(self._desk.detail, wanted)
        handle.succeeded.connect(lambda detail: self._show(wanted, detail))
        handle.failed.connect(lambda error: self._on_load_failed(wanted, error))
        history = self._context.runner.call(self._desk.history_of, wanted)
        history.succeeded.connect(lambda changes: self._show_history(wanted, changes))

    def _show(self, wanted: int, detail: ListingDetail) -> None:
        if wanted != self._listing_id:
            return  # the answer about a row left meanwhile
        self._detail = detail
        record = detail.record
        self.saver.begin(record.id, record.title)
        self.name.setText(record.title or "–")
        self.status.show_status(f"listing.{record.status}")
        self.codes.setText(
            " · ".join(part for part in (record.skus[0].code if record.skus else "", record.product_id or "") if part)
        )
        self._show_picture()
        for widget in (self.status, self.editor, self.recheck_button, self.saved_note):
            widget.show()
        self.editor.show_detail(detail)
        self.findings.show_findings(detail.findings)
        self.tabs.show_count("findings", len(detail.findings))
        self._show_worst(detail)
        self.saved_note.setText(tr("listings.saved_at", time=moment(record.updated_ms)))

    def _show_history(self, wanted: int, changes: list[Any]) -> None:
        if wanted == self._listing_id:
            self.history.show_changes(changes)

    def _show_worst(self, detail: ListingDetail) -> None:
        """What the platform said, else the worst finding that blocks or holds."""
        record = detail.record
        worst = next((one for one in detail.findings if one.severity in ("block", "hold")), None)
        text = tr("listings.platform_said", text=record.error_text) if record.error_text else ""
        if not text and worst is not None:
            text = finding_text(worst)
        self.worst_text.setText(text)
        self.worst.setVisible(bool(text))
        has_fix = worst is not None and worst.fix is not None and not record.error_text
        self.worst_fix.setVisible(has_fix)
        if has_fix and worst is not None and worst.fix is not None:
            self.worst_fix.setText(fix_text(worst.fix))

    def _show_picture(self) -> None:
        images = self._detail.record.images if self._detail else []
        picture = self._pictures.get(images[0], PICTURE) if images else None
        if picture is None:
            picture = QPixmap(PICTURE, PICTURE)
            picture.fill(current_theme().color("header"))
        self.picture.setPixmap(picture)

    def _on_picture(self, source: str) -> None:
        if self._detail and self._detail.record.images[:1] == [source]:
            self._show_picture()

    def _on_load_failed(self, wanted: int, error: Exception) -> None:
        if wanted == self._listing_id:
            self.show_nothing()
            if not isinstance(error, NotFound):
                self.problem.emit(error)

    # -- acting ------------------------------------------------------------------------------------------------

    def apply_first_fix(self) -> None:
        """Alt+Enter: the remedy of the worst finding that has one."""
        if self._detail is not None:
            fixable = next((one for one in self._detail.findings if one.fix is not None), None)
            if fixable is not None:
                self.apply_fix(fixable)

    def apply_fix(self, finding: Finding) -> None:
        """Do what the button of a finding says, as one undoable change."""
        if self._detail is None or finding.fix is None:
            return
        self.saver.flush()
        record, fix = self._detail.record, finding.fix
        if fix.sku is None:
            edit = (
                ListingEdit(record.id, images=fix.value)
                if fix.field == "images"
                else ListingEdit(record.id, fields={fix.field: fix.value})
            )
        else:
            name = FIXABLE_SKU.get(fix.field, fix.field.removeprefix("sku."))
            edit = ListingEdit(record.id, skus={record.skus[fix.sku].id or 0: {name: fix.value}})
        handle = self._context.runner.call(self._desk.save, [edit], record.title)
        handle.succeeded.connect(self._on_saved)
        handle.failed.connect(self.problem)

    def _recheck(self) -> None:
        handle = self._context.runner.call(self._desk.recheck, [self._listing_id])
        handle.succeeded.connect(lambda _: self._on_saved(None))
        handle.failed.connect(self.problem)

    def _go_to_field(self, name: str) -> None:
        self.show_tab("edit")
        self.editor.focus_field(name)

    def _on_saved(self, change: Any) -> None:
        self.saved.emit(change)
        self.refresh()

    def _on_refused(self, sentence: str) -> None:
        self._context.notices.toast("window.said", tone="red", text=sentence)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing typed is lost by closing the panel or the window."""
        self.saver.flush()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Sentences of the new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self._detail is not None:
            self._show(self._listing_id, self._detail)
