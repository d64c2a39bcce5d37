"""Publishing from the Listings tab: ask once, queue, send in the background, show what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.services.publishing.desk import PublishDesk
from app.services.publishing.queue import BatchCreated, SkipReason
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.listings.publish_result import PublishResultDialog
from app.views.notices import Offer
from app.views.widgets.dialog import Confirmation

SHOWN_EVERY_MS = 300


class Publisher(QObject):
    """Runs publish batches as jobs, one job a batch.

    Emits:
        rows_changed: listings moved on; read what is in view again.
        finished: a batch ended.
        edit_wanted: ids of listings the user wants to see.
    """

    rows_changed = Signal()
    finished = Signal()
    edit_wanted = Signal(object)

    def __init__(self, context: ViewContext, page: QWidget) -> None:
        super().__init__(page)
        self._context, self._page = context, page
        self._desk: PublishDesk = context.services.publishing
        self._last_batch: int | None = None
        self._ticks = QTimer(self, interval=SHOWN_EVERY_MS)
        self._ticks.timeout.connect(self.rows_changed)
        self._running = 0

    @property
    def is_running(self) -> bool:
        """Whether a batch is being sent."""
        return self._running > 0

    def publish(self, listing_ids: Sequence[int]) -> None:
        """Ask, with count and store, then queue and send."""
        if not listing_ids:
            return
        handle = self._context.runner.call(self._context.services.publish_preview, list(listing_ids))
        handle.succeeded.connect(self._ask)
        handle.failed.connect(self._tell)

    def _ask(self, preview: Any) -> None:
        """One question for all stores of the selection; it names what will not be sent, too."""
        stores = ", ".join(part.store_name for part in preview.stores)
        if not preview.stores:
            self._context.notices.toast("publish.nothing_to_send", tone="amber", n=preview.skipped)
            return
        if not preview.count:
            self._queue(preview)  # nothing would leave: the report says what is in the way
            return
        detail = "publish.ask_live" if preview.live else "publish.ask_detail"
        question = Confirmation(
            self._page,
            "publish.ask",
            "publish.verb",
            detail_key=detail,
            n=preview.count,
            store=stores,
            live=preview.live,
            skipped=preview.skipped,
        )
        question.accepted.connect(lambda: self._queue(preview))
        question.open()

    def _queue(self, preview: Any) -> None:
        for part in preview.stores:
            handle = self._context.runner.start(self._desk.enqueue, part.store_id, part.listing_ids)
            handle.succeeded.connect(
                lambda created, part=part: self._on_queued(part.store_id, part.store_name, created)
            )
            handle.failed.connect(self._tell)
            self._context.jobs.add(
                handle, "publish.job.check", icon="shield-check", n=len(part.listing_ids), store=part.store_name
            )

    def _on_queued(self, store_id: int, store_name: str, created: BatchCreated) -> None:
        self.rows_changed.emit()
        blocked = created.count(SkipReason.BLOCKED) + created.count(SkipReason.HELD)
        if created.batch_id is None:
            self._context.notices.toast("publish.nothing_to_send", tone="amber", n=len(created.skipped))
            return
        self._last_batch = created.batch_id
        if created.queued == 0:
            self.show_report(created.batch_id)
            self.finished.emit()
            return
        self.start(store_id, store_name, created.batch_id, created.queued, blocked)

    def start(self, store_id: int, store_name: str, batch_id: int | None, n: int, blocked: int = 0) -> None:
        """Send a batch, new or left by an earlier run, as a job."""
        handle = self._context.runner.start(self._desk.run, store_id, batch_id)
        self._context.jobs.add(
            handle,
            "publish.job",
            icon="send",
            can_pause=True,
            summarise=lambda result: ("publish.job.summary", _counts(result)),
            offer_results=lambda result: self._offers(batch_id),
            n=n,
            store=store_name,
        )
        self._last_batch = batch_id or self._last_batch
        self._running += 1
        self._ticks.start()
        handle.finished.connect(self._on_end)
        handle.succeeded.connect(lambda result: self._on_result(result, batch_id, blocked))
        handle.failed.connect(self._tell)

    def _on_end(self) -> None:
        self._running -= 1
        if not self._running:
            self._ticks.stop()
        self.rows_changed.emit()
        self.finished.emit()

    def _on_result(self, result: Any, batch_id: int | None, blocked: int) -> None:
        """A batch without failures says so in passing; one with failures shows them."""
        if result.error is not None:
            self._tell(result.error)
        has_failures = result.failed or result.rejected or result.unknown or blocked
        if has_failures and batch_id is not None:
            self.show_report(batch_id)
        elif result.on_platform:
            offers = self._offers(batch_id)
            self._context.notices.toast(
                "publish.done", offer=offers[0] if offers else None, n=result.on_platform, live=result.live
            )

    def _offers(self, batch_id: int | None) -> list[Offer]:
        return [Offer("publish.show_result", lambda: self.show_report(batch_id))] if batch_id is not None else []

    # -- results -----------------------------------------------------------------------------------------------

    def show_last(self) -> None:
        """The result of the newest batch of this session."""
        if self._last_batch is not None:
            self.show_report(self._last_batch)

    def show_report(self, batch_id: int | None) -> None:
        """Open the result of a batch."""
        if batch_id is None:
            return
        handle = self._context.runner.call(self._desk.report, batch_id)
        handle.succeeded.connect(self._open_report)
        handle.failed.connect(self._tell)

    def _open_report(self, report: Any) -> None:
        name = self._context.services.store_name(report.store_id)
        dialog = PublishResultDialog(report, name, self._context, self._page)
        dialog.send_again_wanted.connect(lambda ids: self._send_again(report, name, ids))
        dialog.rows_changed.connect(self.rows_changed)
        dialog.edit_wanted.connect(self.edit_wanted)
        dialog.show()

    def _send_again(self, report: Any, store_name: str, listing_ids: list[int]) -> None:
        handle = self._context.runner.start(self._desk.send_again, report.batch_id, listing_ids)
        handle.succeeded.connect(lambda created: self._on_queued(report.store_id, store_name, created))
        handle.failed.connect(self._tell)

    # -- batches of an earlier run -----------------------------------------------------------------------------

    def offer_to_resume(self) -> None:
        """At the start: batches an earlier run left unfinished are offered, never sent unasked."""
        handle = self._context.runner.call(self._desk.open_batches)
        handle.succeeded.connect(self._offer_open)
        handle.failed.connect(self._tell)

    def _offer_open(self, batches: Sequence[Any]) -> None:
        by_store: dict[int, int] = defaultdict(int)
        for batch in batches:
            by_store[batch.store_id] += batch.queued + batch.unknown
        if not by_store:
            return
        total = sum(by_store.values())
        question = Confirmation(
            self._page, "publish.resume.ask", "publish.resume.verb", detail_key="publish.resume.detail", n=total
        )
        question.accepted.connect(lambda: self._resume(by_store))
        question.open()

    def _resume(self, by_store: dict[int, int]) -> None:
        for store_id, n in by_store.items():
            self.start(store_id, self._context.services.store_name(store_id), None, n)

    def _tell(self, error: BaseException) -> None:
        self._context.notices.toast("window.said", tone="red", text=sentence(error))


def _counts(result: Any) -> dict[str, int]:
    return {
        "done": result.on_platform,
        "live": result.live,
        "in_review": result.in_review,
        "failed": result.failed + result.rejected,
        "unknown": result.unknown,
    }
