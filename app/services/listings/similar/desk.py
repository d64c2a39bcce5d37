"""Similar listings for the window. Calls are for the worker process; everything else touches the disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.messages import messages
from app.services.history.records import ChangeRecord
from app.services.listings.chosen import Chosen
from app.services.listings.similar.acting import tell_group_apart
from app.services.listings.similar.records import SimilarGroup, SimilarOptions
from app.services.listings.similar.showing import SimilarListing, listings_of

if TYPE_CHECKING:
    from app.services.application import Application

_HERE = "app.services.listings.similar"


class SimilarDesk:
    """Finds groups of similar listings, shows them, and does what a person decides about them."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def search_call(
        self, options: SimilarOptions, chosen: Chosen | None, *, looks_first: bool = False
    ) -> tuple[Any, ...]:
        """Search; see `search.search`. Result: `SimilarResult`."""
        return f"{_HERE}.search:search", self._app.database_path, options, chosen, looks_first

    def before_sending_call(self, listing_ids: Sequence[int]) -> tuple[Any, ...]:
        """Which of these, about to be sent, are like one of their store that is there or goes with them. Pictures are
        compared as far as somebody looked into them."""
        return self.search_call(SimilarOptions(with_drafts=False), list(listing_ids))

    def export_call(self, groups: Sequence[SimilarGroup], path: Path) -> tuple[Any, ...]:
        """Write groups to a sheet. Result: how many lines."""
        return f"{_HERE}.showing:export_groups", self._app.database_path, tuple(groups), path, messages.language

    def listings(self, listing_ids: Sequence[int]) -> list[SimilarListing]:
        """These listings, the one to keep first: on the platform before drafts, older before newer."""
        found = listings_of(self._app.db, listing_ids)
        return sorted(found, key=lambda one: (one.product_id is None, one.id))

    def tell_apart(self, listing_ids: Sequence[int], group: Sequence[int]) -> ChangeRecord | None:
        """See `acting.tell_group_apart`. Raises: InputError."""
        return tell_group_apart(self._app.db, listing_ids, group)
