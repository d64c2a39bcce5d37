"""Giving codes to an operator of the team, or taking them back."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from app.services.coverage.assignments import LONGEST
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.form import Field
from app.views.widgets.ground import column

SIZE = QSize(460, 170)


class AssignDialog(Dialog):
    """Asks for a name: one of those who have codes, or a new one.

    Emits:
        named: the name, "" for nobody.
    """

    named = Signal(str)

    def __init__(self, count: int, members: Iterable[str], parent: QWidget) -> None:
        super().__init__("coverage.assign_title", parent, size=SIZE, n=count)
        self.member = QComboBox()
        self.member.setEditable(True)
        self.member.addItems(list(members))
        self.member.setCurrentText("")
        self.member.lineEdit().setMaxLength(LONGEST)
        lines = column(self.body, edges=20, gap=8)
        lines.addWidget(Field("coverage.member", self.member))
        lines.addStretch(1)
        self.take = Button("coverage.unassign")
        self.take.clicked.connect(lambda: self._end(""))
        self.primary = self.add_buttons("coverage.assign_verb")
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(lambda: self._end(self.member.currentText()))
        self.primary.setEnabled(False)
        self.member.editTextChanged.connect(lambda text: self.primary.setEnabled(bool(text.strip())))
        self.footer.row.insertWidget(1, self.take)
        self.member.setFocus()

    def _end(self, name: str) -> None:
        self.accept()
        self.named.emit(name)
