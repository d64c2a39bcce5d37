"""Feeds whose number nobody knows: searched among the platform's jobs by the names of the listings in them."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from app.services.clock import from_ms, now_ms
from app.services.marketplace.records import FeedJob, FeedKind, FeedReport, FeedVerdict
from app.services.publishing.feeds import MARK
from app.services.publishing.parts import RunParts


@dataclass(slots=True)
class JobsSeen:
    """What one search found.

    Attributes:
        verdicts: by name; several where one feed was carried out more than once.
        is_open: some job that may be any of ours has not told everything yet.
    """

    verdicts: dict[str, list[FeedVerdict]] = field(default_factory=dict)
    is_open: bool = False


class JobSearch:
    """Looks through the jobs of a store; one look serves all listings that were due before it."""

    def __init__(self, parts: RunParts) -> None:
        self._parts = parts
        self._turn = asyncio.Lock()
        self._seen: JobsSeen | None = None
        self._seen_s = 0.0
        self._since_ms = 0
        self._foreign: set[str] = set()

    async def look(self, since_ms: int, due_s: float) -> JobsSeen:
        """What jobs handed over since *since_ms* say, looked at no earlier than *due_s* (monotonic seconds).

        The window is as wide as any clock may be wrong: names are ours alone, so a wide one harms nothing.

        Raises:
            MarketplaceError: the question could not be asked; nothing is known.
        """
        since_ms = min(since_ms, now_ms()) - round(self._parts.settings.doubt_s * 1000)
        async with self._turn:
            if self._seen is None or self._seen_s < due_s or since_ms < self._since_ms:
                started_s = time.monotonic()
                self._seen = await self._look(since_ms)
                self._seen_s, self._since_ms = started_s, since_ms
            return self._seen

    async def _look(self, since_ms: int) -> JobsSeen:
        marketplace, since = self._parts.marketplace, from_ms(since_ms)
        assert since is not None
        seen = JobsSeen()
        named = await asyncio.to_thread(self._named)
        for job in await marketplace.feed_jobs(FeedKind.CREATE, since):
            if job.job_id in self._foreign:
                continue
            report = await marketplace.feed_report(job.job_id)
            self._parts.gate.answered()
            self._note(seen, job, report)
            is_told = job.is_over or report.is_over
            seen.is_open = seen.is_open or not (is_told or job.job_id in named)
        return seen

    def _note(self, seen: JobsSeen, job: FeedJob, report: FeedReport) -> None:
        ours = [verdict for verdict in report.verdicts if verdict.item_id.startswith(f"{MARK}-")]
        for verdict in ours:
            seen.verdicts.setdefault(verdict.item_id, []).append(verdict)
        if job.is_over and not ours and report.verdicts:
            self._foreign.add(job.job_id)

    def _named(self) -> set[str]:
        """Jobs the journal knows by number: they carry what it says they carry, and nothing else."""
        with self._parts.db.reader.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT DISTINCT feed_job FROM publish_task WHERE store_id = ? AND feed_job <> ''",
                (self._parts.store_id,),
            )
            return set(rows.scalars())
