"""Holding listings back and releasing them, from the table, the side panel and the dialogs that find them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.views.context import ViewContext
from app.views.listings.hold_dialog import HoldDialog
from app.views.notices import Offer

if TYPE_CHECKING:
    from app.services.history.records import ChangeRecord
    from app.views.listings.page import ListingsPage


class Holding(QObject):
    """Asks why, stores it, and says what became of it.

    Args:
        page: the Listings tab; the parent.
        way_back: the button that takes a change back.
    """

    def __init__(
        self, context: ViewContext, page: ListingsPage, way_back: Callable[[ChangeRecord | None], Offer | None]
    ) -> None:
        super().__init__(page)
        self._context, self._page, self._way_back = context, page, way_back
        self._desk = context.services.listings

    def ask(self, listing_ids: Sequence[int]) -> None:
        """Why these are to be held back."""
        if not listing_ids:
            return
        dialog = HoldDialog(len(listing_ids), self._page)
        dialog.given.connect(lambda reason: self._hold(listing_ids, reason))
        dialog.open()

    def _hold(self, listing_ids: Sequence[int], reason: str) -> None:
        handle = self._context.runner.start(self._desk.hold, listing_ids, reason)
        handle.succeeded.connect(lambda change: self._tell(change, "hold.done", "hold.same"))
        handle.failed.connect(self._page.on_problem)

    def release(self, listing_ids: Sequence[int]) -> None:
        """Let these go again."""
        handle = self._context.runner.start(self._desk.release_hold, listing_ids)
        handle.succeeded.connect(lambda change: self._tell(change, "hold.let_go", "hold.none"))
        handle.failed.connect(self._page.on_problem)

    def _tell(self, change: ChangeRecord | None, key: str, nothing_key: str) -> None:
        if change is None:
            self._context.notices.toast(nothing_key, tone="gray")
            return
        self._context.notices.toast(key, offer=self._way_back(change), tone="green", n=change.listing_count)
        self._context.changes.tell({"listing", "change"})
