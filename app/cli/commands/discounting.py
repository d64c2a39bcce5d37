"""`discount`: what an order comes to under a discount plan, step by step (domain.md 10.5)."""

from __future__ import annotations

import argparse
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.commands.grouping import REDUCTIONS
from app.cli.commands.listings import matching_ids
from app.cli.desk import Desk, table
from app.cli.failures import UsageError
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import messages, tr

if TYPE_CHECKING:
    from app.services.listings.marketing.plans import DiscountPlan
    from app.services.pricing.simulation import BasketLine, LineResult, Simulation


def add_to(commands: Commands) -> None:
    """Add `discount`."""
    parser = commands.add("discount", simulate_order)
    parser.add_argument(
        "--item", action="append", default=[], metavar="PRICE[,OFF[,N]]", help=tr("cli.help.discount.item")
    )
    parser.add_argument("--store", metavar="NAME", help=tr("cli.help.discount.store"))
    parser.add_argument("--where", default="", metavar="EXPR", help=tr("cli.help.where"))
    for name in REDUCTIONS:
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="OFF/FROM", help=tr(f"cli.help.group.{name}"))
    parser.add_argument("--affiliate", choices=("on", "off"), help=tr("cli.help.group.affiliate"))
    parser.add_argument("--out", type=Path, metavar="FILE", help=tr("cli.help.discount.out"))


def simulate_order(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Articles as typed, or a piece of every listing the condition holds for, under their group's plan with what the
    options change.

    Raises:
        UsageError: neither, or both.
        BadPriceInput, BadReduction: what is typed cannot be.
        NotFound, BadExpression, WorkbookError.
    """
    from app.services.listings.marketing.plans import plan_of
    from app.services.price_guard.exporting import export_simulation
    from app.services.pricing.simulation import simulate

    if bool(options.item) == bool(options.store):
        raise UsageError("cli.discount_what")
    lines, plan, left_out = _basket(desk, options)
    texts = {**plan.texts(), **{name: text for name in REDUCTIONS if (text := getattr(options, name)) is not None}}
    has_affiliate = plan.has_affiliate if options.affiliate is None else options.affiliate == "on"
    wanted = plan_of(None, texts, has_affiliate=has_affiliate)
    found = simulate(lines, wanted.reductions, has_affiliate=has_affiliate)
    if options.out is not None:
        export_simulation(found, options.out, messages)
    told = _object(found) | {"left_out": left_out}
    return Outcome(told, _lines(found), Exit.SOME_REFUSED if left_out else Exit.DONE)


def _basket(desk: Desk, options: argparse.Namespace) -> tuple[list[BasketLine], DiscountPlan, int]:
    from app.services.listings.marketing.plans import NO_PLAN
    from app.services.price_guard.baskets import basket_of
    from app.services.pricing.simulation import BasketLine, typed_line

    if options.store:
        store = desk.store(options.store)
        basket = basket_of(desk.app.db, matching_ids(desk, store.id, options.where))
        return [*basket.lines], basket.plan, basket.left_out
    lines = []
    for number, text in enumerate(options.item, 1):
        parts = [part.strip() for part in text.split(",")]
        if len(parts) > 3:
            raise UsageError("cli.discount_item", value=text)
        lines.append(BasketLine(str(number), typed_line(str(number), *parts)))
    return lines, NO_PLAN, 0


def _object(found: Simulation) -> dict[str, Any]:
    """The outcome; amounts in USD, profits in CNY, as decimal text, None where unknown."""
    steps = [
        {
            "step": str(one.reduction.step),
            "amount": _money(one.amount),
            "left": _money(one.left),
            "reached": one.amount > 0,
        }
        for one in found.stack.taken
    ]
    return {
        "goods": _money(found.stack.goods),
        "steps": steps,
        "paid": _money(found.stack.paid),
        "by_seller": _money(found.stack.by_seller),
        "profit_cny": _money(found.profit_cny),
        "lines": [_line(one) for one in found.lines],
    }


def _line(one: LineResult) -> dict[str, Any]:
    from app.services.pricing.rounding import SHARE, half_up

    names = ("list_price", "sale", "value", "by_seller", "net", "lowest", "profit_cny")
    return {
        "name": one.name,
        "quantity": one.quantity,
        **{name: _money(getattr(one, name)) for name in names},
        "each": f"{one.each.normalize():f}" if one.each else "0",
        "margin": None if one.margin is None else str(half_up(one.margin, SHARE)),
        "unknown": [str(key).rpartition(".")[2] for key in one.unknown],
    }


def _lines(found: Simulation) -> list[str]:
    rows = [(tr("simulator.goods"), "", _money(found.stack.goods))]
    rows += [
        (tr(f"pricing.step.{one.reduction.step}"), f"−{_money(one.amount)}", _money(one.left))
        for one in found.stack.taken
    ]
    rows.append((tr("simulator.by_seller"), "", _money(found.stack.by_seller)))
    heads = [tr(f"simulator.column.{name}") for name in ("name", "quantity", "value", "by_seller", "net", "profit")]
    lines = [
        (
            one.name,
            one.quantity,
            _money(one.value),
            _money(one.by_seller),
            _money(one.net),
            _money(one.profit_cny) or "–",
        )
        for one in found.lines
    ]
    return [*table(rows), "", *table([tuple(heads), *lines])]


def _money(amount: Decimal | None) -> str | None:
    from app.services.pricing.rounding import half_up

    return None if amount is None else f"{half_up(amount):.2f}"
