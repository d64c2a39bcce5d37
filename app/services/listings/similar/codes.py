"""Listings that share codes, and too many listings of the same items in other quantities."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from app.services.codes.reading import LONE, Reader
from app.services.codes.rules import NOTHING_KNOWN, CodeRules
from app.services.listings.similar.pairing import Pairing

LEAST_SHARE = 0.5
"""Of the listing with fewer codes: shared by less, two listings only have a part in common."""
MOST_PACKS = 3
"""Listings of one item in different quantities that the platform allows (domain.md 5.1, 14.3)."""


class Items:
    """Which stock items codes stand for, whatever their quantities and dispatch countries (domain.md 7.2).

    Args:
        rules: what is known of codes; virtual ones stand for their items.
    """

    def __init__(self, rules: CodeRules = NOTHING_KNOWN) -> None:
        self._reader, self._virtual = Reader(rules), rules.virtual

    def of(self, key: str) -> frozenset[str]:
        """The stock items of a match key; of one that cannot be read the key itself."""
        if LONE.fullmatch(key) and key not in self._virtual:
            return frozenset((key,))  # most of a catalogue, and nothing to take apart
        reading = self._reader.read(key)
        return frozenset((key,)) if reading.error else frozenset([item.base for item in reading.components])


def shared_codes(codes: Mapping[int, frozenset[str]], pairing: Pairing) -> Iterator[tuple[int, int, float]]:
    """Pairs of listings that share codes, and which share of the smaller one's that is."""
    owners: dict[str, list[int]] = defaultdict(list)
    for number in sorted(codes):
        for key in codes[number]:
            owners[key].append(number)
    common: Counter[tuple[int, int]] = Counter()
    for numbers in owners.values():
        if len(numbers) > 1:
            common.update(pairing.among(numbers))
    for (one, other), count in common.items():
        share = count / min(len(codes[one]), len(codes[other]))
        if share >= LEAST_SHARE:
            yield one, other, min(share, 1.0)


def too_many_packs(
    codes: Mapping[int, frozenset[str]], places: Mapping[int, int], items: Items
) -> Iterator[Sequence[int]]:
    """Listings of one place that have exactly the same items in other quantities, where these are too many.

    Args:
        codes: match keys by listing.
        places: as of `Pairing`.
        items: reads the keys.
    """
    found: dict[tuple[int, frozenset[frozenset[str]]], list[int]] = defaultdict(list)
    for number, keys in codes.items():
        if keys:
            found[places[number], frozenset(map(items.of, keys))].append(number)
    for numbers in found.values():
        if len(numbers) > MOST_PACKS and len({codes[number] for number in numbers}) > 1:
            yield sorted(numbers)
