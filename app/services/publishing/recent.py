"""The newest batches, whatever became of them: results stay within reach after the window was closed."""

from __future__ import annotations

from dataclasses import dataclass

from app.models import JobState
from app.services.db import Database

_SQL = """
SELECT publish_batch.id, store_id, store.name, publish_batch.state, publish_batch.total, publish_batch.created_ms,
       (SELECT count(*) FROM publish_task WHERE batch_id = publish_batch.id AND state IN ('in_review', 'live')),
       (SELECT count(*) FROM publish_task WHERE batch_id = publish_batch.id AND (state IN ('failed', 'rejected')
        OR (state = 'cancelled' AND error_code IN ('publishing.blocked', 'publishing.held')))),
       (SELECT count(*) FROM publish_task WHERE batch_id = publish_batch.id AND state = 'unknown')
FROM publish_batch JOIN store ON store.id = publish_batch.store_id ORDER BY publish_batch.id DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class RecentBatch:
    """One press of the button.

    Attributes:
        on_platform: listings the marketplace has taken.
        failed: refused, rejected, blocked or held.
        unknown: sent without an answer.
    """

    batch_id: int
    store_id: int
    store_name: str
    state: JobState
    total: int
    created_ms: int
    on_platform: int
    failed: int
    unknown: int


def recent_batches(db: Database, *, limit: int = 20) -> list[RecentBatch]:
    """The newest batches of all stores, newest first."""
    with db.read() as session:
        rows = session.connection().exec_driver_sql(_SQL, (limit,)).all()
    return [RecentBatch(row[0], row[1], row[2], JobState(row[3]), *row[4:]) for row in rows]


def batch_of(db: Database, listing_id: int) -> int | None:
    """The newest batch a listing was in."""
    with db.read() as session:
        found: int | None = (
            session.connection()
            .exec_driver_sql("SELECT max(batch_id) FROM publish_task WHERE listing_id = ?", (listing_id,))
            .scalar()
        )
        return found
