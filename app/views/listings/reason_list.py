"""The reasons of a publish result at the left: how many, which, and the field to change; headings between kinds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.messages import tr
from app.views.elide import elided
from app.views.listings.result_parts import field_line, group_kind, group_title
from app.views.theme import current_theme
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from app.services.publishing.report import ReasonGroup

GROUP = Qt.ItemDataRole.UserRole
SECOND = Qt.ItemDataRole.UserRole + 1
TONE = {"failed": "red", "unknown": "violet", "doubled": "amber", "held": "amber"}
COUNT_WIDTH = 52
Index = QModelIndex | QPersistentModelIndex


class ReasonLines(QStyledItemDelegate):
    """Paints a heading, or count, name and field of a reason."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines, a heading one."""
        theme = current_theme()
        if index.data(GROUP) is None:
            return QSize(100, theme.height(30, "small"))
        return QSize(100, theme.metrics().height() + theme.metrics("small").height() + 16)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One line of the list."""
        theme, rect = current_theme(), option.rect
        group = index.data(GROUP)
        painter.save()
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, theme.color("sel" if is_chosen else "sunken"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        if group is None:
            painter.setFont(theme.font("small", strong=True))
            painter.setPen(theme.color("text2"))
            painter.drawText(rect.adjusted(14, 0, -8, 0), int(Qt.AlignmentFlag.AlignVCenter), str(index.data()))
        else:
            self._paint_reason(painter, rect, index, group)
        painter.restore()

    @staticmethod
    def _paint_reason(painter: QPainter, rect: QRect, index: Index, group: ReasonGroup) -> None:
        theme = current_theme()
        count = QRect(rect.left(), rect.top(), COUNT_WIDTH - 12, rect.height())
        painter.setFont(theme.font("body", strong=True))
        painter.setPen(theme.tone(TONE[group_kind(group)]).text)
        painter.drawText(count, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), str(len(group.rows)))
        left, room = rect.left() + COUNT_WIDTH, rect.width() - COUNT_WIDTH - 10
        first, second = theme.metrics("body", strong=True), theme.metrics("small")
        top = rect.top() + 6
        painter.setPen(theme.color("text"))
        painter.drawText(left, top + first.ascent(), elided(first, str(index.data()), room))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text2"))
        below = top + first.height() + 2 + second.ascent()
        painter.drawText(left, below, elided(second, str(index.data(SECOND)), room))


class ReasonList(Live, QListWidget):
    """Choose a reason.

    Emits:
        chosen: the `ReasonGroup`.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups: Sequence[ReasonGroup] = ()
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setItemDelegate(ReasonLines(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentItemChanged.connect(self._on_current)
        self.dress()

    @property
    def current_group(self) -> ReasonGroup | None:
        """The chosen reason."""
        item = self.currentItem()
        return item.data(GROUP) if item is not None else None

    def show_groups(self, groups: Sequence[ReasonGroup], *, kind: str = "") -> None:
        """Show these; the chosen one stays, else the first of *kind*, else the first of all."""
        before = self.current_group
        self._groups = groups
        self.blockSignals(True)
        self._fill()
        self.blockSignals(False)
        items = [item for item in map(self.item, range(self.count())) if item.data(GROUP) is not None]
        same = [item for item in items if before is not None and _is_same(item.data(GROUP), before)]
        wanted = [item for item in items if group_kind(item.data(GROUP)) == kind]
        for item in (*same, *wanted, *items)[:1]:
            self.setCurrentItem(item)

    def _fill(self) -> None:
        self.clear()
        for kind in TONE:
            groups = [group for group in self._groups if group_kind(group) == kind]
            if groups:
                heading = QListWidgetItem(tr(f"publish.reasons.{kind}", n=sum(len(group.rows) for group in groups)))
                heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
                self.addItem(heading)
            for group in groups:
                item = QListWidgetItem(group_title(group))
                item.setData(GROUP, group)
                item.setData(SECOND, field_line(group))
                item.setToolTip(group_title(group))
                item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, f"{len(group.rows)}, {field_line(group)}")
                self.addItem(item)

    def retranslate(self) -> None:
        """Reasons in the new language."""
        self.setAccessibleName(tr("publish.reasons"))
        if self._groups:
            self.show_groups(self._groups)

    def restyle(self) -> None:
        """As wide as the text size asks for."""
        self.setFixedWidth(current_theme().height(272))
        self.doItemsLayout()

    def _on_current(self, item: QListWidgetItem | None, _before: object) -> None:
        if item is not None and item.data(GROUP) is not None:
            self.chosen.emit(item.data(GROUP))


def _is_same(one: ReasonGroup, other: ReasonGroup) -> bool:
    return (one.state, one.code, one.field) == (other.state, other.code, other.field)
