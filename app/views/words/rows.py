"""The words of one list as rows to edit in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QComboBox, QStyleOptionViewItem, QWidget

from app.messages import tr
from app.services.compliance.word_lists import VERDICTS, Entry
from app.services.compliance.word_sheets import COLUMNS, cell_texts, filled
from app.services.compliance.words import folded
from app.views.listings.plain_table import PlainCells
from app.views.theme import current_theme

Index = QModelIndex | QPersistentModelIndex
CHOSEN = ("severity", "is_on")
"""Columns whose value is chosen from a few."""


class WordRows(QAbstractTableModel):
    """Entries that contain what is searched for.

    Emits:
        edited: an entry as it is wanted now.
        refused: a finished sentence: why what was typed cannot be used.
    """

    edited = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Entry] = []
        self._all: Sequence[Entry] = ()
        self._stores: Mapping[int, str] = {}
        self._categories: Set[str] | None = None
        self._search = self._of_list = ""

    def show_entries(self, entries: Sequence[Entry], stores: Mapping[int, str], severity: str = "") -> None:
        """Show these words; *stores*: names by id; *severity*: the list's."""
        self._all, self._stores, self._of_list = entries, stores, severity
        self._filter()

    def set_categories(self, categories: Set[str] | None) -> None:
        """Ids of the categories there are; None where that is not known."""
        self._categories = categories

    def search(self, text: str) -> None:
        """Show only words, exceptions and sources that contain *text*."""
        self._search = folded(text.strip())
        self._filter()

    def _filter(self) -> None:
        self.beginResetModel()
        self.rows = [one for one in self._all if not self._search or self._search in _searched(one)]
        self.endResetModel()

    def retranslate(self) -> None:
        """Words of the columns in the new language."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        self._filter()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Words in view."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """See `COLUMNS`."""
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Everything can be edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts; a word that is off is grey."""
        if not index.isValid():
            return None
        entry = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
            text = cell_texts(entry, self._stores)[index.column()]
            return text if text or role == Qt.ItemDataRole.EditRole else self._implied(entry, COLUMNS[index.column()])
        if role == Qt.ItemDataRole.ForegroundRole:
            is_implied = COLUMNS[index.column()] == "severity" and not entry.severity
            is_quiet = is_implied or not entry.is_on or COLUMNS[index.column()] in ("source", "as_of")
            return current_theme().color("text3" if is_quiet else "text")
        return None

    def _implied(self, entry: Entry, name: str) -> str:
        """What holds where nothing is written: the list's severity; who wrote a shipped word."""
        if name == "severity" and self._of_list:
            return tr(f"words.severity.{self._of_list}")
        return tr("words.shipped") if name == "source" and entry.is_shipped else ""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return tr(f"words.column.{COLUMNS[section]}")
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """What was typed; it is in view when it is stored."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        before, name, wrong = self.rows[index.row()], COLUMNS[index.column()], list[str]()
        stores = {store.casefold(): number for number, store in self._stores.items()}
        entry = filled(
            before,
            {name: str(value).strip()},
            stores,
            lambda _, text, code: wrong.append(tr(f"words.why.{code}", value=text)),
            self._categories,
        )
        if wrong:
            self.refused.emit(wrong[0])
        elif entry != before:
            self.edited.emit(entry)
        return not wrong


class WordCells(PlainCells):
    """Cells in the theme; severity and switch are chosen."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A list of choices, or a line."""
        name = COLUMNS[index.column()]
        if name not in CHOSEN:
            return super().createEditor(parent, option, index)
        box = QComboBox(parent)
        if name == "severity":
            box.addItems(["", *(tr(f"words.severity.{one}") for one in VERDICTS)])
            box.setItemText(0, tr("words.of_list"))
        else:
            box.addItems([tr("words.on"), tr("words.off")])
        box.activated.connect(lambda _: self._finish(box))
        return box

    def _finish(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """What stands there is chosen."""
        if isinstance(editor, QComboBox):
            written = str(index.data(Qt.ItemDataRole.EditRole))
            editor.setCurrentIndex(max(0, editor.findText(written)))
        else:
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        """The first severity is the list's own: nothing is written."""
        if isinstance(editor, QComboBox):
            is_own = COLUMNS[index.column()] == "severity" and editor.currentIndex() == 0
            model.setData(index, "" if is_own else editor.currentText())
        else:
            super().setModelData(editor, model, index)


def _searched(entry: Entry) -> str:
    return folded("\n".join((entry.word, *entry.exceptions, entry.source)))
