"""Renaming, rights and testing a store."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.models import StoreAccess, StoreHealth
from app.services import keyring_store
from app.services.application import Application
from app.services.clock import now_ms
from app.services.credentials import CredentialsMissing
from app.services.errors import NotFound
from app.services.history.listing import can_redo, can_undo, list_changes
from app.services.history.undo import undo
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.marketplace.aliexpress.mapping import methods
from app.services.marketplace.aliexpress.mapping.methods import Repeat
from app.services.marketplace.order_records import ShipmentNotice
from app.services.marketplace.port import ListingContent, Marketplace, Refused, RemoteStatus, StoreCredentials
from app.services.marketplace.records import (
    FeedItem,
    FeedKind,
    GroupChange,
    PriceChange,
    SkuPrice,
    SkuStock,
    StockChange,
)
from app.services.publishing.queue import enqueue
from app.services.publishing.report import send_again
from app.services.publishing.run import publish
from app.services.publishing.turns import Schedule
from app.services.stores.adding import BadStoreName, add_store
from app.services.stores.editing import (
    BadAlias,
    BadQuota,
    NameTaken,
    NotConfirmed,
    PracticeAlias,
    StoreBusy,
    change_store,
    set_access,
)
from app.services.stores.leaving import disconnect_store, remove_store
from app.services.stores.readiness import ReadOnlyStore
from app.services.stores.reading import get_store, mark_health
from app.services.stores.trying import probe_connection
from tests.unit.stores.market_program import running_market

TOKENS = StoreCredentials("501234", "s3cret-of-the-app", "access-0123456789", "refresh-9876543210")
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    with running_market(tmp_path_factory.mktemp("market")) as running:
        yield running


@pytest.fixture
def app(tmp_path, monkeypatch, db):
    """Over the database of `db`, which has one store."""
    monkeypatch.setattr(keyring_store, "system_keyring", lambda: None)
    with Application(db.path.parent) as application:
        yield application


def run(app, coroutine):
    async def whole():
        try:
            return await coroutine
        finally:
            await app.disconnect()

    return asyncio.run(whole())


# -- names, colours, rights --------------------------------------------------------------------------------------------


def test_a_store_gets_another_name_alias_colour_and_quota(db):
    store = change_store(db, 1, name="  Chenfan   Digital ", alias="CF3C", colour=13, quota=300)
    assert (store.name, store.alias, store.colour, store.listing_quota) == ("Chenfan Digital", "cf3c", 3, 300)
    assert change_store(db, 1, alias="", quota=0).listing_quota is None
    assert get_store(db, 1).alias == ""


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": "amber"}, NameTaken),
        ({"name": " "}, BadStoreName),
        ({"alias": "abc"}, BadAlias),
        ({"alias": "ab d"}, BadAlias),
        ({"alias": "台灯灯灯"}, BadAlias),
        ({"alias": "CYJJ"}, BadAlias),
        ({"quota": -1}, BadQuota),
        ({"name": "Fine", "alias": "nope!"}, BadAlias),
    ],
)
def test_what_cannot_be_changes_nothing(app, change, error):
    add_store(app, "Amber", NOWHERE, TOKENS, alias="cyjj")
    before = get_store(app.db, 1)
    with pytest.raises(error):
        change_store(app.db, 1, **change)
    assert get_store(app.db, 1) == before


def test_a_practice_store_keeps_the_alias_it_is_known_by(app):
    store = add_store(app, "Practice", NOWHERE, TOKENS, alias="prc1")
    with pytest.raises(PracticeAlias):
        change_store(app.db, store.id, alias="abcd")
    assert change_store(app.db, store.id, alias="prc1", name="Training").name == "Training"


def queue_task(db, listing_id, state="queued"):
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO publish_batch (id, store_id, state, total, created_ms) VALUES (7, 1, 'running', 1, 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO publish_task (batch_id, store_id, listing_id, action, state, content_hash, title, codes, "
            "attempts, owner, error_code, error_params, error_text, error_field) "
            "VALUES (7, 1, ?, 'create', ?, '', '', '', 0, '', '', '{}', '', '')",
            (listing_id, state),
        )


def test_rights_are_given_and_taken_but_not_under_running_work(db, make_listing):
    assert set_access(db, 1, StoreAccess.READ_ONLY).access == "read_only"
    with pytest.raises(NotConfirmed):
        set_access(db, 1, StoreAccess.OPERATE)
    assert get_store(db, 1).access == "read_only"
    assert set_access(db, 1, StoreAccess.OPERATE, is_confirmed=True).access == "operate"
    queue_task(db, make_listing().id)
    with pytest.raises(StoreBusy) as busy:
        set_access(db, 1, StoreAccess.READ_ONLY)
    assert busy.value.params["n"] == 1
    assert get_store(db, 1).access == "operate"


def test_the_history_tells_who_made_a_store_operable_and_when(db, monkeypatch, make_listing):
    monkeypatch.setattr("app.services.history.recording.getpass.getuser", lambda: "wang.fang")
    undone = edit_listings(db, [ListingEdit(make_listing().id, fields={"title": "Another"})], label="edit").uid
    undo(db, undone)
    set_access(db, 1, StoreAccess.READ_ONLY)
    set_access(db, 1, StoreAccess.READ_ONLY)
    set_access(db, 1, StoreAccess.OPERATE, is_confirmed=True)
    newest, before, *_ = list_changes(db)
    assert (newest.kind, newest.label, before.label) == ("right", "history.right.operate", "history.right.read_only")
    assert newest.params == {"store": get_store(db, 1).name, "who": "wang.fang"}
    assert abs(newest.created_at.timestamp() * 1000 - now_ms()) < 60_000
    with pytest.raises(NotFound):
        undo(db, newest.uid)
    assert can_undo(db) is None
    assert can_redo(db) is not None, "a right is no edit that an undo would have to make way for"


def test_who_gave_a_right_is_known_after_the_store_is_gone(app):
    store = add_store(app, "Shared", NOWHERE, TOKENS, access=StoreAccess.READ_ONLY)
    set_access(app.db, store.id, StoreAccess.OPERATE, is_confirmed=True)
    remove_store(app, store.id)
    assert [change.params["store"] for change in list_changes(app.db) if change.kind == "right"] == ["Shared"]


async def _edit_any(market):
    page = await market.list_listings(RemoteStatus.ON_SALE, page_size=1)
    remote = await market.read_listing(page.rows[0].product_id)
    await market.edit_listing(remote.product_id, replace(remote.content, title="Another title"))


async def _price_any(market):
    page = await market.list_listings(RemoteStatus.ON_SALE, page_size=1)
    remote = await market.read_listing(page.rows[0].product_id)
    return await market.set_prices([PriceChange(remote.product_id, (SkuPrice(remote.content.skus[0].code, 100),))])


async def _regroup_any(market):
    page = await market.list_listings(RemoteStatus.ON_SALE, page_size=1)
    return await market.move_groups([GroupChange(page.rows[0].product_id, "", "1")])


WRITES = {
    "create_listing": lambda market: market.create_listing(CONTENT),
    "edit_listing": _edit_any,
    "upload_image": lambda market: market.upload_image("a.jpg", b"\xff\xd8"),
    "delete_listings": lambda market: market.delete_listings(["1005001"]),
    "edit_field": lambda market: market.edit_field("1005001", "title", "Another"),
    "set_prices": _price_any,
    "set_stock": lambda market: market.set_stock([StockChange("1005001", (SkuStock("A", 1, sku_id="1"),))]),
    "move_groups": _regroup_any,
    "submit_feed": lambda market: market.submit_feed(FeedKind.STOCK, [FeedItem("1", {"a": 1})]),
    "create_group": lambda market: market.create_group("New"),
    "set_groups": lambda market: market.set_groups("1005001", ["1"]),
    "set_online": lambda market: market.set_online(["1005001"]),
    "set_offline": lambda market: market.set_offline(["1005001"]),
    "declare_shipment": lambda market: market.declare_shipment(ShipmentNotice("8001", "Other", "X1")),
    "change_shipment": lambda market: market.change_shipment("Other", "X1", ShipmentNotice("8001", "Other", "X2")),
}
CONTENT = ListingContent("Lamp", "2101", "<p/>", ("https://x.example/a.jpg",), (), "1", 5, "100000015", 1, 1, 1, 1)


READS = {
    "list_listings", "read_listing", "find_listings", "preview_edit", "feed_item", "feed_report", "feed_jobs",
    "permissions", "pauses", "store_profile", "size_charts", "review_status", "category_children",
    "category_attributes", "product_groups", "freight_templates", "freight_template", "promise_templates",
    "carriers", "list_orders", "read_order", "track", "close", "listings_titled", "calls_made", "feed_pays",
    "feed_refusal", "fetch_image",
}  # fmt: skip
"""`permissions` sends writes that cannot be carried out; on a read-only store not even those."""


def test_everything_a_marketplace_can_do_is_known_to_read_or_to_write():
    """A new method of the port must be put on one side, and so be walked by the test below."""
    port = {name for name in vars(Marketplace) if not name.startswith("_")}
    assert port == READS | WRITES.keys()


WRITING = sorted(
    one.name for one in vars(methods).values() if isinstance(one, methods.Method) and one.repeat is not Repeat.READ
)


@pytest.mark.parametrize("name", WRITING)
def test_no_writing_method_of_the_platform_leaves_for_a_read_only_store(app, market, name):
    store = add_store(app, "Shared", market.gateway, market.credentials(), access=StoreAccess.READ_ONLY)
    method = next(one for one in vars(methods).values() if isinstance(one, methods.Method) and one.name == name)
    before = market.calls()

    async def attempt():
        async with app.connected(store) as marketplace:
            await marketplace._session.call(method, {})

    with pytest.raises(Refused) as refused:
        run(app, attempt())
    assert refused.value.error_code == "marketplace.read_only"
    assert market.calls() == before


def test_the_queue_takes_nothing_for_a_read_only_store(app, market, make_listing):
    """Every way into the queue and out of it, on a store whose listings were queued while it was operable."""
    listing = make_listing()
    queue_task(app.db, listing.id, state="failed")
    set_access(app.db, 1, StoreAccess.READ_ONLY)
    for enter in (
        lambda: enqueue(app.db, 1, [listing.id]),
        lambda: enqueue(app.db, 1, [listing.id], release_held=True, schedule=Schedule(1, 1)),
        lambda: send_again(app.db, 7),
        lambda: asyncio.run(publish(app.db, None, 1)),
        lambda: asyncio.run(publish(app.db, None, 1, 7, waits_for_time=True)),
    ):
        with pytest.raises(ReadOnlyStore):
            enter()


@pytest.mark.parametrize("write", WRITES)
def test_nothing_that_writes_leaves_for_a_read_only_store(app, market, write):
    """At the last door before the wire, whoever asks: window, command line, queue, or code that is yet to come."""
    store = add_store(app, "Shared", market.gateway, market.credentials(), access=StoreAccess.READ_ONLY)
    before = market.calls()

    async def attempt():
        async with app.connected(store) as marketplace:
            return await WRITES[write](marketplace)

    try:
        outcome = run(app, attempt())
    except Refused as refused:
        assert refused.error_code == "marketplace.read_only"
    else:
        assert outcome.done == ()
        assert set(outcome.failed.values()) == {"marketplace.read_only"}
    called = {name for name, count in market.calls().items() if count > before.get(name, 0)}
    reads = (".query", "listquery", "get", "list", "queryproductgroupidbyproductid")
    assert all(name.endswith(reads) for name in called), called


def test_an_operable_store_may_be_written_to(app, market):
    store = add_store(app, "Own", market.gateway, market.credentials())

    async def attempt():
        async with app.connected(store) as marketplace:
            return await marketplace.set_offline(["1"])

    assert "marketplace.read_only" not in run(app, attempt()).failed.values()


# -- testing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("health", [StoreHealth.SIGNED_OUT, StoreHealth.WRONG_SECRET, StoreHealth.UNREACHABLE])
def test_a_working_connection_says_what_works_and_puts_the_light_right(app, market, health):
    store = add_store(app, "Own", market.gateway, market.credentials())
    mark_health(app.db, store.id, health)
    report = run(app, probe_connection(app, store))
    assert report.works
    assert [probe.part for probe in report.probes] == ["listings", "orders", "freight", "groups", "categories"]
    assert all(probe.count for probe in report.probes if probe.part in ("listings", "freight", "groups"))
    assert get_store(app.db, store.id).health == "ok"


def test_a_dead_token_ends_the_test_and_turns_the_light_red(app, market):
    store = add_store(app, "Own", market.gateway, StoreCredentials(*app_of(market), "dead", "dead"))
    report = run(app, probe_connection(app, store))
    assert [(probe.part, probe.error.error_code) for probe in report.probes] == [("listings", "marketplace.signed_out")]
    assert get_store(app.db, store.id).health == "signed_out"


def test_a_wrong_secret_is_named_and_is_no_sign_out(app, market):
    tokens = market.credentials()
    store = add_store(
        app, "Own", market.gateway, StoreCredentials(tokens.app_key, "wrong-secret", tokens.access_token, "")
    )
    report = run(app, probe_connection(app, store))
    assert not report.works
    assert report.probes[0].error.error_code.startswith("marketplace.")
    assert get_store(app.db, store.id).health == "wrong_secret"
    signed_in = add_store(app, "Own", market.gateway, tokens)
    assert signed_in.health == "ok"


def test_missing_tokens_are_an_answer_too(app):
    store = disconnect_store(app, add_store(app, "Own", NOWHERE, TOKENS).id)
    (probe,) = run(app, probe_connection(app, store)).probes
    assert isinstance(probe.error, CredentialsMissing)


@pytest.mark.slow
def test_out_of_reach_is_no_sign_out(app):
    store = add_store(app, "Own", NOWHERE, TOKENS)
    (probe,) = run(app, probe_connection(app, store)).probes
    assert probe.error.error_code == "marketplace.unreachable"
    assert get_store(app.db, store.id).health == "unreachable"


def app_of(market):
    return market.announced["app_key"], market.announced["app_secret"]


def test_the_end_of_both_tokens_is_kept(app):
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    tokens = StoreCredentials("501234", "secret-1", "token-1", "token-2", soon, soon + timedelta(days=150), "77")
    store = add_store(app, "Own", NOWHERE, tokens)
    assert (store.token_expires_at, store.refresh_expires_at) == (soon, soon + timedelta(days=150))
    assert store.seller_id == "77"


WRITING = re.compile(r"post|edit|update|delete|submit|upload|online|offline|set|create|shipment|renew|fulfill")


def test_every_method_that_writes_is_known_to_write():
    """What is marked as a read passes the door of a read-only store: a new method must not slip through."""
    known = [value for value in vars(methods).values() if isinstance(value, methods.Method)]
    writing = [one for one in known if WRITING.match(one.name.rpartition(".")[2]) or "shipment" in one.name]
    assert len(writing) > 5
    assert [one.name for one in writing if one.repeat is methods.Repeat.READ] == []
