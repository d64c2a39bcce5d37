"""The button of a finding as an edit of the record it was found in."""

from __future__ import annotations

from app.services.compliance.findings import Fix
from app.services.listings.editing import ListingEdit
from app.services.listings.fixes import edit_of
from app.services.listings.records import ListingRecord, SkuRecord

RECORD = ListingRecord(7, 1, skus=[SkuRecord(11, "A", 1, 1), SkuRecord(12, "B", 2, 2)], images=["a.jpg", "b.jpg"])


def test_a_field_of_the_listing():
    assert edit_of(RECORD, Fix("cut_title", "title", "Lamp")) == ListingEdit(7, fields={"title": "Lamp"})


def test_pictures_are_the_whole_new_list():
    assert edit_of(RECORD, Fix("keep_images", "images", ["a.jpg"])) == ListingEdit(7, images=["a.jpg"])


def test_a_variant_is_meant_by_its_place():
    assert edit_of(RECORD, Fix("use_code", "sku.code", "B-2", sku=1)) == ListingEdit(7, skus={12: {"code": "B-2"}})
    assert edit_of(RECORD, Fix("x", "sku.price", 500, sku=0)) == ListingEdit(7, skus={11: {"price_minor": 500}})
