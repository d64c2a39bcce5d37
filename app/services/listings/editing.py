"""Editing listings: one change with before-images, in one transaction, saved at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.codes.bundles import note_bundles
from app.services.codes.keys import match_key
from app.services.codes.records import Component
from app.services.codes.virtual import bring_virtual
from app.services.db import Database
from app.services.history.listing import newest_to_undo
from app.services.history.recording import add_entries, can_continue, extend_entries, record_change
from app.services.history.records import ChangeRecord, Entry
from app.services.listings.content import content_hash
from app.services.listings.loading import CHUNK, id_list, load_listings
from app.services.listings.marketing.membership import image_of, images_of, put_into
from app.services.listings.records import LISTING_FIELDS, ROWS_REFUSED, SKU_FIELDS, ListingRecord, SkuRecord
from app.services.listings.service_templates import NOUN as SERVICE
from app.services.listings.service_templates import image_of as image_of_service
from app.services.listings.service_templates import put_template
from app.services.listings.tags import replace_tags, tags_of
from app.services.listings.warehouse_kinds import NOUN as KIND
from app.services.listings.warehouse_kinds import kinds_of, put_kind
from app.services.listings.writing import (
    SKU_COLUMNS,
    insert_skus,
    raw,
    refresh_derived,
    replace_images,
    sku_row,
    update_columns,
)
from app.services.regional_prices import ABSOLUTE, RegionalPrices
from app.services.tasks import TaskContext

VirtualGoods = dict[str, Sequence[tuple[str, int]]]
"""Virtual bundle code → items and their quantities."""
_NO_ERROR = {"error_code": "", "error_text": ""}


@dataclass(frozen=True, slots=True)
class ListingEdit:
    """New values for one listing: `fields` by name (`LISTING_FIELDS`, `service_template_id`), `skus` by SKU id and name
    (`SKU_FIELDS`), `images` the whole new list or None for "as it is", `removed_skus` ids of variants to take away
    (before all else), `new_skus` to add at the end. `is_complete`: nothing is missing afterwards that an import had to
    leave out; a person who edits a listing says so. `moved`: old path → new one of pictures that are the same, so that
    the marketplace has them already. `add_tags`, `remove_tags`: cleaned tags, which are no content: they neither reopen
    nor date a listing.
    `marketing_group`: the name of the store's group it is to be in, "" for none, None for "as it is"; no content.
    `warehouse_kind`: a `WarehouseKind`, "" for neither, None for "as it is"; no content.
    `sku_order`: the codes of all variants in the order they are to have, after all else; None for "as it is".
    `virtual`: virtual codes that it writes and that are in no table yet; they are put there along with it.
    """

    listing_id: int
    fields: dict[str, Any] = field(default_factory=dict)
    skus: dict[int, dict[str, Any]] = field(default_factory=dict)
    images: list[str] | None = None
    new_skus: tuple[SkuRecord, ...] = ()
    is_complete: bool = True
    removed_skus: tuple[int, ...] = ()
    moved: dict[str, str] = field(default_factory=dict)
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    marketing_group: str | None = None
    warehouse_kind: str | None = None
    sku_order: tuple[str, ...] | None = None
    virtual: VirtualGoods = field(default_factory=dict)


def edit_listings(
    db: Database,
    edits: Sequence[ListingEdit],
    *,
    label: str,
    params: dict[str, Any] | None = None,
    kind: str = "edit",
    source: str = "",
    ctx: TaskContext | None = None,
    continues: str | None = None,
) -> ChangeRecord | None:
    """Apply *edits*, all or none; values that are what they were count as no edit.

    Args:
        continues: uid of a change made by the same typing a moment ago; if it is still the newest one, these edits
            become part of it, so that one word typed is one step of undo.

    Returns: the change, or None where nothing changed.
    Raises:
        TaskCancelled: stopped; nothing was written.
        KeyError: a field no person may change.
    """
    with db.bulk() as connection:
        moment = now_ms()
        newest = newest_to_undo(connection) if continues else None
        if newest is not None and newest[1].uid == continues and can_continue(connection, newest[0]):
            changed = apply_edits(connection, edits, newest[0], moment, ctx, is_continued=True)
            return newest[1] if changed else None
        return record_edits(connection, edits, label=label, params=params, kind=kind, source=source, ctx=ctx)


def record_edits(
    connection: Connection,
    edits: Sequence[ListingEdit],
    *,
    label: str,
    params: dict[str, Any] | None = None,
    kind: str = "edit",
    source: str = "",
    ctx: TaskContext | None = None,
) -> ChangeRecord | None:
    """`edit_listings` in the caller's transaction, as a change of its own."""
    moment = now_ms()
    change_id, change = record_change(
        connection, kind=kind, label=label, params=params or {}, listing_count=0, source=source, moment_ms=moment
    )
    changed = apply_edits(connection, edits, change_id, moment, ctx)
    if not changed:
        connection.exec_driver_sql("DELETE FROM change WHERE id = ?", (change_id,))
        return None
    connection.exec_driver_sql("UPDATE change SET listing_count = ? WHERE id = ?", (changed, change_id))
    return replace(change, listing_count=changed)


