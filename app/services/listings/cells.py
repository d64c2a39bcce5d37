"""Cells of the table changed many at a time: a pasted block, filling down, clearing. Shown first, then one change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.messages import messages
from app.models import ListingStatus, StoreAccess
from app.services.db import Database
from app.services.history.records import ChangeRecord
from app.services.listings.editing import ListingEdit
from app.services.listings.loading import chunks, id_list, load_listings
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.listings.source import CHILD_ID_OFFSET
from app.services.listings.variant_names import VariantNames
from app.services.pricing.errors import BadPriceInput, NoPriceReaches
from app.services.pricing.linked_rows import LinkedPrices
from app.services.pricing.terms import LINKED

LISTING_CELLS = ("title",)
SKU_CELLS = ("code", "price_minor", "stock")
"""Fields of a variant; in a listing's own row they mean its only variant. So do `LINKED` ones: a margin or a profit,
which mean the list price that reaches it."""


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
    UNKNOWN_PROFIT = "unknown_profit"
    """Cost, freight or a rate is unknown, so no price can be told for a margin or a profit."""
    NO_PRICE = "no_price"
    """No price reaches the margin or the profit."""
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
        self._prices = LinkedPrices(session.connection())
        self._labels = self._named(session.connection())
        access = session.connection().exec_driver_sql("SELECT id, access FROM store")
        self._read_only = {row[0] for row in access if row[1] != StoreAccess.OPERATE}

    def _named(self, connection: Connection) -> dict[int, str]:
        """What the variants among the rows are called, in the user's language where their category knows it."""
        names = VariantNames()
        names.language = messages.language
        skus = (sku for record in self._records.values() for sku in record.skus)
        return names.labels(connection, {sku.id: sku.properties for sku in skus if sku.id in self._owners})

    def change_of(self, cell: CellEdit) -> CellChange:
        """The cell as it is and as it would be."""
        is_child = cell.row_id >= CHILD_ID_OFFSET
        sku_id = cell.row_id - CHILD_ID_OFFSET if is_child else None
        listing_id = self._owners.get(sku_id or 0, 0) if is_child else cell.row_id
        record = self._records.get(listing_id)
        if cell.field not in (*LISTING_CELLS, *SKU_CELLS, *LINKED):
            raise KeyError(cell.field)
        if record is None:
            return CellChange(listing_id, sku_id, "", cell.field, None, cell.value, CellRefusal.GONE)
        refusal = self._lock_of(record)
        if cell.field in LISTING_CELLS:
            refusal = refusal or (CellRefusal.NOT_OF_VARIANTS if is_child else None)
            before = getattr(record, cell.field)
            return CellChange(listing_id, None, record.title, cell.field, before, cell.value, refusal)
        sku, why = _variant(record, sku_id)
        name = record.title if sku is None or len(record.skus) == 1 else self._variant_name(record, sku)
        field = "price_minor" if cell.field in LINKED else cell.field
        before = None if sku is None else getattr(sku, field)
        known = None if sku is None else sku.id
        if field != cell.field and not (refusal or why):
            return self._priced(CellChange(listing_id, known, name, field, before, None), cell)
        return CellChange(listing_id, known, name, field, before, cell.value, refusal or why)

    def _priced(self, change: CellChange, cell: CellEdit) -> CellChange:
        """The list price that reaches what the cell says."""
        try:
            price = self._prices.price_for(change.listing_id, change.sku_id or 0, cell.field, cell.value)
        except NoPriceReaches:
            return replace(change, refused=CellRefusal.NO_PRICE)
        except BadPriceInput as error:
            is_unknown = error.error_code == "pricing.unknown"
            return replace(change, refused=CellRefusal.UNKNOWN_PROFIT if is_unknown else CellRefusal.NO_PRICE)
        return replace(change, after=price)

    def _variant_name(self, record: ListingRecord, sku: SkuRecord) -> str:
        return f"{record.title} · {self._labels.get(sku.id or 0) or sku.code}"

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
