"""Refused cells as place, reason, remedy; the one obvious correction is a button."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from app.messages import tr
from app.services.workbooks import CellError
from app.views.importing.columns import field_name
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import ElidedLabel, IconLabel, Label

SHOWN = 50
LINES_IN_VIEW = 5


class ErrorsList(Ground):
    """Emits:
    fix_wanted: (row, column letter, text): take the proposal.
    go_wanted: Excel row of an error that was clicked.
    save_wanted: the user's own sheet with the cells marked.
    """

    fix_wanted = Signal(int, str, str)
    go_wanted = Signal(int)
    save_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("redSoft", "top", parent)
        whole = column(self, gap=0)
        head = row(gap=8)
        head.setContentsMargins(14, 6, 14, 6)
        head.addWidget(IconLabel("alert-octagon", 16))
        self.title = Label(ink="red", strong=True)
        head.addWidget(self.title)
        head.addWidget(Label("import.errors_hint", role="small", ink="text2"))
        head.addStretch(1)
        self.save = Button("import.save_marked", icon_name="download", kind="small")
        self.save.clicked.connect(self.save_wanted)
        head.addWidget(self.save)
        whole.addLayout(head)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.viewport().setAutoFillBackground(False)
        whole.addWidget(self._area)

    def show_errors(self, errors: Sequence[CellError], total: int) -> None:
        """Show the first fifty, and how many there are in all."""
        self.setVisible(total > 0)
        self.title.say("import.errors", n=total)
        body = QWidget()
        lines = column(body, gap=0)
        for error in errors[:SHOWN]:
            lines.addWidget(self._line(error))
        lines.addStretch(1)
        self._area.setWidget(body)
        height = current_theme().height(30)
        self._area.setFixedHeight(height * min(len(errors), LINES_IN_VIEW) + 4)

    def _line(self, error: CellError) -> QWidget:
        box = Ground("redSoft", "top")
        line = row(box, edges=14, gap=10)
        place = Button(kind="link")
        column_name = field_name(error.field) if error.field else error.header
        place.setText(tr("import.place", row=str(error.row), column=error.column or "–", name=column_name))
        place.setMinimumWidth(150)
        place.clicked.connect(lambda: self.go_wanted.emit(error.row))
        line.addWidget(place, 0, Qt.AlignmentFlag.AlignLeft)
        said = ElidedLabel()
        said.setText(error.message(tr))
        said.setToolTip(said.text())
        line.addWidget(said, 1)
        if error.fix:
            fix = Button(kind="small")
            fix.setText(tr("import.use_fix", value=error.fix))
            fix.clicked.connect(lambda: self.fix_wanted.emit(error.row, error.column, error.fix))
            line.addWidget(fix)
        box.setFixedHeight(current_theme().height(30))
        return box
