"""A tab: a frame with a table that is asked by search box, chips, segment and store.

A tab is a subclass that fills the frame in its `__init__` and answers the hooks at the end of this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.views.errors import sentence
from app.views.filter_files import FilterFiles
from app.views.notices import Banner, Offer
from app.views.page_frame import PageFrame
from app.views.paged_table import PagedTable
from app.views.paged_table_model import PagedTableModel
from app.views.table_selection import Selection

if TYPE_CHECKING:
    from app.services.paging import Filter, Query
    from app.views.cells import Column
    from app.views.context import ViewContext
    from app.views.palette_entries import PaletteEntry
    from app.views.theme import Density
    from app.views.thumbnails import Thumbnails


class TabPage(PageFrame):
    """One tab's page.

    Attributes:
        noun: what its rows are (class attribute): text `count.<noun>`.
        reads: tables whose changes make it ask again (class attribute), named as in a service's `Change`.
    """

    noun: ClassVar[str] = "rows"
    reads: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.store_ids: tuple[int, ...] = ()
        self._asked_once = False
        self._is_outdated = False
        self._on_empty: Any = None
        self.filters.changed.connect(self.ask)
        self.filters.left_down.connect(self.focus_table)
        FilterFiles(self.filters, context)
        self.filters.copied.connect(lambda n: self.context.notices.toast("filter.copied", n=n))
        self.filters.taken.connect(lambda n: self.context.notices.toast("filter.taken", n=n))
        self.empty.acted.connect(self._act_on_empty)
        self.status.select_all_wanted.connect(self.select_all)
        context.changes.happened.connect(self._on_change)
        self.dress()

    # -- the table ---------------------------------------------------------------------------------------------

    def set_table(
        self,
        source: Any,
        columns: Sequence[Column],
        *,
        default_density: str | Density = "standard",
        thumbnails: Thumbnails | None = None,
        name: str = "",
    ) -> PagedTable:
        """Show the rows of *source*, a `PageSource`; asked for the first time when the tab is shown."""
        self.table = self.make_table(source, columns, default_density=default_density, thumbnails=thumbnails, name=name)
        self.stack.setCurrentWidget(self.table)
        return self.table

    def make_table(
        self,
        source: Any,
        columns: Sequence[Column],
        *,
        default_density: str | Density = "standard",
        thumbnails: Thumbnails | None = None,
        name: str = "",
    ) -> PagedTable:
        """A table that says what happens in it to the page while it is the one in view; see `use_table`."""
        model = PagedTableModel(source, columns, self.context.runner, self)
        table = PagedTable(
            model,
            name or self.key,
            settings=self.context.settings,
            thumbnails=thumbnails,
            default_density=default_density,
        )
        self.stack.insertWidget(0, table)
        hears = partial(self._while_in_view, table)
        table.chosen.connect(hears(self._on_chosen))
        table.current_changed.connect(hears(self.on_current))
        table.menu_wanted.connect(self._show_menu)
        table.copied.connect(lambda n: self.context.notices.toast("table.copied", n=n))
        table.copy_refused.connect(self._on_copy_refused)
        model.counted.connect(hears(self._on_counted))
        model.load_failed.connect(hears(self._on_load_failed))
        model.replaced.connect(hears(self._show_right_state))
        return table

    def _while_in_view(self, table: PagedTable, act: Callable[..., None]) -> Callable[..., None]:
        """*act*, as long as *table* is the one in view."""
        return lambda *values: act(*values) if self.table is table else None

    def use_table(self, table: PagedTable) -> None:
        """Show another table of this page, with the question in force; the one before drops its answers under way."""
        if self.table is None or table is self.table:
            return
        self.table.paged.stop()
        self.table = table
        self.stack.setCurrentWidget(table)
        self._on_chosen()
        self.on_current(table.current_record())
        if self._asked_once:
            self.ask()
        table.setFocus()

    # -- asking ------------------------------------------------------------------------------------------------

    def make_query(self) -> Query:
        """The question of search box, chips, segment, stores and sort; extend it by `replace`."""
        assert self.table is not None
        before = self.table.paged.query
        if not self._asked_once:
            sort = self.table.remembered_sort() or self.default_sort()
            before = replace(before, sort=sort[0], descending=sort[1])
        filters = (*self.segment_filters(self.filters.segment), *self.filters.filters)
        return replace(before, text=self.filters.text, filters=filters, store_ids=self.store_ids)

    def ask(self) -> None:
        """Ask the table's question anew: a filter, store or segment changed."""
        if self.table is not None:
            query = self.make_query()
            self._asked_once = True
            self.table.paged.ask(query)

    def reload(self) -> None:
        """The data changed: ask again, keeping selection and place."""
        if self.table is not None and self._asked_once:
            self.table.paged.reload()

    def _on_change(self, tables: Iterable[str]) -> None:
        """Something was changed, here or elsewhere: reload at once, or when the tab comes into view."""
        if not self.reads.isdisjoint(tables):
            if self.isVisible():
                self.reload()
            else:
                self.be_outdated()

    def be_outdated(self) -> None:
        """Reload when the tab comes into view."""
        self._is_outdated = True

    def set_stores(self, store_ids: tuple[int, ...]) -> None:
        """Another choice in the store picker; empty for all."""
        if store_ids != self.store_ids:
            self.store_ids = store_ids
            self.on_stores()
            if self._asked_once:
                self.ask()

    def activated(self) -> None:
        """The tab came into view: ask, the first time and after a change it did not see."""
        if not self._asked_once:
            self.ask()
        elif self._is_outdated:
            self.reload()
        self._is_outdated = False
        self.on_activated()

    def selection(self) -> Selection:
        """What actions act on: the chosen rows; without any the whole filter."""
        assert self.table is not None
        chosen = self.table.selection()
        model = self.table.paged
        return chosen if chosen else Selection(model.query, model.total, is_all=True)

    def select_all(self) -> None:
        """Choose every row of the filter."""
        if self.table is not None:
            self.table.selectAll()
            self.table.setFocus()

    def focus_table(self) -> None:
        """The focus goes to the table's current row, the first one if there is none."""
        if self.table is not None:
            if not self.table.currentIndex().isValid() and self.table.paged.rowCount():
                self.table.setCurrentIndex(self.table.paged.index(0, 0))
            self.table.setFocus()

    def focus_search(self) -> None:
        """Ctrl+F; again chooses all of the text."""
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()

    def show_columns(self) -> None:
        """The column chooser, by button or palette."""
        if self.table is not None:
            self.table.show_column_menu()

    # -- answers -----------------------------------------------------------------------------------------------

    def _on_counted(self, total: int) -> None:
        self.status.show_total(total, self.total_of_all(), noun=self.noun_in_view())
        self.context.notices.clear_banner(f"load.{self.key}")
        self._show_right_state()
        self._on_chosen()

    def _show_right_state(self) -> None:
        if self.table is None:
            return
        model = self.table.paged
        is_empty = model.is_loaded and model.is_exact and model.total == 0
        if is_empty:
            if self.filters.filters or self.filters.text:
                self._show_no_match()
            else:
                self._on_empty = None
                self.show_nothing()
        self.stack.setCurrentWidget(self.empty if is_empty else self.table)

    def _show_no_match(self) -> None:
        """Offer to clear; then, when it is known, name the condition that hides most and offer to remove that."""
        self.empty.show_state("search", "empty.no_match", action_key="empty.clear", primary=False)
        self._on_empty = self.filters.clear_all
        query = self.table.paged.query
        handle = self.context.runner.call(_hiding_most, self.table.paged.source, query, self.filters.filters)
        handle.succeeded.connect(lambda found: self._name_what_hides(query, found))

    def _name_what_hides(self, query: Query, found: tuple[Filter | None, int]) -> None:
        culprit, hidden = found
        if not hidden or self.table.paged.query is not query or self.table.paged.total:
            return
        name = self.filters.reads(culprit) if culprit is not None else query.text
        keys = {"detail_key": "empty.no_match_detail", "action_key": "empty.remove"}
        self.empty.show_state("search", "empty.no_match", **keys, primary=False, name=name, n=hidden)
        self._on_empty = self.filters.clear_words if culprit is None else lambda: self.filters.remove(culprit)

    def say_nothing(
        self, icon: str, title_key: str, *, detail_key: str = "", action_key: str = "", act: Any = None, **params: Any
    ) -> None:
        """For `show_nothing`: which emptiness, what to do, and what its button does."""
        self._on_empty = act
        self.empty.show_state(icon, title_key, detail_key=detail_key, action_key=action_key, **params)

    def _on_load_failed(self, error: Exception) -> None:
        assert self.table is not None
        text = sentence(error)
        if self.table.paged.rowCount():
            offer = Offer("empty.retry", self.table.paged.reload)
            banner = Banner(f"load.{self.key}", "window.load_failed", {"why": text}, tone="red", offers=(offer,))
            self.context.notices.banner(replace(banner, page=self.key))
            return
        self.empty.show_text("alert-triangle", "empty.failed", text, "empty.retry")
        self._on_empty = self.ask
        self.stack.setCurrentWidget(self.empty)

    def _act_on_empty(self) -> None:
        if self._on_empty is not None:
            self._on_empty()

    def _on_chosen(self) -> None:
        assert self.table is not None
        chosen = self.table.selection()
        self.status.show_selection(chosen.count, self.table.paged.total)
        if chosen or self.table.paged.is_exact:  # else their number is not known yet: this is called again with it
            self.on_selection(chosen)

    def _on_copy_refused(self, most: int) -> None:
        self.context.notices.toast("table.copy_too_many", tone="amber", most=most)

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_menu(menu)
        if menu.isEmpty():
            menu.deleteLater()
        else:
            menu.popup(at)

    # -- hooks of a tab ----------------------------------------------------------------------------------------

    def default_sort(self) -> tuple[str, bool]:
        """Sort key and direction before the user chose one."""
        return "", False

    def segment_filters(self, segment: str) -> tuple[Filter, ...]:
        """The conditions a segment stands for."""
        return ()

    def noun_in_view(self) -> str:
        """What the rows in view are."""
        return self.noun

    def total_of_all(self) -> int | None:
        """How many rows there are without any filter, if known: `1,284 of 12,846`."""
        return None

    def show_nothing(self) -> None:
        """There is nothing yet: call `say_nothing` with what to do."""
        self.say_nothing("photo", "empty.nothing")

    def on_activated(self) -> None:
        """The tab came into view."""

    def on_stores(self) -> None:
        """`store_ids` changed."""

    def on_selection(self, selection: Selection) -> None:
        """Other rows are chosen: count them in the primary, enable actions."""

    def on_current(self, record: Any) -> None:
        """Another current row: show it in the panel. None while there is none."""

    def fill_menu(self, menu: QMenu) -> None:
        """The context menu of rows: add actions of `actions_of_page`."""

    def sync(self) -> None:
        """F5: fetch from the marketplace."""

    def palette_entries(self, text: str) -> list[PaletteEntry]:
        """Filters, settings and help of this tab that match *text*, for the command palette."""
        return []

    def files_meant_here(self, paths: Sequence[Any]) -> bool:
        """Whether this tab means something of its own by the dropped files; then it takes them in `take_files`."""
        return False

    def take_files(self, paths: Sequence[Any]) -> None:
        """Files were dropped that `files_meant_here`."""


def _hiding_most(source: Any, query: Query, chips: Sequence[Filter]) -> tuple[Filter | None, int]:
    """The condition (None: the words) without which most rows would match, and how many those are."""
    counts: list[tuple[int, Filter | None]] = []
    for chip in chips:
        kept = tuple(condition for condition in query.filters if condition is not chip)
        counts.append((source.count(replace(query, filters=kept)), chip))
    if query.text:
        counts.append((source.count(replace(query, text="")), None))
    most, culprit = max(counts, key=lambda pair: pair[0], default=(0, None))
    return culprit, most
