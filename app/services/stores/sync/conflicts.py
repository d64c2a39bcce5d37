"""Listings changed here and on the platform: shown field by field, resolved one by one or in bulk.

A sync never decides: our unsent words stay, the platform's are kept beside them. Keeping ours means that the next
publish sends them; taking theirs is an edit like any other, which can be undone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.db import Database
from app.services.history.records import ChangeRecord
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import chunks, load_listings
from app.services.listings.records import LISTING_FIELDS, SKU_FIELDS, ListingRecord, SkuRecord
from app.services.tasks import TaskContext

LOCAL = frozenset({"product_key", "extra"})
"""Fields the platform knows nothing of."""
FIELDS = tuple(name for name in LISTING_FIELDS if name not in LOCAL)
IMAGES, ADDED, REMOVED = "images", "sku.added", "sku.removed"
"""Besides fields of the listing and `sku.<field>`: pictures, a variant only they have, a variant only we have."""


Choices = Mapping[int, Collection[str] | None]
"""Fields or keys to decide by listing id, None for all of a listing."""


class Side(StrEnum):
    """Whose value counts."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that says something else here than on the platform.

    Attributes:
        field: of `FIELDS`, `images`, `sku.<name>` of `SKU_FIELDS`, `sku.added` or `sku.removed`.
        code: the variant's merchant code, "" for fields of the listing.
        ours, theirs: values as stored; a variant's code where there is only one side.
    """

    field: str
    code: str
    ours: Any
    theirs: Any

    @property
    def key(self) -> str:
        """Names this one field of this one variant: `sku.stock@LM4402-BK`, or the field where there is no variant."""
        return f"{self.field}@{self.code}" if self.code else self.field

    def is_among(self, fields: Collection[str] | None) -> bool:
        """Whether *fields* name it, by field (of all variants) or by key; None names all."""
        return fields is None or self.field in fields or self.key in fields


@dataclass(frozen=True, slots=True)
class Conflict:
    """A listing with its differences, in the order of the fields."""

    listing_id: int
    store_id: int
    product_id: str
    title: str
    found_ms: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What became of the listings: `settled` have no difference left, `open` have; `change` can be undone."""

    settled: int
    open: int
    change: ChangeRecord | None


def keep_theirs(connection: Connection, listing_id: int, theirs: ListingRecord) -> None:
    """Note what the platform has; *theirs* is in our spelling, its variants carry our ids where they are ours."""
    connection.exec_driver_sql(
        "INSERT OR REPLACE INTO listing_conflict (listing_id, theirs, found_ms) VALUES (?, ?, ?)",
        (listing_id, orjson.dumps(_packed(theirs)).decode(), now_ms()),
    )


def forget(connection: Connection, listing_ids: Sequence[int]) -> None:
    """Both sides agree again."""
    connection.exec_driver_sql(
        "DELETE FROM listing_conflict WHERE listing_id IN (SELECT value FROM json_each(?))",
        (orjson.dumps(list(listing_ids)).decode(),),
    )


def conflicts(db: Database, store_id: int | None = None, *, after: int = 0, limit: int = 200) -> list[Conflict]:
    """Listings with differences, by id from *after* on; of one store or of all."""
    of_store = "" if store_id is None else f" AND listing.store_id = {int(store_id)}"
    with db.read() as session:
        connection = session.connection()
        rows = connection.exec_driver_sql(
            "SELECT listing_id, theirs, found_ms FROM listing_conflict JOIN listing ON listing.id = listing_id "
            f"WHERE listing_id > ?{of_store} ORDER BY listing_id LIMIT ?",
            (after, limit),
        ).all()
        records = {record.id: record for record in load_listings(session, [row[0] for row in rows])}
    found = []
    for listing_id, text, found_ms in rows:
        ours = records[listing_id]
        if differences := tuple(_differences(ours, _Theirs(orjson.loads(text)))):
            found.append(Conflict(listing_id, ours.store_id, ours.product_id or "", ours.title, found_ms, differences))
    return found


def count_conflicts(db: Database, store_id: int | None = None) -> int:
    """How many listings have differences nobody has decided about."""
    of_store = "" if store_id is None else f" WHERE listing.store_id = {int(store_id)}"
    with db.reader.connect() as connection:
        sql = f"SELECT count(*) FROM listing_conflict JOIN listing ON listing.id = listing_id{of_store}"
        return int(connection.exec_driver_sql(sql).scalar_one())


def resolve(
    db: Database,
    listing_ids: Sequence[int],
    side: Side,
    fields: Collection[str] | None = None,
    ctx: TaskContext | None = None,
) -> Resolved:
    """Let *side* count for *fields* (`Difference.field` or `.key`, None for all) of these listings, all or none of
    them.

    Raises:
        TaskCancelled: stopped; nothing was written.
    """
    return resolve_each(db, dict.fromkeys(listing_ids, fields), side, ctx)


def resolve_each(db: Database, choices: Choices, side: Side, ctx: TaskContext | None = None) -> Resolved:
    """As `resolve`, with fields of its own for each listing; one change that can be undone.

    Raises:
        TaskCancelled: stopped; nothing was written.
    """
    change = None
    if side is Side.THEIRS:
        edits = [edit for chunk in chunks(list(choices)) for edit in _edits(db, chunk, choices)]
        if edits:
            change = edit_listings(db, edits, label="change.theirs", params={"n": len(edits)}, ctx=ctx)
    settled = still = 0
    with db.bulk() as connection:
        for chunk in chunks(list(choices)):
            done, left = _agree(connection, chunk, choices if side is Side.OURS else None)
            settled, still = settled + done, still + left
    return Resolved(settled, still, change)


