"""What an order comes to under a discount plan, step by step, and what is left of each article (domain.md 10.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from app.messages import Key
from app.services.pricing.discounts import Line, Reduction, Stack, stack_discounts, worst_price
from app.services.pricing.errors import BadPriceInput, named
from app.services.pricing.profit import Offer, profit_of, sale_price
from app.services.pricing.rounding import CENT, half_up
from app.services.pricing.terms import NOTHING, Costs, Rates

MOST_PIECES = 100_000
MOST_PRICE = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One article of the basket.

    Attributes:
        name: what it is called.
        line: list price in USD, item discount, pieces.
        costs: of one piece; None where something of them is unknown.
        rates: None where a rate is unknown.
        unknown: message keys of what is missing.
        buyer_freight: USD the buyer pays for the freight of one piece.
    """

    name: str
    line: Line
    costs: Costs | None = None
    rates: Rates | None = None
    unknown: tuple[Key, ...] = ()
    buyer_freight: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class LineResult:
    """What becomes of one article.

    Attributes:
        name: of the article.
        list_price, sale: of a piece, in USD.
        quantity: pieces.
        value: after the item discount.
        by_seller: its part of what the seller gives away, by value.
        each: the same a piece, to the hundredth of a cent.
        net: goods as the seller is paid for them.
        lowest: a piece in the worst order of it alone; None where it sells at nothing.
        profit_cny, margin: of the line; None where something is unknown, which `unknown` names.
    """

    name: str
    list_price: Decimal
    sale: Decimal
    quantity: int
    value: Decimal
    by_seller: Decimal
    each: Decimal
    net: Decimal
    lowest: Decimal | None
    profit_cny: Decimal | None
    margin: Decimal | None
    unknown: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """A basket after all its discounts: `stack` step by step, `lines` one by one, `profit_cny` of all of it, None where
    that of a line is unknown."""

    stack: Stack
    lines: tuple[LineResult, ...]
    profit_cny: Decimal | None


def simulate(
    basket: Sequence[BasketLine], reductions: Sequence[Reduction], *, has_affiliate: bool = True
) -> Simulation:
    """Apply *reductions* in the documented order.

    Freight and packing are reckoned for every piece by itself: a parcel of several is not known to be cheaper.

    Raises:
        BadPriceInput: an empty basket; two reductions of one step.
    """
    if not basket:
        raise BadPriceInput("pricing.empty_basket")
    stack = stack_discounts([one.line for one in basket], reductions)
    lines = tuple(
        _result(one, by_seller, reductions, has_affiliate=has_affiliate)
        for one, by_seller in zip(basket, stack.by_line, strict=True)
    )
    profits = [one.profit_cny for one in lines]
    whole = None if None in profits else sum((one for one in profits if one is not None), NOTHING)
    return Simulation(stack, lines, whole)


def _result(one: BasketLine, by_seller: Decimal, reductions: Sequence[Reduction], *, has_affiliate: bool) -> LineResult:
    line = one.line
    sale = sale_price(line.list_price, line.discount)
    profit = margin = None
    if one.costs is not None and one.rates is not None and not one.unknown:
        pieces = Decimal(line.quantity)
        costs = replace(
            one.costs, freight=one.costs.freight * pieces, packing=one.costs.packing * pieces, quantity=line.quantity
        )
        rates = one.rates if has_affiliate else replace(one.rates, affiliate=NOTHING)
        offer = Offer(line.list_price, line.discount, one.buyer_freight * pieces, by_seller)
        found = profit_of(offer, costs, rates)
        profit, margin = found.profit_cny, found.margin
    return LineResult(
        one.name,
        line.list_price,
        sale,
        line.quantity,
        line.value,
        by_seller,
        half_up(by_seller / line.quantity, CENT / 100),
        line.value - by_seller,
        worst_price(Line(line.list_price, line.discount), reductions) if sale > 0 else None,
        profit,
        margin,
        one.unknown,
    )


def typed_line(name: str, price: str, discount: str = "", quantity: str = "") -> Line:
    """An article as typed: price in USD, discount in percent ("" for none), pieces ("" for one).

    Raises:
        BadPriceInput: what is no number, or out of its range, of the article *name*.
    """
    listed = _typed(name, "list_price", price, NOTHING, MOST_PRICE)
    percent = _typed(name, "discount", discount or "0", NOTHING, Decimal(99))
    pieces = _typed(name, "quantity", quantity or "1", Decimal(1), Decimal(MOST_PIECES))
    if listed <= 0 or listed != listed.quantize(CENT) or pieces != int(pieces):
        wrong = ("quantity", quantity) if pieces != int(pieces) else ("list_price", price)
        raise _bad(name, *wrong)
    return Line(listed, percent / 100, int(pieces))


def _typed(name: str, field: str, text: str, least: Decimal, most: Decimal) -> Decimal:
    try:
        number = Decimal(text.strip().removesuffix("%").strip())
    except InvalidOperation:
        raise _bad(name, field, text) from None
    if not number.is_finite() or not least <= number <= most:
        raise _bad(name, field, text)
    return number


def _bad(name: str, field: str, text: str) -> BadPriceInput:
    return BadPriceInput("pricing.typed", article=name, field=named(field), value=text.strip())
