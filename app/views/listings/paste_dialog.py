"""What a pasted block would change, before it does: cells before and after, and those that stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.messages import tr
from app.views.listings.plain_table import PlainCells, dress_table, set_ink
from app.views.listings.values import cell_refusal
from app.views.numbers import MISSING, integer, money
from app.views.theme import current_theme
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column
from app.views.widgets.label import Label

if TYPE_CHECKING:
    from app.services.listings.cells import CellChange, CellPlan

MOST_SHOWN = 300
"""Lines of the table; all of them count and are changed."""
HEADERS = ("listings.paste.row", "listings.paste.field", "listings.paste.before", "listings.paste.after")


class Line(NamedTuple):
    """A cell as the table shows it; `after` says why where `is_refused`."""

    name: str
    field: str
    before: str
    after: str
    is_refused: bool


class Unread(NamedTuple):
    """A cell whose new text cannot be read: what it is called, its field, what it has now, what was pasted."""

    name: str
    field: str
    before: str
    text: str


class PasteDialog(Dialog):
    """Lists the changes of a plan; accepted when they are wanted.

    Args:
        unread: cells which the plan does not know, for their texts could not be read.
        beyond: rows of what was pasted that stand below the last row of the table.
    """

    def __init__(self, plan: CellPlan, unread: Sequence[Unread], parent: QWidget, *, beyond: int = 0) -> None:
        super().__init__("listings.paste.title", parent, size=QSize(940, 520), n=len(plan.changes))
        self._plan, self._unread = plan, unread
        counts = {"n": len(plan.changes), "listings": len(plan.listing_ids), "same": plan.unchanged}
        self.counts = Label("listings.paste.counts", wrap=True, refused=len(plan.refused) + len(unread), **counts)
        self.table = QTableWidget()
        whole = column(self.body, edges=16, gap=10)
        whole.addWidget(self.counts)
        if beyond:
            whole.addWidget(Label("listings.paste.beyond", ink="amber", wrap=True, n=beyond))
        whole.addWidget(self.table, 1)
        self._dress_table()
        self._fill()
        self.hint.say("listings.paste.hint")
        self.primary = self.add_buttons("listings.paste.verb", n=len(plan.changes))
        self.primary.setEnabled(bool(plan.changes))

    def retranslate(self) -> None:
        """Fields and reasons in the new language."""
        if hasattr(self, "primary"):
            self._fill()

    def _dress_table(self) -> None:
        """Once: a header that is put in later stays hidden."""
        table, theme = self.table, current_theme()
        table.setColumnCount(len(HEADERS))
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        dress_table(table, row=26)
        names = PlainCells(table, elide="middle")  # a listing's variants differ at the end of their names
        table.setItemDelegateForColumn(0, names)
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for at, wide in ((1, 90), (2, 160), (3, 330)):
            header.resizeSection(at, theme.height(wide))

    def _fill(self) -> None:
        """Refused ones first: they are why somebody looks."""
        lines = [*map(_unread_line, self._unread), *map(_line, (*self._plan.refused, *self._plan.changes))]
        table = self.table
        table.setHorizontalHeaderLabels([tr(key) for key in HEADERS])
        table.setRowCount(min(len(lines), MOST_SHOWN))
        for row, (*texts, is_refused) in enumerate(lines[:MOST_SHOWN]):
            for at, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if is_refused:
                    set_ink(item, "red")
                table.setItem(row, at, item)


def _unread_line(cell: Unread) -> Line:
    return Line(cell.name or MISSING, field_name(cell.field), cell.before, cell_refusal(cell.field, cell.text), True)


def _line(change: CellChange) -> Line:
    after = shown(change.field, change.after)
    if change.refused is not None:
        after = tr(f"listings.cell_refused.{change.refused}")
    before = shown(change.field, change.before)
    return Line(change.name or MISSING, field_name(change.field), before, after, change.refused is not None)


def field_name(field: str) -> str:
    """What a field of a cell is called."""
    return tr(f"listings.sku.{field}" if field != "title" else "listings.column.title")


def shown(field: str, value: Any) -> str:
    """A cell's value as the window shows it."""
    if value is None or value == "":
        return MISSING
    if field == "price_minor":
        return money(value)
    return integer(value) if field == "stock" else str(value)
