"""Variants whose price, after the discount planned for their marketing group, lies below the price-floor table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from app.services.amounts import money_text
from app.services.company_tables.hits import UNKNOWN, TableHit
from app.services.company_tables.kinds import TableKind
from app.services.pricing.rates import CNY, exchange_rates
from app.services.tasks import TaskContext

WHOLE = 10_000
"""Hundredths of a percent of a whole."""
_BELOW = """
SELECT sku.id, sku.listing_id, listing.store_id, sku.code, sku.stock,
       coalesce(nullif(listing.title, ''), nullif(listing.product_key, ''), listing.product_id, ''), listing.status,
       sku.price_minor, listing.currency, price_floor.code, floor_minor, price_floor.currency,
       coalesce(discount_bp, 0)
FROM price_floor CROSS JOIN sku ON sku.match_key = price_floor.match_key
JOIN listing ON listing.id = sku.listing_id
LEFT JOIN marketing_member ON marketing_member.listing_id = listing.id
LEFT JOIN marketing_group ON marketing_group.id = marketing_member.group_id
"""


def floor_hits(connection: Connection, stores: Mapping[int, str], ctx: TaskContext) -> Iterator[TableHit]:
    """Every variant below its floor, and every one that cannot be compared: without a price, or in a currency for
    which no exchange rate was entered.

    Raises:
        TaskCancelled.
    """
    rates = {currency: rate.micro for currency, rate in exchange_rates(connection).items()}
    for number, row in enumerate(connection.exec_driver_sql(_BELOW)):
        if number % 1_000 == 0:
            ctx.checkpoint()
        price, currency, floor, floor_currency, discount = row[7], row[8], row[10], row[11], row[12]
        lowest = lowest_list_price(floor, floor_currency, currency, discount, rates)
        if lowest is not None and price is not None and price >= lowest:
            continue
        is_known = lowest is not None and price is not None
        amount = f"{money_text(floor)} {floor_currency}"
        key = "below" if is_known else "no_rate" if lowest is None else "no_price"
        yield TableHit(
            kind=TableKind.FLOORS,
            sku_id=row[0],
            listing_id=row[1],
            store_id=row[2],
            store=stores[row[2]],
            title=row[5],
            status=row[6],
            code=row[3],
            stock=row[4],
            because=row[9],
            severity="block" if is_known else UNKNOWN,
            reason_key=key,
            params={"floor": amount, "currency": currency if floor_currency == CNY else floor_currency},
            price_minor=price,
            currency=currency,
            floor_price_minor=lowest,
        )


def lowest_list_price(
    floor_minor: int, floor_currency: str, currency: str, discount_bp: int, rates: Mapping[str, int]
) -> int | None:
    """The lowest list price, in hundredths of *currency*, that is not below the floor after the discount: exact,
    rounded up. None where a rate is missing.

    Args:
        discount_bp: planned item discount in hundredths of a percent.
        rates: CNY for one unit, in millionths.
    """
    above, below = floor_minor * WHOLE, WHOLE - discount_bp
    if floor_currency != currency:
        if floor_currency not in rates or currency not in rates:
            return None
        above, below = above * rates[floor_currency], below * rates[currency]
    return -(-above // below) if below > 0 else None
