"""Findings about pictures as rows: the picture, what is wrong with it, whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.messages import tr
from app.services.compliance.findings import finding_text
from app.services.images.checking import ImageFinding
from app.views.elide import elided
from app.views.glyphs import glyph
from app.views.listings.images.whole import paint_whole
from app.views.status import status
from app.views.theme import current_theme
from app.views.thumbnails import Thumbnails
from app.views.widgets.live import Live

Index = QModelIndex | QPersistentModelIndex
PICTURE, PAD, GLYPH, LINES = 64, 12, 10, 2


def owner_text(line: ImageFinding) -> str:
    """The listing, and the variant if it is about one."""
    name = line.title or line.listing
    return tr("images.of_variant", listing=name, code=line.code) if line.code else name


class FindingRows(QAbstractListModel):
    """One row a finding, worst first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: Sequence[ImageFinding] = ()

    def show_lines(self, lines: Sequence[ImageFinding]) -> None:
        """Show these."""
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Findings."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The sentence; with its owner as a tip and for screen readers."""
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return finding_text(line.finding)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{finding_text(line.finding)}\n{owner_text(line)}\n{line.source}".strip()
        return None


class FindingCells(QStyledItemDelegate):
    """Picture, severity, sentence over two lines, owner."""

    def __init__(self, pictures: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its lines are at this text size."""
        theme = current_theme()
        text = LINES * theme.metrics("body").lineSpacing() + theme.metrics("small").lineSpacing()
        return QSize(200, max(PICTURE, text + 4) + 16)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        theme, rect = current_theme(), option.rect
        line = index.model().lines[index.row()]
        painter.save()
        painter.fillRect(rect, theme.color("sel" if option.state & QStyle.StateFlag.State_Selected else "surface"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(rect.left(), rect.top(), 3, rect.height() - 1, theme.color("accentText"))
        tile = QRect(rect.left() + PAD, rect.top() + (rect.height() - PICTURE) // 2, PICTURE, PICTURE)
        paint_whole(painter, tile, self._pictures, line.source)
        shown, step = status(f"finding.{line.finding.severity}"), theme.metrics("body").lineSpacing()
        left, top = tile.right() + PAD, rect.top() + 8
        painter.drawPixmap(left, top + (step - GLYPH) // 2, glyph(shown.glyph, shown.tone))
        text = QRect(left + GLYPH + 8, top, rect.right() - PAD - left - GLYPH - 8, LINES * step)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text"))
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
        used = painter.boundingRect(text, flags, index.data())
        painter.drawText(text, flags, index.data())
        small = theme.metrics("small")
        owner = QRect(text.left(), min(used.bottom(), text.bottom()) + 3, text.width(), small.lineSpacing())
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text2"))
        painter.drawText(owner, int(Qt.AlignmentFlag.AlignVCenter), elided(small, owner_text(line), owner.width()))
        painter.restore()


class PictureRows(Live, QListView):
    """A list of rows with pictures; arrows, Shift and Ctrl choose.

    Args:
        name_key: message key of what it lists.
    """

    def __init__(
        self, rows: QAbstractListModel, cells: QStyledItemDelegate, pictures: Thumbnails, name_key: str
    ) -> None:
        super().__init__()
        self._name_key = name_key
        rows.setParent(self)
        cells.setParent(self)
        self.setModel(rows)
        self.setItemDelegate(cells)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        pictures.arrived.connect(self._on_arrived)
        self.dress()

    def retranslate(self) -> None:
        """Its name, and sentences in the new language."""
        self.setAccessibleName(tr(self._name_key))
        self.viewport().update()

    def restyle(self) -> None:
        """Rows follow the text size."""
        self.doItemsLayout()
        self.viewport().update()

    def _on_arrived(self, _source: str) -> None:
        self.viewport().update()
