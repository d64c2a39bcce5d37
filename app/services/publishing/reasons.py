"""What did not go through over several batches: a run may settle what an earlier one left and send its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from app.services.db import Database
from app.services.publishing.report import ReasonGroup, batch_report


def reasons_of(db: Database, batch_ids: Iterable[int]) -> tuple[ReasonGroup, ...]:
    """The reasons of *batch_ids*, each once and the most frequent first; of a listing that stands in several batches
    only the newest counts.

    Raises:
        NotFound: no such batch.
    """
    merged: dict[tuple[str, ...], ReasonGroup] = {}
    for group in _newest(db, sorted(set(batch_ids), reverse=True)):
        key = (group.state, group.code, group.message_key, group.field, str(group.params.get("platform_code", "")))
        earlier = merged.get(key)
        merged[key] = group if earlier is None else replace(earlier, rows=earlier.rows + group.rows)
    return tuple(sorted(merged.values(), key=lambda group: -len(group.rows)))


def _newest(db: Database, batch_ids: Sequence[int]) -> Iterator[ReasonGroup]:
    """The groups of the batches without the listings that a newer one of them took up again."""
    newest = _newest_batches(db, batch_ids) if len(batch_ids) > 1 else {}
    for batch_id in batch_ids:
        for group in batch_report(db, batch_id).groups:
            rows = tuple(row for row in group.rows if newest.get(row.listing_id, batch_id) == batch_id)
            if rows:
                yield replace(group, rows=rows, params=rows[0].params, platform_text=rows[0].platform_text)


def _newest_batches(db: Database, batch_ids: Sequence[int]) -> dict[int, int]:
    """Listing → the newest of the batches it is in, for listings in more than one."""
    marks = ", ".join("?" * len(batch_ids))
    with db.reader.connect() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT listing_id, max(batch_id) FROM publish_task WHERE batch_id IN ({marks}) "
            "GROUP BY listing_id HAVING count(*) > 1",
            tuple(batch_ids),
        )
        return {row[0]: row[1] for row in rows}
