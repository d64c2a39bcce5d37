"""The frame of every tab: toolbar, filter bar, banners, table, side panel, status bar.

A tab is a subclass that fills the frame in its `__init__` and answers the hooks at the end of this file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from app.services.paging import Filter, Query
from app.views.actions import Actions, ActionSpec
from app.views.cells import Column
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.filter_bar import FilterBar
from app.views.notice_bars import BannerStack
from app.views.notices import Banner, Offer
from app.views.paged_table import PagedTable
from app.views.paged_table_model import PagedTableModel
from app.views.palette_entries import PaletteEntry
from app.views.side_panel import DEFAULT, SidePanel
from app.views.status_bar import StatusBar
from app.views.table_selection import Selection
from app.views.theme import Density
from app.views.thumbnails import Thumbnails
from app.views.toolbar import Toolbar
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.live import Live

PANEL_OVERLAYS_BELOW = 1280
TEXTS_FOLD_BELOW = 1100


class TabPage(Live, QWidget):
    """One tab's page.

    Attributes:
        key: name of the tab (class attribute): `listings`; names its settings and the text `tab.<key>`.
        noun: what its rows are (class attribute): text `count.<noun>`.
        own_actions: the tab's own `ActionSpec`s (class attribute).
        can_sync: whether F5 means something here; then implement `sync`.

    Emits:
        badge_changed: (count, tone) beside the tab's name; 0 for none.
        undoable: a service changed something that Ctrl+Z takes back; the window passes it on.
    """

    key: ClassVar[str] = ""
    noun: ClassVar[str] = "rows"
    own_actions: ClassVar[tuple[ActionSpec, ...]] = ()
    can_sync: ClassVar[bool] = False

    badge_changed = Signal(int, str)
    undoable = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.store_ids: tuple[int, ...] = ()
        self.table: PagedTable | None = None
        self.panel: SidePanel | None = None
        self.actions_of_page = Actions(self, self.own_actions)
        self.toolbar = Toolbar(self.actions_of_page)
        self.filters = FilterBar(self.key, context.settings)
        self.banners = BannerStack(context.notices, self.key)
        self.status = StatusBar(context.jobs)
        self.empty = EmptyState()
        self._left: QWidget | None = None
        self._asked_once = False
        self._is_narrow = False
        self._on_empty: Any = None
        self._stack = QStackedWidget()
        self._middle = Ground("surface")
        self._middle_row = row(self._middle, gap=0)
        self._build()
        self.dress()

    def _build(self) -> None:
        self._center = Ground("surface")
        center = column(self._center)
        center.addWidget(self.banners)
        center.addWidget(self._stack, 1)
        center.addWidget(self.status)
        self._stack.addWidget(self.empty)
        self._middle_row.addWidget(self._center, 1)
        whole = column(self)
        whole.addWidget(self.toolbar)
        whole.addWidget(self.filters)
        whole.addWidget(self._middle, 1)
        self.filters.changed.connect(self.ask)
        self.filters.left_down.connect(self.focus_table)
        self.empty.acted.connect(self._act_on_empty)
        self.status.select_all_wanted.connect(self.select_all)

    # -- what a tab sets up ------------------------------------------------------------------------------------

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
        model = PagedTableModel(source, columns, self.context.runner, self)
        self.table = PagedTable(
            model,
            name or self.key,
            settings=self.context.settings,
            thumbnails=thumbnails,
            default_density=default_density,
        )
        self._stack.insertWidget(0, self.table)
        self._stack.setCurrentWidget(self.table)
        self.table.chosen.connect(self._on_chosen)
        self.table.current_changed.connect(self.on_current)
        self.table.menu_wanted.connect(self._show_menu)
        self.table.copied.connect(lambda n: self.context.notices.toast("table.copied", n=n))
        self.table.copy_refused.connect(self._on_copy_refused)
        model.counted.connect(self._on_counted)
        model.load_failed.connect(self._on_load_failed)
        model.replaced.connect(self._show_right_state)
        return self.table

    def set_view(self, widget: QWidget) -> None:
        """Show *widget* where the table would be: a grid of the tab's own."""
        self._stack.insertWidget(0, widget)
        self._stack.setCurrentWidget(widget)

    def set_left(self, widget: QWidget, width: int = 236) -> None:
        """A list left of the table: templates."""
        self._left = widget
        widget.setFixedWidth(width)
        self._middle_row.insertWidget(0, widget)

    def set_panel(self, panel: SidePanel) -> None:
        """The side panel; its width and whether it is open are remembered."""
        self.panel = panel
        panel.setParent(self._middle)
        panel.closed.connect(lambda: self.show_panel(False))
        panel.resized.connect(self._on_panel_resized)
        panel.setFixedWidth(int(self._setting("panel_width", DEFAULT)))
        self._lay_panel()
        self.show_panel(bool(self._setting("panel_open", True)))

    def add_history_tools(self) -> None:
        """Undo, redo and history, as on every tab that changes something."""
        window = self.context.actions
        if window is not None:
            self.toolbar.add_separator()
            for id, name in (("undo", "arrow-back-up"), ("redo", "arrow-forward-up"), ("history", "history")):
                self.toolbar.add_icon(window[id], name)

    def add_view_tools(self) -> None:
        """Columns and side panel at the right end, and sync where the tab has it."""
        window = self.context.actions
        if window is not None:
            if self.can_sync:
                self.toolbar.add_icon_right(window["sync"], "refresh")
            if self.table is not None:
                self.toolbar.add_icon_right(window["columns"], "columns-3")
            if self.panel is not None:
                self.toolbar.add_icon_right(window["panel"], "layout-sidebar-right")

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

    def set_stores(self, store_ids: tuple[int, ...]) -> None:
        """Another choice in the store picker; empty for all."""
        if store_ids != self.store_ids:
            self.store_ids = store_ids
            self.on_stores()
            if self._asked_once:
                self.ask()

    def activated(self) -> None:
        """The tab came into view: ask, the first time."""
        if not self._asked_once:
            self.ask()
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
        self.status.show_total(total, self.total_of_all(), noun=self.noun)
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
                self.empty.show_state("search", "empty.no_match", action_key="empty.clear", primary=False)
                self._on_empty = self.filters.clear_all
            else:
                self._on_empty = None
                self.show_nothing()
        self._stack.setCurrentWidget(self.empty if is_empty else self.table)

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
        self._stack.setCurrentWidget(self.empty)

    def _act_on_empty(self) -> None:
        if self._on_empty is not None:
            self._on_empty()

    def _on_chosen(self) -> None:
        assert self.table is not None
        chosen = self.table.selection()
        self.status.show_selection(chosen.count, self.table.paged.total)
        self.on_selection(chosen)

    def _on_copy_refused(self, most: int) -> None:
        self.context.notices.toast("table.copy_too_many", tone="amber", most=most)

    def _show_menu(self, at: Any) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_menu(menu)
        if menu.isEmpty():
            menu.deleteLater()
        else:
            menu.popup(at)

    # -- the side panel ----------------------------------------------------------------------------------------

    @property
    def is_panel_shown(self) -> bool:
        """Whether the side panel is open."""
        return self.panel is not None and not self.panel.isHidden()

    def show_panel(self, shown: bool) -> None:
        """Open or close the side panel and remember it."""
        if self.panel is not None:
            self.panel.setVisible(shown)
            self._put_setting("panel_open", shown)
            self._lay_panel()
            if self.context.actions is not None:
                self.context.actions["panel"].setChecked(shown)

    def _on_panel_resized(self, width: int) -> None:
        assert self.panel is not None
        self.panel.setFixedWidth(width)
        self._put_setting("panel_width", width)
        self._lay_panel()

    def _lay_panel(self) -> None:
        """Beside the table, or over it in a narrow window."""
        if self.panel is None:
            return
        self._middle_row.removeWidget(self.panel)
        if self._is_narrow:
            self.panel.place_over(self._middle)
        else:
            self._middle_row.addWidget(self.panel)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold what does not fit (interface.md 2)."""
        super().resizeEvent(event)
        is_narrow = self.width() < PANEL_OVERLAYS_BELOW
        self.toolbar.set_compact(self.width() < TEXTS_FOLD_BELOW)
        if is_narrow or is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self.layout().activate()
            self._lay_panel()

    def _setting(self, name: str, default: Any) -> Any:
        return self.context.settings.get(f"page.{self.key}.{name}", default)

    def _put_setting(self, name: str, value: Any) -> None:
        self.context.settings.put(f"page.{self.key}.{name}", value)

    def restyle(self) -> None:
        """Icons of the page's actions."""
        self.actions_of_page.restyle()

    # -- hooks of a tab ----------------------------------------------------------------------------------------

    def default_sort(self) -> tuple[str, bool]:
        """Sort key and direction before the user chose one."""
        return "", False

    def segment_filters(self, segment: str) -> tuple[Filter, ...]:
        """The conditions a segment stands for."""
        return ()

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
