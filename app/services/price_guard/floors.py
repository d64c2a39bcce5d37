"""Price floors (限价) against what buyers can reach: one definition for the guard, the inbox and the charts.

A price is held against its floor after everything that can be taken off it, the planned item discount included: a price
is safe only if it is so in the worst case, and a discount nobody decided yet is unknown, not nothing (domain.md 10.5,
19, 20).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import orjson
from sqlalchemy import Connection

from app.services.listings.marketing.plans import NO_PLAN, DiscountPlan, loaded, plans_of
from app.services.price_guard.judging import HUNDRED, floor_in, plan_in, reach_of
from app.services.price_guard.records import Floor
from app.services.price_guard.settings import Meaning, guard_settings
from app.services.pricing.rates import exchange_rates
from app.services.pricing.rounding import CENT
from app.services.pricing.target import list_price_for
from app.services.pricing.team_settings import team_settings
from app.services.pricing.terms import NOTHING

MOST_STEPS = 1_000
"""Prices tried before no price is said to keep a floor: the whole of it is given away."""
REMEMBERED = 200_000
WHOLE = 10_000


def floor_for(floors: Sequence[Floor], currency: str, rates: Mapping[str, Decimal]) -> Floor | None:
    """Of the floors of some goods the one a price in *currency* is held against: the one written in it, else the
    highest as of today's rates; one that cannot be converted only where none can. None without any."""
    own = [one for one in floors if one.currency == currency]
    known = [(amount, one) for one in own or floors if (amount := floor_in(currency, one, rates)) is not None]
    return max(known, key=lambda pair: pair[0])[1] if known else next(iter(floors), None)


def with_planned(plan: DiscountPlan, planned: Decimal) -> DiscountPlan:
    """*plan*, with the planned item discount where its group leaves it open."""
    return plan if plan.discount is not None else replace(plan, discount=planned)


def plans_in_force(connection: Connection, listing_ids: Sequence[int], planned: Decimal) -> dict[int, DiscountPlan]:
    """What is taken off the prices of these listings: the plan of their marketing group, else what is *planned*."""
    found = plans_of(connection, listing_ids)
    return {number: with_planned(found.get(number, NO_PLAN), planned) for number in listing_ids}


def lowest_list_price(
    floors: Sequence[Floor], currency: str, plan: DiscountPlan, rates: Mapping[str, Decimal], meaning: Meaning
) -> Decimal | None:
    """The list price in *currency* of the lowest sale price that keeps the floor under *plan*, both up to the cent
    (domain.md 10.4 P3, 19); None where a rate is missing, or where no price does."""
    floor, known = floor_for(floors, currency, rates), plan_in(currency, plan, rates)
    least = None if floor is None else floor_in(currency, floor, rates)
    if least is None or known is None or meaning is Meaning.LIST:
        return least if known is not None else None
    discount = known.discount or NOTHING
    if discount >= 1:
        return None
    bare, sale = replace(known, discount=NOTHING), least
    for _ in range(MOST_STEPS):
        gap = least - reach_of(sale, bare).by(meaning)
        if gap <= 0:
            price = list_price_for(sale, discount).list_price
            if reach_of(price, known).by(meaning) >= least:
                return price
        sale += max(gap, CENT)  # of what is asked more not all is kept, so that no price is passed over
    return None


@dataclass(frozen=True, slots=True)
class _Known:
    """A plan in the currency of the prices: the share its item discount leaves, the share all its other shares leave
    together, and all its amounts, in ten thousandths and hundredths: most prices are told by these alone."""

    plan: DiscountPlan
    kept_bp: int
    left_bp: int
    given_minor: int

    @classmethod
    def of(cls, plan: DiscountPlan) -> _Known:
        """The share left is rounded down, the amounts up: together they never promise too much."""
        left, given = Decimal(1), NOTHING
        for one in plan.reductions:
            left *= 1 - (one.off or NOTHING)
            given += (one.amount or NOTHING) + CENT
        kept = 1 - (plan.discount or NOTHING)
        return cls(plan, int(kept * WHOLE), int(left * WHOLE), int(given * HUNDRED))


