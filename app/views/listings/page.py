"""The Listings tab: rows, their editor, publishing, checking, exporting."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from app.messages import tr
from app.services.listings.editing import ListingEdit
from app.services.listings.source import CHILD_ID_OFFSET
from app.services.paging import Filter
from app.views.actions import ActionSpec
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.listings.actions import ACTIONS
from app.views.listings.columns import columns
from app.views.listings.filters import FIELDS, SEGMENTS, parse, segment_counts, segment_filters
from app.views.listings.panel import ListingPanel
from app.views.listings.pictures import read_picture
from app.views.listings.publisher import Publisher
from app.views.tab_page import TabPage
from app.views.table_selection import Selection
from app.views.thumbnails import Thumbnails

RELOAD_MS = 250
"""While listings are being sent their rows are read again at most this often (interface.md 7)."""


class ListingsPage(TabPage):
    """Drafts and live listings of the chosen stores.

    Emits:
        import_wanted, sync_wanted: a button of the page; the window has the files and the stores.
    """

    key: ClassVar[str] = "listings"
    reads: ClassVar[frozenset[str]] = frozenset({"listing", "freight_template"})
    noun: ClassVar[str] = "listings"
    own_actions: ClassVar[tuple[ActionSpec, ...]] = ACTIONS
    can_sync: ClassVar[bool] = True

    import_wanted = Signal()
    sync_wanted = Signal()

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._desk = context.services.listings
        self._counted_for: object = None
        self.pictures = Thumbnails(context.runner, read_picture, self)
        self._source = self._desk.source()
        self._source.language = context.language.code
        table = self.set_table(self._source, columns(), default_density="compact", thumbnails=self.pictures)
        table.paged.edited.connect(self._on_cell_edited)
        table.finding_wanted.connect(self._go_to_finding)
        self.filters.parser = parse
        self.filters.search.set_hint("listings.search")
        self.filters.set_fields(FIELDS)
        self.segments = self.filters.set_segments(SEGMENTS)
        self.publisher = Publisher(context, self)
        self.publisher.rows_changed.connect(self._reload_soon)
        self._build_toolbar()
        self.editor = ListingPanel(context, self.pictures)
        self.editor.saved.connect(self._on_saved)
        self.editor.problem.connect(self._on_problem)
        self.set_panel(self.editor)
        self.add_view_tools()
        self._reload_timer = QTimer(self, singleShot=True, interval=RELOAD_MS)
        self._reload_timer.timeout.connect(self.reload)

    def _build_toolbar(self) -> None:
        page = self.actions_of_page
        page.on("publish", self.publish)
        page.on("export", self.export)
        page.on("save_template", self.save_template)
        page.on("recheck", self.recheck)
        page.on("fix", lambda: self.editor.apply_first_fix())
        page.on("publish_results", self.publisher.show_last)
        page.enable("publish_results", False, "listings.no_results_yet")
        self.publisher.finished.connect(lambda: page.enable("publish_results"))
        self.toolbar.add_primary("publish")
        if self.context.actions is not None:
            self.toolbar.add_action(self.context.actions["import"], "table-import")
        self.toolbar.add("export")
        self.toolbar.add("recheck")
        self.add_history_tools()
        self.toolbar.add_more("save_template", "publish_results")

    def retranslate(self) -> None:
        """Names of categories in the new language."""
        source = getattr(self, "_source", None)
        if source is not None and source.language != self.context.language.code:
            source.language = self.context.language.code
            self.reload()

    # -- hooks of the frame ------------------------------------------------------------------------------------

    def default_sort(self) -> tuple[str, bool]:
        """Newest first."""
        return "updated", True

    def segment_filters(self, segment: str) -> tuple[Filter, ...]:
        """The statuses a segment stands for."""
        return segment_filters(segment)

    def show_nothing(self) -> None:
        """No listing at all, or none in this segment."""
        if self.filters.segment not in ("", "all"):
            self.say_nothing(
                "tags",
                "listings.empty.segment",
                action_key="listings.empty.show_all",
                act=lambda: self.segments.choose("all"),
            )
            return
        self.say_nothing(
            "table-import",
            "listings.empty.title",
            detail_key="listings.empty.detail",
            action_key="listings.empty.import",
            act=self.import_wanted.emit,
        )

    def on_activated(self) -> None:
        """Count the segments."""
        self._count()

    def ask(self) -> None:
        """Rows and the counts of the segments."""
        super().ask()
        self._count()

    def reload(self) -> None:
        """Rows, counts and the open editor."""
        super().reload()
        self._count()
        self.editor.refresh()

    def on_selection(self, selection: Selection) -> None:
        """The primary counts what it acts on."""
        assert self.table is not None
        n = selection.count if selection else self.table.paged.total
        self.actions_of_page.say("publish", "listings.action.publish", n=n)
        for id in ("publish", "export", "recheck"):
            self.actions_of_page.enable(id, n > 0, "listings.nothing_here")

    def on_current(self, record: Any) -> None:
        """Show the listing, or the listing of the variant."""
        if record is None:
            self.editor.show_nothing()
        else:
            self.editor.show_listing(getattr(record, "listing_id", record.id))

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with the chosen rows."""
        for id in ("publish", "recheck", "export"):
            menu.addAction(self.actions_of_page[id])

    def sync(self) -> None:
        """F5: fetch from the marketplace; the window owns the stores."""
        self.sync_wanted.emit()

    def restore_selection_of_problem(self, listing_ids: Sequence[int]) -> None:
        """Choose these rows: the ones a result speaks of."""
        if self.table is not None:
            self.table.select_ids(listing_ids)

    # -- actions -----------------------------------------------------------------------------------------------

    def publish(self) -> None:
        """Send the chosen rows, or all of the filter; asks once, with count and store."""
        self.with_ids(self.publisher.publish)

    def recheck(self) -> None:
        """Check the chosen rows anew, pictures included."""

        def start(ids: Sequence[int]) -> None:
            handle = self.context.runner.start(self._desk.recheck, list(ids))
            handle.succeeded.connect(lambda _: self.reload())
            self.context.jobs.add(handle, "listings.job.recheck", icon="shield-check", n=len(ids))

        self.with_ids(start)

    def export(self) -> None:
        """Write the chosen rows to a workbook or text file."""
        name, _ = QFileDialog.getSaveFileName(
            self, tr("listings.export.title"), "listings.xlsx", tr("listings.export.kinds")
        )
        if name:
            self.with_ids(lambda ids: self._export_to(Path(name), ids))

    def save_template(self) -> None:
        """Save the ready-made sheet."""
        name, _ = QFileDialog.getSaveFileName(
            self, tr("listings.template.title"), "shangjia-listings.xlsx", "Excel (*.xlsx)"
        )
        if name:
            handle = self.context.runner.call(self.context.services.save_template, Path(name))
            handle.succeeded.connect(lambda _: self._toast_saved(Path(name)))
            handle.failed.connect(self._on_problem)

    def with_ids(self, act: Any) -> None:
        """Call *act* with the ids of the selection, read off the GUI thread where it is the filter itself."""
        chosen = self.selection()
        if not chosen.is_all:
            ids = list(dict.fromkeys(number for number in chosen.ids if number < CHILD_ID_OFFSET))
            act(ids)
            return
        handle = self.context.runner.start(self._desk.source().ids, chosen.query)
        handle.succeeded.connect(lambda ids: act(list(ids)))
        handle.failed.connect(self._on_problem)

    def _export_to(self, path: Path, ids: Sequence[int]) -> None:
        handle = self.context.runner.start_heavy(*self.context.services.export_call(path, list(ids)))
        handle.succeeded.connect(lambda _: self._toast_saved(path))
        self.context.jobs.add(handle, "listings.job.export", icon="table-export", file=path.name, n=len(ids))

    def _toast_saved(self, path: Path) -> None:
        self.context.notices.toast("listings.saved_file", file=path.name)

    # -- edits -------------------------------------------------------------------------------------------------

    def _on_cell_edited(self, id: int, column: str, text: str) -> None:
        value = text.strip()
        handle = self.context.runner.call(self._desk.save, [ListingEdit(id, fields={column: value})], value)
        handle.succeeded.connect(self._on_saved)
        handle.failed.connect(self._on_problem)

    def _on_saved(self, change: Any) -> None:
        if change is not None:
            self.context.changes.tell({"listing", "change"})

    def _on_problem(self, error: Exception) -> None:
        self.context.notices.toast("window.said", tone="red", text=sentence(error))

    def _reload_soon(self) -> None:
        if not self._reload_timer.isActive():
            self._reload_timer.start()

    def _count(self) -> None:
        if self.table is None:
            return
        query = self.make_query()
        self._counted_for = query
        handle = self.context.runner.call(self._desk.counts, query)
        handle.succeeded.connect(lambda counts: self._show_counts(query, counts))

    def _show_counts(self, query: object, by_status: dict[str, int]) -> None:
        if query is self._counted_for:
            counts = segment_counts(by_status)
            self.segments.show_counts(counts)
            self.badge_changed.emit(counts["refused"], "red")

    def _go_to_finding(self, step: int) -> None:
        """F8: the next row with a finding among those that are loaded, round the end."""
        assert self.table is not None
        model, row = self.table.paged, self.table.currentIndex().row()
        for distance in range(1, model.rowCount() + 1):
            at = (row + step * distance) % model.rowCount()
            record = model.record(at)
            if record is not None and getattr(record, "block_count", 0) + getattr(record, "warn_count", 0):
                self.table.setCurrentIndex(model.index(at, max(self.table.currentIndex().column(), 0)))
                return
