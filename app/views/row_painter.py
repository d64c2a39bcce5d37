"""Paints the visible rows of a table: ground, hairline, current-row bar, chevron, cells, headings, waiting rows.

A table paints its rows itself instead of through a delegate: Qt would build a style option for every cell, which
costs more than painting it (half of a 26 × 10 repaint).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from app.messages import tr
from app.views.cell_painter import PAD, CellPainter
from app.views.cells import Badge, Cell, Column, RowCells

if TYPE_CHECKING:
    from app.services.paging import Group

CHEVRON = 22
CHILD_INDENT = 44


class Span(NamedTuple):
    """A column as it stands on the screen."""

    logical: int
    left: int
    width: int


class RowLook(NamedTuple):
    """A row's state."""

    is_selected: bool = False
    is_hovered: bool = False
    is_child: bool = False
    is_unfolded: bool = False
    is_active: bool = True


class Line(NamedTuple):
    """A row on the screen whose cells are here."""

    rect: QRect
    cells: RowCells
    look: RowLook


class RowPainter:
    """Paints rows with the cells of a `CellPainter`. `unfolds`: whether a chevron stands before the first column."""

    def __init__(self, cells: CellPainter, columns: Sequence[Column], unfolds: bool) -> None:
        self.cells = cells
        self.columns = columns
        self.unfolds = unfolds

    @property
    def lead(self) -> int:
        """Pixels before the first column's cell: dot and chevron."""
        return CHEVRON if self.unfolds else 0

    def paint_ground(self, painter: QPainter, rect: QRect, look: RowLook) -> None:
        """Ground and hairline of one row in *rect*, which is filled with `surface` already."""
        theme, ground = self.cells.theme, _ground(look)
        if ground != "surface":
            painter.fillRect(rect, theme.brushes[ground])
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.brushes["line"])

    def paint(self, painter: QPainter, spans: Sequence[Span], lines: Sequence[Line]) -> None:
        """Paint the cells of rows that have their ground, column by column: doing the same to many in succession takes
        a quarter less than each row from beginning to end."""
        rows = [(line.rect.top() + (line.rect.height() - 1) / 2, line) for line in lines]
        for span in spans:
            at, plain = span.logical, []
            for middle, line in rows:
                cell = line.cells[at]
                if at == 0 or cell.dot or not cell.is_plain:
                    self._paint_cell(painter, line.rect, span, cell, line.look)
                elif cell.text:
                    plain.append((middle, cell, line.look.is_selected))
            self.cells.paint_plain(painter, span.left, span.left + span.width, self.columns[at], plain)

    def paint_bar(self, painter: QPainter, rect: QRect) -> None:
        """Mark the current row at its left edge, over its cells."""
        bar = self.cells.theme.brushes["accentText"]
        painter.fillRect(rect.left(), rect.top(), 3, rect.height() - 1, bar)

    def _paint_cell(self, painter: QPainter, rect: QRect, span: Span, cell: Cell, look: RowLook) -> None:
        box = QRect(span.left, rect.top(), span.width, rect.height())
        if cell.dot:
            self._paint_dot(painter, box)
        if span.logical == 0:
            box = self._paint_lead(painter, box, look)
        self.cells.paint(painter, box, cell, self.columns[span.logical], look.is_selected)

    def _paint_dot(self, painter: QPainter, box: QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.cells.theme.brushes["chgMark"])
        painter.drawEllipse(QRectF(box.left() + 4, box.center().y() - 2, 5, 5))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_lead(self, painter: QPainter, box: QRect, look: RowLook) -> QRect:
        """What stands before the first cell; returns the rectangle left for it."""
        middle = box.top() + (box.height() - 14) // 2
        if look.is_child:
            painter.drawPixmap(
                QPoint(box.left() + CHILD_INDENT, middle), self.cells.icon("corner-down-right", 14, "text3")
            )
            return box.adjusted(CHILD_INDENT + 12, 0, 0, 0)
        if self.unfolds:
            name = "chevron-down" if look.is_unfolded else "chevron-right"
            painter.drawPixmap(QPoint(box.left() + 10, middle), self.cells.icon(name, 14))
        return box.adjusted(self.lead, 0, 0, 0)

    def paint_group(self, painter: QPainter, rect: QRect, group: Group, is_folded: bool) -> None:
        """Paint a heading across the row: chevron, name, count."""
        theme = self.cells.theme
        painter.fillRect(rect, theme.brushes["header"])
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.brushes["line"])
        middle = rect.top() + (rect.height() - 14) // 2
        painter.drawPixmap(
            QPoint(rect.left() + PAD, middle), self.cells.icon("chevron-right" if is_folded else "chevron-down", 14)
        )
        laid = self.cells.texts.lay(tr(group.title, **dict(group.params)), -1, "body", True)
        left = rect.left() + PAD + 20
        self.cells.draw(painter, laid, left, rect.top() + rect.height() / 2, theme.ink(group.tone))
        tone = group.tone if group.tone in theme.tones else "gray"
        self.cells.paint_badge(painter, left + laid.width + 8, rect, Badge(f"{group.count:,}", tone))

    def paint_waiting(self, painter: QPainter, rect: QRect, spans: Sequence[Span]) -> None:
        """Bars where texts will stand; only for rows that took longer than 300 ms."""
        for span in spans:
            left = span.left + PAD + (self.lead if span.logical == 0 else 0)
            width = min(span.width - 2 * PAD, 40 + (rect.top() * 7 + span.left) % 60)
            if width > 12:
                bar = QRect(left, rect.center().y() - 4, width, 8)
                painter.fillRect(bar, self.cells.theme.brushes["line"])


def _ground(look: RowLook) -> str:
    if look.is_selected:
        return "sel" if look.is_active else "selOff"
    if look.is_hovered:
        return "hover"
    return "sunken" if look.is_child else "surface"
