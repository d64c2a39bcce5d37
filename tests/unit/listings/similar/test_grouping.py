"""Pairs become groups; codes become their items."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from app.services.codes.records import Component
from app.services.codes.rules import CodeRules
from app.services.listings.similar.codes import Items, too_many_packs
from app.services.listings.similar.grouping import grouped
from app.services.listings.similar.records import Pair, Why


def pair(one: int, other: int, why: Why = Why.CODES, score: float = 1.0) -> Pair:
    return Pair(one, other, why, score)


def test_a_chain_is_one_group_with_the_best_share_of_each_reason() -> None:
    pairs = [pair(3, 9, Why.TITLE, 0.86), pair(1, 3, Why.CODES, 0.5), pair(9, 12, Why.TITLE, 0.9), pair(20, 21)]
    first, second = grouped(pairs, {9, 21, 99})
    assert first.listing_ids == (1, 3, 9, 12)
    assert (first.whys, first.shares, first.score) == ((Why.CODES, Why.TITLE), (0.5, 0.9), 0.9)
    assert (first.live, first.head) == (1, 9)
    assert (second.id, second.listing_ids, second.head) == (1, (20, 21), 21)


def test_more_reasons_stand_first_then_more_in_common() -> None:
    pairs = [pair(1, 2, score=0.6), pair(3, 4, score=0.9), pair(5, 6), pair(5, 6, Why.LOOK, 0.97)]
    assert [group.listing_ids for group in grouped(pairs, set())] == [(5, 6), (3, 4), (1, 2)]
    assert grouped([], set()) == []


@pytest.mark.parametrize("seed", range(3))
def test_groups_are_what_is_connected(seed: int) -> None:
    draw = random.Random(seed)
    edges = {tuple(sorted(draw.sample(range(60), 2))) for _ in range(35)}
    together = {frozenset((number,)) for edge in edges for number in edge}
    for one, other in edges:
        joined = frozenset().union(*(part for part in together if one in part or other in part))
        together = {part for part in together if not part & joined} | {joined}
    found = grouped([pair(one, other) for one, other in edges], set())
    assert {frozenset(group.listing_ids) for group in found} == together
    assert all(group.listing_ids == tuple(sorted(group.listing_ids)) for group in found)


@pytest.mark.parametrize(
    ("key", "items"),
    [
        ("AB1234", {"AB1234"}),
        ("AB1234-BK*3", {"AB1234-BK"}),
        ("CB000123", {"XY1", "XY2"}),
        ("CB000123*2+ZZ9", {"XY1", "XY2", "ZZ9"}),
        ("CB000999", {"CB000999"}),
        ("(AB1+CD2)*3_CES", {"AB1", "CD2"}),
        ("5.1E+12", {"5.1E+12"}),
        ("", {""}),
    ],
)
def test_codes_stand_for_their_items_as_the_one_grammar_reads_them(key: str, items: set[str]) -> None:
    virtual = {"CB000123": (Component("XY1", 2), Component("XY2"))}
    assert Items(CodeRules(virtual=virtual)).of(key) == items


def test_four_quantities_of_one_item_in_a_place_are_too_many() -> None:
    codes = {number: frozenset([f"AB1*{number}" if number > 1 else "AB1"]) for number in range(1, 5)}
    items = Items()
    assert list(too_many_packs(codes, dict.fromkeys(codes, 7), items)) == [[1, 2, 3, 4]]
    apart = {1: 7, 2: 7, 3: 7, 4: 8}
    assert list(too_many_packs(codes, apart, items)) == []
    same = dict.fromkeys(codes, frozenset(["AB1"]))
    assert list(too_many_packs(same, dict.fromkeys(codes, 7), items)) == []  # the same quantity: that is another reason
    three = [sorted(trio) for trio in combinations(codes, 3)]
    assert not any(list(too_many_packs({n: codes[n] for n in trio}, dict.fromkeys(codes, 7), items)) for trio in three)
