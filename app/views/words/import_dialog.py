"""What a sheet of words would do: new, changed and refused rows with their reasons, before anything is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from app.messages import tr
from app.services.compliance.word_sheets import COLUMNS, WordCell, WordRow, WordSheet, cell_texts
from app.views.listings.plain_table import dress_table
from app.views.status import status
from app.views.theme import current_theme
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column
from app.views.widgets.label import Label

if TYPE_CHECKING:
    from app.services.compliance.findings import Label as Name

Index = QModelIndex | QPersistentModelIndex
HEADS = ("row", "what", "word", "detail")
WIDTHS = (56, 110, 170)
SHOWN = 5
"""Categories named in the hint."""
SIZE = QSize(940, 520)
"""Room for the longest reason of the two languages that needs no word of the sheet."""


class WordSheetRows(QAbstractTableModel):
    """Refused cells first, then what is new and what changes; rows without a change are only counted."""

    def __init__(self, sheet: WordSheet, stores: Mapping[int, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stores = stores
        changing = (row for row in sheet.rows if row.what != "same")
        self.lines: list[WordCell | WordRow] = [*sheet.errors, *changing]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Lines."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """See `HEADS`."""
        return 0 if parent.isValid() else len(HEADS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts; what is refused is red."""
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(line, HEADS[index.column()])
        if role == Qt.ItemDataRole.ForegroundRole and isinstance(line, WordCell):
            return current_theme().tone("red").text
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return tr(f"words.import.{HEADS[section]}")
        return None

    def _text(self, line: WordCell | WordRow, head: str) -> str:
        if head == "row":
            return str(line.row)
        if isinstance(line, WordCell):
            return {"what": status("import.refused").word, "word": line.word}.get(head) or line.sentence()
        if head == "what":
            return status(f"import.{line.what}").word
        return line.entry.word if head == "word" else self._difference(line)

    def _difference(self, row: WordRow) -> str:
        after = cell_texts(row.entry, self._stores)
        before = cell_texts(row.before, self._stores) if row.before is not None else ("",) * len(COLUMNS)
        parts = [
            tr("words.import.change", name=tr(f"words.column.{name}"), before=old or "–", after=new or "–")
            for name, old, new in zip(COLUMNS, before, after, strict=True)
            if old != new and name != "word" and (row.before is not None or name != "is_on")
        ]
        return " · ".join(parts)


class WordImportDialog(Dialog):
    """Asks for a last look.

    Emits:
        wanted: the entries to store.
    """

    wanted = Signal(list)

    def __init__(self, sheet: WordSheet, name: Name, stores: Mapping[int, str], parent: QWidget) -> None:
        super().__init__("words.import.title", parent, size=SIZE, file=sheet.file, list=name)
        self._sheet = sheet
        self.model = WordSheetRows(sheet, stores, self)
        self.table = QTableView()
        dress_table(self.table)
        self.table.setModel(self.model)
        for at, width in enumerate(WIDTHS):
            self.table.setColumnWidth(at, current_theme().height(width))
        self.table.horizontalHeader().setSectionResizeMode(len(HEADS) - 1, QHeaderView.ResizeMode.Stretch)
        counts = {"n": sheet.count("new"), "changed": sheet.count("changed"), "same": sheet.count("same")}
        summary = Label("words.import.summary", ink="text2", wrap=True, refused=len(sheet.errors), **counts)
        summary.setContentsMargins(14, 10, 14, 10)
        whole = column(self.body, gap=0)
        whole.addWidget(summary)
        whole.addWidget(self.table, 1)
        if sheet.unsure:
            self.hint.say("words.unsure", values=", ".join(sheet.unsure[:SHOWN]))
        else:
            self.hint.say("words.import.hint")
        n = len(sheet.wanted)
        self.primary = self.add_buttons("words.import.apply" if n else "words.import.nothing", n=n)
        self.primary.setEnabled(bool(n))
        self.accepted.connect(lambda: self.wanted.emit(self._sheet.wanted))
