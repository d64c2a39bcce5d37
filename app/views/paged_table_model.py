"""The model of every table: first rows at once, an exact scroll bar, any row reachable, never a table in memory."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal

from app.messages import tr
from app.views.cells import EMPTY, WAITING, Cell
from app.views.paged_rows import PagedRows
from app.views.row_speech import description, plain_text

if TYPE_CHECKING:
    from app.services.paging import Group

Index = QModelIndex | QPersistentModelIndex
_ALIGN = {"left": Qt.AlignmentFlag.AlignLeft, "right": Qt.AlignmentFlag.AlignRight}


class Role(IntEnum):
    """Roles beyond Qt's own."""

    ROW = Qt.ItemDataRole.UserRole + 1
    ID = Qt.ItemDataRole.UserRole + 2


class PagedTableModel(PagedRows):
    """`PagedRows` with `Column`s: what Qt's views and screen readers ask for.

    Emits:
        edited: (id, column key, text) after a cell editor; the page calls its service.
    """

    edited = Signal(object, str, str)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Visible rows."""
        return 0 if parent.isValid() else self._layout.count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """All columns, shown or hidden."""
        return 0 if parent.isValid() else len(self.columns)

    def cell(self, index: Index) -> Cell:
        """What the cell at *index* shows."""
        row = index.row()
        cells = self.cells(row)
        if cells is not None:
            return cells[index.column()]
        return WAITING if index.column() == 0 and self._layout.place(row).kind != "group" else EMPTY

    def tip(self, index: Index) -> str:
        """The tool tip of the cell at *index*; "" where it has none."""
        cells = self.cells(index.row())
        return cells.tip(index.column()) if cells is not None else ""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Reads memory only."""
        if not index.isValid():
            return None
        place = self._layout.place(index.row())
        if role == Role.ROW:
            return self.record(index.row())
        if role == Role.ID:
            return self.id_at(index.row())
        if place.kind == "group":
            return self._group_data(self.group(place.at), index, role)
        if role == Qt.ItemDataRole.EditRole:
            return self._edit_text(index)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN[self.columns[index.column()].align] | Qt.AlignmentFlag.AlignVCenter
        return self._cell_data(index, self.cell(index), role)

    def _cell_data(self, index: Index, cell: Cell, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return plain_text(cell)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tip(index) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return plain_text(cell)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return description(cell, self.columns[index.column()], self.tip(index))
        return None

    def _group_data(self, group: Group, index: Index, role: int) -> Any:
        wanted = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if index.column() == 0 and role in wanted:
            return tr("table.group", title=tr(group.title, **dict(group.params)), n=group.count)
        return None

    def _edit_text(self, index: Index) -> str | None:
        return self.edit_text(self.record(index.row()), index.column())

    def edit_text(self, record: Any | None, at: int) -> str | None:
        """What an editor begins with in column *at* of a row; None where the cell cannot be edited."""
        column = self.columns[at]
        stored = column.edit(record) if column.edit is not None and record is not None else None
        return None if stored is None else self.refused.text_over(record.id, column.key, stored)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tell the page what was typed; the cell changes when the service says so."""
        if role != Qt.ItemDataRole.EditRole or self._edit_text(index) is None:
            return False
        if value != self._edit_text(index):
            self.edited.emit(self.id_at(index.row()), self.columns[index.column()].key, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be selected; a cell can be edited where its column says so."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self._layout.place(index.row()).kind == "group":
            return Qt.ItemFlag.ItemIsEnabled
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return usual | Qt.ItemFlag.ItemIsEditable if self._edit_text(index) is not None else usual

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Title with its unit; row numbers are not shown."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            title = f"{column.title} {tr(column.unit_key)}" if column.unit_key else column.title
            more = None if role == Qt.ItemDataRole.DisplayRole else column.tip or column.subtitle
            return title if more is None else f"{title}\n{more()}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN[column.align] | Qt.AlignmentFlag.AlignVCenter
        return None

    def refuse(self, row: int, column: int, text: str, why: Callable[[str], str]) -> None:
        """Mark the cell with *text*, which cannot be stored: `why(text)` says so."""
        entry = self.entry(row)
        edit = self.columns[column].edit
        if entry is not None and edit is not None:
            self.refused.put(entry.row.id, self.columns[column].key, text, edit(entry.row), why)
            self.remake(row)

    def remake(self, row: int) -> None:
        """Format visible row *row* anew."""
        entry = self.entry(row)
        if entry is not None:
            entry.cells = None
            self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))

    def retranslate(self) -> None:
        """Format everything anew: the language changed."""
        self._cache.forget_cells()
        for children in self._children.values():
            for entry in children:
                entry.cells = None
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)
        if self._layout.count:
            self.dataChanged.emit(self.index(0, 0), self.index(self._layout.count - 1, self.columnCount() - 1))
