"""What undoing a change does to the sale of its listings: which cannot follow and why, then the queue, all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from app.services.history.records import DELIST_LABELS, ChangeRecord, Entry, UndoResult
from app.services.listings.loading import id_list
from app.services.publishing.entries import Reason
from app.services.publishing.sale_changes import NOUN, put, wanted_by, why_not

_AS_SENT = "SELECT id FROM listing WHERE id IN ({}) AND sent_hash = content_hash"


def stays(connection: Connection, entries: Sequence[Entry]) -> dict[int, Reason]:
    """Listings of *entries* whose sale cannot be taken back, each with why."""
    images = {entry.listing_id: entry.before for entry in entries if entry.noun == NOUN}
    return why_not(connection, wanted_by(images)) if images else {}


class SalesBack:
    """Collects over the chunks of one undo.

    Attributes:
        reasons: why listings are left alone.
        batches: of the queue, once it is `put`.
    """

    def __init__(self, connection: Connection, change: ChangeRecord) -> None:
        self._connection = connection
        self._tells_market = change.label in DELIST_LABELS
        self._wanted: dict[int, str] = {}
        self._as_sent: set[int] = set()
        self.reasons: dict[int, Reason] = {}
        self.batches: tuple[int, ...] = ()

    def look(self, entries: Sequence[Entry]) -> None:
        """Note what stands in the way of a chunk, and what the marketplace has of it, before anything goes back."""
        self.reasons |= stays(self._connection, entries)
        if self._tells_market:
            inside = id_list(sorted({entry.listing_id for entry in entries}))
            self._as_sent.update(self._connection.exec_driver_sql(_AS_SENT.format(inside)).scalars())

    def note(self, kept: Sequence[Entry]) -> None:
        """These go back."""
        self._wanted |= wanted_by({entry.listing_id: entry.before for entry in kept if entry.noun == NOUN})

    def put(self) -> None:
        """Queue what was noted."""
        self.batches = tuple(put(self._connection, self._wanted)) if self._wanted else ()

    def told(self, result: UndoResult) -> UndoResult:
        """*result* with what became of the sale."""
        as_sent = tuple(sorted(self._as_sent.intersection(result.listing_ids) - self._wanted.keys()))
        return replace(result, reasons=self.reasons, batches=self.batches, as_sent=as_sent)
