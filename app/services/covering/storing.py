"""Storing what was mapped: new drafts, listings brought up to date, origins and foreign pictures; one change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from app.models import ListingStatus
from app.services.clock import now_ms
from app.services.codes.keys import variant_key
from app.services.compliance.recheck import recheck
from app.services.covering.existing import by_code, by_origin
from app.services.covering.records import Already, Mapped
from app.services.db import Database
from app.services.history.recording import add_range, record_change
from app.services.history.records import ChangeRecord
from app.services.listings.derived import DERIVED_COLUMNS, derive
from app.services.listings.editing import ListingEdit, apply_edits
from app.services.listings.loading import load_listings
from app.services.listings.records import LISTING_FIELDS, SKU_FIELDS, ListingRecord, SkuRecord
from app.services.listings.search_index import filled_at_once
from app.services.listings.tables import UNCHECKED, insert_listings
from app.services.listings.writing import insert_skus, raw, sku_row
from app.services.tasks import TaskContext

KEPT = ("product_key", "extra", "regional_prices")
"""Local columns an update leaves as they are."""
_COLUMNS = ("store_id", "status", "off_reason", *LISTING_FIELDS, *DERIVED_COLUMNS, "created_ms", "updated_ms")
_FIRST_FREE = (
    "SELECT 1 + max((SELECT coalesce(max(id), 0) FROM listing), "
    "(SELECT coalesce(max(last_listing_id), 0) FROM change_range))"
)
_ORIGIN = (
    "INSERT INTO listing_origin (listing_id, store_id, from_store_id, product_id, service_template_id, covered_ms) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (listing_id) DO UPDATE SET from_store_id = excluded.from_store_id, "
    "product_id = excluded.product_id, service_template_id = excluded.service_template_id, "
    "covered_ms = excluded.covered_ms"
)


@dataclass(slots=True)
class Stored:
    """Listing ids by product id: of new drafts, of listings that changed, of those that say it all already.
    `already`: what was covered by somebody else meanwhile."""

    new: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    same: dict[str, int] = field(default_factory=dict)
    already: list[Already] = field(default_factory=list)
    change: ChangeRecord | None = None


def store_drafts(
    db: Database,
    to_store_id: int,
    from_store: tuple[int, str],
    new: Sequence[Mapped],
    updates: Sequence[tuple[int, Mapped]],
    is_photobank: Callable[[str], bool],
    ctx: TaskContext,
) -> Stored:
    """Write all of it in one transaction as one change, and check what was written. What another program has covered
    since it was looked for is not put up twice.

    Args:
        from_store: id and name of the store that is covered.
        updates: listing id and what it is to become.
        is_photobank: whether an address lies in the platform's photobank, so that it can be taken over.

    Raises:
        TaskCancelled: stopped; nothing was written.
    """
    stored = Stored()
    ctx.report(0, len(new) + len(updates), note="cover.storing")
    with db.bulk() as connection:
        covered = by_code(connection, to_store_id, new)
        covered |= by_origin(connection, to_store_id, [one.product_id for one in new])
        stored.already, new = [*covered.values()], [one for one in new if one.product_id not in covered]
        _write(connection, to_store_id, from_store, new, updates, stored)
        ctx.checkpoint()
        _note_pictures(connection, to_store_id, [*new, *(one for _, one in updates)], is_photobank)
    recheck(db, sorted({*stored.new.values(), *stored.changed.values(), *stored.same.values()}))
    return stored


def _write(
    connection: Connection,
    to_store_id: int,
    from_store: tuple[int, str],
    new: Sequence[Mapped],
    updates: Sequence[tuple[int, Mapped]],
    stored: Stored,
) -> None:
    """Drafts, updates and their origins, as one change; none where nothing differs."""
    moment = now_ms()
    change_id, change = record_change(
        connection,
        kind="cover",
        label="change.cover",
        params={"store": from_store[1]},
        listing_count=0,
        source=from_store[1],
        store_id=to_store_id,
        moment_ms=moment,
    )
    if new:
        first = _insert(connection, to_store_id, new, moment)
        add_range(connection, change_id, first, first + len(new) - 1)
        stored.new = {one.product_id: number for number, one in enumerate(new, first)}
    _update(connection, updates, change_id, moment, stored)
    rows = [
        (number, to_store_id, from_store[0], one.product_id, one.record.service_template_id, moment)
        for number, one in [*((stored.new[one.product_id], one) for one in new), *updates]
    ]
    if rows:
        connection.exec_driver_sql(_ORIGIN, rows)
    if count := len(stored.new) + len(stored.changed):
        connection.exec_driver_sql("UPDATE change SET listing_count = ? WHERE id = ?", (count, change_id))
        stored.change = replace(change, listing_count=count)
    else:
        connection.exec_driver_sql("DELETE FROM change WHERE id = ?", (change_id,))


def _insert(connection: Connection, store_id: int, new: Sequence[Mapped], moment: int) -> int:
    """Add drafts under consecutive ids, past every id that an undone change may bring back. Returns: the first."""
    first = int(connection.exec_driver_sql(_FIRST_FREE).scalar_one())
    listings: list[tuple[Any, ...]] = []
    skus: list[tuple[Any, ...]] = []
    images: list[tuple[int, int, str]] = []
    for number, one in enumerate(new, first):
        record = one.record
        record.id, record.store_id = number, store_id
        values = {name: raw(name, getattr(record, name)) for name in LISTING_FIELDS}
        values |= {"store_id": store_id, "status": str(ListingStatus.DRAFT), "off_reason": ""}
        values |= {**derive(record), "created_ms": moment, "updated_ms": moment}
        listings.append((number, *(values[column] for column in _COLUMNS), *UNCHECKED.values()))
        skus.extend(sku_row(number, place, sku) for place, sku in enumerate(record.skus))
        images.extend((number, place, source) for place, source in enumerate(record.images))
    with filled_at_once(connection, first):
        insert_listings(connection, ("id", *_COLUMNS, *UNCHECKED), listings)
    insert_skus(connection, skus)
    if images:
        connection.exec_driver_sql("INSERT INTO image (listing_id, position, source) VALUES (?, ?, ?)", images)
    return first


def _update(
    connection: Connection, updates: Sequence[tuple[int, Mapped]], change_id: int, moment: int, stored: Stored
) -> None:
    known = {record.id: record for record in load_listings(connection, [number for number, _ in updates])}
    for number, one in updates:
        if number in known:
            changed = apply_edits(connection, [_edit(known[number], one.record)], change_id, moment)
            (stored.changed if changed else stored.same)[one.product_id] = number


def _edit(local: ListingRecord, wanted: ListingRecord) -> ListingEdit:
    """What makes *local* say what *wanted* says. Variants only *local* has stay: somebody added them here."""
    pairs = _partners(local.skus, wanted.skus)
    return ListingEdit(
        local.id,
        fields={name: getattr(wanted, name) for name in LISTING_FIELDS if name not in KEPT},
        skus={known.id or 0: _sku_values(sku, known) for sku, known in pairs if known is not None},
        images=list(wanted.images),
        new_skus=tuple(sku for sku, known in pairs if known is None),
    )


def _partners(local: Sequence[SkuRecord], wanted: Sequence[SkuRecord]) -> list[tuple[SkuRecord, SkuRecord | None]]:
    """Each wanted variant with the one it is: of its code and sale properties, else of its code, else (another rule for
    codes holds now, or there are no codes) of its sale properties."""
    left = list(local)
    found: dict[int, SkuRecord] = {}
    for is_same in (_is_all_same, _has_same_code, _has_same_values):
        for place, sku in enumerate(wanted):
            partner = None if place in found else next((one for one in left if is_same(one, sku)), None)
            if partner is not None:
                found[place] = partner
                left.remove(partner)
    return [(sku, found.get(place)) for place, sku in enumerate(wanted)]


def _has_same_code(one: SkuRecord, other: SkuRecord) -> bool:
    return bool(one.code.strip()) and variant_key(one.code) == variant_key(other.code)


def _has_same_values(one: SkuRecord, other: SkuRecord) -> bool:
    return _values(one) == _values(other)


def _is_all_same(one: SkuRecord, other: SkuRecord) -> bool:
    return _has_same_code(one, other) and _has_same_values(one, other)


def _values(sku: SkuRecord) -> list[tuple[str, str]]:
    return [(part.get("name_id", ""), part.get("value_id", "")) for part in sku.properties]


def _sku_values(sku: SkuRecord, known: SkuRecord) -> dict[str, Any]:
    """The values of a variant; another spelling of the same code is no news."""
    code = known.code if variant_key(known.code) == variant_key(sku.code) else sku.code
    return {name: getattr(sku, name) for name in SKU_FIELDS} | {"code": code}


def _note_pictures(
    connection: Connection, store_id: int, drafts: Sequence[Mapped], is_photobank: Callable[[str], bool]
) -> None:
    rows = [
        (store_id, url) for url in dict.fromkeys(url for one in drafts for url in one.pictures) if is_photobank(url)
    ]
    if rows:
        connection.exec_driver_sql("INSERT OR IGNORE INTO foreign_picture (store_id, url) VALUES (?, ?)", rows)
