"""The window: app bar, the tabs' pages, activity panel, and what lies over them.

Only the app bar is made with the window: this is what a start paints first, and whoever starts waits for every import
of this module. All else is made when it is needed for the first time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QMenu, QStackedWidget

from app.messages import tr
from app.views.app_bar import AppBar
from app.views.icons import app_icon
from app.views.look import Look
from app.views.view_settings import packed, unpacked
from app.views.widgets.ground import Bar, Ground, column
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from app.views.actions import Actions
    from app.views.activity.panel import ActivityPanel
    from app.views.closing import Closing
    from app.views.command_palette import CommandPalette
    from app.views.context import ViewContext
    from app.views.drop_overlay import DropOverlay
    from app.views.first_run import FirstRunPage
    from app.views.notice_bars import ToastBox
    from app.views.palette_entries import PaletteEntry
    from app.views.store_picker import StoreEntry
    from app.views.tab_page import TabPage
    from app.views.widgets.empty_state import EmptyState

    PageMaker = Callable[[ViewContext], TabPage]

TABS = (
    ("stores", "building-store"),
    ("listings", "tags"),
    ("warehouses", "building-warehouse"),
    ("orders", "clipboard-list"),
    ("freight", "truck-delivery"),
)
"""Key and icon of each tab, in the order of Ctrl+1 … 5."""

SMALLEST = QSize(1024, 640)
USUAL = QSize(1440, 900)


class MainWindow(Live, QMainWindow):
    """The shell. It knows pages only as `TabPage`s and services not at all.

    Emits:
        files_dropped: paths, by drop or from the file dialog, unless the page in view took them.
        undo_wanted, redo_wanted, history_wanted: Ctrl+Z, Ctrl+Y, Ctrl+Shift+H outside of text fields.
        guide_wanted: key of the tab in view: F1.
        practice_wanted, store_wanted, data_wanted: the newcomer's three ways in.
        settings_wanted: the last line of the settings menu.
        stores_chosen: ids, empty for all.
        closed: the window is closing for good; stop workers now.
    """

    files_dropped = Signal(object)
    undo_wanted = Signal()
    redo_wanted = Signal()
    history_wanted = Signal()
    guide_wanted = Signal(str)
    settings_wanted = Signal()
    practice_wanted = Signal()
    store_wanted = Signal()
    data_wanted = Signal()
    stores_chosen = Signal(object)
    closed = Signal()

    def __init__(self, context: ViewContext, pages: Mapping[str, PageMaker], first_tab: str = "listings") -> None:
        """Build the shell.

        Args:
            context: its surroundings; `context.actions` is set by `furnish`.
            pages: makes the page of each tab when it is first shown.
            first_tab: shown at once; empty for none yet (services are still being loaded): until `open_tabs` a tab
                that is asked for is only marked.
        """
        super().__init__()
        self.context = context
        self._makers = dict(pages)
        self.pages: dict[str, TabPage] = {}
        self.look = Look(_application(), context.settings)
        self.app_bar = AppBar([tab for tab in TABS if tab[0] in pages])
        self._retry: Callable[[], object] | None = None
        self._are_tabs_open = False
        self._stack = QStackedWidget()
        self._build()
        self._connect()
        self._restore()
        self.retranslate()
        if first_tab:
            self.open_tabs(first_tab)
        else:
            self.app_bar.stores.wait()

    def _build(self) -> None:
        whole = Ground("window")
        layout = column(whole)
        layout.addWidget(self.app_bar)
        layout.addWidget(self._stack, 1)
        self._stack.addWidget(_blank_page())
        self.setCentralWidget(whole)
        self.setMinimumSize(SMALLEST)
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        bar = self.app_bar
        bar.tab_wanted.connect(self.show_tab)
        bar.palette_wanted.connect(self.open_palette)
        bar.bell_wanted.connect(self.open_bell)
        bar.guide_wanted.connect(lambda: self.guide_wanted.emit(self.current_key))
        bar.settings_wanted.connect(self.open_settings_menu)
        bar.stores.chosen.connect(self._on_stores)

    # -- parts that are made when they are needed --------------------------------------------------------------

    def furnish(self) -> None:
        """Keys, jobs, notices, the mark in the task bar: the first paint does without."""
        if self.context.actions is None:
            self.setWindowIcon(app_icon())
            self.context.actions = self.actions_of_window
            self.context.notices.toasted.connect(self._on_toast)
            self.context.notices.read.connect(lambda: self.app_bar.show_unread(0))
            self.context.jobs.added.connect(lambda _: self.activity)

    @cached_property
    def actions_of_window(self) -> Actions:
        """The window's actions."""
        from app.views.window_actions import window_actions

        return window_actions(self)

    @cached_property
    def activity(self) -> ActivityPanel:
        """The panel of jobs, hidden until there is one."""
        from app.views.activity.panel import ActivityPanel

        panel = ActivityPanel(self.context.jobs)
        whole = self.centralWidget().layout()
        assert whole is not None
        whole.addWidget(panel)
        panel.shown.connect(self._on_activity)
        panel.resized.connect(self._place_toast)
        return panel

    @cached_property
    def first_run(self) -> FirstRunPage:
        """The newcomer's page."""
        from app.views.first_run import FirstRunPage

        page = FirstRunPage()
        page.practice_wanted.connect(self.practice_wanted)
        page.store_wanted.connect(self.store_wanted)
        page.data_wanted.connect(self.data_wanted)
        self._stack.addWidget(page)
        return page

    @cached_property
    def failure(self) -> EmptyState:
        """What stands in place of the pages while the data cannot be opened."""
        from app.views.widgets.empty_state import EmptyState

        state = EmptyState()
        state.acted.connect(self._on_retry)
        self._stack.addWidget(state)
        return state

    @cached_property
    def palette_box(self) -> CommandPalette:
        """The command palette."""
        from app.views.command_palette import CommandPalette

        box = CommandPalette(self, self.context.runner)
        box.set_providers([self._commands, self._page_entries, self._store_entries])
        return box

    @cached_property
    def drop_overlay(self) -> DropOverlay:
        """The veil under hovering files."""
        from app.views.drop_overlay import DropOverlay

        overlay = DropOverlay(self)
        overlay.dropped.connect(self.take_files)
        store = self.app_bar.stores.current
        overlay.target = store.name if store else ""
        return overlay

    @cached_property
    def toast_box(self) -> ToastBox:
        """Where toasts are shown."""
        from app.views.notice_bars import ToastBox

        return ToastBox(self)

    @cached_property
    def _closing(self) -> Closing:
        from app.views.closing import Closing

        return Closing(self, self.context.jobs)

    def _is_in_view(self, part: str) -> bool:
        """Whether a part was made and is shown."""
        return part in self.__dict__ and not self.__dict__[part].isHidden()

    # -- tabs --------------------------------------------------------------------------------------------------

    @property
    def page(self) -> TabPage | None:
        """The page in view; None while the first-run page is shown."""
        shown = self._stack.currentWidget()
        return next((page for page in self.pages.values() if page is shown), None)

    @property
    def current_key(self) -> str:
        """Key of the tab in view."""
        return next((key for key, button in self.app_bar.tabs.items() if button.isChecked()), "")

    def open_tabs(self, key: str = "") -> None:
        """Services are there: from now on tabs are shown, the one marked or *key* at once."""
        self.furnish()
        self._are_tabs_open = True
        self.show_tab(key or self.current_key)

    def show_tab(self, key: str) -> None:
        """Bring a tab into view; its page is built the first time. Before `open_tabs` it is only marked.

        Raises:
            KeyError: no such tab.
        """
        self.app_bar.show_tab(key)
        if not self._are_tabs_open:
            return
        page = self.build_page(key)
        self._stack.setCurrentWidget(page)
        self.actions_of_window["panel"].setChecked(page.is_panel_shown)
        self.actions_of_window.enable("panel", page.has_panel, "window.no_panel")
        self.actions_of_window.enable("sync", page.can_sync, "window.no_sync")
        self.context.settings.put("window.tab", key)
        page.activated()

    def build_page(self, key: str) -> TabPage:
        """The page of a tab, built if need be, without showing it. Raises KeyError for an unknown tab."""
        if key in self.pages:
            return self.pages[key]
        page = self._makers[key](self.context)
        self.pages[key] = page
        self._stack.addWidget(page)
        button = self.app_bar.tabs[key]
        page.badge_changed.connect(button.show_badge)
        page.status.activity_wanted.connect(self.toggle_activity)
        for edit in page.findChildren(QLineEdit):
            self.drop_overlay.watch(edit)
        page.status.job_line.setVisible(not self._is_in_view("activity"))
        page.set_stores(self.app_bar.stores.store_ids)
        return page

    def show_first_run(self, shown: bool) -> None:
        """Show the newcomer's page in place of the tabs' pages, or leave it."""
        if shown:
            self._stack.setCurrentWidget(self.first_run)
        elif self._is_in_stack("first_run"):
            self.show_tab(self.current_key or next(iter(self._makers)))

    def _is_in_stack(self, part: str) -> bool:
        return part in self.__dict__ and self._stack.currentWidget() is self.__dict__[part]

    def show_failure(self, text: str, retry: Callable[[], object]) -> None:
        """Nothing can be shown: *text* is a finished sentence, *retry* what its button does."""
        self._retry = retry
        self.failure.show_text("alert-triangle", "empty.failed", text, "empty.retry")
        self._stack.setCurrentWidget(self.failure)

    def _on_retry(self) -> None:
        if self._retry is not None:
            self._retry()

    # -- stores, notices, files --------------------------------------------------------------------------------

    def set_stores(self, stores: Sequence[StoreEntry]) -> None:
        """The stores of the picker."""
        self.app_bar.stores.set_stores(stores)
        self._on_stores(self.app_bar.stores.store_ids)

    def _on_stores(self, store_ids: tuple[int, ...]) -> None:
        store = self.app_bar.stores.current
        self.drop_overlay.target = store.name if store else ""
        for page in self.pages.values():
            page.set_stores(store_ids)
        self.stores_chosen.emit(store_ids)

    def _on_toast(self, toast: Any) -> None:
        self.toast_box.show_toast(toast)
        self._place_toast()
        self.app_bar.show_unread(self.context.notices.unread)

    def open_bell(self) -> None:
        """The notices of this session, newest first."""
        menu = self._menu()
        for toast in list(self.context.notices.kept)[:12]:
            line = menu.addAction(toast.text)
            if toast.offer is not None:
                line.triggered.connect(toast.offer.do)
        if menu.isEmpty():
            menu.addAction(tr("window.no_notices")).setEnabled(False)
        self.context.notices.mark_read()
        self._popup_below(menu, self.app_bar.bell)

    def choose_files(self) -> None:
        """Ctrl+O."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self, tr("action.import").rstrip("…"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.take_files([Path(name) for name in names]))
        dialog.open()

    def take_files(self, paths: Sequence[Path]) -> None:
        """Files were dropped or chosen: the tab in view takes what it can do more with."""
        if self.page is not None and self.page.files_meant_here(paths):
            self.page.take_files(paths)
        else:
            self.files_dropped.emit(list(paths))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files over the window: lift the veil."""
        from app.views.drop_overlay import paths_of

        paths = paths_of(event)
        if paths:
            self.drop_overlay.lift(paths)
            event.acceptProposedAction()

    # -- menus and palette -------------------------------------------------------------------------------------

    def open_settings_menu(self) -> None:
        """Language, theme, text size, density, and the way to the rest."""
        menu = self._menu()
        table = self.page.table if self.page else None
        self.look.fill_menu(menu, table.density.key if table else None, table.set_density if table else None)
        menu.addSeparator()
        self.actions_of_window.fill(menu, "keys")
        menu.addAction(tr("settings.all"), self.settings_wanted.emit)
        self._popup_below(menu, self.app_bar.settings)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _popup_below(self, menu: QMenu, button: QWidget) -> None:
        menu.popup(button.mapToGlobal(QPoint(button.width() - menu.sizeHint().width(), button.height() + 4)))

    def open_palette(self) -> None:
        """Ctrl+K."""
        page = self.page
        chosen = page.table.selection() if page is not None and page.table is not None else None
        self.palette_box.open_palette(chosen.count if chosen else 0)

    def _commands(self, _text: str) -> list[PaletteEntry]:
        owners = [self.page.actions_of_page] if self.page else []
        return [
            _entry(owner, spec.id)
            for owner in (*owners, self.actions_of_window)
            for spec in owner
            if spec.in_palette and owner[spec.id].isVisible()
        ]

    def _page_entries(self, text: str) -> list[PaletteEntry]:
        return self.page.palette_entries(text) if self.page else []

    def _store_entries(self, text: str) -> list[PaletteEntry]:
        from app.views.palette_entries import PaletteEntry

        picker = self.app_bar.stores
        return [
            PaletteEntry("stores", store.name, lambda id=store.id: picker.choose(id), icon="building-store")
            for store in picker.stores
            if text
        ]

    # -- the rest ----------------------------------------------------------------------------------------------

    def toggle_activity(self) -> None:
        """The activity panel, or its line in the status bar."""
        if self.activity.isHidden():
            self.activity.open_panel()
        else:
            self.activity.close_panel()

    def _on_activity(self, shown: bool) -> None:
        """The panel says what the status bar's line said."""
        self.actions_of_window["activity"].setChecked(shown)
        for page in self.pages.values():
            page.status.job_line.setVisible(not shown)
        self._place_toast()

    def step_density(self, by: int) -> None:
        """Rows of the table in view one step higher (1) or lower (−1); 0 for the usual step."""
        if self.page is not None and self.page.table is not None:
            self.page.table.step_density(by)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What lies over the window moves along."""
        super().resizeEvent(event)
        self._place_toast()
        if self._is_in_view("drop_overlay"):
            self.drop_overlay.setGeometry(self.rect())
        if self._is_in_view("palette_box"):
            self.palette_box.place()

    def _place_toast(self) -> None:
        """Over the table's lower left corner, above the counts below it."""
        if "toast_box" not in self.__dict__:
            return
        box = self.toast_box
        box.setMaximumWidth(self.width() - 48)
        box.adjustSize()
        below = 16 + (self.page.status.height() if self.page else 0)
        below += self.activity.height() if self._is_in_view("activity") else 0
        box.move(24, self.height() - box.height() - below)

    def retranslate(self) -> None:
        """The window's title."""
        self.setWindowTitle(tr("window.title"))

    def restyle(self) -> None:
        """Icons of the window's actions."""
        if self.context.actions is not None:
            self.actions_of_window.restyle()

    def _restore(self) -> None:
        self.resize(USUAL)
        geometry = unpacked(self.context.settings.get("window.geometry"))
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)
            if not any(
                screen.availableGeometry().intersects(self.frameGeometry()) for screen in QGuiApplication.screens()
            ):
                self.resize(USUAL)
                self.move(0, 0)  # the screen it stood on is gone

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once while jobs run; then remember the geometry and go."""
        if not self._closing.may_close():
            event.ignore()
            return
        self.context.settings.put("window.geometry", packed(self.saveGeometry()))
        for page in self.pages.values():
            if page.table is not None:
                page.table.paged.stop()
        event.accept()
        self.closed.emit()


def _entry(owner: Actions, id: str) -> PaletteEntry:
    from app.views.palette_entries import PaletteEntry

    action = owner[id]
    why = "" if action.isEnabled() else action.toolTip().partition("\n")[2] or tr("palette.not_now")
    return PaletteEntry(
        "settings" if id in ("language", "theme", "guide", "keys", "settings") else "commands",
        action.text(),
        action.trigger,
        owner.acts_on(id),
        owner.icon_name(id),
        owner.shortcut(id),
        why_not=why,
    )


def _blank_page() -> Ground:
    """Where toolbar, filters and rows are going to be: the first paint shows as much of them."""
    page = Ground("surface")
    layout = column(page)
    for height in (42, 38):
        layout.addWidget(Bar(height))
    layout.addStretch(1)
    return page


def _application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
