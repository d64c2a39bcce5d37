"""Syncing listings: the platform wins, unsent work stays, nothing is read twice, nothing is lost in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.services.errors import NotFound
from app.services.listings.content import content_hash
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing
from app.services.listings.source import ListingSource
from app.services.marketplace.port import (
    RateLimited,
    Refused,
    RemoteStatus,
    SignedOut,
    SkuContent,
    SkuProperty,
    TemporaryFault,
    Unreachable,
)
from app.services.paging import Query
from app.services.regional_prices import RegionalPrices
from app.services.stores.reading import get_store
from app.services.stores.sync import sync_store
from app.services.tasks import TaskCancelled, TaskContext

LATER = datetime(2026, 4, 2, 12, 0, tzinfo=UTC)


def only(db, product_id="1005001"):
    with db.read() as session:
        number = (
            session.connection()
            .exec_driver_sql("SELECT id FROM listing WHERE product_id = ?", (product_id,))
            .scalar_one()
        )
        return load_listing(session, number)


def rows(db, table="listing"):
    with db.reader.connect() as connection:
        return connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY id").all()


def edit(db, product_id="1005001", **fields):
    edit_listings(db, [ListingEdit(only(db, product_id).id, fields)], label="edit")


def test_a_listing_arrives_whole(db, market, make_lamp, sync):
    market.put(make_lamp("1005001"))
    counts = sync().listings
    assert (counts.seen, counts.new, counts.conflicts, counts.failed) == (1, 1, [], {})
    record = only(db)
    assert (record.title, record.status, record.unit, record.weight_g) == (
        "Bedside Table Lamp Dimmable Touch Control",
        "live",
        "100000015",
        840,
    )
    assert [sku.properties for sku in record.skus] == [
        [{"name": "Color", "value": "White", "name_id": "14", "value_id": "29", "image": ""}],
        [{"name": "Color", "value": "Night black", "name_id": "14", "value_id": "193", "image": ""}],
    ]
    assert record.attributes == [{"name_id": "2", "value_id": "201512802", "name": "Brand Name", "value": "NONE"}]
    assert record.images == ["https://ae01.example/kf/a.jpg", "https://ae01.example/kf/b.jpg"]
    assert record.remote is not None
    assert record.remote["sizechart_id"] == 77
    assert record.sent_hash == record.content_hash == content_hash(record)
    row = ListingSource(db).first_page(Query(text="dimmable"), 5)[0]
    assert (row.price_min_minor, row.price_max_minor, row.stock, row.sku_count, row.image_count) == (
        1890,
        1990,
        120,
        2,
        2,
    )
    assert row.is_changed == 0


@pytest.mark.parametrize(
    ("remote", "raw", "local", "reason"),
    [
        (RemoteStatus.ON_SALE, {}, "live", ""),
        (RemoteStatus.IN_REVIEW, {}, "in_review", ""),
        (RemoteStatus.REJECTED, {}, "rejected", ""),
        (RemoteStatus.OFF_SALE, {"ws_display": "expire_offline"}, "off", "expired"),
        (RemoteStatus.OFF_SALE, {"ws_display": "violate_offline"}, "off", "violation"),
        (RemoteStatus.OFF_SALE, {}, "off", "other"),
    ],
)
def test_every_state_of_the_platform_has_ours(db, market, make_lamp, sync, remote, raw, local, reason):
    market.put(make_lamp("1005001", status=remote, raw=raw))
    sync()
    assert (only(db).status, only(db).off_reason) == (local, reason)


def test_ships_from_is_read_from_the_sale_property(db, market, make_lamp, sync):
    spain = SkuContent("LM4402-WH_CES", 2355, 35, (SkuProperty("14", "29"), SkuProperty("200007763", "201336104")))
    china = SkuContent("LM4402-WH", 1890, 9, (SkuProperty("14", "29"), SkuProperty("200007763", "201441035")))
    odd = SkuContent("LM4402-WH_X", 1890, 9, (SkuProperty("14", "29"), SkuProperty("200007763", "1")))
    market.put(make_lamp("1005001", skus=(spain, china, odd)))
    sync()
    assert [sku.ships_from for sku in only(db).skus] == ["ES", "CN", ""]
    assert only(db).skus[0].properties[1]["value"] == "SPAIN"


def test_again_changes_nothing_and_reads_no_detail(db, market, make_lamp, sync):
    market.put(*(make_lamp(f"100500{number}", title=f"Lamp number {number}") for number in range(5)))
    assert sync().listings.new == 5
    before = [rows(db, table) for table in ("listing", "sku", "image")]
    market.calls.clear()
    counts = sync().listings
    assert (counts.seen, counts.new, counts.changed, counts.unchanged) == (5, 0, 0, 5)
    assert market.called("read_listing") == []
    assert [rows(db, table) for table in ("listing", "sku", "image")] == before


def test_a_change_on_the_platform_comes_over_and_nothing_else_is_read(db, market, make_lamp, sync):
    market.put(make_lamp("1005001"), make_lamp("1005002", title="Second lamp"))
    sync()
    sku_ids = [sku.id for sku in only(db).skus]
    cheaper = (SkuContent("LM4402-BK", 1500, 7, (SkuProperty("14", "193"),)), SkuContent("LM4402-XL", 2500, 1))
    market.put(make_lamp("1005001", title="Lamp, now better", skus=cheaper, modified_at=LATER))
    market.calls.clear()
    counts = sync().listings
    assert (counts.changed, counts.unchanged, counts.new) == (1, 1, 0)
    assert market.called("read_listing") == ["1005001"]
    record = only(db)
    assert record.title == "Lamp, now better"
    assert [(sku.code, sku.price_minor) for sku in record.skus] == [("LM4402-BK", 1500), ("LM4402-XL", 2500)]
    assert record.skus[0].id == sku_ids[1]
    assert not record.is_changed_since_publish
    assert ListingSource(db).count(Query(text="now better")) == 1


def test_a_listing_modified_in_the_second_of_the_read_is_read_again(db, market, make_lamp, sync):
    market.put(make_lamp("1005001", modified_at=datetime.now(UTC)))
    sync()
    market.calls.clear()
    sync()
    assert market.called("read_listing") == ["1005001"]


def only_in(connection, listing_id):
    from sqlalchemy.orm import Session

    with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
        return load_listing(session, listing_id)


def put_task(db, listing_id, state, **values):
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO publish_batch (store_id, state, total, created_ms) VALUES (1, '', 1, 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO publish_task (batch_id, store_id, listing_id, action, state, content_hash, title, codes, "
            "attempts, owner, error_code, error_params, error_text, error_field) "
            "VALUES (1, 1, ?, 'create', ?, '', ?, ?, 1, '', '', '{}', '', '')",
            (listing_id, state, values.get("title", ""), values.get("codes", "")),
        )


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_an_unanswered_create_is_left_to_the_publish_queue(db, market, make_lamp, make_listing, sync, state):
    draft = make_listing(status=state)
    put_task(db, draft.id, state, title=draft.title, codes="LM4402-BK\nLM4402-WH")
    market.put(make_lamp("1005001"), make_lamp("1005002", title="Somebody else's lamp"))
    counts = sync().listings
    assert (counts.new, counts.waiting) == (1, 1)
    with pytest.raises(Exception, match="No row"):
        only(db, "1005001")
    assert only(db, "1005002").status == "live"


@pytest.mark.parametrize("status", ["queued", "sending", "unknown"])
def test_the_queues_status_is_not_touched(db, market, make_lamp, sync, status):
    market.put(make_lamp("1005001"))
    sync()
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET status = ?", (status,))
    market.put(make_lamp("1005001", title="New title", status=RemoteStatus.OFF_SALE, modified_at=LATER))
    sync()
    assert only(db).status == status


def test_a_rejected_listing_keeps_its_reason_until_it_is_live(db, market, make_lamp, sync):
    market.put(make_lamp("1005001", status=RemoteStatus.REJECTED))
    sync()
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE listing SET error_code = 'marketplace.rejected', error_text = 'brand'")
    market.put(make_lamp("1005001", status=RemoteStatus.REJECTED, weight_g=900, modified_at=LATER))
    sync()
    assert (only(db).weight_g, only(db).error_text) == (900, "brand")
    market.put(make_lamp("1005001", weight_g=900, modified_at=LATER + timedelta(days=1)))
    sync()
    assert (only(db).status, only(db).error_text) == ("live", "")


def test_one_unreadable_listing_fails_alone_and_is_read_next_time(db, market, make_lamp, sync):
    market.put(make_lamp("1005001"), make_lamp("1005002", title="Second"))
    market.faults["read_listing:1005001"] = [TemporaryFault()]
    counts = sync().listings
    assert (counts.new, counts.failed) == (1, {"1005001": "marketplace.temporary"})
    counts = sync().listings
    assert (counts.new, counts.failed) == (1, {})


def test_nothing_readable_is_an_outage_not_a_list_of_failures(db, market, make_lamp, sync):
    market.put(make_lamp("1005001"), make_lamp("1005002"))
    market.faults["read_listing"] = [TemporaryFault(), TemporaryFault()]
    with pytest.raises(TemporaryFault):
        sync()
    assert get_store(db, 1).last_sync_at is None


@pytest.mark.parametrize(("error", "health"), [(RateLimited(retry_after_s=9), "ok"), (SignedOut(), "signed_out")])
def test_a_limit_or_a_dead_token_stops_the_sync_and_it_goes_on_later(db, market, make_lamp, sync, error, health):
    market.put(*(make_lamp(f"100500{number}", title=f"Lamp {number}") for number in range(5)))
    market.faults["read_listing:1005003"] = [error]
    with pytest.raises(type(error)):
        sync()
    assert len(rows(db)) == 2
    assert get_store(db, 1).health == health
    market.calls.clear()
    assert sync().listings.new == 3
    assert market.called("read_listing") == ["1005002", "1005003", "1005004"]
    assert get_store(db, 1).health == "ok"


def test_stopping_between_pages_keeps_what_was_read(db, market, make_lamp, sync):
    market.put(*(make_lamp(f"100500{number}", title=f"Lamp {number}") for number in range(5)))

    class AfterTwoPages(TaskContext):
        def report(self, done, total=None, **rest):
            super().report(done, total, **rest)
            if done >= 4:
                self.stop.set()

    with pytest.raises(TaskCancelled):
        sync(ctx=AfterTwoPages())
    assert len(rows(db)) == 4
    assert sync().listings.new == 1


def test_a_listing_the_platform_deleted_is_off_sale(db, market, make_lamp, sync):
    market.put(make_lamp("1005001"), make_lamp("1005002", title="Second"))
    sync()
    del market.listings["1005001"]
    counts = sync().listings
    assert counts.removed == [only(db).id]
    assert (only(db).status, only(db).off_reason) == ("off", "deleted")
    assert sync().listings.removed == []


def test_a_listing_missing_from_the_lists_but_readable_is_kept(db, market, make_lamp, sync, monkeypatch):
    market.put(make_lamp("1005001"))
    sync()
    listed = market.list_listings

    async def forgetful(*args, **options):
        found = await listed(*args, **options)
        return type(found)((), 1, 1, 0)

    monkeypatch.setattr(market, "list_listings", forgetful)
    counts = sync().listings
    assert (counts.removed, counts.seen) == ([], 1)
    assert only(db).status == "live"


def test_a_listing_that_moves_between_two_lists_is_counted_once(db, market, make_lamp, sync):
    market.put(make_lamp("1005001", status=RemoteStatus.IN_REVIEW))
    listed = market.list_listings

    async def moving(*args, **options):
        found = await listed(*args, **options)
        market.put(make_lamp("1005001"))
        return found

    market.list_listings = moving
    counts = sync().listings
    assert (counts.seen, counts.new) == (1, 1)


def test_names_are_ids_where_a_category_tells_nothing(db, market, make_lamp, sync):
    market.put(make_lamp("1005001", category_id="4401"))
    market.faults["category_attributes"] = [Refused()]
    assert sync().listings.new == 1
    assert only(db).skus[0].properties[0] == {
        "name": "14",
        "value": "29",
        "name_id": "14",
        "value_id": "29",
        "image": "",
    }


async def test_an_unknown_store_is_named(db, market):
    with pytest.raises(NotFound):
        await sync_store(db, market, 99)


def test_ids_that_an_undone_import_may_bring_back_are_not_given_away(db, market, make_lamp, sync):
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO change (uid, kind, label, params, source, actor, listing_count, created_ms) "
            "VALUES ('u', 'import', 'change.import', '{}', '', '', 3, 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO change_range (change_id, first_listing_id, last_listing_id) VALUES (1, 40, 42)"
        )
    market.put(make_lamp("1005001"), make_lamp("1005002", title="Second"))
    assert sync().listings.touched == [43, 44]


def test_a_listing_told_twice_on_one_page_is_stored_once(db, market, make_lamp, sync, monkeypatch):
    market.put(make_lamp("1005001"))
    listed = market.list_listings

    async def stuttering(*args, **options):
        found = await listed(*args, **options)
        return type(found)(found.rows * 2, found.page, found.pages, found.total)

    monkeypatch.setattr(market, "list_listings", stuttering)
    assert sync().listings.new == 1
    assert len(rows(db)) == 1


def test_what_a_sync_brings_is_checked(db, market, make_lamp, sync):
    market.put(make_lamp("1005001", title="台灯"))
    sync()
    with db.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT block_count FROM listing").scalar() > 0


def test_a_picture_of_a_variant_and_of_the_listing_is_ours_by_its_address(db, market, make_lamp, make_listing, sync):
    """A file that became an address in this store's photobank; the same file in another store's says nothing."""
    make_listing(product_id="1005001", images=("/photos/a.jpg", "/photos/b.jpg"))
    with db.bulk() as connection:
        for name, store in (("a", 1), ("b", 1)):
            connection.exec_driver_sql(
                "INSERT INTO image_file (source, sha256, format, problem) VALUES (?, ?, 'jpeg', '')",
                (f"/photos/{name}.jpg", f"hash-{name}"),
            )
            connection.exec_driver_sql(
                "INSERT INTO uploaded_image (store_id, sha256, url, uploaded_ms) VALUES (?, ?, ?, 1)",
                (store, f"hash-{name}", f"https://ae01.example/kf/{name}.jpg"),
            )
        connection.exec_driver_sql(
            "UPDATE listing SET sent_hash = content_hash, status = 'live', category_id = '2101', handling_days = 5, "
            "freight_template_id = '1', unit = '100000015', weight_g = 1, length_cm = 1, width_cm = 1, height_cm = 1"
        )
        connection.exec_driver_sql("UPDATE sku SET properties = '[]'")
    market.put(make_lamp("1005001"))
    sync()
    assert only(db).images == ["/photos/a.jpg", "/photos/b.jpg"]


@pytest.mark.parametrize(
    ("error", "health"), [(Refused("marketplace.signature"), "wrong_secret"), (Unreachable(), "unreachable")]
)
def test_a_sync_that_gets_nowhere_says_on_the_store_what_is_the_matter(db, market, make_lamp, sync, error, health):
    market.put(make_lamp("1005001"))
    market.faults["list_listings"] = [error]
    with pytest.raises(type(error)):
        sync()
    assert get_store(db, 1).health == health
    sync()
    assert get_store(db, 1).health == "ok"


def test_prices_by_country_come_over_and_not_told_is_not_none(db, market, make_lamp, sync):
    ten, five = (RegionalPrices("percentage", {"RU": step}) for step in (-10, 5))
    lamp = make_lamp("1005001")
    market.put(replace(lamp, content=replace(lamp.content, regional_prices=ten)))
    sync()
    assert only(db).regional_prices == ten.stored() and not only(db).is_changed_since_publish
    other = make_lamp("1005001", modified_at=LATER)
    market.put(replace(other, content=replace(other.content, regional_prices=five)))
    assert sync().listings.changed == 1
    assert only(db).regional_prices == five.stored() and not only(db).is_changed_since_publish
    unread = make_lamp("1005001", modified_at=LATER + timedelta(days=1))
    market.put(replace(unread, content=replace(unread.content, regional_prices=None)))
    sync()
    assert only(db).regional_prices is None
