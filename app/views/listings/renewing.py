"""What was stored or sent, on the Listings tab: rows, counts and the open editor follow, nothing is sorted anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from app.services.listings.cells import CellsSaved
    from app.views.listings.page import ListingsPage

RENEW_MS = 250
"""While listings are being sent, the rows in view are read again at most this often (interface.md 7)."""
COUNT_EVERY = 4
"""… and the segments counted at every so many of these."""


class Renewing(QObject):
    """Keeps a `ListingsPage` in step with what is stored.

    Attributes:
        is_own_edit: other tabs are being told of an edit made on this page, whose rows are renewed already.
    """

    def __init__(self, page: ListingsPage) -> None:
        super().__init__(page)
        self._page = page
        self._rounds = 0
        self.is_own_edit = False
        self._timer = QTimer(self, singleShot=True, interval=RENEW_MS)
        self._timer.timeout.connect(self._renew_view)

    def on_saved(self, listing_id: int, change: Any) -> None:
        """The panel stored something: its row is read again where it stands, nothing is sorted anew while somebody
        edits (interface.md 13)."""
        self._renew_rows([listing_id], tell=change is not None)

    def on_cells_saved(self, saved: CellsSaved) -> None:
        """Cells of the table were stored."""
        page = self._page
        if saved.change is not None:
            self._renew_rows(saved.plan.listing_ids, tell=True)
            if page.is_furnished and page.editor.listing_id in saved.plan.listing_ids:
                page.editor.refresh()

    def renew_soon(self) -> None:
        """Listings are on their way: what is in view is read again before long."""
        if not self._timer.isActive():
            self._timer.start()

    def undo_here(self, uid: str, listing_id: int) -> None:
        """Take a change back for one listing, once what is typed is stored."""
        self._page.editor.saver.when_stored(lambda: self._start_undo_here(uid, listing_id))

    def _start_undo_here(self, uid: str, listing_id: int) -> None:
        context = self._page.context
        handle = context.runner.start(context.services.listings.undo, uid, [listing_id])
        handle.succeeded.connect(self._on_undone_here)
        handle.failed.connect(self._page.on_problem)

    def _on_undone_here(self, result: Any) -> None:
        context = self._page.context
        key = "listings.undo_here_conflict" if result.conflicts else "listings.undone_here"
        context.notices.toast(key, tone="amber" if result.conflicts else "green")
        context.changes.tell({"listing", "change"})

    def _renew_rows(self, listing_ids: Sequence[int], *, tell: bool) -> None:
        page = self._page
        page.rows.paged.mark_stale(listing_ids)
        page.levels.renew()
        page.counts.forget()
        page.count()
        if tell:
            self.is_own_edit = True
            try:
                page.context.changes.tell({"listing", "change"})
            finally:
                self.is_own_edit = False

    def _renew_view(self) -> None:
        """Read what is in view again, without sorting anew; of a tab that is not in view only its badge is."""
        page = self._page
        if page.isVisible():
            page.rows.paged.mark_stale()
            page.levels.renew()
            if page.is_furnished:
                page.editor.refresh()
        else:
            page.be_outdated()
        self._rounds += 1
        page.counts.forget()
        if self._rounds % COUNT_EVERY == 0:
            page.count()
