"""Listings as rows, for tests that store them behind the services' back."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.models import Listing, ListingBody, ListingSearch


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
