"""The rows of the coverage view: one a merchant code, with what each store has of it.

What is asked of 100 000 codes in 20 stores (two million variants) goes through the index of match keys; only the rows
in view are read with prices and orders.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.codes.keys import match_key
from app.services.coverage.own_codes import OF_OWN, OWN, own_codes
from app.services.db import Database
from app.services.errors import InputError
from app.services.listings.loading import id_list
from app.services.paging import Filter, Query
from app.services.sql_ids import interruptible
from app.services.tasks import TaskContext

HERE = "listing.status <> 'off'"
"""A listing off sale covers nothing: buyers do not see it."""
GAP, ONLY, MEMBER = "gap", "only", "member"
_WALK_UP = f"""
WITH RECURSIVE {OWN}, walked(spelling) AS (
    SELECT min(match_key) FROM sku WHERE match_key > ''
    UNION ALL SELECT (SELECT min(match_key) FROM sku WHERE match_key > walked.spelling) FROM walked
    WHERE spelling IS NOT NULL)
"""
"""Every code once, by jumps through the index of match keys: twenty variants of a code cost as much as one."""
_WALK_DOWN = f"""
WITH RECURSIVE {OWN}, walked(spelling) AS (
    SELECT max(match_key) FROM sku
    UNION ALL SELECT (SELECT max(match_key) FROM sku WHERE match_key < walked.spelling AND match_key > '') FROM walked
    WHERE spelling > '')
"""
_KEYS_OF_STORE = (
    f"SELECT sku.match_key FROM listing JOIN sku ON sku.listing_id = listing.id WHERE listing.store_id = ? AND {HERE}"
)
_OF_STORE = (
    f"(spelling IN ({_KEYS_OF_STORE}) OR spelling IN (SELECT own.line FROM {OF_OWN} WHERE own.store_id = ? AND {HERE}))"
)
"""Whether a store has a code, however it writes it."""
OFFERED = f"listing.product_id IS NOT NULL AND {HERE}"
"""Only what a store has on the platform can be taken over by another."""
_PLAIN = (
    "EXISTS (SELECT 1 FROM sku AS other JOIN listing ON listing.id = other.listing_id "
    "WHERE other.match_key = walked.spelling AND {0})"
)
_CELL = (
    "listing.store_id, listing.id, listing.status, sku.price_minor, sku.stock, listing.currency, listing.product_id, "
    "sku.match_key, sku.position"
)
_CELLS = f"""
WITH {OWN}
SELECT sku.match_key, {_CELL} FROM sku JOIN listing ON listing.id = sku.listing_id
WHERE sku.match_key IN (SELECT value FROM json_each(?))
UNION ALL
SELECT own.line, {_CELL} FROM {OF_OWN}
"""
_SOLD = """
SELECT store_order.store_id, order_line.product_id, order_line.code, max(store_order.created_ms)
FROM order_line JOIN store_order ON store_order.id = order_line.store_order_id
WHERE order_line.product_id IN (SELECT value FROM json_each(?))
GROUP BY store_order.store_id, order_line.product_id, order_line.code
"""
_SHARES = f"""
SELECT listing.store_id, count(DISTINCT sku.match_key) FROM listing JOIN sku ON sku.listing_id = listing.id
WHERE sku.match_key <> '' AND {HERE} GROUP BY listing.store_id
"""


class UnknownCondition(InputError):
    """The coverage view knows no such condition: `field`."""

    code = "coverage.unknown_condition"


@dataclass(frozen=True, slots=True)
class StoreCell:
    """What one store has of a code: of its best listing (on sale before draft before off sale), `more` others.

    `price_minor`, `stock` and `last_sold_ms` are None where they are not known; `last_sold_ms` also where no order that
    was fetched has it.
    """

    listing_id: int
    status: str
    price_minor: int | None
    stock: int | None
    currency: str
    product_id: str | None
    last_sold_ms: int | None
    more: int = 0


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One code. `id` is the smallest variant's; `stores` has the stores that have it, by id."""

    id: int
    match_key: str
    code: str
    member: str
    stores: Mapping[int, StoreCell] = field(default_factory=dict)


