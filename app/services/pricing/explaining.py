"""A price step by step, as in domain.md 10.4 P1: every number with how it came about, its source and its day.

One price in `Decimal`, where `figures` computes whole columns; a test holds both to the same results.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Connection

from app.messages import Key
from app.services.amounts import money_text
from app.services.errors import NotFound
from app.services.listings.marketing.plans import reduction_text
from app.services.pricing.discounts import Line, worst_price
from app.services.pricing.inputs import MICRO, InputReader, Missing, SkuInput
from app.services.pricing.profit import Offer, Profit, profit_of
from app.services.pricing.rates import USD
from app.services.pricing.rounding import SHARE, half_up
from app.services.pricing.sources import UNIT, Origin
from app.services.pricing.target import break_even
from app.services.pricing.team_settings import TeamSettings
from app.services.pricing.terms import NOTHING, Costs, Rates

CENTS = 100
MG_A_GRAM = 1000


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    """One number: `name` says which (`explain.<name>`), `how` it came about as arithmetic, and where it is from.
    `value` "" is unknown."""

    name: str
    value: str
    unit: str = ""
    how: str = ""
    source: str | Key = ""
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A price explained. `profit` is None where something is unknown, which `missing` names.

    Attributes:
        given: what it was made from.
        price_minor: the list price that is explained, in hundredths of the listing's currency.
        steps: in the order they are computed.
    """

    given: SkuInput
    price_minor: int | None
    title: str
    profit: Profit | None
    steps: tuple[ExplainedStep, ...]
    missing: tuple[Missing, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Terms:
    """What one variant's profit depends on besides the price, as `profit_of` takes it."""

    costs: Costs
    rates: Rates
    discount: Decimal
    buyer_freight: Decimal


def explain(connection: Connection, listing_id: int, sku_id: int, price_minor: int | None = None) -> Explanation:
    """The price of a variant explained, or another one for it.

    Raises:
        NotFound: no such variant.
    """
    reader = InputReader.of(connection)
    given = next((one for one in reader.read([listing_id]) if one.sku_id == sku_id), None)
    if given is None:
        raise NotFound(noun="sku", name=str(sku_id))
    price = given.price_minor if price_minor is None else price_minor
    missing = tuple(one for one in given.missing if price is None or one != Missing.PRICE)
    title = str(connection.exec_driver_sql("SELECT title FROM listing WHERE id = ?", (listing_id,)).scalar_one())
    terms = None if [one for one in missing if one != Missing.PRICE] else terms_of(given, reader.settings)
    profit = None
    if terms is not None and price is not None:
        profit = profit_of(Offer(Decimal(price) / CENTS, terms.discount, terms.buyer_freight), terms.costs, terms.rates)
    steps = tuple(_Steps(connection, reader, given, price).all(terms, profit))
    return Explanation(given, price, title, profit, steps, missing)


def terms_of(given: SkuInput, settings: TeamSettings) -> Terms:
    """The terms of a variant of which nothing is unknown but perhaps its price.

    Raises:
        BadPriceInput: something is.
    """
    costs = Costs(_micro(given.cost_micro), _micro(given.freight_micro), settings.packing)  # type: ignore[arg-type]
    rates = settings.rates(Decimal(given.rate or 0) / UNIT, Decimal(given.commission_bp) / UNIT)
    return Terms(costs, rates, Decimal(given.discount_bp) / UNIT, Decimal(given.buyer_minor or 0) / CENTS)


def _micro(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value) / MICRO


class _Steps:
    """Makes the steps of one explanation."""

    def __init__(self, connection: Connection, reader: InputReader, given: SkuInput, price: int | None) -> None:
        self._connection, self._reader, self._given = connection, reader, given
        self._settings, self._price = reader.settings, price

    def all(self, terms: Terms | None, profit: Profit | None) -> Iterator[ExplainedStep]:
        """What is known, then what follows from it."""
        yield from self._of_price()
        yield from self._of_goods()
        yield from self._of_freight()
        yield from self._of_rates()
        if profit is not None and terms is not None:
            yield from self._of_profit(terms, profit)
        if terms is not None and terms.rates.kept > 0:
            yield from self._of_limits(terms)

    def _of_price(self) -> Iterator[ExplainedStep]:
        given, listed = self._given, _cents(self._price)
        origin = Key("explain.of_listing" if self._price == given.price_minor else "explain.of_trial")
        yield ExplainedStep("list_price", listed, given.currency, source=origin)
        share = Decimal(given.discount_bp) / UNIT
        group = self._group() if given.is_group_discount else ""
        yield self._sourced("discount", _percent(share), "", group or self._settings.origins["discount"])
        if self._price is not None:
            sold = half_up(Decimal(self._price) / CENTS * (1 - share))
            yield ExplainedStep("sale_price", f"{sold:f}", given.currency, f"{listed} × (1 − {_percent(share)})")

    def _group(self) -> str:
        row = self._connection.exec_driver_sql(
            "SELECT name FROM marketing_member JOIN marketing_group ON id = group_id WHERE listing_id = ?",
            (self._given.listing_id,),
        ).scalar()
        return str(row or "")

    def _of_goods(self) -> Iterator[ExplainedStep]:
        given, book = self._given, self._reader.goods
        reading, _ = book.goods(given.store_id, given.code)
        for base, quantity in reading.components:
            item = book.items.get(base)
            told = (_text(_micro(item.cost_micro)), _text(_grams(item.weight_mg))) if item else ("?", "?")
            how = f"{base} × {quantity}: {told[0] or '?'} CNY, {told[1] or '?'} g"
            origin = Origin(item.source, item.as_of) if item else ""
            yield self._sourced("item", base, "", origin, how)
        sheet, listing = Key("explain.of_sheet"), Key("explain.of_listing")
        items = Key("explain.of_items")
        cost = _text(_micro(given.cost_micro))
        yield ExplainedStep("cost", cost, "CNY", source=(sheet if given.is_sheet_cost else items) if cost else "")
        weight = _text(given.weight_g)
        yield ExplainedStep(
            "weight", weight, "g", source=(listing if given.is_listing_weight else items) if weight else ""
        )

    def _of_freight(self) -> Iterator[ExplainedStep]:
        given, choice = self._given, self._given.choice
        start = given.ships_from or "CN"
        is_home = self._reader.routes.destination(given.ships_from) == self._settings.destination
        origin: Origin | str = self._settings.origins["destination"] if is_home else ""
        yield self._sourced("route", f"{start} → {given.country}", "", origin)
        if choice is not None:
            stored = self._reader.routes.channels.tariffs.get(choice.key)
            known = Origin(stored.source, stored.as_of) if stored else ""
            how = "" if choice.is_sure else Key("explain.plain_goods")
            yield self._sourced("channel", stored.name if stored and choice.tariff else "", "", known, how)
        how = f"{given.billed_g or given.weight_g} g" if given.weight_g else ""
        yield ExplainedStep("freight", _text(_micro(given.freight_micro)), "CNY", how)
        template = self._reader.routes.templates.get((given.store_id, given.template_id))
        yield ExplainedStep(
            "buyer_freight", _cents(given.buyer_minor), given.currency, source=template.name if template else ""
        )
        yield self._sourced("packing", f"{self._settings.packing:f}", "CNY", self._settings.origins["packing"])

    def _of_rates(self) -> Iterator[ExplainedStep]:
        given, rate = self._given, self._reader.rates.get(self._given.currency)
        unit = f"CNY/{given.currency}"
        yield self._sourced("rate", "" if rate is None else f"{rate.rate:f}", unit, rate.origin if rate else "")
        tariff = given.choice.tariff if given.choice is not None else None
        if tariff is not None and tariff.currency not in ("CNY", given.currency):
            other = self._reader.rates.get(tariff.currency)
            value = "" if other is None else f"{other.rate:f}"
            yield self._sourced("rate", value, f"CNY/{tariff.currency}", other.origin if other else "")

    def _of_profit(self, terms: Terms, profit: Profit) -> Iterator[ExplainedStep]:
        """Fees one by one, what is left, and what that earns."""
        given, rates = self._given, terms.rates
        yield ExplainedStep(
            "revenue", f"{profit.revenue:f}", given.currency, f"{profit.sale_price:f} + {terms.buyer_freight:f}"
        )
        share = self._reader.commissions.of(given.category_id)
        how = f"{_percent(rates.commission)} × {profit.revenue:f}"
        yield self._sourced("commission", _exact(profit.commission), given.currency, share.origin, how)
        for name, base, value in (
            ("affiliate", profit.sale_price, profit.affiliate),
            ("refund", profit.revenue, profit.refunds),
            ("payment", profit.revenue, profit.payment),
        ):
            how = f"{_percent(getattr(rates, name))} × {base:f}"
            yield self._sourced(name, _exact(value), given.currency, self._settings.origins[name], how)
        yield ExplainedStep("left", _exact(profit.left_usd), given.currency)
        yield ExplainedStep(
            "left_cny", _exact(profit.left_cny), "CNY", f"{_exact(profit.left_usd)} × {rates.exchange:f}"
        )
        costs = terms.costs
        parts = " + ".join(_exact(part) for part in (costs.cost, costs.freight, costs.packing))
        yield ExplainedStep("costs", _exact(profit.costs_cny), "CNY", parts)
        how = f"{_exact(profit.left_cny)} − {_exact(profit.costs_cny)}"
        yield ExplainedStep("profit", f"{half_up(profit.profit_cny):f}", "CNY", how)
        if profit.margin is not None:
            how = f"{_exact(profit.profit_cny)} ÷ ({rates.exchange:f} × {profit.revenue:f})"
            yield ExplainedStep("margin", _percent(half_up(profit.margin, SHARE)), "", how)
        if profit.markup is not None:
            how = f"{_exact(profit.profit_cny)} ÷ {_exact(profit.costs_cny)}"
            yield ExplainedStep("markup", _percent(half_up(profit.markup, SHARE)), "", how)

    def _of_limits(self, terms: Terms) -> Iterator[ExplainedStep]:
        """Break-even and worst case."""
        given = self._given
        even = break_even(terms.costs, terms.rates, terms.discount, terms.buyer_freight)
        yield ExplainedStep("break_even_sale", f"{even.sale_price:f}", given.currency)
        yield ExplainedStep("break_even", f"{even.list_price:f}", given.currency)
        if not self._price or (given.plan.reductions and given.currency != USD):
            return
        line = Line(Decimal(self._price) / CENTS, terms.discount)
        if line.value <= 0:
            return
        worst = worst_price(line, given.plan.reductions)
        how = ", ".join(reduction_text(one) for one in given.plan.reductions)
        yield ExplainedStep("worst_case", f"{worst:f}", given.currency, how, self._group() if how else "")
        left = profit_of(Offer(worst, NOTHING, terms.buyer_freight), terms.costs, terms.rates)
        yield ExplainedStep("worst_profit", f"{half_up(left.profit_cny):f}", "CNY")

    @staticmethod
    def _sourced(name: str, value: str, unit: str, origin: Origin | str, how: str = "") -> ExplainedStep:
        if isinstance(origin, str):
            return ExplainedStep(name, value, unit, how, origin)
        return ExplainedStep(name, value, unit, how, origin.shown, origin.as_of)


def _cents(minor: int | None) -> str:
    return "" if minor is None else money_text(minor)


def _grams(milligrams: int | None) -> Decimal | None:
    return None if milligrams is None else Decimal(milligrams) / MG_A_GRAM


def _text(value: Decimal | int | None) -> str:
    return "" if value is None else str(value) if isinstance(value, int) else _exact(value)


def _exact(value: Decimal) -> str:
    """All digits there are, two decimals at least."""
    whole, _, rest = f"{value.normalize():f}".partition(".")
    return f"{whole}.{rest.ljust(2, '0')}"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"
