"""The small window in which a filter is written as an expression."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.services.errors import AppError
from app.views.filter_language import FilterLanguage, NameCompleter
from app.views.language import say
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.form import mark_bad
from app.views.widgets.ground import column
from app.views.widgets.label import Label
from app.views.widgets.live import Live
from app.views.widgets.popup import Popup

WIDTH = 460


class ExpressionEditor(Live, Popup):
    """A pop-up with one line; Enter takes it, Escape leaves. What cannot be read is marked, said, and kept.

    Emits:
        accepted: words to search for and the conditions.
    """

    accepted = Signal(str, object)

    def __init__(self, language: FilterLanguage, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._language = language
        self.line = QLineEdit(text)
        self.problem = Label(role="small", ink="red", wrap=True)
        self.hint = Label("filter.expression_hint", role="small", ink="text2", wrap=True)
        self.apply = Button("filter.apply", kind="primary")
        layout = column(self, edges=12, gap=8)
        layout.addWidget(Label("filter.expression", role="small", strong=True))
        for widget in (self.line, self.problem, self.hint):
            layout.addWidget(widget)
        layout.addWidget(self.apply, 0, Qt.AlignmentFlag.AlignRight)
        self.problem.hide()
        say(self.line, "filter.expression", "accessibleName")
        NameCompleter(self.line, language.names(), is_marked=False)
        self.line.textChanged.connect(lambda _: self._say(None))
        self.apply.clicked.connect(self.accept)
        self.setFixedWidth(current_theme().height(WIDTH))

    def popup(self, at: QPoint) -> None:
        """Open with its top left corner at *at* (global) and the focus in the line."""
        self.open_at(at, self.line)

    def accept(self) -> None:
        """Tell the conditions and close."""
        try:
            words, filters = self._language.read(self.line.text())
        except AppError as error:
            self._say(error)
            return
        self.accepted.emit(words, list(filters))
        self.close()

    def _say(self, error: AppError | None) -> None:
        mark_bad(self.line, error is not None)
        if error is None:
            self.problem.setText("")
        else:
            self.problem.tell(error)
        self.problem.setVisible(error is not None)
        self.hint.setVisible(error is None)
        self.retranslate()

    def retranslate(self) -> None:
        """What is wrong, for screen readers; its words are as many as the language needs."""
        self.line.setAccessibleDescription(self.problem.text())
        self.adjustSize()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the expression."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        else:
            super().keyPressEvent(event)
