"""Worst cases of whole columns: the same as `discounts.worst_case`, in cents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.services.pricing.discounts import PAID_BY_SELLER, Reduction, Step, basket_goals
from app.services.pricing.exact import UNIT, whole
from app.services.pricing.terms import NOTHING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

CENTS = 100


def worst_cents(sale: Whole, reductions: Sequence[Reduction]) -> Whole:
    """The lowest price of one piece a buyer can reach, down to the cent, for sale prices above 0.

    Every basket that `worst_case` looks at is looked at for all prices together. Fractions of a cent are compared by
    cross multiplication, so that none is lost.

    Raises:
        BadPriceInput: `pricing.too_fine`, where a reduction is none of whole cents or ten thousandths.
    """
    import numpy as np

    mine = [_Whole(one) for one in reductions if one.step in PAID_BY_SELLER]
    paid, pieces = sale, np.ones_like(sale)
    for goal in sorted(basket_goals([one.reduction for one in mine])):
        size = np.maximum(-(-whole("threshold", goal, CENTS) // sale), 1)
        left = _reduced(sale * size, mine)
        is_less = left * pieces < paid * size
        paid, pieces = np.where(is_less, left, paid), np.where(is_less, size, pieces)
    return paid // pieces


class _Whole:
    """A reduction in cents and ten thousandths."""

    def __init__(self, reduction: Reduction) -> None:
        self.reduction = reduction
        self.amount = whole("amount", reduction.amount or NOTHING, CENTS)
        self.off = whole("off", reduction.off or NOTHING, UNIT)
        self.threshold = whole("threshold", reduction.threshold, CENTS)

    def of(self, goods: Whole) -> Whole:
        """Cents taken off *goods*, as `Reduction.of`."""
        import numpy as np

        off = (goods * self.off + UNIT // 2) // UNIT if self.off else np.minimum(self.amount, goods)
        return np.where(goods >= self.threshold, off, 0)


def _reduced(goods: Whole, reductions: Sequence[_Whole]) -> Whole:
    """What is left after the best reduction of every step, in their order."""
    import numpy as np

    for step in Step:
        offered = [one.of(goods) for one in reductions if one.reduction.step == step]
        if offered:
            goods = goods - np.maximum.reduce(offered)
    return goods
