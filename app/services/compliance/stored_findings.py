"""Which rules each listing breaks, kept beside its counts: what an overview groups and a filter finds (`finding`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.services.compliance.findings import Finding
from app.services.listings.loading import id_list

Tally = Mapping[tuple[str, str], int]
"""How often each rule is broken, by code and severity."""

Tallied = tuple[int, int, str, Tally]
"""Listing, its store, the content that was checked, and what was found."""

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


def stored_tallies(session: Session, listing_ids: Sequence[int]) -> dict[int, dict[tuple[str, str], int]]:
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
