"""Prices by country in an edit, against the practice market over HTTP."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.services.marketplace.aliexpress import AliExpressMarketplace
from app.services.marketplace.aliexpress.mapping.listing import write_listing
from app.services.marketplace.aliexpress.mapping.methods import LISTING_CREATE
from app.services.marketplace.port import ListingContent, WouldLose
from app.services.regional_prices import RegionalPrices
from tests.unit.marketplace.practice import MarketTime, draft, gateway, market, open_store, store, time

__all__ = ["gateway", "market", "open_store", "store", "time"]  # fixtures

QUOTES = "aeop_national_quote_configuration"


async def test_prices_by_country_follow_the_variants_that_stay(store: AliExpressMarketplace, time: MarketTime) -> None:
    """The platform refuses a quote for a SKU that is gone: the edit sends those of the others."""
    record = write_listing(await draft(store))
    first, second, *_ = (
        ";".join(f"{part['sku_property_id']}:{part['property_value_id']}" for part in sku["aeop_s_k_u_property"])
        for sku in record["aeop_ae_product_s_k_us"]
    )
    quotes = [{"shiptoCountry": "ES", "absoluteQuoteMap": {first: 21.5, second: 22.5}}]
    record[QUOTES] = {"configuration_type": "absolute", "configuration_data": json.dumps(quotes)}
    product_id = str((await store._session.call(LISTING_CREATE, {"aeop_a_e_product": record}))["product_id"])
    await time.sleep(31)
    content = (await store.read_listing(product_id)).content
    fewer = replace(content, skus=(content.skus[0], *content.skus[2:]))

    with pytest.raises(WouldLose) as caught:
        await store.edit_listing(product_id, fewer)
    assert [(loss.kind, loss.value) for loss in caught.value.losses[1:]] == [("regional_price", "22.5")]
    await store.edit_listing(product_id, fewer, dropped={content.skus[1].code})

    after = await store.read_listing(product_id)
    assert after.content.skus == fewer.skus
    assert json.loads(after.raw[QUOTES]["configuration_data"]) == [
        {"shiptoCountry": "ES", "absoluteQuoteMap": {first: 21.5}}
    ]


async def _sent(store: AliExpressMarketplace, time: MarketTime, prices: RegionalPrices) -> tuple[str, ListingContent]:
    content = replace(await draft(store), regional_prices=prices)
    product_id = await store.create_listing(content)
    await time.sleep(31)
    return product_id, (await store.read_listing(product_id)).content


@pytest.mark.parametrize("kind", ["percentage", "relative"])
async def test_prices_by_country_are_created_read_changed_and_taken_away(
    store: AliExpressMarketplace, time: MarketTime, kind: str
) -> None:
    wanted = RegionalPrices(kind, {"ES": 10, "RU": -20})
    product_id, there = await _sent(store, time, wanted)
    assert there.regional_prices == wanted

    for prices in (RegionalPrices(kind, {"RU": -20}), RegionalPrices()):
        await store.edit_listing(product_id, replace(there, regional_prices=prices))
        await time.sleep(31)
        assert (await store.read_listing(product_id)).content.regional_prices == prices


async def test_absolute_prices_go_by_variant_and_not_known_leaves_them(
    store: AliExpressMarketplace, time: MarketTime
) -> None:
    codes = [sku.code for sku in (await draft(store)).skus]
    wanted = RegionalPrices("absolute", prices={"RU": dict.fromkeys(codes, 2150), "ES": {codes[0]: 2499}})
    product_id, there = await _sent(store, time, wanted)
    assert there.regional_prices == wanted

    await store.edit_listing(product_id, replace(there, title="Other", regional_prices=None))
    assert (await store.read_listing(product_id)).content.regional_prices == wanted
