"""Titles of nearly the same words, among a hundred thousand in seconds.

Two sets of words of which a share *t* is common share at least two of the rarest words of each: of a set of n words,
two of the n - ⌈t·n⌉ + 2 rarest. Only titles that meet in such a pair of words are compared, and then exactly (prefix
filter of set-similarity joins: Bayardo and others 2007, with the longer prefix of Wang and others 2012).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from math import ceil

from app.services.tasks import TaskContext

FEWEST_WORDS = 3
"""A title of fewer words says too little to be told from others by them."""
EVERY = 2_000
_WORDS = re.compile(r"[^\W_\u2e80-\u9fff]+|[\u2e80-\u9fff]+").findall

Words = frozenset[str]


def words_of(title: str) -> Words:
    """The words of a folded title; of Chinese, which has no blanks, the pairs of neighbouring characters."""
    found = set(_WORDS(title))
    if not title.isascii():
        for word in [word for word in found if word >= "\u2e80" and len(word) > 1]:
            found.remove(word)
            found.update(word[at : at + 2] for at in range(len(word) - 1))
    return frozenset(found)


def near_titles(
    titles: Mapping[int, str],
    share: float,
    ctx: TaskContext | None = None,
    focus: Collection[int] = (),
) -> Iterator[tuple[list[int], list[int], float]]:
    """Listings with the same words or nearly: those of one title, those of another (or none), and what is common.

    Titles with other numbers are never near: `Case for Phone 14` is not the case for another one.

    Args:
        titles: folded titles by listing.
        share: least share of common words (Jaccard), above 0 to 1.
        focus: only pairs of titles one of which belongs to one of these listings; empty for all pairs.

    Raises:
        TaskCancelled: stopped.
    """
    owners: dict[Words, list[int]] = defaultdict(list)
    for number, title in titles.items():
        owners[words_of(title)].append(number)
    sets = [words for words in owners if len(words) >= FEWEST_WORDS]
    wanted = {words for words in sets if not focus or any(number in focus for number in owners[words])}
    for words in wanted:
        if len(owners[words]) > 1:
            yield owners[words], [], 1.0
    if share < 1:
        for one, other, common in _near_sets(sets, wanted, share, ctx):
            yield owners[one], owners[other], common


def _near_sets(
    sets: Sequence[Words], wanted: Collection[Words], share: float, ctx: TaskContext | None
) -> Iterator[tuple[Words, Words, float]]:
    """Pairs of different sets that are near each other, one of them *wanted*: these are put into blocks first, so that
    of the others only words count that stand in one."""
    ordered = sorted(sets, key=lambda words: (words not in wanted, len(words)))
    keys, among = _Keys(sets, share), None
    if len(wanted) < len(sets):
        among = {word for words in wanted for word in keys.rarest(words)}
    blocks: dict[int, int | list[int]] = {}
    for at, words in enumerate(ordered):
        if ctx is not None and at % EVERY == 0:
            ctx.checkpoint()
            ctx.report(at, len(ordered), note="similar.comparing_titles")
        is_wanted, size = words in wanted, len(words)
        own = keys.of(words, among)
        for before in _met(blocks, own, at) if is_wanted else _under(blocks, own):
            other = ordered[before]
            if min(len(other), size) >= share * max(len(other), size):
                common = len(words & other)
                if common >= share * (size + len(other) - common):
                    yield other, words, common / (size + len(other) - common)


def _under(blocks: Mapping[int, int | list[int]], keys: Sequence[int]) -> set[int]:
    """Who stands under one of *keys*."""
    met: set[int] = set()
    for block in map(blocks.get, keys):
        if isinstance(block, int):
            met.add(block)
        elif block is not None:
            met.update(block)
    return met


def _met(blocks: dict[int, int | list[int]], keys: Sequence[int], at: int) -> set[int]:
    """Note that *at* stands under *keys*. Returns: who stands under one of them already. Nearly every block has one
    member only, which needs no list."""
    met: set[int] = set()
    for key in keys:
        block = blocks.get(key)
        if block is None:
            blocks[key] = at
        elif isinstance(block, int):
            met.add(block)
            blocks[key] = [block, at]
        else:
            met.update(block)
            block.append(at)
    return met


class _Keys:
    """Numbers under which sets meet: one for every pair of a set's rarest words, other ones for other numbers among its
    words."""

    def __init__(self, sets: Sequence[Words], share: float) -> None:
        frequency = Counter(word for words in sets for word in words)
        by_frequency = sorted(frequency.items(), key=lambda item: (item[1], item[0]))
        self._rank = {word: at for at, (word, _) in enumerate(by_frequency)}
        self._share = share
        self._kinds: dict[Words, int] = {}

    def rarest(self, words: Words) -> list[int]:
        """Those words of which two sets that are near share at least two, as numbers."""
        return sorted(map(self._rank.__getitem__, words))[: len(words) - ceil(self._share * len(words)) + 2]

    def of(self, words: Words, among: Collection[int] | None = None) -> list[int]:
        """The numbers of a set; with *among*, of pairs of these words alone."""
        rarest = self.rarest(words)
        if among is not None:
            rarest = [word for word in rarest if word in among]
        if len(rarest) < 2:
            return []
        numbers = frozenset(word for word in words if not word.isalpha())
        many = len(self._rank)
        kind = self._kinds.setdefault(numbers, len(self._kinds)) * many * many
        return [kind + one * many + other for one, other in combinations(rarest, 2)]
