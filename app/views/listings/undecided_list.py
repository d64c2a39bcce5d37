"""Unconfirmed listings that could be several products: a person says which one it is, or that none is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.views.widgets.buttons import Button
from app.views.widgets.flow import FlowLayout
from app.views.widgets.ground import Ground, column, emptied
from app.views.widgets.label import ElidedLabel, Label

if TYPE_CHECKING:
    from app.services.publishing.report import ReportRow


class UndecidedList(Ground):
    """One box a listing with a button for each candidate.

    Emits:
        decided: (listing id, product id, "" for none of them).
        look_up_wanted: look them up on the marketplace now.
    """

    decided = Signal(int, str)
    look_up_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self._lines = column(self, gap=0)
        self._lines.addStretch(1)

    def show_rows(self, rows: Sequence[ReportRow], candidates: Mapping[int, Sequence[str]]) -> None:
        """Show these listings; one without candidates is still being looked up."""
        emptied(self._lines, keep=1)
        for number, row in enumerate(rows):
            self._lines.insertWidget(number, self._box(row, candidates.get(row.listing_id, ())))

    def _box(self, row: ReportRow, candidates: Sequence[str]) -> QWidget:
        box = Ground("surface", "bottom")
        lines = column(box, gap=6)
        lines.setContentsMargins(16, 10, 16, 10)
        name = ElidedLabel()
        name.setText(" · ".join(part for part in (row.title, row.code) if part))
        lines.addWidget(name)
        said = Label(role="small", ink="text2", wrap=True)
        said.say("publish.undecided.several" if candidates else "publish.undecided.looking", n=len(candidates))
        lines.addWidget(said)
        lines.addWidget(self._buttons(row.listing_id, candidates), 0, Qt.AlignmentFlag.AlignTop)
        return box

    def _buttons(self, listing_id: int, candidates: Sequence[str]) -> QWidget:
        buttons = QWidget()
        line = FlowLayout(buttons)
        line.setContentsMargins(0, 0, 0, 0)
        for product_id in candidates:
            this = Button(kind="small")
            this.setText(tr("publish.undecided.this", id=product_id))
            this.clicked.connect(lambda _=False, product_id=product_id: self.decided.emit(listing_id, product_id))
            line.addWidget(this)
        if candidates:
            none = Button("publish.undecided.none", kind="small")
            none.clicked.connect(lambda: self.decided.emit(listing_id, ""))
            line.addWidget(none)
        else:
            look = Button("publish.undecided.look_up", kind="small", icon_name="refresh")
            look.clicked.connect(self.look_up_wanted)
            line.addWidget(look)
        return buttons
