"""While a sheet is read: which one, how many rows so far, what it waits for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.services.tasks import Progress
from app.views.widgets.ground import Ground, column
from app.views.widgets.label import IconLabel, Label
from app.views.widgets.progress_line import ProgressLine


class Waiting(Ground):
    """An icon, the file, true counts; a bar where the total is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self.title = Label(role="title", strong=True)
        self.detail = Label(ink="text2")
        self.bar = ProgressLine(240, keeps_room=True)
        layout = column(self, edges=24, gap=8)
        layout.addStretch(2)
        for widget in (IconLabel("table-import", 24, "text3"), self.title, self.detail, self.bar):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self.bar.hide()

    def show_file(self, name: str) -> None:
        """The reading of a file begins."""
        self.title.say("import.reading", file=name)
        self.detail.setText("")
        self.bar.show_progress(Progress())

    def show_progress(self, said: str, progress: Progress | None = None) -> None:
        """How far it is; *said* is a finished sentence."""
        self.detail.setText(said)
        if progress is not None:
            self.bar.show_progress(progress)
