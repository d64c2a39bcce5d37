"""Which listings of a crowd are paired: all with all while they are few, and all with one of them beyond that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, product

CROWD = 30
"""More listings than this that have one thing in common are one crowd; all pairs of it would say nothing more."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Pairs of listings that stand in one place.

    Attributes:
        places: where each listing stands: its store, or one number for all where stores do not matter.
        live: listings the marketplace has; one of them stands in the middle of a crowd, so that each of the crowd is
            paired with it.
    """

    places: Mapping[int, int]
    live: Collection[int] = field(default_factory=frozenset)

    def among(self, numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Pairs of these, the smaller id first."""
        for its in self._by_place(numbers).values():
            if len(its) <= CROWD:
                yield from combinations(its, 2)
            else:
                hub = self._hub(its)
                yield from ((min(hub, number), max(hub, number)) for number in its if number != hub)

    def between(self, ones: Iterable[int], others: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Pairs of one of *ones* and one of *others*, the smaller id first."""
        right = self._by_place(others)
        for place, left in self._by_place(ones).items():
            its = right.get(place, [])
            found: Iterable[tuple[int, int]] = product(left, its)
            if its and len(left) * len(its) > CROWD * CROWD:
                one, other = self._hub(left), self._hub(its)
                found = {*((number, other) for number in left), *((one, number) for number in its)}
            yield from ((min(pair), max(pair)) for pair in found)

    def _by_place(self, numbers: Iterable[int]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number in sorted(numbers):
            found.setdefault(self.places[number], []).append(number)
        return found

    def _hub(self, numbers: list[int]) -> int:
        return next((number for number in numbers if number in self.live), numbers[0])
