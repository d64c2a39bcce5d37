"""The three price rules teams start with, and target margins by price (domain.md 10.3)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from app.paths import resources
from app.services.pricing.errors import BadPriceInput, NoPriceReaches, named, not_negative, positive, share
from app.services.pricing.rounding import EXACT, up
from app.services.pricing.terms import NOTHING


@dataclass(frozen=True, slots=True)
class TeamRule:
    """List price = (cost_factor·C + packing + s) ÷ (T · kept share · (1 − d)).

    Attributes:
        key: name of the rule.
        title: message key of its words.
        cost_factor: what the cost is multiplied by.
        packing: CNY a parcel.
        has_freight: whether the seller pays the freight s; without it s is not asked for.
        kept: share that commission and losses leave.
        is_margin_subtracted: the margin is taken off `kept`; otherwise off what `kept` leaves.
    """

    key: str
    title: str
    cost_factor: Decimal
    packing: Decimal
    has_freight: bool
    kept: Decimal
    is_margin_subtracted: bool

    def list_price(
        self, cost: Decimal, exchange: Decimal, margin: Decimal, discount: Decimal, freight: Decimal | None = None
    ) -> Decimal:
        """The list price in USD, up to the cent.

        Args:
            cost: C in CNY.
            exchange: T, CNY per USD.
            margin: t, a share.
            discount: d, a share.
            freight: s in CNY; needed where `has_freight`.

        Raises:
            BadPriceInput: a value is unknown or out of its range.
            NoPriceReaches: the margin takes all that is kept.
        """
        share("discount", discount)
        if not margin < 1:
            raise BadPriceInput("pricing.no_share", field=named("margin"), value=str(margin))
        kept = self.kept - margin if self.is_margin_subtracted else self.kept * (1 - margin)
        if kept <= 0:
            raise NoPriceReaches(share=str(kept))
        paid = self.cost_factor * not_negative("cost", cost) + self.packing
        paid += not_negative("freight", freight) if self.has_freight else NOTHING
        return up(EXACT.divide(paid, positive("rate", exchange) * kept * (1 - discount)))


@dataclass(frozen=True, slots=True)
class MarginStep:
    """The margin aimed at below a price in USD (`below` None: at any price), as shares."""

    below: Decimal | None
    least: Decimal
    most: Decimal


def team_rules() -> dict[str, TeamRule]:
    """The rules of `resources/rules/price_rules.json` by their key."""
    return {
        row["key"]: TeamRule(
            key=row["key"],
            title=f"price_rule.{row['key']}",
            cost_factor=Decimal(row["cost_factor"]),
            packing=Decimal(row["packing"]),
            has_freight=row["has_freight"],
            kept=Decimal(row["kept"]),
            is_margin_subtracted=row["margin"] == "subtracted",
        )
        for row in _data()["rules"]
    }


def margin_steps() -> tuple[MarginStep, ...]:
    """The steps of the same file, cheapest first."""
    return tuple(
        MarginStep(None if row["below"] is None else Decimal(row["below"]), Decimal(row["least"]), Decimal(row["most"]))
        for row in _data()["margin_steps"]
    )


def price_by_step(steps: Sequence[MarginStep], price: Callable[[Decimal], Decimal]) -> Decimal:
    """The price whose own step it was computed with: the first step whose margin leads to a price below its end.

    Args:
        steps: cheapest first, the last without an end.
        price: the price in USD that a margin leads to; rises with the margin.

    Raises:
        BadPriceInput: `pricing.no_step`, where no step covers the price.
    """
    found = NOTHING
    for step in steps:
        found = price(step.most)
        if step.below is None or found < step.below:
            return found
    raise BadPriceInput("pricing.no_step", value=str(found))


@cache
def _data() -> Any:
    return json.loads((resources() / "rules" / "price_rules.json").read_text("utf-8"))
