"""Products with their variants, each made from the seed and its number alone, so that any can be had at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from random import Random
from typing import Any

from app.samples.families import Family, Value, catalogue, families

CNY_PER_USD = 6.8
"""domain.md 20."""
LIST_PRICE_FACTOR = 2.1
"""List price over cost before fees: a plausible choice for small parcels."""
OVERSEAS_SHARE = 0.07
"""Share of products with virtual overseas variants."""
OVERSEAS_STOCK = 35
"""domain.md 20."""
MOST_SKUS = 6
HOME_COUNTRY = "中国"


@dataclass(frozen=True, slots=True)
class Sku:
    """One row of the sheet. `first`, `second`: values of the sale properties or None; `ships_from` "" = not stated."""

    code: str
    first: Value | None
    second: Value | None
    ships_from: str
    price_minor: int
    stock: int
    weight_g: int
    barcode: str
    cost_minor: int


@dataclass(frozen=True, slots=True)
class Product:
    """What the rows of one product share. `number` counts from 0; `box_cm` is length, width, height."""

    number: int
    family: Family
    key: str
    title: str
    keywords: tuple[str, ...]
    material: str
    detail_html: str
    box_cm: tuple[int, int, int]
    handling_days: int
    supplier: str
    fba_note: str
    skus: tuple[Sku, ...]


class Products:
    """The endless list of products that belongs to a seed."""

    def __init__(self, seed: int, kinds: Sequence[Family] = ()) -> None:
        self._seed = seed
        shuffle = Random(f"{seed}:families")
        self.kinds = list(kinds or families())
        shuffle.shuffle(self.kinds)
        self._steps = [_coprime_step(shuffle, kind.combinations) for kind in self.kinds]
        self._starts = [shuffle.randrange(kind.combinations) for kind in self.kinds]
        self._codes = [shuffle.randrange(9000) for _ in self.kinds]

    def __getitem__(self, number: int) -> Product:
        """Product *number*, from 0. No two have the same key, merchant code or, within a family's reach, title."""
        turn, place = divmod(number, len(self.kinds))
        kind = self.kinds[place]
        chance = Random(f"{self._seed}:{number}")
        words = kind.words((self._starts[place] + turn * self._steps[place]) % kind.combinations)
        key = f"{kind.prefix}{_item_number(turn, self._codes[place])}"
        title = kind.title.format(*words)
        material = material_of(words) or kind.material
        length, width, height = (max(1, side + chance.choice((-1, 0, 0, 1))) for side in kind.box_cm)
        box = (length, width, height)
        return Product(
            number=number,
            family=kind,
            key=key,
            title=title,
            keywords=tuple(text.format(*words).lower() for text in kind.keywords),
            material=material,
            detail_html=_detail(title, material, box, chance),
            box_cm=box,
            handling_days=chance.choice((2, 3, 3, 4, 5)),
            supplier=chance.choice(catalogue()["suppliers"]),
            fba_note=chance.choice(catalogue()["fba"]),
            skus=_skus(kind, key, chance),
        )


def material_of(words: Sequence[str]) -> str:
    """The material (Chinese) that the parts of a title name, the first of them if there are several, else ""."""
    return next((material for part in words if (material := _named_material(part))), "")


@cache
def _named_material(part: str) -> str:
    for material, entry in catalogue()["materials"].items():
        if any(f" {word} " in f" {part} " for word in entry["words"]):
            return str(material)
    return ""


def _coprime_step(chance: Random, size: int) -> int:
    """A step that visits all of *size* combinations before it meets one again, and looks like chance."""
    step = chance.randrange(size // 3, size)
    while math.gcd(step, size) != 1:
        step += 1
    return step


def _item_number(turn: int, start: int) -> int:
    """Four digits for the first nine thousand products of a family, five for the next: no two alike."""
    block, place = divmod(turn, 9000)
    return (1000 if block == 0 else 10_000 + (block - 1) * 9000) + (start + place * 7) % 9000


def _skus(kind: Family, key: str, chance: Random) -> tuple[Sku, ...]:
    variants = _variants(kind, chance)
    places = [{"country": "", "mark": "", "surcharge": 0.0}]
    if len(variants) * 2 <= MOST_SKUS and chance.random() < OVERSEAS_SHARE:
        places = [{**places[0], "country": HOME_COUNTRY}, chance.choice(catalogue()["overseas"])]
    cost = chance.uniform(*kind.cost_cny)
    weight = chance.uniform(*kind.weight_g)
    return tuple(_sku(key, variant, place, cost, weight, chance) for variant in variants for place in places)


def _variants(kind: Family, chance: Random) -> list[tuple[Value | None, Value | None]]:
    """Two to six combinations of the family's sale properties."""
    most_first, most_second = (max(1, min(MOST_SKUS, len(values))) for values in (kind.first, kind.second))
    first, second = chance.choice(
        [
            (first, second)
            for first in range(1, most_first + 1)
            for second in range(1, most_second + 1)
            if 2 <= first * second <= MOST_SKUS
        ]
    )
    return list(product(_some(kind.first, first, chance), _some(kind.second, second, chance)))


def _some(values: Sequence[Value], count: int, chance: Random) -> list[Value | None]:
    """*count* of *values* in their own order; one None where the family has no such property."""
    return [values[place] for place in sorted(chance.sample(range(len(values)), count))] if values else [None]


def _sku(
    key: str,
    variant: tuple[Value | None, Value | None],
    place: dict[str, Any],
    cost_cny: float,
    weight_g: float,
    chance: Random,
) -> Sku:
    first, second = variant
    share = second.share if second else 1.0
    cost = cost_cny * share
    price = cost / CNY_PER_USD * LIST_PRICE_FACTOR + 0.6 + place["surcharge"]
    return Sku(
        code=_code(key, variant) + place["mark"],
        first=first,
        second=second,
        ships_from=place["country"],
        price_minor=round(price * 20) * 5,
        stock=OVERSEAS_STOCK if place["mark"] else chance.choice((999, 1998, chance.randint(40, 2600))),
        weight_g=math.ceil(weight_g * share**0.9),
        barcode=_barcode(chance),
        cost_minor=round(cost * 100),
    )


def _code(key: str, variant: tuple[Value | None, Value | None]) -> str:
    """The merchant code, domain.md 7.1: tails of the variant, quantity last."""
    tails = "".join(f"-{value.tail}" for value in variant if value and value.tail)
    pieces = max((value.pieces for value in variant if value), default=0)
    return f"{key}{tails}*{pieces}" if pieces > 1 else f"{key}{tails}"


def _barcode(chance: Random) -> str:
    """An EAN-13 that starts with 2: numbers for use inside a company, which no real product carries."""
    digits = f"2{chance.randrange(10**11):011d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"


def _detail(title: str, material: str, box_cm: tuple[int, int, int], chance: Random) -> str:
    """A short description page with allowed elements only (domain.md 5.2)."""
    facts = (
        f"Material: {catalogue()['materials'][material]['en']}",
        "Package size: {} x {} x {} cm".format(*box_cm),
        *chance.sample(catalogue()["notes"], 2),
    )
    return f"<p><b>{title}</b></p><ul>{''.join(f'<li>{fact}</li>' for fact in facts)}</ul>"
