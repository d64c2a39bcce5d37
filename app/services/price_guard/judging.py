"""Whether prices may leave: the comparisons alone, on what was looked up before. Exact, no floats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import blake2b
from statistics import median
from typing import Any

import orjson

from app.services.listings.marketing.plans import DiscountPlan
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.price_guard.records import (
    BREAK_EVEN,
    CHANGE,
    CHANGE_WARN,
    FAR_BELOW,
    FLOOR,
    MARGIN,
    UNKNOWN,
    Floor,
    ListingFacts,
    SkuFigures,
    Unknown,
)
from app.services.price_guard.settings import GuardSettings, Meaning
from app.services.pricing.discounts import Line, Reduction, worst_price
from app.services.pricing.errors import BadPriceInput, NoPriceReaches
from app.services.pricing.profit import sale_price
from app.services.pricing.rounding import EXACT, down, up
from app.services.pricing.target import price_for_margin
from app.services.pricing.terms import NOTHING
from app.services.regional_prices import RegionalPrices

HUNDRED = Decimal(100)
BP = Decimal(10_000)
HOME, USD = "CNY", "USD"
"""What rates are counted in, and what plans are written in."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a variant's price waits: the rule's code, its position, the placeholders of the sentence.

    `is_regional`: it is about a price for one country, not about the variant's own.
    """

    code: str
    sku: int
    params: Mapping[str, Any] = field(default_factory=dict)
    is_regional: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A price a buyer is asked for: the variant's own ("" for `country`), or the one for a country."""

    country: str
    minor: int

    @property
    def amount(self) -> Decimal:
        """In units of the currency."""
        return Decimal(self.minor) / HUNDRED


@dataclass(frozen=True, slots=True)
class Reach:
    """What a list price can come down to, a piece."""

    list_price: Decimal
    sale: Decimal
    lowest: Decimal

    def by(self, meaning: Meaning) -> Decimal:
        """The price that *meaning* speaks of."""
        return {Meaning.LIST: self.list_price, Meaning.SALE: self.sale, Meaning.REACH: self.lowest}[meaning]


def imprint_of(record: ListingRecord, plan: DiscountPlan) -> str:
    """What stands for everything a release is said of: codes, prices, prices by country, currency, discount plan."""
    said = (
        record.currency,
        [(sku.code, sku.price_minor) for sku in record.skus],
        record.regional_prices or {},
        str(plan.discount),
        plan.texts(),
    )
    return blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()


def asked_prices(record: ListingRecord, sku: SkuRecord) -> list[Asked]:
    """Every price of a variant that is one: above zero, its own first, then by country."""
    if sku.price_minor is None:
        return []
    found = [Asked("", sku.price_minor)]
    regional = RegionalPrices.of(record.regional_prices)
    for country in regional.countries:
        price = regional.price(country, sku.code, sku.price_minor)
        if price is not None:
            found.append(Asked(country, price))
    return [one for one in found if one.minor > 0]


def reach_of(list_price: Decimal, plan: DiscountPlan) -> Reach:
    """What *list_price* comes down to under *plan*: after the item discount, and after the dearest stack for the seller
    that a piece can meet. A price that the discount takes whole is reached at nothing."""
    discount = plan.discount or NOTHING
    sale = sale_price(list_price, discount)
    if not plan.reductions or sale <= 0:
        return Reach(list_price, sale, sale)
    return Reach(list_price, sale, worst_price(Line(list_price, discount), plan.reductions))


def plan_in(currency: str, plan: DiscountPlan, rates: Mapping[str, Decimal]) -> DiscountPlan | None:
    """*plan*, whose amounts are USD, in *currency*: amounts up, thresholds down; None where a rate is not known."""
    if currency == USD or not plan.reductions:
        return plan
    known = {HOME: Decimal(1), **rates}
    if not {USD, currency} <= known.keys():
        return None
    factor = EXACT.divide(known[USD], known[currency])
    return replace(plan, reductions=tuple(_times(one, factor) for one in plan.reductions))


