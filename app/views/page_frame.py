"""The frame of every tab: toolbar, filter bar, banners, room for a table, side panel, status bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.views.actions import Actions, ActionSpec
from app.views.filter_bar import FilterBar
from app.views.notice_bars import BannerStack
from app.views.panes import order_focus
from app.views.side_panel import DEFAULT, SidePanel
from app.views.status_bar import StatusBar
from app.views.toolbar import Toolbar
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from app.views.context import ViewContext
    from app.views.paged_table import PagedTable

PANEL_OVERLAYS_BELOW = 1280
TEXTS_FOLD_BELOW = 1100


class PageFrame(Live, QWidget):
    """The parts of a tab and where they stand; `TabPage` asks and answers.

    Attributes:
        key: name of the tab (class attribute): `listings`; names its settings and the text `tab.<key>`.
        own_actions: the tab's own `ActionSpec`s (class attribute).
        can_sync: whether F5 means something here; then implement `sync`.

    Emits:
        badge_changed: (count, tone) beside the tab's name; 0 for none.
        undoable: a change Ctrl+Z takes back was made (its record), or is to be taken back (None).
    """

    key: ClassVar[str] = ""
    own_actions: ClassVar[tuple[ActionSpec, ...]] = ()
    can_sync: ClassVar[bool] = False

    badge_changed = Signal(int, str)
    undoable = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.table: PagedTable | None = None
        self.panel: SidePanel | None = None
        self.actions_of_page = Actions(self, self.own_actions)
        self.toolbar = Toolbar(self.actions_of_page)
        self.filters = FilterBar(self.key, context.settings)
        self.banners = BannerStack(context.notices, self.key)
        self.status = StatusBar(context.jobs)
        self.empty = EmptyState()
        self.stack = QStackedWidget()
        self._is_narrow = False
        self._left: QWidget | None = None
        self._room: QWidget | None = None
        self._middle = Ground("surface")
        self._middle_row = row(self._middle, gap=0)
        self._center = Ground("surface")
        self._lay_out()

    def _lay_out(self) -> None:
        center = column(self._center)
        center.addWidget(self.banners)
        center.addWidget(self.stack, 1)
        center.addWidget(self.status)
        self.stack.addWidget(self.empty)
        self._middle_row.addWidget(self._center, 1)
        whole = column(self)
        whole.addWidget(self.toolbar)
        whole.addWidget(self.filters)
        whole.addWidget(self._middle, 1)

    # -- what a tab sets up ------------------------------------------------------------------------------------

    def set_view(self, widget: QWidget) -> None:
        """Show *widget* where the table would be: a grid of the tab's own."""
        self.stack.insertWidget(0, widget)
        self.stack.setCurrentWidget(widget)

    def add_below(self, widget: QWidget) -> None:
        """Show *widget* between the table and the status bar."""
        center = self._center.layout()
        assert isinstance(center, QVBoxLayout)
        center.insertWidget(center.indexOf(self.status), widget)

    def set_left(self, widget: QWidget, width: int = 236) -> None:
        """A list left of the table: templates."""
        self._left = widget
        widget.setFixedWidth(width)
        self._middle_row.insertWidget(0, widget)

    def keep_room(self) -> None:
        """Room for the side panel, which is made later: nothing moves then."""
        self._room = Ground("surface", "left", self._middle)  # without a parent it would be shown as a window
        self._room.setFixedWidth(int(self._setting("panel_width", DEFAULT)))
        self._room.setVisible(bool(self._setting("panel_open", True)))
        self._middle_row.addWidget(self._room)

    @property
    def has_panel(self) -> bool:
        """Whether it has a side panel, or has room for one."""
        return self.panel is not None or self._room is not None

    def set_panel(self, panel: SidePanel) -> None:
        """The side panel; its width and whether it is open are remembered."""
        if self._room is not None:
            self._middle_row.removeWidget(self._room)
            self._room.hide()  # it may lie over the table until it is gone
            self._room.deleteLater()
            self._room = None
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
            if self.has_panel:
                self.toolbar.add_icon_right(window["panel"], "layout-sidebar-right")

    # -- the side panel ----------------------------------------------------------------------------------------

    @property
    def is_panel_shown(self) -> bool:
        """Whether the side panel is open."""
        shown = self.panel or self._room
        return shown is not None and not shown.isHidden()

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

    def showEvent(self, event: QShowEvent) -> None:
        """Tab goes through the panes as they stand, not as they were made."""
        super().showEvent(event)
        panes = (self.toolbar, self.filters, self.banners, self._left, self.stack, self.panel, self.status)
        order_focus([pane for pane in panes if pane is not None])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold what does not fit (interface.md 2)."""
        super().resizeEvent(event)
        is_narrow = self.width() < PANEL_OVERLAYS_BELOW
        self.toolbar.set_compact(self.width() < TEXTS_FOLD_BELOW)
        if is_narrow or is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            if self._room is not None and is_narrow:
                self._room.hide()  # a panel lies over the table there
            self.layout().activate()
            self._lay_panel()

    def _setting(self, name: str, default: Any) -> Any:
        return self.context.settings.get(f"page.{self.key}.{name}", default)

    def _put_setting(self, name: str, value: Any) -> None:
        self.context.settings.put(f"page.{self.key}.{name}", value)

    def restyle(self) -> None:
        """Icons of the page's actions."""
        self.actions_of_page.restyle()
