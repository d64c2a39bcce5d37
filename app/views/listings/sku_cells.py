"""How the grid of variants looks: the same cells, header and hairlines as the big table."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from app.views.elide import elided
from app.views.listings.plain_table import PAD, PlainHeader
from app.views.listings.sku_model import COLUMNS
from app.views.listings.steady_editors import SteadyEditors
from app.views.theme import current_theme

Index = QModelIndex | QPersistentModelIndex
EDGE = 14
"""The first column begins where the panel's texts do."""


def padded(rect: QRect, column: int) -> QRect:
    """Where the text of a cell or header stands."""
    return rect.adjusted(EDGE if column == 0 else PAD, 0, -(EDGE if column == len(COLUMNS) - 1 else PAD), 0)


class SkuCells(SteadyEditors):
    """Paints cells and makes their editors; codes are cut in the middle, labels at the end."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, hairline, text, the frame of the current cell."""
        theme, rect = current_theme(), option.rect
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        wrong = index.data(Qt.ItemDataRole.BackgroundRole)
        painter.save()
        painter.fillRect(rect, wrong if wrong is not None else theme.color("sel" if is_selected else "surface"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        ink = index.data(Qt.ItemDataRole.ForegroundRole)
        painter.setPen(theme.color("text") if (is_selected and wrong is None) or not isinstance(ink, QColor) else ink)
        painter.setFont(theme.font("body"))
        inside = padded(rect, index.column())
        cut = "middle" if COLUMNS[index.column()] == "code" else "right"
        text = elided(theme.metrics("body"), str(index.data() or ""), inside.width(), cut)
        painter.drawText(inside, int(index.data(Qt.ItemDataRole.TextAlignmentRole)), text)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.pen("accentText"))
            painter.drawRect(rect.adjusted(0, 0, -1, -2))
        painter.restore()


class SkuHeader(PlainHeader):
    """Names of the columns, aligned like the cells."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, height=24)

    def room(self, rect: QRect, section: int) -> QRect:
        """The first column begins where the panel's texts do."""
        return padded(rect, section)
