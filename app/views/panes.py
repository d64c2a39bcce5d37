"""F6 goes round the panes: tabs, toolbar, search, table, side panel, status bar, activity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from app.views.main_window import MainWindow


def panes_of(window: MainWindow) -> list[QWidget]:
    """The panes in view, in the order of the focus (interface.md 9)."""
    page = window.page
    panes: list[QWidget | None] = [window.app_bar]
    if page is None:
        panes.append(window.first_run)
    else:
        panes += [page.toolbar, page.filters, page.table or page.empty, page.panel, page.status]
    panes.append(window.activity)
    return [pane for pane in panes if pane is not None and pane.isVisible()]


def next_pane(window: MainWindow, by: int) -> None:
    """Give the focus to the next (+1) or previous (−1) pane that has something to focus."""
    panes = panes_of(window)
    focus = window.focusWidget()
    at = next(
        (n for n, pane in enumerate(panes) if focus is not None and (pane is focus or pane.isAncestorOf(focus))), 0
    )
    for step in range(1, len(panes) + 1):
        target = first_focus(panes[(at + by * step) % len(panes)])
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            return


def first_focus(pane: QWidget) -> QWidget | None:
    """The pane itself or its first child that takes the focus by Tab."""
    for widget in (pane, *pane.findChildren(QWidget)):
        takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes and widget.isVisibleTo(pane.window()) and widget.isEnabled() and widget.focusProxy() is None:
            return widget
    return None
