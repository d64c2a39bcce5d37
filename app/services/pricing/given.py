"""What the figures of very many variants are made from, as columns: `SkuInput` without an object for each variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.services.listings.marketing.plans import DiscountPlan
from app.services.pricing.inputs import Missing, SkuInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Known = NDArray[np.bool_]
    Whole = NDArray[np.int64]

UNKNOWN = -(2**62)
"""Stands for None within a column: no figure is as low."""
_ORDER = (
    Missing.PRICE,
    Missing.RATE,
    Missing.COST,
    Missing.WEIGHT,
    Missing.RANGE,
    Missing.CHANNEL,
    Missing.CARRIER,
    Missing.TEMPLATE,
    Missing.ROUTE,
    Missing.RATE,
    Missing.RANGE,
    Missing.FEES,
)
"""Reasons in the order they are found in, a bit of `Given.lacking` each; the later rate is the one that the buyer's
freight is turned into the listing's currency with, the later range that of fees and prices."""
BITS = {why: 1 << _ORDER.index(why) for why in Missing}
LATE_RATE, LATE_RANGE = 1 << 9, 1 << 10
_REASONS = {0: "", **{1 << place: why.value for place, why in enumerate(_ORDER)}}


@dataclass(slots=True)
class Given:
    """Columns in step, units as in `SkuInput`; `UNKNOWN` is None. `plans` are named by their place in `plan`, reasons
    by their bits in `lacking`. A row whose freight a buyer pays nobody knows has 0 in `buyer_minor` and the reason.
    Where figures are stored, what is kept beside them (`sku_columns`): `beside` has `place`, `stock` and `rated`,
    `codes` the codes as they are searched."""

    listing_id: Whole
    sku_id: Whole
    price_minor: Whole
    cost_micro: Whole
    freight_micro: Whole
    buyer_minor: Whole
    discount_bp: Whole
    commission_bp: Whole
    rate: Whole
    is_usd: Known
    plan: Whole
    plans: Sequence[DiscountPlan]
    lacking: Whole
    beside: Mapping[str, Whole] = field(default_factory=dict)
    codes: Sequence[bytes] = ()

    @classmethod
    def of(cls, rows: Sequence[SkuInput]) -> Given:
        """The columns of *rows*."""
        import numpy as np

        plans = {id(row.plan): row.plan for row in rows}
        places = {number: place for place, number in enumerate(plans)}
        return cls(
            listing_id=column([row.listing_id for row in rows]),
            sku_id=column([row.sku_id for row in rows]),
            price_minor=column([row.price_minor for row in rows]),
            cost_micro=column([row.cost_micro for row in rows]),
            freight_micro=column([row.freight_micro for row in rows]),
            buyer_minor=column([row.buyer_minor or 0 for row in rows]),
            discount_bp=column([row.discount_bp for row in rows]),
            commission_bp=column([row.commission_bp for row in rows]),
            rate=column([row.rate for row in rows]),
            is_usd=np.array([row.currency == "USD" for row in rows], np.bool_),
            plan=column([places[id(row.plan)] for row in rows]),
            plans=list(plans.values()),
            lacking=column([sum({BITS[why] for why in row.missing}) for row in rows]),
        )

    def __len__(self) -> int:
        return len(self.sku_id)

    def whys(self) -> list[str]:
        """The first reason of each row, "" where nothing is lacking."""
        return [reason(lacking) for lacking in self.lacking.tolist()]


def reason(lacking: int) -> str:
    """The first reason of those in `Given.lacking`, "" for none."""
    return _REASONS[lacking & -lacking]


def column(values: Sequence[int | None]) -> Whole:
    """Whole numbers, `UNKNOWN` for None."""
    import numpy as np

    return np.array([UNKNOWN if value is None else value for value in values], np.int64)
