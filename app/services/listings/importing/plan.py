"""What an import would do: groups of rows matched with stored listings, differences found, new ones checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.services.listings.editing import ListingEdit
from app.services.listings.importing.existing import ExistingListings
from app.services.listings.importing.records import ChangedListing, ImportCounts, NewListing, RowVerdict
from app.services.listings.importing.sheet import PropertyList, SheetRows
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.listings.text import fold
from app.services.tasks import TaskContext

REPORT_EVERY = 2_000
COMPARED_AT_ONCE = 2_000
ROWS_REFUSED = "rows_refused"
"""Mark on a listing of which the sheet's other rows were refused: it is incomplete, the checker blocks it."""

SKU_VALUES = ("price_minor", "stock", "barcode", "ships_from")

Changes = dict[int, dict[str, tuple[Any, Any]]]


class Comparison:
    """Compares one sheet with one store. After `run` the results stand in the attributes."""

    def __init__(
        self,
        rows: SheetRows,
        existing: ExistingListings,
        store_id: int,
        count_findings: Callable[[ListingRecord], tuple[int, int, int]],
    ) -> None:
        self._rows, self._existing, self._store_id = rows, existing, store_id
        self._count_findings = count_findings
        self.new: list[NewListing] = []
        self.changed: list[ChangedListing] = []
        self.changes: Changes = {}
        self.verdicts = [RowVerdict.SAME] * len(rows.row_numbers)
        self.unchanged = 0
        self.refused = 0

    def run(self, ctx: TaskContext) -> None:
        """Look at every group of rows.

        Raises:
            TaskCancelled: stopped.
        """
        for index in self._rows.refused:
            self.verdicts[index] = RowVerdict.REFUSED
        groups = self._rows.groups()
        matched: list[tuple[int, list[int]]] = []
        for number, group in enumerate(groups):
            if number % REPORT_EVERY == 0:
                ctx.checkpoint()
                ctx.report(number, len(groups), note="import.comparing")
            if not group:
                self.refused += 1
            elif (listing_id := self._match(group)) is None:
                self._add_new(group)
            else:
                matched.append((listing_id, group))
        for start in range(0, len(matched), COMPARED_AT_ONCE):
            ctx.checkpoint()
            self._compare(matched[start : start + COMPARED_AT_ONCE])

    def counts(self) -> ImportCounts:
        """The results in numbers."""
        return ImportCounts(
            rows=len(self.verdicts),
            skus=len(self.verdicts) - len(self._rows.refused),
            new=len(self.new),
            changed=len(self.changed),
            unchanged=self.unchanged,
            refused=self.refused,
            refused_rows=len(self._rows.refused),
        )

    def _match(self, group: Sequence[int]) -> int | None:
        if self._existing.is_empty:
            return None
        rows = self._rows
        title = rows.listing.get("title")
        return self._existing.match(
            rows.first(rows.product_keys, group),
            [rows.codes[index] for index in group],
            None if title is None else rows.first(title, group),
        )

    def _add_new(self, group: list[int]) -> None:
        rows = self._rows
        record = ListingRecord(0, self._store_id)
        first = group[0]
        for name, column in rows.listing.items():
            value = column[first]
            if value is None and len(group) > 1:
                value = rows.first(column, group)
            if value is not None:
                setattr(record, name, value)
        record.product_key = rows.first(rows.product_keys, group) or ""
        record.skus = [rows.sku(index, record.category_id) for index in group]
        record.images = rows.first(rows.images, group) or []
        record.attributes = rows.merged(rows.attributes, group)
        record.extra = rows.extras(group)
        if rows.refused and (left_out := rows.refused_of(group)):
            record.error_code, record.error_text = ROWS_REFUSED, ", ".join(map(str, left_out))
        self.new.append(NewListing(record, group, self._count_findings(record)))
        for index in group:
            self.verdicts[index] = RowVerdict.NEW

    def _compare(self, matched: Sequence[tuple[int, list[int]]]) -> None:
        records = self._existing.load([listing_id for listing_id, _ in matched])
        for listing_id, group in matched:
            edit = self._edit_of(records[listing_id], group)
            if edit.fields or edit.skus or edit.images is not None or edit.new_skus:
                self.changed.append(ChangedListing(edit, group))
            else:
                self.unchanged += 1

    def _edit_of(self, record: ListingRecord, group: list[int]) -> ListingEdit:
        rows = self._rows
        fields = self._changed_fields(record, group)
        category_id = fields.get("category_id", record.category_id)
        images = rows.first(rows.images, group)
        if images is not None and images == record.images:
            images = None
        skus: dict[int, dict[str, Any]] = {}
        new_skus: list[SkuRecord] = []
        by_code = {sku.code: sku for sku in record.skus}
        for index in group:
            stored = by_code.get(rows.codes[index] or "")
            if stored is None:
                new_skus.append(rows.sku(index, category_id))
                self.verdicts[index] = RowVerdict.NEW
            elif values := self._changed_sku(stored, index, category_id):
                skus[stored.id or 0] = values
        listing_changes = {name: (getattr(record, name), value) for name, value in fields.items()}
        if images is not None:
            listing_changes["images"] = (record.images, images)
        if listing_changes:
            self._mark(group[0], listing_changes)
        return ListingEdit(record.id, fields, skus, images, tuple(new_skus))

    def _changed_fields(self, record: ListingRecord, group: list[int]) -> dict[str, Any]:
        rows = self._rows
        fields: dict[str, Any] = {}
        for name, column in rows.listing.items():
            value = rows.first(column, group)
            if value is not None and value != getattr(record, name):
                fields[name] = value
        key = rows.first(rows.product_keys, group)
        if key and key not in (record.product_key, record.product_id):
            fields["product_key"] = key
        attributes = rows.merged(rows.attributes, group)
        if attributes and not _same_properties(attributes, record.attributes):
            fields["attributes"] = attributes
        extra = {**record.extra, **rows.extras(group)}
        if extra != record.extra:
            fields["extra"] = extra
        return fields

    def _changed_sku(self, stored: SkuRecord, index: int, category_id: str) -> dict[str, Any]:
        incoming = self._rows.sku(index, category_id)
        values: dict[str, Any] = {}
        for name in SKU_VALUES:
            value = getattr(incoming, name)
            if value not in (None, "") and value != getattr(stored, name):
                values[name] = value
        if incoming.properties and not _same_properties(incoming.properties, stored.properties):
            values["properties"] = incoming.properties
        if values:
            self._mark(index, {name: (getattr(stored, name), value) for name, value in values.items()})
        return values

    def _mark(self, index: int, changes: dict[str, tuple[Any, Any]]) -> None:
        self.changes.setdefault(index, {}).update(changes)
        if self.verdicts[index] is RowVerdict.SAME:
            self.verdicts[index] = RowVerdict.CHANGED


def _same_properties(left: PropertyList, right: PropertyList) -> bool:
    return len(left) == len(right) and all(map(_same_property, left, right))


def _same_property(left: dict[str, str], right: dict[str, str]) -> bool:
    """By ids where both have them, else by what is written; a picture named on one side only does not count."""
    images = left.get("image", ""), right.get("image", "")
    if all(images) and images[0] != images[1]:
        return False
    if left.get("value_id") and right.get("value_id"):
        return (left.get("name_id"), left["value_id"]) == (right.get("name_id"), right["value_id"])
    return fold(left.get("value", "")) == fold(right.get("value", ""))
