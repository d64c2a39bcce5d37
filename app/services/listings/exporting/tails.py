"""What follows the cells a listing's variants share, in the order of the columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from app.services.listings.exporting.variants import CODE, OF_ONE, PROPERTIES, PropertyCells, Raw


class Tails:
    """Makes the end of each row: cells of the variant, of its sale properties, of the listing behind them, and of
    columns nobody understood; then brings them into the order that was asked for, where that is another."""

    def __init__(self, places: Mapping[str, int], head: int) -> None:
        """*places*: of the columns by key; *head*: how many cells stand before."""
        kinds = {key: key.partition(":")[0] for key in places}
        parts = [key for key, kind in kinds.items() if kind in ("property", "sku_image")]
        others = [key for key, kind in kinds.items() if kind == "other"]
        taken = {*OF_ONE, *parts, *others}
        late = [key for key, place in places.items() if place >= head and key not in taken]
        made = [*OF_ONE, *parts, *late, *others]
        self._parts = PropertyCells(parts) if parts else None
        self._late = [places[key] for key in late]
        self._others = [places[key] for key in others]
        wanted = [made.index(key) for key, place in places.items() if place >= head]
        self._pick = None if wanted == list(range(len(made))) else _picker(wanted)

    def alike(self, skus: Sequence[Raw]) -> list[tuple[Any, ...]] | None:
        """One for each of *skus*, of whatever listings; None where a listing has to do with them."""
        return None if self._late or self._others else self.of(skus, (), {})

    def of(self, skus: Sequence[Raw], cells: Sequence[Any], others: Mapping[int, Any]) -> list[tuple[Any, ...]]:
        """One for each of *skus*. *cells* are those of the listing, *others* what columns nobody understood say, both
        by place."""
        parts = self._parts
        if parts is None:
            rows = [sku[CODE:] for sku in skus]
        else:
            rows = [sku[CODE:] + parts[sku[PROPERTIES]] for sku in skus]
        if self._late:
            late = tuple(cells[place] for place in self._late)
            rows = [row + late for row in rows]
        if self._others:
            said = [others.get(place) for place in self._others]
            rows = [row + tuple(of_row(value, number) for value in said) for number, row in enumerate(rows)]
        return rows if self._pick is None else list(map(self._pick, rows))


def of_row(value: Any, number: int) -> Any:
    """An unknown column's cell: one text for the listing, or a list with one for each of its rows."""
    if isinstance(value, list):
        return value[number] if number < len(value) else None
    return value


def _picker(wanted: Sequence[int]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    if len(wanted) > 1:
        return itemgetter(*wanted)
    return lambda row: tuple(row[place] for place in wanted)
