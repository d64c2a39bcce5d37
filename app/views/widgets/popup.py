"""A small window that belongs to a control: closes with Escape or a click beside it, never leaves the screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QWidget


class Popup(QFrame):
    """The frame; a subclass fills it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("kind", "popup")

    def open_at(self, at: QPoint, focus: QWidget) -> None:
        """Show with the top left corner at *at* (global), or as near as the screen allows; *focus* gets the keys."""
        self.adjustSize()
        screen = QGuiApplication.screenAt(at) or self.screen()
        room = screen.availableGeometry()
        left = max(room.left(), min(at.x(), room.right() - self.width()))
        top = max(room.top(), min(at.y(), room.bottom() - self.height()))
        self.move(left, top)
        self.show()
        focus.setFocus()