class CoverageMatrix:
    """Page source: conditions `gap` (a store's id: it has none, and another store has it on the platform), `only` (no
    other store has it), `member` (an operator; `missing`: nobody's); sorted by `code` or `member`. Threads: any."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def count(self, query: Query, ctx: TaskContext | None = None) -> int:
        """How many codes. Raises: UnknownCondition; TaskCancelled."""
        with self._db.answering() as connection, interruptible(connection, ctx):
            sql, params = _asked(connection, query)
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM ({sql})", params).scalar_one())

    def ids(self, query: Query, ctx: TaskContext | None = None) -> array[int]:
        """All of them in order. Raises: UnknownCondition; TaskCancelled."""
        with self._db.answering() as connection, interruptible(connection, ctx):
            sql, params = _asked(connection, query)
            return array("q", connection.exec_driver_sql(f"{sql} {_order(query)}", params).scalars())

    def first_page(self, query: Query, limit: int) -> list[CoverageRow]:
        """The first codes in order."""
        with self._db.answering() as connection:
            sql, params = _asked(connection, query)
            found = connection.exec_driver_sql(f"{sql} {_order(query)} LIMIT ?", (*params, limit))
            ids = list(found.scalars())
            rows = read_rows(connection, ids)
        return [rows[number] for number in ids if number in rows]

    def rows(self, ids: Sequence[int]) -> dict[int, CoverageRow]:
        """The rows with these ids."""
        with self._db.answering() as connection:
            return read_rows(connection, ids)

    def shares(self) -> dict[int, int]:
        """How many codes each store has."""
        with self._db.reader.connect() as connection:
            return dict(map(tuple, connection.exec_driver_sql(_SHARES)))


def keys_of(connection: Connection, ids: Iterable[int]) -> dict[str, str]:
    """Match keys and codes of these rows, in their order."""
    wanted = list(ids)
    rows = connection.exec_driver_sql(
        "SELECT id, match_key, code FROM sku WHERE id IN (SELECT value FROM json_each(?))",
        (orjson.dumps(wanted).decode(),),
    )
    found = {row[0]: (row[1], row[2]) for row in rows}
    return dict(found[number] for number in wanted if number in found)


def _asked(connection: Connection, query: Query) -> tuple[str, tuple[Any, ...]]:
    """The codes of a query, the smallest variant of each, in the order of the codes."""
    own = own_codes(connection)
    conditions, params = ["spelling > ''"], [own.as_json]
    if own.folded:
        conditions.append("spelling NOT IN (SELECT value FROM json_each(?))")
        params.append(own.folded_json)
    for word in query.text.split():
        key = match_key(word)
        conditions.append(
            "(instr(spelling, ?) OR spelling IN (SELECT value FROM json_each(?)) "
            "OR spelling IN (SELECT match_key FROM sku_assignment WHERE instr(lower(member), ?)))"
        )
        params += [key, orjson.dumps(own.lines_with(key)).decode(), word.lower()]
    for one in query.filters:
        sql, values = _condition(one)
        conditions.append(sql)
        params += values
    walk = _WALK_DOWN if query.descending and query.sort != MEMBER else _WALK_UP
    smallest = "SELECT (SELECT min(id) FROM sku WHERE match_key = spelling) FROM walked"
    return f"{walk} {smallest} WHERE {' AND '.join(conditions)}", tuple(params)


def _condition(one: Filter) -> tuple[str, list[Any]]:
    if one.field == GAP and one.operator == "=":
        return f"NOT {_OF_STORE} AND {_elsewhere(OFFERED)}", [one.value] * 4
    if one.field == ONLY and one.operator == "=":
        return f"{_OF_STORE} AND NOT {_elsewhere(HERE)}", [one.value] * 4
    if one.field == MEMBER and one.operator == "missing":
        return "spelling NOT IN (SELECT match_key FROM sku_assignment)", []
    if one.field == MEMBER and one.operator == "=":
        return "spelling IN (SELECT match_key FROM sku_assignment WHERE member = ?)", [one.value]
    raise UnknownCondition(field=f"{one.field} {one.operator}")


def _elsewhere(condition: str) -> str:
    """Whether another store has a code in a listing of *condition*."""
    wanted = f"listing.store_id <> ? AND {condition}"
    return f"({_PLAIN.format(wanted)} OR spelling IN (SELECT own.line FROM {OF_OWN} WHERE {wanted}))"


def _order(query: Query) -> str:
    """Codes come in their order by themselves."""
    if query.sort != MEMBER:
        return ""
    member = "(SELECT member FROM sku_assignment WHERE sku_assignment.match_key = walked.spelling)"
    return f"ORDER BY {member} IS NULL, {member} {'DESC' if query.descending else 'ASC'}, spelling"


def read_rows(connection: Connection, ids: Sequence[int]) -> dict[int, CoverageRow]:
    """The rows with these ids: four questions however many they are."""
    if not ids:
        return {}
    sql = f"SELECT id, match_key, code FROM sku WHERE id IN ({id_list(ids)})"
    heads = connection.exec_driver_sql(sql).all()
    keys = [row[1] for row in heads]
    members = dict(
        map(
            tuple,
            connection.exec_driver_sql(
                "SELECT match_key, member FROM sku_assignment WHERE match_key IN (SELECT value FROM json_each(?))",
                (orjson.dumps(keys).decode(),),
            ),
        )
    )
    cells = _cells(connection, keys)
    return {
        row[0]: CoverageRow(row[0], row[1], row[2], members.get(row[1], ""), cells.get(row[1], {})) for row in heads
    }


def _cells(connection: Connection, keys: Sequence[str]) -> dict[str, dict[int, StoreCell]]:
    """What the stores have of these codes: code → store → cell."""
    own = own_codes(connection).of_lines(keys)
    rows = list(connection.exec_driver_sql(_CELLS, (own, orjson.dumps(keys).decode())))
    rows.sort(key=lambda row: (row[0], row[1], row[3] == "off", row[3] != "live", row[2], row[9]))
    sold = _sold(connection, {row[7] for row in rows if row[7] is not None})
    found: defaultdict[tuple[str, int], list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0], row[1]].append(row)
    cells: defaultdict[str, dict[int, StoreCell]] = defaultdict(dict)
    for (key, store_id), its in found.items():
        best = its[0]
        moments = [sold.get((store_id, row[7], row[8])) for row in its if row[7] is not None]
        cells[key][store_id] = StoreCell(
            listing_id=best[2],
            status=best[3],
            price_minor=best[4],
            stock=best[5],
            currency=best[6],
            product_id=best[7],
            last_sold_ms=max((moment for moment in moments if moment is not None), default=None),
            more=len({row[2] for row in its}) - 1,
        )
    return cells


def _sold(connection: Connection, product_ids: Iterable[str]) -> dict[tuple[int, str, str], int]:
    """When a code was last ordered, by store, product and match key."""
    rows = connection.exec_driver_sql(_SOLD, (orjson.dumps(sorted(product_ids)).decode(),))
    found: dict[tuple[int, str, str], int] = {}
    for store_id, product_id, code, moment in rows:
        if moment is not None:
            place = (store_id, product_id, match_key(code))
            found[place] = max(moment, found.get(place, moment))
    return found