def _times(one: Reduction, factor: Decimal) -> Reduction:
    """A reduction in another currency, no smaller than it is. Where rounding lets amount and threshold meet, it counts
    from the first piece on."""
    threshold = down(one.threshold * factor)
    if one.amount is None:
        return replace(one, threshold=threshold)
    amount = up(one.amount * factor)
    return replace(one, amount=amount, threshold=threshold if amount < threshold else NOTHING)


def reasons_of(
    record: ListingRecord, facts: ListingFacts, settings: GuardSettings, far_below: Decimal
) -> Iterator[Reason]:
    """Everything that speaks against the prices of *record*, whether or not it was released."""
    if settings.far_below:
        yield from far_cheaper(record, far_below)
    plan = plan_in(record.currency, facts.plan, facts.rates)
    if plan is None:
        yield Reason(UNKNOWN, 0, {"sku": "–", "country": "", "what": Unknown.RATE, "detail": record.currency})
        return
    facts = replace(facts, plan=plan)
    for number, sku in enumerate(record.skus):
        for asked in asked_prices(record, sku):
            named = {"sku": shown_name(sku, number), "country": asked.country, "list": _money(asked.amount)}
            for code, params in _of_price(record, sku, number, asked, facts, settings):
                yield Reason(code, number, {**named, **params}, bool(asked.country))


def _of_price(
    record: ListingRecord,
    sku: SkuRecord,
    number: int,
    asked: Asked,
    facts: ListingFacts,
    settings: GuardSettings,
) -> Iterator[tuple[str, dict[str, Any]]]:
    floor = facts.floors[number] if number < len(facts.floors) else None
    if settings.floors and floor is not None:
        reach = reach_of(asked.amount, facts.plan)
        yield from _floor(record, reach.by(settings.meaning), floor, facts)
    if facts.figures is not None and number < len(facts.figures):
        yield from _profit(reach_of(asked.amount, facts.plan), facts.figures[number], facts, settings)
    if settings.changes and not asked.country and facts.remote is not None:
        yield from _change(asked.minor, facts.remote.get(sku.code), settings)


def _floor(
    record: ListingRecord, price: Decimal, floor: Floor, facts: ListingFacts
) -> Iterator[tuple[str, dict[str, Any]]]:
    least = floor_in(record.currency, floor, facts.rates)
    if least is None:
        missing = [one for one in (floor.currency, record.currency) if one != HOME and one not in facts.rates]
        yield UNKNOWN, {"what": Unknown.RATE, "detail": ", ".join(missing)}
    elif price < least:
        yield FLOOR, {"price": _money(price), "floor": _money(least)}


def floor_in(currency: str, floor: Floor, rates: Mapping[str, Decimal]) -> Decimal | None:
    """*floor* in units of *currency*, up to the cent; None where a rate that is needed is not known."""
    amount = Decimal(floor.minor) / HUNDRED
    if floor.currency == currency:
        return amount
    known = {HOME: Decimal(1), **rates}
    if floor.currency not in known or currency not in known:
        return None
    return up(EXACT.divide(amount * known[floor.currency], known[currency]))


def _profit(
    reach: Reach, figures: SkuFigures, facts: ListingFacts, settings: GuardSettings
) -> Iterator[tuple[str, dict[str, Any]]]:
    if figures.costs is None or figures.rates is None or figures.unknown:
        for what in figures.unknown or (Unknown.COST,):
            yield UNKNOWN, {"what": what, "detail": figures.detail or "–"}
        return
    for code, margin in ((BREAK_EVEN, NOTHING), (MARGIN, Decimal(settings.min_margin_bp) / BP)):
        if code == MARGIN and not margin:
            return
        least = lowest_price(figures, margin)
        if least is None or reach.lowest < least:
            percent = f"{(margin * HUNDRED).normalize():f}"
            yield (
                code,
                {"price": _money(reach.lowest), "least": "–" if least is None else _money(least), "percent": percent},
            )
            return


