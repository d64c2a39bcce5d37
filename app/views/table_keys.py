"""What the keys do in a table (interface.md 9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView

from app.views.row_speech import copied_text
from app.views.table_copy import MOST_ROWS, from_tsv, lines_of, to_tsv
from app.views.table_selection import Ranges, chosen_rows, read_selection

if TYPE_CHECKING:
    from app.views.paged_table_model import PagedTableModel

Key = Qt.Key
Std = QKeySequence.StandardKey
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class TableKeys:
    """Mix in before the table class."""

    paged: PagedTableModel

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ours first, then Qt's moving and extending."""
        is_editing = self.state() == QAbstractItemView.State.EditingState  # the editor passes Enter on to us
        if is_editing or not (self._press_clipboard(event) or self._press_row(event)):
            super().keyPressEvent(event)  # type: ignore[misc]

    def keyboardSearch(self, search: str) -> None:
        """Nothing: Qt would read every row of the table for it. The search box is one key away."""

    def _press_clipboard(self, event: QKeyEvent) -> bool:
        ctrl = event.modifiers() & CONTROL
        if ctrl and event.modifiers() & SHIFT and event.key() == Key.Key_C:
            self.copy(with_headers=True)
        elif event.matches(Std.Copy):
            self.copy()
        elif event.matches(Std.Paste):
            self._paste()
        elif ctrl and event.key() == Key.Key_D:
            self.filled_down.emit(*self.chosen_block())
        elif event.matches(Std.Delete):
            self.cells_cleared.emit(*self.chosen_block())
        else:
            return False
        return True

    def _press_row(self, event: QKeyEvent) -> bool:
        index: QModelIndex = self.currentIndex()
        key = event.key()
        if key == Key.Key_F8:
            self.finding_wanted.emit(-1 if event.modifiers() & SHIFT else 1)
        elif key == Key.Key_Space and not event.modifiers():
            return self._tick(index)
        elif key in (Key.Key_Return, Key.Key_Enter) and not event.modifiers():
            return self._open(index)
        elif key == Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
        elif key in (Key.Key_Right, Key.Key_Left) and not event.modifiers() and index.column() == 0:
            return self._fold(index, key == Key.Key_Right)
        else:
            return False
        return True

    def _open(self, index: QModelIndex) -> bool:
        if not index.isValid():
            return False
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.edit(index)
        else:
            self.opened.emit(self.paged.id_at(index.row()))
        return True

    def _fold(self, index: QModelIndex, unfold: bool) -> bool:
        place = self.paged.place(index.row())
        if place.kind == "group":
            self.paged.fold_group(place.at, not unfold)
            return True
        if not self.paged.unfolds or self.paged.is_unfolded(index.row()) == unfold:
            return False
        (self.paged.unfold if unfold else self.paged.fold)(index.row())
        return True

    def _tick(self, index: QModelIndex) -> bool:
        """Tick the chosen rows as the current one will be; without check boxes take or drop the row."""
        cells = self.paged.cells(index.row()) if index.isValid() else None
        boxed = [cell.is_checked for cell in cells or [] if cell.is_checked is not None]
        if not boxed:
            return False
        chosen = read_selection(self.paged, self.selectionModel().selection())
        current = self.paged.id_at(index.row())
        ids = list(chosen.ids) or ([current] if current is not None else [])
        self.ticked.emit(ids, not boxed[0])
        return True

    # -- the clipboard -----------------------------------------------------------------------------------------

    def chosen_block(self) -> tuple[list[int], list[str]]:
        """Visible rows and column keys of the chosen cells, in the order shown; hidden columns are left out."""
        selection = self.selectionModel().selection()
        rows = [row for first, last in chosen_rows(selection) for row in range(first, last + 1)]
        return rows, [self.paged.columns[at].key for at in self._chosen_columns()]

    def _chosen_columns(self) -> list[int]:
        selection = self.selectionModel().selection()
        touched = {at for part in selection for at in range(part.left(), part.right() + 1)}
        return [span.logical for span in self.spans() if span.logical in touched]

    def copy(self, *, with_headers: bool = False) -> None:
        """Put the chosen cells on the clipboard as Excel takes them; rows not loaded yet are read first."""
        ranges = chosen_rows(self.selectionModel().selection())
        count = sum(last - first + 1 for first, last in ranges)
        if count > MOST_ROWS:
            self.copy_refused.emit(MOST_ROWS)
        elif count:
            self._copy(ranges, self._chosen_columns(), with_headers)

    def _copy(self, ranges: Ranges, columns: Sequence[int], with_headers: bool) -> None:
        headers = [[self.paged.headerData(at, Qt.Orientation.Horizontal) for at in columns]] if with_headers else []
        chosen = read_selection(self.paged, self.selectionModel().selection())
        here = lines_of(self.paged, ranges, columns)
        if len(here) == sum(last - first + 1 for first, last in ranges) or not self.paged.is_flat:
            self._put_on_clipboard(headers + here)
            return
        ids = self.paged.ids_between(0, self.paged.total - 1) if chosen.is_all else chosen.ids
        shown = [self.paged.columns[at] for at in columns]
        handle = self.paged.call(_read_lines, self.paged.source, list(ids), shown)
        handle.succeeded.connect(lambda lines: self._put_on_clipboard(headers + lines))
        handle.failed.connect(self.paged.load_failed)

    def _put_on_clipboard(self, lines: list[list[str]]) -> None:
        QGuiApplication.clipboard().setText(to_tsv(lines))
        self.copied.emit(len(lines))

    def _paste(self) -> None:
        index = self.currentIndex()
        text = QGuiApplication.clipboard().text()
        if index.isValid() and text:
            self.block_pasted.emit(index.row(), self.header.visualIndex(index.column()), from_tsv(text))


def _read_lines(source: Any, ids: list[int], columns: Sequence[Any]) -> list[list[str]]:
    rows = source.rows(ids)
    return [[copied_text(column.show(rows[id])) for column in columns] for id in ids if id in rows]
