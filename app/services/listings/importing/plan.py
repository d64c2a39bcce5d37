"""What an import would do: groups of rows matched with stored listings, differences found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import repeat
from typing import Any

from app.models import ListingStatus
from app.services.listings.editing import ListingEdit
from app.services.listings.importing.existing import ExistingListings
from app.services.listings.importing.pairing import renamed
from app.services.listings.importing.quick_look import QuickLook, same_properties
from app.services.listings.importing.records import ChangedListing, ImportCounts, NewListing, RowVerdict
from app.services.listings.importing.same_pictures import SamePictures, images_of, with_images
from app.services.listings.importing.sheet import PropertyList, SheetRows
from app.services.listings.records import ROWS_REFUSED, ListingRecord, SkuRecord
from app.services.packages.rules import package_rules
from app.services.regional_prices import RegionalPrices
from app.services.tasks import TaskContext

AT_ONCE = 2_000
"""Listings looked at between two reports."""

SKU_VALUES = ("code", "price_minor", "stock", "barcode", "ships_from")
_TEXTS = ("title", "keywords", "category_id", "freight_template_id", "group_id", "unit")
_NUMBERS = ("handling_days", "weight_g", "length_cm", "width_cm", "height_cm")

Changes = dict[int, dict[str, tuple[Any, Any]]]


class Comparison:
    """Compares one sheet with one store, whose prices are in *currency*.

    After `run` the results stand in the attributes.
    """

    def __init__(self, rows: SheetRows, existing: ExistingListings, pictures: SamePictures, currency: str) -> None:
        self._rows, self._existing = rows, existing
        self._pictures, self._currency = pictures, currency
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
        whole = [group for group in groups if group]
        self.refused = len(groups) - len(whole)
        ctx.report(0, len(whole), note="import.comparing")
        new: list[list[int]] = []
        matched: list[tuple[int, list[int]]] = []
        for group, listing_id in zip(whole, self._existing.match(self._rows, whole), strict=True):
            if listing_id is None:
                new.append(group)
            else:
                matched.append((listing_id, group))
        look = QuickLook(self._existing.connection, self._rows)
        for done, chunk in self._chunks(matched, 0, len(whole), ctx):
            self._compare(chunk, look.same(chunk))
            ctx.report(done, len(whole), note="import.comparing")
        for done, groups in self._chunks(new, len(matched), len(whole), ctx):
            self._add_new(groups)
            ctx.report(done, len(whole), note="import.comparing")

    @staticmethod
    def _chunks(items: list[Any], before: int, total: int, ctx: TaskContext) -> Iterator[tuple[int, list[Any]]]:
        for start in range(0, len(items), AT_ONCE):
            ctx.checkpoint()
            chunk = items[start : start + AT_ONCE]
            yield min(before + start + len(chunk), total), chunk

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

    # -- new listings ------------------------------------------------------------------------------------------

    def _add_new(self, groups: list[list[int]]) -> None:
        rows = self._rows
        for record, group in zip(self._records(groups), groups, strict=True):
            if rows.refused and (left_out := rows.refused_of(group)):
                record.error_code, record.error_text = ROWS_REFUSED, ", ".join(map(str, left_out))
            given = rows.of_listing(rows.regional, group)
            if given is not None:
                record.regional_prices = RegionalPrices.of(given).for_codes(_codes_of(record.skus)).stored()
            self.new.append(NewListing(record, group, marketing_group=rows.of_listing(rows.marketing, group)))
            for index in group:
                self.verdicts[index] = RowVerdict.NEW

    def _records(self, groups: list[list[int]]) -> Iterator[ListingRecord]:
        """The listings that groups of rows bring, made column by column."""
        rows = self._rows

        def column(name: str, default: Any) -> Any:
            values = rows.listing.get(name)
            return repeat(default) if values is None else rows.firsts(values, groups, default)

        texts = {name: column(name, "") for name in _TEXTS}
        numbers = {name: column(name, None) for name in _NUMBERS}
        nothing: list[str] = []
        return map(
            ListingRecord,
            [0] * len(groups),
            repeat(self._existing.store_id),
            rows.firsts(rows.product_keys, groups, ""),
            repeat(None),
            repeat(ListingStatus.DRAFT),
            repeat(""),
            *(texts[name] for name in _TEXTS),
            column("lot_size", 1),
            *(numbers[name] for name in _NUMBERS),
            repeat(self._currency),
            column("detail_html", ""),
            [rows.merged(rows.attributes, group) for group in groups],
            [rows.extras(group) for group in groups],
            self._skus(groups, texts["category_id"]),
            rows.firsts(rows.images, groups, nothing),
        )

    def _skus(self, groups: list[list[int]], categories: Any) -> Iterator[list[SkuRecord]]:
        indexes = [index for group in groups for index in group]
        of_rows = [category for category, group in zip(categories, groups, strict=False) for _ in group]
        skus = self._rows.skus(indexes, of_rows)
        start = 0
        for group in groups:
            yield skus[start : start + len(group)]
            start += len(group)

    # -- stored listings ---------------------------------------------------------------------------------------

    def _compare(self, matched: Sequence[tuple[int, list[int]]], same: set[int]) -> None:
        self.unchanged += len(same)
        doubtful = [pair for number, pair in enumerate(matched) if number not in same]
        ids = [listing_id for listing_id, _ in doubtful]
        records = self._existing.load(ids)
        groups = self._existing.marketing(ids) if self._rows.marketing else {}
        for listing_id, group in doubtful:
            edit = self._edit_of(records[listing_id], group, groups.get(listing_id, ""))
            if edit.fields or edit.skus or edit.images is not None or edit.new_skus or edit.marketing_group:
                self.changed.append(ChangedListing(edit, group))
            else:
                self.unchanged += 1

    def _edit_of(self, record: ListingRecord, group: list[int], in_group: str) -> ListingEdit:
        """What the rows change in a stored listing that is in the marketing group *in_group*, "" for none."""
        rows = self._rows
        fields = self._changed_fields(record, group)
        category_id = fields.get("category_id", record.category_id)
        images = rows.first(rows.images, group)
        if images is not None:
            images = self._pictures.kept(images, record.images)
        if images == record.images:
            images = None
        skus, new_skus = self._changed_skus(record, group, category_id)
        fields |= self._regional_change(record, group, skus, new_skus)
        listing_changes = {name: (getattr(record, name), value) for name, value in fields.items()}
        marketing = rows.of_listing(rows.marketing, group)
        marketing = None if marketing == in_group else marketing
        if marketing is not None:
            listing_changes["marketing_group"] = (in_group, marketing)
        if images is not None:
            listing_changes["images"] = (record.images, images)
        if listing_changes:
            self._mark(group[0], listing_changes)
        is_complete = not (rows.refused and rows.refused_of(group))
        moved = self._moved(record, images, skus)
        edit = ListingEdit(record.id, fields, skus, images, tuple(new_skus), is_complete=is_complete, moved=moved)
        return replace(edit, marketing_group=marketing)

    def _regional_change(
        self, record: ListingRecord, group: list[int], skus: dict[int, dict[str, Any]], new: list[SkuRecord]
    ) -> dict[str, Any]:
        """Prices by country, where the rows say other ones; a price of all variants is one of those there will be."""
        given = self._rows.of_listing(self._rows.regional, group)
        if given is None:
            return {}
        codes = {str(skus.get(sku.id or 0, {}).get("code", sku.code)) for sku in record.skus} | _codes_of(new)
        stored = RegionalPrices.of(given).for_codes(codes).stored()
        return {} if stored == record.regional_prices else {"regional_prices": stored}

    def _moved(
        self, record: ListingRecord, images: list[str] | None, skus: dict[int, dict[str, Any]]
    ) -> dict[str, str]:
        """Pictures that only lie elsewhere now, of the listing and of its variants: old path → new one."""
        moved = self._pictures.moved(images, record.images) if images is not None else {}
        for sku in record.skus:
            properties = skus.get(sku.id or 0, {}).get("properties")
            if properties is not None:
                moved |= self._pictures.moved(images_of(properties), images_of(sku.properties))
        return moved

    def _changed_skus(
        self, record: ListingRecord, group: list[int], category_id: str
    ) -> tuple[dict[int, dict[str, Any]], list[SkuRecord]]:
        """What the rows change in stored variants, and the variants they add."""
        by_code = {sku.code: sku for sku in record.skus}
        known = {index: sku for index in group if (sku := by_code.get(self._rows.codes[index] or "")) is not None}
        added = {index: self._rows.sku(index, category_id) for index in group if index not in known}
        if added:
            found = {sku.id for sku in known.values()}
            left = [sku for sku in record.skus if sku.id not in found and sku.code not in self._codes]
            known |= renamed(added, left)
        changed = {
            stored.id or 0: values
            for index, stored in known.items()
            if (values := self._changed_sku(stored, index, category_id))
        }
        new = [index for index in added if index not in known]
        for index in new:
            self.verdicts[index] = RowVerdict.NEW
        return changed, [added[index] for index in new]

    @cached_property
    def _codes(self) -> frozenset[str | None]:
        """Every code the sheet names."""
        return frozenset(self._rows.codes)

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
        if attributes and not same_properties(attributes, record.attributes):
            fields["attributes"] = attributes
        extra = {**record.extra, **rows.extras(group)}
        if extra != record.extra and (fields or _without_note(extra) != _without_note(record.extra)):
            fields["extra"] = extra
        return fields

    def _changed_sku(self, stored: SkuRecord, index: int, category_id: str) -> dict[str, Any]:
        incoming = self._rows.sku(index, category_id)
        values: dict[str, Any] = {}
        for name in SKU_VALUES:
            value = getattr(incoming, name)
            if value not in (None, "") and value != getattr(stored, name):
                values[name] = value
        if incoming.properties and not same_properties(incoming.properties, stored.properties):
            properties = self._with_own_pictures(incoming.properties, stored.properties)
            if not same_properties(properties, stored.properties):
                values["properties"] = properties
        if values:
            self._mark(index, {name: (getattr(stored, name), value) for name, value in values.items()})
        return values

    def _with_own_pictures(self, incoming: PropertyList, stored: PropertyList) -> PropertyList:
        """Properties with the stored path of every picture the variant still has. Where nothing but pictures differs,
        all else stays as it is stored."""
        images = self._pictures.kept(images_of(incoming), images_of(stored))
        if len(images) == len(images_of(stored)) and same_properties(with_images(incoming, images_of(stored)), stored):
            incoming = stored
        return with_images(incoming, images)

    def _mark(self, index: int, changes: dict[str, tuple[Any, Any]]) -> None:
        self.changes.setdefault(index, {}).update(changes)
        if self.verdicts[index] is RowVerdict.SAME:
            self.verdicts[index] = RowVerdict.CHANGED


def _codes_of(skus: Sequence[SkuRecord]) -> set[str]:
    return {sku.code for sku in skus}


def _without_note(extra: dict[str, Any]) -> dict[str, Any]:
    """Unknown columns without what a listing keeps of its package: that alone is no change."""
    return {name: value for name, value in extra.items() if name != package_rules().kept_header}
