"""The pictures of a listing in order, main one first: add, remove, move by dragging."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QListView, QListWidget, QListWidgetItem, QWidget

from app.messages import tr
from app.views.icons import icon
from app.views.theme import current_theme
from app.views.thumbnails import Thumbnails
from app.views.widgets.live import Live

SIDE = 46


class ImageStrip(Live, QListWidget):
    """Thumbnails; Delete removes, dragging moves, the last tile adds.

    Emits:
        changed: the new list of sources.
    """

    changed = Signal(list)

    def __init__(self, pictures: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._sources: list[str] = []
        self._wrong: dict[int, str] = {}
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Snap)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setGridSize(QSize(SIDE + 8, SIDE + 8))
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemActivated.connect(self._on_activated)
        self.itemClicked.connect(self._on_clicked)
        self.model().rowsMoved.connect(lambda *_: self._tell_order())
        pictures.arrived.connect(self._on_arrived)
        self.dress()

    def show_images(self, sources: list[str], wrong: dict[int, str]) -> None:
        """These pictures; *wrong*: position → sentence of a finding."""
        if sources == self._sources and wrong == self._wrong and self.count():
            return
        self._sources, self._wrong = list(sources), dict(wrong)
        self.retranslate()

    @property
    def sources(self) -> list[str]:
        """The pictures in the order shown."""
        items = (self.item(row) for row in range(self.count()))
        return [item.data(Qt.ItemDataRole.UserRole) for item in items if item.data(Qt.ItemDataRole.UserRole)]

    def retranslate(self) -> None:
        """Fill anew: names are read aloud in the user's language."""
        self.setAccessibleName(tr("listings.section.images"))
        self.clear()
        for number, source in enumerate(self._sources):
            item = QListWidgetItem(self._icon(source), "")
            item.setData(Qt.ItemDataRole.UserRole, source)
            name = tr("listings.image_n", n=number + 1, name=Path(source).name)
            item.setToolTip(self._wrong.get(number) or name)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, name)
            if number in self._wrong:
                item.setBackground(current_theme().tone("red").ground)
            self.addItem(item)
        add = QListWidgetItem(icon("plus", 18), "")
        add.setToolTip(tr("listings.add_images"))
        add.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.addItem(add)
        self._fit()

    def restyle(self) -> None:
        """Tiles in the theme's colours."""
        self.retranslate()

    def resizeEvent(self, event: object) -> None:
        """As many lines as the width asks for."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _fit(self) -> None:
        per_line = max(1, self.viewport().width() // (SIDE + 8))
        lines = -(-self.count() // per_line)
        self.setFixedHeight(lines * (SIDE + 8) + 4)

    def _icon(self, source: str) -> QIcon:
        picture = self._pictures.get(source, SIDE)
        if picture is None:
            picture = QPixmap(SIDE, SIDE)
            picture.fill(current_theme().color("header"))
        return QIcon(picture)

    def _on_arrived(self, source: str) -> None:
        for row in range(self.count()):
            if self.item(row).data(Qt.ItemDataRole.UserRole) == source:
                self.item(row).setIcon(self._icon(source))

    def _on_clicked(self, item: QListWidgetItem) -> None:
        if not item.data(Qt.ItemDataRole.UserRole):
            self.choose_files()

    def _on_activated(self, item: QListWidgetItem) -> None:
        if not item.data(Qt.ItemDataRole.UserRole):
            self.choose_files()

    def choose_files(self) -> None:
        """Ask for picture files and add them at the end."""
        names, _ = QFileDialog.getOpenFileNames(self, tr("listings.add_images"), "", tr("listings.image_kinds"))
        self.add_files(names)

    def add_files(self, names: list[str]) -> None:
        """Add pictures at the end."""
        if names:
            self._set([*self.sources, *names])

    def remove_current(self) -> None:
        """Take the chosen picture out of the listing; the file stays."""
        row = self.currentRow()
        sources = self.sources
        if 0 <= row < len(sources):
            del sources[row]
            self._set(sources)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes; Ctrl+arrows move."""
        if event.key() == Qt.Key.Key_Delete:
            self.remove_current()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() in (
            Qt.Key.Key_Left,
            Qt.Key.Key_Right,
        ):
            self._move_current(-1 if event.key() == Qt.Key.Key_Left else 1)
        else:
            super().keyPressEvent(event)

    def _move_current(self, by: int) -> None:
        row, sources = self.currentRow(), self.sources
        if 0 <= row < len(sources) and 0 <= row + by < len(sources):
            sources.insert(row + by, sources.pop(row))
            self._set(sources)
            self.setCurrentRow(row + by)

    def _tell_order(self) -> None:
        if self.sources != self._sources:
            self._set(self.sources)

    def _set(self, sources: list[str]) -> None:
        self._sources, self._wrong = list(sources), {}
        self.retranslate()
        self.changed.emit(list(sources))
