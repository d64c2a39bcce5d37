"""A status as a widget: glyph and word, a filled chip where a person must act."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.cell_painter import CHIP_PAD, PAD, CellPainter
from app.views.cells import Cell, Column
from app.views.status import status
from app.views.theme import DENSITIES, current_theme
from app.views.widgets.live import Live

_COLUMN = Column("status", "window.title", lambda row: row)


class StatusLabel(Live, QWidget):
    """Shows a key of the status vocabulary, drawn like in the tables."""

    def __init__(self, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cell = Cell(status=key)
        self._painter = CellPainter(current_theme(), DENSITIES[1], lambda *_: None)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.dress()

    def show_status(self, key: str, text: str = "") -> None:
        """Show the status *key*, with *text* in place of its word if given; what is shown already costs nothing."""
        cell = Cell(text, status=key)
        if cell != self._cell:
            self._cell = cell
            self.retranslate()

    def retranslate(self) -> None:
        """The word in the new language."""
        if self._cell.status:
            self.setAccessibleName(self._cell.text or status(self._cell.status).word)
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        """Colours of the theme."""
        self._painter = CellPainter(current_theme(), DENSITIES[1], lambda *_: None)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as glyph, word and padding."""
        if not self._cell.status:
            return QSize(0, 20)
        known = status(self._cell.status)
        role = "small" if known.filled else "body"
        word = self._painter.texts.lay(self._cell.text or known.word, -1, role, known.filled)
        return QSize(word.width + 2 * CHIP_PAD + 15, max(20, word.height + 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Painted like a cell."""
        if self._cell.status:
            painter = QPainter(self)
            self._painter.begin()
            box = QRect(-PAD, 0, self.width() + 2 * PAD, self.height() + 1)
            self._painter.paint(painter, box, self._cell, _COLUMN, False)
            painter.end()
