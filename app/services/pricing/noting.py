"""Changes of rates, commissions and settings in the history: undone like any other, no listing is written by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from app.services.history.recording import add_entries, record_change
from app.services.history.records import ChangeRecord, Entry

PRICING = "pricing"
"""Kind of such a change."""


def note_change(
    connection: Connection, label: str, params: Mapping[str, Any], entries: Sequence[Entry], source: str = ""
) -> ChangeRecord | None:
    """Write *entries* down as one change in the caller's transaction; None where there are none. A *source* that
    begins with a colon is no file (`pricing.sources`)."""
    if not entries:
        return None
    change_id, change = record_change(
        connection,
        kind=PRICING,
        label=label,
        params=dict(params),
        listing_count=len(entries),
        source="" if source.startswith(":") else source,
    )
    add_entries(connection, change_id, entries)
    return change
