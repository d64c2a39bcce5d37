"""What variants cost and earn: the one place that works it out, for the grid, the price guard, the explanation and the
charts. Whole columns in integer arithmetic; what is unknown is None, and why stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from app.services.pricing.exact import (
    MOST_COSTS,
    MOST_REVENUE,
    UNIT,
    WholeRates,
    fee_columns,
    list_cents,
    price_cents,
    profit_columns,
    sale_cents,
    whole,
)
from app.services.pricing.exact_stack import worst_cents
from app.services.pricing.inputs import MICRO, InputReader, Missing, SkuInput
from app.services.pricing.team_settings import TeamSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Known = NDArray[np.bool_]
    Whole = NDArray[np.int64]

UNKNOWN = -(2**62)
"""Stands for None within a column: no figure is as low."""
COLUMNS = (
    "cost_micro",
    "freight_micro",
    "fees_minor",
    "profit_minor",
    "margin_bp",
    "even_minor",
    "worst_minor",
    "worst_profit_minor",
)
"""Figures in the order they are stored in."""


@dataclass(frozen=True, slots=True)
class SkuFigures:
    """The figures of one variant. Units as in `app.models.pricing.SkuFigure`; `given` is what they were made from."""

    given: SkuInput
    sale_minor: int | None
    cost_micro: int | None
    freight_micro: int | None
    fees_minor: int | None
    profit_minor: int | None
    margin_bp: int | None
    even_minor: int | None
    worst_minor: int | None
    worst_profit_minor: int | None
    why: tuple[Missing, ...]


def figures_of(connection: Connection, listing_ids: Sequence[int]) -> list[SkuFigures]:
    """The figures of all variants of these listings, as everything stands now, in the order of listings and variants.

    For a handful of listings: the stored ones (`renewing`) are for reading very many.
    """
    reader = InputReader.of(connection)
    rows = reader.read(sorted(set(listing_ids)))
    columns = FigureColumns(rows, reader.settings)
    found = {name: columns.known(name) for name in columns.values}
    return [
        SkuFigures(row, **{name: column[at] for name, column in found.items()}, why=tuple(row.missing))
        for at, row in enumerate(rows)
    ]


class FigureColumns:
    """The figures of many variants as columns, `UNKNOWN` where they cannot be known; `missing` of a row then says why.

    Args:
        rows: variants; `missing` is added to where fees take the whole price or a number is beyond all limits.
        settings: the team's numbers.

    Attributes:
        values: the columns by name: those of `COLUMNS` and `sale_minor`.
    """

    def __init__(self, rows: Sequence[SkuInput], settings: TeamSettings) -> None:
        import numpy as np

        self._rows, self._count = rows, len(rows)
        self.values: dict[str, Whole] = {name: np.full(self._count, UNKNOWN, np.int64) for name in COLUMNS}
        self.values["cost_micro"] = self._column([row.cost_micro for row in rows])
        self.values["freight_micro"] = self._column([row.freight_micro for row in rows])
        price = self._column([row.price_minor for row in rows])
        discount = np.array([row.discount_bp for row in rows], np.int64)
        is_price = (price >= 0) & (price <= MOST_REVENUE)
        self.values["sale_minor"] = np.where(is_price, sale_cents(np.where(is_price, price, 0), discount), UNKNOWN)
        self._shares = {name: whole(name, getattr(settings, name), UNIT) for name in ("affiliate", "refund", "payment")}
        self._packing = whole("packing", settings.packing, MICRO)
        self._note_limits(price)
        self._work_out(discount)

    @staticmethod
    def _column(values: Sequence[int | None]) -> Whole:
        import numpy as np

        return np.array([UNKNOWN if value is None else value for value in values], np.int64)

    def listed(self, name: str) -> list[int]:
        """A column as plain numbers."""
        found: list[int] = self.values[name].tolist()
        return found

    def known(self, name: str) -> list[int | None]:
        """A column as SQLite keeps it: None where it is not known."""
        return [None if value == UNKNOWN else value for value in self.listed(name)]

    def _note_limits(self, price: Whole) -> None:
        """Name rows whose numbers could not be computed exactly."""
        import numpy as np

        # far below what 64 bits hold, so that freight and packing can be added and T multiplied
        wrong = self.values["freight_micro"] > MOST_COSTS // 2
        wrong |= (price > MOST_REVENUE) | ((price < 0) & (price != UNKNOWN))
        for at in np.flatnonzero(wrong).tolist():
            self._rows[at].missing.append(Missing.RANGE)
        for at, row in enumerate(self._rows):
            if row.rate is not None and self._kept(row) <= 0:
                self._rows[at].missing.append(Missing.FEES)

    def _kept(self, row: SkuInput) -> int:
        return UNIT - row.commission_bp - sum(self._shares.values())

    def _work_out(self, discount: Whole) -> None:
        import numpy as np

        but_price = (Missing.PRICE,)
        whole_rows = [at for at, row in enumerate(self._rows) if not row.missing or tuple(row.missing) == but_price]
        if not whole_rows:
            return
        at = np.array(whole_rows)
        chosen = [self._rows[number] for number in whole_rows]
        rates = WholeRates(
            _shared([row.rate or 0 for row in chosen]), _shared([row.commission_bp for row in chosen]), **self._shares
        )
        costs = self.values["cost_micro"][at] + self.values["freight_micro"][at] + self._packing
        freight = np.array([row.buyer_minor or 0 for row in chosen], np.int64)
        even = price_cents(costs, rates, freight_cents=freight)
        self.values["even_minor"][at] = list_cents(even, discount[at])
        self._of_price(at, chosen, costs, rates, freight)

    def _of_price(self, at: Whole, chosen: Sequence[SkuInput], costs: Whole, rates: WholeRates, freight: Whole) -> None:
        """What needs a price, where there is one."""
        import numpy as np

        has = np.array([row.price_minor is not None for row in chosen])
        at, costs, freight = at[has], costs[has], freight[has]
        rates = WholeRates(_at(rates.exchange, has), _at(rates.commission, has), **self._shares)
        sale = self.values["sale_minor"][at]
        found = profit_columns(sale, costs, rates, freight_cents=freight)
        self.values["profit_minor"][at] = found.profit
        self.values["margin_bp"][at] = np.where(found.has_margin, found.margin, UNKNOWN)
        self.values["fees_minor"][at] = fee_columns(sale, rates, freight)
        worst = self._worst(sale, [row for row, is_priced in zip(chosen, has, strict=True) if is_priced])
        known = worst >= 0
        self.values["worst_minor"][at] = worst
        stacked = profit_columns(np.maximum(worst, 0), costs, rates, freight_cents=freight)
        self.values["worst_profit_minor"][at] = np.where(known, stacked.profit, UNKNOWN)

    @staticmethod
    def _worst(sale: Whole, rows: Sequence[SkuInput]) -> Whole:
        """The lowest price a buyer can reach, plan by plan. Plans are in USD: of listings in another currency with a
        plan it is not known."""
        import numpy as np

        by_plan: dict[int, list[int]] = {}
        for number, row in enumerate(rows):
            if row.plan.reductions:
                by_plan.setdefault(id(row.plan), []).append(number)
        worst = sale.copy()
        for numbers in by_plan.values():
            at = np.array(numbers)
            is_usd = np.array([rows[number].currency == "USD" for number in numbers])
            sold = sale[at]
            reduced = worst_cents(np.maximum(sold, 1), rows[numbers[0]].plan.reductions)
            worst[at] = np.where(is_usd, np.where(sold > 0, reduced, sold), UNKNOWN)
        return worst


def _shared(values: list[int]) -> Whole | int:
    """One number where all rows have the same: a column costs a multiplication more a row."""
    import numpy as np

    return values[0] if len(set(values)) == 1 else np.array(values, np.int64)


def _at(values: Whole | int, chosen: Known) -> Whole | int:
    return values if isinstance(values, int) else values[chosen]
