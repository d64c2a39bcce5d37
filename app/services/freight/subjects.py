"""What a trial is made with: an item's code, the variants of a listing, or weight and size as typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import Connection

from app.services.codes.known import virtual_codes
from app.services.codes.reading import read_code
from app.services.codes.rules import CodeRules
from app.services.errors import NotFound
from app.services.freight.errors import BadFreightInput
from app.services.freight.quoting import Parcel
from app.services.freight.weights import Size
from app.services.listings.loading import id_list
from app.services.pricing.goods import grams
from app.services.pricing.inputs import MICRO, InputReader, Missing, SkuInput
from app.services.pricing.profit import sale_price
from app.services.pricing.rates import USD, commission_of, exchange_rate
from app.services.pricing.rounding import half_up
from app.services.pricing.sources import UNIT
from app.services.pricing.team_settings import team_settings
from app.services.pricing.terms import Rates
from app.services.stock_items.adding_up import add_up
from app.services.stock_items.reading import stock_items
from app.services.stock_items.records import StockItem

MM_A_CM = 10
OF_PRICE = (Missing.PRICE, Missing.RATE, Missing.COST)
"""What a profit needs of the goods themselves; the rest is the route's."""


@dataclass(frozen=True, slots=True)
class Sale:
    """What one piece is sold for and costs.

    Attributes:
        price: SP, in USD or the listing's currency.
        cost: C in CNY. packing: K in CNY a parcel.
        rates: fees, with CNY for one unit of the currency of `price`.
        usd: CNY for 1 USD, for what the buyer pays for freight.
    """

    price: Decimal
    cost: Decimal
    packing: Decimal
    rates: Rates
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Subject:
    """What is sent. `parcel` None: its weight is unknown. `missing`: what a profit cannot be made without, by name
    (`figure.why.<name>`); `sale` is None then. `template`: store and id of the listing's own template."""

    name: str
    parcel: Parcel | None
    sale: Sale | None = None
    missing: tuple[str, ...] = ()
    template: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class TypedPrices:
    """Sale price in USD and cost in CNY of one piece, as typed; None where they are to be found, or are not known."""

    sale: Decimal | None = None
    cost: Decimal | None = None


def typed_subject(connection: Connection, parcel: Parcel, prices: TypedPrices, name: str = "") -> Subject:
    """Weight and size as typed, with the team's rate and fees."""
    missing = []
    rate = exchange_rate(connection, USD)
    for value, what in ((prices.sale, Missing.PRICE), (rate, Missing.RATE), (prices.cost, Missing.COST)):
        if value is None:
            missing.append(str(what))
    if prices.sale is None or prices.cost is None or rate is None:
        return Subject(name, parcel, None, tuple(missing))
    settings = team_settings(connection)
    rates = settings.rates(rate.rate, commission_of(connection).share)
    return Subject(name, parcel, Sale(half_up(prices.sale), prices.cost, settings.packing, rates, rate.rate))


def sent_as(subject: Subject, typed: Parcel, *, by_weight: bool = False) -> Subject:
    """The same goods with the size, the attributes and from the country of *typed*, where it gives them; *by_weight*:
    with its weight, too, which may be all that is known."""
    own = subject.parcel
    if own is None:
        return (
            replace(subject, parcel=typed, missing=_without(subject.missing, Missing.WEIGHT)) if by_weight else subject
        )
    parcel = replace(
        own,
        weight_g=typed.weight_g if by_weight else own.weight_g,
        size=typed.size or own.size,
        attributes=typed.attributes or own.attributes,
        ships_from=typed.ships_from or own.ships_from,
    )
    return replace(subject, parcel=parcel)


def _without(missing: tuple[str, ...], *told: Missing) -> tuple[str, ...]:
    return tuple(one for one in missing if one not in told)


