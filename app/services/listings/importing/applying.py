"""Storing a plan: one transaction, one change, however many listings it brings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import Connection

from app.models import ListingStatus
from app.services.clock import now_ms, to_ms
from app.services.codes.bundles import note_bundles
from app.services.codes.keys import match_key
from app.services.collection import without_collection
from app.services.compliance.image_facts import ImageFacts
from app.services.compliance.stored_findings import Tally, add_tallies
from app.services.db import Database
from app.services.history.listing import newest_to_undo
from app.services.history.recording import add_range, can_continue, record_change
from app.services.history.records import ChangeRecord
from app.services.listings.derived import DERIVED_COLUMNS, derived_row
from app.services.listings.editing import apply_edits
from app.services.listings.importing.counting import Count, counting
from app.services.listings.importing.marketing import make_groups, put_new
from app.services.listings.importing.records import ImportPlan, NewListing
from app.services.listings.importing.texts import SharedTexts
from app.services.listings.records import PLAIN_FIELDS
from app.services.listings.search_index import filled_at_once, indexed_at_once
from app.services.listings.tables import insert_listings
from app.services.listings.writing import SKU_COLUMNS, keys_of
from app.services.pricing.watching import inserted_at_once
from app.services.tasks import TaskContext
from app.services.workbooks import CellError

AT_ONCE = 1_000
"""Listings checked between two reports."""

_OWN_COLUMNS = ("product_key", *PLAIN_FIELDS)
_own_values = attrgetter(*_OWN_COLUMNS)
_COLUMNS = (
    "id",
    "store_id",
    *_OWN_COLUMNS,
    "attributes",
    "extra",
    "regional_prices",
    *DERIVED_COLUMNS,
    "status",
    "block_count",
    "hold_count",
    "warn_count",
    "error_code",
    "error_text",
    "import_run_id",
    "created_ms",
    "updated_ms",
    "off_reason",
    "error_field",
)
_INSERT_SKU = f"INSERT INTO sku ({', '.join(SKU_COLUMNS)}) VALUES ({', '.join('?' * len(SKU_COLUMNS))})"
_INSERT_IMAGE = "INSERT INTO image (listing_id, position, source) VALUES (?, ?, ?)"
_INSERT_RUN = (
    "INSERT INTO import_run (store_id, change_id, file, sheet, sha256, mapping, row_count, new_count, changed_count, "
    "unchanged_count, refused_count, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_ERROR = (
    'INSERT INTO cell_error (import_run_id, file, sheet, row, "column", header, field, value, code, params) '
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

_KIND = "import"
_COUNT_LISTINGS = (
    "SELECT (SELECT coalesce(sum(last_listing_id - first_listing_id + 1), 0) FROM change_range WHERE change_id = ?) "
    "+ (SELECT count(DISTINCT listing_id) FROM change_entry WHERE change_id = ?)"
)


def apply_plan(
    db: Database,
    plan: ImportPlan,
    pictures: Mapping[str, ImageFacts],
    ctx: TaskContext,
    *,
    continues: str | None = None,
) -> ChangeRecord | None:
    """Check the new listings of *plan* and store it.

    Args:
        pictures: facts about every picture the plan names; one without facts counts as not looked at.
        continues: uid of the change another file of the same drop made; unless something else happened since, this
            file becomes part of it, so that the drop is one step of undo.

    Returns: the change, or None where there was nothing to store.
    Raises:
        TaskCancelled: stopped; nothing was written.
    """
    touched = len(plan.new) + len(plan.changed)
    if not touched:
        return None
    with counting(db, plan.store_id, pictures) as count, db.bulk() as connection:
        begun = _continued(connection, plan, continues)
        change_id, change = begun or _new_change(connection, plan, touched)
        moment = to_ms(change.created_at) or now_ms()
        run_id = _record_run(connection, plan, change_id, moment)
        named = [*(new.marketing_group for new in plan.new), *(one.edit.marketing_group for one in plan.changed)]
        make_groups(connection, plan.store_id, named)
        if plan.new:
            first = _insert_new(connection, plan, count, run_id, moment, ctx)
            put_new(connection, plan.store_id, enumerate((new.marketing_group for new in plan.new), first))
            add_range(connection, change_id, first, first + len(plan.new) - 1)
        edits = [changed.edit for changed in plan.changed]
        apply_edits(connection, edits, change_id, moment, is_continued=begun is not None)
        _insert_errors(connection, run_id, plan.errors)
        return change if begun is None else _recounted(connection, change_id, change)


def _new_change(connection: Connection, plan: ImportPlan, listing_count: int) -> tuple[int, ChangeRecord]:
    return record_change(
        connection,
        kind=_KIND,
        label="change.import",
        params={"file": plan.file},
        listing_count=listing_count,
        source=plan.file,
        store_id=plan.store_id,
    )


def _continued(connection: Connection, plan: ImportPlan, uid: str | None) -> tuple[int, ChangeRecord] | None:
    """The change to continue; None where there is none, or where it is not the newest one any more."""
    newest = newest_to_undo(connection) if uid else None
    if newest is None or newest[1].uid != uid or newest[1].store_id != plan.store_id:
        return None
    return newest if can_continue(connection, newest[0], _KIND) else None


def _recounted(connection: Connection, change_id: int, change: ChangeRecord) -> ChangeRecord:
    """Name and count of a change that several files made."""
    count = connection.exec_driver_sql(_COUNT_LISTINGS, (change_id, change_id)).scalar_one()
    files = connection.exec_driver_sql("SELECT count(*) FROM import_run WHERE change_id = ?", (change_id,)).scalar_one()
    label, params = "change.imports", {**change.params, "n": files}
    connection.exec_driver_sql(
        "UPDATE change SET label = ?, params = ?, listing_count = ? WHERE id = ?",
        (label, orjson.dumps(params).decode(), count, change_id),
    )
    return replace(change, label=label, params=params, listing_count=count)


def _record_run(connection: Connection, plan: ImportPlan, change_id: int, moment_ms: int) -> int:
    counts = plan.counts
    mapping = orjson.dumps(plan.mapping).decode()
    numbers = (counts.rows, counts.new, counts.changed, counts.unchanged, counts.refused)
    values = (plan.store_id, change_id, plan.file, plan.sheet, plan.sha256, mapping, *numbers, moment_ms)
    return int(connection.exec_driver_sql(_INSERT_RUN, values).lastrowid or 0)


def _insert_new(
    connection: Connection, plan: ImportPlan, count: Count, run_id: int, moment_ms: int, ctx: TaskContext
) -> int:
    """Check and insert the new listings, under consecutive ids. Returns: the first id."""
    first = int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) + 1 FROM listing").scalar_one())
    first = max(first, _first_free(connection))
    text = SharedTexts().of
    sku_count = sum(len(new.record.skus) for new in plan.new)
    with (
        without_collection(),
        filled_at_once(connection, first),
        indexed_at_once(connection, sku_count),
        inserted_at_once(connection, first, len(plan.new)),
    ):
        for start in range(0, len(plan.new), AT_ONCE):
            ctx.checkpoint()
            ctx.report(start, len(plan.new), note="import.storing")
            chunk = plan.new[start : start + AT_ONCE]
            found: list[tuple[int, int, Tally]] = []
            for number, new in enumerate(chunk, first + start):
                new.record.id = number
                new.counts, tallied = count(new.record)
                if tallied:
                    found.append((number, plan.store_id, tallied))
            rows = [_listing_row(new, text, run_id, moment_ms) for new in chunk]
            insert_listings(connection, _COLUMNS, rows)
            skus = list(_sku_rows(chunk, text))
            connection.exec_driver_sql(_INSERT_SKU, skus)
            note_bundles(connection, keys_of(skus))
            if images := list(_image_rows(chunk)):
                connection.exec_driver_sql(_INSERT_IMAGE, images)
            add_tallies(connection, found)
    return first


def _first_free(connection: Connection) -> int:
    """Past every id an undone change may bring back."""
    last = connection.exec_driver_sql("SELECT coalesce(max(last_listing_id), 0) FROM change_range").scalar_one()
    return int(last) + 1


def _listing_row(new: NewListing, text: Callable[[Any], str], run_id: int, moment_ms: int) -> tuple[Any, ...]:
    record = new.record
    block, hold, warn = new.counts
    status = ListingStatus.DRAFT if block or hold else ListingStatus.READY
    return (
        record.id,
        record.store_id,
        *_own_values(record),
        text(record.attributes),
        text(record.extra),
        text(record.regional_prices),
        *derived_row(record),
        status.value,
        block,
        hold,
        warn,
        record.error_code,
        record.error_text,
        run_id,
        moment_ms,
        moment_ms,
        "",
        "",
    )


def _sku_rows(chunk: Sequence[NewListing], text: Callable[[Any], str]) -> Iterator[tuple[Any, ...]]:
    for new in chunk:
        listing_id = new.record.id
        for position, sku in enumerate(new.record.skus):
            code = sku.code
            yield (
                listing_id,
                position,
                code,
                match_key(code),
                sku.price_minor,
                sku.stock,
                sku.ships_from,
                sku.barcode,
                text(sku.properties),
            )


def _image_rows(chunk: Sequence[NewListing]) -> Iterator[tuple[Any, ...]]:
    for new in chunk:
        for position, source in enumerate(new.record.images):
            yield new.record.id, position, source


def _insert_errors(connection: Connection, run_id: int, errors: Sequence[CellError]) -> None:
    rows = [
        (
            run_id,
            error.file,
            error.sheet,
            error.row,
            error.column,
            error.header,
            error.field,
            error.value,
            error.code,
            orjson.dumps(dict(error.params), default=str).decode(),
        )
        for error in errors
    ]
    if rows:
        connection.exec_driver_sql(_INSERT_ERROR, rows)
