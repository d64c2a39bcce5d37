"""Taking listings off sale and putting them on sale again: asked once, now or at a time, then a job like any other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.publishing.desk import OFFLINE, ONLINE
from app.views.errors import sentence
from app.views.listings.publish_question import AT, NOW, PublishQuestion

if TYPE_CHECKING:
    from app.services.publishing.onlining import SalePreview
    from app.services.publishing.turns import Schedule
    from app.views.context import ViewContext
    from app.views.listings.publisher import Publisher


class OfflineQuestion(PublishQuestion):
    """Off sale now, or at a time."""

    ways = (NOW, AT)
    keys = ("sale.ask.offline", "sale.verb.offline", "sale.verb_later.offline")


class OnlineQuestion(PublishQuestion):
    """On sale again now, or at a time."""

    ways = (NOW, AT)
    keys = ("sale.ask.online", "sale.verb.online", "sale.verb_later.online")


QUESTIONS = {OFFLINE: OfflineQuestion, ONLINE: OnlineQuestion}


class Sale(QObject):
    """Asks, queues, and lets the publisher send."""

    def __init__(self, context: ViewContext, publisher: Publisher, page: QWidget) -> None:
        super().__init__(page)
        self._context, self._publisher, self._page = context, publisher, page
        publisher.put_on_wanted.connect(self.put_on)

    def take_off(self, listing_ids: Sequence[int]) -> None:
        """Take these listings off sale."""
        self._look(listing_ids, OFFLINE)

    def put_on(self, listing_ids: Sequence[int]) -> None:
        """Put these listings on sale again."""
        self._look(listing_ids, ONLINE)

    def _look(self, listing_ids: Sequence[int], action: str) -> None:
        if not listing_ids:
            return
        handle = self._context.runner.call(self._context.services.publishing.sale_preview, list(listing_ids), action)
        handle.succeeded.connect(lambda preview: self._ask(preview, action))
        handle.failed.connect(self._tell)

    def _ask(self, preview: SalePreview, action: str) -> None:
        """One question for all stores of the selection."""
        if not preview.parts:
            self._context.notices.toast(f"sale.nothing.{action}", tone="amber", n=preview.skipped)
            return
        stores = tr("table.list_separator").join(part.store_name for part in preview.parts)
        detail = "sale.detail_skipped" if preview.skipped else "sale.detail"
        params = {"n": preview.count, "store": stores, "skipped": preview.skipped}
        question = QUESTIONS[action](self._page, detail, **params)
        question.accepted.connect(lambda: self._queue(preview, action, question.schedule))
        question.open()

    def _queue(self, preview: SalePreview, action: str, schedule: Schedule) -> None:
        desk = self._context.services.publishing
        for part in preview.parts:
            handle = self._context.runner.call(desk.enqueue_sale, part.store_id, part.listing_ids, action, schedule)
            handle.succeeded.connect(
                lambda created, part=part: self._publisher.on_queued(
                    part.store_id, part.store_name, created, schedule, action
                )
            )
            handle.failed.connect(self._tell)

    def _tell(self, error: BaseException) -> None:
        self._context.notices.toast("window.said", tone="red", text=sentence(error))
