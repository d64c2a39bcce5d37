"""The changes of one listing: when, what, from which file."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.clock import to_ms
from app.services.history.records import ChangeRecord
from app.views.numbers import moment, moment_tip
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import ElidedLabel, Label


class HistoryList(Ground):
    """Changes, newest first.

    Emits:
        undo_wanted: uid of a change to take back.
    """

    undo_wanted = Signal(str)

    def __init__(self, empty_key: str = "listings.no_history", parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self._empty_key = empty_key
        self._lines = column(self, gap=0)
        self._lines.addStretch(1)
        self._changes: Sequence[ChangeRecord] | None = None

    def show_changes(self, changes: Sequence[ChangeRecord]) -> None:
        """Show these; none says so."""
        self._changes = changes
        self.retranslate()

    def retranslate(self) -> None:
        """Labels in the user's language."""
        if getattr(self, "_changes", None) is None:
            return
        while self._lines.count() > 1:
            old = self._lines.takeAt(0).widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        rows = [self._row(change) for change in self._changes] or [self._nothing()]
        for number, widget in enumerate(rows):
            self._lines.insertWidget(number, widget)

    def _row(self, change: ChangeRecord) -> QWidget:
        box = Ground("surface", "bottom")
        line = row(box, edges=14, gap=8)
        line.setContentsMargins(14, 8, 14, 8)
        at = Label(role="small", ink="text3")
        at.setText(moment(to_ms(change.created_at)))
        at.setToolTip(moment_tip(to_ms(change.created_at)))
        line.addWidget(at)
        what = ElidedLabel()
        what.setText(tr("history.line", what=tr(change.label, **change.params), n=change.listing_count))
        what.setToolTip(what.text())
        line.addWidget(what, 1)
        if change.is_undone:
            line.addWidget(Label("history.undone", role="small", ink="text3"))
        else:
            back = Button("action.undo", kind="link")
            back.clicked.connect(lambda: self.undo_wanted.emit(change.uid))
            line.addWidget(back)
        return box

    def _nothing(self) -> QWidget:
        box = Ground("surface")
        lines = column(box)
        lines.setContentsMargins(14, 16, 14, 16)
        lines.addWidget(Label(self._empty_key, ink="text2", wrap=True))
        return box
