"""Pairs of listings a person told apart: they look alike and are not the same (domain.md 14.3).

What was said holds while both listings have the codes and the title they had then; after an edit of these the pair is
looked at anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import combinations
from typing import Literal

from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.db import Database
from app.services.history.recording import add_entries, record_change
from app.services.history.records import ChangeRecord, Entry
from app.services.listings.loading import chunks, id_list

NOUN: Literal["apart"] = "apart"
MOST_LISTINGS = 200
"""Listings that are told apart from each other at once; beyond these the pairs become too many to mean anything."""

Said = tuple[int, str, str]
"""The other listing's id, the imprint of the one with the smaller id, the imprint of the other."""


def imprints_of(connection: Connection, listing_ids: Iterable[int]) -> dict[int, str]:
    """What stands for the codes and the title of each of these listings."""
    found: dict[int, str] = {}
    for chunk in chunks(sorted(set(listing_ids))):
        inside = id_list(chunk)
        parts: dict[int, list[str]] = {
            number: [title]
            for number, title in connection.exec_driver_sql(
                f"SELECT id, title_folded FROM listing WHERE id IN ({inside})"
            )
        }
        for number, key in connection.exec_driver_sql(
            f"SELECT listing_id, match_key FROM sku WHERE listing_id IN ({inside}) ORDER BY listing_id, match_key"
        ):
            parts[number].append(key)
        found |= {number: _imprint(texts) for number, texts in parts.items()}
    return found


def _imprint(texts: Sequence[str]) -> str:
    return blake2b("\n".join(texts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def apart_of(connection: Connection, listing_ids: Sequence[int]) -> dict[int, list[Said]]:
    """What is stored under each of these listings as the one with the smaller id, in the order of the others."""
    found: dict[int, list[Said]] = {}
    for number, *said in connection.exec_driver_sql(
        "SELECT listing_id, other_id, imprint, other_imprint FROM told_apart "
        f"WHERE listing_id IN ({id_list(listing_ids)}) ORDER BY listing_id, other_id"
    ):
        found.setdefault(number, []).append((said[0], said[1], said[2]))
    return found


def replace_apart(connection: Connection, listing_id: int, said: Iterable[Sequence[object]]) -> None:
    """Store exactly this under a listing; pairs with a listing that is gone are left out."""
    connection.exec_driver_sql("DELETE FROM told_apart WHERE listing_id = ?", (listing_id,))
    rows = [(listing_id, *one) for one in said]
    if rows:
        connection.exec_driver_sql(
            "INSERT INTO told_apart (listing_id, other_id, imprint, other_imprint) "
            "SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM listing WHERE id = ?2)",
            rows,
        )


def pairs_apart(connection: Connection, listing_ids: Iterable[int] | None = None) -> set[tuple[int, int]]:
    """Pairs (smaller id first) of which it still holds; with *listing_ids*, those that have one of them."""
    rows: list[tuple[int, int, str, str]] = []
    every = "SELECT listing_id, other_id, imprint, other_imprint FROM told_apart"
    if listing_ids is None:
        rows.extend(map(tuple, connection.exec_driver_sql(every)))
    else:
        for chunk in chunks(sorted(set(listing_ids))):
            inside = id_list(chunk)
            for side in ("listing_id", "other_id"):
                rows.extend(map(tuple, connection.exec_driver_sql(f"{every} WHERE {side} IN ({inside})")))
    if not rows:
        return set()
    now = imprints_of(connection, {number for row in rows for number in row[:2]})
    return {(row[0], row[1]) for row in rows if (now.get(row[0]), now.get(row[1])) == row[2:]}


def tell_apart(db: Database, pairs: Iterable[tuple[int, int]]) -> ChangeRecord | None:
    """Remember that the listings of each pair are not the same, as one change that can be undone.

    Returns: the change; None where all of it was said before.
    """
    wanted: dict[int, set[int]] = {}
    for one, other in pairs:
        if one != other:
            wanted.setdefault(min(one, other), set()).add(max(one, other))
    if not wanted:
        return None
    with db.bulk() as connection:
        entries = _entries(connection, wanted)
        if not entries:
            return None
        for entry in entries:
            replace_apart(connection, entry.listing_id, (entry.after or {})[NOUN])
        n = sum(len(others) for others in wanted.values())
        change_id, change = record_change(
            connection,
            kind="edit",
            label="change.apart",
            params={"n": n},
            listing_count=len(entries),
            moment_ms=now_ms(),
        )
        add_entries(connection, change_id, entries)
        return change


def _entries(connection: Connection, wanted: dict[int, set[int]]) -> list[Entry]:
    now = imprints_of(connection, {*wanted, *(other for others in wanted.values() for other in others)})
    entries = []
    for chunk in chunks(sorted(wanted)):
        stored = apart_of(connection, chunk)
        for number in chunk:
            before = [list(one) for one in stored.get(number, [])]
            new = {other: [other, now[number], now[other]] for other in wanted[number] if {number, other} <= now.keys()}
            after = sorted([*(one for one in before if one[0] not in new), *new.values()])
            if after != before:
                entries.append(Entry(NOUN, number, number, {NOUN: before}, {NOUN: after}))
    return entries


def all_pairs(listing_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Every pair of these listings."""
    return list(combinations(sorted(set(listing_ids)), 2))
