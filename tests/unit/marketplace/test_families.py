"""Both families of methods: chosen by what the account may call, remembered, and equal in what they do."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

import pytest

from app.practice_market import PracticeMarket
from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway
from app.services.marketplace.aliexpress.families import FamilyChoice
from app.services.marketplace.aliexpress.gateway import Reply, Upload
from app.services.marketplace.aliexpress.mapping.families import OFFER, PRODUCT_FAMILIES, ProductFamily
from app.services.marketplace.aliexpress.mapping.listing import write_listing
from app.services.marketplace.aliexpress.mapping.methods import LISTING_CREATE
from app.services.marketplace.port import ListingContent, Refused, RemoteStatus, StoreCredentials, WouldLose
from app.services.regional_prices import RegionalPrices
from tests.unit.marketplace.practice import MarketTime, draft
from tests.unit.marketplace.stub import StubMarket, content, credentials, detail, page, refusal, row, sample

SOLUTION_LIST, SOLUTION_READ = "solution.product.list.get", "solution.product.info.get"
SOLUTION_POST = "solution.product.post"
OFFER_LIST, OFFER_POST = "findproductinfolistquery", "offer.product.post"
FORBIDDEN = refusal("InsufficientPermission", "the app may not call this")


class AccountGateway(Gateway):
    """In front of an account that may not call some methods; the market behind it is real."""

    forbidden: tuple[str, ...] = ()

    async def post(
        self, path: str, params: Mapping[str, str], upload: Upload | None = None, *, store: str = ""
    ) -> Reply:
        if any(fnmatchcase(params.get("method", ""), pattern) for pattern in self.forbidden):
            return Reply(json.dumps(FORBIDDEN).encode())
        return await super().post(path, params, upload, store=store)


@pytest.fixture
def time() -> MarketTime:
    return MarketTime()


@pytest.fixture
async def market_store(time: MarketTime) -> AsyncIterator[AliExpressMarketplace]:
    """A store of the practice market whose account is an overseas seller's."""
    async with PracticeMarket(clock=time, faults={"audit_delay_s": 30}) as market:
        gateway = AccountGateway(market.gateway, clock=time)
        gateway.forbidden = ("aliexpress.offer.*", "aliexpress.postproduct.redefining.find*query")
        keys, account = market.credentials, market.credentials["stores"][0]
        secrets = StoreCredentials(keys["app_key"], keys["app_secret"], account["access_token"])
        yield AliExpressMarketplace(secrets, gateway, store_key="overseas")
        await gateway.close()


