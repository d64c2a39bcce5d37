"""The figures charts are drawn from: margins by class, prices beside break-even and floor, freight by country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from app.services.db import Database
from app.services.freight.tariffs import charge
from app.services.listings.loading import id_list
from app.services.listings.source import ListingSource
from app.services.listings.variant_masks import Variants
from app.services.paging import Query
from app.services.pricing.given import UNKNOWN
from app.services.pricing.inputs import MICRO, converted
from app.services.pricing.rates import exchange_rates
from app.services.pricing.routes import Routes
from app.services.pricing.sources import UNIT
from app.services.pricing.team_settings import team_settings
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

CLASS_BP = 250
"""Width of a class of margins: 2.5 %."""
LOWEST_BP, HIGHEST_BP = -2_000, 5_000
"""Margins beyond are in the first and the last class."""
MOST_POINTS = 4_000
"""Prices drawn at most: more could not be told apart; evenly chosen."""
GRAMS = (100, 250, 500)
"""Parcels freight is compared for."""
_FLOORS = (
    "SELECT price_minor, listing.currency, discount_bp, discount_plan, "
    "(SELECT json_group_array(json_array(floor_minor, currency)) FROM price_floor "
    "WHERE price_floor.match_key = sku.match_key) AS floors "
    "FROM sku JOIN listing ON listing.id = sku.listing_id "
    "LEFT JOIN marketing_member ON marketing_member.listing_id = listing.id "
    "LEFT JOIN marketing_group ON marketing_group.id = marketing_member.group_id "
    "WHERE sku.listing_id IN ({}) AND price_minor IS NOT NULL AND floors <> '[]'"
)


@dataclass(frozen=True, slots=True)
class Charts:
    """What the charts show.

    Attributes:
        margins: variants by class: (lower end in ten thousandths, how many).
        prices: (break-even, list price) in hundredths, of variants with both; `shown_of`: of so many.
        floors: (lowest list price the floor table allows after all discounts, list price) in hundredths, of variants
            with both; `floors_of`: of so many; `floors_unknown`: with a floor no rate converts or no price keeps.
        freight: by country, CNY in millionths for each of `GRAMS`, None where nothing goes there.
        unknown: variants without a margin; stale ones are among them.
    """

    margins: tuple[tuple[int, int], ...]
    prices: tuple[tuple[int, int], ...]
    shown_of: int
    floors: tuple[tuple[int, int], ...]
    floors_of: int
    floors_unknown: int
    freight: tuple[tuple[str, tuple[int | None, ...]], ...]
    unknown: int


def charts(db: Database, chosen: Sequence[int] | Query, ctx: TaskContext | None = None) -> Charts:
    """The charts of these listings. Raises: TaskCancelled."""
    import numpy as np

    ids = ListingSource(db).ids(chosen, ctx) if isinstance(chosen, Query) else chosen
    with db.reader.connect() as connection:
        variants = Variants(connection)
        mine = variants.there & variants.among(np.array(ids, np.int64))
        margins, unknown = _margins(variants, mine)
        prices, total = _prices(variants, mine)
        floors, has_rate, without = _floors(connection, ids)
        return Charts(margins, prices, total, floors, has_rate, without, freight_by_country(connection), unknown)


def _margins(variants: Variants, chosen: Mask) -> tuple[tuple[tuple[int, int], ...], int]:
    import numpy as np

    margins = variants.whole("margin_bp", chosen)
    known = margins[margins != UNKNOWN]
    classes, counts = np.unique((known // CLASS_BP * CLASS_BP).clip(LOWEST_BP, HIGHEST_BP), return_counts=True)
    found = dict.fromkeys(range(LOWEST_BP, HIGHEST_BP + 1, CLASS_BP), 0)
    found.update(zip(classes.tolist(), counts.tolist(), strict=True))
    return tuple(found.items()), len(margins) - len(known)


def _prices(variants: Variants, chosen: Mask) -> tuple[tuple[tuple[int, int], ...], int]:
    even, price = (variants.whole(name, chosen) for name in ("even_minor", "price"))
    known = (even != UNKNOWN) & (price != UNKNOWN)
    found = list(zip(even[known].tolist(), price[known].tolist(), strict=True))
    return _evenly(found), len(found)


def _floors(connection: Connection, ids: Sequence[int]) -> tuple[tuple[tuple[int, int], ...], int, int]:
    """Points, how many there are, and how many floors no rate converts."""
    from app.services.price_guard.floors import FloorJudge  # with the checker's rules, which the window has no need of

    judge = FloorJudge.of(connection)
    found: list[tuple[int, int]] = []
    unknown = 0
    for part in _pieces(ids):
        for price, currency, *plan, floors in connection.exec_driver_sql(_FLOORS.format(id_list(part))):
            lowest = judge.lowest(judge.floors(floors), currency, judge.plan(*plan))
            if lowest is None:
                unknown += 1
            else:
                found.append((lowest, price))
    return _evenly(found), len(found), unknown


def _evenly(found: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """At most `MOST_POINTS` of them, evenly chosen."""
    return tuple(found[:: max(1, -(-len(found) // MOST_POINTS))])


def _pieces(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + 50_000] for start in range(0, len(ids), 50_000)]


def freight_by_country(connection: Connection) -> tuple[tuple[str, tuple[int | None, ...]], ...]:
    """What parcels of `GRAMS` cost to each country some tariff of the team's names, sent from there; and from home to
    the reference destination."""
    settings = team_settings(connection)
    routes, rates = Routes.of(connection, settings), exchange_rates(connection)
    named = {country for one in routes.channels.tariffs.values() for country in one.tariff.countries}
    found = []
    for country in (settings.destination, *sorted(named - {settings.destination})):
        ships_from = "" if country == settings.destination else country
        choice = routes.choice(ships_from, ())
        fees: list[int | None] = []
        for weight in GRAMS:
            fee = None if choice.tariff is None else charge(choice.tariff, country, weight).fee
            rate = None if choice.tariff is None else rates.get(choice.tariff.currency)
            fees.append(None if fee is None or rate is None else _micro(fee, rate.whole))
        found.append((country, tuple(fees)))
    return tuple(found)


def _micro(fee: Decimal, rate: int) -> int:
    return converted(int(fee * MICRO), rate, UNIT)
