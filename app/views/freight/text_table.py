"""Tables of text in freight's dialogs: one that is read, one that is typed into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QHeaderView, QStyleOptionViewItem, QTableView, QWidget

from app.views.icons import pixmap
from app.views.language import say
from app.views.listings.plain_table import PlainCells, dress_table
from app.views.theme import current_theme
from app.views.widgets.live import Live

Index = QModelIndex | QPersistentModelIndex
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
Tone = Callable[[int, int], str]


class TextRows(QAbstractTableModel):
    """Rows of text; `heads` gives the columns' names, `tone` the colour of a cell ("": usual), `sign` the icon before
    its text ("": none).

    Args:
        numbers: columns that stand at the right.
    """

    def __init__(self, heads: Callable[[], Sequence[str]], numbers: Sequence[int] = (), parent: Any = None) -> None:
        super().__init__(parent)
        self._heads, self._numbers = heads, frozenset(numbers)
        self.rows: list[Sequence[str]] = []
        self.tone: Tone = lambda row, column: ""
        self.sign: Tone = lambda row, column: ""

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """How many."""
        return 0 if parent is not None and parent.isValid() else len(self._heads())

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        if not index.isValid():
            return None
        text = self.rows[index.row()][index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
            return text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if index.column() in self._numbers else LEFT
        if role == Qt.ItemDataRole.ForegroundRole and (name := self.tone(index.row(), index.column())):
            return QColor(current_theme().ink(name))
        if role == Qt.ItemDataRole.DecorationRole and (sign := self.sign(index.row(), index.column())):
            return pixmap(sign, 14, self.tone(index.row(), index.column()) or "text2")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns."""
        if orientation == Qt.Orientation.Horizontal:
            if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                return self._heads()[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if section in self._numbers else LEFT
        return None


class TextTable(Live, QTableView):
    """A table of text with columns of these widths; the column *stretch* takes the rest."""

    def __init__(self, model: TextRows, widths: Sequence[int], name_key: str, stretch: int = -1) -> None:
        super().__init__()
        self._widths, self._stretch = widths, stretch
        model.setParent(self)
        dress_table(self)
        self.setModel(model)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        say(self, name_key, "accessibleName")
        self.dress()

    def restyle(self) -> None:
        """Rows and columns as large as the text asks for."""
        theme, head = current_theme(), self.horizontalHeader()
        for at, width in enumerate(self._widths):
            self.setColumnWidth(at, theme.height(width))
        if self._stretch >= 0:
            head.setSectionResizeMode(self._stretch, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setDefaultSectionSize(theme.height(28))


class GridRows(TextRows):
    """Rows that are typed into: cells by the name of their column.

    Emits:
        edited: something was typed.
    """

    edited = Signal()

    def __init__(self, names: Sequence[str], heads: Callable[[], Sequence[str]], numbers: Sequence[int] = ()) -> None:
        super().__init__(heads, numbers)
        self.names = tuple(names)
        self.wrong: dict[tuple[int, str], str] = {}
        self.tone = lambda row, column: "red" if (row, self.names[column]) in self.wrong else ""

    def show_cells(self, cells: Sequence[dict[str, str]]) -> None:
        """Show these rows."""
        self.wrong = {}
        self.show_rows([[one.get(name, "") for name in self.names] for one in cells])

    @property
    def cells(self) -> list[dict[str, str]]:
        """What stands there."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]

    def show_problems(self, wrong: dict[tuple[int, str], str]) -> None:
        """Mark these cells, each with its reason as tip."""
        self.wrong = wrong
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(self.names) - 1))

    def translate(self, column: int, word: Callable[[str], str]) -> None:
        """Say the words of a column anew; that is no edit."""
        for number, cells in enumerate(self.rows):
            self.rows[number] = [word(text) if at == column else text for at, text in enumerate(cells)]
        if self.rows:
            self.dataChanged.emit(self.index(0, column), self.index(len(self.rows) - 1, column))

    def add(self, at: int, cells: dict[str, str] | None = None) -> None:
        """One more row below the row *at*."""
        place = min(max(at + 1, 0), len(self.rows))
        self.beginInsertRows(QModelIndex(), place, place)
        self.rows.insert(place, [(cells or {}).get(name, "") for name in self.names])
        self.endInsertRows()
        self.edited.emit()

    def remove(self, at: int) -> None:
        """Take the row *at* away."""
        if 0 <= at < len(self.rows):
            self.beginRemoveRows(QModelIndex(), at, at)
            del self.rows[at]
            self.endRemoveRows()
            self.edited.emit()

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every cell can be typed into."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell; what is wrong with it as its tip, a blank one that is wrong as "!"."""
        if index.isValid() and (why := self.wrong.get((index.row(), self.names[index.column()]))):
            if role == Qt.ItemDataRole.ToolTipRole:
                return why
            if role == Qt.ItemDataRole.DisplayRole:
                return self.rows[index.row()][index.column()] or "!"
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """What was typed."""
        if not index.isValid() or role != Qt.ItemDataRole.EditRole:
            return False
        cells = list(self.rows[index.row()])
        cells[index.column()] = str(value).strip()
        self.rows[index.row()] = cells
        self.dataChanged.emit(index, index)
        self.edited.emit()
        return True


class Grid(TextTable):
    """A table that is typed into; *choices* gives the words of a column that is chosen."""

    def __init__(
        self, model: GridRows, widths: Sequence[int], name_key: str, stretch: int = -1,
        choices: dict[int, Callable[[], Sequence[str]]] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(model, widths, name_key, stretch)
        self.grid = model
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectItems)
        self.setEditTriggers(QTableView.EditTrigger.AllEditTriggers)
        self.setItemDelegate(_GridCells(choices or {}, self))

    def add_row(self, cells: dict[str, str] | None = None) -> None:
        """One more row below the current one, ready to be typed into."""
        at = self.currentIndex().row() if self.currentIndex().isValid() else self.grid.rowCount() - 1
        self.grid.add(at, cells)
        self.setCurrentIndex(self.grid.index(at + 1, 0))
        self.setFocus()

    def remove_row(self) -> None:
        """The current row goes."""
        self.grid.remove(self.currentIndex().row())


class _GridCells(PlainCells):
    def __init__(self, choices: dict[int, Callable[[], Sequence[str]]], parent: QWidget) -> None:
        super().__init__(parent)
        self._choices = choices

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A box of words where one is chosen."""
        words = self._choices.get(index.column())
        if words is None:
            return super().createEditor(parent, option, index)
        box = QComboBox(parent)
        box.addItems(list(words()))
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """What stands there is chosen."""
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findText(str(index.data(Qt.ItemDataRole.EditRole)))))
        else:
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        """What was chosen or typed."""
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())
        else:
            super().setModelData(editor, model, index)
