"""Listings changed here and on the platform: one line a field, both values, and whose count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.messages import messages, tr
from app.services.stores.sync.conflicts import Conflict, Difference, Resolved, Side
from app.views.context import ViewContext
from app.views.language import say
from app.views.listings.plain_table import dress_table
from app.views.numbers import MISSING, integer, kilograms, money
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("title", "code", "field", "ours", "theirs")
WIDTHS = (0, 130, 150, 230, 230)
LONGEST = 200
"""Characters of a value that are shown."""


def field_name(field: str) -> str:
    """What a field is called."""
    for key in (f"conflicts.field.{field}", f"publish.field.{field}"):
        if messages.has(key):
            return tr(key)
    return field


def value_text(field: str, value: Any) -> str:
    """A value as it is read."""
    if value is None or value in ("", []):
        return MISSING
    if field == "sku.price_minor":
        return money(value)
    if field == "weight_g":
        return kilograms(value)
    if isinstance(value, list):
        return ", ".join(_part(entry) for entry in value)[:LONGEST]
    return integer(value) if isinstance(value, int) else str(value)[:LONGEST]


def _part(entry: Any) -> str:
    """One entry of a list: a picture, or an attribute with its value."""
    if isinstance(entry, dict):
        return ": ".join(part for part in (str(entry.get("name", "")), str(entry.get("value", ""))) if part)
    return str(entry)


class ConflictRows(QAbstractTableModel):
    """One row a difference."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[tuple[Conflict, Difference]] = []

    def show_conflicts(self, found: Sequence[Conflict]) -> None:
        """Show these."""
        self.beginResetModel()
        self.lines = [(conflict, one) for conflict in found for one in conflict.differences]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Differences."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Listing, variant, field and both values."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts; the whole value as a tip."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) or not index.isValid():
            return None
        conflict, one = self.lines[index.row()]
        match COLUMNS[index.column()]:
            case "title":
                return conflict.title
            case "code":
                return one.code
            case "field":
                return field_name(one.field)
            case "ours":
                return value_text(one.field, one.ours)
        return value_text(one.field, one.theirs)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return tr(f"conflicts.column.{COLUMNS[section]}")
        return None


class ConflictsDialog(Dialog):
    """Non-modal: the table stays in view. What is selected is decided; without a selection, everything shown.

    Emits:
        decided: something was decided.
    """

    decided = Signal()

    def __init__(self, context: ViewContext, parent: QWidget) -> None:
        super().__init__("conflicts.title", parent, size=QSize(1060, 560))
        self._context = context
        self.model = ConflictRows(self)
        self.table = QTableView()
        self._set_up_table()
        column(self.body).addWidget(self.table)
        self.ours = Button(kind="")
        self.theirs = self.add_buttons("conflicts.take_theirs", cancel_key="dialog.close", n=0)
        self.theirs.clicked.disconnect()
        self.theirs.setAutoDefault(False)
        self.footer.row.insertWidget(2, self.ours)
        self.ours.clicked.connect(lambda: self._decide(Side.OURS))
        self.theirs.clicked.connect(lambda: self._decide(Side.THEIRS))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_counts())
        self._read()

    def _set_up_table(self) -> None:
        dress_table(self.table)
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for at, width in enumerate(WIDTHS):
            if width:
                self.table.setColumnWidth(at, current_theme().height(width))

    def _read(self) -> None:
        handle = self._context.runner.call(self._context.services.conflicts)
        handle.succeeded.connect(self._on_read)
        handle.failed.connect(self._on_failed)

    def _on_read(self, answer: tuple[int, Sequence[Conflict]]) -> None:
        count, found = answer
        self.model.show_conflicts(found)
        self.hint.say("conflicts.hint" if found else "conflicts.none", n=count)
        self._show_counts()

    def chosen(self) -> dict[int, set[str]]:
        """What the buttons act on: keys of fields by listing."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        choices: dict[int, set[str]] = {}
        for at in rows or range(len(self.model.lines)):
            conflict, one = self.model.lines[at]
            choices.setdefault(conflict.listing_id, set()).add(one.key)
        return choices

    def _show_counts(self) -> None:
        n = sum(map(len, self.chosen().values()))
        say(self.ours, "conflicts.keep_ours", n=n)
        say(self.theirs, "conflicts.take_theirs", n=n)
        for button in (self.ours, self.theirs):
            button.setEnabled(bool(n))

    def _decide(self, side: Side) -> None:
        handle = self._context.runner.call(self._context.services.resolve_conflicts, self.chosen(), side)
        handle.succeeded.connect(self._on_decided)
        handle.failed.connect(self._on_failed)
        self._context.jobs.keep(handle)

    def _on_decided(self, done: Resolved) -> None:
        if done.change is not None:
            self._context.changes.tell({"listing", "change"})
        self.decided.emit()
        self._read()

    def _on_failed(self, error: BaseException) -> None:
        self.hint.tell(error)
        self.hint.set_look(ink="red")
