"""What a repair would do, picture by picture: before → after, or why it is left as it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.messages import tr
from app.services.compliance.image_facts import ImageFacts
from app.services.images.repair_plans import RepairLine
from app.views.elide import elided
from app.views.icons import pixmap
from app.views.listings.images.whole import paint_whole
from app.views.numbers import MISSING
from app.views.theme import current_theme
from app.views.thumbnails import Thumbnails

Index = QModelIndex | QPersistentModelIndex
PICTURE, PAD, BOX, ARROW = 72, 12, 16, 18
MEGABYTE = 1_000_000


def facts_text(facts: ImageFacts) -> str:
    """Pixels, format and weight of a picture, each only where it is known."""
    size = tr("images.pixels", width=facts.width, height=facts.height) if facts.width and facts.height else MISSING
    weight = MISSING if facts.byte_count is None else _weight(facts.byte_count)
    return tr("images.facts", size=size, format=facts.format or MISSING, weight=weight)


def _weight(byte_count: int) -> str:
    if byte_count < MEGABYTE:
        return tr("images.kilobytes", n=max(1, round(byte_count / 1000)))
    return tr("images.megabytes", n=f"{byte_count / MEGABYTE:.1f}")


class RepairRows(QAbstractListModel):
    """One row a picture: first what would be repaired, then what cannot be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: Sequence[RepairLine] = ()

    def show_lines(self, lines: Sequence[RepairLine]) -> None:
        """Show these."""
        self.beginResetModel()
        self.lines = sorted(lines, key=lambda line: not line.target)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Pictures."""
        return 0 if parent.isValid() else len(self.lines)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What cannot be repaired cannot be chosen; arrows still go there."""
        can_choose = index.isValid() and bool(self.lines[index.row()].target)
        return super().flags(index) if can_choose else super().flags(index) & ~Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """File, before and after."""
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return PurePath(line.source).name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return "\n".join((line.source, facts_text(line.before), outcome_text(line)))
        return None


def outcome_text(line: RepairLine) -> str:
    """What it becomes, or why it is left."""
    return facts_text(line.after) if line.after is not None else tr(f"images.refused.{line.why}")


class RepairCells(QStyledItemDelegate):
    """Tick, before, arrow, after, and the figures of both."""

    def __init__(self, pictures: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its lines are at this text size."""
        theme = current_theme()
        text = theme.metrics("body").lineSpacing() + 3 * theme.metrics("small").lineSpacing()
        return QSize(320, max(PICTURE, text + 6) + 16)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        theme, rect = current_theme(), option.rect
        line: RepairLine = index.model().lines[index.row()]
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, theme.color("surface"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(rect.left(), rect.top(), 3, rect.height() - 1, theme.color("accentText"))
        box = QRect(rect.left() + PAD, rect.center().y() - BOX // 2, BOX, BOX)
        if line.target:
            _paint_box(painter, box, is_chosen=is_chosen)
        tile = QRect(box.right() + PAD, rect.top() + (rect.height() - PICTURE) // 2, PICTURE, PICTURE)
        paint_whole(painter, tile, self._pictures, line.source)
        if line.target:
            arrow = pixmap("arrow-narrow-right", ARROW, "text2")
            painter.drawPixmap(tile.right() + 9, tile.center().y() - ARROW // 2, arrow)
            paint_whole(painter, tile.translated(PICTURE + ARROW + 18, 0), self._pictures, line.target)
        left = tile.right() + PICTURE + ARROW + 18 + PAD
        self._paint_texts(painter, QRect(left, rect.top() + 8, rect.right() - PAD - left, rect.height() - 16), line)
        painter.restore()

    @staticmethod
    def _paint_texts(painter: QPainter, room: QRect, line: RepairLine) -> None:
        theme, top, middle = current_theme(), room.top(), int(Qt.AlignmentFlag.AlignVCenter)
        texts = (
            (PurePath(line.source).name, "body", "text"),
            (tr("images.before", facts=facts_text(line.before)), "small", "text2"),
            (
                tr("images.after" if line.target else "images.left", facts=outcome_text(line)),
                "small",
                "text" if line.target else "amber",
            ),
            (tr("images.shown_in", n=len(line.listing_ids)), "small", "text2"),
        )
        for text, role, ink in texts:
            metrics = theme.metrics(role)
            part = QRect(room.left(), top, room.width(), metrics.lineSpacing() + 1)
            painter.setFont(theme.font(role))
            painter.setPen(theme.ink(ink))
            painter.drawText(part, middle, elided(metrics, text, part.width()))
            top = part.bottom() + 1


def _paint_box(painter: QPainter, box: QRect, *, is_chosen: bool) -> None:
    theme = current_theme()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.pen("accent" if is_chosen else "edge", 1.2))
    painter.setBrush(theme.color("accent") if is_chosen else theme.color("surface"))
    painter.drawRoundedRect(box, 3, 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if is_chosen:
        painter.setPen(Qt.GlobalColor.white)
        painter.setFont(theme.font("small", strong=True))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), "✓")
