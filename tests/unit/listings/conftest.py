"""A store that can sell, shared with the tests of publishing, and short words for reading what is stored."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.services.db import Database
from app.services.listings.desk import ListingDesk
from app.services.listings.loading import load_listing
from app.services.listings.records import ListingRecord
from tests.unit.publishing.conftest import make_sellable, pictures, store

__all__ = ["make_sellable", "pictures", "store"]


@pytest.fixture
def desk(db: Database) -> ListingDesk:
    """The use cases over the test's database."""
    return ListingDesk(lambda: db)


@pytest.fixture
def loaded(db: Database) -> Callable[[int], ListingRecord]:
    """Read a listing as it is stored."""

    def load(listing_id: int) -> ListingRecord:
        with db.read() as session:
            return load_listing(session, listing_id)

    return load
