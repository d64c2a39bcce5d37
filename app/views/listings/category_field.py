"""Choosing a leaf category by any words of its path, in either language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from app.views.language import language
from app.views.widgets.form import mark_bad

if TYPE_CHECKING:
    from app.views.task_runner import TaskRunner

ASK_AFTER_MS = 150


class CategoryField(QLineEdit):
    """A line that searches while typing and takes only what was chosen from the list.

    Emits:
        chosen: id of the category.
    """

    chosen = Signal(str)

    def __init__(self, runner: TaskRunner, find: Callable[[str], Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner, self._find = runner, find
        self._ids: dict[str, str] = {}
        self._shown, self._shown_id = "", ""
        self._asked = ""
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setMaxVisibleItems(12)
        completer.activated.connect(self._take)
        self.setCompleter(completer)
        self._timer = QTimer(self, singleShot=True, interval=ASK_AFTER_MS)
        self._timer.timeout.connect(self._ask)
        self.textEdited.connect(self._on_edited)

    @property
    def is_searching(self) -> bool:
        """Whether a word was typed that nothing was chosen for yet."""
        return self.isModified() and self.hasFocus()

    @property
    def names(self) -> list[str]:
        """What the list offers."""
        return self._names.stringList()

    def show_category(self, path: str, category_id: str, *, is_other: bool) -> None:
        """Show what is stored; a word being typed is left alone, unless it is another listing's turn."""
        self._shown, self._shown_id = path, category_id
        if is_other or not self.is_searching:
            self._restore()

    def _restore(self) -> None:
        self._timer.stop()
        self._asked = ""
        if self.text() != self._shown:
            self.setText(self._shown)
            self.setCursorPosition(0)
        self.setModified(False)
        self.setToolTip(self._shown)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Choose the old path whole: typing replaces it."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason and not self.isModified():
            QTimer.singleShot(0, self, self.selectAll)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A text nobody chose is dropped."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._restore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts the stored path back; arrow down opens the list."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self._restore()
            self.selectAll()
        elif event.key() == Qt.Key.Key_Down and not self.isReadOnly() and not self.completer().popup().isVisible():
            self._ask()
        else:
            super().keyPressEvent(event)

    def _on_edited(self, _text: str) -> None:
        if not self.isReadOnly():
            self._timer.start()

    def _ask(self) -> None:
        self._timer.stop()
        self._asked = text = self.text() if self.isModified() else ""
        handle = self._runner.call(self._find, text)
        handle.succeeded.connect(lambda found: self._offer(text, found))

    def _offer(self, text: str, found: list[tuple[Any, Any]]) -> None:
        if text != self._asked or not self.hasFocus():
            return
        side = 0 if language.code == "zh" else 1
        self._ids = {pair[side].name: pair[side].id for pair in found}
        self._names.setStringList(list(self._ids))
        mark_bad(self, not found)
        if found:
            self.completer().complete()
        else:
            self.completer().popup().hide()

    def _take(self, name: str) -> None:
        category_id = self._ids.get(name, "")
        if not category_id:
            return
        self._shown = name
        self.setModified(False)
        self._restore()
        mark_bad(self, False)
        if category_id != self._shown_id:
            self._shown_id = category_id
            self.chosen.emit(category_id)
