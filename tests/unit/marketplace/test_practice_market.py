"""The adapter against the practice market over real HTTP: a day's work, and the ways it can go wrong."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from app.practice_market import PracticeMarket
from app.services.marketplace.aliexpress import AliExpressMarketplace, explain
from app.services.marketplace.aliexpress.mapping.listing import write_listing
from app.services.marketplace.aliexpress.mapping.methods import LISTING_CREATE
from app.services.marketplace.order_records import ShipmentNotice
from app.services.marketplace.port import (
    MarketplaceError,
    Refused,
    RemoteListing,
    RemoteStatus,
    SkuContent,
    SkuProperty,
    Unanswered,
)
from app.services.marketplace.records import PriceChange, SkuPrice, SkuStock, StockChange
from tests.unit.marketplace.practice import POST, MarketTime, draft, gateway, market, open_store, store, time

__all__ = ["gateway", "market", "open_store", "store", "time"]


async def test_a_listing_from_draft_to_sale(store: AliExpressMarketplace, time: MarketTime) -> None:
    sent = await draft(store)
    product_id = await store.create_listing(sent)

    assert await store.review_status(product_id) is RemoteStatus.IN_REVIEW
    read = await store.read_listing(product_id)
    assert (read.status, read.content) == (RemoteStatus.IN_REVIEW, sent)
    assert read.created_at is not None
    assert abs(read.created_at - time.now()) < timedelta(seconds=30)

    await time.sleep(31)
    assert await store.review_status(product_id) is RemoteStatus.ON_SALE

    changed = replace(sent, title="Laptop Backpack 18 Inch", weight_g=800)
    await store.edit_listing(product_id, changed)
    assert (await store.read_listing(product_id)).content == changed
    await time.sleep(31)

    assert product_id in [row.product_id for row in (await store.list_listings(RemoteStatus.ON_SALE)).rows]
    assert (await store.set_offline([product_id])).done == (product_id,)
    assert (await store.read_listing(product_id)).status is RemoteStatus.OFF_SALE
    again = await store.set_online([product_id, "1", "1005006999999999"])
    assert again.done == (product_id,)
    assert set(again.failed.values()) == {"090014"}


async def test_an_edit_keeps_what_we_do_not_know(store: AliExpressMarketplace, time: MarketTime) -> None:
    record = write_listing(await draft(store))
    record["subject_list"].append({"locale": "es_ES", "value": "Mochila para portátil"})
    record["ws_valid_num"] = 14
    record |= {"bulk_order": 5, "bulk_discount": 10}
    record["aeop_ae_product_s_k_us"][0]["sku_discount_price"] = "9.99"
    record["aeop_national_quote_configuration"] = {
        "configuration_type": "percentage",
        "configuration_data": '[{"shiptoCountry":"ES","percentage":"10"}]',
    }
    answer = await store._session.call(LISTING_CREATE, {"aeop_a_e_product": record})
    product_id = str(answer["product_id"])
    await time.sleep(31)
    before = await store.read_listing(product_id)

    preview = await store.preview_edit(product_id, replace(before.content, title="Backpack"))
    await store.edit_listing(product_id, replace(before.content, title="Backpack"))
    after = await store.read_listing(product_id)

    changing = {"gmt_modified", "product_status_type", "subject_list", "ws_offline_date"}
    assert {name: value for name, value in before.raw.items() if name not in changing} == {
        name: value for name, value in after.raw.items() if name not in changing
    }
    titles = {entry["locale"]: entry["value"] for entry in after.raw["subject_list"]}
    assert titles == {"en_US": "Backpack", "es_ES": "Mochila para portátil"}
    assert {"aeop_national_quote_configuration", "bulk_discount", "subject_list[es_ES]"} <= set(preview.kept)
    assert preview.lost == ()


async def test_a_new_warehouse_joins_and_the_other_variants_keep_their_discount(
    store: AliExpressMarketplace, time: MarketTime
) -> None:
    content = await draft(store)
    record = write_listing(content)
    for sku in record["aeop_ae_product_s_k_us"]:
        sku["sku_discount_price"] = "5.55"
    answer = await store._session.call(LISTING_CREATE, {"aeop_a_e_product": record})
    product_id = str(answer["product_id"])
    await time.sleep(31)
    ships_from = "200007763"
    china, spain = SkuProperty(ships_from, "201336100"), SkuProperty(ships_from, "201336104")
    both = tuple(replace(sku, properties=(*sku.properties, china)) for sku in content.skus)
    abroad = tuple(
        replace(sku, code=f"{sku.code}-ES", stock=5, properties=(*sku.properties, spain)) for sku in content.skus
    )

    await store.edit_listing(product_id, replace(content, skus=both + abroad))

    raw = (await store.read_listing(product_id)).raw["aeop_ae_product_s_k_us"]
    discounts = {sku["sku_code"]: sku.get("sku_discount_price") for sku in raw}
    assert [discounts[sku.code] for sku in content.skus] == ["5.55", "5.55"]
    assert len(raw) == 4


async def test_the_reason_of_a_refusal_and_its_field(store: AliExpressMarketplace) -> None:
    content = await draft(store)
    twice = replace(content, skus=tuple(replace(sku, code="SAME") for sku in content.skus))

    with pytest.raises(Refused) as caught:
        await store.create_listing(twice)

    key, _, field = explain(caught.value)
    assert (key, field) == ("error.marketplace.sku_code_duplicate", "sku.code")


async def test_an_edit_in_review_is_refused(store: AliExpressMarketplace) -> None:
    content = await draft(store)
    product_id = await store.create_listing(content)

    with pytest.raises(Refused) as caught:
        await store.edit_listing(product_id, content)
    assert caught.value.error_code == "marketplace.in_review"


@pytest.mark.parametrize(
    "fault",
    ["service_timeout_applied", "internal_error_applied", "isp_timeout_applied", "cut_after_commit", "cut_mid_answer"],
)
async def test_a_create_without_answer_is_found_again(
    store: AliExpressMarketplace, market: PracticeMarket, time: MarketTime, fault: str
) -> None:
    content = await draft(store)
    started = time.now()
    market.faults.update({"script": [{"method": POST, "fault": fault}]})

    with pytest.raises(Unanswered):
        await store.create_listing(content)
    found = await store.find_listings(
        title=content.title,
        codes=[sku.code for sku in content.skus],
        created_from=started,
        created_to=time.now(),
    )

    assert [listing.content for listing in found] == [content]
    assert market.state()["applied"][POST] == 1


@pytest.mark.parametrize(
    "fault", ["service_timeout_lost", "internal_error_lost", "isp_timeout_lost", "cut_before_commit"]
)
async def test_a_create_that_was_lost_is_not_found(
    store: AliExpressMarketplace, market: PracticeMarket, time: MarketTime, fault: str
) -> None:
    content = await draft(store)
    started = time.now()
    market.faults.update({"script": [{"method": POST, "fault": fault}]})

    with pytest.raises(Unanswered):
        await store.create_listing(content)
    codes = [sku.code for sku in content.skus]
    found = await store.find_listings(
        title=content.title, codes=codes, created_from=started, created_to=time.now() + timedelta(minutes=1)
    )

    assert found == ()
    assert market.state()["calls"][POST] == 1


async def test_twins_are_told_apart_by_code_title_and_time(store: AliExpressMarketplace, time: MarketTime) -> None:
    content = await draft(store)
    await store.create_listing(content)
    await time.sleep(3600)
    started = time.now()
    wanted = await store.create_listing(content)
    await store.create_listing(replace(content, title=f"{content.title} Blue"))
    await store.create_listing(replace(content, skus=tuple(replace(sku, code=f"X{sku.code}") for sku in content.skus)))

    found = await store.find_listings(
        title=content.title,
        codes=[sku.code for sku in content.skus],
        created_from=started,
        created_to=time.now() + timedelta(seconds=5),
    )

    assert [listing.product_id for listing in found] == [wanted]


@pytest.mark.parametrize("fault", ["system_error", "system_error_applied", "isp_unavailable"])
async def test_a_create_is_not_sent_again_after_words_that_may_come_after_it(
    store: AliExpressMarketplace, market: PracticeMarket, fault: str
) -> None:
    content = await draft(store)
    market.faults.update({"script": [{"method": POST, "fault": fault, "times": 3}]})

    with pytest.raises(Unanswered):
        await store.create_listing(content)

    assert market.state()["calls"][POST] == 1


async def test_a_passing_fault_of_a_create_passes(store: AliExpressMarketplace, market: PracticeMarket) -> None:
    content = await draft(store)
    market.faults.update({"script": [{"method": POST, "fault": "translation_failed", "times": 3}]})

    await store.create_listing(content)

    assert market.state()["calls"][POST] == 4
    assert market.state()["duplicates"] == 0


async def test_reads_come_through_whatever_happens(store: AliExpressMarketplace, market: PracticeMarket) -> None:
    product_ids = [row.product_id for row in (await store.list_listings(RemoteStatus.ON_SALE)).rows][:20]
    kinds = ("service_timeout_lost", "internal_error_lost", "system_error", "cut_before_commit", "cut_mid_answer")
    market.faults.update({"rates": dict.fromkeys(kinds, 0.05), "missing_sku_share": 0.2})

    listings = await asyncio.gather(*(store.read_listing(product_id) for product_id in product_ids))

    assert [listing.product_id for listing in listings] == product_ids
    assert all(listing.content.skus for listing in listings)
    assert sum(market.state()["faults"].values()) > 0


async def test_pictures(store: AliExpressMarketplace) -> None:
    buffer = BytesIO()
    Image.new("RGB", (801, 803), "navy").save(buffer, "JPEG")

    first = await store.upload_image("背包-01.jpg", buffer.getvalue())
    second = await store.upload_image("背包-02.jpg", buffer.getvalue())

    assert (first.width, first.height) == (801, 803)
    assert first.url == second.url
    content = await draft(store)
    product_id = await store.create_listing(replace(content, images=(first.url,)))
    assert (await store.read_listing(product_id)).content.images == (first.url,)


async def test_orders_of_all_states_and_their_shipment(store: AliExpressMarketplace, time: MarketTime) -> None:
    window = {"created_from": time.now() - timedelta(days=100), "created_to": time.now(), "page_size": 5}
    first = await store.list_orders(**window)
    pages = [first, *[await store.list_orders(**window, page=page) for page in range(2, first.pages + 1)]]

    orders = {order.order_id: order for page in pages for order in page.rows}
    assert len(orders) == first.total == sum(len(page.rows) for page in pages)
    assert {"FINISH", "WAIT_SELLER_SEND_GOODS"} <= {order.status for order in orders.values()}
    due = [order for order in orders.values() if order.status == "WAIT_SELLER_SEND_GOODS"]
    assert all(order.deadline_at is not None and order.lines for order in due)

    carrier = (await store.carriers())[0]
    notice = ShipmentNotice(due[0].order_id, carrier.service_name, "LP00123456789012")
    await store.declare_shipment(notice)
    with pytest.raises(Refused):
        await store.declare_shipment(notice)
    again = await store.list_orders(**{**window, "page_size": 50})
    assert {order.order_id: order.status for order in again.rows}[due[0].order_id] == "WAIT_BUYER_ACCEPT_GOODS"


async def test_categories_with_their_attributes(store: AliExpressMarketplace) -> None:
    path, category = [], "0"
    while children := await store.category_children(category):
        path.append(children[0])
        category = children[0].category_id
        if children[0].is_leaf:
            break

    assert [node.level for node in path] == list(range(1, len(path) + 1))
    assert [node.parent_id for node in path[1:]] == [node.category_id for node in path[:-1]]
    attributes = await store.category_attributes(category)
    assert any(attribute.is_sku for attribute in attributes)
    assert all(value.value_id and value.name_en for attribute in attributes for value in attribute.values)
    with pytest.raises(MarketplaceError):
        await store.category_attributes("1")


async def test_groups_and_templates(store: AliExpressMarketplace) -> None:
    groups = await store.product_groups()
    seen: set[str] = {""}
    for group in groups:
        assert group.parent_id in seen
        seen.add(group.group_id)

    templates = await store.freight_templates()
    assert any(int(template.template_id) < 0 for template in templates)
    for template in templates:
        detail = await store.freight_template(template.template_id)
        assert (detail.template_id, detail.name) == (template.template_id, template.name)
        assert detail.services is not None
        assert all("logistics_company" in service["template"] for service in detail.services)
    assert "0" in {template.template_id for template in await store.promise_templates()}


async def test_a_single_variant_without_properties(store: AliExpressMarketplace) -> None:
    content = replace(await draft(store), skus=(SkuContent("ONLY-ONE", 1299, 7),))

    product_id = await store.create_listing(content)

    assert (await store.read_listing(product_id)).content.skus == content.skus


async def test_prices_and_stocks_of_many_listings_and_discounts_that_stay(store: AliExpressMarketplace) -> None:
    listings = [
        await store.read_listing(row.product_id)
        for row in (await store.list_listings(RemoteStatus.ON_SALE, page_size=25)).rows
    ]
    await store.set_prices([PriceChange(listings[0].product_id, (discounted(listings[0]),))])
    prices = [
        PriceChange(one.product_id, tuple(SkuPrice(sku.code, sku.price_minor + 1) for sku in one.content.skus))
        for one in listings
    ]
    stocks = [StockChange(one.product_id, tuple(SkuStock(sku.code, 5) for sku in one.content.skus)) for one in listings]

    priced = await store.set_prices([*prices, PriceChange("1", (SkuPrice("A", 1),))])
    stocked = await store.set_stock(stocks)
    after = [await store.read_listing(one.product_id) for one in listings]

    assert priced.failed.keys() == {"1"}
    assert set(priced.done) == set(stocked.done) == {one.product_id for one in listings}
    for before, now in zip(listings, after, strict=True):
        wanted = tuple(replace(sku, price_minor=sku.price_minor + 1, stock=5) for sku in before.content.skus)
        assert now.content.skus == wanted
    assert after[0].raw["aeop_ae_product_s_k_us"][0]["sku_discount_price"] == "0.50"


def discounted(listing: RemoteListing) -> SkuPrice:
    sku = listing.content.skus[0]
    return SkuPrice(sku.code, sku.price_minor, discount_minor=50)


async def test_groups_of_a_listing_profile_and_an_order_in_full(store: AliExpressMarketplace, time: MarketTime) -> None:
    product_id = (await store.list_listings(RemoteStatus.ON_SALE)).rows[0].product_id
    groups = [group.group_id for group in await store.product_groups()][:2]
    window = {"created_from": time.now() - timedelta(days=30), "created_to": time.now()}
    listed = (await store.list_orders(**window)).rows[0]

    assert await store.set_groups(product_id, groups) == tuple(groups)
    profile = await store.store_profile()
    order = await store.read_order(listed.order_id)

    assert profile.listings_max is not None
    assert profile.listings is not None and 0 < profile.listings < profile.listings_max
    assert (order.order_id, order.status, order.created_at) == (listed.order_id, listed.status, listed.created_at)
    assert [(line.line_id, line.sku_code, line.quantity) for line in order.lines] == [
        (line.line_id, line.sku_code, line.quantity) for line in listed.lines
    ]
    assert (order.amount_minor, order.currency) == (listed.amount_minor, listed.currency)
