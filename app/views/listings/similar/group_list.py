"""The groups of a search as a list: why they are alike and how much, how many listings, how many on the platform."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.messages import tr
from app.services.listings.similar.records import SimilarGroup, Why
from app.views.elide import elided
from app.views.theme import current_theme
from app.views.widgets.side_list import SideList

Index = QModelIndex | QPersistentModelIndex
PAD = 12


def why_text(group: SimilarGroup) -> str:
    """All reasons with their shares; where only one is possible it says nothing."""
    said = [
        tr(f"similar.why.{why}")
        if why in (Why.PACKS, Why.PICTURE)
        else tr("similar.why_share", why=tr(f"similar.why.{why}"), share=tr("similar.percent", n=floor(share * 100)))
        for why, share in zip(group.whys, group.shares, strict=True)
    ]
    return tr("table.list_separator").join(said)


def count_text(group: SimilarGroup) -> str:
    """How many listings, and how many of them the marketplace has."""
    return tr("similar.group_counts", n=len(group.listing_ids), live=group.live)


class GroupRows(QAbstractListModel):
    """One row a group, the most similar first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.groups: list[SimilarGroup] = []

    def show_groups(self, groups: Sequence[SimilarGroup]) -> None:
        """Show these."""
        self.beginResetModel()
        self.groups = list(groups)
        self.endResetModel()

    def put(self, at: int, group: SimilarGroup | None) -> None:
        """Another group in the place of number *at*, or none."""
        if group is None:
            self.beginRemoveRows(QModelIndex(), at, at)
            del self.groups[at]
            self.endRemoveRows()
        else:
            self.groups[at] = group
            self.dataChanged.emit(self.index(at), self.index(at))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Groups."""
        return 0 if parent.isValid() else len(self.groups)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Why; all of it as a tip and for screen readers."""
        if not index.isValid():
            return None
        group = self.groups[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return why_text(group)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return "\n".join(filter(None, (group.title, why_text(group), count_text(group))))
        return None


class GroupCells(QStyledItemDelegate):
    """Title of the listing to keep, why, counts."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its lines are at this text size."""
        theme = current_theme()
        return QSize(120, theme.metrics("body").lineSpacing() + 2 * (theme.metrics("small").lineSpacing() + 2) + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, hairline, three lines."""
        theme, rect, group = current_theme(), option.rect, index.model().groups[index.row()]
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, theme.color("sel" if is_selected else "sunken"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(rect.left(), rect.top(), 3, rect.height() - 1, theme.color("accentText"))
        inside, top = rect.adjusted(PAD, 0, -PAD, 0), rect.top() + 5
        lines = (
            (group.title, "body", "text"),
            (why_text(group), "small", "text2"),
            (count_text(group), "small", "text2"),
        )
        for text, role, ink in lines if group.title else lines[1:]:
            metrics = theme.metrics(role)
            line = QRect(inside.left(), top, inside.width(), metrics.lineSpacing())
            painter.setFont(theme.font(role))
            painter.setPen(theme.color(ink))
            painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), elided(metrics, text, line.width()))
            top = line.bottom() + 3
        painter.restore()


class GroupList(SideList, QListView):
    """The groups; the current one is shown beside it."""

    WIDTH = 280

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = GroupRows(self)
        self.setModel(self.rows)
        self.setItemDelegate(GroupCells(self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.dress()

    @property
    def current(self) -> SimilarGroup | None:
        """The chosen group."""
        at = self.currentIndex().row()
        return self.rows.groups[at] if 0 <= at < len(self.rows.groups) else None

    def go_to(self, at: int) -> None:
        """Choose group number *at*, the last one where there are fewer."""
        self.setCurrentIndex(self.rows.index(min(at, len(self.rows.groups) - 1)))

    def retranslate(self) -> None:
        """Its name, and reasons in the new language."""
        self.setAccessibleName(tr("similar.groups"))
        self.viewport().update()

    def restyle(self) -> None:
        """Rows follow the text size."""
        self.doItemsLayout()
        self.viewport().update()
