"""How a group stands in the tree: name, planned discount, number of listings."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.views.elide import elided
from app.views.numbers import integer
from app.views.theme import current_theme

PLACE = Qt.ItemDataRole.UserRole
COUNT = Qt.ItemDataRole.UserRole + 1
DISCOUNT = Qt.ItemDataRole.UserRole + 2
STRONG = Qt.ItemDataRole.UserRole + 3
EDGE = 12
Index = QModelIndex | QPersistentModelIndex


class GroupLines(QStyledItemDelegate):
    """Paints a line of the tree; the tree itself paints its chevrons."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line."""
        return QSize(100, current_theme().height(26))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Name on the left, discount and count on the right, which are never cut."""
        theme, rect = current_theme(), QRect(option.rect)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, theme.color("sel" if is_chosen else "sunken"))
        if is_chosen and option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(rect.left(), rect.bottom() - 1, rect.width(), 2, theme.color("accentText"))
        rect.adjust(4, 0, -EDGE, 0)
        small = theme.metrics("small")
        for text, ink in ((_number(index), "text2"), (str(index.data(DISCOUNT) or ""), "amber")):
            if text:
                painter.setFont(theme.font("small"))
                painter.setPen(theme.tone(ink).text if ink == "amber" else theme.color(ink))
                painter.drawText(rect, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
                rect.setRight(rect.right() - small.horizontalAdvance(text) - 8)
        is_strong = bool(index.data(STRONG))
        painter.setFont(theme.font("body", strong=is_strong))
        painter.setPen(theme.color("text"))
        name = elided(theme.metrics("body", strong=is_strong), str(index.data()), rect.width())
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter), name)
        painter.restore()


def _number(index: Index) -> str:
    number = index.data(COUNT)
    return "" if number is None else integer(number)
