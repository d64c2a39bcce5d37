"""The Listings tab: rows, their editor, publishing, checking, exporting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.messages import tr
from app.services.listings.choice_names import FilterChoices
from app.views.errors import sentence
from app.views.listings.actions import ACTIONS, ON_ROWS, SELDOM
from app.views.listings.columns import columns
from app.views.listings.counts import SegmentCounts
from app.views.listings.filters import (
    SEGMENTS,
    fields,
    filter_language,
    looks_like_expression,
    segment_counts,
    segment_filters,
)
from app.views.listings.levels import Levels
from app.views.listings.pictures import ListingPictures
from app.views.listings.renewing import Renewing
from app.views.listings.steady_editors import SteadyEditors
from app.views.palette_entries import PaletteEntry
from app.views.row_drag import RowDrag
from app.views.tab_page import TabPage

if TYPE_CHECKING:
    from app.services.paging import Filter, Query
    from app.views.actions import ActionSpec
    from app.views.context import ViewContext
    from app.views.table_selection import Selection

PARTS = (
    *("publish_question", "publish_result", "results_dialog", "scheduled_dialog", "publisher", "sale", "row_actions"),
    *("code_dialog", "codes_dialog", "delist_dialog", "figure_rows", "holding", "looks", "prices.quarantine_dialog"),
    *("prices.rules_dialog", "prices.simulator_dialog", "bulk_acts", "paste_dialog", "cell_blocks", "checking"),
    *("finding_steps", "groups.dialogs", "groups.pane", "groups.sheets", "groups.grouping", "round_trip.opener"),
    *("category_field", "attribute_editor", "variant_editor", "regional_editor", "image_strip", "editor", "panel"),
)
"""Modules of what acts on rows, the small ones first that the others need."""


class ListingsPage(TabPage):
    """Drafts and live listings of the chosen stores.

    Emits:
        undo_wanted: uid of a change to take back, "" for the newest.
        overseas_wanted: (ids or the filter, how many) of listings that are to get variants from other countries.
        import_wanted, sync_wanted, cover_wanted, coverage_wanted: a button of the page; the window has the files and
            the stores.
    """

    key: ClassVar[str] = "listings"
    reads: ClassVar[frozenset[str]] = frozenset({"listing", "freight_template"})
    noun: ClassVar[str] = "listings"
    own_actions: ClassVar[tuple[ActionSpec, ...]] = ACTIONS
    can_sync: ClassVar[bool] = True

    undo_wanted = Signal(str)
    import_wanted = Signal()
    sync_wanted = Signal()
    cover_wanted = Signal()
    overseas_wanted = Signal(object, int)
    coverage_wanted = Signal()

    def __init__(self, context: ViewContext, parent: QWidget | None = None, *, is_late: bool = False) -> None:
        """Build it.

        Args:
            context: its surroundings.
            parent: Qt's.
            is_late: only table, filters and toolbar: the rows of a start wait for nothing else. Call `furnish` when
                they are shown.
        """
        super().__init__(context, parent)
        self._desk = context.services.listings
        self._all_count: int | None = None
        self._choices = FilterChoices()
        self._has_choices = False
        self.is_furnished = False
        self._build_table()
        self.renewing = Renewing(self)
        self._build_filters()
        self._build_toolbar()
        self.keep_room()
        self.add_view_tools()
        self._connect()
        if not is_late:
            self.furnish()
            return
        for spec in self.actions_of_page:
            self.actions_of_page.on(spec.id, partial(self._furnish_for, spec.id))

    def _furnish_for(self, id: str) -> None:
        """Somebody was quicker than the start: make what does the action *id*, and do it."""
        if not self.is_furnished:
            self.furnish()
            self.actions_of_page[id].trigger()

    def furnish(self) -> None:
        """Side panel with the editor, and whatever else acts on rows. Again does nothing."""
        if self.is_furnished:
            return
        from app.views.listings.bulk_acts import BulkActs
        from app.views.listings.cell_blocks import CellBlocks
        from app.views.listings.checking import Checking
        from app.views.listings.finding_steps import FindingSteps
        from app.views.listings.groups.grouping import Grouping
        from app.views.listings.panel import ListingPanel
        from app.views.listings.publisher import Publisher
        from app.views.listings.round_trip.opener import ExcelOpener
        from app.views.listings.row_actions import RowActions
        from app.views.listings.sale import Sale

        context = self.context
        self.is_furnished = True
        self.blocks = CellBlocks(context, self.rows)
        self.steps = FindingSteps(context.runner, self.rows, self._desk.with_findings)
        self.publisher = Publisher(context, self)
        self.sale = Sale(context, self.publisher, self)
        self.row_actions = RowActions(context, self)
        self.checking = Checking(context, self)
        self.excel = ExcelOpener(context, self, self.show_rows)
        self.grouping = Grouping(context, self)
        self.acts = BulkActs(context, self)
        self.editor = ListingPanel(context, self.pictures)
        self._listen()
        self._connect_parts()
        self.set_panel(self.editor)
        if self._asked_once:
            self._catch_up()

    def furnish_by_and_by(self, then: Callable[[], object]) -> None:
        """As `furnish`, then *then*; a module a turn of the event loop, so that the window answers in between."""
        waiting = list(PARTS)

        def step() -> None:
            if waiting and not self.is_furnished:
                import_module(f"app.views.listings.{waiting.pop(0)}")
                QTimer.singleShot(0, self, step)
            else:
                self.furnish()
                then()

        step()

    def _catch_up(self) -> None:
        """What was chosen before there was anything to act on it."""
        self.on_selection(self.rows.selection())
        self.on_current(self.rows.current_record())
        self.grouping.restore()

    def _build_table(self) -> None:
        self.pictures = ListingPictures(self)
        self._source = self.context.services.listing_source()
        self._source.language = self.context.language.code
        self.rows = self.set_table(self._source, columns(), default_density="compact", thumbnails=self.pictures)
        self.rows.setItemDelegate(SteadyEditors(self.rows))
        self.levels = Levels(self.context, self)
        self.counts = SegmentCounts(self.context.runner, self._desk, self)

    def _build_filters(self) -> None:
        self.filters.set_expressions(filter_language(lambda: self._choices))
        self.filters.search.set_hint("listings.search")
        self.filters.set_fields(fields(lambda: self._choices))
        self.segments = self.filters.set_segments(SEGMENTS)
        self.filters.add_widget(self.levels.switch)

    def _build_toolbar(self) -> None:
        self.toolbar.add_primary("publish")
        self.toolbar.add("bulk_edit")
        if self.context.actions is not None:
            self.toolbar.add_action(self.context.actions["import"], "table-import")
        self.toolbar.add("export")
        self.toolbar.add("recheck")
        self.toolbar.add("findings")
        self.add_history_tools()
        self.toolbar.add_more(*SELDOM)

    def _connect(self) -> None:
        RowDrag(self.rows)
        self.rows.missed.connect(self._show_outside)
        self.levels.saved.connect(self.renewing.on_cells_saved)
        self.rows.paged.ordered.connect(self._on_ordered)
        self.counts.counted.connect(self._show_counts)

    def _listen(self) -> None:
        page = self.actions_of_page
        page.on("publish", self.publish)
        self.acts.listen(page)
        page.on("groups", self.grouping.toggle)
        page.on("put_into_group", self.grouping.choose)
        page.on("levels", self.levels.toggle)
        page.on("save_template", self.row_actions.save_template)
        page.on("recheck", lambda: self.with_ids(self.row_actions.recheck))
        page.on("words", self.checking.show_words)
        page.on("fix", self.editor.apply_first_fix)
        page.on("try_freight", self._try_freight)
        page.on("publish_results", self.publisher.show_results)
        page.on("overseas", lambda: self.with_chosen(self.overseas_wanted.emit))
        page.on("cover", self.cover_wanted.emit)
        page.on("coverage", self.coverage_wanted.emit)
        page.on("take_off_sale", lambda: self.with_ids(self.sale.take_off))
        page.on("put_on_sale", lambda: self.with_ids(self.sale.put_on))
        page.on("scheduled", self.publisher.show_scheduled)

    def _connect_parts(self) -> None:
        self.grouping.undo_wanted.connect(self.editor.undo_wanted)
        self.grouping.shown.connect(self.actions_of_page["groups"].setChecked)
        self.rows.finding_wanted.connect(self.steps.go)
        self.editor.step_wanted.connect(self.steps.go)
        self.steps.none_found.connect(lambda: self.context.notices.toast("listings.no_findings_left", tone="gray"))
        self.blocks.saved.connect(self.renewing.on_cells_saved)
        for blocks in (self.blocks, self.levels):
            blocks.undo_wanted.connect(self.editor.undo_wanted)
        self.publisher.rows_changed.connect(self.renewing.renew_soon)
        self.publisher.batch_ended.connect(lambda: self.context.changes.tell({"listing"}))
        self.publisher.edit_wanted.connect(self.show_rows)
        self.publisher.compare_wanted.connect(self.acts.looks.show_before_sending)
        self.row_actions.checked.connect(self.reload)
        self.excel.applied.connect(self.acts.on_bulk_edited)
        self.editor.undo_wanted.connect(self.undo_wanted)
        self.editor.saved.connect(self.renewing.on_saved)
        self.editor.checked.connect(lambda id: self.renewing.on_saved(id, None))
        self.editor.problem.connect(self.on_problem)
        self.editor.undo_here_wanted.connect(self.renewing.undo_here)
        self.acts.follow(self.editor.editor)
        self.editor.decide_wanted.connect(self.publisher.decide)

    def retranslate(self) -> None:
        """Names of categories in the new language."""
        source = getattr(self, "_source", None)
        if source is not None and source.language != self.context.language.code:
            source.language = self.context.language.code
            self.levels.retranslate()
            self.reload()

    # -- hooks of the frame ------------------------------------------------------------------------------------

    def default_sort(self) -> tuple[str, bool]:
        """Newest first."""
        return "updated", True

    def segment_filters(self, segment: str) -> tuple[Filter, ...]:
        """The statuses a segment stands for."""
        return segment_filters(segment)

    def make_query(self) -> Query:
        """A condition that is being typed is not searched for as words meanwhile; Enter turns it into a chip."""
        query = super().make_query()
        return replace(query, text="") if looks_like_expression(query.text) else query

    def noun_in_view(self) -> str:
        """Listings, or variants."""
        return "variants" if self.levels.is_variants else self.noun

    def total_of_all(self) -> int | None:
        """All listings of the chosen stores."""
        return None if self.levels.is_variants else self._all_count

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
        """Count the segments, learn the names to filter by; both wait for rows that are under way."""
        if self.rows.paged.is_loaded:
            self.count()
            self._read_choices()
        if self.is_furnished:
            self.grouping.restore()

    def on_stores(self) -> None:
        """Other stores use other categories and templates."""
        self._all_count, self._has_choices = None, False
        if self.is_furnished:
            self.grouping.refresh()

    def ask(self) -> None:
        """Rows; the counts of the segments follow them."""
        self.counts.stop()
        super().ask()

    def reload(self) -> None:
        """Rows, counts, names and the open editor."""
        self.counts.forget()
        self._has_choices = False
        super().reload()
        if self.is_furnished:
            self.editor.refresh()
            self.grouping.refresh()

    def _on_ordered(self) -> None:
        """The rows are here: now what stands around them."""
        self.count()
        if not self._has_choices:
            self._read_choices()

    def on_selection(self, selection: Selection) -> None:
        """The primary counts what it acts on."""
        n = self._chosen_count(selection)
        key = "listings.action.publish_theirs" if self.levels.is_variants else "listings.action.publish"
        self.actions_of_page.say("publish", key, n=n)
        for id in ON_ROWS:
            self.actions_of_page.enable(id, n > 0, "listings.nothing_here")
        if self.is_furnished:
            self.editor.show_chosen(n if selection else 0)

    def on_current(self, record: Any) -> None:
        """Show the listing, or the listing of the variant."""
        if not self.is_furnished:
            return
        if record is not None:
            self.editor.show_listing(getattr(record, "listing_id", record.id))
        elif self.table is None or not self.table.currentIndex().isValid():
            self.editor.show_nothing()

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with the chosen rows."""
        self.furnish()
        self.actions_of_page.fill(menu, *ON_ROWS, "explain_price")
        menu.addSeparator()
        assert self.table is not None
        menu.addAction(tr("table.key_copy"), self.table.copy)
        menu.addAction(tr("table.key_copy_headers"), partial(self.table.copy, with_headers=True))
        index = self.rows.currentIndex()
        if not self.levels.is_variants and index.isValid() and self.rows.paged.place(index.row()).kind == "row":
            key = "listings.menu.fold" if self.rows.paged.is_unfolded(index.row()) else "listings.menu.unfold"
            menu.addAction(tr(key), lambda: self.rows.toggle_fold(index.row()))
        if self.editor.worst.finding is not None:
            self.actions_of_page.fill(menu, "fix")

    def sync(self) -> None:
        """F5: fetch from the marketplace; the window owns the stores."""
        self.sync_wanted.emit()

    def palette_entries(self, text: str) -> list[PaletteEntry]:
        """Segments and saved filters."""
        if not text:
            return []
        segments = [
            (tr("listings.palette.segment", name=tr(title)), partial(self.segments.choose, key))
            for key, title, _ in SEGMENTS
        ]
        saved = [
            (tr("listings.palette.saved", name=name), partial(self.filters.use_saved, name))
            for name in self.filters.saved_filters()
        ]
        return [PaletteEntry("filters", shown, do, icon="filter") for shown, do in segments + saved]

    @property
    def only_store(self) -> int:
        """The store that is chosen alone, 0 for several."""
        return self.store_ids[0] if len(self.store_ids) == 1 else 0

    # -- what is chosen ----------------------------------------------------------------------------------------

    def _chosen_count(self, selection: Selection) -> int:
        if not selection:
            return selection.count or (self.table.paged.total if self.table is not None else 0)
        return selection.count if self.levels.is_variants or selection.is_all else len(self._chosen_ids(selection))

    def _chosen_ids(self, selection: Selection) -> list[int]:
        """Listings of the chosen rows; a chosen variant means its listing."""
        ids = dict.fromkeys(selection.ids)
        if selection.child_ids:
            model = self.rows.paged
            for row in self.rows.chosen_block()[0]:
                record = model.record(row) if model.place(row).kind == "child" else None
                if record is not None:
                    ids[record.listing_id] = None
        return list(ids)

    def with_ids(self, act: Callable[[list[int]], Any]) -> None:
        """Call *act* with the listings of the selection, or of the whole filter without one: what is typed is stored
        first, and a filter is read off the GUI thread."""
        chosen = self.selection()
        self.editor.editor.commit()
        if self.levels.is_variants:
            self.editor.saver.when_stored(lambda: self.levels.with_listings(chosen, act, self.on_problem))
            return
        ids = None if chosen.is_all else self._chosen_ids(chosen)
        self.editor.saver.when_stored(lambda: self._act(act, ids, chosen.query))

    def _act(self, act: Callable[[list[int]], Any], ids: list[int] | None, query: Query) -> None:
        if ids is not None:
            act(ids)
            return
        handle = self.context.runner.start(self._source.ids, query)
        handle.succeeded.connect(lambda found: act(list(found)))
        handle.failed.connect(self.on_problem)

    def show_rows(self, listing_ids: Sequence[int]) -> None:
        """Choose these rows and make the first of them current: the ones a result speaks of."""
        self.furnish()
        self.levels.show_listings()
        self.rows.select_ids(listing_ids)
        if listing_ids and self.rows.go_to(listing_ids[0]):
            self.rows.select_ids(listing_ids)
        elif listing_ids:
            self._show_outside(listing_ids[0])
        self.show_panel(True)

    def _show_outside(self, listing_id: int) -> None:
        """It is not in the present filter: the panel shows it all the same."""
        self.furnish()
        self.editor.show_listing(listing_id)

    def restore_selection_of_problem(self, listing_ids: Sequence[int]) -> None:
        """As `show_rows`: listings an undo left alone."""
        self.show_rows(listing_ids)

    # -- actions -----------------------------------------------------------------------------------------------

    def publish(self) -> None:
        """Send the chosen rows, or all of the filter; asks once, with count and store."""
        self.with_ids(self.publisher.publish)

    def _try_freight(self) -> None:
        """Freight of the current listing."""
        current = self.rows.current_record()
        if current is not None:
            self.acts.try_freight(current.id)

    def chosen_count(self) -> int:
        """How many rows an action acts on: the chosen ones, else all of the filter."""
        return self._chosen_count(self.selection())

    def with_chosen(self, act: Callable[[Sequence[int] | Query, int], Any]) -> None:
        """Call *act* with the chosen listings or the filter itself, and how many those are, when what is typed is
        stored."""
        chosen = self.selection()
        if self.levels.is_variants or not chosen.is_all:
            self.with_ids(lambda ids: act(ids, len(ids)))
            return
        count = self._chosen_count(chosen)
        self.editor.editor.commit()
        self.editor.saver.when_stored(lambda: act(chosen.query, count))

    # -- edits and news ----------------------------------------------------------------------------------------

    def _on_change(self, tables: Any) -> None:
        """Other tabs hear of an edit made here; this one has renewed its row already."""
        if not self.renewing.is_own_edit:
            super()._on_change(tables)

    def on_problem(self, error: Exception) -> None:
        """Say what went wrong."""
        self.context.notices.toast("window.said", tone="red", text=sentence(error))

    def _read_choices(self) -> None:
        self._has_choices = True
        store_ids, language = self.store_ids, self.context.language.code
        handle = self.context.runner.call(lambda: self._desk.filter_choices(store_ids, language))
        handle.succeeded.connect(self._take_choices)

    def _take_choices(self, choices: FilterChoices) -> None:
        if choices != self._choices:
            self._choices = choices
            self.filters.retranslate()  # chips name what they stand for

    # -- counts ------------------------------------------------------------------------------------------------

    def count(self) -> None:
        """Counts of the segments for the question in force, and of all listings for the tab's badge."""
        self.counts.ask(self.make_query())

    def _show_counts(self, by_status: dict[str, int], everything: dict[str, int]) -> None:
        self.segments.show_counts(segment_counts(by_status))
        self.badge_changed.emit(segment_counts(everything)["refused"], "red")
        total = sum(everything.values())
        if total != self._all_count:
            self._all_count = total
            if self.rows.paged.is_exact and not self.levels.is_variants:
                self.status.show_total(self.rows.paged.total, total, noun=self.noun)
