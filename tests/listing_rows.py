"""Listings as rows, for tests that store them behind the services' back."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.models import Listing, ListingBody, ListingSearch
from app.services.db import Database
from app.services.stores.sync.marks import Mark, put_marks


def add_listing(session: Session, **columns: Any) -> Listing:
    """Add the rows of one listing, *columns* in the tables that have them; it has its id then."""
    beside = {
        kind: {name: columns.pop(name) for name in {*kind.__table__.columns.keys()} & columns.keys() - {"id"}}
        for kind in (ListingBody, ListingSearch)
    }
    listing = Listing(**columns)
    session.add(listing)
    session.flush()
    session.add_all(kind(id=listing.id, **values) for kind, values in beside.items())
    session.flush()
    return listing


def note_synced(
    db: Database,
    listing_id: int,
    skus: dict[str, list[int | None]],
    read_ms: int = 0,
    group_id: str | None = "",
    our_hash: str = "",
) -> None:
    """As if a sync had read these prices and stocks by code; a *group_id* of None was not noted."""
    mark = Mark(modified_ms=None, read_ms=read_ms, said_hash="", our_hash=our_hash, group_id=group_id, skus=skus)
    with db.bulk() as connection:
        put_marks(connection, [(listing_id, mark)])
