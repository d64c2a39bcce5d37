"""Holding listings back and releasing them, from the table, the side panel and the dialogs that find them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.views.listings.hold_dialog import HoldDialog

if TYPE_CHECKING:
    from app.services.history.records import ChangeRecord
    from app.views.context import ViewContext
    from app.views.listings.page import ListingsPage
    from app.views.notices import Offer

MANY = 2_000
"""So many go to the worker process, as a job."""


class Holding(QObject):
    """Asks why, stores it, and says what became of it.

    Args:
        page: the Listings tab; the parent.
        way_back: the button that takes a change back.

    Emits:
        changed: something is held, or released.
    """

    changed = Signal()

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
        self._do(listing_ids, reason, "hold.done", "hold.same")

    def release(self, listing_ids: Sequence[int]) -> None:
        """Let these go again."""
        self._do(listing_ids, None, "hold.let_go", "hold.none")

    def _do(self, listing_ids: Sequence[int], reason: str | None, key: str, nothing_key: str) -> None:
        runner, desk = self._context.runner, self._desk
        if len(listing_ids) >= MANY:
            handle = runner.start_heavy(*desk.hold_call(listing_ids, reason))
            self._context.jobs.add(handle, "hold.job", icon="player-pause", n=len(listing_ids))
        elif reason is None:
            handle = runner.start(desk.release_hold, listing_ids)
        else:
            handle = runner.start(desk.hold, listing_ids, reason)
        handle.succeeded.connect(lambda change: self._tell(change, key, nothing_key))
        handle.failed.connect(self._page.on_problem)

    def _tell(self, change: ChangeRecord | None, key: str, nothing_key: str) -> None:
        if change is None:
            self._context.notices.toast(nothing_key, tone="gray")
            return
        self._context.notices.toast(key, offer=self._way_back(change), tone="green", n=change.listing_count)
        self._context.changes.tell({"listing", "change"})
        self.changed.emit()
