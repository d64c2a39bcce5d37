"""Titles of nearly the same words, among a hundred thousand in seconds.

Two sets of words of which a share *t* is common share at least two of the rarest words of each: of a set of n words,
two of the n - ⌈t·n⌉ + 2 rarest. Only titles that meet in such a pair of words are compared, and then exactly (prefix
filter of set-similarity joins: Bayardo and others 2007, with the longer prefix of Wang and others 2012).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
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
    titles: Mapping[int, str], share: float, ctx: TaskContext | None = None
) -> Iterator[tuple[list[int], list[int], float]]:
    """Listings with the same words or nearly: those of one title, those of another (or none), and what is common.

    Titles with other numbers are never near: `Case for Phone 14` is not the case for another one.

    Args:
        titles: folded titles by listing.
        share: least share of common words (Jaccard), above 0 to 1.

    Raises:
        TaskCancelled: stopped.
    """
    owners: dict[Words, list[int]] = defaultdict(list)
    for number, title in titles.items():
        owners[words_of(title)].append(number)
    sets = [words for words in owners if len(words) >= FEWEST_WORDS]
    for words in sets:
        if len(owners[words]) > 1:
            yield owners[words], [], 1.0
    if share < 1:
        for one, other, common in _near_sets(sets, share, ctx):
            yield owners[one], owners[other], common


def _near_sets(sets: Sequence[Words], share: float, ctx: TaskContext | None) -> Iterator[tuple[Words, Words, float]]:
    """Pairs of different sets that are near each other."""
    ordered = sorted(sets, key=len)
    blocks: dict[int, int | list[int]] = {}
    for at, keys in enumerate(_keys(ordered, share)):
        if ctx is not None and at % EVERY == 0:
            ctx.checkpoint()
            ctx.report(at, len(ordered), note="similar.comparing_titles")
        words = ordered[at]
        size = len(words)
        for before in _met(blocks, keys, at):
            other = ordered[before]
            if len(other) >= share * size:
                common = len(words & other)
                if common >= share * (size + len(other) - common):
                    yield other, words, common / (size + len(other) - common)


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


def _keys(sets: Sequence[Words], share: float) -> Iterator[list[int]]:
    """For each set a number for every pair of its rarest words, other ones for other numbers among its words."""
    frequency = Counter(word for words in sets for word in words)
    rank = {word: at for at, (word, _) in enumerate(sorted(frequency.items(), key=lambda item: (item[1], item[0])))}
    kinds: dict[Words, int] = {}
    many = len(rank)
    for words in sets:
        numbers = frozenset(word for word in words if not word.isalpha())
        kind = kinds.setdefault(numbers, len(kinds)) * many * many
        rarest = sorted(map(rank.__getitem__, words))[: len(words) - ceil(share * len(words)) + 2]
        yield [kind + one * many + other for one, other in combinations(rarest, 2)]
