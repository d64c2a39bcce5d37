"""Rows of a plan as the preview shows them: what the sheet says, what it would replace, what is refused."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from app.services.listings.importing.planning import Names
from app.services.listings.importing.preview import PreviewCell, PreviewRow
from app.services.listings.importing.records import ImportPlan
from app.services.listings.text import fold
from app.services.regional_prices import RegionalPrices
from app.services.workbooks import CellError, ListingTable, RecognisedColumn
from app.services.workbooks.fields import field_book

CHANGED_AS = {
    "category": "category_id",
    "freight_template": "freight_template_id",
    "group": "group_id",
    "sku_code": "code",
    "product_id": "product_key",
    "property": "properties",
    "attribute": "attributes",
    "country": "ships_from",
}
"""Fields of the sheet whose change is kept under another name."""
RESOLVED = frozenset({"category", "freight_template", "group", "unit", "images", "sku_image", "regional_prices"})
"""Fields kept as ids or paths, or completed by the listing's codes: the sheet's own words are shown."""
SIDES = ("length_cm", "width_cm", "height_cm")
SEARCHED = ("title", "sku_code", "product_key", "product_id")

Changes = Mapping[str, tuple[Any, Any]]


class RowShower:
    """Makes `PreviewRow`s of a plan.

    Args:
        images: pictures of each row, as the plan would store them.
        names: of ids the store has now.
    """

    def __init__(
        self,
        table: ListingTable,
        plan: ImportPlan,
        images: Sequence[Sequence[str] | None] = (),
        names: Names | None = None,
    ) -> None:
        self._table, self._plan, self._images, self._names = table, plan, images, names or {}
        self._texts: list[str] | None = None
        self._errors: dict[int, dict[str, CellError]] = {}
        for error in table.cell_errors:
            self._errors.setdefault(error.row, {})[error.column] = error

    def ids(self, verdicts: frozenset[str], text: str) -> array[int]:
        """Ids of matching rows, counted from 1."""
        found = (number for number, one in enumerate(self._plan.verdicts, 1) if not verdicts or str(one) in verdicts)
        needle = fold(text)
        if not needle:
            return array("q", found)
        texts = self._searched()
        return array("q", (number for number in found if needle in texts[number - 1]))

    def row(self, number: int) -> PreviewRow:
        """One row by id."""
        at = number - 1
        excel_row = self._table.rows[at]
        errors = self._errors.get(excel_row, {})
        changes = self._plan.changes.get(at, {})
        cells = {
            column.letter: self._cell(column, at, errors.get(column.letter), changes)
            for column in self._table.recognition.columns
        }
        return PreviewRow(number, excel_row, self._plan.verdicts[at], cells, self._image(at))

    def touched(self) -> set[str]:
        """Letters of the columns in which something would change or is refused."""
        letters = {error.column for error in self._table.cell_errors}
        columns = [column for column in self._table.recognition.columns if column.letter not in letters]
        for changes in self._plan.changes.values():
            found = [column for column in columns if _change_of(column, changes) is not None]
            if found:
                letters.update(column.letter for column in found)
                columns = [column for column in columns if column not in found]
            if not columns:
                break
        return letters

    def _cell(self, column: RecognisedColumn, at: int, error: CellError | None, changes: Changes) -> PreviewCell:
        if error is not None:
            return PreviewCell(error.value, error=error)
        text = self._text(column, at)
        change = _change_of(column, changes)
        if change is None:
            return PreviewCell(text)
        if column.field == "package_size":
            return PreviewCell(text, before=shown("package_size", self._sides(at, changes)))
        after = text if column.field in RESOLVED else shown(column.field or "", change[1])
        return PreviewCell(after or text, before=self._before(column, change[0]))

    def _before(self, column: RecognisedColumn, value: Any) -> str:
        """What the store has, as this column shows it: ids by their names where they are known."""
        names = self._names.get(CHANGED_AS.get(column.field or "", column.field or ""), {})
        return names.get(value, value) if isinstance(value, str) else shown(column.field or "", value)

    def _sides(self, at: int, changes: Changes) -> list[Any]:
        """The package as the store has it: a side that does not change is what the sheet says."""
        return [changes[side][0] if side in changes else self._table.fields[side][at] for side in SIDES]

    def _text(self, column: RecognisedColumn, at: int) -> str:
        table, field = self._table, column.field
        if field == "property":
            return table.properties[column.name][at] or ""
        if field == "attribute":
            return table.attributes[column.name][at] or ""
        if field is None:
            kept = table.extra.get(column.header or column.letter)
            return kept[at] or "" if kept is not None else ""
        if field == "package_size":
            sides = [table.fields[side][at] for side in SIDES]
            return shown(field, sides) if any(side is not None for side in sides) else ""
        values: Sequence[Any] | None = table.fields.get(field_name(field))
        return shown(field, values[at]) if values is not None else ""

    def _image(self, at: int) -> str:
        pictures = self._images[at] if at < len(self._images) else None
        return pictures[0] if pictures else ""

    def _searched(self) -> list[str]:
        """Folded titles and codes of all rows, made at the first search; titles repeat and are folded once."""
        if self._texts is None:
            columns = [self._table.fields[name] for name in SEARCHED if name in self._table.fields]
            known: dict[str | None, str] = {None: ""}
            for column in columns:
                for value in set(column) - known.keys():
                    known[value] = fold(value)
            count = len(self._plan.verdicts)
            rows = zip(*columns, strict=True) if columns else iter([()] * count)
            self._texts = ["\n".join([known[value] for value in row]) for row in rows]
        return self._texts


def _change_of(column: RecognisedColumn, changes: Changes) -> tuple[Any, Any] | None:
    """(before, after) of what this column says, None where it changes nothing."""
    if not changes:
        return None
    if column.field == "package_size":
        return next((changes[side] for side in SIDES if side in changes), None)
    if column.field in ("property", "attribute"):
        return _named(column.name, changes.get(CHANGED_AS[column.field]))
    found = changes.get(CHANGED_AS.get(column.field or "", field_name(column.field or "")))
    if found is None and "extra" in changes:
        return _kept(column, changes["extra"])
    return found


def _named(name: str, change: tuple[Any, Any] | None) -> tuple[Any, Any] | None:
    """The value of one property among all, where it differs."""
    if change is None:
        return None
    old, new = change
    nothing: Mapping[str, str] = {}
    after = next((one for one in new if _is_called(one, name)), nothing)
    before = next((one for one in old if _is_same_name(one, after, name)), nothing)
    texts = before.get("value", ""), after.get("value", "")
    is_same = before.get("value_id", "") == after.get("value_id", "") if before.get("value_id") else False
    return None if is_same or fold(texts[0]) == fold(texts[1]) else texts


def _is_same_name(entry: Mapping[str, str], other: Mapping[str, str], name: str) -> bool:
    if entry.get("name_id") and other.get("name_id"):
        return entry["name_id"] == other["name_id"]
    return _is_called(entry, name)


def _is_called(entry: Mapping[str, str], name: str) -> bool:
    return fold(entry.get("name", "")).replace(" ", "_") == fold(name).replace(" ", "_")


def _kept(column: RecognisedColumn, change: tuple[Any, Any]) -> tuple[Any, Any] | None:
    """A column kept under its header."""
    header = column.header or column.letter
    before, after = (side.get(header, "") for side in change)
    return (before, after) if before != after else None


def field_name(field: str) -> str:
    """The stored name of a field of the sheet."""
    rule = field_book().fields.get(field)
    return rule.stores if rule is not None else field


def shown(field: str, value: Any) -> str:
    """A value as text: cents as decimals, grams as kilograms, lists joined."""
    if value is None:
        return ""
    if field in ("price", "cost") and isinstance(value, int):
        return f"{value // 100}.{value % 100:02d}"
    if field == "weight" and isinstance(value, int):
        return f"{value / 1000:.3f}"
    if field == "package_size" and isinstance(value, list | tuple):
        return " × ".join("–" if side is None else str(side) for side in value)
    if field in ("images", "sku_image") and isinstance(value, list | tuple):
        return ", ".join(str(part).rsplit("/", 1)[-1] for part in value)
    if field == "regional_prices" and isinstance(value, dict):
        return ", ".join(RegionalPrices.of(value).lines())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