def lowest_price(figures: SkuFigures, margin: Decimal) -> Decimal | None:
    """The lowest price a piece may come down to for *margin* on revenue; None where none reaches it."""
    if figures.costs is None or figures.rates is None:
        return None
    try:
        freight = figures.buyer_freight
        return price_for_margin(figures.costs, figures.rates, margin, buyer_freight=freight).sale_price
    except (NoPriceReaches, BadPriceInput):
        return None


def _change(minor: int, before: int | None, settings: GuardSettings) -> Iterator[tuple[str, dict[str, Any]]]:
    if not before or before < 0:
        return
    step = abs(minor - before) * 10_000
    shown = {
        "before": _money(Decimal(before) / HUNDRED),
        "after": _money(Decimal(minor) / HUNDRED),
        "percent": f"{Decimal(100 * (minor - before)) / before:+.0f}",
    }
    if step > settings.hold_bp * before:
        yield CHANGE, {**shown, "limit": f"{Decimal(settings.hold_bp) / 100:f}"}
    elif step > settings.warn_bp * before:
        yield CHANGE_WARN, {**shown, "limit": f"{Decimal(settings.warn_bp) / 100:f}"}


def far_cheaper(record: ListingRecord, share: Decimal) -> Iterator[Reason]:
    """The cheapest variant costs a fraction of the middle one: punished as cheating by SKU (domain.md 14.3)."""
    prices = [(sku.price_minor, number) for number, sku in enumerate(record.skus) if sku.price_minor]
    if len(prices) > 1:
        middle = median(price for price, _ in prices)
        cheapest, number = min(prices)
        if cheapest < share * Decimal(middle):
            params = {
                "sku": shown_name(record.skus[number], number),
                "price": _money(Decimal(cheapest) / HUNDRED),
                "median": _money(Decimal(round(middle)) / HUNDRED),
                "percent": f"{share:.0%}",
            }
            yield Reason(FAR_BELOW, number, params)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a person decides a release by, in the listing's currency, a piece; None is unknown."""

    list_price: Decimal | None
    lowest: Decimal | None
    floor: Decimal | None
    break_even: Decimal | None


def numbers_of(record: ListingRecord, number: int, facts: ListingFacts) -> Numbers:
    """The numbers of the variant at *number*: its own price, and the lowest of all prices a buyer can reach."""
    sku = record.skus[number]
    asked = asked_prices(record, sku)
    plan = plan_in(record.currency, facts.plan, facts.rates)
    lowest = None if plan is None else min((reach_of(one.amount, plan).lowest for one in asked), default=None)
    floor = facts.floors[number] if number < len(facts.floors) else None
    figures = facts.figures[number] if facts.figures is not None and number < len(facts.figures) else None
    return Numbers(
        None if sku.price_minor is None else Decimal(sku.price_minor) / HUNDRED,
        lowest,
        None if floor is None else floor_in(record.currency, floor, facts.rates),
        None if figures is None else lowest_price(figures, NOTHING),
    )


def is_released(record: ListingRecord, facts: ListingFacts, reason: Reason) -> bool:
    """Whether a person let *reason* pass, for exactly these prices and this plan."""
    if facts.release is None or facts.release.imprint != imprint_of(record, facts.plan):
        return False
    return reason_key(record, reason) in facts.release.reasons


def reason_key(record: ListingRecord, reason: Reason) -> tuple[str, str]:
    """What a release names a reason by: its rule and the merchant code. Who let a price pass though its freight is
    unknown has not said so of an unknown cost."""
    rule = f"{reason.code}.{reason.params['what']}" if reason.code == UNKNOWN else reason.code
    return rule, record.skus[reason.sku].code


def shown_name(sku: SkuRecord, number: int) -> str:
    """How a variant is called in a sentence: its code, else its values, else its number."""
    values = " · ".join(part["value"] for part in sku.properties if part.get("value"))
    return sku.code.strip() or values or f"#{number + 1}"


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"
