"""Lines of name and value that the editor shows but does not change: attributes, columns kept from the sheet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from app.views.widgets.ground import Ground, emptied
from app.views.widgets.label import Label

Line = tuple[str, str]


class AttributeList(Ground):
    """Names left, values right, as high as they are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self._lines: list[Line] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(14, 2, 14, 8)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    @property
    def lines(self) -> list[Line]:
        """What is shown."""
        return list(self._lines)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these, in their order."""
        if list(lines) == self._lines:
            return
        self._lines = list(lines)
        emptied(self._grid)
        for row, (name, value) in enumerate(lines):
            for column, (text, ink) in enumerate(((name, "text2"), (value or "–", "text"))):
                label = Label(role="small", ink=ink, wrap=True)
                label.setText(text)
                self._grid.addWidget(label, row, column)
