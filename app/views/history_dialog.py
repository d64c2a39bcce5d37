"""All changes, newest first, each with its way back: whole, for some of its listings or fields, or to before it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

from app.services.history.records import RIGHT, ChangeRecord
from app.views.context import ViewContext
from app.views.listings.change_pane import ChangePane
from app.views.listings.history_list import HistoryList
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.ground import Ground, column, row


class HistoryDialog(Dialog):
    """Non-modal: the table stays in view while something is taken back.

    Attributes:
        shown: the changes in view, newest first.

    Emits:
        undo_wanted: uid of a change.
        part_wanted: (uid, ids of listings or None for all, names of fields or None for all).
        return_wanted: the `ChangeRecord` after which everything is to be taken back.
    """

    undo_wanted = Signal(str)
    part_wanted = Signal(str, object, object)
    return_wanted = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget) -> None:
        super().__init__("history.title", parent, size=QSize(1120, 640))
        self._context = context
        self.shown: Sequence[ChangeRecord] = ()
        self.changes = HistoryList("history.none", opens=True)
        self.pane, self.nothing = ChangePane(context), EmptyState()
        self._stack = QStackedWidget()
        self._build()
        self.changes.undo_wanted.connect(self.undo_wanted)
        self.changes.open_wanted.connect(self.show_change)
        self.pane.undo_wanted.connect(self.part_wanted)
        self.pane.return_wanted.connect(self.return_wanted)
        context.changes.happened.connect(self._on_change)
        self.load()

    def _build(self) -> None:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.changes)
        whole = row(self.body, gap=0)
        left = Ground("surface", "right")
        lines = column(left)
        lines.setContentsMargins(0, 0, 1, 0)  # the hairline
        lines.addWidget(area)
        whole.addWidget(left, 4)
        self.nothing.show_state("history", "history.open_one")
        for widget in (self.nothing, self.pane):
            self._stack.addWidget(widget)
        whole.addWidget(self._stack, 6)
        self.hint.say("history.hint")
        close = Button("dialog.close")
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(close)

    def load(self) -> None:
        """Read the changes again."""
        handle = self._context.runner.call(self._context.services.listings.history)
        handle.succeeded.connect(self._on_changes)
        handle.failed.connect(lambda error: self.hint.tell(error))

    def show_change(self, uid: str) -> None:
        """Show one change with its listings."""
        at = next((number for number, change in enumerate(self.shown) if change.uid == uid), None)
        if at is None:
            return
        newer = sum(not change.is_undone and change.kind != RIGHT for change in self.shown[:at])
        self.pane.show_change(self.shown[at], newer)
        self._stack.setCurrentWidget(self.pane)

    def _on_changes(self, changes: Sequence[ChangeRecord]) -> None:
        self.shown = changes
        self.changes.show_changes(changes)
        if self.pane.change is not None:
            self.show_change(self.pane.change.uid)

    def _on_change(self, _tables: object) -> None:
        self.load()

    def done(self, result: int) -> None:
        """Let go of the rows."""
        self.pane.stop()
        super().done(result)
