"""Similar listings and pictures: what their dialogs do to the Listings page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.services.paging import Query

if TYPE_CHECKING:
    from app.services.history.records import ChangeRecord
    from app.services.images.repair_plans import Repaired
    from app.views.context import ViewContext
    from app.views.listings.page import ListingsPage
    from app.views.notices import Offer

Chosen = Sequence[int] | Query


class Looks(QObject):
    """Opens them over what is chosen on *page*, and says what became of it.

    Args:
        way_back: the button that takes a change back.
    """

    def __init__(
        self, context: ViewContext, page: ListingsPage, way_back: Callable[[ChangeRecord | None], Offer | None]
    ) -> None:
        super().__init__(page)
        self._context, self._page, self._way_back = context, page, way_back

    def show_similar(self, chosen: Chosen, count: int) -> None:
        """Listings that are like those of *chosen*; without a filter and without chosen rows, in the page's stores."""
        is_everything = isinstance(chosen, Query) and not chosen.text and not chosen.filters
        self._open_similar(None if is_everything else chosen, count)

    def show_before_sending(self, listing_ids: Sequence[int]) -> None:
        """What is like these, which somebody was about to publish."""
        self._open_similar(listing_ids, len(listing_ids), with_drafts=False)

    def _open_similar(self, chosen: Chosen | None, count: int, *, with_drafts: bool = True) -> None:
        from app.views.listings.similar.dialog import SimilarDialog

        page = self._page
        dialog = SimilarDialog(self._context, chosen, count, page.store_ids, page.pictures, page)
        dialog.options.drafts.setChecked(with_drafts)
        dialog.show_wanted.connect(page.show_rows)
        dialog.off_wanted.connect(page.sale.take_off)
        dialog.stored.connect(self._on_stored)
        dialog.search()
        dialog.show()

    def show_images(self, chosen: Chosen, count: int) -> None:
        """What is wrong with the pictures of *chosen*, and repairing them; one such dialog at a time, for two would
        let go of each other's files."""
        from app.views.listings.images.dialog import ImagesDialog

        for other in self._page.findChildren(ImagesDialog):
            other.close()
        dialog = ImagesDialog(self._context, chosen, count, self._page)
        dialog.show_wanted.connect(self._page.show_rows)
        dialog.repairing.stored.connect(self._on_repaired)
        dialog.check()
        dialog.show()

    def _on_repaired(self, done: Repaired) -> None:
        params = {"n": done.pictures, "listings": done.listings}
        self._on_stored(done.change, "images.repaired" if done.change is not None else "images.repaired_none", params)

    def _on_stored(self, change: ChangeRecord | None, key: str, params: dict[str, Any]) -> None:
        tone = "green" if change is not None else "gray"
        self._context.notices.toast(key, offer=self._way_back(change), tone=tone, **params)
        self._context.changes.tell({"listing", "change"})
