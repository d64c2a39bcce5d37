"""Codes of stores that write something of their own into them (domain.md 7.2 steps 3 and 5) in the coverage view.

Stored match keys are made without knowing whose they are, so what a store puts around its codes, and its numeric
warehouse marks, are part of them. What the codes of such stores stand for is read here, once for each state of the
database: `AM#NL2101` of one store and `BM#NL2101` of another stand in the row of `NL2101`; where nobody has that, in
the row of the first of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.codes.known import store_marks
from app.services.codes.reading import Reader
from app.services.codes.rules import CodeRules, StoreMarks
from app.services.collection import without_collection
from app.services.moments import answers_of

OWN = (
    "own AS MATERIALIZED (SELECT json_extract(value, '$[0]') AS line, json_extract(value, '$[1]') AS store_id, "
    "json_extract(value, '$[2]') AS spelling FROM json_each(?))"
)
"""The one parameter is `OwnCodes.as_json`: the row, and what which store writes for it."""
OF_OWN = (
    "own CROSS JOIN sku ON sku.match_key = own.spelling "
    "CROSS JOIN listing ON listing.id = sku.listing_id AND listing.store_id = own.store_id"
)
"""What stands behind FROM to read the variants of `OWN`."""
_KEYS = """
SELECT sku.match_key, min(sku.code) FROM listing CROSS JOIN sku ON sku.listing_id = listing.id
WHERE listing.store_id = ? AND ({0}) GROUP BY sku.match_key
"""
_HOLDERS = """
SELECT sku.match_key, listing.store_id FROM json_each(?) AS asked
CROSS JOIN sku ON sku.match_key = asked.value CROSS JOIN listing ON listing.id = sku.listing_id
"""
_THERE = "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM sku WHERE match_key = value)"
_BYTES_EACH = 400
"""What one spelling takes here, all in all."""

Spelling = tuple[int, str]
"""A store, and the match key of what it writes."""


@dataclass(frozen=True)
class OwnCodes:
    """Where codes stand that a store writes in its own way.

    Attributes:
        by_line: row → the spellings that stand in it besides its own.
        folded: spellings that are no row of their own.
    """

    by_line: Mapping[str, tuple[Spelling, ...]] = field(default_factory=dict)
    folded: frozenset[str] = frozenset()

    @property
    def nbytes(self) -> int:
        """About how much memory it takes."""
        return _BYTES_EACH * sum(map(len, self.by_line.values()))

    @cached_property
    def as_json(self) -> str:
        """All of it, as the parameter of `OWN`."""
        return self.of_lines(self.by_line)

    @cached_property
    def folded_json(self) -> str:
        """`folded`, for `json_each`."""
        return _json(self.folded)

    def of_lines(self, lines: Iterable[str]) -> str:
        """What stands in these rows besides their own spelling, as the parameter of `OWN`."""
        return _json((line, *one) for line in lines for one in self.by_line.get(line, ()))

    def lines_with(self, part: str) -> list[str]:
        """Rows in which a code stands that is written with *part* somewhere."""
        return [line for line, its in self.by_line.items() if any(part in spelling for _, spelling in its)]

    def shown_as(self, spellings: Collection[str]) -> dict[str, str]:
        """Of *spellings* those that are no row of their own, and the row in which each stands."""
        wanted = self.folded.intersection(spellings)
        return {spelling: line for line, its in self.by_line.items() for _, spelling in its if spelling in wanted}


NOTHING = OwnCodes()


def own_codes(connection: Connection) -> OwnCodes:
    """Of all stores that write something of their own; kept for the state that *connection* reads (`answering`)."""
    marks = {store_id: its for store_id, its in store_marks(connection).items() if _parts(its)}
    if not marks:
        return NOTHING
    answers = answers_of(connection)
    found = answers.reading("own_codes") if answers is not None else None
    if isinstance(found, OwnCodes):
        return found
    with without_collection():
        made = _made(connection, _plain_keys(connection, marks))
    if answers is not None:
        answers.put_reading("own_codes", made)
    return made


def _plain_keys(connection: Connection, marks: Mapping[int, StoreMarks]) -> dict[Spelling, str]:
    """What the codes of stores stand for that are written otherwise."""
    found: dict[Spelling, str] = {}
    for store_id, its in marks.items():
        parts, reader = _parts(its), Reader(CodeRules(store=its))
        sql = _KEYS.format(" OR ".join(["instr(sku.match_key, ?)"] * len(parts)))
        for key, code in connection.exec_driver_sql(sql, (store_id, *parts)):
            reading = reader.read(code)
            if not reading.error and reading.match_key != key:
                found[store_id, key] = reading.match_key
    return found


def _parts(marks: StoreMarks) -> list[str]:
    """One of these is in every code that a store writes in its own way."""
    return [*filter(None, (marks.prefix, marks.suffix)), *(f"-{digits}" for digits in marks.countries)]


def _made(connection: Connection, plain_keys: Mapping[Spelling, str]) -> OwnCodes:
    """A spelling that another store has, too, and means otherwise, keeps its row; it stands in both."""
    holders: Any = connection.exec_driver_sql(_HOLDERS, (_json({key for _, key in plain_keys}),))
    kept = {key for key, store_id in holders if (store_id, key) not in plain_keys}
    gone = {key for _, key in plain_keys} - kept
    there = set(connection.exec_driver_sql(_THERE, (_json(set(plain_keys.values())),)).scalars()) - gone
    together: defaultdict[str, list[Spelling]] = defaultdict(list)
    for spelling, plain in plain_keys.items():
        together[plain].append(spelling)
    by_line: dict[str, tuple[Spelling, ...]] = {}
    for plain, its in together.items():
        line = plain if plain in there else min({key for _, key in its if key in gone} or {key for _, key in its})
        if others := tuple(sorted(one for one in its if one[1] != line)):
            by_line[line] = others
    folded = {key for its in by_line.values() for _, key in its}
    return OwnCodes(by_line, frozenset(folded & gone))


def _json(value: Iterable[Any]) -> str:
    return orjson.dumps(list(value)).decode()
