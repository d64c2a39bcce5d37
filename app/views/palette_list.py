"""The lines of the command palette: headings and entries, with what was typed marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.messages import tr
from app.views.elide import elided
from app.views.icons import pixmap
from app.views.palette_entries import PaletteEntry, match
from app.views.theme import current_theme
from app.views.widgets.keycap import paint_keycap

Index = QModelIndex | QPersistentModelIndex
ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1


class PaletteRows(QAbstractListModel):
    """Entries with a heading before each group."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.entries: list[PaletteEntry] = []
        self.wanted = ""
        self._rows: list[PaletteEntry | str] = []

    def show_entries(self, entries: Sequence[PaletteEntry], wanted: str) -> None:
        """Show *entries*, in the order of their groups; *wanted* is marked in them."""
        self.beginResetModel()
        self.entries, self.wanted, self._rows = list(entries), wanted, []
        for entry in entries:
            before = self._rows[-1].group if self._rows and isinstance(self._rows[-1], PaletteEntry) else ""
            if entry.group != before:
                self._rows.append(entry.group)
            self._rows.append(entry)
        self.endResetModel()

    def entry(self, row: int) -> PaletteEntry | None:
        """The entry at *row*; None for a heading."""
        at = self._rows[row] if 0 <= row < len(self._rows) else None
        return at if isinstance(at, PaletteEntry) else None

    def next_entry(self, row: int, step: int) -> int:
        """The nearest entry *step* rows on, skipping headings; *row* itself at an end."""
        by = 1 if step > 0 else -1
        at = min(max(row + step, 0), len(self._rows) - 1)
        while 0 <= at < len(self._rows) and self.entry(at) is None:
            at += by
        return at if 0 <= at < len(self._rows) else max(row, 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Headings and entries."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text for screen readers, the entry for the painter."""
        if not index.isValid():
            return None
        at = self._rows[index.row()]
        if role == ENTRY_ROLE:
            return at
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{at.text} {at.why_not or at.detail}".strip() if isinstance(at, PaletteEntry) else _heading(at)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be chosen."""
        if self.entry(index.row()) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class PaletteList(QStyledItemDelegate):
    """Paints the lines."""

    def row_height(self) -> int:
        """Pixels of a line."""
        return current_theme().height(33)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Headings are lower."""
        is_entry = isinstance(index.data(ENTRY_ROLE), PaletteEntry)
        return QSize(100, self.row_height() if is_entry else current_theme().height(26))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """A heading or an entry."""
        at = index.data(ENTRY_ROLE)
        painter.save()
        if isinstance(at, PaletteEntry):
            is_current = bool(option.state & QStyle.StateFlag.State_Selected)
            self._paint_entry(painter, option.rect, at, is_current, index.model().wanted)
        else:
            theme = current_theme()
            painter.setFont(theme.font("small", strong=True))
            painter.setPen(theme.color("text2"))
            painter.drawText(option.rect.adjusted(14, 0, -14, 0), int(Qt.AlignmentFlag.AlignVCenter), _heading(at))
        painter.restore()

    def _paint_entry(self, painter: QPainter, rect: QRect, entry: PaletteEntry, is_current: bool, wanted: str) -> None:
        theme = current_theme()
        if is_current:
            painter.fillRect(rect, theme.color("sel"))
        if entry.icon:
            ink = "accentText" if is_current else "text2"
            painter.drawPixmap(QPoint(rect.left() + 14, rect.center().y() - 8), pixmap(entry.icon, 16, ink))
        right = self._paint_keys(painter, rect, entry)
        left = rect.left() + 40
        left = self._paint_text(painter, QRect(left, rect.top(), right - left, rect.height()), entry, wanted)
        detail = entry.why_not or entry.detail
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text2" if is_current else "text3"))
        box = QRect(left + 10, rect.top(), max(0, right - left - 18), rect.height())
        shown = elided(theme.metrics("small"), detail, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _paint_keys(self, painter: QPainter, rect: QRect, entry: PaletteEntry) -> int:
        """Key caps from the right; returns where they begin."""
        right = rect.right() - 14
        metrics = current_theme().metrics("micro", strong=True)
        for key in reversed(entry.keys.split("+")) if entry.keys else ():
            width = metrics.horizontalAdvance(key) + 10
            height = metrics.height() + 3
            paint_keycap(painter, QRectF(right - width, rect.center().y() - height / 2, width, height), key)
            right -= width + 6
        return right

    def _paint_text(self, painter: QPainter, box: QRect, entry: PaletteEntry, wanted: str) -> int:
        """The text, with what was typed in the accent colour; returns its right edge."""
        theme, left = current_theme(), box.left()
        middle, at = int(Qt.AlignmentFlag.AlignVCenter), 0
        text = elided(theme.metrics(), entry.text, box.width())
        for start, length in [*(match(text, wanted) or []), (len(text), 0)]:
            for part, strong in ((text[at:start], False), (text[max(at, start) : start + length], True)):
                painter.setFont(theme.font("body", strong=strong))
                ink = "off" if entry.why_not else "accentText" if strong else "text"
                painter.setPen(theme.color(ink))
                painter.drawText(QRect(left, box.top(), box.right() - left, box.height()), middle, part)
                left += theme.metrics("body", strong=strong).horizontalAdvance(part)
            at = max(at, start + length)
        return left


def _heading(group: str) -> str:
    return tr(f"palette.{group}")
