"""Pairs of similar listings put into groups: whoever is similar to one of a group belongs to it."""

from __future__ import annotations

from collections.abc import Iterable

from app.services.listings.similar.records import Pair, SimilarGroup, Why


def grouped(pairs: Iterable[Pair], live: set[int]) -> list[SimilarGroup]:
    """Connected pairs as groups, the most similar first."""
    parent: dict[int, int] = {}

    def root(number: int) -> int:
        while (above := parent.setdefault(number, number)) != number:
            parent[number] = parent[above]
            number = parent[number]
        return number

    pairs = list(pairs)
    for pair in pairs:
        one, other = root(pair.one), root(pair.other)
        parent[max(one, other)] = min(one, other)
    members: dict[int, list[int]] = {}
    for number in sorted(parent):
        members.setdefault(root(number), []).append(number)
    best: dict[int, dict[Why, float]] = {}
    for pair in pairs:
        whys = best.setdefault(root(pair.one), {})
        whys[pair.why] = max(pair.score, whys.get(pair.why, 0.0))
    order = list(Why)
    made = [
        (max(whys.values()), sorted(whys.items(), key=lambda one: order.index(one[0])), tuple(members[head]))
        for head, whys in best.items()
    ]
    made.sort(key=lambda one: (-len(one[1]), -one[0], one[2]))
    return [
        SimilarGroup(
            at,
            numbers,
            tuple(why for why, _ in whys),
            score,
            frozenset(live.intersection(numbers)),
            tuple(share for _, share in whys),
        )
        for at, (score, whys, numbers) in enumerate(made)
    ]
