"""Sale properties taken apart: once where they are shared, anew where they may change."""

from __future__ import annotations

from app.services.compliance.variant_looks import VariantLooks
from app.services.listings.records import SkuRecord


def sku(value: str) -> SkuRecord:
    return SkuRecord(None, value, 100, 1, [{"name": "Color", "value": value, "name_id": "14", "value_id": ""}])


def test_a_change_is_seen_while_nothing_is_shared() -> None:
    looks, skus = VariantLooks(), [sku("Red")]
    assert [look.own for look in looks.all(skus)] == [["Red"]]
    skus[0].properties[0]["value"] = "Blue"
    assert [look.own for look in looks.all(skus)] == [["Blue"]]


def test_shared_properties_are_taken_apart_once_and_listings_are_told_apart() -> None:
    looks, one = VariantLooks(), sku("Red")
    looks.share()
    first, second = [one, sku("Green")], [SkuRecord(None, "X", 1, 1, one.properties)]
    assert [look.own for look in looks.all(first)] == [["Red"], ["Green"]]
    assert looks.all(first) is looks.all(first)
    assert looks.all(second)[0] is looks.all(first)[0]