async def test_an_account_that_may_not_list_one_family_lists_the_other(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    market.answer(OFFER_LIST, FORBIDDEN)
    market.answer(SOLUTION_LIST, page(row(1)))

    assert [summary.product_id for summary in (await store.list_listings(RemoteStatus.ON_SALE)).rows] == ["1"]
    await store.list_listings(RemoteStatus.ON_SALE)

    assert (len(market.of(OFFER_LIST)), len(market.of(SOLUTION_LIST))) == (1, 2)


async def test_what_works_is_told_once_and_used_next_time(gateway: Gateway, market: StubMarket) -> None:
    told: list[Mapping[str, str]] = []
    market.answer(OFFER_LIST, FORBIDDEN)
    market.answer(SOLUTION_LIST, page(row(1)))
    first = AliExpressMarketplace(credentials(), gateway, store_key="mugs", on_families=told.append)
    for _ in range(3):
        await first.list_listings(RemoteStatus.ON_SALE)
    market.seen.clear()

    second = AliExpressMarketplace(credentials(), gateway, store_key="mugs", families=told[0])
    await second.list_listings(RemoteStatus.ON_SALE)

    assert told == [{"products": "solution"}]
    assert market.of(OFFER_LIST) == []


async def test_a_create_that_was_refused_for_want_of_permission_is_made_once(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    market.answer(OFFER_POST, FORBIDDEN)
    market.answer(SOLUTION_POST, sample("product-post")["body"])

    assert await store.create_listing(content())
    await store.create_listing(content())

    assert len(market.of(OFFER_POST)) == 1
    assert [seen.body("post_product_request")["language"] for seen in market.of(SOLUTION_POST)] == ["en", "en"]


async def test_an_account_that_changed_is_noticed(gateway: Gateway, market: StubMarket) -> None:
    told: list[Mapping[str, str]] = []
    store = AliExpressMarketplace(
        credentials(), gateway, store_key="mugs", families={"products": "solution"}, on_families=told.append
    )
    market.answer(SOLUTION_READ, FORBIDDEN)
    market.answer("offer.product.query", detail())

    assert (await store.read_listing("1")).content == content()
    assert told == [{"products": "offer"}]


async def test_an_account_that_may_call_neither_hears_the_first_refusal(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    market.answer(OFFER_LIST, refusal("InsufficientPermission", "no offer"))
    market.answer(SOLUTION_LIST, refusal("InsufficientPermission", "no solution"))

    with pytest.raises(Refused) as caught:
        await store.list_listings(RemoteStatus.ON_SALE)
    assert (caught.value.error_code, caught.value.platform_text) == ("marketplace.permission", "no offer")


async def test_no_other_refusal_moves_to_the_other_family() -> None:
    choice, tried = FamilyChoice(), []

    async def work(family: ProductFamily) -> None:
        tried.append(family.key)
        raise Refused("marketplace.title_length")

    with pytest.raises(Refused):
        await choice.run("products", PRODUCT_FAMILIES, work)
    assert tried == [OFFER.key]
    assert choice.chosen == {}


async def test_orders_come_from_the_family_the_account_may_call(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    market.answer("solution.order.get", FORBIDDEN)
    market.answer("trade.seller.orderlist.get", {"result": {"success": True, "total_page": 0, "total_count": 0}})

    result = await store.list_orders(created_from=store._clock.now(), created_to=store._clock.now())

    assert result.total == 0
    query = market.of("trade.seller.orderlist.get")[0].body("param_aeop_order_query")
    assert query["create_date_start"] == "2026-03-01 20:00:00"
    assert "order_status" not in query


async def test_a_days_work_of_an_overseas_seller(market_store: AliExpressMarketplace, time: MarketTime) -> None:
    wanted = await draft(market_store)

    product_id = await market_store.create_listing(wanted)
    await time.sleep(31)
    found = await market_store.read_listing(product_id)

    assert found.content == wanted
    assert found.status is RemoteStatus.ON_SALE
    changed: ListingContent = replace(
        wanted, title="Backpack for two", skus=(replace(wanted.skus[0], price_minor=4321), *wanted.skus[1:])
    )
    assert (await market_store.preview_edit(product_id, changed)).lost == ()
    await market_store.edit_listing(product_id, changed, accepted=())
    assert (await market_store.read_listing(product_id)).content == changed
    assert market_store._families.chosen == {"products": "solution"}


RICH = {
    "aeop_a_e_multimedia": {"aeop_a_e_videos": [{"media_id": 9007199254740993, "media_type": "MAIN_IMAGE_VIDEO"}]},
    "aeop_national_quote_configuration": {
        "configuration_type": "percentage",
        "configuration_data": '[{"shiptoCountry":"ES","percentage":"10"}]',
    },
    "aeop_qualification_struct_list": [{"key": "ce", "type": "text", "value": "CE-1"}],
    "msr_eu_id": "810001",
    "bulk_order": 5,
    "bulk_discount": 10,
}
"""What a listing may have that our content does not carry: regional prices, video, qualifications, responsible person,
size chart, wholesale discount."""


async def charted(store: AliExpressMarketplace) -> tuple[ListingContent, int]:
    """A draft of a category that has a size chart, and the chart; a market that serves no charts takes any number."""
    for summary in (await store.list_listings(RemoteStatus.ON_SALE, page_size=90)).rows:
        found = (await store.read_listing(summary.product_id)).content
        try:
            charts = [int(chart.chart_id) for chart in await store.size_charts(found.category_id)]
        except Refused as refusal:
            assert refusal.error_code == "marketplace.api_path"
            charts = [20001]
        if charts:
            skus = tuple(replace(sku, code=f"NEW-{number}") for number, sku in enumerate(found.skus))
            return replace(found, title="A name of its own", skus=skus), charts[0]
    raise AssertionError("no listing of a category with size charts is seeded")


@pytest.mark.parametrize("family", ["offer", "solution"])
async def test_an_edit_in_either_family_keeps_what_our_content_does_not_carry(time: MarketTime, family: str) -> None:
    async with PracticeMarket(clock=time, faults={"audit_delay_s": 30}) as market:
        gateway = AccountGateway(market.gateway, clock=time)
        keys, account = market.credentials, market.credentials["stores"][0]
        secrets = StoreCredentials(keys["app_key"], keys["app_secret"], account["access_token"])
        store = AliExpressMarketplace(secrets, gateway, store_key="one", families={"products": family})
        wanted, chart = await charted(store)
        record = write_listing(wanted) | RICH | {"sizechart_id": chart}
        record["subject_list"].append({"locale": "es_ES", "value": "Mochila para portátil"})
        answer = await store._session.call(LISTING_CREATE, {"aeop_a_e_product": record})
        await time.sleep(31)
        before = await store.read_listing(str(answer["product_id"]))
        changed = replace(before.content, title="Another name", weight_g=777)

        preview = await store.preview_edit(before.product_id, changed)
        await store.edit_listing(before.product_id, changed, accepted=())
        after = await store.read_listing(before.product_id)
        await gateway.close()

    changing = {"gmt_modified", "product_status_type", "ws_offline_date", "gross_weight", "subject"}
    changing |= {"subject_list", "multi_language_subject_list"}
    assert {name: value for name, value in before.raw.items() if name not in changing} == {
        name: value for name, value in after.raw.items() if name not in changing
    }
    titles = after.raw.get("subject_list") or after.raw["multi_language_subject_list"]
    assert {entry["locale"]: entry.get("value") or entry["subject"] for entry in titles} == {
        "en_US": "Another name",
        "es_ES": "Mochila para portátil",
    }
    assert {*RICH, "sizechart_id"} - {"msr_eu_id"} <= set(preview.kept)
    assert preview.lost == ()
    assert after.content == changed


async def test_a_loss_that_nobody_accepted_stops_an_edit(market_store: AliExpressMarketplace, time: MarketTime) -> None:
    wanted = await draft(market_store)
    product_id = await market_store.create_listing(wanted)
    await time.sleep(31)
    fewer = replace(wanted, skus=wanted.skus[:1])
    lost = (await market_store.preview_edit(product_id, fewer)).lost

    for accepted in ((), [replace(lost[0], value="another price")]):
        with pytest.raises(WouldLose) as caught:
            await market_store.edit_listing(product_id, fewer, accepted=accepted)
        assert (caught.value.error_code, caught.value.losses) == ("marketplace.would_lose", lost)
    assert (await market_store.read_listing(product_id)).content == wanted

    await market_store.edit_listing(product_id, fewer, accepted=lost)
    assert len((await market_store.read_listing(product_id)).content.skus) == 1


async def test_prices_by_country_are_worked_out_for_the_family_that_has_absolute_ones_only(
    market_store: AliExpressMarketplace, time: MarketTime
) -> None:
    wanted = RegionalPrices("percentage", {"RU": -10})
    content = replace(await draft(market_store), regional_prices=wanted)
    product_id = await market_store.create_listing(content)
    await time.sleep(31)
    there = (await market_store.read_listing(product_id)).content
    assert there.regional_prices is not None and there.regional_prices.kind == "absolute"
    for sku in content.skus:
        expected = wanted.price("RU", sku.code, sku.price_minor)
        assert there.regional_prices.price("RU", sku.code, sku.price_minor) == expected

    await market_store.edit_listing(product_id, replace(there, regional_prices=RegionalPrices()))
    assert (await market_store.read_listing(product_id)).content.regional_prices == RegionalPrices()
