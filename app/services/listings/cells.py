"""Cells of the table changed many at a time: a pasted block, filling down, clearing. Shown first, then one change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from app.models import ListingStatus, StoreAccess
from app.services.db import Database
from app.services.history.records import ChangeRecord
from app.services.listings.editing import ListingEdit
from app.services.listings.loading import chunks, id_list, load_listings
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.listings.source import CHILD_ID_OFFSET, sku_label

LISTING_CELLS = ("title",)
SKU_CELLS = ("code", "price_minor", "stock")
"""Fields of a variant; in a listing's own row they mean its only variant."""


@dataclass(frozen=True, slots=True)
class CellEdit:
    """A new value for one cell. `row_id`: a listing's id, or a variant's plus `CHILD_ID_OFFSET`."""

    row_id: int
    field: str
    value: Any


class CellRefusal(StrEnum):
    """Why a cell cannot be changed: its sentence is `listings.cell_refused.<reason>`."""

    GONE = "gone"
    READ_ONLY = "read_only"
    SENDING = "sending"
    SEVERAL_VARIANTS = "several_variants"
    """A listing with several variants has no price, stock or code of its own."""
    NO_VARIANT = "no_variant"
    NOT_OF_VARIANTS = "not_of_variants"
    """A variant has no title of its own."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell before and after; `sku_id` None for the listing's own. `refused`: why it stays as it is."""

    listing_id: int
    sku_id: int | None
    name: str
    field: str
    before: Any
    after: Any
    refused: CellRefusal | None = None


@dataclass(frozen=True, slots=True)
class CellPlan:
    """What a block would do: cells that change, cells that are refused, and how many are that already."""

    changes: tuple[CellChange, ...]
    refused: tuple[CellChange, ...]
    unchanged: int

    @property
    def listing_ids(self) -> list[int]:
        """Listings that change, each once."""
        return list(dict.fromkeys(change.listing_id for change in self.changes))

    def edits(self) -> list[ListingEdit]:
        """The changes by listing."""
        made: dict[int, ListingEdit] = {}
        for change in self.changes:
            edit = made.setdefault(change.listing_id, ListingEdit(change.listing_id))
            target = edit.fields if change.sku_id is None else edit.skus.setdefault(change.sku_id, {})
            target[change.field] = change.after
        return list(made.values())


@dataclass(frozen=True, slots=True)
class CellsSaved:
    """What was stored: the change (None where nothing differed) and the plan it came from."""

    change: ChangeRecord | None
    plan: CellPlan


def plan_cells(db: Database, cells: Sequence[CellEdit]) -> CellPlan:
    """What *cells* would change. Of two values for one cell the later one counts.

    Raises:
        KeyError: a field that is no cell.
    """
    changes: list[CellChange] = []
    refused: list[CellChange] = []
    unchanged = 0
    with db.read() as session:
        looked_up = _Rows(session, {cell.row_id for cell in cells})
        for cell in {(one.row_id, one.field): one for one in cells}.values():
            change = looked_up.change_of(cell)
            if change.refused is not None:
                refused.append(change)
            elif change.before == change.after:
                unchanged += 1
            else:
                changes.append(change)
    return CellPlan(tuple(changes), tuple(refused), unchanged)


class _Rows:
    """The listings of some rows, loaded whole."""

    def __init__(self, session: Session, row_ids: set[int]) -> None:
        self._owners = _owners(session, [number - CHILD_ID_OFFSET for number in row_ids if number >= CHILD_ID_OFFSET])
        wanted = sorted({number for number in row_ids if number < CHILD_ID_OFFSET} | set(self._owners.values()))
        self._records = {record.id: record for record in load_listings(session, wanted)}
        access = session.connection().exec_driver_sql("SELECT id, access FROM store")
        self._read_only = {row[0] for row in access if row[1] != StoreAccess.OPERATE}

    def change_of(self, cell: CellEdit) -> CellChange:
        """The cell as it is and as it would be."""
        is_child = cell.row_id >= CHILD_ID_OFFSET
        sku_id = cell.row_id - CHILD_ID_OFFSET if is_child else None
        listing_id = self._owners.get(sku_id or 0, 0) if is_child else cell.row_id
        record = self._records.get(listing_id)
        if cell.field not in (*LISTING_CELLS, *SKU_CELLS):
            raise KeyError(cell.field)
        if record is None:
            return CellChange(listing_id, sku_id, "", cell.field, None, cell.value, CellRefusal.GONE)
        refusal = self._lock_of(record)
        if cell.field in LISTING_CELLS:
            refusal = refusal or (CellRefusal.NOT_OF_VARIANTS if is_child else None)
            before = getattr(record, cell.field)
            return CellChange(listing_id, None, record.title, cell.field, before, cell.value, refusal)
        sku, why = _variant(record, sku_id)
        name = record.title if sku is None or len(record.skus) == 1 else _variant_name(record, sku)
        before = None if sku is None else getattr(sku, cell.field)
        known = None if sku is None else sku.id
        return CellChange(listing_id, known, name, cell.field, before, cell.value, refusal or why)

    def _lock_of(self, record: ListingRecord) -> CellRefusal | None:
        if record.store_id in self._read_only:
            return CellRefusal.READ_ONLY
        return CellRefusal.SENDING if record.status == ListingStatus.SENDING else None


def _owners(session: Session, sku_ids: Sequence[int]) -> dict[int, int]:
    """Listing by SKU."""
    found: dict[int, int] = {}
    for chunk in chunks(sku_ids):
        sql = f"SELECT id, listing_id FROM sku WHERE id IN ({id_list(chunk)})"
        found.update(map(tuple, session.connection().exec_driver_sql(sql)))
    return found


def _variant(record: ListingRecord, sku_id: int | None) -> tuple[SkuRecord | None, CellRefusal | None]:
    if sku_id is not None:
        sku = next((one for one in record.skus if one.id == sku_id), None)
        return sku, None if sku is not None else CellRefusal.GONE
    if len(record.skus) == 1:
        return record.skus[0], None
    return None, CellRefusal.SEVERAL_VARIANTS if record.skus else CellRefusal.NO_VARIANT


def _variant_name(record: ListingRecord, sku: SkuRecord) -> str:
    return f"{record.title} · {sku_label(sku.properties) or sku.code}"
