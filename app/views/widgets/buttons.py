"""Buttons in the kinds the style sheet knows, with icons that follow the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton

from app.messages import tr
from app.views.icons import GAP, icon
from app.views.language import say
from app.views.theme import current_theme
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QFocusEvent
    from PySide6.QtWidgets import QWidget

_INK = {"primary": "onAccent", "danger": "red", "link": "accentText", "toast": "toastAction"}
_HEIGHT = {"small": 22, "link": 22, "toast": 22}


class Button(Live, QPushButton):
    """A push button.

    Args:
        key: message key of the text; empty for a text set later.
        icon_name: icon left of the text.
        kind: "" (plain), primary (one in view), danger, small, link, flat, toast.
    """

    def __init__(
        self, key: str = "", *, icon_name: str = "", kind: str = "", parent: QWidget | None = None, **params: Any
    ) -> None:
        super().__init__(parent)
        self._icon_name, self._kind, self._full = icon_name, kind, ""
        self._action: QAction | None = None
        self._is_compact = False
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(kind == "primary")
        if key:
            say(self, key, **params)
        self.dress()

    def set_kind(self, kind: str) -> None:
        """Another kind of the style sheet."""
        self._kind = kind
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self.restyle()

    def set_icon_name(self, name: str) -> None:
        """Another icon; the one it has already costs nothing."""
        if name != self._icon_name:
            self._icon_name = name
            self.restyle()

    def follow(self, action: QAction) -> None:
        """Show text, tip and state of *action* and trigger it."""
        self._action = action
        action.changed.connect(self._on_action)
        self.clicked.connect(action.trigger)
        self._on_action()

    def set_compact(self, compact: bool) -> None:
        """Icon alone in a narrow window; tip and accessible name stay."""
        is_compact = compact and bool(self._icon_name)
        if is_compact != self._is_compact:
            self._is_compact = is_compact
            self._on_action()
            self.restyle()

    def _on_action(self) -> None:
        if self._action is None:
            return
        text = self._action.text()
        self.setText("" if self._is_compact else text)
        self.setAccessibleName(text)
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())

    def restyle(self) -> None:
        """Icon colour and height."""
        self.setMinimumHeight(current_theme().height(_HEIGHT.get(self._kind, 28)))
        if self._icon_name:
            ink = _INK.get(self._kind, "text2")
            gap = 0 if self._is_compact else GAP
            self.setIcon(icon(self._icon_name, 16, ink, gap=gap, switches=self.isCheckable()))
            self.setIconSize(QSize(16 + gap, 16))


class IconButton(Live, QToolButton):
    """An icon alone; *key* is its name, shown as tip and read aloud."""

    def __init__(
        self,
        icon_name: str,
        key: str = "",
        *,
        size: int = 18,
        shortcut: str = "",
        ink: str = "text2",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon_name, self._key, self._size, self._shortcut, self._ink = icon_name, key, size, shortcut, ink
        self._action: QAction | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.dress()

    def follow(self, action: QAction) -> None:
        """Show name, tip and state of *action* and trigger it."""
        self._action = action
        self.setCheckable(action.isCheckable())
        self.restyle()
        action.changed.connect(self._on_action)
        self.clicked.connect(action.trigger)
        self._on_action()

    def set_icon_name(self, name: str) -> None:
        """Another icon; the one it has already costs nothing."""
        if name != self._icon_name:
            self._icon_name = name
            self.restyle()

    def set_key(self, key: str) -> None:
        """Another name."""
        self._key = key
        self.retranslate()

    def retranslate(self) -> None:
        """Name and shortcut."""
        if self._key:
            name = tr(self._key)
            self.setAccessibleName(name)
            self.setToolTip(f"{name}  {self._shortcut}" if self._shortcut else name)

    def restyle(self) -> None:
        """Icon in the theme's colours, with its own picture when switched on."""
        self.setIcon(icon(self._icon_name, self._size, self._ink, switches=self.isCheckable()))
        self.setIconSize(QSize(self._size, self._size))
        side = current_theme().height(28 if self._size > 14 else 22)
        self.setFixedSize(side, side)

    def _on_action(self) -> None:
        if self._action is not None:
            self.setAccessibleName(self._action.text())
            self.setToolTip(self._action.toolTip())
            self.setEnabled(self._action.isEnabled())
            self.setChecked(self._action.isChecked())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt leaves a pressed look behind after a menu."""
        super().focusOutEvent(event)
        self.setDown(False)
