"""A store's figures from the publish journal: new listings a day, failures today, and when its quota is used up."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

DAYS = 7
"""Days a pace is measured over: a week has one of each."""


@dataclass(frozen=True, slots=True)
class StoreFigures:
    """What the journal says of one store.

    Attributes:
        new_by_day: listings put up on each of the last seven days, today last.
        failed_by_day: writes that ended failed or rejected on these days, today last.
    """

    new_by_day: tuple[int, ...] = (0,) * DAYS
    failed_by_day: tuple[int, ...] = (0,) * DAYS

    @property
    def failed_today(self) -> int:
        """Writes that ended failed or rejected since midnight."""
        return self.failed_by_day[-1]

    def days_left(self, used: int, quota: int | None) -> int | None:
        """Whole days until the quota is used up at this pace (domain.md 4); None while nothing is put up."""
        made = sum(self.new_by_day)
        if quota is None:
            return None
        if used >= quota:
            return 0
        return (quota - used) * DAYS // made if made else None


def day_starts(now: datetime) -> tuple[int, ...]:
    """The beginnings of the last seven days in the zone of *now* as epoch milliseconds, today last.

    *now* without a zone is local time; a day with a change of clocks has 23 or 25 hours.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return tuple(round((today - timedelta(days=back)).timestamp() * 1000) for back in reversed(range(DAYS)))


def read_figures(
    connection: Connection, store_ids: Collection[int], starts: tuple[int, ...] | None = None
) -> dict[int, StoreFigures]:
    """The figures of these stores. Only batches that were at work within the week are looked at.

    `starts`: beginnings of the days, the last seven by default.
    """
    starts = starts or day_starts(datetime.now())  # noqa: DTZ005 - "today" is the user's own day
    new: dict[int, list[int]] = {store_id: [0] * DAYS for store_id in store_ids}
    failed: dict[int, list[int]] = {store_id: [0] * DAYS for store_id in store_ids}
    for store_id, is_new, day, count in connection.exec_driver_sql(_query(starts)):
        if store_id in new:
            (new if is_new else failed)[store_id][day] += count
    return {number: StoreFigures(tuple(new[number]), tuple(failed[number])) for number in store_ids}


def total_of(figures: Iterable[StoreFigures]) -> StoreFigures:
    """The sums, day by day."""
    new, failed = [0] * DAYS, [0] * DAYS
    for one in figures:
        new = [have + more for have, more in zip(new, one.new_by_day, strict=True)]
        failed = [have + more for have, more in zip(failed, one.failed_by_day, strict=True)]
    return StoreFigures(tuple(new), tuple(failed))


_TASKS = """
FROM publish_task WHERE batch_id IN
    (SELECT id FROM publish_batch WHERE finished_ms IS NULL OR finished_ms >= {since})
AND """


def _query(starts: tuple[int, ...]) -> str:
    """Counts by store, kind (1 new, 0 failed) and day."""
    tasks = _TASKS.format(since=starts[0])
    new = f"{tasks} action = 'create' AND state IN ('live', 'in_review') AND sent_ms >= {starts[0]}"
    bad = f"{tasks} state IN ('failed', 'rejected') AND settled_ms >= {starts[0]}"
    return (
        f"SELECT store_id, 1, {_day('sent_ms', starts)} AS day, count(*) {new} GROUP BY store_id, day UNION ALL "
        f"SELECT store_id, 0, {_day('settled_ms', starts)} AS day, count(*) {bad} GROUP BY store_id, day"
    )


def _day(column: str, starts: tuple[int, ...]) -> str:
    """Which of the days *column* falls on, 0 for the first."""
    return "(" + " + ".join(f"({column} >= {start})" for start in starts[1:]) + ")"
