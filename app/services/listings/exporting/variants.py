"""The cells of variants: one row each, or all of a listing in one row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson

BETWEEN = "\n"
"""Between several values in one cell, as the images have it."""

Cell = str | int | float | None
Raw = tuple[Any, ...]

_MOST_KNOWN = 4096


class PropertyCells(dict[str, tuple[Cell, ...]]):
    """The cells that stand in the sale properties of a variant, by their JSON; variants of all listings repeat them.

    `[]` is known to have none.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        """*keys* of columns: `property:Color`, or `sku_image` for the variant's picture."""
        super().__init__()
        self._places = {key.partition(":")[2]: at for at, key in enumerate(keys) if key != "sku_image"}
        self._picture_at = keys.index("sku_image") if "sku_image" in keys else None
        self["[]"] = self._nothing = (None,) * len(keys)

    def __missing__(self, properties: str) -> tuple[Cell, ...]:
        if len(self) > _MOST_KNOWN:
            self.clear()
        cells: list[Cell] = list(self._nothing)
        for part in orjson.loads(properties):
            if (where := self._places.get(part.get("name", ""))) is not None:
                cells[where] = part.get("value", "")
            if self._picture_at is not None and part.get("image") and cells[self._picture_at] is None:
                cells[self._picture_at] = part["image"]
        made = self[properties] = tuple(cells)
        return made


def summed(skus: Sequence[Raw], properties: Mapping[str, int]) -> dict[int, Cell]:
    """Every value of a sale property once, by the place of its column."""
    values: dict[int, dict[str, None]] = {}
    for sku in skus if properties else ():
        for part in orjson.loads(sku[PROPERTIES]):
            if (where := properties.get(part.get("name", ""))) is not None:
                values.setdefault(where, {})[part.get("value", "")] = None
    return {place: BETWEEN.join(found) for place, found in values.items()}


def _picture(sku: Raw) -> str | None:
    if '"image"' not in sku[PROPERTIES]:
        return None
    return next((part["image"] for part in orjson.loads(sku[PROPERTIES]) if part.get("image")), None)


def _lines(values: Iterator[str | None]) -> str | None:
    return BETWEEN.join(dict.fromkeys(value for value in values if value)) or None


def _known(skus: Sequence[Raw], place: int) -> list[Any]:
    return [sku[place] for sku in skus if sku[place] is not None]


PROPERTIES, CODE, PRICE, STOCK, BARCODE = range(2, 7)
"""Where a variant has what, behind the ids of its listing and its own."""
OF_ONE = {
    "sku_code": "nullif(code, '')",
    "price": "price_minor / 100.0",
    "stock": "stock",
    "barcode": "nullif(barcode, '')",
}
"""Columns of one variant, besides its picture, which its sale properties hold; in the order above."""
OF_ALL: dict[str, Callable[[Sequence[Raw]], Cell]] = {
    "sku_code": lambda skus: _lines(sku[CODE] for sku in skus),
    "price_low": lambda skus: min(_known(skus, PRICE), default=None),
    "price_high": lambda skus: max(_known(skus, PRICE), default=None),
    "stock": lambda skus: sum(_known(skus, STOCK)) if skus and len(_known(skus, STOCK)) == len(skus) else None,
    "barcode": lambda skus: _lines(sku[BARCODE] for sku in skus),
    "sku_image": lambda skus: _lines(_picture(sku) for sku in skus),
}
"""Columns of all variants in one row. A total of which a part is unknown is unknown."""
