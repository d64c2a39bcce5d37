"""The discount plan of a marketing group: what takes off prices besides the item discount (domain.md 10.5, 15).

Written as a person writes it: `3/20` is 3 off from 20 on, `10%/50` ten percent from 50 on, `1` one off always.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import orjson

from app.messages import Key
from app.services.errors import InputError
from app.services.listings.loading import chunks, id_list
from app.services.pricing.discounts import Reduction, Step
from app.services.pricing.rounding import CENT
from app.services.pricing.terms import NOTHING

if TYPE_CHECKING:
    from sqlalchemy import Connection

STEPS: Mapping[str, Step] = {
    "spend_off": Step.STORE_DISCOUNT,
    "store_coupon": Step.STORE_COUPON,
    "select_coupon": Step.SELECT_COUPON,
    "platform_coupon": Step.PLATFORM_COUPON,
}
"""Names of what a plan can hold, in the order of redemption; an order takes one of each."""
MOST = Decimal(1_000_000)
"""USD; more is a slip of the keyboard."""
ASK_AGAIN = Decimal("0.3")
"""A coupon worth more than this share of its threshold is asked about once more (domain.md 15)."""

_PLANS = (
    "SELECT listing_id, discount_bp, discount_plan FROM marketing_member JOIN marketing_group ON id = group_id "
    "WHERE listing_id IN ({ids})"
)


class BadReduction(InputError):
    """A reduction cannot be read: `value`, of the step `step`."""

    code = "marketing.reduction"


class HighCoupon(InputError):
    """Coupons are worth a large part of their threshold, and nobody said yes to that: `coupons` names them.
    `option`: what says yes on the command line; "" elsewhere."""

    code = "marketing.high_coupon"
    option = ""

    @property
    def message_key(self) -> str:
        """On the command line the sentence names the option."""
        return f"error.{'cli.high_coupon' if self.option else self.code}"


@dataclass(frozen=True, slots=True)
class DiscountPlan:
    """What a buyer can have taken off.

    Attributes:
        discount: item discount as a share; None while undecided.
        reductions: one of a step at most.
        has_affiliate: whether affiliates are paid for its listings; the worst case takes it that they are.
    """

    discount: Decimal | None = None
    reductions: tuple[Reduction, ...] = field(default=())
    has_affiliate: bool = True

    @property
    def asks_again(self) -> tuple[Reduction, ...]:
        """Reductions of more than `ASK_AGAIN` of their threshold."""
        return tuple(one for one in self.reductions if one.threshold and _share_off(one) > ASK_AGAIN)

    def texts(self) -> dict[str, str]:
        """Each reduction by its name, as `reduction_of` reads it."""
        names = {step: name for name, step in STEPS.items()}
        return {names[one.step]: reduction_text(one) for one in self.reductions}


NO_PLAN = DiscountPlan()


@dataclass(frozen=True, slots=True)
class PlanText:
    """A plan as a person typed it: reductions by their name in `STEPS`. `is_meant`: coupons worth a large part of their
    threshold are wanted like that."""

    texts: Mapping[str, str] = field(default_factory=dict)
    has_affiliate: bool = True
    is_meant: bool = False

    def stored(self) -> str | None:
        """As a group keeps it. Raises: BadReduction, BadPriceInput, HighCoupon."""
        plan = plan_of(None, self.texts, has_affiliate=self.has_affiliate)
        if not self.is_meant:
            ensure_meant(plan)
        return stored(plan)


def reduction_of(name: str, text: str) -> Reduction | None:
    """The reduction that *text* means for the step called *name* in `STEPS`; None for an empty text.

    Raises:
        BadReduction: no such notation, or not in whole cents or hundredths of a percent.
        BadPriceInput: `pricing.swapped`, where amount and threshold were taken for each other; out of range.
    """
    step, written = STEPS[name], text.strip()
    if not written:
        return None
    size, _, threshold = written.partition("/")
    from_on = _money(step, written, threshold) if threshold.strip() else NOTHING
    if size.strip().endswith("%"):
        percent = _number(step, written, size.strip().removesuffix("%"))
        if not 0 < percent < 100:
            raise _bad(step, written)
        return Reduction(step, off=percent / 100, threshold=from_on)
    return Reduction(step, amount=_money(step, written, size), threshold=from_on)


def reduction_text(one: Reduction) -> str:
    """A reduction as `reduction_of` reads it."""
    size = _shown(one.amount) if one.amount is not None else f"{_shown((one.off or NOTHING) * 100)}%"
    return f"{size}/{_shown(one.threshold)}" if one.threshold else size


def plan_of(discount: Decimal | None, texts: Mapping[str, str], *, has_affiliate: bool) -> DiscountPlan:
    """A plan out of what a person typed. Raises: BadReduction, BadPriceInput."""
    found = (reduction_of(name, texts.get(name, "")) for name in STEPS)
    return DiscountPlan(discount, tuple(one for one in found if one is not None), has_affiliate)


def ensure_meant(plan: DiscountPlan) -> None:
    """Let through only what nobody needs to be asked about again. Raises: HighCoupon."""
    if high := plan.asks_again:
        raise HighCoupon(coupons=", ".join(map(reduction_text, high)), percent=f"{ASK_AGAIN:.0%}")


def stored(plan: DiscountPlan) -> str | None:
    """The part of a plan that `marketing_group.discount_plan` keeps, as JSON text; None for nothing."""
    if not plan.reductions and plan.has_affiliate:
        return None
    return orjson.dumps({"affiliate": plan.has_affiliate, **plan.texts()}).decode()


def loaded(discount_bp: int | None, text: str | None) -> DiscountPlan:
    """A plan as it is stored."""
    discount = None if discount_bp is None else Decimal(discount_bp) / 10_000
    kept: dict[str, Any] = orjson.loads(text) if text else {}
    return plan_of(discount, kept, has_affiliate=kept.get("affiliate", True))


def plans_of(connection: Connection, listing_ids: Iterable[int]) -> dict[int, DiscountPlan]:
    """The plan of each of these listings that is in a marketing group."""
    read: dict[tuple[int | None, str | None], DiscountPlan] = {}
    found: dict[int, DiscountPlan] = {}
    for chunk in chunks(sorted(set(listing_ids))):
        for number, *row in connection.exec_driver_sql(_PLANS.format(ids=id_list(chunk))):
            kept = (row[0], row[1])
            if kept not in read:
                read[kept] = loaded(*kept)
            found[number] = read[kept]
    return found


def _share_off(one: Reduction) -> Decimal:
    return one.off if one.off is not None else (one.amount or NOTHING) / one.threshold


def _money(step: Step, written: str, text: str) -> Decimal:
    number = _number(step, written, text.strip().removeprefix("$"))
    if not 0 < number <= MOST:
        raise _bad(step, written)
    return number.quantize(CENT)


def _number(step: Step, written: str, text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise _bad(step, written) from None
    if not number.is_finite() or abs(number) > MOST or number != number.quantize(CENT):
        raise _bad(step, written)
    return number


def _bad(step: Step, written: str) -> BadReduction:
    return BadReduction(step=Key(f"pricing.step.{step}"), value=written)


def _shown(number: Decimal) -> str:
    """Without superfluous zeros: `3`, `2.5`."""
    return f"{number.normalize():f}"
