"""Edits of nothing but price and stock go together, without a new review; each ends as it would have alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.practice_market import PracticeMarket
from app.services.compliance.loading import load_context
from app.services.db import Database
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.records import ListingRecord
from app.services.marketplace.records import GroupChange
from app.services.publishing.losses import losses_in
from app.services.publishing.queue import enqueue
from app.services.publishing.report import batch_report, send_again
from app.services.publishing.report_book import sentence
from app.services.publishing.results import BatchResult
from app.services.publishing.run import publish
from app.services.publishing.small_edits import small_edit
from app.services.stores.sync import sync_store
from app.services.stores.sync.results import What
from tests.unit.publishing.helpers import journal, loaded, states
from tests.unit.publishing.publisher_program import SETTINGS
from tests.unit.publishing.test_survival import connected, make_part, market, start

__all__ = ["make_part", "market"]  # fixtures

Make = Callable[..., ListingRecord]
STOCK, PRICE = (f"aliexpress.solution.batch.product.{name}.update" for name in ("inventory", "price"))
EDIT = "aliexpress.offer.product.edit"
GROUP = "aliexpress.postproduct.redefining.setgroups"
PROMPT = replace(SETTINGS, settle_s=0.05, confirm_s=0.05)


@pytest.fixture(autouse=True)
def prompt(market: PracticeMarket) -> None:
    market.faults.update({"latency_ms": 0.0, "audit_delay_s": 0.0})


async def send(db: Database, market: PracticeMarket) -> BatchResult:
    async with connected(market) as marketplace:
        return await publish(db, marketplace, 1, settings=PROMPT)


@pytest.fixture
async def live(db: Database, market: PracticeMarket, make_part: Make) -> list[int]:
    """Four listings on sale, as a sync has seen them."""
    ids = [make_part().id for _ in range(4)]
    enqueue(db, 1, ids)
    await send(db, market)
    async with connected(market) as marketplace:
        await sync_store(db, marketplace, 1, what={What.LISTINGS})
    return ids


def change(db: Database, ids: Sequence[int], **values: Any) -> None:
    """Put *values* into every variant of these listings, and queue them."""
    edits = [
        ListingEdit(number, skus={sku.id: values for sku in loaded(db, number).skus if sku.id is not None})
        for number in ids
    ]
    edit_listings(db, edits, label="change.edit")
    assert enqueue(db, 1, list(ids)).queued == len(ids)


def there(market: PracticeMarket) -> list[tuple[str, list[tuple[float, int]]]]:
    """Prices and stocks the market holds, by title."""
    held = [(one["title"], one["record"]["aeop_ae_product_s_k_us"]) for one in market.products(is_full=True)]
    return sorted((title, [(float(sku["sku_price"]), sku["ipm_sku_stock"]) for sku in skus]) for title, skus in held)


def calls(market: PracticeMarket, method: str) -> int:
    return int(market.state()["calls"].get(method, 0))


async def test_prices_and_stocks_of_many_go_in_one_call_each(
    db: Database, market: PracticeMarket, live: list[int]
) -> None:
    change(db, live, price_minor=777, stock=33)
    result = await send(db, market)
    assert (result.live, result.attempts, set(states(db))) == (4, 4, {"live"})
    assert (calls(market, STOCK), calls(market, PRICE), calls(market, EDIT)) == (1, 1, 0)
    assert {tuple(skus) for _, skus in there(market)} == {((7.77, 33), (7.77, 33))}
    assert {loaded(db, number).sent_hash for number in live} == {loaded(db, number).content_hash for number in live}


async def test_stock_alone_is_stock_alone(db: Database, market: PracticeMarket, live: list[int]) -> None:
    change(db, live[:1], stock=1)
    assert (await send(db, market)).live == 1
    assert (calls(market, STOCK), calls(market, PRICE), calls(market, EDIT)) == (1, 0, 0)


async def test_whatever_else_changes_is_a_whole_edit(db: Database, market: PracticeMarket, live: list[int]) -> None:
    edit_listings(db, [ListingEdit(live[0], {"handling_days": 7})], label="change.edit")
    change(db, live, price_minor=777)
    result = await send(db, market)
    assert (result.live, calls(market, PRICE), calls(market, EDIT)) == (4, 1, 1)
    assert {tuple(price for price, _ in skus) for _, skus in there(market)} == {(7.77, 7.77)}


async def test_what_no_sync_has_seen_is_a_whole_edit(db: Database, market: PracticeMarket, make_part: Make) -> None:
    record = make_part()
    enqueue(db, 1, [record.id])
    await send(db, market)
    change(db, [record.id], price_minor=777)
    assert (await send(db, market)).live == 1
    assert (calls(market, PRICE), calls(market, EDIT)) == (0, 1)


def test_a_small_edit_is_certain_or_none(db: Database, make_part: Make) -> None:
    record = make_part()
    facts = {sku.code: [sku.price_minor, sku.stock] for sku in record.skus}
    sent = replace(record, sent_hash=record.content_hash)
    first, second = sent.skus
    cheaper = replace(sent, skus=[replace(first, price_minor=1), second])
    edit = small_edit(cheaper, "7", facts)
    assert edit is not None
    assert edit.stocks is None
    assert edit.prices is not None
    assert [(sku.code, sku.price_minor) for sku in edit.prices.skus] == [(first.code, 1)]
    assert small_edit(cheaper, "7", None) is None
    assert small_edit(cheaper, "7", {**facts, first.code: [2, 3]}) is None, "not what was sent last"
    assert small_edit(replace(cheaper, title="Other"), "7", facts) is None
    moved = small_edit(replace(cheaper, group_id="9"), "7", facts, "")
    assert moved is not None and moved.group == GroupChange("7", "", "9") and moved.prices == edit.prices
    assert small_edit(replace(cheaper, group_id="9"), "7", facts) is None, "nobody noted the group"
    assert small_edit(replace(cheaper, skus=[cheaper.skus[0]]), "7", facts) is None


@pytest.fixture
async def groups(db: Database, market: PracticeMarket, live: list[int]) -> list[str]:
    """Three groups of the store; the first listing is in the first of them, and there in the third as well."""
    async with connected(market) as marketplace:
        made = [await marketplace.create_group(name) for name in ("One", "Two", "Three")]
        await marketplace.set_groups(loaded(db, live[0]).product_id or "", [made[0], made[2]])
        await sync_store(db, marketplace, 1, what={What.GROUPS, What.LISTINGS})
    assert loaded(db, live[0]).group_id == made[0]
    return made


def regroup(db: Database, listing_ids: Sequence[int], group_id: str) -> None:
    edits = [ListingEdit(number, {"group_id": group_id}) for number in listing_ids]
    edit_listings(db, edits, label="change.edit")
    assert enqueue(db, 1, listing_ids).queued == len(listing_ids)


def bound(market: PracticeMarket) -> dict[str, list[int]]:
    return {str(one["product_id"]): one["record"]["group_ids"] for one in market.products(is_full=True)}


async def test_another_group_is_no_edit_and_no_review_and_other_groups_stay(
    db: Database, market: PracticeMarket, live: list[int], groups: list[str]
) -> None:
    market.faults.update({"audit_delay_s": 3600.0})  # a review would not end
    regroup(db, live[:2], groups[1])
    assert (await send(db, market)).live == 2
    assert (calls(market, GROUP), calls(market, EDIT)) == (3, 0)  # the first one made the fixture
    there = bound(market)
    first, second = (there[loaded(db, number).product_id or ""] for number in live[:2])
    assert (first, second) == ([int(groups[1]), int(groups[2])], [int(groups[1])])
    assert all(loaded(db, number).sent_hash == loaded(db, number).content_hash for number in live)


@pytest.mark.parametrize("fault", ["cut_after_commit", "cut_before_commit"])
async def test_a_group_without_an_answer_is_looked_up(
    db: Database, market: PracticeMarket, live: list[int], groups: list[str], fault: str
) -> None:
    market.faults.update({"script": [{"method": GROUP, "fault": fault}]})
    regroup(db, live[:1], groups[1])
    result = await send(db, market)
    assert (result.live, result.unknown) == (1, 0)
    assert bound(market)[loaded(db, live[0]).product_id or ""] == [int(groups[1]), int(groups[2])]


async def synced(db: Database, market: PracticeMarket) -> None:
    async with connected(market) as marketplace:
        await sync_store(db, marketplace, 1, what={What.LISTINGS})


async def test_out_of_its_group_is_a_whole_edit_and_the_market_has_it_in_none(
    db: Database, market: PracticeMarket, live: list[int], groups: list[str]
) -> None:
    regroup(db, live[1:2], groups[1])
    await send(db, market)
    await synced(db, market)
    regroup(db, live[1:2], "")
    assert (await send(db, market)).live == 1
    assert calls(market, EDIT) == 1
    await synced(db, market)
    assert (bound(market)[loaded(db, live[1]).product_id or ""], loaded(db, live[1]).group_id) == ([], "")


async def test_groups_that_nobody_saw_here_are_asked_about_by_name_before_they_go(
    db: Database, market: PracticeMarket, live: list[int], groups: list[str]
) -> None:
    regroup(db, live[:1], "")
    first = await send(db, market)
    (group,) = batch_report(db, first.batch_ids[0]).groups
    assert (first.failed, calls(market, EDIT)) == (1, 0)
    assert sentence(group.message_key, group.params, group.code) == (
        "Not sent, would lose: product group Three. Accept the loss, then send anyway."
    )
    send_again(db, first.batch_ids[0], accepts_losses=True)
    assert (await send(db, market)).live == 1
    assert bound(market)[loaded(db, live[0]).product_id or ""] == []


@pytest.mark.parametrize("emptied", [{"attributes": []}, {"detail_html": ""}, {"attributes": [], "detail_html": ""}])
async def test_emptied_attributes_and_descriptions_are_asked_about_and_then_are_gone_there(
    db: Database, market: PracticeMarket, live: list[int], emptied: dict[str, Any]
) -> None:
    own = [{"name": "Finish", "value": "Brushed"}, {"name": "Thread", "value": "M10"}]
    edit_listings(db, [ListingEdit(live[0], {"attributes": own})], label="change.edit")
    enqueue(db, 1, live[:1])
    await send(db, market)
    record = loaded(db, live[0])
    assert (record.status, len(record.attributes), calls(market, EDIT)) == ("live", 2, 1) and record.detail_html
    edit_listings(db, [ListingEdit(record.id, emptied)], label="change.edit")
    enqueue(db, 1, [record.id])
    first = await send(db, market)
    (group,) = batch_report(db, first.batch_ids[0]).groups
    lost = losses_in(group.params)
    assert (first.failed, group.code, calls(market, EDIT)) == (1, "marketplace.would_lose", 1)
    assert [one.value for one in lost if one.kind == "detail_page"] == (
        [record.detail_html] if "detail_html" in emptied else []
    )
    assert sum(one.kind == "attribute" for one in lost) == (len(record.attributes) if "attributes" in emptied else 0)

    send_again(db, first.batch_ids[0], accepts_losses=True)
    assert (await send(db, market)).live == 1
    await synced(db, market)
    now = loaded(db, live[0])
    assert {name: getattr(now, name) for name in emptied} == emptied
    assert now.content_hash == now.sent_hash


@pytest.mark.parametrize(
    "changed",
    [
        {"attributes": [{"name": "Finish", "value": "Brushed"}]},
        {"detail_html": "<p>Another page.</p>"},
        {"unit": "100000014"},
        {"lot_size": 5},
    ],
)
@pytest.mark.parametrize("fault", ["cut_after_commit", "cut_before_commit"])
async def test_whatever_an_unanswered_edit_changed_is_there_when_it_counts_as_sent(
    db: Database, market: PracticeMarket, live: list[int], fault: str, changed: dict[str, Any]
) -> None:
    market.faults.update({"script": [{"method": EDIT, "fault": fault}]})
    edit_listings(db, [ListingEdit(live[0], changed)], label="change.edit")
    enqueue(db, 1, live[:1])
    result = await send(db, market)
    assert (result.live, result.unknown) == (1, 0)
    sent = loaded(db, live[0])
    await synced(db, market)
    now = loaded(db, live[0])
    assert {name: getattr(now, name) for name in changed} == {name: getattr(sent, name) for name in changed} == changed
    assert now.content_hash == now.sent_hash == sent.content_hash
    assert calls(market, EDIT) == (1 if fault == "cut_after_commit" else 2)


@pytest.mark.parametrize(
    "page", ["<p>x</p><script>y()</script>", '<p>x</p><img src="https://elsewhere.example/b.jpg">']
)
async def test_an_edit_that_arrived_is_not_sent_again_for_what_the_platform_takes_out_of_its_page(
    db: Database, market: PracticeMarket, live: list[int], page: str
) -> None:
    edit_listings(db, [ListingEdit(live[0], {"detail_html": page})], label="change.edit")
    enqueue(db, 1, live[:1])
    await send(db, market)
    edit_listings(db, [ListingEdit(live[0], {"title": "Brass Lamp Socket Of Another Series"})], label="change.edit")
    market.faults.update({"script": [{"method": EDIT, "fault": "cut_after_commit"}]})
    enqueue(db, 1, live[:1])
    assert (await send(db, market)).live == 1
    assert calls(market, EDIT) == 2, "once for each edit"


async def test_another_text_beside_the_same_number_is_sent_again_where_it_did_not_arrive(
    db: Database, market: PracticeMarket, live: list[int]
) -> None:
    with db.read() as session:
        leaf = load_context(session, 1).leaf(loaded(db, live[0]).category_id)
    assert leaf is not None
    name_id, value_id = next(
        (one.attribute_id, next(iter(one.values))) for one in leaf.attributes.values() if one.values
    )
    for text, fault in (("First words", None), ("Second words", "cut_before_commit")):
        own = [{"name_id": name_id, "value_id": value_id, "value": text}]
        edit_listings(db, [ListingEdit(live[0], {"attributes": own})], label="change.edit")
        market.faults.update({"script": [{"method": EDIT, "fault": fault}] if fault else []})
        enqueue(db, 1, live[:1])
        assert (await send(db, market)).live == 1
    assert calls(market, EDIT) == 3
    product_id = int(loaded(db, live[0]).product_id or 0)
    (record,) = [one["record"] for one in market.products(is_full=True) if one["product_id"] == product_id]
    assert [one["attr_value"] for one in record["aeop_ae_product_propertys"]] == ["Second words"]


async def test_a_barcode_taken_away_is_asked_about_and_then_gone_there(
    db: Database, market: PracticeMarket, live: list[int]
) -> None:
    first = loaded(db, live[0]).skus[0]
    for barcode in ("4006381333931", ""):
        edit_listings(db, [ListingEdit(live[0], skus={first.id or 0: {"barcode": barcode}})], label="change.edit")
        enqueue(db, 1, live[:1])
        result = await send(db, market)
        assert (result.live, result.failed) == ((1, 0) if barcode else (0, 1))
    send_again(db, result.batch_ids[0], accepts_losses=True)
    assert (await send(db, market)).live == 1
    await synced(db, market)
    assert loaded(db, live[0]).skus[0].barcode == ""


async def test_keywords_are_nothing_to_send_and_do_not_make_a_price_a_whole_edit(
    db: Database, market: PracticeMarket, live: list[int]
) -> None:
    edit_listings(db, [ListingEdit(number, {"keywords": "lamp, touch"}) for number in live], label="change.edit")
    assert not any(loaded(db, number).is_changed_since_publish for number in live)
    assert [one.reason for one in enqueue(db, 1, live[:1]).skipped] == ["unchanged"]
    change(db, live, price_minor=777)
    assert (await send(db, market)).live == 4
    assert (calls(market, PRICE), calls(market, EDIT)) == (1, 0)
    await synced(db, market)
    assert {loaded(db, number).keywords for number in live} == {"lamp, touch"}


async def test_one_refused_listing_does_not_stop_the_others(
    db: Database, market: PracticeMarket, live: list[int]
) -> None:
    locked = loaded(db, live[1])
    market.faults.update({"promotion_products": [int(locked.product_id or 0)]})
    change(db, live, price_minor=777)
    result = await send(db, market)
    (group,) = batch_report(db, result.batch_ids[0]).groups
    assert (result.live, result.failed) == (3, 1)
    assert (group.code, group.listing_ids) == ("marketplace.in_promotion", (locked.id,))


@pytest.mark.parametrize("fault", ["cut_after_commit", "cut_before_commit", "truncated_json", "service_timeout_lost"])
@pytest.mark.parametrize("method", [STOCK, PRICE])
async def test_a_batch_without_an_answer_is_settled_by_what_is_there(
    db: Database, market: PracticeMarket, live: list[int], method: str, fault: str
) -> None:
    market.faults.update({"script": [{"method": method, "fault": fault}]})
    change(db, live, price_minor=777, stock=33)
    result = await send(db, market)
    is_applied = method == PRICE and fault in ("cut_after_commit", "truncated_json")
    assert (result.live, result.unknown, result.failed) == (4, 0, 0)
    assert (calls(market, EDIT) == 0) is is_applied, "what did not arrive is sent again, as a whole"
    assert {tuple(skus) for _, skus in there(market)} == {((7.77, 33), (7.77, 33))}


@pytest.mark.parametrize(
    ("fault", "is_held"), [("cut_before_commit", True), ("thread_pool_full", True), ("cut_before_commit", False)]
)
async def test_what_the_guard_lets_pass_for_its_stock_alone_is_never_sent_as_a_whole(
    db: Database, market: PracticeMarket, live: list[int], fault: str, is_held: bool
) -> None:
    if is_held:
        with db.bulk() as connection:
            connection.exec_driver_sql(
                "INSERT INTO price_floor (match_key, code, floor_minor, currency) "
                "SELECT match_key, code, 90000, 'USD' FROM sku GROUP BY match_key"
            )
    market.faults.update({"script": [{"method": STOCK, "fault": fault}]})
    change(db, live, stock=1)
    result = await send(db, market)
    assert (result.live, result.unknown, result.failed) == (4, 0, 0)
    assert {stock for _, skus in there(market) for _, stock in skus} == {1}
    assert calls(market, EDIT) == (0 if is_held else 4)
    assert (calls(market, STOCK) > 1) is is_held


POINTS = (
    "after commit 1", "in set_stock 1", "after set_stock 1", "in set_prices 1", "after set_prices 1", "in commit 2",
)  # fmt: skip


@pytest.mark.slow
async def test_killed_at_any_point_the_platform_ends_with_what_was_wanted(
    db: Database, market: PracticeMarket, live: list[int]
) -> None:
    market.faults.update({"latency_ms": {STOCK: 25.0, PRICE: 25.0}})
    for number, point in enumerate(POINTS):
        await send(db, market)
        async with connected(market) as marketplace:
            await sync_store(db, marketplace, 1, what={What.LISTINGS})
        change(db, live, price_minor=500 + number, stock=50 + number)
        program = await start(db, market, point)
        said, _ = await program.communicate()
        assert (program.returncode, said.decode()) == (9, point), said
    await send(db, market)
    last = (5 + (len(POINTS) - 1) / 100, 50 + len(POINTS) - 1)
    assert {tuple(skus) for _, skus in there(market)} == {(last, last)}
    assert {row.state for row in journal(db)} == {"live"}
