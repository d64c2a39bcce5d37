"""Choosing a leaf category by any words of its path, in either language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from app.views.language import language
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
        self._shown = ""
        self._asked = ""
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(12)
        completer.activated.connect(self._take)
        self.setCompleter(completer)
        self._timer = QTimer(self, singleShot=True, interval=ASK_AFTER_MS)
        self._timer.timeout.connect(self._ask)
        self.textEdited.connect(lambda _: self._timer.start())

    def show_category(self, path: str) -> None:
        """Show a path without telling; a word being typed is left alone."""
        self._shown = path
        if not self.isModified() or not self.hasFocus():
            self.setText(path)
            self.setCursorPosition(0)
            self.setToolTip(path)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Choose the old path whole: typing replaces it."""
        super().focusInEvent(event)
        QTimer.singleShot(0, self, self.selectAll)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A text nobody chose is dropped."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.setModified(False)
            self.show_category(self._shown)

    def _ask(self) -> None:
        self._asked = text = self.text()
        handle = self._runner.call(self._find, text)
        handle.succeeded.connect(lambda found: self._offer(text, found))

    def _offer(self, text: str, found: list[tuple[Any, Any]]) -> None:
        if text != self._asked or not self.hasFocus():
            return
        side = 0 if language.code == "zh" else 1
        self._ids = {pair[side].name: pair[side].id for pair in found}
        self._names.setStringList(list(self._ids))
        self.completer().complete()

    def _take(self, name: str) -> None:
        self._shown = name
        self.setModified(False)
        self.setText(name)
        if name in self._ids:
            self.chosen.emit(self._ids[name])
