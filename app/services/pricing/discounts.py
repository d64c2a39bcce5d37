"""How discounts stack on one order, and the lowest price a buyer can reach (domain.md 10.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

from app.messages import Key
from app.services.pricing.errors import BadPriceInput, not_negative, positive, share
from app.services.pricing.profit import sale_price
from app.services.pricing.rounding import CENT, EXACT, half_up, up
from app.services.pricing.terms import NOTHING


class Step(StrEnum):
    """Reductions in their order of redemption, after the item discount."""

    STORE_DISCOUNT = "store_discount"
    STORE_COUPON = "store_coupon"
    SELECT_COUPON = "select_coupon"
    PLATFORM_COUPON = "platform_coupon"
    PLATFORM_DISCOUNT = "platform_discount"


PAID_BY_SELLER = frozenset({Step.STORE_DISCOUNT, Step.STORE_COUPON})
"""Steps the seller pays for: 3 + 2 of the worked example in domain.md 10.5, whose select coupon is not among them."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """One reduction of goods: an amount off, or a share off, from a threshold on.

    Attributes:
        step: where it stands in the order of redemption.
        amount: USD off; None where `off` is given.
        off: share off, such as 0.1; None where `amount` is given.
        threshold: USD of goods that must be left for it; nothing: always.

    Raises:
        BadPriceInput: neither or both; an amount out of range; `pricing.swapped` where the amount is not below
            its threshold: the two were taken for each other (domain.md 15).
    """

    step: Step
    amount: Decimal | None = None
    off: Decimal | None = None
    threshold: Decimal = NOTHING

    def __post_init__(self) -> None:
        not_negative("threshold", self.threshold)
        if (self.amount is None) == (self.off is None):
            raise BadPriceInput("pricing.one_reduction", step=Key(f"pricing.step.{self.step}"))
        if self.off is not None:
            share("off", self.off)
            return
        amount = positive("amount", self.amount)
        if self.threshold and amount >= self.threshold:
            raise BadPriceInput("pricing.swapped", amount=str(amount), threshold=str(self.threshold))

    def of(self, goods: Decimal) -> Decimal:
        """USD taken off *goods*: nothing below the threshold, never more than there is."""
        if goods < self.threshold:
            return NOTHING
        if self.off is not None:
            return half_up(goods * self.off)
        return min(self.amount or NOTHING, goods)


@dataclass(frozen=True, slots=True)
class Line:
    """One article of an order: list price in USD, item discount as a share, pieces."""

    list_price: Decimal
    discount: Decimal = NOTHING
    quantity: int = 1

    @property
    def value(self) -> Decimal:
        """USD of the line after its item discount."""
        return sale_price(self.list_price, self.discount) * self.quantity


@dataclass(frozen=True, slots=True)
class Taken:
    """One reduction as it was applied: `amount` is nothing where the threshold was not reached; `left` is after it."""

    reduction: Reduction
    amount: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class Stack:
    """An order after all its discounts, in USD.

    Attributes:
        goods: after item discounts.
        taken: every reduction in its order.
        paid: what the buyer pays for goods.
        by_seller: what the seller gives away after item discounts.
        by_line: the same, spread over the lines by value; sums up exactly.
    """

    goods: Decimal
    taken: tuple[Taken, ...]
    paid: Decimal
    by_seller: Decimal
    by_line: tuple[Decimal, ...]


def stack_discounts(lines: Sequence[Line], reductions: Sequence[Reduction]) -> Stack:
    """Apply *reductions* to an order in the documented order, whatever order they come in. Each threshold looks at the
    goods that earlier steps left.

    Raises:
        BadPriceInput: `pricing.one_coupon`, where a step has more than one coupon: an order takes one.
    """
    _one_of_each(reductions)
    goods = left = sum((line.value for line in lines), NOTHING)
    taken: list[Taken] = []
    for reduction in sorted(reductions, key=lambda one: list(Step).index(one.step)):
        amount = reduction.of(left)
        left -= amount
        taken.append(Taken(reduction, amount, left))
    by_seller = sum((one.amount for one in taken if one.reduction.step in PAID_BY_SELLER), NOTHING)
    return Stack(goods, tuple(taken), left, by_seller, spread(by_seller, [line.value for line in lines]))


def spread(amount: Decimal, values: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """*amount* in whole cents over *values* by their size. The parts sum up to it: cents that rounding leaves go to the
    largest remainders."""
    whole = sum(values, NOTHING)
    if not whole:
        return tuple(NOTHING for _ in values)
    exact = [EXACT.divide(amount * value, whole) for value in values]
    parts = [part // CENT * CENT for part in exact]
    missing = int((amount - sum(parts)) / CENT)
    for index in sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])[:missing]:
        parts[index] += CENT
    return tuple(parts)


def worst_case(line: Line, reductions: Sequence[Reduction]) -> Stack:
    """The dearest stack for the seller that one article can meet alone: the smallest basket of it that reaches the
    threshold of the store's best discount, with the store's biggest coupon that basket reaches.

    Of several reductions of one step the one that takes most a piece counts; the platform's own cost the seller
    nothing and are left out.

    Args:
        line: the article with its deepest item discount; `quantity` is the smallest basket looked at.

    Raises:
        BadPriceInput: the article sells at nothing.
    """
    price = positive("sale_price", sale_price(line.list_price, line.discount))
    mine = [one for one in reductions if one.step in PAID_BY_SELLER]
    sizes = {line.quantity, *(max(line.quantity, _pieces(goods, price)) for goods in basket_goals(mine))}
    stacks = [
        (stack_discounts([basket], _best(mine, basket.value)), size)
        for size in sorted(sizes)
        for basket in [Line(line.list_price, line.discount, size)]
    ]
    return min(stacks, key=lambda found: (EXACT.divide(found[0].paid, Decimal(found[1])), found[1]))[0]


def worst_price(line: Line, reductions: Sequence[Reduction]) -> Decimal:
    """USD one piece costs a buyer in the worst case, down to the cent: what is compared with a floor must not look
    better than it is.

    Raises: as `worst_case`.
    """
    stack = worst_case(line, reductions)
    pieces = int(stack.goods / sale_price(line.list_price, line.discount))
    return EXACT.divide(stack.paid, Decimal(pieces)).quantize(CENT, ROUND_FLOOR)


def basket_goals(reductions: Sequence[Reduction]) -> set[Decimal]:
    """USD of goods from which one of *reductions* is reached: baskets of other sizes are no worse than these."""
    return {goods for one in reductions for goods in _reaching(one, reductions)} | {NOTHING}


def _reaching(reduction: Reduction, all_of_them: Sequence[Reduction]) -> set[Decimal]:
    """USD of goods from which *reduction* is reached, whichever earlier steps came before it."""
    needed = {reduction.threshold}
    for earlier in all_of_them:
        if list(Step).index(earlier.step) < list(Step).index(reduction.step):
            off, amount = earlier.off or NOTHING, earlier.amount or NOTHING
            needed |= {up(EXACT.divide(goods, 1 - off)) + amount for goods in needed}
    return needed


def _pieces(threshold: Decimal, price: Decimal) -> int:
    """Pieces at *price* that reach *threshold*. (`//` of decimals rounds towards zero: not for a started piece.)"""
    return max(1, int(EXACT.divide(threshold, price).to_integral_value(ROUND_CEILING)))


def _best(reductions: Sequence[Reduction], goods: Decimal) -> list[Reduction]:
    """Of every step the reduction that takes most of what earlier steps left."""
    chosen: list[Reduction] = []
    for step in Step:
        offered = [one for one in reductions if one.step == step]
        best = max(offered, key=lambda one: one.of(goods), default=None)
        if best is not None and best.of(goods):
            chosen.append(best)
            goods -= best.of(goods)
    return chosen


def _one_of_each(reductions: Sequence[Reduction]) -> None:
    steps = [one.step for one in reductions]
    for step in set(steps):
        if steps.count(step) > 1:
            raise BadPriceInput("pricing.one_coupon", step=Key(f"pricing.step.{step}"))
