"""Says which emptiness this is and what to do next."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.views.language import say
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column
from app.views.widgets.label import IconLabel, Label


class EmptyState(Ground):
    """An icon, a sentence, a hint and at most one button.

    Emits:
        acted: the button was pressed.
    """

    acted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self._icon = IconLabel("search", 24, "text3")
        self._title = Label(role="title", strong=True)
        self._detail = Label(ink="text2", wrap=True)
        self._button = Button(kind="primary")
        self._button.clicked.connect(self.acted)
        layout = column(self, edges=24, gap=8)
        layout.addStretch(2)
        for widget in (self._icon, self._title, self._detail, self._button):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self._detail.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._detail.setMaximumWidth(520)
        self._detail.setMinimumWidth(240)
        for widget in (self._icon, self._title, self._detail, self._button):
            widget.hide()

    def show_state(
        self,
        icon: str,
        title_key: str,
        *,
        detail_key: str = "",
        action_key: str = "",
        primary: bool = True,
        **params: Any,
    ) -> None:
        """Show another emptiness; all sentences share *params*."""
        self._icon.set_icon(icon)
        self._icon.show()
        self._title.say(title_key, **params)
        self._title.show()
        self._say_or_hide(self._detail, detail_key, params)
        self._say_or_hide(self._button, action_key, params)
        self._button.set_kind("primary" if primary else "")

    def show_text(self, icon: str, title_key: str, detail: str, action_key: str = "") -> None:
        """The same with a detail that is a finished sentence: an error's."""
        self.show_state(icon, title_key, action_key=action_key, primary=False)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))

    @property
    def button(self) -> Button:
        """The one button."""
        return self._button

    @property
    def texts(self) -> tuple[str, str]:
        """Title and detail as shown."""
        return self._title.text(), self._detail.text()

    def _say_or_hide(self, widget: Any, key: str, params: dict[str, Any]) -> None:
        widget.setVisible(bool(key))
        if key:
            say(widget, key, **params)
