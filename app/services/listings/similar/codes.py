"""Listings that share codes, and too many listings of the same items in other quantities."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from app.services.listings.similar.pairing import Pairing

LEAST_SHARE = 0.5
"""Of the listing with fewer codes: shared by less, two listings only have a part in common."""
MOST_PACKS = 3
"""Listings of one item in different quantities that the platform allows (domain.md 5.1, 14.3)."""

_has_quantity = re.compile(r"[*+(]|_C[A-Z]{2}$").search
_WAREHOUSE = re.compile(r"_C[A-Z]{2}$")
_QUANTITY = re.compile(r"\*\d+$|\(\d+\)$")
_FRONT = re.compile(r"^\d+\*")


def items_of(key: str) -> frozenset[str]:
    """The stock items of a match key, without quantities and dispatch countries (domain.md 7.1)."""
    if not _has_quantity(key):
        return frozenset((key,))
    parts = (_QUANTITY.sub("", _WAREHOUSE.sub("", part)) for part in _WAREHOUSE.sub("", key).split("+"))
    return frozenset(_WAREHOUSE.sub("", _FRONT.sub("", part.strip("()"))) for part in parts)


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


def too_many_packs(codes: Mapping[int, frozenset[str]], places: Mapping[int, int]) -> Iterator[Sequence[int]]:
    """Listings of one place that have exactly the same items in other quantities, where these are too many.

    Args:
        codes: match keys by listing.
        places: as of `Pairing`.
    """
    found: dict[tuple[int, frozenset[frozenset[str]]], list[int]] = defaultdict(list)
    for number, keys in codes.items():
        if keys:
            found[places[number], frozenset(map(items_of, keys))].append(number)
    for numbers in found.values():
        if len(numbers) > MOST_PACKS and len({codes[number] for number in numbers}) > 1:
            yield sorted(numbers)
