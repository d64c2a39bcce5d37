"""Publishing from the Listings tab: ask once, queue, send in the background, show what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.clock import now_ms
from app.services.publishing.desk import OFFLINE, ONLINE, PublishDesk
from app.services.publishing.gate import Ending, stop_and_keep, wake
from app.services.publishing.queue import BatchCreated, SkipReason
from app.services.publishing.turns import AT_ONCE, Schedule
from app.services.stores.readiness import StoreClosed
from app.views.errors import sentence
from app.views.listings.likeness import tell_likeness
from app.views.listings.publish_question import PublishQuestion
from app.views.listings.publish_result import PublishResultDialog
from app.views.listings.results_dialog import ResultsDialog
from app.views.listings.scheduled_dialog import ScheduledDialog
from app.views.listings.store_pauses import StorePauses
from app.views.listings.unfinished import Left, Unfinished
from app.views.notices import Banner, Offer
from app.views.widgets.dialog import Confirmation

if TYPE_CHECKING:
    from app.services.publishing.preview import PublishPreview
    from app.services.publishing.results import BatchResult
    from app.services.publishing.scheduled import ScheduledBatch
    from app.views.activity.jobs import Job, Said
    from app.views.context import ViewContext

SHOWN_EVERY_MS = 300
SALE = (OFFLINE, ONLINE)


class Publisher(QObject):
    """Runs publish batches as jobs, one job a batch.

    Emits:
        rows_changed: listings moved on; read what is in view again.
        batch_ended: a batch ended, or was decided about: everything may stand elsewhere.
        edit_wanted: ids of listings the user wants to see.
        compare_wanted: ids of listings to be shown beside those they are like.
        put_on_wanted: ids of listings just taken off sale, to be put on sale again.
    """

    rows_changed = Signal()
    batch_ended = Signal()
    edit_wanted = Signal(object)
    compare_wanted = Signal(object)
    put_on_wanted = Signal(object)

    def __init__(self, context: ViewContext, page: QWidget) -> None:
        super().__init__(page)
        self._context, self._page = context, page
        self._desk: PublishDesk = context.services.publishing
        self._pauses = StorePauses(context, self._desk, self)
        self._unfinished = Unfinished(context, page, self.start, self._stand)
        self._ticks = QTimer(self, interval=SHOWN_EVERY_MS)
        self._ticks.timeout.connect(self.rows_changed)
        self._running = 0
        self._jobs: dict[int, Job] = {}  # of each batch, as long as one is at work on it or waits for it

    @property
    def is_running(self) -> bool:
        """Whether a batch is being sent."""
        return self._running > 0

    # -- asking and queueing -----------------------------------------------------------------------------------

    def publish(self, listing_ids: Sequence[int]) -> None:
        """Ask, with count and store, then queue and send."""
        if not listing_ids:
            return
        handle = self._context.runner.call(self._context.services.publish_preview, list(listing_ids))
        handle.succeeded.connect(self._ask)
        handle.failed.connect(self._tell)

    def _ask(self, preview: PublishPreview) -> None:
        """One question for all stores of the selection; it names what will not be sent, too."""
        if not preview.stores:
            self._say_why_not(preview)
            return
        if not preview.count:
            self._queue(preview)  # nothing would leave: the result says what is in the way
            return
        stores = tr("history.list_gap").join(part.store_name for part in preview.stores)
        detail = {
            (False, False): "publish.ask_all",
            (False, True): "publish.ask_detail",
            (True, False): "publish.ask_live",
            (True, True): "publish.ask_live_detail",
        }[bool(preview.live), bool(preview.skipped)]
        params = {"n": preview.count, "store": stores, "live": preview.live, "skipped": preview.skipped}
        paused = [part.store_name for part in preview.stores if part.is_paused]
        question = PublishQuestion(self._page, detail, paused, **params)
        question.accepted.connect(lambda: self._queue(preview, question.schedule))
        question.open()
        going = [number for part in preview.stores for number in part.listing_ids]
        tell_likeness(self._context, question, going, self.compare_wanted.emit)

    def _say_why_not(self, preview: PublishPreview) -> None:
        """Nothing to send: the reason, or that there are several."""
        reasons = list(preview.stays)
        key = f"publish.stays.{reasons[0]}" if len(reasons) == 1 else "publish.nothing_to_send"
        self._context.notices.toast(key, tone="amber", n=preview.skipped)

    def _queue(self, preview: PublishPreview, schedule: Schedule = AT_ONCE) -> None:
        for part in preview.stores:
            handle = self._context.runner.start(self._desk.enqueue, part.store_id, part.listing_ids, schedule=schedule)
            handle.succeeded.connect(
                lambda created, part=part: self.on_queued(part.store_id, part.store_name, created, schedule)
            )
            handle.failed.connect(self._tell)
            self._context.jobs.add(
                handle, "publish.job.check", icon="shield-check", n=len(part.listing_ids), store=part.store_name
            )

    def on_queued(
        self, store_id: int, store_name: str, created: BatchCreated, schedule: Schedule = AT_ONCE, action: str = ""
    ) -> None:
        """Something was queued, or nothing: send it, or say why not. *action*: what is done, "" for publishing."""
        self.rows_changed.emit()
        if created.batch_id is None:
            reasons = {skipped.reason for skipped in created.skipped}
            key = f"publish.skipped.{reasons.pop()}" if len(reasons) == 1 else "publish.nothing_to_send"
            self._context.notices.toast(key, tone="amber", n=len(created.skipped))
        elif created.queued == 0:
            self.show_report(created.batch_id)
            self.batch_ended.emit()
        else:
            blocked = created.count(SkipReason.BLOCKED) + created.count(SkipReason.HELD)
            left = Left(store_id, store_name, created.queued, created.batch_id, schedule.at_ms, action)
            self.start(left, blocked, is_spread=bool(schedule.spread_ms))

    def show_scheduled(self) -> None:
        """What waits for its time."""
        dialog = ScheduledDialog(self._context, self._page)
        dialog.changed.connect(self._wake_all)
        dialog.changed.connect(self.batch_ended)
        dialog.send_wanted.connect(
            lambda batch: self.start(Left(batch.store_id, batch.store_name, batch.n, batch.batch_id, 0, _sale(batch)))
        )
        dialog.show()

    # -- sending -----------------------------------------------------------------------------------------------

    def start(self, left: Left, blocked: int = 0, *, is_spread: bool = False, way_back: Offer | None = None) -> None:
        """Send a batch, or everything of a store that an earlier run left and that is due, as a job. Closing the
        window keeps the queue; cancelling takes back what was not sent; pausing lets the whole store wait. What sending
        is a part of offers its *way_back* to the end: a short run would take it out of sight at once.

        A batch that a job waits for already gets no second one: the waiting one is told what it is from now on."""
        waits = is_spread or left.due_ms > now_ms()
        if left.batch_id in self._jobs:
            self._say_anew(self._jobs[left.batch_id], left)
            return
        handle = self._context.runner.start(self._desk.run, left.store_id, left.batch_id)
        job = self._context.jobs.add(
            handle,
            _job_key(left, waits=waits),
            icon="alarm" if waits else "send",
            can_pause=True,
            summarise=_summary,
            offer_results=self._offers,
            on_leave=stop_and_keep,
            tells_rest=not waits,
            leave_key="closing.detail_scheduled" if waits else "",
            is_taken_back=lambda result: result.taken_back > 0,
            n=left.n,
            store=left.store_name,
        )
        if left.batch_id is not None:
            self._jobs[left.batch_id] = job
        self._pauses.follow(job, left.store_id)
        self._context.notices.clear_banner(f"publish.{left.store_id}")
        self._running += 1
        self._ticks.start()
        handle.finished.connect(lambda: self._on_end(left))
        handle.succeeded.connect(lambda result: self._on_result(left, result, blocked, way_back))
        handle.failed.connect(lambda error: self._on_refused(left, error))

    def _wake_all(self) -> None:
        """What waits was moved, taken back or may go now: those who wait for it look at once."""
        for job in self._jobs.values():
            if job.handle is not None:
                wake(job.handle.context)

    def _say_anew(self, job: Job, left: Left) -> None:
        """It does not wait for its time any more."""
        job.title_key, job.tells_rest, job.leave_key = _job_key(left, waits=False), True, ""
        self._context.jobs.changed.emit(job)

    def _on_end(self, left: Left) -> None:
        if left.batch_id is not None:
            self._jobs.pop(left.batch_id, None)
        self._running -= 1
        if not self._running:
            self._ticks.stop()
        self.batch_ended.emit()

    def _on_result(self, left: Left, result: BatchResult, blocked: int, way_back: Offer | None) -> None:
        """Said in passing, with the result one click away; what stands in the way of the rest stays as a banner."""
        if result.ending is Ending.KEPT:
            return  # the window is closing
        if result.ending is not None and result.queued:
            self._stand(replace(left, n=result.queued), f"publish.ended.{result.ending}")
        bad = result.failed + result.rejected + blocked
        offers = self._offers(result)
        if bad or result.unknown:
            self._context.notices.toast(
                "publish.done_partly",
                tone="amber",
                offer=offers[0] if offers else None,
                n=result.on_platform,
                bad=bad,
                unknown=result.unknown,
            )
        elif result.doubles:
            self._context.notices.toast(
                "publish.done_doubled",
                tone="amber",
                offer=offers[0] if offers else None,
                n=result.on_platform,
                doubles=result.doubles,
            )
        elif result.on_platform:
            self._context.notices.toast(
                f"sale.done.{left.action}" if left.action else "publish.done",
                offer=way_back or (self._way_back(result) if left.action == OFFLINE else next(iter(offers), None)),
                n=result.on_platform,
                live=result.live,
            )

    def _way_back(self, result: BatchResult) -> Offer:
        """Off sale is undone by putting on sale again, which the platform must be asked for as well."""
        return Offer("sale.again", lambda: self._put_on_again(result.batch_ids))

    def _put_on_again(self, batch_ids: Sequence[int]) -> None:
        handle = self._context.runner.call(self._desk.taken_off, batch_ids)
        handle.succeeded.connect(self.put_on_wanted)
        handle.failed.connect(self._tell)

    def _on_refused(self, left: Left, error: Exception) -> None:
        """The run did not start; while the store is red, the way on stays in view."""
        self._tell(error)
        if isinstance(error, StoreClosed):
            is_app = error.error_code in ("store.closed.wrong_secret", "store.closed.wrong_app")
            self._stand(left, "publish.ended.broken" if is_app else "publish.ended.signed_out")

    def _stand(self, left: Left, why: str = "publish.resume.detail") -> None:
        """Something waits: how much, why, and the way on."""
        go_on = Offer("publish.resume.verb", lambda: self.start(left), primary=True)
        params = {"n": left.n, "store": left.store_name}
        banner = Banner(f"publish.{left.store_id}", "publish.waiting", params, detail_key=why, offers=(go_on,))
        self._context.notices.banner(replace(banner, page="listings"))

    def _offers(self, result: BatchResult) -> list[Offer]:
        batches = result.batch_ids[-1:]
        return [Offer("publish.show_result", lambda id=id: self.show_report(id)) for id in batches]

    # -- results -----------------------------------------------------------------------------------------------

    def show_results(self) -> None:
        """The result of the newest batch, or a choice where there are several."""
        handle = self._context.runner.call(self._desk.recent)
        handle.succeeded.connect(self._show_recent)
        handle.failed.connect(self._tell)

    def _show_recent(self, batches: Sequence[Any]) -> None:
        if not batches:
            self._context.notices.toast("listings.no_results_yet", tone="gray")
        elif len(batches) == 1:
            self.show_report(batches[0].batch_id)
        else:
            dialog = ResultsDialog(batches, self._page)
            dialog.chosen.connect(self.show_report)
            dialog.open()

    def show_report(self, batch_id: int, kind: str = "") -> None:
        """Open the result of a batch, at the reasons of *kind*."""
        handle = self._context.runner.call(self._report, batch_id)
        handle.succeeded.connect(lambda found: self._open_report(*found, kind))
        handle.failed.connect(self._tell)

    def _report(self, batch_id: int) -> tuple[Any, str]:
        report = self._desk.report(batch_id)
        return report, self._context.services.store_name(report.store_id)

    def _open_report(self, report: Any, name: str, kind: str) -> None:
        dialog = PublishResultDialog(report, name, self._context, self._page, kind=kind)
        dialog.send_again_wanted.connect(lambda ids: self._send_again(report, name, ids))
        dialog.send_anyway_wanted.connect(lambda ids: self._send_again(report, name, ids, accepts_losses=True))
        dialog.take_off_wanted.connect(lambda: self._ask_take_off(dialog.doubled, report, name))
        dialog.look_up_wanted.connect(lambda: self.start(Left(report.store_id, name, report.unknown)))
        dialog.edit_wanted.connect(self.edit_wanted)
        dialog.show()

    def _ask_take_off(self, n: int, report: Any, store_name: str) -> None:
        question = Confirmation(
            self._page, "publish.take_off.ask", "publish.take_off.verb",
            detail_key="publish.take_off.detail", n=n, store=store_name,
        )  # fmt: skip
        question.accepted.connect(lambda: self._take_off(n, report, store_name))
        question.open()

    def _take_off(self, n: int, report: Any, store_name: str) -> None:
        handle = self._context.runner.start(self._desk.take_off_doubles, report.store_id, report.batch_id)
        self._context.jobs.add(handle, "publish.job.take_off", icon="ban", n=n, store=store_name)
        handle.succeeded.connect(self._on_taken_off)
        handle.failed.connect(self._tell)

    def _on_taken_off(self, outcome: tuple[Sequence[Any], Sequence[str]]) -> None:
        off, left = outcome
        self._context.notices.toast("publish.taken_off", tone="amber" if left else "green", n=len(off), left=len(left))
        self._context.changes.tell({"listing"})

    def _send_again(
        self, report: Any, store_name: str, listing_ids: list[int], *, accepts_losses: bool = False
    ) -> None:
        handle = self._context.runner.start(
            self._desk.send_again, report.batch_id, listing_ids, accepts_losses=accepts_losses
        )
        handle.succeeded.connect(lambda created: self.on_queued(report.store_id, store_name, created))
        handle.failed.connect(self._tell)

    def decide(self, listing_id: int) -> None:
        """Show an unconfirmed listing among its candidates."""
        handle = self._context.runner.call(self._desk.batch_of, listing_id)
        handle.succeeded.connect(lambda batch_id: self.show_report(batch_id, "unknown") if batch_id else None)
        handle.failed.connect(self._tell)

    # -- batches of an earlier run -----------------------------------------------------------------------------

    def offer_to_resume(self) -> None:
        """At the start: what is scheduled goes on waiting; what was left unfinished is offered, never sent unasked."""
        self._unfinished.look(self._tell)

    def _tell(self, error: BaseException) -> None:
        self._context.notices.toast("window.said", tone="red", text=sentence(error))


def _sale(batch: ScheduledBatch) -> str:
    return batch.action if batch.action in SALE else ""


def _job_key(left: Left, *, waits: bool) -> str:
    if left.action:
        return f"sale.job_later.{left.action}" if waits else f"sale.job.{left.action}"
    return "publish.job.scheduled" if waits else "publish.job"


def _summary(result: BatchResult) -> Said:
    if result.ending is not None:
        return f"publish.ended.{result.ending}", {}
    counts = {
        "done": result.on_platform,
        "live": result.live,
        "in_review": result.in_review,
        "failed": result.failed + result.rejected,
        "unknown": result.unknown,
    }
    if result.taken_back and not any(counts.values()):
        return f"publish.ended.{Ending.CANCELLED}", {}
    if result.taken_back:
        return "publish.job.summary_taken_back", counts | {"taken_back": result.taken_back}
    return "publish.job.summary", counts
