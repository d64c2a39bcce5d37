"""Typing a formula: a line, and below it the fields and functions there are, to be put in by a click."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from app.services.listings.bulk_edit.formulas import ALL_USAGES
from app.views.language import say
from app.views.listings.bulk_edit.parts import Line
from app.views.widgets.chip import Chip
from app.views.widgets.flow import FlowLayout

SHOWN = ("if", "price_for", "round_to", "ends", "min", "max")
"""Functions offered by a click; all of them are in the line's tip."""


class FormulaLine(QObject):
    """The line and its names."""

    def __init__(self, fields: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.line = Line("bulk_edit.formula_hint")
        say(
            self.line,
            "bulk_edit.formula_tip",
            "toolTip",
            fields=", ".join(fields),
            functions=", ".join(ALL_USAGES.values()),
        )
        self.names = QWidget()
        flow = FlowLayout(self.names)
        for name in fields:
            flow.addWidget(self._chip(name, name))
        for name in SHOWN:
            flow.addWidget(self._chip(f"{name}( )", ALL_USAGES[name]))

    def _chip(self, name: str, text: str) -> Chip:
        chip = Chip(name, removable=False)
        chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what they do is quicker typed; a dozen stops would be no help
        chip.clicked.connect(partial(self.put, text))
        return chip

    def put(self, text: str, *_: object) -> None:
        """Put *text* in at the cursor."""
        before = self.line.text()[: self.line.cursorPosition()]
        gap = " " if before and not before.endswith((" ", "(")) else ""
        self.line.insert(f"{gap}{text}")
        self.line.setFocus()