class FloorJudge:
    """Judges prices of very many variants: equal questions are answered once.

    Args:
        rates: CNY for one unit of a currency.
        planned: item discount where no group says one.
        meaning: which price a floor speaks of.
    """

    def __init__(self, rates: Mapping[str, Decimal], planned: Decimal, meaning: Meaning) -> None:
        self._rates, self._planned, self._meaning = rates, planned, meaning
        self._plans: dict[tuple[int | None, str | None], DiscountPlan] = {}
        self._lowest: dict[tuple[object, ...], int | None] = {}
        self._leasts: dict[tuple[tuple[Floor, ...], str], int | None] = {}
        self._known: dict[tuple[str, DiscountPlan], _Known | None] = {}

    @classmethod
    def of(cls, connection: Connection) -> FloorJudge:
        """As the team has set it."""
        rates = {currency: rate.rate for currency, rate in exchange_rates(connection).items()}
        return cls(rates, team_settings(connection).discount, guard_settings(connection).meaning)

    @property
    def rates(self) -> Mapping[str, Decimal]:
        """CNY for one unit of each currency somebody entered."""
        return self._rates

    @staticmethod
    def floors(stored: str) -> tuple[Floor, ...]:
        """The floors of some goods out of JSON: pairs of hundredths and currency."""
        return tuple(Floor(*pair) for pair in orjson.loads(stored))

    def plan(self, discount_bp: int | None, stored: str | None) -> DiscountPlan:
        """The plan in force, out of what a marketing group keeps; None, None of a listing in none."""
        key = (discount_bp, stored)
        if key not in self._plans:
            self._plans[key] = with_planned(loaded(*key), self._planned)
        return self._plans[key]

    def lowest(self, floors: tuple[Floor, ...], currency: str, plan: DiscountPlan) -> int | None:
        """The lowest list price that keeps the floor, in hundredths of *currency*."""
        key = (floors, currency, plan)
        if key not in self._lowest:
            if len(self._lowest) >= REMEMBERED:
                self._lowest.clear()
            found = lowest_list_price(floors, currency, plan, self._rates, self._meaning)
            self._lowest[key] = None if found is None else int(found * HUNDRED)
        return self._lowest[key]

    def keeps(self, price_minor: int, floors: tuple[Floor, ...], currency: str, plan: DiscountPlan) -> bool | None:
        """Whether a list price keeps its floor, as the guard sees it; None where a rate is missing."""
        least, known = self._least(floors, currency), self._in(currency, plan)
        if least is None or known is None:
            return None
        if self._meaning is Meaning.LIST:
            return price_minor >= least
        sale = (2 * price_minor * known.kept_bp + WHOLE) // (2 * WHOLE)  # half up
        if sale < least or self._meaning is Meaning.SALE or not known.plan.reductions:
            return sale >= least
        if sale * known.left_bp // WHOLE - known.given_minor > least:
            return True  # even with everything at once, on one piece
        return reach_of(Decimal(price_minor) / HUNDRED, known.plan).lowest * HUNDRED >= least

    def _least(self, floors: tuple[Floor, ...], currency: str) -> int | None:
        """The floor in hundredths of *currency*."""
        key = (floors, currency)
        if key not in self._leasts:
            if len(self._leasts) >= REMEMBERED:
                self._leasts.clear()
            floor = floor_for(floors, currency, self._rates)
            found = None if floor is None else floor_in(currency, floor, self._rates)
            self._leasts[key] = None if found is None else int(found * HUNDRED)
        return self._leasts[key]

    def _in(self, currency: str, plan: DiscountPlan) -> _Known | None:
        key = (currency, plan)
        if key not in self._known:
            found = plan_in(currency, plan, self._rates)
            self._known[key] = None if found is None else _Known.of(found)
        return self._known[key]
