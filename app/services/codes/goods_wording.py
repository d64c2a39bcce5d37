"""Costs, weights and verdicts of a code's goods in words, for window and command line; what is unknown is said."""

from __future__ import annotations

from app.messages import tr
from app.services.amounts import decimal_text
from app.services.codes.explaining import ItemLine
from app.services.stock_items.records import Goods

MICRO = 1_000_000
MILLI = 1_000


def cost_text(cost_micro: int | None) -> str:
    """`6.50 CNY`, or that it is unknown."""
    told = decimal_text(cost_micro, MICRO, 2)
    return tr("codes.unknown") if told is None else tr("codes.cost", amount=told)


def weight_text(weight_mg: int | None) -> str:
    """`85 g`, or that it is unknown."""
    told = decimal_text(weight_mg, MILLI)
    return tr("codes.unknown") if told is None else tr("codes.weight", amount=told)


def attributes_text(attributes: frozenset[str] | None) -> str:
    """Logistics attributes by their names; those we have no name for as the table writes them."""
    if attributes is None:
        return tr("codes.unknown")
    names = [tr(f"codes.attribute.{name}") if name in NAMED else name for name in sorted(attributes)]
    return tr("table.list_separator").join(names) if names else tr("codes.attribute.none")


NAMED = frozenset({"battery", "liquid", "powder", "magnetic"})


def verdict_text(line: ItemLine) -> str:
    """`Block: trademark`, "" where nothing is said."""
    if line.verdict is None:
        return ""
    severity = tr(f"tables.severity.{line.verdict.severity}")
    return f"{severity} · {line.verdict.reason}" if line.verdict.reason else severity


def missing_text(goods: Goods) -> list[str]:
    """Why cost or weight of the whole is unknown, one sentence a reason."""
    gap = tr("table.list_separator")
    said = []
    for key, codes in (("cost", goods.without_cost), ("weight", goods.without_weight)):
        if codes:
            said.append(tr(f"codes.without.{key}", items=gap.join(dict.fromkeys(codes))))
    return said
