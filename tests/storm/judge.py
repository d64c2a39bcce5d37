"""The verdict of a storm: what the desktop means to have against what the market holds, and what the market may have
made too much of by its own fault."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from tests.storm.market import Product, Twice


@dataclass(frozen=True, slots=True)
class Verdict:
    """Titles by what is wrong with them; `told` counts what the market's own fault made and the desktop named."""

    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    told: int = 0


def judge(ours: list[Product], theirs: list[Product], named: Collection[str], made_twice: Iterable[Twice]) -> Verdict:
    """Both sides by merchant codes: how many, and with what content.

    A product that the desktop has *named* superfluous is excused where the market's record says that it carried the
    very call out twice, and as often as it did; any other is doubled, named or not. A listing's own product that is
    named is lost: whoever believes it takes it off sale.
    """
    carried = {product.product_id for product in ours if product.product_id}
    excused = _excused(set(named) - carried, made_twice)
    verdict = Verdict(told=len(excused))
    verdict.lost.extend(product.title for product in ours if product.product_id in set(named))
    mine = _by_codes(ours)
    there = _by_codes(product for product in theirs if product.product_id not in excused)
    for codes in mine.keys() | there.keys():
        wanted, found = mine.get(codes, []), there.get(codes, [])
        title = (wanted or found)[0].title
        verdict.doubled.extend([title] * (len(found) - len(wanted)))
        verdict.lost.extend([title] * (len(wanted) - len(found)))
        if len(found) == len(wanted) and sorted(found) != sorted(wanted):
            verdict.wrong.append(f"{title}: {sorted(wanted)} {sorted(found)}")
    return verdict


def _excused(superfluous: set[str], made_twice: Iterable[Twice]) -> set[str]:
    """Of each call as many as the fault made."""
    found: set[str] = set()
    for twice in made_twice:
        found |= set(sorted(superfluous & twice.products)[: twice.repeats])
    return found


def _by_codes(products: Iterable[Product]) -> dict[tuple[str, ...], list[Product]]:
    groups: dict[tuple[str, ...], list[Product]] = {}
    for product in products:
        groups.setdefault(tuple(code for code, _, _ in product.variants), []).append(product)
    return groups
