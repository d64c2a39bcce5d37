"""One order of columns for things that have their own columns in an order of their own."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)


def in_order(sequences: Iterable[Sequence[Name]]) -> list[Name]:
    """All names, each after those that stand before it in every sequence: the order of sale properties matters
    (domain.md 5.1). Where two sequences contradict each other, the name that was met first comes first.
    """
    before: dict[Name, set[Name]] = {}
    for sequence in sequences:
        for place, name in enumerate(sequence):
            before.setdefault(name, set()).update(sequence[:place])
    rest = list(before)
    ordered: list[Name] = []
    while rest:
        waiting = set(rest)
        name = next((name for name in rest if not before[name] & waiting - {name}), rest[0])
        rest.remove(name)
        ordered.append(name)
    return ordered
