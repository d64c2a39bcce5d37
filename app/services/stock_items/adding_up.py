"""What the goods behind a code come to: Σ stock item × quantity (domain.md 9.2, 10.4 P4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.services.codes.records import Component
from app.services.stock_items.records import Goods, StockItem


def add_up(components: Sequence[Component], items: Mapping[str, StockItem]) -> Goods:
    """Cost, weight and attributes of *components*; one unknown part leaves the whole unknown."""
    known = [(items[base], quantity) for base, quantity in components if base in items]
    unknown = tuple(base for base, _ in components if base not in items)
    without_cost = tuple(item.code for item, _ in known if item.cost_micro is None)
    without_weight = tuple(item.code for item, _ in known if item.weight_mg is None)
    is_whole = bool(components) and not unknown
    told = [item.attributes for item, _ in known if item.attributes is not None]
    return Goods(
        cost_micro=_total((item.cost_micro, n) for item, n in known) if is_whole else None,
        weight_mg=_total((item.weight_mg, n) for item, n in known) if is_whole else None,
        attributes=frozenset().union(*told) if is_whole and len(told) == len(known) else None,
        unknown_items=unknown,
        without_cost=without_cost,
        without_weight=without_weight,
    )


def _total(parts: Iterable[tuple[int | None, int]]) -> int | None:
    total = 0
    for value, quantity in parts:
        if value is None:
            return None
        total += value * quantity
    return total
