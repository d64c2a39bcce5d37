"""Why listings are held back: one sentence, asked before they are."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget

from app.services.listings.holding import LONGEST_REASON
from app.views.listings.bulk_edit.parts import Line
from app.views.widgets.dialog import Dialog
from app.views.widgets.form import Field
from app.views.widgets.ground import column
from app.views.widgets.label import Label

SIZE = QSize(520, 220)


class HoldDialog(Dialog):
    """Asks for the reason.

    Emits:
        given: the reason.
    """

    given = Signal(str)

    def __init__(self, count: int, parent: QWidget) -> None:
        super().__init__("hold.title", parent, size=SIZE, n=count)
        self.reason = Line("hold.reason_hint")
        self.reason.setMaxLength(LONGEST_REASON)
        lines = column(self.body, edges=20, gap=10)
        lines.addWidget(Field("hold.reason", self.reason))
        lines.addWidget(Label("hold.says", ink="text2", wrap=True))
        lines.addStretch(1)
        self.hint.say("hold.foot")
        self.primary = self.add_buttons("hold.verb", n=count)
        self.primary.setEnabled(False)
        self.reason.textChanged.connect(lambda text: self.primary.setEnabled(bool(text.strip())))
        self.accepted.connect(lambda: self.given.emit(self.reason.text()))
        self.reason.setFocus()
