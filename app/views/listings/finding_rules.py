"""The rules that are broken as rows: severity, rule, listings, findings, what can be done at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from app.messages import tr
from app.services.compliance.findings import group_text
from app.services.listings.findings_overview import RuleCount
from app.services.listings.fixes import fix_name
from app.views.glyphs import glyph
from app.views.listings.plain_table import PAD, PlainCells
from app.views.numbers import integer
from app.views.status import status
from app.views.theme import current_theme

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("severity", "rule", "listings", "count", "remedy")
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
SEVERITY, RULE = 0, 1
GLYPH = 10


class RuleRows(QAbstractTableModel):
    """One row a rule, worst first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rules: Sequence[RuleCount] = ()

    def show_rules(self, rules: Sequence[RuleCount]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rules = rules
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Rules."""
        return 0 if parent.isValid() else len(self.rules)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """See `COLUMNS`."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, and the colour of the severity."""
        if not index.isValid():
            return None
        rule, column = self.rules[index.row()], COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return _text(rule, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in ("listings", "count"):
            return RIGHT
        if role == Qt.ItemDataRole.ForegroundRole and column == "severity":
            return current_theme().tone(status(f"finding.{rule.severity}").tone).text
        if role == Qt.ItemDataRole.ForegroundRole and column == "remedy":
            return current_theme().color("text2")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(f"findings.column.{COLUMNS[section]}")
        is_number = COLUMNS[section] in ("listings", "count")
        return RIGHT if role == Qt.ItemDataRole.TextAlignmentRole and is_number else None


def _text(rule: RuleCount, column: str) -> str:
    match column:
        case "severity":
            return status(f"finding.{rule.severity}").word
        case "rule":
            return group_text(rule.code)
        case "listings":
            return integer(rule.listings)
        case "count":
            return integer(rule.count)
    return fix_name(rule.code) if rule.remedy == "fix" else tr(f"findings.remedy.{rule.remedy or 'none'}")


class RuleCells(PlainCells):
    """As everywhere, with the severity's glyph before its word."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, glyph, word."""
        if index.column() != SEVERITY:
            super().paint(painter, option, index)
            return
        theme, rect = current_theme(), option.rect
        shown = status(f"finding.{index.model().rules[index.row()].severity}")
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, theme.color("sel" if is_selected else "surface"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        mark = QRect(rect.left() + PAD, rect.top() + (rect.height() - GLYPH) // 2, GLYPH, GLYPH)
        painter.drawPixmap(mark, glyph(shown.glyph, shown.tone))
        painter.setPen(theme.tone(shown.tone).text)
        painter.setFont(theme.font("body"))
        inside = rect.adjusted(2 * PAD + GLYPH, 0, -PAD, 0)
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown.word)
        painter.restore()
