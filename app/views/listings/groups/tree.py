"""The tree of groups: stores, their groups, those below them. Rows dropped on a line go into that group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from app.messages import tr
from app.services.paging import Filter
from app.views.icons import pixmap
from app.views.listings.groups.lines import COUNT, DISCOUNT, PLACE, STRONG, GroupLines
from app.views.row_drag import ROWS
from app.views.theme import current_theme
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from app.services.listings.groups.tree import GroupKind, GroupNode, StoreGroups


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """A line of the tree.

    Attributes:
        filters: which listings it stands for; empty for all.
        value: what listings are given to be there, "" for no group; None where nothing can be put.
        node: the group, None for lines that are none.
    """

    kind: GroupKind
    store_id: int
    filters: tuple[Filter, ...]
    value: str | None = None
    name: str = ""
    node: GroupNode | None = None


class GroupTree(Live, QTreeWidget):
    """Choose a group, drop rows on it.

    Emits:
        chosen: the `GroupPlace` a person chose.
        dropped: the `GroupPlace` rows were dropped on.
        menu_wanted: (the `GroupPlace`, global position).
    """

    chosen = Signal(object)
    dropped = Signal(object)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stores: Sequence[StoreGroups] = ()
        self.setHeaderHidden(True)
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setItemDelegate(GroupLines(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setAcceptDrops(True)
        self.setProperty("ground", "sunken")
        self.itemClicked.connect(lambda item: self.chosen.emit(item.data(0, PLACE)))
        self.dress()

    # -- what it shows -----------------------------------------------------------------------------------------

    def show_stores(self, stores: Sequence[StoreGroups]) -> None:
        """Show the groups of these stores; the chosen line and what is folded stay."""
        before, folded = self.current_place, {self._key(item) for item in self._items() if not item.isExpanded()}
        known = {self._key(item) for item in self._items()}
        self._stores = stores
        self.clear()
        if stores:
            self._fill()
        for item in self._items():
            item.setExpanded(self._key(item) not in folded or self._key(item) not in known)
        self.show_current(before.filters if before is not None else ())

    def show_current(self, filters: Sequence[Filter]) -> None:
        """Mark the line that stands for *filters*, the first one if none does; nothing is told."""
        wanted = next((item for item in self._items() if item.data(0, PLACE).filters == tuple(filters)), None)
        self.setCurrentItem(wanted or self.topLevelItem(0))

    @property
    def current_place(self) -> GroupPlace | None:
        """The chosen line."""
        item = self.currentItem()
        return item.data(0, PLACE) if item is not None else None

    def places(self) -> list[GroupPlace]:
        """All lines, from above."""
        return [item.data(0, PLACE) for item in self._items()]

    def _fill(self) -> None:
        many, kind = len(self._stores) > 1, self._stores[0].kind
        whole = sum(store.listings for store in self._stores)
        self._add(None, tr("groups.all"), whole, GroupPlace(kind, 0, ()), strong=True)
        for store in self._stores:
            of_store = (Filter("store", "=", str(store.store_id)),) if many else ()
            head = None
            if many:
                place = GroupPlace(kind, store.store_id, of_store, name=store.name)
                head = self._add(None, store.name, store.listings, place, strong=True)
            missing = (*of_store, Filter(kind.filter_field, "missing"))
            nowhere = "" if store.is_writable else None
            name = tr("groups.none")
            self._add(head, name, store.ungrouped, GroupPlace(kind, store.store_id, missing, nowhere, name))
            for node in store.groups:
                item = self._add_group(head, node, of_store, store.is_writable)
                for child in node.children:
                    self._add_group(item, child, of_store, store.is_writable)

    def _add_group(
        self, parent: QTreeWidgetItem | None, node: GroupNode, of_store: tuple[Filter, ...], is_writable: bool
    ) -> QTreeWidgetItem:
        filters = (*of_store, *node.filters())
        place = GroupPlace(node.kind, node.store_id, filters, node.value if is_writable else None, node.name, node)
        item = self._add(parent, node.name, node.count, place)
        if node.discount:
            item.setData(0, DISCOUNT, tr("groups.discount", percent=node.discount))
        return item

    def _add(
        self, parent: QTreeWidgetItem | None, name: str, count: int, place: GroupPlace, *, strong: bool = False
    ) -> QTreeWidgetItem:
        item = QTreeWidgetItem([name])
        item.setToolTip(0, name)
        for role, value in ((PLACE, place), (COUNT, count), (STRONG, strong)):
            item.setData(0, role, value)
        item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, tr("count.listings", n=count))
        if parent is None:
            self.addTopLevelItem(item)
        else:
            parent.addChild(item)
        return item

    def _items(self) -> Iterator[QTreeWidgetItem]:
        for top in map(self.topLevelItem, range(self.topLevelItemCount())):
            yield top
            for child in map(top.child, range(top.childCount())):
                yield child
                yield from map(child.child, range(child.childCount()))

    @staticmethod
    def _key(item: QTreeWidgetItem) -> tuple[Filter, ...]:
        return item.data(0, PLACE).filters  # type: ignore[no-any-return]

    def retranslate(self) -> None:
        """Names of the lines that are no groups."""
        self.setAccessibleName(tr("groups.name"))
        if self._stores:
            self.show_stores(self._stores)

    def restyle(self) -> None:
        """Lines as high as the text size asks for."""
        self.doItemsLayout()

    def drawBranches(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """The ground of the line, and a chevron where something is below it."""
        theme, item = current_theme(), self.itemFromIndex(index)
        painter.fillRect(rect, theme.color("sel" if item.isSelected() else "sunken"))
        if item.childCount():
            mark = pixmap("chevron-down" if item.isExpanded() else "chevron-right", 14)
            size = mark.deviceIndependentSize()
            painter.drawPixmap(QPointF(rect.right() - size.width(), rect.center().y() - size.height() / 2 + 1), mark)

    # -- keys and pointer --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space choose the current line."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.current_place is not None:
            self.chosen.emit(self.current_place)
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with a group, by right-click or the menu key."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self.currentItem() is not None:
            at = self.viewport().mapToGlobal(self.visualItemRect(self.currentItem()).bottomLeft())
            self.menu_wanted.emit(self.current_place, at)
            return
        item = self.itemAt(event.pos())
        if item is not None:
            self.menu_wanted.emit(item.data(0, PLACE), event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Rows of the table are welcome."""
        if event.mimeData().hasFormat(ROWS):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Only over a line listings can be put on, which is marked meanwhile."""
        item = self._target(event)
        if item is None:
            event.ignore()
        else:
            self.setCurrentItem(item)
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Rows were let go over a group."""
        item = self._target(event)
        if item is not None:
            event.acceptProposedAction()
            self.dropped.emit(item.data(0, PLACE))

    def _target(self, event: QDropEvent) -> QTreeWidgetItem | None:
        item = self.itemAt(event.position().toPoint()) if event.mimeData().hasFormat(ROWS) else None
        return item if item is not None and item.data(0, PLACE).value is not None else None
