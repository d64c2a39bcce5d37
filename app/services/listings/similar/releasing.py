"""Releasing a listing that is held as a second one of the same item: it is told apart from the others."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.compliance.twins import read_twins
from app.services.db import Database
from app.services.history.records import ChangeRecord
from app.services.listings.apart import tell_apart


def release_twins(db: Database, listing_ids: Sequence[int]) -> ChangeRecord | None:
    """Tell *listing_ids* apart from all listings of their store that share a code with them.

    Returns: the change; None where none shares any.
    """
    with db.read() as session:
        twins = read_twins(session, listing_ids)
    pairs = [(number, twin.listing_id) for number, its in twins.items() for twin in its if twin.sku_id is not None]
    return tell_apart(db, pairs)
