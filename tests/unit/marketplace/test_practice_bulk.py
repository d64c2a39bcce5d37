"""Feeds, single calls, deletions, groups and permissions against the practice market over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from app.practice_market import PracticeMarket
from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.port import Refused, RemoteStatus, StoreCredentials, Unanswered
from app.services.marketplace.records import FeedKind, PriceChange, SkuPrice, SkuStock, StockChange
from tests.unit.marketplace.practice import MarketTime, draft, market, time

__all__ = ["market", "time"]

SUBMIT = "aliexpress.solution.feed.submit"


@pytest.fixture
async def store(market: PracticeMarket, time: MarketTime) -> AsyncIterator[AliExpressMarketplace]:
    gateway = Gateway(market.gateway, clock=time)
    keys, account = market.credentials, market.credentials["stores"][0]
    secrets = StoreCredentials(keys["app_key"], keys["app_secret"], account["access_token"])
    yield AliExpressMarketplace(secrets, gateway, store_key="one")
    await gateway.close()


@pytest.fixture
def small_feeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Feeds from five products on, so that the seed is large enough."""
    for kind in rules("wire")["feed_from"]:
        monkeypatch.setitem(rules("wire")["feed_from"], kind, 5)


async def some(store: AliExpressMarketplace, count: int) -> list[Any]:
    found = (await store.list_listings(RemoteStatus.ON_SALE, page_size=count)).rows
    return [await store.read_listing(summary.product_id) for summary in found]


async def test_stocks_and_prices_by_feed(
    store: AliExpressMarketplace, market: PracticeMarket, small_feeds: None
) -> None:
    listings = await some(store, 8)
    stocks = [StockChange(one.product_id, tuple(SkuStock(s.code, 9) for s in one.content.skus)) for one in listings]
    prices = [
        PriceChange(one.product_id, tuple(SkuPrice(s.code, s.price_minor + 5) for s in one.content.skus))
        for one in listings
    ]

    stocked = await store.set_stock([*stocks, StockChange("1005009999999999", (SkuStock("A", 1),))])
    priced = await store.set_prices(prices)

    assert set(stocked.done) == set(priced.done) == {one.product_id for one in listings}
    assert stocked.failed.keys() == {"1005009999999999"}
    assert stocked.unknown == priced.unknown == ()
    for before in listings:
        now = await store.read_listing(before.product_id)
        wanted = tuple(replace(sku, stock=9, price_minor=sku.price_minor + 5) for sku in before.content.skus)
        assert now.content.skus == wanted
        assert discounts(now.raw) == discounts(before.raw)
    assert market.state()["applied"][SUBMIT] == 2


def discounts(raw: dict[str, Any]) -> list[Any]:
    return [sku.get("sku_discount_price") for sku in raw["aeop_ae_product_s_k_us"]]


@pytest.mark.parametrize("fault", ["service_timeout_applied", "cut_after_commit", "cut_mid_answer"])
@pytest.mark.usefixtures("small_feeds")
async def test_a_feed_whose_answer_is_lost_is_carried_out_once(
    store: AliExpressMarketplace, market: PracticeMarket, fault: str
) -> None:
    listings = await some(store, 6)
    market.faults.update({"script": [{"method": SUBMIT, "fault": fault}]})

    outcome = await store.set_stock(
        [StockChange(one.product_id, (SkuStock(one.content.skus[0].code, 3),)) for one in listings]
    )

    assert set(outcome.done) == {one.product_id for one in listings}
    assert market.state()["calls"][SUBMIT] == 1


