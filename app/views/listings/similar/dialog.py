"""Similar listings: searched in the worker process, shown group by group side by side, decided one by one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.messages import tr
from app.services.history.records import ChangeRecord
from app.services.listings.chosen import Chosen
from app.services.listings.similar.records import SimilarResult
from app.services.listings.similar.showing import SimilarListing
from app.services.paging import Query
from app.services.tasks import Progress
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.importing.save_file import SHEETS, saving_dialog
from app.views.language import say
from app.views.latest_call import LatestCall
from app.views.listings.similar.group_list import GroupList
from app.views.listings.similar.group_pane import MOST_SHOWN, GroupPane
from app.views.listings.similar.options_bar import OptionsBar
from app.views.thumbnails import Thumbnails
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label
from app.views.widgets.state_pane import StatePane

SIZE = QSize(1180, 760)


class SimilarDialog(Dialog):
    """Non-modal: the table stays in view and shows what is chosen here.

    Args:
        chosen: listings in focus, ids or the filter itself; None for whole stores.
        count: how many those are.
        store_ids: of the page; none for all stores.
        pictures: the page's thumbnails.

    Emits:
        show_wanted: ids to be shown in the table.
        off_wanted: ids to be taken off sale; the page asks first.
        stored: the `ChangeRecord` of what was decided, message key and params of what to say about it.
    """

    show_wanted = Signal(object)
    off_wanted = Signal(object)
    stored = Signal(object, str, object)

    def __init__(
        self,
        context: ViewContext,
        chosen: Chosen | None,
        count: int,
        store_ids: tuple[int, ...],
        pictures: Thumbnails,
        parent: QWidget,
    ) -> None:
        super().__init__("similar.dialog", parent, size=SIZE)
        self._context, self._desk, self._chosen = context, context.services.similar, chosen
        self.found: SimilarResult | None = None
        self._is_own = self._is_deciding = self._has_moved = False
        self._say_state: Callable[[], None] | None = None
        self.options = OptionsBar(store_ids, count if chosen is not None else 0, is_filter=isinstance(chosen, Query))
        self.groups, self.pane, self.state = GroupList(), GroupPane(pictures), StatePane()
        self.counts = Label(role="small", ink="text2", wrap=True)
        self.again = Button("similar.again", icon_name="refresh", kind="small")
        self.look = Button(kind="small", icon_name="photo")
        self.export = Button("similar.export")
        self.searching = LatestCall(context, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        whole = column(self.body)
        whole.addWidget(self.options)
        head = Ground("surface", "bottom")
        line = row(head, edges=14, gap=10)
        line.setContentsMargins(14, 6, 14, 6)
        line.addWidget(self.counts, 1)
        for button in (self.look, self.again):
            line.addWidget(button)
        whole.addWidget(head)
        self._stack, self._shown = QStackedWidget(), Ground("sunken")
        parts = row(self._shown, gap=0)
        parts.addWidget(self.groups)
        parts.addWidget(self.pane, 1)
        for widget in (self._shown, self.state):
            self._stack.addWidget(widget)
        whole.addWidget(self._stack, 1)
        self.hint.say("similar.hint")
        self.footer.row.addWidget(self.export)
        self.close_button = Button("dialog.close")  # what is decided is stored at once
        self.close_button.clicked.connect(self.reject)
        self.footer.row.addWidget(self.close_button)
        stops = [self.options.scope, self.options.across, self.options.drafts, *self.options.whys.values()]
        stops += [self.options.share, self.look, self.again, self.groups, *self.pane.stops(), self.state.button]
        for before, after in pairwise([*stops, self.export, self.close_button]):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        self.options.changed.connect(self.search)
        self.again.clicked.connect(lambda: self.search())
        self.look.clicked.connect(lambda: self.search(looks_first=True))
        self.searching.progressed.connect(self._on_progress)
        self.searching.waits.connect(lambda: self.state.show_progress(tr("bulk_edit.waits")))
        self.searching.answered.connect(self._on_result)
        self.searching.failed.connect(self._on_failed)
        self.state.acted.connect(self._act_on_state)
        self.groups.selectionModel().currentChanged.connect(lambda *_: self._show_current())
        self.pane.show_wanted.connect(self.show_wanted)
        self.pane.off_wanted.connect(self.off_wanted)
        self.pane.apart_wanted.connect(self.tell_apart)
        self.pane.hold_wanted.connect(self.hold)
        self.export.clicked.connect(self._ask_where)
        self._context.changes.happened.connect(self._on_change)

    # -- searching ---------------------------------------------------------------------------------------------

    def search(self, *, looks_first: bool = False) -> None:
        """Search as the options say; an older search ends."""
        self.found = None
        self._has_moved = False
        self.groups.rows.show_groups([])
        self.pane.show_group(None)
        self._stack.setCurrentWidget(self.state)
        self._show_head()
        options = self.options.options
        if not options.whys:
            self.searching.stop()
            self._put_state("similar.no_reason", lambda: tr("similar.no_reason_detail"))
            return
        self._say_state = None
        self.state.show_working("copy", "similar.searching", "bulk_edit.stop")
        chosen = self._chosen if self.options.is_about_chosen else None
        self.searching.ask(self._desk.search_call(options, chosen, looks_first=looks_first))

    def _on_progress(self, progress: Progress) -> None:
        said = tr(progress.note) if progress.note else ""
        if progress.total and said:
            said = tr("bulk_edit.working_of", what=said, done=progress.done, n=progress.total)
        self.state.show_progress(said, progress)

    def _on_result(self, result: SimilarResult) -> None:
        self.found = result
        self.groups.rows.show_groups(result.groups)
        self._show_head()
        self._show_found()
        if result.groups:
            self.groups.go_to(0)
            self.groups.setFocus()

    def _show_found(self) -> None:
        """The groups, or that nothing is alike."""
        assert self.found is not None
        if self.groups.rows.groups:
            self._stack.setCurrentWidget(self._shown)
            return
        key, n = "similar.all_decided" if self.found.groups else "similar.nothing", self.found.looked_at
        self._put_state(key, lambda: tr("similar.nothing_detail", n=n), icon="circle-check")

    def _put_state(self, title: str, said: Callable[[], str], action: str = "", icon: str = "alert-triangle") -> None:
        """What stands in place of the groups; it is said anew in another language."""
        self._stack.setCurrentWidget(self.state)
        self._say_state = lambda: self.state.show_problem(title, said(), action, icon=icon)
        self._say_state()

    def _on_failed(self, error: Exception) -> None:
        self._put_state("similar.not_searched", lambda: sentence(error), "similar.again")

    def _act_on_state(self) -> None:
        if self.searching.is_busy:
            self.searching.stop()
            self._put_state("similar.stopped", str, "similar.again")
        else:
            self.search()

    def _show_head(self) -> None:
        """Counts of the result, and what would make it better."""
        result, groups = self.found, self.groups.rows.groups
        self.export.setEnabled(bool(groups))
        unseen = result.unseen if result is not None else 0
        self.look.setVisible(unseen > 0)
        say(self.look, "similar.look", n=unseen)
        self.again.setVisible(result is not None and self._has_moved)
        if result is None:
            self.counts.setText("")
            return
        n = sum(len(group.listing_ids) for group in groups)
        said = tr("similar.counts", n=result.looked_at, groups=len(groups), similar=n)
        self.counts.setText(f"{said} {tr('similar.moved')}" if self._has_moved else said)

    # -- one group ---------------------------------------------------------------------------------------------

    def _show_current(self) -> None:
        group = self.groups.current
        if group is not self.pane.group:
            self.pane.show_group(group)
            self._read_listings()

    def _read_listings(self) -> None:
        group = self.pane.group
        if group is None:
            return
        handle = self._context.runner.call(self._desk.listings, group.listing_ids[:MOST_SHOWN])
        handle.succeeded.connect(lambda listings: self._take_listings(group.id, listings))
        handle.failed.connect(self._tell)

    def _take_listings(self, group_id: int, listings: list[SimilarListing]) -> None:
        if self.pane.group is not None and self.pane.group.id == group_id:
            self.pane.show_listings(listings)

    # -- deciding ----------------------------------------------------------------------------------------------

    def tell_apart(self, listing_ids: list[int]) -> None:
        """These are not the same as any other one of the group."""
        group = self.pane.group
        if group is None or not listing_ids or self._is_deciding:
            return
        self._is_deciding = True
        handle = self._context.runner.call(self._desk.tell_apart, listing_ids, group.listing_ids)
        handle.succeeded.connect(lambda change: self._on_apart(group.id, listing_ids, change))
        handle.failed.connect(self._tell)

    def _on_apart(self, group_id: int, listing_ids: list[int], change: ChangeRecord | None) -> None:
        self._is_deciding = False
        groups = self.groups.rows.groups
        at = next((at for at, group in enumerate(groups) if group.id == group_id), None)
        if at is not None:
            self.groups.rows.put(at, groups[at].without(listing_ids))
            self._show_found()
            if groups:
                self.groups.go_to(at)
            self._show_current()
            self._show_head()
        self._tell_stored(change, "similar.told_apart", n=len(listing_ids))

    def hold(self, listing_ids: list[int], reason: str) -> None:
        """Hold these back until somebody releases them."""
        handle = self._context.runner.start(self._context.services.listings.hold, listing_ids, reason)
        handle.succeeded.connect(lambda change: self._tell_stored(change, "hold.done", n=len(listing_ids)))
        handle.failed.connect(self._tell)

    def _tell_stored(self, change: ChangeRecord | None, key: str, **params: object) -> None:
        if change is None:
            self.hint.say("similar.said_before")
            return
        self.hint.say("similar.stored", said=tr(key, **params))
        self._is_own = True
        try:
            self.stored.emit(change, key, params)
        finally:
            self._is_own = False

    def _tell(self, error: Exception) -> None:
        self._is_deciding = False
        self.hint.tell(error)

    def _on_change(self, tables: frozenset[str]) -> None:
        """Prices and states are read again; whether they are still alike only a new search says."""
        if "listing" in tables and self.isVisible() and self.found is not None:
            self._read_listings()
            if not self._is_own:
                self._has_moved = True
                self._show_head()

    # -- the list ----------------------------------------------------------------------------------------------

    def _ask_where(self) -> None:
        dialog = saving_dialog(self, "similar.export", SHEETS, ".xlsx")
        dialog.selectFile(tr("similar.sheet"))
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write the groups in view to a sheet."""
        handle = self._context.runner.start_heavy(*self._desk.export_call(self.groups.rows.groups, path))
        handle.succeeded.connect(lambda n: self.hint.say("similar.exported", n=n, file=path.name))
        handle.failed.connect(self._tell)

    def retranslate(self) -> None:
        """Counts, and what stands in place of the groups, in the new language."""
        if hasattr(self, "searching"):
            self._show_head()
            if self._say_state is not None:
                self._say_state()

    def done(self, result: int) -> None:
        """Nothing is searched for a closed dialog."""
        self.options.stop()
        self.searching.stop()
        super().done(result)
