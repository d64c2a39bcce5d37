"""Listings a person holds back: stored rows, and what the checker asks about them (interface.md 6).

A change keeps a hold whole, so that undo puts the one before back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from app.services.listings.loading import chunks, id_list

NOUN: Literal["hold"] = "hold"
"""What a change calls it; its image is `{"hold": <row>}`, None for none."""
CODE = "listing.held"
"""The checker's finding about it."""
IS_HELD = "EXISTS (SELECT 1 FROM listing_hold WHERE listing_hold.listing_id = {listing})"
_READ = "SELECT listing_id, reason, actor, held_ms FROM listing_hold"


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a listing is held back, by whom ("" where unknown), and since when."""

    reason: str
    actor: str
    held_ms: int


HoldReader = Callable[[Sequence[int] | None], Mapping[int, Hold]]
"""Reads the holds of these listings; None: all there are."""


class HoldBook:
    """Holds by listing. Bulk work tells it a chunk right before it counts; without that all holds are read once."""

    def __init__(self, read: HoldReader | None = None) -> None:
        self._read = read
        self._known: dict[int, Hold | None] = {}
        self._all: Mapping[int, Hold] | None = None

    def of(self, listing_id: int) -> Hold | None:
        """The hold of a listing, None where nobody holds it."""
        if listing_id in self._known:
            return self._known[listing_id]
        if self._all is None:
            self._all = self._read(None) if self._read is not None else {}
        return self._all.get(listing_id)

    def learn(self, listing_ids: Iterable[int]) -> None:
        """Look anew for these, and for no others any more."""
        ids = list(listing_ids)
        found = self._read(ids) if self._read is not None else {}
        self._known = {number: found.get(number) for number in ids}


def read_holds(connection: Connection, listing_ids: Sequence[int] | None = None) -> dict[int, Hold]:
    """The hold of each of these listings that has one; of all without *listing_ids*."""
    if listing_ids is None:
        return {row[0]: Hold(*row[1:]) for row in connection.exec_driver_sql(_READ)}
    found: dict[int, Hold] = {}
    for chunk in chunks(listing_ids):
        rows = connection.exec_driver_sql(f"{_READ} WHERE listing_id IN ({id_list(chunk)})")
        found.update((row[0], Hold(*row[1:])) for row in rows)
    return found


def image_of(hold: Hold | None) -> dict[str, Any]:
    """A hold as a change keeps it."""
    row = None if hold is None else {"reason": hold.reason, "actor": hold.actor, "held_ms": hold.held_ms}
    return {NOUN: row}


def put_holds(connection: Connection, listing_ids: Sequence[int], hold: Hold | None) -> None:
    """Give these listings a hold, or take theirs; a listing that is gone gets none."""
    for chunk in chunks(listing_ids):
        connection.exec_driver_sql(f"DELETE FROM listing_hold WHERE listing_id IN ({id_list(chunk)})")
        if hold is not None:
            connection.exec_driver_sql(
                "INSERT INTO listing_hold (listing_id, reason, actor, held_ms) "
                f"SELECT id, ?, ?, ? FROM listing WHERE id IN ({id_list(chunk)})",
                (hold.reason, hold.actor, hold.held_ms),
            )


def put_hold(connection: Connection, listing_id: int, image: Mapping[str, Any] | None) -> None:
    """Make the listing's hold what *image* says."""
    row = (image or {}).get(NOUN)
    put_holds(connection, [listing_id], None if row is None else Hold(row["reason"], row["actor"], row["held_ms"]))
