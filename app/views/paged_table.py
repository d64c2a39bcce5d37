"""The table of every page: painted rows, columns at will, selection by id, copying, the pointer and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QWidget

from app.views.columned_table import ColumnedTable
from app.views.language import say
from app.views.table_keys import TableKeys
from app.views.table_place import PlaceKeeper
from app.views.table_selection import Selection, read_selection

Flag = QItemSelectionModel.SelectionFlag


class PagedTable(TableKeys, ColumnedTable):
    """A view on a `PagedTableModel`.

    Emits:
        chosen: the selection changed; `selection()` says to what.
        current_changed: the current row's record, None while there is none or it is under way.
        opened: id of a row that was double-clicked where it cannot be edited.
        ticked: (ids, whether to tick) from check boxes and the space bar.
        menu_wanted: global position of a right-click on rows; the row under it is chosen then.
        cells_cleared: (rows of visible places, column keys): Delete.
        block_pasted: (visible row, visual column of the first cell, lines of cells): Ctrl+V.
        filled_down: (rows of visible places, column keys): Ctrl+D.
        copied: how many rows went to the clipboard.
        copy_refused: how many rows were asked for, too many.
        finding_wanted: +1 for the next row with a finding, −1 for the one before (F8).
        missed: id that `go_to` was to find later, and that is not in the answer.
    """

    chosen = Signal()
    current_changed = Signal(object)
    opened = Signal(object)
    ticked = Signal(object, bool)
    menu_wanted = Signal(QPoint)
    cells_cleared = Signal(object, object)
    block_pasted = Signal(int, int, object)
    filled_down = Signal(object, object)
    copied = Signal(int)
    copy_refused = Signal(int)
    finding_wanted = Signal(int)
    missed = Signal(object)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._told: Any | None = None
        self._place = PlaceKeeper(self, self.paged)
        self._place.restored.connect(self.chosen)
        self._place.findable.connect(self._go_now)
        self.selectionModel().selectionChanged.connect(self._on_selection)
        self.selectionModel().currentChanged.connect(self._on_current)
        self.paged.dataChanged.connect(self._tell_current)
        self.doubleClicked.connect(self._on_double_click)
        say(self, "table.name", "accessibleName")
        self.dress()

    # -- selection ---------------------------------------------------------------------------------------------

    def selection(self) -> Selection:
        """The chosen rows by id, or the filter itself."""
        return read_selection(self.paged, self.selectionModel().selection())

    def select_ids(self, ids: Sequence[int]) -> None:
        """Choose exactly these rows, as far as they are in the answer; while the order of all rows is under way, the
        rest of them once it is known."""
        self._place.choose(ids)

    def go_to(self, id: int) -> bool:
        """Make row *id* the current one and scroll to it, while the order of all rows is under way as soon as its
        place is known. False if it is not in the answer."""
        at = self.paged.position_of(id)
        row = self.paged.row_of(at) if at is not None else -1
        if row < 0:
            return self._place.go_later(id)
        self._place.go_later(None)
        self.executeDelayedItemsLayout()  # rows that just came have to be in the scroll bar's range
        self.setCurrentIndex(self.paged.index(row, max(self.currentIndex().column(), 0)))
        self.scrollTo(self.currentIndex())
        return True

    def _go_now(self, id: int) -> None:
        if not self.go_to(id):
            self.missed.emit(id)

    def current_record(self) -> Any | None:
        """The current row's record; None while there is none or it is under way."""
        row = self.currentIndex().row()
        return self.paged.record(row) if row >= 0 else None

    def _on_selection(self, *_: object) -> None:
        self.viewport().update()
        self.chosen.emit()

    def _on_current(self, *_: object) -> None:
        self.viewport().update()
        self._tell_current()

    def _tell_current(self, *_: object) -> None:
        record = self.current_record()
        if record != self._told:
            self._told = record
            self.current_changed.emit(record)

    def selectionCommand(self, index: QModelIndex, event: QEvent | None = None) -> Flag:
        """Ctrl takes or drops whole rows; plain clicks, drags and Shift choose blocks of cells."""
        command = super().selectionCommand(index, event)
        if isinstance(event, QMouseEvent) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if event.type() != QEvent.Type.MouseButtonPress or not index.isValid():
                return Flag.NoUpdate
            is_chosen = any(part.top() <= index.row() <= part.bottom() for part in self.selectionModel().selection())
            return (Flag.Deselect if is_chosen else Flag.Select) | Flag.Rows
        return command

    # -- the pointer -------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chevrons unfold, check boxes tick, headings fold; anything else chooses."""
        self._place.drop_wishes()
        at = event.position().toPoint()
        index = self.indexAt(at)
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and self._press_part(index, at):
            return
        if event.button() == Qt.MouseButton.RightButton and index.isValid():
            if index.row() not in self._rows_chosen(index.row(), index.row()):
                self.setCurrentIndex(index)
            return  # the menu acts on what is chosen
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Whoever moves on by himself is not taken elsewhere later."""
        self._place.drop_wishes()
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Right-click, or the menu key on the current row."""
        at = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            at = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())
        self.menu_wanted.emit(at)

    def _press_part(self, index: QModelIndex, at: QPoint) -> bool:
        place = self.paged.place(index.row())
        if place.kind == "group":
            self.paged.fold_group(place.at, not self.paged.is_group_folded(place.at))
            return True
        left = at.x() - self.header.sectionViewportPosition(index.column())
        lead = self._painter.lead if index.column() == 0 else 0
        if index.column() == 0 and place.kind == "row" and left < lead + 6 and self.paged.unfolds:
            self.toggle_fold(index.row())
            return True
        cell = self.paged.cell(index)
        if cell.is_checked is not None and lead <= left < lead + 28:
            id = self.paged.id_at(index.row())
            if id is not None:
                self.ticked.emit([id], not cell.is_checked)
            return True
        return False

    def toggle_fold(self, row: int) -> None:
        """Unfold or fold a row's children."""
        if self.paged.is_unfolded(row):
            self.paged.fold(row)
        else:
            self.paged.unfold(row)

    def _on_double_click(self, index: QModelIndex) -> None:
        if not index.flags() & Qt.ItemFlag.ItemIsEditable:
            id = self.paged.id_at(index.row())
            if id is not None:
                self.opened.emit(id)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Enter goes down a row, as in Excel."""
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            below = self.currentIndex().siblingAtRow(self.currentIndex().row() + 1)
            if below.isValid():
                self.setCurrentIndex(below)
