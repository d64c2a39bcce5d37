"""Variants a buyer can reach below the price-floor table: the same comparison as the price guard's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.amounts import money_text
from app.services.company_tables.hits import UNKNOWN, TableHit
from app.services.company_tables.kinds import TableKind
from app.services.listings.marketing.plans import DiscountPlan
from app.services.price_guard.floors import FloorJudge, floor_for
from app.services.price_guard.records import Floor
from app.services.pricing.rates import CNY, USD
from app.services.regional_prices import RegionalPrices
from app.services.tasks import TaskContext

_PRICED = """
SELECT sku.id, sku.listing_id, listing.store_id, sku.code, sku.stock,
       coalesce(nullif(listing.title, ''), nullif(listing.product_key, ''), listing.product_id, '') AS title,
       listing.status, sku.price_minor, listing.currency, listing.regional_prices, floor.code AS because, floors,
       discount_bp, discount_plan
FROM (SELECT match_key, min(code) AS code, json_group_array(json_array(floor_minor, currency)) AS floors
      FROM price_floor GROUP BY match_key) AS floor
CROSS JOIN sku ON sku.match_key = floor.match_key
JOIN listing ON listing.id = sku.listing_id
LEFT JOIN marketing_member ON marketing_member.listing_id = listing.id
LEFT JOIN marketing_group ON marketing_group.id = marketing_member.group_id
"""


def floor_hits(connection: Connection, stores: Mapping[int, str], ctx: TaskContext) -> Iterator[TableHit]:
    """Every variant below its floor, for buyers of some country at least, and every one that cannot be compared:
    without a price, or in a currency for which no exchange rate was entered.

    Raises:
        TaskCancelled.
    """
    judge = FloorJudge.of(connection)
    for number, row in enumerate(connection.exec_driver_sql(_PRICED)):
        if number % 1_000 == 0:
            ctx.checkpoint()
        floors, plan = judge.floors(row.floors), judge.plan(row.discount_bp, row.discount_plan)
        for key, country in _told(row, judge, floors, plan):
            yield _hit(row, stores, key, country, judge, floors, plan)


def _told(row: Any, judge: FloorJudge, floors: tuple[Floor, ...], plan: DiscountPlan) -> Iterator[tuple[str, str]]:
    """What is to be said of a variant: the sentence and the country it is about; the first country stands for all."""
    if row.price_minor is None:
        yield "no_price", ""
        return
    keeps = judge.keeps(row.price_minor, floors, row.currency, plan)
    if keeps is not True:
        yield ("no_rate" if keeps is None else "below"), ""
        return
    for country, price in _of_countries(row):
        if judge.keeps(price, floors, row.currency, plan) is False:
            yield "below_country", country
            return


def _of_countries(row: Any) -> Iterator[tuple[str, int]]:
    if not row.regional_prices or row.regional_prices == "{}":
        return
    regional = RegionalPrices.of(orjson.loads(row.regional_prices))
    for country in regional.countries:
        price = regional.price(country, row.code, row.price_minor)
        if price is not None and price > 0:
            yield country, price


def _hit(
    row: Any,
    stores: Mapping[int, str],
    key: str,
    country: str,
    judge: FloorJudge,
    floors: tuple[Floor, ...],
    plan: DiscountPlan,
) -> TableHit:
    floor = floor_for(floors, row.currency, judge.rates) or floors[0]
    needed = (floor.currency, row.currency, USD)
    missing = next((one for one in needed if one != CNY and one not in judge.rates), row.currency)
    return TableHit(
        kind=TableKind.FLOORS,
        sku_id=row.id,
        listing_id=row.listing_id,
        store_id=row.store_id,
        store=stores[row.store_id],
        title=row.title,
        status=row.status,
        code=row.code,
        stock=row.stock,
        because=row.because,
        severity="block" if key.startswith("below") else UNKNOWN,
        reason_key=key,
        params={"floor": f"{money_text(floor.minor)} {floor.currency}", "currency": missing, "country": country},
        price_minor=row.price_minor,
        currency=row.currency,
        floor_price_minor=None if key == "below_country" else judge.lowest(floors, row.currency, plan),
    )
