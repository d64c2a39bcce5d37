"""Codes with a store's own mark around them (domain.md 7.2 step 3) as the coverage view compares them.

Stored match keys are made without knowing whose they are, so a mark is part of them: `AM#NL2101` of a store that writes
`AM#` in front is looked up as what that store writes for `NL2101`, through the index, and is no row of its own where
there is one of `NL2101`. The parts of a bundle are sorted with their mark, and a warehouse mark before a mark behind
is part of the item: such codes stay as they are stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import orjson
from sqlalchemy import Connection

from app.services.codes.known import store_marks

Marks = Sequence[tuple[int, str, str]]
"""Store, what it writes in front of its codes, and behind."""
MARKS = (
    "mark AS MATERIALIZED (SELECT json_extract(value, '$[0]') AS store_id, json_extract(value, '$[1]') AS front, "
    "json_extract(value, '$[2]') AS back FROM json_each(?))"
)
"""The one parameter is `as_json`."""
FOLDED = """EXISTS (SELECT 1 FROM mark
WHERE length(spelling) > length(front) + length(back)
AND substr(spelling, 1, length(front)) = front AND substr(spelling, length(spelling) - length(back) + 1) = back
AND EXISTS (SELECT 1 FROM sku AS bare WHERE bare.match_key =
    substr(spelling, length(front) + 1, length(spelling) - length(front) - length(back)))
AND NOT EXISTS (SELECT 1 FROM sku AS same JOIN listing ON listing.id = same.listing_id
    WHERE same.match_key = spelling AND listing.store_id <> mark.store_id))"""
"""Whether a spelling is nothing but another one with the mark of its store."""


def load_marks(connection: Connection) -> Marks:
    """Of all stores that write something around their codes."""
    found = store_marks(connection).items()
    return [(store_id, its.prefix, its.suffix) for store_id, its in found if its.prefix or its.suffix]


def as_json(marks: Marks) -> str:
    """As a parameter of `MARKS`."""
    return orjson.dumps(marks).decode()


def shown_as(connection: Connection, spellings: Iterable[str]) -> dict[str, str]:
    """Of *spellings* those that are no row of their own, and the one in whose row each stands."""
    marks = load_marks(connection)
    if not marks:
        return {}
    sql = f"WITH {MARKS} SELECT spelling FROM (SELECT value AS spelling FROM json_each(?)) WHERE {FOLDED}"
    asked = orjson.dumps(list(spellings)).decode()
    found = connection.exec_driver_sql(sql, (as_json(marks), asked)).scalars().all()
    there = "SELECT match_key FROM sku WHERE match_key IN (SELECT value FROM json_each(?)) LIMIT 1"
    rows = {one: orjson.dumps(bare(one, marks)[1:]).decode() for one in found}
    return {one: str(connection.exec_driver_sql(there, (its,)).scalar_one()) for one, its in rows.items()}


def in_store(spelling: str, condition: str) -> str:
    """Whether a store has *spelling* with its mark; *condition* says which listings count."""
    return (
        f"EXISTS (SELECT 1 FROM mark CROSS JOIN sku AS other ON other.match_key = front || {spelling} || back "
        f"CROSS JOIN listing ON listing.id = other.listing_id AND listing.store_id = mark.store_id WHERE {condition})"
    )


def bare(spelling: str, marks: Marks) -> list[str]:
    """*spelling*, and what it is without a mark it may have."""
    found = [
        spelling[len(front) : len(spelling) - len(back)]
        for _, front, back in marks
        if spelling.startswith(front) and spelling.endswith(back) and len(spelling) > len(front) + len(back)
    ]
    return list(dict.fromkeys([spelling, *found]))
