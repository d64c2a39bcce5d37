"""Pictures that look alike: fingerprints of 128 bits that differ in few of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

BITS = 128


def near_looks(looks: Mapping[int, int], most_bits: int) -> Iterator[tuple[list[int], list[int], float]]:
    """Listings with the same look or nearly: those of one look, those of another (or none), and how alike, 0 to 1.

    Of two looks that differ in at most k bits, one of k + 1 pieces is the same: only those that meet there are
    compared.
    """
    owners: dict[int, list[int]] = defaultdict(list)
    for number, look in looks.items():
        owners[look].append(number)
    for numbers in owners.values():
        if len(numbers) > 1:
            yield numbers, [], 1.0
    pieces = most_bits + 1
    edges = [BITS * at // pieces for at in range(pieces + 1)]
    blocks: dict[tuple[int, int], list[int]] = defaultdict(list)
    for look in owners:
        seen: set[int] = set()
        for at in range(pieces):
            piece = look >> edges[at] & (1 << edges[at + 1] - edges[at]) - 1
            block = blocks[at, piece]
            for other in block:
                bits = (look ^ other).bit_count()
                if bits <= most_bits and other not in seen:
                    seen.add(other)
                    yield owners[other], owners[look], 1 - bits / BITS
            block.append(look)
