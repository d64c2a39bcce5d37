"""Variants whose code was corrected in the sheet: the row has a code nobody knows, and the code it had stands nowhere
any more. What else the variant says tells which one it was."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from app.services.listings.records import SkuRecord
from app.services.listings.text import fold

Mark = Callable[[SkuRecord], Hashable | None]


def renamed(rows: Mapping[int, SkuRecord], left: Sequence[SkuRecord]) -> dict[int, SkuRecord]:
    """The stored variant that each row means by another code; rows in doubt are left out.

    Args:
        rows: variants with unknown codes, by their row.
        left: stored variants of the same listing that the sheet does not name.
    """
    pairs: dict[int, SkuRecord] = {}
    for mark in (_barcode, _property_ids, _property_texts):
        taken = {id(sku) for sku in pairs.values()}
        open_rows = {index: sku for index, sku in rows.items() if index not in pairs}
        pairs |= _paired(open_rows, [sku for sku in left if id(sku) not in taken], mark)
    return pairs


def _paired(rows: Mapping[int, SkuRecord], left: Sequence[SkuRecord], mark: Mark) -> dict[int, SkuRecord]:
    """Pairs of which both sides are the only one with their mark."""
    stored = _only_ones({number: mark(sku) for number, sku in enumerate(left)})
    incoming = _only_ones({index: mark(sku) for index, sku in rows.items()})
    return {index: left[stored[key]] for key, index in incoming.items() if key in stored}


def _only_ones(marks: Mapping[int, Hashable | None]) -> dict[Hashable, int]:
    found: dict[Hashable, int] = {}
    repeated = set()
    for number, mark in marks.items():
        if mark is not None and found.setdefault(mark, number) != number:
            repeated.add(mark)
    return {mark: number for mark, number in found.items() if mark not in repeated}


def _barcode(sku: SkuRecord) -> Hashable | None:
    return sku.barcode or None


def _property_ids(sku: SkuRecord) -> Hashable | None:
    ids = tuple((one.get("name_id", ""), one.get("value_id", "")) for one in sku.properties)
    return (sku.ships_from, ids) if ids and all(value for _, value in ids) else None


def _property_texts(sku: SkuRecord) -> Hashable:
    """Also of a variant without properties: a listing has but one of those."""
    return sku.ships_from, tuple(fold(one.get("value", "")) for one in sku.properties)
