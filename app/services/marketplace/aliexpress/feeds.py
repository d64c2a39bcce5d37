"""Feeds: bulk jobs of the platform, handed over, waited for and found again (protocol reference 5.11)."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.services.marketplace.aliexpress.batches import failed_for, joined
from app.services.marketplace.aliexpress.encoding import json_text
from app.services.marketplace.aliexpress.envelope import reading
from app.services.marketplace.aliexpress.listings import PRODUCTS
from app.services.marketplace.aliexpress.lookup import LookupCalls
from app.services.marketplace.aliexpress.mapping.batch import read_job, read_verdict, write_feed
from app.services.marketplace.aliexpress.mapping.families import PRODUCT_FAMILIES
from app.services.marketplace.aliexpress.mapping.feed_listing import write_feed_listing
from app.services.marketplace.aliexpress.mapping.methods import FEED_LIST, FEED_QUERY, FEED_SUBMIT
from app.services.marketplace.aliexpress.mapping.table import rows
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.aliexpress.values import ident, span_texts, whole
from app.services.marketplace.port import (
    BatchOutcome,
    ListingContent,
    MarketplaceError,
    Refused,
    RemoteAttribute,
    Unanswered,
)
from app.services.marketplace.records import FeedItem, FeedJob, FeedKind, FeedReport, FeedVerdict

log = logging.getLogger(__name__)


class FeedCalls(LookupCalls):
    """The feed part of the port; documented there."""

    def feed_item(self, item_id: str, content: ListingContent, attributes: Sequence[RemoteAttribute]) -> FeedItem:
        """The item of a create feed that makes *content*.

        Raises:
            Refused: an attribute the category does not have, or lots.
        """
        return FeedItem(item_id, write_feed_listing(content, attributes))

    def feed_pays(self, kind: FeedKind, waiting: int) -> bool:
        """Whether *waiting* new listings are better handed over as feeds; the rule file says why."""
        rule = rules("wire")["feed_pays"].get(kind.value)
        if rule is None or waiting < rule["from"]:
            return False
        chosen = self._families.chosen.get(PRODUCTS)
        family = next((one for one in PRODUCT_FAMILIES if one.key == chosen), PRODUCT_FAMILIES[0])
        longer_s = self._session.takes_s(family.create, waiting) - self._session.takes_s(FEED_SUBMIT, 1)
        return longer_s > float(rule["longer_than_s"])

    def feed_refusal(self, verdict: FeedVerdict) -> MarketplaceError:
        """What the platform means by the code of a verdict."""
        return self._session.refusal(FEED_SUBMIT, {"errorCode": verdict.code, "errorMessage": verdict.text})

    async def submit_feed(self, kind: FeedKind, items: Sequence[FeedItem]) -> str:
        """Hand over a job.

        Raises:
            Refused: `marketplace.feed_size`, before anything is sent: none, too many, or two items with one id.
            Unanswered: the job may be running; `feed_jobs` and `feed_report` find it by the ids of its items.
        """
        if not 1 <= len(items) <= rules("wire")["feed_items"] or len({item.item_id for item in items}) < len(items):
            raise Refused("marketplace.feed_size", value=str(len(items)))
        params = {"operation_type": kind.value, "item_list": write_feed(tuple(items))}
        answer = await self._session.call(FEED_SUBMIT, params)
        with reading(FEED_SUBMIT):
            job_id = ident(answer.get("job_id"))
            if not job_id:
                raise ValueError("no job id")
        return job_id

    async def feed_report(self, job_id: str) -> FeedReport:
        """The verdicts so far."""
        answer = await self._session.call(FEED_QUERY, {"job_id": job_id})
        with reading(FEED_QUERY):
            verdicts = tuple(
                read_verdict(row) for row in rows(answer.get("result_list")) if row.get("item_execution_result")
            )
            return FeedReport(job_id, whole(answer.get("total_item_count")) or 0, verdicts)

    async def feed_jobs(self, kind: FeedKind, submitted_from: datetime) -> tuple[FeedJob, ...]:
        """Jobs of *kind* handed over since then, by the platform's clock, which is Pacific time here."""
        params = {
            "feed_type": kind.value,
            "submitted_time_start": span_texts(submitted_from, submitted_from, "feed")[0],
            "page_size": rules("wire")["feed_page"],
        }
        found: list[FeedJob] = []
        page = pages = 1
        while page <= pages:
            answer = await self._session.call(FEED_LIST, {**params, "current_page": page})
            with reading(FEED_LIST):
                found += [read_job(row) for row in rows(answer.get("job_list"))]
                pages = whole(answer.get("total_page")) or 0
            page += 1
        return tuple(job for job in found if job.kind in ("", kind.value))

    async def _by_feed(self, kind: FeedKind, contents: Mapping[str, dict[str, Any]]) -> BatchOutcome:
        """What became of *contents*, by product id, in as many feeds as they need.

        Raises:
            MarketplaceError: the very first feed was not taken, for a reason that is nobody's in particular.
        """
        products = list(contents)
        size: int = rules("wire")["feed_items"]
        outcomes: list[BatchOutcome] = []
        for start in range(0, len(products), size):
            some = {_item_id(key, contents[key]): key for key in products[start : start + size]}
            items = [FeedItem(item_id, contents[key]) for item_id, key in some.items()]
            try:
                verdicts = await self._one_feed(kind, items)
            except MarketplaceError as error:
                if start == 0:
                    raise
                outcomes.append(failed_for(products[start:], error))
                break
            outcomes.append(_outcome(some, verdicts))
        return joined(outcomes)

    async def _one_feed(self, kind: FeedKind, items: Sequence[FeedItem]) -> dict[str, FeedVerdict]:
        """The verdicts by item id, as far as they came in time."""
        started = self._session.gateway.now() - timedelta(seconds=rules("wire")["feed_slack_s"])
        try:
            job_id = await self.submit_feed(kind, items)
        except Unanswered:
            job_id = await self._find_job(kind, items, started)
        if not job_id:
            return {}
        report = await self._wait_for(kind, job_id, started)
        return {verdict.item_id: verdict for verdict in report.verdicts}

    async def _find_job(self, kind: FeedKind, items: Sequence[FeedItem], started: datetime) -> str:
        """The job that carries *items*, known by their ids; "" where none can be told from the others.

        A job that has no verdicts yet is waited for: it may be ours.
        """
        ids = {item.item_id for item in items}
        waited_s = 0.0
        for pause_s in _pauses():
            is_silent = False
            for job in await self.feed_jobs(kind, started):
                report = await self.feed_report(job.job_id)
                if any(verdict.item_id in ids for verdict in report.verdicts) and report.total == len(items):
                    return job.job_id
                is_silent = is_silent or not report.verdicts
            if not is_silent or waited_s > rules("wire")["feed_patience_s"]:
                break
            await self._clock.sleep(pause_s)
            waited_s += pause_s
        return ""

    async def _wait_for(self, kind: FeedKind, job_id: str, started: datetime) -> FeedReport:
        """The report of *job_id* when it is over, or what is known when patience ends.

        The query names no state: items are counted, and now and then the list of jobs is asked (5.11).
        """
        waited_s = 0.0
        for number, pause_s in enumerate(_pauses()):
            await self._clock.sleep(pause_s)
            waited_s += pause_s
            report = await self.feed_report(job_id)
            if report.is_over or waited_s > rules("wire")["feed_patience_s"]:
                break
            if number % 4 == 3 and await self._is_finished(kind, job_id, started):
                report = await self.feed_report(job_id)
                break
        log.info("feed %s: %d of %d items have a verdict", job_id, len(report.verdicts), report.total)
        return report

    async def _is_finished(self, kind: FeedKind, job_id: str, started: datetime) -> bool:
        return any(job.job_id == job_id and job.is_over for job in await self.feed_jobs(kind, started))


def _item_id(product_id: str, content: dict[str, Any]) -> str:
    """An id that the same change of the same product always has, and no other."""
    return f"{product_id}-{hashlib.sha256(json_text(content).encode()).hexdigest()[:16]}"


def _outcome(products: Mapping[str, str], verdicts: Mapping[str, FeedVerdict]) -> BatchOutcome:
    """*verdicts* by item id as the outcome of *products* (item id → product id)."""
    known = [(product_id, verdicts[item_id]) for item_id, product_id in products.items() if item_id in verdicts]
    return BatchOutcome(
        done=tuple(product_id for product_id, verdict in known if verdict.is_done),
        failed={product_id: verdict.code for product_id, verdict in known if not verdict.is_done},
        unknown=tuple(product_id for item_id, product_id in products.items() if item_id not in verdicts),
    )


def _pauses() -> Iterator[float]:
    """Seconds between two looks at a job: growing, without end."""
    wire = rules("wire")
    pause_s = float(wire["feed_pause_s"])
    while True:
        yield pause_s
        pause_s = min(pause_s * 1.5, wire["feed_longest_pause_s"])
