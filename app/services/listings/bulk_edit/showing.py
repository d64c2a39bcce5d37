"""The lines of a plan by position, the largest change of a number first: what a paged table and an export read.

The order is a table of the plan, made when it is first asked for; a page is read by its keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import orjson
from sqlalchemy import Connection

from app.services.listings.bulk_edit.operations import SKU_NUMBERS
from app.services.listings.bulk_edit.planning import Plan
from app.services.listings.bulk_edit.records import SAME, PreviewLine
from app.services.listings.loading import id_list
from app.services.tasks import TaskContext

Section = Literal["changed", "refused", "same"]
SECTIONS: tuple[Section, ...] = ("changed", "refused", "same")
LINES, LOCKED = -1, -2
"""Sources in `plan.place` besides the numbers, which count from 0: `plan.line`, and whole listings of `plan.chosen`."""


@dataclass(frozen=True, slots=True)
class Sections:
    """Where each section of the lines begins and how many lines it has."""

    counts: Mapping[Section, int]

    def first(self, section: Section) -> int:
        """Position of its first line."""
        return sum(self.counts[one] for one in SECTIONS[: SECTIONS.index(section)])

    def range(self, section: Section | None = None) -> range:
        """Positions of a section's lines, of all lines without one."""
        if section is None:
            return range(self.total)
        return range(self.first(section), self.first(section) + self.counts[section])

    @property
    def total(self) -> int:
        """All lines."""
        return sum(self.counts.values())


def sections(plan: Plan, ctx: TaskContext) -> Sections:
    """Put the lines in order, once. Raises: TaskCancelled."""
    with plan.file.open(ctx) as connection:
        known = connection.exec_driver_sql("SELECT 1 FROM plan.sqlite_master WHERE name = 'place'").first()
        if known is None:
            _put_in_order(connection, plan)
        rows = connection.exec_driver_sql("SELECT section, count(*) FROM plan.place GROUP BY section")
        counts = {SECTIONS[number]: count for number, count in rows}
    return Sections({one: counts.get(one, 0) for one in SECTIONS})


def _put_in_order(connection: Connection, plan: Plan) -> None:
    """`plan.place`: position → source and key. RowRefused numbers come by listing, as everything without a size."""
    section = f"CASE WHEN why IS NULL THEN 0 WHEN why = '{SAME}' THEN 2 ELSE 1 END"
    size = "CASE WHEN why IS NULL THEN ifnull(abs(after - before) * 1.0 / nullif(before, 0), 1e300) END"
    parts = [
        f"SELECT {number}, row_id, listing_id, {section}, {size} FROM plan.of_{name}"
        for number, name in enumerate(plan.columns)
    ]
    own = ", ".join(f"'{name}'" for name in plan.columns)
    parts.append(f"SELECT {LINES}, id, listing_id, {section}, NULL FROM plan.line WHERE field NOT IN ({own})")
    parts.append(f"SELECT {LOCKED}, listing_id, listing_id, 1, NULL FROM plan.chosen WHERE why IS NOT NULL")
    run = connection.exec_driver_sql
    run(
        "CREATE TABLE plan.place (position INTEGER PRIMARY KEY, source INTEGER, listing_id INTEGER, key INTEGER, "
        "section INTEGER)"
    )
    run(
        "WITH of_all (source, key, listing_id, section, size) AS ("
        f"{' UNION ALL '.join(parts)}) "
        "INSERT INTO plan.place (source, listing_id, key, section) SELECT source, listing_id, key, section FROM of_all "
        "ORDER BY section, size IS NULL, size DESC, listing_id, source, key"
    )


def lines(plan: Plan, first: int, count: int) -> list[PreviewLine]:
    """*count* lines from position *first* (0-based) on; `sections` must have been asked before."""
    with plan.file.open() as connection:
        places = connection.exec_driver_sql(
            "SELECT position, source, listing_id, key FROM plan.place WHERE position > ? AND position <= ? "
            "ORDER BY position",
            (first, first + count),
        ).all()
        return list(_Page(connection, plan).lines([(row[0] - 1, *row[1:]) for row in places]))


def all_lines(plan: Plan, wanted: range, at_once: int = 2_000) -> Iterator[PreviewLine]:
    """The lines at these positions in order, page by page."""
    for first in range(wanted.start, wanted.stop, at_once):
        yield from lines(plan, first, min(at_once, wanted.stop - first))


class _Page:
    """Reads the lines of a page: few questions for all of them."""

    def __init__(self, connection: Connection, plan: Plan) -> None:
        self._connection, self._plan = connection, plan

    def lines(self, places: list[tuple[int, int, int, int]]) -> Iterator[PreviewLine]:
        """The lines at *places*: position, source, listing, key."""
        found: dict[tuple[int, int], tuple[Any, ...]] = {}
        for source in {place[1] for place in places}:
            keys = [(listing_id, key) for _, other, listing_id, key in places if other == source]
            found.update(((source, row[0]), tuple(row[1:])) for row in self._rows(source, keys))
        names = self._names({row[0] for row in found.values()})
        images = self._images(set(names))
        codes = self._codes({row[1] for row in found.values() if row[1] is not None})
        for position, source, _, key in places:
            listing_id, sku_id, field, before, after, why = found[source, key]
            named = names.get(listing_id, ""), codes.get(sku_id, "")
            image = images.get(listing_id, "")
            yield PreviewLine(position, listing_id, sku_id, *named, field, before, after, why or "", image)

    def _rows(self, source: int, keys: list[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
        """Key, listing, variant, field, before, after and why of *keys*, listings and keys."""
        run, inside = self._connection.exec_driver_sql, id_list([key for _, key in keys])
        if source == LOCKED:
            for row in run(f"SELECT listing_id, why FROM plan.chosen WHERE listing_id IN ({inside})"):
                yield row[0], row[0], None, "", None, None, row[1]
        elif source == LINES:
            sql = f"SELECT id, listing_id, sku_id, field, before, after, why FROM plan.line WHERE id IN ({inside})"
            for key, listing_id, sku_id, field, before, after, why in run(sql):
                yield key, listing_id, sku_id, field, _cooked(before), _cooked(after), why
        else:
            field = self._plan.columns[source]
            listings = id_list(sorted({listing_id for listing_id, _ in keys}))
            sql = f"SELECT row_id, listing_id, before, after, why FROM plan.of_{field} "
            sql += f"WHERE listing_id IN ({listings}) AND row_id IN ({inside})"
            for key, listing_id, before, after, why in run(sql):
                yield key, listing_id, key if field in SKU_NUMBERS else None, field, before, after, why

    def _names(self, ids: set[int]) -> dict[int, str]:
        return self._pairs("SELECT id, title FROM listing", ids)

    def _images(self, ids: set[int]) -> dict[int, str]:
        """The main picture of each."""
        rows = self._connection.exec_driver_sql(
            f"SELECT listing_id, source, min(position) FROM image WHERE listing_id IN ({id_list(sorted(ids))}) "
            "GROUP BY listing_id"
        )
        return {row[0]: row[1] for row in rows}

    def _codes(self, ids: set[int]) -> dict[int | None, str]:
        return cast(dict[int | None, str], self._pairs("SELECT id, code FROM sku", ids))

    def _pairs(self, sql: str, ids: set[int]) -> dict[int, str]:
        rows = self._connection.exec_driver_sql(f"{sql} WHERE id IN ({id_list(sorted(ids))})")
        return {row[0]: row[1] for row in rows}


def _cooked(stored: str | None) -> Any:
    return None if stored is None else orjson.loads(stored)