def apply_edits(
    connection: Connection,
    edits: Sequence[ListingEdit],
    change_id: int,
    moment_ms: int,
    ctx: TaskContext | None = None,
    *,
    is_continued: bool = False,
) -> int:
    """Write *edits* and their entries into the caller's transaction. Returns: listings that really changed.

    Raises:
        BadVirtualCode: a virtual code an edit brings along was given to other goods meanwhile.
    """
    changed = 0
    for start in range(0, len(edits), CHUNK):
        if ctx is not None:
            ctx.checkpoint()
        chunk = edits[start : start + CHUNK]
        records = {record.id: record for record in load_listings(connection, [edit.listing_id for edit in chunk])}
        touched: dict[int, ListingRecord] = {}
        _bring_virtual(connection, [edit for edit in chunk if edit.listing_id in records and edit.virtual])
        entries = _retag(connection, [edit for edit in chunk if edit.listing_id in records])
        entries += _regroup(connection, [edit for edit in chunk if edit.listing_id in records])
        entries += _rekind(connection, [edit for edit in chunk if edit.listing_id in records])
        tagged = {entry.listing_id for entry in entries}
        for edit in chunk:
            record = records.get(edit.listing_id)
            if record is not None and (found := _apply(connection, record, edit)):
                entries.extend(found)
                touched[record.id] = record
        refresh_derived(connection, touched.values(), moment_ms)
        add_entries(connection, change_id, extend_entries(connection, change_id, entries) if is_continued else entries)
        changed += len(tagged | touched.keys())
        if ctx is not None:
            ctx.report(min(start + CHUNK, len(edits)), len(edits))
    return changed


def _bring_virtual(connection: Connection, edits: Sequence[ListingEdit]) -> None:
    for edit in edits:  # one by one: two of them may have given the same number to other goods
        bring_virtual(connection, {code: [Component(*one) for one in goods] for code, goods in edit.virtual.items()})


def _apply(connection: Connection, record: ListingRecord, edit: ListingEdit) -> list[Entry]:
    """Write one edit, put it into the record, and say what was there before."""
    # before anything is taken away: SQLite would give the number of the last one to a new one, and undo could not tell
    added = _add_skus(connection, record, edit.new_skus, edit.sku_order) if edit.new_skus else []
    entries = _remove_skus(connection, record, edit.removed_skus) if edit.removed_skus else []
    if edit.moved:
        _follow_pictures(connection, record, edit.moved)
    fields = dict(edit.fields)
    if SERVICE in fields:
        entries += _serve(connection, record, fields.pop(SERVICE))
    if difference := _difference(record, fields, LISTING_FIELDS):
        before, after = difference
        update_columns(connection, "listing", record.id, after)
        entries.append(Entry("listing", record.id, record.id, before, after))
    renamed: dict[str, str] = {}
    for sku in record.skus:
        wanted = edit.skus.get(sku.id or 0)
        if wanted and (difference := _difference(sku, wanted, SKU_FIELDS)):
            before, after = difference
            if "code" in after:
                before["match_key"], sku.match_key = sku.match_key, match_key(sku.code)
                after["match_key"] = sku.match_key
                note_bundles(connection, [sku.match_key])
            update_columns(connection, "sku", sku.id or 0, after)
            entries.append(Entry("sku", sku.id or 0, record.id, before, after))
            if "code" in after:
                renamed[before["code"]] = sku.code
    if (renamed or edit.removed_skus) and "regional_prices" not in edit.fields:
        entries += _follow_codes(connection, record, renamed)
    if edit.images is not None and edit.images != record.images:
        entries.append(_images_entry(record, edit.images))
        replace_images(connection, record.id, edit.images)
        record.images = list(edit.images)
    entries += added
    if edit.sku_order is not None:
        entries.extend(_reorder(connection, record, edit.sku_order))
    if entries and edit.is_complete and record.error_code == ROWS_REFUSED:
        entries.append(_clear_refusal(connection, record))
    return entries


