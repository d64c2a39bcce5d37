"""What a change did to rows that are no listings, part by part: countries of a warehouse template, services of a
freight template, rules of a tariff. Parts that stayed the same are left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from app.services.history.records import Noun, RawRow


class Part(NamedTuple):
    """A value before and after: `field` it stands in, `of` which country, store, service or rule; None: not there."""

    field: str
    of: str
    before: Any
    after: Any


def parts_of(noun: Noun, before: RawRow, after: RawRow) -> list[Part]:
    """The parts that differ; a column that has no parts is one itself."""
    found: list[Part] = []
    for name, value in after.items():
        split = _SPLIT.get((noun, name))
        if split is None:
            found.append(Part(name, "", before.get(name), value))
        else:
            old, new = split(before.get(name)), split(value)
            changed = [key for key in dict.fromkeys((*old, *new)) if old.get(key) != new.get(key)]
            found += [Part(name, key, old.get(key), new.get(key)) for key in changed]
            if not changed:  # the same parts in another order
                found.append(Part(name, "", ", ".join(old), ", ".join(new)))
    return found


def _countries(listed: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    return {str(one["country"]): {k: v for k, v in one.items() if k != "country"} for one in listed or ()}


def _stores(chosen: Mapping[str, str] | None) -> dict[str, Any]:
    return dict(chosen or {})


def _services(text: str | None) -> dict[str, Any]:
    listed = orjson.loads(text or "[]")
    return {str(one.get("template", {}).get("logistics_company", "")): [one] for one in listed}


def _rules(text: str | None) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(text or "{}")
    return found


_SPLIT: dict[tuple[Noun, str], Callable[[Any], dict[str, Any]]] = {
    ("warehouse_template", "countries"): _countries,
    ("warehouse_template", "freight"): _stores,
    ("freight_template", "services"): _services,
    ("tariff", "rules"): _rules,
}
