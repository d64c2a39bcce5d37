"""The search box of a page: every keystroke asks, Enter turns an expression into chips."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeyEvent, Qt
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from app.views.icons import icon
from app.views.language import say
from app.views.theme import current_theme
from app.views.widgets.form import mark_bad
from app.views.widgets.live import Live

CLEAR = "_q_qlineeditclearaction"
"""What Qt calls the clear button's action."""


class SearchBox(Live, QLineEdit):
    """A line edit with a magnifier and a clear button.

    Emits:
        searched: the text, when the event loop turns after a keystroke (an input method may commit several at once).
        entered: the text, at Enter.
        emptied_back: Backspace in the empty box: take the last chip away.
        left_down: arrow down: go to the table.
    """

    searched = Signal(str)
    entered = Signal(str)
    emptied_back = Signal()
    left_down = Signal()

    def __init__(self, key: str = "filter.search", width: int = 300, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._width = width
        self._told = ""
        self._glass = self.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.setClearButtonEnabled(True)
        self._name_buttons()
        # queued, not by a timer: asked before the box is painted, the question is answered meanwhile
        self.textChanged.connect(self.search_now, Qt.ConnectionType.QueuedConnection)
        self.returnPressed.connect(self._on_return)
        self.set_hint(key)
        self.dress()

    def _name_buttons(self) -> None:
        """Qt makes a button of each picture in the box and gives it no name."""
        names = {self._glass: "filter.search", self.findChild(QAction, CLEAR): "filter.clear_search"}
        for button in self.findChildren(QToolButton):
            key = names[button.defaultAction()]
            say(button, key, "accessibleName")
            say(button.defaultAction(), key, "toolTip")  # the button takes its tip from there

    def set_hint(self, key: str) -> None:
        """What can be searched; also the accessible name."""
        say(self, key, "placeholderText")
        say(self, key, "accessibleName")

    def search_now(self) -> None:
        """Ask without waiting."""
        text = self.text().strip()
        if text != self._told:
            self._told = text
            self.searched.emit(text)

    def set_quietly(self, text: str) -> None:
        """Show *text* without asking."""
        self.blockSignals(True)
        self.setText(text)
        self.blockSignals(False)
        self._told = text.strip()

    def show_problem(self, sentence: str) -> None:
        """Mark the expression as wrong; an empty sentence clears it."""
        mark_bad(self, bool(sentence))
        self.setAccessibleDescription(sentence)

    def restyle(self) -> None:
        """Size and magnifier."""
        theme = current_theme()
        self.setFixedWidth(theme.height(self._width))
        self.setMinimumHeight(theme.height(26))
        self._glass.setIcon(icon("search"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Backspace in the empty box, arrow down, Escape."""
        key = event.key()
        if key == Qt.Key.Key_Backspace and not self.text():
            self.emptied_back.emit()
        elif key == Qt.Key.Key_Down and not event.modifiers():
            self.left_down.emit()
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def _on_return(self) -> None:
        self.search_now()
        self.entered.emit(self.text().strip())
