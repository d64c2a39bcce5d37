"""Which operator sells which code (domain.md 3.1): given and taken in bulk, as changes that can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.codes.keys import match_key
from app.services.coverage.matrix import keys_of
from app.services.coverage.own_codes import own_codes
from app.services.db import Database
from app.services.errors import InputError
from app.services.history.recording import add_entries, record_change
from app.services.history.records import ChangeRecord, Entry
from app.services.listings.text import fold

LONGEST = 40
_HEADERS = {
    "code": ("sku", "code", "merchant code", "sku code", "商家编码", "编码", "sku编码"),
    "member": ("operator", "member", "assigned to", "owner", "运营", "负责人", "分配给"),
}


class BadMember(InputError):
    """The name of an operator is empty or longer than `most` characters."""

    code = "coverage.bad_member"


class NoAssignments(InputError):
    """The sheet `file` has no column of codes beside one of operators."""

    code = "coverage.no_assignments"


@dataclass(frozen=True, slots=True)
class Refused:
    """A row of a sheet that was not taken: its number, what stands there, and why: `no_code`, `no_member`,
    `long_member`, `twice`."""

    row: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """What came of it: codes that were given to somebody else than before, the change (None for nothing), and rows
    that were refused."""

    codes: int
    change: ChangeRecord | None
    refused: tuple[Refused, ...] = ()


def clean_member(name: str) -> str:
    """A name as it is stored: single blanks. Raises: BadMember."""
    cleaned = " ".join(name.split())
    if not 0 < len(cleaned) <= LONGEST:
        raise BadMember(name=name[:LONGEST], most=LONGEST)
    return cleaned


def members(db: Database) -> dict[str, int]:
    """Operators who have codes, in alphabetical order, with how many."""
    with db.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT member, count(*) FROM sku_assignment GROUP BY member ORDER BY member")
        return dict(map(tuple, rows))


def assign(db: Database, row_ids: Iterable[int], member: str) -> Assigned:
    """Give the codes of these rows of the coverage view to *member*; "" takes them from whoever has them.

    Raises:
        BadMember: too long.
    """
    name = clean_member(member) if member.strip() else ""
    with db.bulk() as connection:
        wanted = {key: (code, name) for key, code in keys_of(connection, row_ids).items()}
        return _store(connection, wanted, name)


def import_assignments(db: Database, path: Path) -> Assigned:
    """Take a sheet of codes and operators.

    Raises:
        NoAssignments: no such columns. WorkbookError: it cannot be read.
    """
    lines = read_assignments(path)
    with db.bulk() as connection:
        wanted, refused = _wanted(lines, own_codes(connection).shown_as({match_key(code) for _, code, _ in lines}))
        done = _store(connection, wanted, "", source=path.name)
    return replace(done, refused=tuple(refused))


def read_assignments(path: Path) -> list[tuple[int, str, str]]:
    """The rows of a sheet that are not empty: number, code and operator. Raises: as `import_assignments`."""
    from app.services.workbooks import open_workbook

    with open_workbook(path) as book:
        grid = book.grid(book.sheets[0].name) if book.sheets else None
        rows = list(grid.rows()) if grid is not None else []
        first = grid.first_row if grid is not None else 0
    places = _places(rows[0]) if rows else None
    if places is None:
        raise NoAssignments(file=path.name)
    cells = ([_text(row[place]) if place < len(row) else "" for place in places] for row in rows[1:])
    return [(number, code, member) for number, (code, member) in enumerate(cells, first + 2) if code or member]


def _wanted(
    lines: Iterable[tuple[int, str, str]], shown: Mapping[str, str]
) -> tuple[dict[str, tuple[str, str]], list[Refused]]:
    """Match key → code and operator, and the rows that are none; *shown*: the row in which a key stands, where it has
    none of its own."""
    wanted: dict[str, tuple[str, str]] = {}
    refused: list[Refused] = []
    for number, code, member in lines:
        key = match_key(code)
        key = shown.get(key, key)
        if why := _why_not(key, member, wanted):
            refused.append(Refused(number, f"{code} {member}".strip()[:80], why))
        else:
            wanted[key] = (code, " ".join(member.split()))
    return wanted, refused


def _places(head: Sequence[object]) -> tuple[int, int] | None:
    names = [fold(_text(cell)) for cell in head]
    found = [next((at for at, name in enumerate(names) if name in _HEADERS[noun]), None) for noun in _HEADERS]
    return None if None in found else (found[0] or 0, found[1] or 0)


def _why_not(key: str, member: str, wanted: Mapping[str, Any]) -> str:
    if not key:
        return "no_code"
    if not member.strip():
        return "no_member"
    if len(" ".join(member.split())) > LONGEST:
        return "long_member"
    return "twice" if key in wanted else ""


def _text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _store(connection: Connection, wanted: Mapping[str, tuple[str, str]], member: str, source: str = "") -> Assigned:
    """Write what differs, as one change; *wanted*: match key → code and operator, "" for nobody."""
    rows = connection.exec_driver_sql(
        "SELECT match_key, id, code, member, assigned_ms FROM sku_assignment "
        "WHERE match_key IN (SELECT value FROM json_each(?))",
        (orjson.dumps(list(wanted)).decode(),),
    )
    known = {row[0]: row for row in rows}
    moment = now_ms()
    entries = []
    for key, (code, name) in wanted.items():
        old = known.get(key)
        if (old.member if old is not None else "") != name:
            entries.append(_write(connection, key, code, name, old, moment))
    if not entries:
        return Assigned(0, None)
    label = "change.assign_sheet" if source else "change.assign" if member else "change.unassign"
    change_id, change = record_change(
        connection,
        kind="assign",
        label=label,
        params={"n": len(entries), "member": member},
        listing_count=len(entries),
        source=source,
        moment_ms=moment,
    )
    add_entries(connection, change_id, entries)
    return Assigned(len(entries), change)


def _write(connection: Connection, key: str, code: str, member: str, old: Any, moment: int) -> Entry:
    """One code to one operator, or to nobody. It is no listing: its entry stands under its own number, negative."""
    if old is not None and not member:
        connection.exec_driver_sql("DELETE FROM sku_assignment WHERE id = ?", (old.id,))
        before = {"match_key": key, "code": old.code, "member": old.member, "assigned_ms": old.assigned_ms}
        return Entry("assignment", old.id, -old.id, before, None)
    if old is not None:
        connection.exec_driver_sql(
            "UPDATE sku_assignment SET member = ?, assigned_ms = ? WHERE id = ?", (member, moment, old.id)
        )
        before = {"member": old.member, "assigned_ms": old.assigned_ms}
        return Entry("assignment", old.id, -old.id, before, {"member": member, "assigned_ms": moment})
    after = {"match_key": key, "code": code, "member": member, "assigned_ms": moment}
    made = connection.exec_driver_sql(
        "INSERT INTO sku_assignment (match_key, code, member, assigned_ms) VALUES (?, ?, ?, ?)", tuple(after.values())
    )
    number = int(made.lastrowid or 0)
    return Entry("assignment", number, -number, None, after)
