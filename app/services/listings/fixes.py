"""The one-click remedy of a finding as an edit."""

from __future__ import annotations

from app.services.compliance.findings import Fix
from app.services.listings.editing import ListingEdit
from app.services.listings.records import ListingRecord

SKU_NAMES = {"price": "price_minor"}
"""Fields of a variant whose name in a finding differs from the column's."""


def edit_of(record: ListingRecord, fix: Fix) -> ListingEdit:
    """What pressing the button of *fix* changes in *record*, the listing it was found in."""
    if fix.sku is not None:
        name = fix.field.removeprefix("sku.")
        sku_id = record.skus[fix.sku].id or 0
        return ListingEdit(record.id, skus={sku_id: {SKU_NAMES.get(name, name): fix.value}})
    if fix.field == "images":
        return ListingEdit(record.id, images=list(fix.value))
    return ListingEdit(record.id, fields={fix.field: fix.value})
