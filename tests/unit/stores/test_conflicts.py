"""Changed here and on the platform: both sides are kept, shown field by field, and a person decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.services.history.undo import undo
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing
from app.services.marketplace.port import SkuContent, SkuProperty
from app.services.stores.sync.conflicts import Side, conflicts, count_conflicts, resolve
from app.services.tasks import TaskCancelled, TaskContext

LATER = datetime(2026, 4, 2, 12, 0, tzinfo=UTC)


def only(db, product_id="1005001"):
    with db.read() as session:
        sql = "SELECT id FROM listing WHERE product_id = ?"
        return load_listing(session, session.connection().exec_driver_sql(sql, (product_id,)).scalar_one())


@pytest.fixture
def clash(db, market, make_lamp, sync):
    """Our title, price and weight; their title, stock and time to ship."""
    market.put(make_lamp("1005001"))
    sync()
    ours = only(db)
    skus = {ours.skus[0].id: {"price_minor": 1790}}
    edit_listings(db, [ListingEdit(ours.id, {"title": "Ours", "weight_g": 900}, skus)], label="change.edit")
    lamp = make_lamp("1005001", title="Theirs", handling_days=7, modified_at=LATER)
    first, second = lamp.content.skus
    market.put(replace(lamp, content=replace(lamp.content, skus=(first, replace(second, stock=44)))))
    sync()
    return only(db)


def fields(db):
    (found,) = conflicts(db)
    return {(one.field, one.code): (one.ours, one.theirs) for one in found.differences}


def test_every_field_is_shown_with_both_sides(db, clash):
    (found,) = conflicts(db, 1)
    assert (found.listing_id, found.product_id, found.title) == (clash.id, "1005001", "Ours")
    assert fields(db) == {
        ("title", ""): ("Ours", "Theirs"),
        ("handling_days", ""): (5, 7),
        ("weight_g", ""): (900, 840),
        ("sku.price_minor", "LM4402-WH"): (1790, 1890),
        ("sku.stock", "LM4402-BK"): (0, 44),
    }
    assert (count_conflicts(db, 1), count_conflicts(db, 2), conflicts(db, 2)) == (1, 0, [])


def test_taking_theirs_is_an_edit_that_can_be_undone(db, clash):
    done = resolve(db, [clash.id], Side.THEIRS)
    assert (done.settled, done.open, conflicts(db)) == (1, 0, [])
    after = only(db)
    assert (after.title, after.handling_days, after.weight_g) == ("Theirs", 7, 840)
    assert [(sku.price_minor, sku.stock) for sku in after.skus] == [(1890, 120), (1990, 44)]
    assert not after.is_changed_since_publish
    undo(db)
    assert (only(db).title, only(db).skus[0].price_minor) == ("Ours", 1790)


def test_keeping_ours_changes_nothing_and_is_sent_by_the_next_publish(db, clash, sync):
    done = resolve(db, [clash.id], Side.OURS)
    assert (done.settled, done.change, conflicts(db)) == (1, None, [])
    assert (only(db).title, only(db).is_changed_since_publish) == ("Ours", True)
    sync()
    assert conflicts(db) == [], "the platform said nothing new"


def test_field_by_field(db, clash):
    assert resolve(db, [clash.id], Side.THEIRS, {"handling_days", "sku.stock"}).open == 1
    assert ("sku.stock", "LM4402-BK") not in fields(db)
    assert resolve(db, [clash.id], Side.OURS, {"title", "sku.price_minor"}).open == 1
    assert fields(db) == {("weight_g", ""): (900, 840)}
    assert resolve(db, [clash.id], Side.THEIRS, {"weight_g"}).settled == 1
    after = only(db)
    assert (after.title, after.handling_days, after.weight_g) == ("Ours", 7, 840)
    assert [(sku.price_minor, sku.stock) for sku in after.skus] == [(1790, 120), (1990, 44)]


def test_variant_by_variant(db, clash):
    edit_listings(db, [ListingEdit(clash.id, skus={clash.skus[0].id: {"stock": 1}})], label="change.edit")
    assert resolve(db, [clash.id], Side.THEIRS, {"sku.stock@LM4402-BK"}).open == 1
    assert [sku.stock for sku in only(db).skus] == [1, 44]
    assert resolve(db, [clash.id], Side.OURS, {"sku.stock@LM4402-WH"}).open == 1
    assert not {field for field, _ in fields(db)} & {"sku.stock"}
    assert [sku.stock for sku in only(db).skus] == [1, 44]


def test_in_bulk(db, market, make_lamp, sync):
    market.put(*(make_lamp(f"100500{at}", title=f"Lamp {at}") for at in range(4)))
    sync()
    ids = [only(db, f"100500{at}").id for at in range(4)]
    edit_listings(db, [ListingEdit(number, {"title": "Ours"}) for number in ids], label="change.edit")
    market.put(*(make_lamp(f"100500{at}", title=f"Theirs {at}", modified_at=LATER) for at in range(4)))
    assert sync().listings.conflicts == ids
    assert len(conflicts(db, limit=3)) == 3
    assert [one.listing_id for one in conflicts(db, after=ids[2])] == ids[3:]
    done = resolve(db, ids[:3], Side.THEIRS)
    assert (done.settled, done.change.listing_count, count_conflicts(db)) == (3, 3, 1)


@pytest.mark.parametrize(
    ("side", "codes"), [(Side.THEIRS, ["LM4402-WH", "LM4402-GN"]), (Side.OURS, ["LM4402-WH", "LM4402-BK"])]
)
def test_variants_that_only_one_side_has(db, market, make_lamp, sync, side, codes):
    market.put(make_lamp("1005001"))
    sync()
    ours = only(db)
    edit_listings(db, [ListingEdit(ours.id, {"title": "Ours"})], label="change.edit")
    green = SkuContent("LM4402-GN", 2090, 7, (SkuProperty("14", "193", "Green"),))
    lamp = make_lamp("1005001", modified_at=LATER)
    first, second = lamp.content.skus
    market.put(replace(lamp, content=replace(lamp.content, skus=(first, green, replace(second, code="LM4402-XX")))))
    sync()
    shown = {(one.field, one.code) for one in conflicts(db)[0].differences}
    assert {field for field, _ in shown} >= {"title", "sku.added"}
    assert resolve(db, [ours.id], side).settled == 1
    after = only(db)
    assert set(codes) <= {sku.code for sku in after.skus}
    assert len(after.skus) == (3 if side is Side.THEIRS else 2)
    if side is Side.THEIRS:
        undo(db)
        assert [sku.code for sku in only(db).skus] == ["LM4402-WH", "LM4402-BK"]


def test_a_variant_the_platform_dropped_goes_and_comes_back(db, market, make_lamp, sync):
    market.put(make_lamp("1005001"))
    sync()
    ours = only(db)
    edit_listings(db, [ListingEdit(ours.id, {"title": "Ours"})], label="change.edit")
    lamp = make_lamp("1005001", title="Theirs", modified_at=LATER)
    market.put(replace(lamp, content=replace(lamp.content, skus=lamp.content.skus[:1])))
    sync()
    assert ("sku.removed", "LM4402-BK") in fields(db)
    assert resolve(db, [ours.id], Side.THEIRS, {"sku.removed"}).open == 1
    assert [sku.code for sku in only(db).skus] == ["LM4402-WH"]
    undo(db)
    assert [(sku.id, sku.code) for sku in only(db).skus] == [(sku.id, sku.code) for sku in ours.skus]


def test_a_later_change_there_replaces_theirs_and_agreement_ends_it(db, market, make_lamp, sync, clash):
    market.put(make_lamp("1005001", title="Theirs again", modified_at=LATER + timedelta(days=1)))
    sync()
    assert fields(db)[("title", "")] == ("Ours", "Theirs again")
    ours = only(db)
    same = make_lamp("1005001", title="Ours", weight_g=900, modified_at=LATER + timedelta(days=2))
    first, second = same.content.skus
    market.put(replace(same, content=replace(same.content, skus=(replace(first, price_minor=1790), second))))
    sync()
    assert (conflicts(db), only(db).title) == ([], ours.title)


def test_stopped_nothing_is_written(db, clash):
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        resolve(db, [clash.id], Side.THEIRS, ctx=ctx)
    assert (only(db).title, len(conflicts(db))) == ("Ours", 1)


def test_a_listing_without_a_conflict_is_left_alone(db, clash):
    resolve(db, [clash.id], Side.OURS)
    done = resolve(db, [clash.id, 99], Side.THEIRS)
    assert (done.settled, done.open, done.change) == (0, 0, None)