def item_subject(connection: Connection, code: str, pieces: int, prices: TypedPrices) -> Subject:
    """The goods behind a code: cost, weight, size and attributes of its stock items.

    Raises:
        BadFreightInput: `freight.bad_code`, where it cannot be read; `freight.unknown_items`, where the company's
            product table does not know all of them.
    """
    reading = read_code(code, CodeRules(None, virtual_codes(connection)))
    if reading.error or not reading.components:
        raise BadFreightInput("freight.bad_code", value=code)
    items = stock_items(connection, [part.base for part in reading.components])
    goods = add_up(reading.components, items)
    if goods.unknown_items:
        raise BadFreightInput("freight.unknown_items", value=", ".join(goods.unknown_items))
    if (weight := grams(goods, None)) is None or weight < 1:
        raise BadFreightInput("freight.no_weight", value=", ".join(goods.without_weight) or code)
    single = items[reading.components[0].base] if [part.quantity for part in reading.components] == [1] else None
    size = _item_size(single) if pieces == 1 else None
    parcel = Parcel(weight, pieces, size, goods.attributes, reading.ships_from)
    known_cost = None if goods.cost_micro is None else Decimal(goods.cost_micro) / MICRO
    return typed_subject(connection, parcel, replace(prices, cost=prices.cost or known_cost), reading.code)


def listing_subjects(
    connection: Connection, listing_ids: Sequence[int], pieces: int = 1, prices: TypedPrices | None = None
) -> list[tuple[int, Subject]]:
    """Every variant of these listings, with everything its profit is made from, and the listing's id.

    Args:
        prices: what is typed takes the place of the variant's own price after its discount, and of its cost.

    Raises:
        NotFound: none of them is there.
    """
    reader = InputReader.of(connection)
    rows = reader.read(sorted(set(listing_ids)))
    if not rows:
        raise NotFound(noun="listing", name=", ".join(map(str, listing_ids)))
    sizes = listing_sizes(connection, listing_ids)
    usd, typed = reader.rates.get(USD), prices or TypedPrices()
    told = [what for what, price in ((Missing.PRICE, typed.sale), (Missing.COST, typed.cost)) if price is not None]
    found = []
    for row in rows:
        attributes = reader.goods.goods(row.store_id, row.code)[1].attributes
        size = sizes.get(row.listing_id) if pieces == 1 else None
        parcel = None if row.weight_g is None else Parcel(row.weight_g, pieces, size, attributes, row.ships_from)
        sale = None if usd is None else _sale(row, reader, usd.rate, typed)
        missing = tuple(str(what) for what in row.missing if what in OF_PRICE or what == Missing.WEIGHT)
        subject = Subject(
            row.code or str(row.sku_id), parcel, sale, _without(missing, *told), (row.store_id, row.template_id)
        )
        found.append((row.listing_id, subject))
    return found


def listing_sizes(connection: Connection, listing_ids: Sequence[int]) -> dict[int, Size]:
    """Packages of listings in cm, where all sides are known and above 0."""
    rows = connection.exec_driver_sql(
        f"SELECT id, length_cm, width_cm, height_cm FROM listing WHERE id IN ({id_list(listing_ids)}) "
        "AND length_cm > 0 AND width_cm > 0 AND height_cm > 0"
    )
    return {row[0]: (Decimal(row[1]), Decimal(row[2]), Decimal(row[3])) for row in rows}


def _sale(row: SkuInput, reader: InputReader, usd: Decimal, typed: TypedPrices) -> Sale | None:
    """A price that is typed is in USD, the variant's own in the listing's currency."""
    own_cost = None if row.cost_micro is None else Decimal(row.cost_micro) / MICRO
    cost = own_cost if typed.cost is None else typed.cost
    if typed.sale is not None:
        price, exchange = half_up(typed.sale), usd
    elif row.price_minor is not None and row.rate is not None:
        price = sale_price(Decimal(row.price_minor) / 100, Decimal(row.discount_bp) / UNIT)
        exchange = Decimal(row.rate) / UNIT
    else:
        return None
    rates = reader.settings.rates(exchange, Decimal(row.commission_bp) / UNIT)
    return None if cost is None else Sale(price, cost, reader.settings.packing, rates, usd)


def _item_size(item: StockItem | None) -> Size | None:
    if item is None or item.sides_mm is None:
        return None
    length, width, height = (Decimal(side) / MM_A_CM for side in item.sides_mm)
    return length, width, height
