"""`price`: profit of a list price, or the list price of a margin (symbols and rounding of domain.md 10)."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from app.cli.desk import Desk, table
from app.cli.failures import UsageError
from app.cli.outcome import Outcome
from app.cli.parser import Commands
from app.messages import tr

if TYPE_CHECKING:
    from app.services.pricing.profit import Profit
    from app.services.pricing.target import TargetPrice

NEEDED = ("cost", "freight", "rate", "commission")
OPTIONAL = ("packing", "affiliate", "refund", "payment", "discount", "buyer_freight", "reductions")
"""Numbers that are nothing where they are not given: there is no such fee."""


def add_to(commands: Commands) -> None:
    """Add `price`."""
    parser = commands.add("price", show_price)
    for name in (*NEEDED, *OPTIONAL):
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            metavar="NUMBER",
            required=name in NEEDED,
            default="0",
            help=tr(f"cli.help.price.{name}"),
        )
    parser.add_argument("--quantity", metavar="N", default="1", help=tr("cli.help.price.quantity"))
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--list", metavar="USD", help=tr("cli.help.price.list"))
    wanted.add_argument("--margin", metavar="SHARE", help=tr("cli.help.price.margin"))


def show_price(desk: Desk, options: argparse.Namespace) -> Outcome:
    """One computation with its break-even."""
    from app.services.pricing.errors import positive
    from app.services.pricing.profit import Offer, profit_of
    from app.services.pricing.target import break_even, price_for_margin
    from app.services.pricing.terms import Costs, Rates

    of = {name: _number(options, name) for name in (*NEEDED, *OPTIONAL)}
    positive("cost", of["cost"])  # 0 is no cost anywhere: it would be an unknown one
    rates = Rates(of["rate"], of["commission"], of["affiliate"], of["refund"], of["payment"])
    costs = Costs(of["cost"], of["freight"], of["packing"], _pieces(options.quantity))
    asked = (of["discount"], of["buyer_freight"], of["reductions"])
    if options.margin is None:
        listed = _number(options, "list")
    else:
        listed = price_for_margin(costs, rates, _number(options, "margin"), *asked).list_price
    told = _told(listed, profit_of(Offer(listed, *asked), costs, rates), break_even(costs, rates, *asked))
    lines = table(
        [
            (tr(f"cli.price.{name}"), tr("cli.price.undefined") if value is None else value)
            for name, value in told.items()
        ]
    )
    return Outcome(told, lines)


def _told(listed: Decimal, profit: Profit, even: TargetPrice) -> dict[str, Any]:
    from app.services.pricing.rounding import CENT, SHARE, half_up

    def share(value: Decimal | None) -> str | None:
        return None if value is None else str(half_up(value, SHARE))

    return {
        "list_price": str(half_up(listed)),
        "sale_price": str(profit.sale_price.quantize(CENT)),
        "profit_cny": str(half_up(profit.profit_cny)),
        "margin": share(profit.margin),
        "markup": share(profit.markup),
        "break_even_list": str(half_up(even.list_price)),
        "break_even_sale": str(half_up(even.sale_price)),
    }


def _number(options: argparse.Namespace, name: str) -> Decimal:
    text = str(getattr(options, name)).strip()
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite():
        raise UsageError("cli.number", option=f"--{name.replace('_', '-')}", value=text)
    return found


def _pieces(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and 0 < int(text) < 1_000_000):
        raise UsageError("cli.limit", option="--quantity", value=text, least=1, most=999_999)
    return int(text)
