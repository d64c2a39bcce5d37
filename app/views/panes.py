"""F6 goes round the panes: tabs, toolbar, search, table, side panel, status bar, activity."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
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


def order_focus(panes: Sequence[QWidget]) -> None:
    """Let Tab go through *panes* in this order, whatever order their widgets were made in (interface.md 9)."""
    stops = [stop for pane in panes for stop in (pane, *pane.findChildren(QWidget)) if _takes_tab(stop, pane)]
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)


def _takes_tab(widget: QWidget, pane: QWidget) -> bool:
    """Whether Tab stops at *widget*; what lies in a pop-up of the pane is left out."""
    takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(takes) and widget.focusProxy() is None and widget.window() is pane.window()


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
        if _takes_tab(widget, pane) and widget.isVisibleTo(pane.window()) and widget.isEnabled():
            return widget
    return None
