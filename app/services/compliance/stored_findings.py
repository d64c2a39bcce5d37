"""Which rules each listing breaks, kept beside its counts: what an overview groups and a filter finds (`finding`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.models import ListingStatus
from app.services.compliance.findings import Finding, Severity
from app.services.listings.holds import CODE as HELD_BY_PERSON
from app.services.listings.loading import chunks, id_list

Tally = Mapping[tuple[str, str], int]
"""How often each rule is broken, by code and severity."""

Tallied = tuple[int, int, str, Tally]
"""Listing, its store, the content that was checked, and what was found."""

OPEN_STATES = (ListingStatus.DRAFT, ListingStatus.READY)
"""States the checker moves between. Others belong to publishing; an edit reopens a refused listing. `held` is
entered and left by a person's hold, and left when nothing holds a listing any more."""

_CLEAR = (
    "DELETE FROM listing_finding WHERE listing_id = ?1 "
    "AND EXISTS (SELECT 1 FROM listing WHERE id = ?1 AND content_hash = ?2)"
)
_ADD = (
    "INSERT INTO listing_finding (listing_id, store_id, code, severity, number) "
    "SELECT id, store_id, ?3, ?4, ?5 FROM listing WHERE id = ?1 AND content_hash = ?2"
)
_ADD_NEW = "INSERT INTO listing_finding (listing_id, store_id, code, severity, number) VALUES (?, ?, ?, ?, ?)"


def tally(findings: Iterable[Finding]) -> Tally:
    """Findings by rule."""
    return Counter((finding.code, finding.severity.value) for finding in findings)


def counted(found: Tally) -> tuple[int, int, int]:
    """How many block, hold and warn."""
    numbers = Counter[str]()
    for (_, severity), number in found.items():
        numbers[severity] += number
    return numbers[Severity.BLOCK], numbers[Severity.HOLD], numbers[Severity.WARN]


def state_of(status: str, found: Tally) -> str:
    """The state of a listing after a check: a person's hold shows in one that is not on its way, and one that waited
    for a release is ready when nothing holds it any more."""
    if status not in (*OPEN_STATES, ListingStatus.HELD):
        return status
    block, hold, _ = counted(found)
    if any(code == HELD_BY_PERSON for code, _ in found) or (status == ListingStatus.HELD and hold):
        return ListingStatus.HELD
    return ListingStatus.DRAFT if block or hold else ListingStatus.READY


def stored_tallies(session: Session | Connection, listing_ids: Sequence[int]) -> dict[int, dict[tuple[str, str], int]]:
    """What is stored of those of *listing_ids* that have any."""
    found: dict[int, dict[tuple[str, str], int]] = {}
    sql = f"SELECT listing_id, code, severity, number FROM listing_finding WHERE listing_id IN ({id_list(listing_ids)})"
    for listing_id, code, severity, number in session.execute(text(sql)):
        found.setdefault(listing_id, {})[code, severity] = number
    return found


def replace_tallies(connection: Connection, rows: Sequence[Tallied]) -> None:
    """Store what was found, unless the listing was edited meanwhile: its own recheck knows better."""
    run = connection.exec_driver_sql
    if rows:
        run(_CLEAR, [(listing_id, checked) for listing_id, _, checked, _ in rows])
    if added := [
        (listing_id, checked, code, severity, number)
        for listing_id, _, checked, found in rows
        for (code, severity), number in found.items()
    ]:
        run(_ADD, added)


def add_tallies(connection: Connection, rows: Iterable[tuple[int, int, Tally]]) -> None:
    """Store what was found in new listings: id, store and tally."""
    added = [
        (listing_id, store_id, code, severity, number)
        for listing_id, store_id, found in rows
        for (code, severity), number in found.items()
    ]
    if added:
        connection.exec_driver_sql(_ADD_NEW, added)


_ROWS = (
    "SELECT id, store_id, content_hash, status, block_count, hold_count, warn_count FROM listing WHERE id IN ({ids})"
)
_COUNTS = "UPDATE listing SET block_count = ?, hold_count = ?, warn_count = ?, status = ? WHERE id = ?"


def step_tallies(connection: Connection, steps: Mapping[int, tuple[Tally, Tally]]) -> set[int]:
    """Bring what is stored of listings in step, of which rules found something before and something else after an
    edit, and all others what they found before. Returns: those that have to be checked anew, for what is stored does
    not hold what was found before, or is no full count.
    """
    doubtful: set[int] = set()
    for chunk in chunks(sorted(steps)):
        stored = stored_tallies(connection, chunk)
        tallied: list[Tallied] = []
        rows: list[tuple[int, int, int, str, int]] = []
        for number, store_id, content, status, *counts in connection.exec_driver_sql(_ROWS.format(ids=id_list(chunk))):
            old = Counter(stored.get(number, {}))
            before, after = map(Counter, steps[number])
            if counted(old) != tuple(counts) or not before <= old:
                doubtful.add(number)
                continue
            new = old - before + after
            tallied.append((number, store_id, content, new))
            rows.append((*counted(new), state_of(status, new), number))
        replace_tallies(connection, tallied)
        if rows:
            connection.exec_driver_sql(_COUNTS, rows)
    return doubtful
