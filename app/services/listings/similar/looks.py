"""Pictures that look alike: fingerprints of 128 bits that differ in few of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

BITS = 128


def near_looks(
    looks: Mapping[int, int], most_bits: int, focus: Collection[int] = ()
) -> Iterator[tuple[list[int], list[int], float]]:
    """Listings with the same look or nearly: those of one look, those of another (or none), and how alike, 0 to 1.

    Of two looks that differ in at most k bits, one of k + 1 pieces is the same: only those that meet there are
    compared.

    Args:
        focus: only pairs of looks one of which belongs to one of these listings; empty for all pairs.
    """
    owners: dict[int, list[int]] = defaultdict(list)
    for number, look in looks.items():
        owners[look].append(number)
    wanted = {look for look in owners if not focus or any(number in focus for number in owners[look])}
    for look in wanted:
        if len(owners[look]) > 1:
            yield owners[look], [], 1.0
    pieces = most_bits + 1
    edges = [BITS * at // pieces for at in range(pieces + 1)]
    blocks: dict[tuple[int, int], list[int]] = defaultdict(list)
    for look in sorted(owners, key=lambda look: look not in wanted):
        is_wanted = look in wanted
        seen: set[int] = set()
        for at in range(pieces):
            piece = look >> edges[at] & (1 << edges[at + 1] - edges[at]) - 1
            block = blocks.get((at, piece), ())
            for other in block:
                bits = (look ^ other).bit_count()
                if bits <= most_bits and other not in seen:
                    seen.add(other)
                    yield owners[other], owners[look], 1 - bits / BITS
            if is_wanted:
                blocks[at, piece].append(look)
