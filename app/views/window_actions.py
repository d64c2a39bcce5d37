"""What the actions of the window do: keys, menus and palette alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.views.actions import ACTIONS, Actions
from app.views.panes import next_pane

if TYPE_CHECKING:
    from app.views.main_window import MainWindow


def window_actions(window: MainWindow) -> Actions:
    """The actions of *window*, connected."""
    actions = Actions(window, [spec for spec in ACTIONS if spec.scope == "window"])
    for key in window.app_bar.tabs:
        actions.on(f"go_{key}", lambda key=key: window.show_tab(key))
    for spec in actions:
        if spec.id.startswith("go_"):
            actions[spec.id].setEnabled(spec.id.removeprefix("go_") in window.app_bar.tabs)
    _connect_to_page(window, actions)
    _connect_to_window(window, actions)
    return actions


def _connect_to_page(window: MainWindow, actions: Actions) -> None:
    """What the page in view does, while there is one."""
    on = actions.on
    on("find", lambda: window.page.focus_search() if window.page else None)
    on("add_filter", lambda: window.page.filters.choose_field() if window.page else None)
    on("sync", lambda: window.page.sync() if window.page and window.page.can_sync else None)
    on("panel", lambda: window.page.show_panel(not window.page.is_panel_shown) if window.page else None)
    on("columns", lambda: window.page.show_columns() if window.page else None)
    on("roomier", lambda: window.step_density(1))
    on("tighter", lambda: window.step_density(-1))
    on("density_default", lambda: window.step_density(0))


def _connect_to_window(window: MainWindow, actions: Actions) -> None:
    on = actions.on
    on("palette", window.open_palette)
    on("undo", window.undo_wanted.emit)
    on("redo", window.redo_wanted.emit)
    on("history", window.history_wanted.emit)
    on("import", window.choose_files)
    on("activity", window.toggle_activity)
    on("guide", lambda: window.guide_wanted.emit(window.current_key))
    on("keys", lambda: window.guide_wanted.emit("keys"))
    on("settings", window.open_settings_menu)
    on("next_pane", lambda: next_pane(window, 1))
    on("previous_pane", lambda: next_pane(window, -1))
    on("language", window.look.flip_language)
    on("theme", window.look.flip_theme)
