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
from app.services.pricing.given import BITS, LATE_RANGE, UNKNOWN, Given
from app.services.pricing.inputs import MICRO, InputReader, Missing, SkuInput
from app.services.pricing.team_settings import TeamSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Known = NDArray[np.bool_]
    Whole = NDArray[np.int64]

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
    """The figures of one variant. Units as in `app.models.pricing.ListingFigure`; `given`: what they were made from."""

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
    """The figures of many variants as columns, `UNKNOWN` where they cannot be known.

    Args:
        rows: variants, or their columns; `missing` (of columns `lacking`) is added to where fees take the whole price
            or a number is beyond all limits.
        settings: the team's numbers.

    Attributes:
        values: the columns by name: those of `COLUMNS` and `sale_minor`.
    """

    def __init__(self, rows: Sequence[SkuInput] | Given, settings: TeamSettings) -> None:
        import numpy as np

        given = self._given = rows if isinstance(rows, Given) else Given.of(rows)
        self.values: dict[str, Whole] = {name: np.full(len(given), UNKNOWN, np.int64) for name in COLUMNS}
        self.values["cost_micro"], self.values["freight_micro"] = given.cost_micro, given.freight_micro
        price = given.price_minor
        is_price = (price >= 0) & (price <= MOST_REVENUE)
        sale = sale_cents(np.where(is_price, price, 0), given.discount_bp)
        self.values["sale_minor"] = np.where(is_price, sale, UNKNOWN)
        self._shares = {name: whole(name, getattr(settings, name), UNIT) for name in ("affiliate", "refund", "payment")}
        self._packing = whole("packing", settings.packing, MICRO)
        self._note_limits(None if isinstance(rows, Given) else rows)
        self._work_out()

    def listed(self, name: str) -> list[int]:
        """A column as plain numbers."""
        found: list[int] = self.values[name].tolist()
        return found

    def known(self, name: str) -> list[int | None]:
        """A column as SQLite keeps it: None where it is not known."""
        column, found = self.values[name], self.listed(name)
        return [None if value == UNKNOWN else value for value in found] if (column == UNKNOWN).any() else [*found]

    def _note_limits(self, rows: Sequence[SkuInput] | None) -> None:
        """Name rows whose numbers could not be computed exactly."""
        import numpy as np

        given, price = self._given, self._given.price_minor
        # far below what 64 bits hold, so that freight and packing can be added and T multiplied
        wrong = given.freight_micro > MOST_COSTS // 2
        wrong |= (price > MOST_REVENUE) | ((price < 0) & (price != UNKNOWN))
        dear = (given.rate != UNKNOWN) & (UNIT - given.commission_bp - sum(self._shares.values()) <= 0)
        for found, bit, why in ((wrong, LATE_RANGE, Missing.RANGE), (dear, BITS[Missing.FEES], Missing.FEES)):
            given.lacking[found] |= bit
            for at in np.flatnonzero(found).tolist() if rows is not None else ():
                rows[at].missing.append(why)  # type: ignore[index]

    def _work_out(self) -> None:
        import numpy as np

        given = self._given
        at = np.flatnonzero((given.lacking & ~BITS[Missing.PRICE]) == 0)
        if not at.size:
            return
        rates = WholeRates(_shared(given.rate[at]), _shared(given.commission_bp[at]), **self._shares)
        costs = given.cost_micro[at] + given.freight_micro[at] + self._packing
        freight = given.buyer_minor[at]
        even = price_cents(costs, rates, freight_cents=freight)
        self.values["even_minor"][at] = list_cents(even, given.discount_bp[at])
        self._of_price(at, costs, rates, freight)

    def _of_price(self, at: Whole, costs: Whole, rates: WholeRates, freight: Whole) -> None:
        """What needs a price, where there is one."""
        import numpy as np

        has = self._given.price_minor[at] != UNKNOWN
        at, costs, freight = at[has], costs[has], freight[has]
        rates = WholeRates(_at(rates.exchange, has), _at(rates.commission, has), **self._shares)
        sale = self.values["sale_minor"][at]
        found = profit_columns(sale, costs, rates, freight_cents=freight)
        self.values["profit_minor"][at] = found.profit
        self.values["margin_bp"][at] = np.where(found.has_margin, found.margin, UNKNOWN)
        self.values["fees_minor"][at] = fee_columns(sale, rates, freight)
        worst = self._worst(sale, at)
        self.values["worst_minor"][at] = worst
        if worst is sale:
            self.values["worst_profit_minor"][at] = found.profit
            return
        stacked = profit_columns(np.maximum(worst, 0), costs, rates, freight_cents=freight)
        self.values["worst_profit_minor"][at] = np.where(worst >= 0, stacked.profit, UNKNOWN)

    def _worst(self, sale: Whole, rows: Whole) -> Whole:
        """The lowest price a buyer can reach, plan by plan. Plans are in USD: of listings in another currency with a
        plan it is not known. Without any plan it is *sale* itself."""
        import numpy as np

        worst, of_row, is_usd = sale, self._given.plan[rows], self._given.is_usd[rows]
        for number, plan in enumerate(self._given.plans):
            at = np.flatnonzero(of_row == number) if plan.reductions else ()
            if not len(at):
                continue
            worst, sold = sale.copy() if worst is sale else worst, sale[at]
            reduced = worst_cents(np.maximum(sold, 1), plan.reductions)
            worst[at] = np.where(is_usd[at], np.where(sold > 0, reduced, sold), UNKNOWN)
        return worst


def _shared(values: Whole) -> Whole | int:
    """One number where all rows have the same: a column costs a multiplication more a row."""
    return int(values[0]) if (values == values[0]).all() else values


def _at(values: Whole | int, chosen: Known) -> Whole | int:
    return values if isinstance(values, int) else values[chosen]
