"""Kinds of findings with their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.messages import tr
from app.services.images.checking import ImageFinding
from app.services.images.kinds import KIND_OF, Kind
from app.views.elide import elided
from app.views.listings.plain_table import Index
from app.views.numbers import integer
from app.views.theme import current_theme
from app.views.widgets.side_list import SideList

KIND, COUNT = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
ALL = ""
PAD = 14


def of_kind(findings: Sequence[ImageFinding], kind: str) -> list[ImageFinding]:
    """The findings of a kind, or all of them."""
    return [line for line in findings if kind in (ALL, KIND_OF[line.finding.code])]


class _Cells(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, current_theme().height(30))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, rect = current_theme(), option.rect
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, theme.color("sel" if is_selected else "sunken"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), theme.color("accentText"))
        inside, middle = rect.adjusted(PAD, 0, -PAD, 0), int(Qt.AlignmentFlag.AlignVCenter)
        count = integer(index.data(COUNT))
        room = theme.metrics("small").horizontalAdvance(count) + 10
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text"))
        name = elided(theme.metrics("body"), str(index.data() or ""), inside.width() - room)
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignLeft) | middle, name)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text2"))
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignRight) | middle, count)
        painter.restore()


class KindList(SideList, QListWidget):
    """All, and every kind there is one of; the current one is shown beside it."""

    WIDTH = 230

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(_Cells(self))
        self.dress()

    @property
    def current(self) -> str:
        """The kind that is chosen."""
        return str(self.currentItem().data(KIND)) if self.currentItem() is not None else ALL

    def show_counts(self, findings: Sequence[ImageFinding]) -> None:
        """Count these; the chosen kind stays."""
        before, counts = self.current, Counter(KIND_OF[line.finding.code] for line in findings)
        self.blockSignals(True)
        self.clear()
        for kind, n in [(ALL, len(findings)), *((kind, counts[kind]) for kind in Kind if counts[kind])]:
            item = QListWidgetItem()
            item.setData(KIND, str(kind))
            item.setData(COUNT, n)
            self.addItem(item)
        self.retranslate()
        self.blockSignals(False)
        kinds = [self.item(at).data(KIND) for at in range(self.count())]
        self.setCurrentRow(kinds.index(before) if before in kinds else 0)

    def retranslate(self) -> None:
        """Names of the kinds."""
        self.setAccessibleName(tr("images.kinds"))
        for at in range(self.count()):
            kind = self.item(at).data(KIND)
            name = tr(f"images.kind.{kind}") if kind else tr("images.kind_all")
            self.item(at).setText(name)
            self.item(at).setData(Qt.ItemDataRole.AccessibleTextRole, f"{name} {integer(self.item(at).data(COUNT))}")

    def restyle(self) -> None:
        """Rows follow the text size."""
        self.doItemsLayout()
