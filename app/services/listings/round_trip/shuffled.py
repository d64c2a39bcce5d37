"""Whether a sheet was sorted without the column that says what its rows are.

Its values then stand beside the marks of other rows, and every difference would be written to a listing it was never
meant for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import Any

from app.services.listings.round_trip.columns import VALUES
from app.services.listings.round_trip.mark import Origin

Row = Mapping[str, Any]

_FEWEST = 3
"""Fewer rows than these are put right by hand: two codes that were exchanged."""
_TELLING = ("sku_code", "title")
"""Columns by which the row is found that values came from."""


def shuffled_rows(
    keys: Sequence[str], written: Mapping[Origin, Row], now: Mapping[Origin, Row], missing: Set[Origin]
) -> set[Origin]:
    """The rows that hold what other rows held; none where no sorting explains the differences.

    Args:
        keys: columns whose cells can be changed.
        written: all rows, as the mark keeps them.
        now: cells that say something else, by row; None for an emptied one.
        missing: rows that are not in the sheet any more.
    """
    if len(now) < _FEWEST:
        return set()
    if not missing and _are_the_same_rows(keys, written, now):
        return set(now)
    sources = _sources(keys, written, now, now.keys() | missing)
    is_sorted = len(set(sources.values())) >= _FEWEST and 2 * len(sources) >= len(now)
    return set(sources) if is_sorted else set()


def _are_the_same_rows(keys: Sequence[str], written: Mapping[Origin, Row], now: Mapping[Origin, Row]) -> bool:
    """Whether the changed rows together are what they were, at other places."""
    before = Counter(str([_shown(key, written[origin].get(key)) for key in keys]) for origin in now)
    after = Counter(str([_now(key, written[origin], of) for key in keys]) for origin, of in now.items())
    return before == after


def _sources(
    keys: Sequence[str], written: Mapping[Origin, Row], now: Mapping[Origin, Row], moved: Set[Origin]
) -> dict[Origin, Origin]:
    """By row the other one, moved as well, which it resembles more than itself. A cell that was put right besides does
    not hide it, and a row that was copied over others stays where it is."""
    by_value: dict[tuple[str, Any], Origin] = {}
    for origin in moved:
        for key in _TELLING:
            by_value.setdefault((key, str(written[origin].get(key))), origin)
    found: dict[Origin, Origin] = {}
    for origin, cells in now.items():
        telling = next((key for key in _TELLING if key in cells), None)
        source = by_value.get((telling, str(cells[telling]))) if telling is not None else None
        if source is not None and source != origin:
            other = sum(_now(key, written[origin], cells) != _shown(key, written[source].get(key)) for key in keys)
            if other < len(cells):
                found[origin] = source
    return found


def _now(key: str, written: Row, cells: Row) -> Any:
    return cells[key] if key in cells else _shown(key, written.get(key))


def _shown(key: str, value: Any) -> Any:
    """A value as its cell shows it, nothing and an empty text as one."""
    return (value[0] if key in VALUES and isinstance(value, list) else value) or None
