"""A page's actions on the selection: one primary, then the rest, history, and the view tools at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.views.widgets.buttons import Button, IconButton
from app.views.widgets.ground import Bar, Separator

if TYPE_CHECKING:
    from app.views.actions import Actions


class Toolbar(Bar):
    """Buttons of actions. Below 1100 pixels secondary buttons show their icon alone."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(42, "bar", "bottom", parent=parent)
        self._actions = actions
        self._folding: list[Button] = []
        self._left = 0
        self.row.addStretch(1)

    def _insert(self, widget: QWidget) -> None:
        self.row.insertWidget(self._left, widget)
        self._left += 1

    def add_primary(self, id: str) -> Button:
        """The page's one primary button."""
        return self._add_button(id, "primary")

    def add(self, id: str, kind: str = "") -> Button:
        """A secondary button."""
        button = self._add_button(id, kind)
        self._folding.append(button)
        return button

    def _add_button(self, id: str, kind: str) -> Button:
        action = self._actions.add(id) if id not in self._actions else self._actions[id]
        spec = next(spec for spec in self._actions if spec.id == id)
        button = Button(icon_name=spec.icon, kind=kind)
        button.follow(action)
        self._insert(button)
        return button

    def add_action(self, action: QAction, icon_name: str) -> Button:
        """A secondary button of an action that is not the page's own: one of the window's."""
        button = Button(icon_name=icon_name)
        button.follow(action)
        self._insert(button)
        self._folding.append(button)
        return button

    def add_icon(self, action: QAction, icon_name: str) -> IconButton:
        """An icon alone, left."""
        button = IconButton(icon_name)
        button.follow(action)
        self._insert(button)
        return button

    def add_widget(self, widget: QWidget) -> None:
        """Any control, left."""
        self._insert(widget)

    def add_separator(self) -> None:
        """A line between groups."""
        self._insert(Separator())

    def add_more(self, *ids: str) -> IconButton:
        """The "…" menu with actions that are used seldom."""
        button = IconButton("dots", "window.more")
        menu = QMenu(button)
        self._actions.fill(menu, *ids)
        button.clicked.connect(lambda: menu.popup(button.mapToGlobal(QPoint(0, button.height() + 2))))
        self._insert(button)
        return button

    def add_right(self, widget: QWidget) -> None:
        """Any control at the right end: sync time, view tools."""
        self.row.addWidget(widget)

    def add_icon_right(self, action: QAction, icon_name: str) -> IconButton:
        """An icon alone at the right end."""
        button = IconButton(icon_name)
        button.follow(action)
        self.row.addWidget(button)
        return button

    def set_compact(self, compact: bool) -> None:
        """Secondary buttons without or with their text."""
        for button in self._folding:
            button.set_compact(compact)
