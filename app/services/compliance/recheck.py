"""Checking stored listings in bulk: streams for reports, counts and states for the grid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.services.compliance.checker import check
from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Finding
from app.services.compliance.images import refresh_image_facts
from app.services.compliance.loading import learn_images, learn_twins, load_context
from app.services.compliance.stored_findings import (
    Tallied,
    Tally,
    counted,
    replace_tallies,
    state_of,
    stored_tallies,
    tally,
)
from app.services.compliance.twins import with_twins
from app.services.db import Database
from app.services.listings.loading import chunks, id_list, load_listings
from app.services.listings.records import ListingRecord
from app.services.tasks import TaskContext

CHUNK = 500
"""Listings in memory at a time."""

FLUSH = 20_000
"""Changed rows in one transaction."""

_UPDATE = (
    "UPDATE listing SET block_count = ?, hold_count = ?, warn_count = ?, status = ? "
    "WHERE id = ? AND status = ? AND content_hash = ?"
)
"""A row that was edited or queued meanwhile is left alone: its own recheck knows better."""

_PICTURES = (
    "SELECT source FROM image WHERE listing_id IN ({ids}) UNION "
    "SELECT json_extract(part.value, '$.image') AS source FROM sku, json_each(sku.properties) AS part "
    "WHERE listing_id IN ({ids}) AND source <> ''"
)
"""Pictures of listings and of their variants."""

Row = tuple[int, int, int, str, int, str, str]


@dataclass(frozen=True, slots=True)
class Recounted:
    """A listing that was checked: its new row, and its findings by rule where those are others than before."""

    row: Row
    is_other: bool
    tallied: Tallied | None


@dataclass(frozen=True, slots=True)
class RecheckResult:
    """Listings looked at, rows changed, and how many listings have at least one finding of each severity."""

    checked: int = 0
    changed: int = 0
    blocked: int = 0
    held: int = 0
    warned: int = 0


def check_listings(
    session: Session, listing_ids: Sequence[int] | None = None, *, store_id: int | None = None
) -> Iterator[tuple[ListingRecord, list[Finding]]]:
    """Every listing of *listing_ids*, else of the store, else of all stores, with its findings, in the order of ids.

    Pictures are judged by what is stored about them; see `refresh_listing_images`.
    """
    contexts: dict[int, CheckContext] = {}
    for ids in _id_chunks(session, listing_ids, store_id):
        records = load_listings(session, ids)
        for context in contexts.values():
            context.images.forget()
            context.twins.forget()
            context.guard.forget()
            context.variant_look.forget()
        for owner in {record.store_id for record in records}:
            if owner not in contexts:
                contexts[owner] = load_context(session, owner)
                contexts[owner].variant_look.share()  # nobody changes a record while it is checked here
                contexts[owner].short_codes.share(next(iter(contexts.values())).short_codes)
            own = (pictures_of(record) for record in records if record.store_id == owner)
            learn_images(session, contexts[owner], chain.from_iterable(own))
            learn_twins(session, contexts[owner], [record.id for record in records if record.store_id == owner])
            contexts[owner].guard.learn([record for record in records if record.store_id == owner])
        for record in records:
            yield record, check(record, contexts[record.store_id])


def recheck(
    db: Database,
    listing_ids: Sequence[int] | None = None,
    ctx: TaskContext | None = None,
    *,
    store_id: int | None = None,
) -> RecheckResult:
    """Count findings anew and store the counts; a draft without block and hold becomes ready, and the reverse; one that
    a person holds becomes held.

    Call it after every import, edit, undo and sync, with the ids that changed; without ids for a whole store. Listings
    with the same codes or title are counted anew along with them.

    Raises:
        TaskCancelled: stopped; rows counted until then are stored.
    """
    done = changed = blocked = held = warned = 0
    found: list[Recounted] = []
    with db.read() as session:
        if listing_ids is not None:
            listing_ids = with_twins(session, listing_ids)
        total = _total(session, listing_ids, store_id)
        try:
            for number, one in _recounted(session, listing_ids, store_id):
                done, blocked = number, blocked + (one.row[0] > 0)
                held, warned = held + (one.row[1] > 0), warned + (one.row[2] > 0)
                if one.is_other or one.tallied is not None:
                    found.append(one)
                if len(found) >= FLUSH:
                    changed += write_recounted(db, found)
                    found = []
                if ctx is not None and number % CHUNK == 0:
                    ctx.report(number, total)
                    ctx.checkpoint()
        finally:
            changed += write_recounted(db, found)
    if ctx is not None:
        ctx.report(done, done)
    return RecheckResult(done, changed, blocked, held, warned)


def refresh_listing_images(
    db: Database,
    listing_ids: Sequence[int] | None = None,
    ctx: TaskContext | None = None,
    *,
    store_id: int | None = None,
) -> int:
    """Read the pictures of these listings (`refresh_image_facts`); a `recheck` then judges them.

    Returns: pictures known.
    Raises:
        TaskCancelled: stopped; what was read until then is stored.
    """
    sources: dict[str, None] = {}
    with db.read() as session:
        for ids in _id_chunks(session, listing_ids, store_id):
            inside = id_list(ids)
            sources.update(dict.fromkeys(session.execute(text(_PICTURES.format(ids=inside))).scalars()))
    return len(refresh_image_facts(db, sources, ctx))


def _recounted(
    session: Session, listing_ids: Sequence[int] | None, store_id: int | None
) -> Iterator[tuple[int, Recounted]]:
    """Running number of every listing, and what was found."""
    number = 0
    stream = check_listings(session, listing_ids, store_id=store_id)
    while batch := list(_take(stream, CHUNK)):
        ids = [record.id for record, _ in batch]
        known = stored_tallies(session, ids)
        old = stored_counts(session, ids)
        for record, findings in batch:
            number += 1
            yield number, recounted(record, old[record.id], known.get(record.id, {}), tally(findings))


def stored_counts(session: Session, listing_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """How many block, hold and warn are stored of each listing."""
    query = text(f"SELECT id, block_count, hold_count, warn_count FROM listing WHERE id IN ({id_list(listing_ids)})")
    return {row[0]: tuple(row[1:]) for row in session.execute(query)}


def recounted(record: ListingRecord, counts: tuple[int, ...], known: Tally, now: Tally) -> Recounted:
    """What is to be stored of a listing with *counts* and *known* findings in which *now* was found."""
    row = (*counted(now), state_of(record.status, now), record.id, record.status, record.content_hash)
    tallied = (record.id, record.store_id, record.content_hash, now)
    return Recounted(row, row[:4] != (*counts, record.status), tallied if now != known else None)


def _take(
    stream: Iterator[tuple[ListingRecord, list[Finding]]], count: int
) -> Iterator[tuple[ListingRecord, list[Finding]]]:
    for _ in range(count):
        pair = next(stream, None)
        if pair is None:
            return
        yield pair


def _id_chunks(session: Session, listing_ids: Sequence[int] | None, store_id: int | None) -> Iterator[Sequence[int]]:
    """Ids in chunks; of a store page by page, so that a million ids are never in memory."""
    if listing_ids is not None:
        yield from chunks(sorted(set(listing_ids)), CHUNK)
        return
    last = 0
    where = "" if store_id is None else "store_id = :store_id AND "
    query = text(f"SELECT id FROM listing WHERE {where}id > :last ORDER BY id LIMIT {CHUNK}")
    params = {} if store_id is None else {"store_id": store_id}
    while ids := list(session.execute(query, {**params, "last": last}).scalars()):
        yield ids
        last = ids[-1]


def pictures_of(record: ListingRecord) -> Iterator[str]:
    """Every picture of a listing, those of its variants included."""
    yield from record.images
    for sku in record.skus:
        for part in sku.properties:
            if source := part.get("image"):
                yield source


def _total(session: Session, listing_ids: Sequence[int] | None, store_id: int | None) -> int:
    if listing_ids is not None:
        return len(set(listing_ids))
    where = "" if store_id is None else " WHERE store_id = :store_id"
    params = {} if store_id is None else {"store_id": store_id}
    return int(session.execute(text(f"SELECT count(*) FROM listing{where}"), params).scalar_one())


def write_recounted(db: Database, found: Sequence[Recounted]) -> int:
    """Store counts, states and findings. Returns: rows whose counts or state are others now."""
    if not found:
        return 0
    rows = [one.row for one in found if one.is_other]
    with db.bulk() as connection:
        replace_tallies(connection, [one.tallied for one in found if one.tallied is not None])
        return max(0, connection.exec_driver_sql(_UPDATE, rows).rowcount) if rows else 0
