"""What stands in place of the rows of a preview: it is being made, or why there are no rows and what helps."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.services.tasks import Progress
from app.views.language import say
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import IconLabel, Label
from app.views.widgets.progress_line import ProgressLine

WIDTH = 520


class StatePane(Ground):
    """An icon, a title, a sentence that may be long, a bar of true counts, at most one button.

    Emits:
        acted: the button was pressed.
    """

    acted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self.icon = IconLabel("table-import", 24, "text3")
        self.title = Label(role="title", strong=True, wrap=True)
        self.detail = Label(ink="text2", wrap=True)
        self.bar = ProgressLine(240, keeps_room=True)
        self.button = Button()
        self.button.clicked.connect(self.acted)
        whole = row(self)
        whole.addStretch(1)
        # Wrapped texts stand in a column of their own without alignment, or the layout would not ask for their height
        self._column = column(gap=8)
        self._column.addStretch(2)
        for widget in (self.icon, self.title, self.detail, self.bar, self.button):
            is_text = widget in (self.title, self.detail)
            self._column.addWidget(widget, 0, Qt.AlignmentFlag(0) if is_text else Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(3)
        whole.addLayout(self._column)
        whole.addStretch(1)
        for label in (self.title, self.detail):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for widget in (self.bar, self.button):
            widget.hide()
        self.restyle()

    @property
    def texts(self) -> tuple[str, str]:
        """Title and detail as shown."""
        return self.title.text(), self.detail.text()

    def show_working(self, icon: str, title_key: str, action_key: str = "", **params: object) -> None:
        """Work begins: *title_key* says on what, *action_key* what can be done about it meanwhile."""
        self._show(icon, title_key, action_key, **params)
        self.bar.show_progress(Progress())

    def show_progress(self, said: str, progress: Progress | None = None) -> None:
        """How far it is; *said* is a finished sentence."""
        self.detail.setText(said)
        if progress is not None:
            self.bar.show_progress(progress)

    def show_problem(
        self, title_key: str, sentence: str | Callable[[], str], action_key: str = "", *, icon: str = "file-alert"
    ) -> None:
        """Why there are no rows; *sentence* is finished, or what makes it in each language; *action_key* names what
        helps."""
        self._show(icon, title_key, action_key)
        if callable(sentence):
            self.detail.follow(sentence)
        else:
            self.detail.setText(sentence)

    def _show(self, icon: str, title_key: str, action_key: str, **params: object) -> None:
        self.icon.set_icon(icon)
        self.title.say(title_key, **params)
        self.detail.setText("")
        self.bar.hide()
        self.button.setVisible(bool(action_key))
        if action_key:
            say(self.button, action_key)

    def restyle(self) -> None:
        """Wider with larger text."""
        super().restyle()
        if hasattr(self, "detail"):
            width = WIDTH + 20 * (current_theme().body_px - 13)
            for label in (self.title, self.detail):
                label.setFixedWidth(width)
