"""All changes, newest first, each with its way back."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.listings.history_list import HistoryList
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column


class HistoryDialog(Dialog):
    """Non-modal: the table stays in view while something is taken back.

    Emits:
        undo_wanted: uid of a change.
    """

    undo_wanted = Signal(str)

    def __init__(self, context: ViewContext, parent: QWidget) -> None:
        super().__init__("history.title", parent, size=QSize(640, 560))
        self._context = context
        self.changes = HistoryList("history.none")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(self.changes)
        column(self.body).addWidget(area)
        self.hint.say("history.hint")
        close = Button("dialog.close")
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(close)
        self.changes.undo_wanted.connect(self.undo_wanted)
        context.changes.happened.connect(self._on_change)
        self.load()

    def load(self) -> None:
        """Read the changes again."""
        handle = self._context.runner.call(self._context.services.listings.history)
        handle.succeeded.connect(self.changes.show_changes)
        handle.failed.connect(lambda error: self.hint.setText(sentence(error)))

    def _on_change(self, _tables: object) -> None:
        self.load()
