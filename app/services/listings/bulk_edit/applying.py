"""Storing a plan: one transaction, one change with its before-images, without the rows that moved on since."""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import nullcontext
from dataclasses import replace

import orjson
from sqlalchemy import Connection

from app.models import ListingStatus, StoreAccess
from app.services.clock import now_ms
from app.services.compliance.number_recheck import recheck_numbers
from app.services.compliance.recheck import recheck, refresh_listing_images
from app.services.history.column_writing import Writing, Written, write_columns
from app.services.history.columns import pack
from app.services.history.following import keep_following
from app.services.history.recording import add_entries, record_change
from app.services.history.records import ChangeRecord
from app.services.listings.bulk_edit.planned_texts import edited_fields, stored_edit
from app.services.listings.bulk_edit.planning import Plan, changed_listings
from app.services.listings.bulk_edit.records import Applied
from app.services.listings.editing import ListingEdit, apply_edits
from app.services.listings.field_writing import fields_written_at_once
from app.services.listings.loading import CHUNK, chunks, id_list
from app.services.listings.records import LISTING_FIELDS
from app.services.listings.search_index import MANY, reindexed_at_once
from app.services.tasks import TaskContext

MOVED = "moved"
PICTURED = ("images", "properties")
"""Fields that name pictures."""

_LOCKED = f"""
SELECT chosen.listing_id FROM plan.chosen WHERE why IS NULL AND (
    store_id NOT IN (SELECT id FROM store WHERE access = '{StoreAccess.OPERATE!s}')
    OR listing_id IN (SELECT id FROM listing WHERE store_id IN (SELECT id FROM store)
                      AND status = '{ListingStatus.SENDING!s}'))
"""
_EDITED_SINCE = (
    "SELECT edited.listing_id FROM plan.edited LEFT JOIN listing ON listing.id = edited.listing_id "
    "WHERE listing.content_hash IS NOT edited.hash"
)
_RETITLED = "SELECT listing_id FROM plan.edited WHERE why IS NULL"
_EDITS = "SELECT listing_id, edit FROM plan.edited WHERE why IS NULL AND listing_id > ? ORDER BY listing_id LIMIT ?"


def apply_plan(plan: Plan, ctx: TaskContext) -> Applied:
    """Store what *plan* says of every listing that is still as the plan saw it, and check those anew.

    Raises:
        TaskCancelled: stopped; nothing was written.
    """
    with plan.file.writing(ctx) as connection:
        moment = now_ms()
        planned = changed_listings(connection, plan)
        change_id, change = record_change(
            connection,
            kind="edit",
            label=plan.label,
            params={"n": planned, "fields": sorted(plan.counts.cells), **plan.params},
            listing_count=planned,
            source=plan.source,
            store_id=_only_store(connection),
            moment_ms=moment,
        )
        moved = _left_alone(connection)
        _leave_out(connection, plan, moved)
        numbers = _write_numbers(connection, plan, change_id, moment)
        again = numbers.suspects | _write_texts(connection, change_id, moment, ctx, planned, edited_fields(connection))
        moved |= numbers.moved
        changed = changed_listings(connection, plan) if moved else planned
        if not changed:
            connection.exec_driver_sql("DELETE FROM change WHERE id = ?", (change_id,))
            return Applied(None, 0, tuple(sorted(moved)))
        change = _counted(connection, change_id, change, changed)
        ctx.checkpoint()
    if not plan.counts.cells.keys().isdisjoint(PICTURED):
        refresh_listing_images(plan.file.db, sorted(again))
    if again:
        recheck(plan.file.db, sorted(again))
    recheck_numbers(plan.file.db, sorted(numbers.by_numbers - again))
    ctx.report(changed, changed)
    return Applied(change, changed, tuple(sorted(moved)))


def _left_alone(connection: Connection) -> set[int]:
    """Listings that were edited otherwise since the plan was made, or may not be edited any more."""
    moved = set(connection.exec_driver_sql(_EDITED_SINCE).scalars())
    return moved.union(connection.exec_driver_sql(_LOCKED).scalars())