async def test_a_create_by_feed_is_found_by_our_own_item_ids(
    store: AliExpressMarketplace, market: PracticeMarket, time: MarketTime
) -> None:
    one = replace(await draft(store, code="FEED"), group_id="")  # no feed carries one
    two = replace(one, title="Second Backpack", skus=tuple(replace(sku, code=f"B{sku.code}") for sku in one.skus))
    attributes = await store.category_attributes(one.category_id)
    items = [store.feed_item(f"own-{number}", content, attributes) for number, content in enumerate((one, two))]

    started = time.now()
    job = await store.submit_feed(FeedKind.CREATE, items)
    for _ in range(20):
        report = await store.feed_report(job)
        if report.is_over:
            break
        await time.sleep(30)

    assert [verdict.item_id for verdict in sorted(report.verdicts, key=lambda one: one.item_id)] == ["own-0", "own-1"]
    assert all(verdict.is_done for verdict in report.verdicts), report
    products = {verdict.item_id: verdict.product_id for verdict in report.verdicts}
    assert (await store.read_listing(products["own-1"])).content.skus == two.skus
    assert job in {found.job_id for found in await store.feed_jobs(FeedKind.CREATE, started)}


async def test_accounts_without_batches_reach_the_same_end(
    store: AliExpressMarketplace, market: PracticeMarket
) -> None:
    market.faults.update({"forbidden_methods": ["aliexpress.solution.*"]})
    (one,) = await some(store, 1)

    priced = await store.set_prices(
        [PriceChange(one.product_id, tuple(SkuPrice(s.code, 4321) for s in one.content.skus))]
    )
    stocked = await store.set_stock([StockChange(one.product_id, tuple(SkuStock(s.code, 4) for s in one.content.skus))])
    now = await store.read_listing(one.product_id)

    assert priced.done == stocked.done == (one.product_id,)
    assert [(sku.price_minor, sku.stock) for sku in now.content.skus] == [(4321, 4)] * len(one.content.skus)


@pytest.mark.parametrize("pattern", ["aliexpress.offer.*", "aliexpress.solution.product.*"])
async def test_the_market_says_which_family_an_account_may_call(
    store: AliExpressMarketplace, market: PracticeMarket, time: MarketTime, pattern: str
) -> None:
    china = "aliexpress.postproduct.redefining.findproductinfolistquery"
    market.faults.update({"forbidden_methods": [pattern, *([china] if "offer" in pattern else [])]})
    wanted = await draft(store)

    product_id = await store.create_listing(wanted)
    await time.sleep(31)
    await store.edit_listing(product_id, replace(wanted, weight_g=808), accepted=())

    assert (await store.read_listing(product_id)).content == replace(wanted, weight_g=808)
    assert store._families.chosen["products"] == ("solution" if "offer" in pattern else "offer")


@pytest.mark.parametrize("forbidden", [[], ["aliexpress.solution.*"]])
async def test_deleted_is_deleted(store: AliExpressMarketplace, market: PracticeMarket, forbidden: list[str]) -> None:
    listings = await some(store, 3)
    ids = [one.product_id for one in listings]
    await store.set_offline(ids)
    market.faults.update({"forbidden_methods": forbidden})

    outcome = await store.delete_listings(ids)

    assert set(outcome.done) == set(ids)
    with pytest.raises(Refused):
        await store.read_listing(ids[0])


async def test_one_field_a_group_and_charts(store: AliExpressMarketplace, time: MarketTime) -> None:
    (one,) = await some(store, 1)

    group_id = await store.create_group("Summer")
    await store.set_groups(one.product_id, [group_id])
    await store.edit_field(one.product_id, "weight_g", 1234)
    charts = await store.size_charts(one.content.category_id)

    now = await store.read_listing(one.product_id)
    assert (now.content.weight_g, now.content.group_id) == (1234, group_id)
    assert group_id in {group.group_id for group in await store.product_groups()}
    assert all(chart.chart_id for chart in charts)


async def test_creates_without_answer_by_either_family_are_sent_once(
    store: AliExpressMarketplace, market: PracticeMarket
) -> None:
    wanted = await draft(store)
    market.faults.update(
        {
            "forbidden_methods": ["aliexpress.offer.product.post"],
            "script": [{"method": "aliexpress.solution.product.post", "fault": "cut_after_commit"}],
        }
    )

    with pytest.raises(Unanswered):
        await store.create_listing(wanted)

    assert market.state()["calls"]["aliexpress.solution.product.post"] == 1
