"""What an action is for: listings by id, or the filter itself."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.db import Database
from app.services.listings.source import ListingSource
from app.services.paging import Query
from app.services.tasks import TaskContext

Chosen = Sequence[int] | Query


def chosen_ids(db: Database, chosen: Chosen, ctx: TaskContext | None = None) -> Sequence[int]:
    """The listings of *chosen*. Raises: TaskCancelled, UnknownField, BadValue."""
    return ListingSource(db).ids(chosen, ctx) if isinstance(chosen, Query) else chosen