def _leave_out(connection: Connection, plan: Plan, listing_ids: set[int]) -> None:
    """Mark listings that moved on since the plan was made."""
    for chunk in chunks(sorted(listing_ids)):
        for table in ("edited", *(f"of_{name}" for name in plan.sku_columns)):
            connection.exec_driver_sql(
                f"UPDATE plan.{table} SET why = '{MOVED}' WHERE why IS NULL AND listing_id IN ({id_list(chunk)})"
            )
        connection.exec_driver_sql(f"DELETE FROM plan.foreseen WHERE listing_id IN ({id_list(chunk)})")


def _counted(connection: Connection, change_id: int, change: ChangeRecord, changed: int) -> ChangeRecord:
    """The change with the number of listings it really has, fewer than planned where some moved on."""
    if changed == change.listing_count:
        return change
    params = {**change.params, "n": changed}
    connection.exec_driver_sql(
        "UPDATE change SET listing_count = ?, params = ? WHERE id = ?",
        (changed, orjson.dumps(params).decode(), change_id),
    )
    return replace(change, listing_count=changed, params=params)


def _only_store(connection: Connection) -> int | None:
    """The store of all listings, None where there are several."""
    stores = (
        connection.exec_driver_sql("SELECT DISTINCT store_id FROM plan.chosen WHERE why IS NULL LIMIT 2")
        .scalars()
        .all()
    )
    return stores[0] if len(stores) == 1 else None


def _write_numbers(connection: Connection, plan: Plan, change_id: int, moment_ms: int) -> Written:
    """Numbers of the variants, by SQL."""
    is_foreseen = connection.exec_driver_sql("SELECT 1 FROM plan.foreseen LIMIT 1").first() is not None
    is_as_planned = plan.file.db.moment() == plan.moment  # nobody writes from now on
    how = Writing(
        leave_out=lambda gone: _leave_out(connection, plan, gone),
        keep=lambda one: pack(connection, change_id, one),
        foreseen="plan.foreseen" if is_foreseen else None,
        keep_following=lambda rows: keep_following(connection, change_id, rows),
        is_as_planned=is_as_planned,
        suspects=plan.suspects if is_as_planned else None,
    )
    return write_columns(connection, plan.staged, moment_ms, how)


def _write_texts(
    connection: Connection, change_id: int, moment_ms: int, ctx: TaskContext, total: int, fields: Set[str]
) -> set[int]:
    """Everything else. Returns: listings to check anew."""
    if fields <= set(LISTING_FIELDS):
        return _write_fields(connection, change_id, moment_ms, ctx, total, fields)
    written: set[int] = set()
    is_many = total >= MANY and {"title", "keywords"} & fields
    with reindexed_at_once(connection, _RETITLED) if is_many else nullcontext():
        for edits in _edits(connection, ctx, total):
            apply_edits(connection, edits, change_id, moment_ms)
            written.update(edit.listing_id for edit in edits)
    return written


def _write_fields(
    connection: Connection, change_id: int, moment_ms: int, ctx: TaskContext, total: int, fields: Set[str]
) -> set[int]:
    """Fields of the listings' own rows. Returns: listings to check anew."""
    if not fields:
        return set()
    with fields_written_at_once(connection, fields, _RETITLED, moment_ms) as writer:
        for edits in _edits(connection, ctx, total):
            add_entries(connection, change_id, writer.write({edit.listing_id: edit.fields for edit in edits}))
    return writer.suspects


def _edits(connection: Connection, ctx: TaskContext, total: int) -> Iterator[list[ListingEdit]]:
    """The planned edits, some at a time. Raises: TaskCancelled."""
    last = done = 0
    while rows := connection.exec_driver_sql(_EDITS, (last, CHUNK)).all():
        ctx.checkpoint()
        yield [stored_edit(*row) for row in rows]
        last, done = rows[-1][0], done + len(rows)
        ctx.report(done, total, note="bulk_edit.storing")