def _follow_codes(connection: Connection, record: ListingRecord, renamed: dict[str, str]) -> list[Entry]:
    """Absolute prices by country go with their variants: to the new code, or away. An entry of its own, for undo."""
    prices = RegionalPrices.of(record.regional_prices)
    if prices.kind != ABSOLUTE:
        return []
    kept = prices.with_codes(renamed, {sku.code for sku in record.skus}).stored()
    difference = _difference(record, {"regional_prices": kept}, LISTING_FIELDS)
    if difference is None:
        return []
    update_columns(connection, "listing", record.id, difference[1])
    return [Entry("listing", record.id, record.id, *difference)]


def _serve(connection: Connection, record: ListingRecord, template_id: str) -> list[Entry]:
    """Write what a listing is created with, and say what was there before."""
    before, record.service_template_id = record.service_template_id, template_id
    if before == template_id:
        return []
    put_template(connection, record.id, template_id)
    images = (image_of_service(connection, record.id, one) for one in (before, template_id))
    return [Entry(SERVICE, record.id, record.id, *images)]


def _retag(connection: Connection, edits: Sequence[ListingEdit]) -> list[Entry]:
    """Write the tags of *edits*, and say what was there before."""
    edits = [edit for edit in edits if edit.add_tags or edit.remove_tags]
    if not edits:
        return []
    before = tags_of(connection, [edit.listing_id for edit in edits])
    entries = []
    for edit in edits:
        old = before.get(edit.listing_id, ())
        new = tuple(sorted({*old, *edit.add_tags} - set(edit.remove_tags)))
        if new != old:
            replace_tags(connection, edit.listing_id, new)
            entries.append(Entry("tags", edit.listing_id, edit.listing_id, {"tags": [*old]}, {"tags": [*new]}))
    return entries


def _regroup(connection: Connection, edits: Sequence[ListingEdit]) -> list[Entry]:
    """Put the listings of *edits* into their marketing groups, and say where they were; a group that is gone by now
    leaves its listing where it is."""
    wanted = {edit.listing_id: edit.marketing_group for edit in edits if edit.marketing_group is not None}
    if not wanted:
        return []
    before, entries = images_of(connection, list(wanted)), []
    for listing_id, name in wanted.items():
        old = before.get(listing_id, {"marketing_group": "", "id": None})
        if old["marketing_group"] != name and put_into(connection, listing_id, name):
            new = image_of(connection, listing_id)
            entries.append(Entry("marketing_group", listing_id, listing_id, old, new))
    return entries


def _rekind(connection: Connection, edits: Sequence[ListingEdit]) -> list[Entry]:
    """Write whether the warehouses of *edits* are real or virtual, and say what was there before."""
    wanted = {edit.listing_id: edit.warehouse_kind for edit in edits if edit.warehouse_kind is not None}
    before, entries = kinds_of(connection, list(wanted)) if wanted else {}, []
    for listing_id, kind in wanted.items():
        if (old := before.get(listing_id, "")) != kind:
            put_kind(connection, listing_id, kind)
            entries.append(Entry(KIND, listing_id, listing_id, {KIND: old}, {KIND: kind}))
    return entries


def _follow_pictures(connection: Connection, record: ListingRecord, moved: dict[str, str]) -> None:
    """What was sent counts as sent with the new paths: the marketplace got the pictures, not their places."""
    if record.sent_hash is None or record.sent_hash != record.content_hash:
        return
    skus = [
        replace(sku, properties=[_with_moved(part, moved) if part.get("image") else part for part in sku.properties])
        for sku in record.skus
    ]
    there = replace(record, skus=skus, images=[moved.get(source, source) for source in record.images])
    record.sent_hash = content_hash(there)
    update_columns(connection, "listing", record.id, {"sent_hash": record.sent_hash})


