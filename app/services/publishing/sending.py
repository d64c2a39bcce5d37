"""Sending listings: the intent on disk, then the request, then the outcome on disk. Never in another order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from app.models import Priority, TaskState
from app.services.clock import now_ms
from app.services.errors import AppError
from app.services.marketplace.port import (
    ListingContent,
    MarketplaceError,
    NotNow,
    RateLimited,
    Refused,
    SignedOut,
    TemporaryFault,
    Unanswered,
)
from app.services.publishing.content_builder import ContentIncomplete
from app.services.publishing.entries import Reason, Verdict
from app.services.publishing.feeding import Feeder
from app.services.publishing.gate import Ending, clock_time
from app.services.publishing.images import ImageMissing
from app.services.publishing.journal import accept, forget_uploads, mark_unknown, put_back, write_intent
from app.services.publishing.lookup import UnknownTask
from app.services.publishing.parts import NOT_ABOUT_A_LISTING, RunParts, reason_of
from app.services.publishing.preparing import INTERNAL, Prepared, Preparer
from app.services.publishing.together import Together
from app.services.publishing.waits import IN_REVIEW

log = logging.getLogger(__name__)

FAULT_PAUSE_S = 2.0
"""Before a listing is sent again that met a passing fault."""
UNANSWERED = "marketplace.unanswered"
SHOWN_TITLE = 40


class RunEnds(Exception):
    """Nothing may leave any more; what was not sent stays queued."""


class Sender:
    """One of several workers of a run; they share everything but the listing in hand.

    Args:
        slots: requests that may be under way at a time. There are more workers than slots, so that some have their
            intent on disk already when a slot becomes free: a slow disk then does not slow the sending.
        ways: take what is sent together with others; what the first of them holds goes before anything new.
    """

    def __init__(
        self,
        parts: RunParts,
        feeder: Feeder,
        preparer: Preparer,
        look_up: Callable[[UnknownTask], None],
        slots: asyncio.Semaphore,
        ways: Sequence[Together],
    ) -> None:
        self._parts, self._feeder, self._preparer, self._look_up = parts, feeder, preparer, look_up
        self._slots, self._ways, self._urgent = slots, ways, ways[0]

    async def run(self) -> None:
        """Send listings until there are no more or the run ends. Cancelled in the middle of a request, the row stays
        `sending` and is settled by whoever cancelled."""
        while (prepared := await self._feeder.take()) is not None:
            try:
                await self._send_one(prepared)
            except RunEnds:
                return
            finally:
                for way in self._ways:
                    way.came(prepared)
                self._feeder.done()

    async def _send_one(self, prepared: Prepared) -> None:
        content = await self._content(prepared)
        if content is None:
            return
        for way in self._ways:
            if await way.takes(prepared, content):
                return
        if prepared.task.priority > Priority.PRICE:
            await self._urgent.let_pass()
        if not await self._announce(prepared):
            return
        has_left = False
        try:
            async with self._slots:
                has_left = await self._parts.gate.wait()
                if has_left:
                    self._parts.counts.attempts += 1
                    await self._request(prepared, content)
        finally:
            if not has_left:  # announced, but the run ends before its turn: queued again
                self._again(prepared, is_sent=True)

    async def _may_pass(self) -> None:
        if not await self._parts.gate.wait():
            raise RunEnds

    async def _content(self, prepared: Prepared) -> ListingContent | None:
        """What to send, pictures uploaded; None where the listing failed or comes again later."""
        await self._may_pass()
        if prepared.content is not None:
            return prepared.content
        try:
            prepared.urls |= await self._parts.uploader.addresses(prepared.missing, self._may_pass)
            prepared.missing = {}
            prepared.content = await asyncio.to_thread(self._preparer.build, prepared)
        except RunEnds:
            raise
        except (ImageMissing, ContentIncomplete) as error:
            self._parts.write_failure(prepared.key, error, getattr(error, "field", "images"))
        except Unanswered as error:  # an upload may be repeated: the photobank knows the picture again
            self._met_fault(prepared, error, is_sent=False)
        except MarketplaceError as error:
            self._not_applied(prepared, error, "images", is_sent=False)
        except Exception as error:  # one listing must not stop the others
            log.exception("listing %s cannot be built", prepared.record.id)
            self._parts.write_failure(prepared.key, AppError(INTERNAL, what=type(error).__name__))
        return prepared.content

    async def _announce(self, prepared: Prepared) -> bool:
        """Put the intent on disk. True: it is there and the request may leave."""
        intent = prepared.intent(self._parts)
        try:
            verdict = await self._parts.journal.submit(lambda connection: write_intent(connection, intent))
        except Exception as error:  # without an intent nothing may be sent, whatever the reason
            self._parts.break_off(error)
            raise RunEnds from error
        if verdict is Verdict.GO:
            prepared.attempts += 1
            return True
        if verdict is Verdict.TWIN:
            self._feeder.after_twin(prepared)
        elif verdict is Verdict.STALE:
            self._give_back(prepared)
        return False

    def _give_back(self, prepared: Prepared) -> None:
        key = prepared.key
        self._parts.write(
            lambda connection: put_back(connection, key, "", now_ms()),
            key.task_id,
            TaskState.QUEUED,
            self._feeder.look_again,
        )

    async def _request(self, prepared: Prepared, content: ListingContent) -> None:
        """Send, and write down what came of it. From here on every way out leaves an outcome."""
        marketplace, gate = self._parts.marketplace, self._parts.gate
        sent_ms = now_ms()
        try:
            if prepared.product_id is None:
                product_id = await marketplace.create_listing(content)
            else:
                product_id = prepared.product_id
                leave = prepared.leave
                await marketplace.edit_listing(product_id, content, accepted=leave.accepted, dropped=leave.dropped)
        except (RateLimited, SignedOut, TemporaryFault, Refused) as error:
            self._not_applied(prepared, error, "", is_sent=True)
        except MarketplaceError as error:
            gate.failed(error)
            self._unknown(prepared, sent_ms, reason_of(error))
        except Exception:  # a bug after the request left: nobody knows what the marketplace made of it
            log.exception("no verdict on listing %s", prepared.record.id)
            self._unknown(prepared, sent_ms, Reason(UNANSWERED))
        else:
            gate.answered()
            self._accepted(prepared, product_id)

    def _accepted(self, prepared: Prepared, product_id: str) -> None:
        key, content_hash = prepared.key, prepared.record.content_hash
        self._parts.write(
            lambda connection: accept(connection, key, product_id, content_hash, now_ms()),
            key.task_id,
            TaskState.IN_REVIEW,
        )

    def _unknown(self, prepared: Prepared, sent_ms: int, reason: Reason) -> None:
        key, owner, moment_ms = prepared.key, self._parts.owner, now_ms()
        self._parts.write(
            lambda connection: mark_unknown(connection, key, owner, reason, moment_ms), key.task_id, TaskState.UNKNOWN
        )
        self._look_up(prepared.unknown(sent_ms))

    def _not_applied(self, prepared: Prepared, error: MarketplaceError, field: str, *, is_sent: bool) -> None:
        """Certainly nothing happened: wait, stop, or tell the person."""
        gate = self._parts.gate
        if isinstance(error, RateLimited):
            gate.limited(error)
            self._again(prepared, is_sent=is_sent)
        elif isinstance(error, SignedOut):
            gate.end(Ending.SIGNED_OUT, error)
            self._again(prepared, is_sent=is_sent)
        elif error.error_code in NOT_ABOUT_A_LISTING:
            gate.end(Ending.BROKEN, error)
            self._again(prepared, is_sent=is_sent)
        elif isinstance(error, TemporaryFault):
            self._met_fault(prepared, error, is_sent=is_sent)
        elif isinstance(error, NotNow) and self._waits_for_review(prepared, error, is_sent=is_sent):
            gate.answered()
        else:
            gate.answered()
            self._refused(prepared, error, field)

    def _met_fault(self, prepared: Prepared, error: MarketplaceError, *, is_sent: bool) -> None:
        """A passing fault of this listing counts against it; a marketplace that is out of reach does not."""
        if self._parts.gate.failed(error):
            self._again(prepared, is_sent=is_sent)
            return
        prepared.faults += 1
        if prepared.faults >= self._parts.settings.passing_tries:
            self._parts.write_failure(prepared.key, error)
        else:
            self._again(prepared, is_sent=is_sent, after_s=FAULT_PAUSE_S * prepared.faults)

    def _waits_for_review(self, prepared: Prepared, error: NotNow, *, is_sent: bool) -> bool:
        """A listing in review is tried again as long as a run waits for reviews; a promotion outlasts every run."""
        settings = self._parts.settings
        pause_s = min(settings.review_pause_max_s, max(settings.review_first_s, prepared.waited_s / 2))
        if error.error_code != NotNow.code or prepared.waited_s + pause_s > settings.review_patience_s:
            return False
        prepared.waited_s += pause_s
        self._again(prepared, is_sent=is_sent, after_s=pause_s)
        self._parts.counts.say(IN_REVIEW, title=prepared.record.title[:SHOWN_TITLE], until=clock_time(pause_s))
        return True

    def _again(self, prepared: Prepared, *, is_sent: bool, after_s: float = 0.0) -> None:
        if is_sent:
            key, owner = prepared.key, self._parts.owner
            self._parts.write(
                lambda connection: put_back(connection, key, owner, now_ms()), key.task_id, TaskState.QUEUED
            )
        self._feeder.again(prepared, after_s)

    def _refused(self, prepared: Prepared, error: MarketplaceError, field: str) -> None:
        if (error.field or field) == "images" and prepared.content is not None:
            urls, store_id = tuple(prepared.urls.values()), self._parts.store_id
            self._parts.uploader.forget(urls)
            self._parts.journal.submit(lambda connection: forget_uploads(connection, store_id, urls))
        self._parts.write_failure(prepared.key, error, field)
