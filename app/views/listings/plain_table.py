"""Small tables of dialogs in the look of the big one: header, hairlines, padding, colours of the theme."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QTableWidgetItem,
    QWidget,
)

from app.views.elide import elided
from app.views.theme import current_theme
from app.views.widgets.live import Live

Index = QModelIndex | QPersistentModelIndex
PAD = 8
LEAST_REST = 160
"""Width of the column that takes the rest, such as a listing's title."""
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class PlainHeader(Live, QHeaderView):
    """Names of the columns, small, on the header's ground; each aligned like its cells (the model says how)."""

    def __init__(self, parent: QWidget | None = None, *, height: int = 28) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._height = height
        self.setHighlightSections(False)
        self.setSectionsClickable(False)
        self.setMinimumSectionSize(24)

    def sizeHint(self) -> QSize:
        """As high as asked for, more with larger text."""
        return QSize(super().sizeHint().width(), current_theme().height(self._height, "small"))

    def room(self, rect: QRect, section: int) -> QRect:
        """Where the text of a section stands."""
        return rect.adjusted(PAD, 0, -PAD, 0)

    def restyle(self) -> None:
        """Another theme or text size."""
        self.updateGeometry()
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """One name."""
        theme = current_theme()
        painter.fillRect(rect, theme.color("header"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text2"))
        title = self.model().headerData(logical, Qt.Orientation.Horizontal)
        align = self.model().headerData(logical, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        inside = self.room(rect, logical)
        text = elided(theme.metrics("small"), str(title or ""), inside.width())
        painter.drawText(inside, int(align if align is not None else LEFT), text)


class PlainCells(QStyledItemDelegate):
    """Cells with the theme's grounds and the model's own colours.

    Args:
        elide: where a text that is too long is cut, see `app.views.elide`.
    """

    def __init__(self, parent: QWidget | None = None, *, elide: str = "right") -> None:
        super().__init__(parent)
        self._elide = elide

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, hairline, text."""
        theme, rect = current_theme(), option.rect
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, theme.color("sel" if is_selected else "surface"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        painter.setPen(_ink(index.data(Qt.ItemDataRole.ForegroundRole)))
        painter.setFont(theme.font("body"))
        align = index.data(Qt.ItemDataRole.TextAlignmentRole)
        inside = rect.adjusted(PAD, 0, -PAD, 0)
        sign = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(sign, QPixmap):
            size = sign.deviceIndependentSize().toSize()
            painter.drawPixmap(inside.left(), inside.center().y() - size.height() // 2 + 1, sign)
            inside.setLeft(inside.left() + size.width() + 6)
        text = elided(theme.metrics("body"), str(index.data() or ""), inside.width(), self._elide)
        painter.drawText(inside, int(align if align is not None else LEFT), text)
        painter.restore()


def _ink(said: object) -> QColor:
    """The colour of a text: by the name `set_ink` gave, as the model says, or the usual one."""
    theme = current_theme()
    if isinstance(said, str):
        return theme.ink(said)
    colour = said.color() if isinstance(said, QBrush) else said
    return colour if isinstance(colour, QColor) else theme.color("text")


def set_ink(item: QTableWidgetItem, name: str) -> None:
    """Colour the text of a cell: a role such as `text2` or a tone such as `red`, of whatever theme is in force then."""
    item.setData(Qt.ItemDataRole.ForegroundRole, name)


def fit_columns(view: QTableView, widths: Sequence[int], least: int = LEAST_REST) -> None:
    """Columns as wide as *widths* says, where 0 takes the rest: narrower together before that has less than *least*."""
    theme, header = current_theme(), view.horizontalHeader()
    wanted = sum(theme.height(width) for width in widths)
    room = max(0, view.viewport().width() - theme.height(least))
    for at, width in enumerate(widths):
        if width:
            header.resizeSection(at, min(theme.height(width), theme.height(width) * room // wanted))


def dress_table(view: QTableView, *, row: int = 28) -> None:
    """Give *view* the look: before its columns are sized."""
    view.setHorizontalHeader(PlainHeader(view))
    view.setItemDelegate(PlainCells(view))
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setCornerButtonEnabled(False)
    view.setTabKeyNavigation(False)
    view.setFrameShape(QTableView.Shape.NoFrame)
    view.verticalHeader().hide()
    view.verticalHeader().setMinimumSectionSize(1)
    view.verticalHeader().setDefaultSectionSize(current_theme().height(row))
