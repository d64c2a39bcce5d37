"""What was edited and not sent yet, or is being sent, stays while listings are synced."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.services.listings.content import content_hash
from app.services.regional_prices import RegionalPrices
from app.services.stores.sync.conflicts import Side, conflicts, resolve
from tests.unit.stores.test_sync_listings import LATER, edit, only, only_in


def test_unsent_work_stays_and_is_no_conflict_while_the_platform_is_still(db, market, make_lamp, sync):
    market.put(make_lamp("1005001", modified_at=datetime.now(UTC)))
    sync()
    edit(db, title="My better title")
    counts = sync().listings
    assert (counts.conflicts, counts.changed) == ([], 0)
    assert only(db).title == "My better title"
    assert only(db).is_changed_since_publish


def test_changed_on_both_sides_keeps_ours_and_says_so(db, market, make_lamp, sync):
    market.put(make_lamp("1005001"))
    sync()
    edit(db, title="My better title")
    market.put(make_lamp("1005001", title="Their other title", weight_g=900, modified_at=LATER))
    counts = sync().listings
    record = only(db)
    assert counts.conflicts == [record.id]
    assert (record.title, record.weight_g) == ("My better title", 840)
    assert record.is_changed_since_publish
    assert record.remote is not None
    assert record.remote["subject"] == "Their other title"
    assert sync().listings.conflicts == []


def test_the_same_edit_on_both_sides_is_no_conflict(db, market, make_lamp, sync):
    market.put(make_lamp("1005001"))
    sync()
    edit(db, title="Agreed title")
    market.put(make_lamp("1005001", title="Agreed title", modified_at=LATER))
    assert sync().listings.conflicts == []
    assert not only(db).is_changed_since_publish


def test_after_publishing_our_own_writing_stays(db, market, make_lamp, make_listing, sync):
    """Files, words and spellings of the sheet mean what the platform has: nothing changes, nothing is overwritten."""
    local = make_listing(
        skus=(("LM4402-WH", 1890, 120), ("LM4402-BK", 1990, 0)),
        images=("/photos/a.jpg", "/photos/b.jpg"),
        product_id="1005001",
        product_key="LAMP-1",
        status="in_review",
        category_id="2101",
        freight_template_id="700126540",
        group_id="5081",
        unit="PCS",
        keywords="lamp，bedside",
        weight_g=840,
        length_cm=24,
        width_cm=24,
        height_cm=38,
        handling_days=5,
        detail_html="<p>Warm light</p>",
        attributes=[{"name": "brand name", "value": "none"}],
        extra={"Supplier": "Lucky Lamps"},
    )
    with db.bulk() as connection:
        for value, sku in zip(("White", "Night black"), local.skus, strict=True):
            connection.exec_driver_sql(
                "UPDATE sku SET properties = json_array(json_object('name', 'color', 'value', ?)) WHERE id = ?",
                (value, sku.id),
            )
        for name in ("a", "b"):
            connection.exec_driver_sql(
                "INSERT INTO image_file (source, sha256, format, problem) VALUES (?, ?, 'jpeg', '')",
                (f"/photos/{name}.jpg", f"hash-{name}"),
            )
            connection.exec_driver_sql(
                "INSERT INTO uploaded_image (store_id, sha256, url, uploaded_ms) VALUES (1, ?, ?, 1)",
                (f"hash-{name}", f"https://ae01.example/kf/{name}.jpg"),
            )
        sent = content_hash(only_in(connection, local.id))
        connection.exec_driver_sql("UPDATE listing SET content_hash = ?, sent_hash = ?", (sent, sent))
    before = only(db)
    market.put(make_lamp("1005001"))
    counts = sync().listings
    after = only(db)
    assert (counts.new, counts.conflicts) == (0, [])
    assert after.status == "live"
    for name in ("images", "unit", "keywords", "attributes", "product_key", "extra", "skus"):
        assert getattr(after, name) == getattr(before, name), name
    assert after.content_hash == after.sent_hash == sent


def test_keywords_the_platform_does_not_tell_stay(db, market, make_lamp, sync):
    market.put(make_lamp("1005001"))
    sync()
    market.put(make_lamp("1005001", keywords=(), weight_g=900, modified_at=LATER))
    assert sync().listings.conflicts == []
    assert (only(db).keywords, only(db).weight_g) == ("lamp, bedside", 900)
    market.put(make_lamp("1005001", keywords=("night light",), modified_at=LATER + timedelta(days=1)))
    sync()
    assert only(db).keywords == "night light"


def test_keywords_changed_here_are_no_unsent_work_and_stay_until_theirs_change(db, market, make_lamp, sync):
    market.put(make_lamp("1005001", raw={"keyword": "lamp", "product_more_keywords1": "bedside"}))
    sync()
    edit(db, keywords="night light")
    assert not only(db).is_changed_since_publish
    same = {"keyword": "lamp", "product_more_keywords1": "bedside"}
    market.put(make_lamp("1005001", weight_g=900, modified_at=LATER, raw=same))
    assert sync().listings.conflicts == []
    assert (only(db).keywords, only(db).weight_g) == ("night light", 900)
    market.put(make_lamp("1005001", keywords=("desk lamp",), modified_at=LATER + timedelta(days=1)))
    sync()
    assert only(db).keywords == "desk lamp"


def test_unsent_work_on_a_failed_listing_keeps_its_status(db, market, make_lamp, sync):
    market.put(make_lamp("1005001"))
    sync()
    edit(db, title="My better title")
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET status = 'failed', error_code = 'marketplace.refused'")
    market.put(make_lamp("1005001", weight_g=900, modified_at=LATER))
    sync()
    assert (only(db).status, only(db).error_code, only(db).title) == (
        "failed",
        "marketplace.refused",
        "My better title",
    )


def test_prices_by_country_changed_on_both_sides_are_a_conflict(db, market, make_lamp, sync):
    market.put(make_lamp("1005001"))
    sync()
    edit(db, regional_prices=RegionalPrices("relative", {"RU": -150}).stored())
    other = make_lamp("1005001", modified_at=LATER)
    theirs = RegionalPrices("percentage", {"ES": 5})
    market.put(replace(other, content=replace(other.content, regional_prices=theirs)))
    assert len(sync().listings.conflicts) == 1
    (found,) = conflicts(db)
    assert [(one.field, one.theirs) for one in found.differences] == [("regional_prices", theirs.stored())]
    resolve(db, [found.listing_id], Side.THEIRS)
    assert only(db).regional_prices == theirs.stored()
