"""The pictures of a listing in order, main one first: add, remove, move by dragging, keys or menu."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QListView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.messages import tr
from app.views.icons import pixmap
from app.views.theme import current_theme
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from app.views.thumbnails import Thumbnails

SIDE = 46
GAP = 8
MARK = 14
SOURCE = Qt.ItemDataRole.UserRole
WRONG = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


class Tiles(QStyledItemDelegate):
    """Paints pictures, what is wrong with them, and the tile that adds."""

    def __init__(self, pictures: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Picture and gap."""
        return QSize(SIDE + GAP, SIDE + GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One tile."""
        tile = QRect(option.rect.left() + GAP // 2, option.rect.top() + GAP // 2, SIDE, SIDE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        source = index.data(SOURCE)
        if source:
            self._paint_picture(painter, tile, source)
        wrong = bool(index.data(WRONG))
        pen = self._frame(wrong, bool(option.state & QStyle.StateFlag.State_Selected))
        if not source:
            pen.setStyle(Qt.PenStyle.DashLine)
            painter.drawPixmap(tile.center() - QPoint(8, 8), pixmap("plus", 18))
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(tile.adjusted(1, 1, -1, -1), 5, 5)
        if wrong:
            self._paint_mark(painter, tile)
        painter.restore()

    @staticmethod
    def _frame(wrong: bool, is_current: bool) -> QPen:
        name = "red" if wrong else "accentText" if is_current else "line2"
        return QPen(current_theme().pen(name, 2.0 if wrong or is_current else 1.2))

    def _paint_picture(self, painter: QPainter, tile: QRect, source: str) -> None:
        picture = self._pictures.get(source, SIDE)
        if picture is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(current_theme().color("header"))
            painter.drawRoundedRect(tile, 5, 5)
        else:
            painter.drawPixmap(tile, picture, QRect(QPoint(0, 0), picture.size()))

    @staticmethod
    def _paint_mark(painter: QPainter, tile: QRect) -> None:
        """An exclamation mark in the corner: colour is never alone."""
        theme = current_theme()
        dot = QRect(tile.right() - MARK + 3, tile.top() - 2, MARK, MARK)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.tone("red").text)
        painter.drawEllipse(dot)
        painter.setPen(theme.pen("surface"))
        painter.setFont(theme.font("micro", strong=True))
        painter.drawText(dot, int(Qt.AlignmentFlag.AlignCenter), "!")


class ImageStrip(Live, QListWidget):
    """Thumbnails; Delete removes, dragging or Ctrl+arrows move, the last tile adds.

    Emits:
        changed: the new list of sources.
    """

    changed = Signal(list)

    def __init__(self, pictures: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sources: list[str] = []
        self._wrong: dict[int, str] = {}
        self._is_locked = False
        self._set_up(pictures)
        self.itemClicked.connect(self._on_add)
        self.model().rowsMoved.connect(lambda *_: QTimer.singleShot(0, self, self._tell_order))
        pictures.arrived.connect(self._on_arrived)
        self.dress()

    def _set_up(self, pictures: Thumbnails) -> None:
        self.setItemDelegate(Tiles(pictures, self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setUniformItemSizes(True)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        for set_policy in (self.setVerticalScrollBarPolicy, self.setHorizontalScrollBarPolicy):
            set_policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_images(self, sources: list[str], wrong: dict[int, str]) -> None:
        """These pictures; *wrong*: position → sentence of a finding."""
        if sources != self._sources or wrong != self._wrong or not self.count():
            row = self.currentRow() if sources == self._sources else -1
            self._sources, self._wrong = list(sources), dict(wrong)
            self._fill()
            self.setCurrentRow(row)

    def set_locked(self, locked: bool) -> None:
        """Show the pictures without a way to change them."""
        if locked != self._is_locked:
            self._is_locked = locked
            self.setDragEnabled(not locked)
            self._fill()

    @property
    def sources(self) -> list[str]:
        """The pictures in the order shown."""
        return [source for row in range(self.count()) if (source := self.item(row).data(SOURCE))]

    def retranslate(self) -> None:
        """Names are read aloud in the user's language."""
        self.setAccessibleName(tr("listings.section.images"))
        self._fill()

    def restyle(self) -> None:
        """Tiles in the theme's colours."""
        self.viewport().update()

    def _fill(self) -> None:
        self.clear()
        for number, source in enumerate(self._sources):
            item = QListWidgetItem()
            name = tr("listings.image_n", n=number + 1, name=_file_name(source))
            said = f"{name}\n{self._wrong[number]}" if number in self._wrong else name
            item.setData(SOURCE, source)
            item.setData(WRONG, number in self._wrong)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, name)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, self._wrong.get(number, ""))
            item.setToolTip(said)
            self.addItem(item)
        if not self._is_locked:
            add = QListWidgetItem()
            add.setToolTip(tr("listings.add_images"))
            add.setData(Qt.ItemDataRole.AccessibleTextRole, tr("listings.add_images"))
            add.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            self.addItem(add)
        self._fit()

    def _on_arrived(self, _source: str) -> None:
        self.viewport().update()

    def resizeEvent(self, event: object) -> None:
        """As many lines as the width asks for."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _fit(self) -> None:
        per_line = max(1, self.viewport().width() // (SIDE + GAP))
        lines = -(-max(self.count(), 1) // per_line)
        self.setFixedHeight(lines * (SIDE + GAP) + 2)

    # -- what the user does ------------------------------------------------------------------------------------

    def _on_add(self, item: QListWidgetItem) -> None:
        if not item.data(SOURCE):
            self.choose_files()

    def choose_files(self) -> None:
        """Ask for picture files and add them at the end."""
        dialog = QFileDialog(self, tr("listings.add_images").rstrip("…"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(tr("listings.image_kinds"))
        dialog.filesSelected.connect(self.add_files)
        dialog.open()

    def add_files(self, names: list[str]) -> None:
        """Add pictures at the end; one that is here already is not added twice."""
        new = [name for name in dict.fromkeys(names) if name not in self._sources]
        if new and not self._is_locked:
            self._set([*self._sources, *new])

    def remove_current(self) -> None:
        """Take the chosen picture out of the listing; the file stays."""
        row = self.currentRow()
        if 0 <= row < len(self._sources) and not self._is_locked:
            self._set([source for number, source in enumerate(self._sources) if number != row])
            self.setCurrentRow(min(row, len(self._sources) - 1))

    def move_current(self, to: int) -> None:
        """Put the chosen picture at place *to*, counted from 0."""
        row = self.currentRow()
        if row != to and 0 <= row < len(self._sources) and 0 <= to < len(self._sources) and not self._is_locked:
            sources = list(self._sources)
            sources.insert(to, sources.pop(row))
            self._set(sources)
            self.setCurrentRow(to)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes; Ctrl+arrows move."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Delete:
            self.remove_current()
        elif step and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.move_current(self.currentRow() + step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.currentItem():
            self._on_add(self.currentItem())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the picture under the pointer."""
        item = self.itemAt(event.pos())
        if item is not None and item.data(SOURCE) and not self._is_locked:
            self.setCurrentItem(item)
            menu = self.make_menu()
            menu.popup(event.globalPos())

    def make_menu(self) -> QMenu:
        """The menu of the current picture."""
        menu, row = QMenu(self), self.currentRow()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, to in (("main", 0), ("earlier", row - 1), ("later", row + 1)):
            action = menu.addAction(tr(f"listings.image.{key}"), lambda to=to: self.move_current(to))
            action.setEnabled(to != row and 0 <= to < len(self._sources))
        menu.addSeparator()
        menu.addAction(tr("listings.image.remove"), self.remove_current)
        return menu

    def _tell_order(self) -> None:
        if self.sources != self._sources:
            self._set(self.sources)

    def _set(self, sources: list[str]) -> None:
        self._sources, self._wrong = list(sources), {}
        self._fill()
        self.changed.emit(list(sources))


def _file_name(source: str) -> str:
    """The last part of a path or address."""
    return Path(urlsplit(source).path if "//" in source else source).name or source