def _with_moved(part: dict[str, str], moved: dict[str, str]) -> dict[str, str]:
    return {**part, "image": moved.get(part["image"], part["image"])}


def _clear_refusal(connection: Connection, record: ListingRecord) -> Entry:
    """Take the mark of refused rows away. An entry of its own, so that undoing the edit brings the mark back."""
    before, after = {"error_code": record.error_code, "error_text": record.error_text}, _NO_ERROR
    update_columns(connection, "listing", record.id, after)
    record.error_code = record.error_text = ""
    return Entry("listing", record.id, record.id, before, after)


def _difference(
    target: ListingRecord | SkuRecord, wanted: dict[str, Any], allowed: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Raw values before and after of what really differs; the record is brought up to date on the way."""
    before, after = {}, {}
    for name, value in wanted.items():
        if name not in allowed:
            raise KeyError(name)
        old = getattr(target, name)
        if old != value:
            before[name], after[name] = raw(name, old), raw(name, value)
            setattr(target, name, value)
    return (before, after) if after else None


def _images_entry(record: ListingRecord, sources: list[str]) -> Entry:
    return Entry("images", record.id, record.id, {"sources": list(record.images)}, {"sources": list(sources)})


def _remove_skus(connection: Connection, record: ListingRecord, ids: tuple[int, ...]) -> list[Entry]:
    """Delete variants, keeping their whole rows for undo; one that is gone already is no edit."""
    rows = connection.exec_driver_sql(
        f"SELECT * FROM sku WHERE listing_id = ? AND id IN ({id_list(ids)}) ORDER BY position, id", (record.id,)
    ).mappings()
    entries = [
        Entry("sku", row["id"], record.id, {name: value for name, value in row.items() if name != "id"}, None)
        for row in rows
    ]
    gone = {entry.row_id for entry in entries}
    connection.exec_driver_sql(f"DELETE FROM sku WHERE id IN ({id_list(sorted(gone))})")
    record.skus = [sku for sku in record.skus if sku.id not in gone]
    return entries


def _reorder(connection: Connection, record: ListingRecord, order: tuple[str, ...]) -> list[Entry]:
    """Put the variants into the order of their codes, equal ones as they were; one that is not named goes last. New
    ones stand in their places already: what they are was noted with them."""
    waiting = defaultdict[str, list[tuple[int, int]]](list)
    for sku_id, code, position in connection.exec_driver_sql(
        "SELECT id, code, position FROM sku WHERE listing_id = ? ORDER BY position, id", (record.id,)
    ):
        waiting[code].append((sku_id, position))
    wanted = [waiting[code].pop(0) for code in order if waiting[code]]
    wanted += [one for left in waiting.values() for one in left]
    entries = []
    for position, (sku_id, before) in enumerate(wanted):
        if before != position:
            update_columns(connection, "sku", sku_id, {"position": position})
            entries.append(Entry("sku", sku_id, record.id, {"position": before}, {"position": position}))
    places = {code: place for place, code in reversed(list(enumerate(order)))}
    record.skus.sort(key=lambda sku: places.get(sku.code, len(places)))
    return entries


def _add_skus(
    connection: Connection, record: ListingRecord, new: tuple[SkuRecord, ...], order: tuple[str, ...] | None = None
) -> list[Entry]:
    """Add variants behind the others, or in their places of *order*."""
    first = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM sku").scalar_one()
    behind = connection.exec_driver_sql(
        "SELECT coalesce(max(position) + 1, 0) FROM sku WHERE listing_id = ?", (record.id,)
    ).scalar_one()  # positions have gaps where variants were taken away
    places = [behind + number if order is None else order.index(sku.code) for number, sku in enumerate(new)]
    rows = [sku_row(record.id, place, sku) for place, sku in zip(places, new, strict=True)]
    insert_skus(connection, rows)
    record.skus.extend(new)
    ids = connection.exec_driver_sql(
        "SELECT id FROM sku WHERE listing_id = ? AND id > ? ORDER BY id", (record.id, first)
    ).scalars()
    return [
        Entry("sku", sku_id, record.id, None, dict(zip(SKU_COLUMNS, row, strict=True)))
        for sku_id, row in zip(ids, rows, strict=True)
    ]