class _Theirs:
    """The platform's side as it was kept."""

    def __init__(self, kept: dict[str, Any]) -> None:
        self.fields: dict[str, Any] = kept["fields"]
        self.images: list[str] = kept["images"]
        self.skus = [SkuRecord(**sku) for sku in kept["skus"]]

    def partner(self, ours: SkuRecord) -> SkuRecord | None:
        """Their variant that is *ours*: by our id, or by code where they have one we did not know."""
        known = {sku.id: sku for sku in self.skus if sku.id is not None}
        fresh = {sku.code: sku for sku in self.skus if sku.id is None}
        return known.get(ours.id or 0) or fresh.get(ours.code)


def _packed(record: ListingRecord) -> dict[str, Any]:
    return {
        "fields": {name: getattr(record, name) for name in FIELDS},
        "images": list(record.images),
        "skus": [asdict(sku) for sku in record.skus],
    }


def _differences(ours: ListingRecord, theirs: _Theirs) -> list[Difference]:
    found = [
        Difference(name, "", getattr(ours, name), value)
        for name, value in theirs.fields.items()
        if getattr(ours, name) != value and not (name == "regional_prices" and value is None)  # None: not told
    ]
    if ours.images != theirs.images:
        found.append(Difference(IMAGES, "", ours.images, theirs.images))
    for sku in ours.skus:
        other = theirs.partner(sku)
        if other is None:
            found.append(Difference(REMOVED, sku.code, sku.code, None))
            continue
        found += [
            Difference(f"sku.{name}", sku.code, getattr(sku, name), getattr(other, name))
            for name in SKU_FIELDS
            if getattr(sku, name) != getattr(other, name)
        ]
    return found + [Difference(ADDED, sku.code, None, sku.code) for sku in _added(ours, theirs)]


def _added(ours: ListingRecord, theirs: _Theirs) -> list[SkuRecord]:
    partners = [theirs.partner(sku) for sku in ours.skus]
    return [sku for sku in theirs.skus if sku not in partners]


def _edits(db: Database, listing_ids: Sequence[int], choices: Choices) -> list[ListingEdit]:
    """What taking theirs changes here."""
    with db.read() as session:
        kept = _kept(session.connection(), listing_ids)
        records = [record for record in load_listings(session, listing_ids) if record.id in kept]
    return [_edit(record, kept[record.id], choices[record.id]) for record in records]


def _edit(ours: ListingRecord, theirs: _Theirs, fields: Collection[str] | None) -> ListingEdit:
    wanted = [one for one in _differences(ours, theirs) if one.is_among(fields)]
    names = {(one.field, one.code) for one in wanted}
    pairs = [(sku, theirs.partner(sku)) for sku in ours.skus]
    changed = {
        sku.id or 0: {name: getattr(other, name) for name in SKU_FIELDS if (f"sku.{name}", sku.code) in names}
        for sku, other in pairs
        if other is not None
    }
    return ListingEdit(
        ours.id,
        fields={one.field: one.theirs for one in wanted if one.field in FIELDS},
        skus={number: values for number, values in changed.items() if values},
        images=theirs.images if (IMAGES, "") in names else None,
        new_skus=tuple(_fresh(sku) for sku in _added(ours, theirs) if (ADDED, sku.code) in names),
        removed_skus=tuple(sku.id or 0 for sku, _ in pairs if (REMOVED, sku.code) in names),
    )


def _fresh(sku: SkuRecord) -> SkuRecord:
    return SkuRecord(**{**asdict(sku), "id": None})


def _kept(connection: Connection, listing_ids: Sequence[int]) -> dict[int, _Theirs]:
    rows = connection.exec_driver_sql(
        "SELECT listing_id, theirs FROM listing_conflict WHERE listing_id IN (SELECT value FROM json_each(?))",
        (orjson.dumps(list(listing_ids)).decode(),),
    )
    return {number: _Theirs(orjson.loads(text)) for number, text in rows}


def _agree(connection: Connection, listing_ids: Sequence[int], ours_for: Choices | None) -> tuple[int, int]:
    """Drop what was decided for us, and the conflicts in which nothing is left. Returns: settled, still open."""
    kept = _kept(connection, listing_ids)
    settled: list[int] = []
    for record in load_listings(connection, list(kept)):
        theirs = kept[record.id]
        if ours_for is not None:
            _take_ours(record, theirs, ours_for[record.id])
            packed = {"fields": theirs.fields, "images": theirs.images, "skus": [asdict(sku) for sku in theirs.skus]}
            connection.exec_driver_sql(
                "UPDATE listing_conflict SET theirs = ? WHERE listing_id = ?",
                (orjson.dumps(packed).decode(), record.id),
            )
        if not _differences(record, theirs):
            settled.append(record.id)
    forget(connection, settled)
    return len(settled), len(kept) - len(settled)


def _take_ours(ours: ListingRecord, theirs: _Theirs, fields: Collection[str] | None) -> None:
    """Let what was decided for us stand on both sides, so that it is no difference any more."""
    names = {(one.field, one.code) for one in _differences(ours, theirs) if one.is_among(fields)}
    theirs.fields |= {name: getattr(ours, name) for name in FIELDS if (name, "") in names}
    if (IMAGES, "") in names:
        theirs.images = list(ours.images)
    gone = [sku for sku in _added(ours, theirs) if (ADDED, sku.code) in names]
    theirs.skus = [sku for sku in theirs.skus if sku not in gone]
    for sku in ours.skus:
        other = theirs.partner(sku)
        if (REMOVED, sku.code) in names:
            theirs.skus.append(SkuRecord(**asdict(sku)))
        for name in SKU_FIELDS:
            if other is not None and (f"sku.{name}", sku.code) in names:
                setattr(other, name, getattr(sku, name))
