"""By how much the prices of a plan change, all of them at a glance: how many bars high, from the least to the most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.services.listings.bulk_edit.planning import Plan

BARS = 16
"""At most."""
FIELD = "price_minor"
_BY_PERMILLE = (
    f"SELECT CAST(round((after - before) * 1000.0 / before) AS INTEGER), count(*) FROM plan.staged_{FIELD} "
    "WHERE before > 0 GROUP BY 1 ORDER BY 1"
)
_COUNTS = f"SELECT sum(after < before), sum(after > before) FROM plan.staged_{FIELD}"


@dataclass(frozen=True, slots=True)
class Spread:
    """Changes of prices in tenths of a percent.

    Attributes:
        least, median, most: of those that change from a known price above 0.
        bars: how many lie in each of as many equal steps from *least* to *most*.
        lower, higher: how many prices fall and rise.
    """

    least: int
    median: int
    most: int
    bars: tuple[int, ...]
    lower: int
    higher: int


def spread_of(plan: Plan) -> Spread | None:
    """Of the prices *plan* changes; None where it changes none from a known one."""
    if FIELD not in plan.columns:
        return None
    with plan.file.open() as connection:
        groups = [(row[0], row[1]) for row in connection.exec_driver_sql(_BY_PERMILLE)]
        lower, higher = connection.exec_driver_sql(_COUNTS).one()
    if not groups:
        return None
    least, most = groups[0][0], groups[-1][0]
    return Spread(least, _median(groups), most, tuple(_bars(groups)), lower, higher)


def _median(groups: Sequence[tuple[int, int]]) -> int:
    """The middle one, the lower of two."""
    left = (sum(count for _, count in groups) + 1) // 2
    for value, count in groups:
        left -= count
        if left <= 0:
            return value
    return groups[-1][0]


def _bars(groups: Sequence[tuple[int, int]]) -> Iterable[int]:
    """Fewer bars where fewer tenths of a percent lie between the ends: none is empty by its place alone."""
    least, width = groups[0][0], groups[-1][0] - groups[0][0]
    bars = [0] * min(BARS, width + 1)
    for value, count in groups:
        bars[min(len(bars) - 1, (value - least) * len(bars) // max(1, width))] += count
    return bars
