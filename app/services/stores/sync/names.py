"""What ids of the platform are called, out of the cached category attributes and the unit table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

import orjson
from sqlalchemy import Connection

from app.paths import resources


@dataclass(frozen=True, slots=True)
class AttributeNames:
    """Name of an attribute and of its values by id."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)


NO_NAMES = AttributeNames("")

Names = Mapping[str, Mapping[str, AttributeNames]]
"""Category id → attribute id → names."""


def load_names(
    connection: Connection, gateway: str, category_ids: Iterable[str]
) -> dict[str, dict[str, AttributeNames]]:
    """English names of the attributes of these categories, as far as they are cached."""
    wanted = list(dict.fromkeys(category_ids))
    found: dict[str, dict[str, AttributeNames]] = {category_id: {} for category_id in wanted}
    if not wanted:
        return found
    rows = connection.exec_driver_sql(
        'SELECT category_id, attribute_id, name_en, "values" FROM category_attribute '
        f"WHERE gateway = ? AND category_id IN ({', '.join('?' * len(wanted))})",
        (gateway, *wanted),
    )
    for category_id, attribute_id, name, values in rows:
        by_id = {value["id"]: value["en"] for value in orjson.loads(values)}
        found[category_id][attribute_id] = AttributeNames(name, by_id)
    return found


@cache
def unit_names() -> dict[str, str]:
    """English unit names by the platform's id."""
    raw = json.loads((resources() / "rules" / "units.json").read_text("utf-8"))
    return {unit["id"]: unit["en"] for unit in raw["units"]}


@cache
def unit_ids() -> dict[str, str]:
    """The platform's unit id by every known spelling, folded, and by the id itself."""
    raw = json.loads((resources() / "rules" / "units.json").read_text("utf-8"))
    ids: dict[str, str] = {}
    for unit in raw["units"]:
        for spelling in (unit["id"], unit["en"], unit["zh"], *unit["zh"].split("/"), *unit["also"]):
            ids.setdefault(spelling.casefold(), unit["id"])
    return ids
