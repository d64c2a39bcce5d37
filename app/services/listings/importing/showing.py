"""Rows of a plan as the preview shows them: what the sheet says, what it would replace, what is refused."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from app.services.listings.importing.preview import PreviewCell, PreviewRow
from app.services.listings.importing.records import ImportPlan
from app.services.listings.text import fold
from app.services.workbooks import CellError, ListingTable
from app.services.workbooks.fields import field_book

CHANGED_AS = {
    "category": "category_id",
    "freight_template": "freight_template_id",
    "group": "group_id",
    "sku_code": "code",
}
"""Fields of the sheet whose change is kept under another name."""
SIDES = ("length_cm", "width_cm", "height_cm")


class RowShower:
    """Makes `PreviewRow`s of a plan."""

    def __init__(self, table: ListingTable, plan: ImportPlan) -> None:
        self._table, self._plan = table, plan
        self._errors: dict[int, dict[str, CellError]] = {}
        for error in table.cell_errors:
            self._errors.setdefault(error.row, {})[error.column] = error

    def ids(self, verdicts: frozenset[str], text: str) -> array[int]:
        """Ids of matching rows, counted from 1."""
        found = (
            number for number, verdict in enumerate(self._plan.verdicts, 1) if not verdicts or str(verdict) in verdicts
        )
        if not text:
            return array("q", found)
        needle = fold(text)
        return array("q", (number for number in found if needle in self._searched(number - 1)))

    def row(self, number: int) -> PreviewRow:
        """One row by id."""
        at = number - 1
        table, excel_row = self._table, self._table.rows[at]
        errors = self._errors.get(excel_row, {})
        changes = self._plan.changes.get(at, {})
        cells: dict[str, PreviewCell] = {}
        for column in table.recognition.columns:
            if column.field is None:
                continue
            error = errors.get(column.letter)
            if error is not None:
                cells[column.letter] = PreviewCell(error.value, error=error)
                continue
            text = self._text(column.field, column.name, at)
            before = changes.get(CHANGED_AS.get(column.field, field_name(column.field)))
            if before is None:
                cells[column.letter] = PreviewCell(text)
            else:
                cells[column.letter] = PreviewCell(text, before=shown(column.field, before[0]))
        return PreviewRow(number, excel_row, self._plan.verdicts[at], cells)

    def _text(self, field: str, name: str, at: int) -> str:
        table = self._table
        if field == "property":
            return table.properties[name][at] or ""
        if field == "attribute":
            return table.attributes[name][at] or ""
        if field == "package_size":
            sides = [table.fields[side][at] if side in table.fields else None for side in SIDES]
            return " × ".join(str(side) for side in sides) if all(side is not None for side in sides) else ""
        values: Sequence[Any] | None = table.fields.get(field_name(field))
        return shown(field, values[at]) if values is not None else ""

    def _searched(self, at: int) -> str:
        fields = self._table.fields
        parts = (fields[name][at] for name in ("title", "sku_code", "product_key") if name in fields)
        return fold(" ".join(part for part in parts if part))


def field_name(field: str) -> str:
    """The stored name of a field of the sheet."""
    rule = field_book().fields.get(field)
    return rule.stores if rule is not None else field


def shown(field: str, value: Any) -> str:
    """A value as text: cents as decimals, grams as kilograms, lists joined."""
    if value is None:
        return ""
    if field in ("price", "cost"):
        return f"{value // 100}.{value % 100:02d}"
    if field == "weight":
        return f"{value / 1000:.3f}"
    if isinstance(value, list | tuple):
        return ", ".join(str(part.rsplit("/", 1)[-1]) if isinstance(part, str) else str(part) for part in value)
    return str(value)
