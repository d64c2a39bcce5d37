"""What an import would do, row by row and in numbers, before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.services.listings.editing import ListingEdit
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.workbooks import CellError, SheetLeft


class RowVerdict(StrEnum):
    """What becomes of one row of the sheet (interface.md 6)."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(slots=True)
class NewListing:
    """A listing the sheet brings; `rows` are indexes into the table."""

    record: ListingRecord
    rows: list[int]
    counts: tuple[int, int, int] = (0, 0, 0)
    marketing_group: str | None = None


@dataclass(slots=True)
class ChangedListing:
    """A stored listing and what the sheet would change in it."""

    edit: ListingEdit
    rows: list[int]


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """Listings by what becomes of them, and the rows and SKUs that were looked at."""

    rows: int = 0
    skus: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    refused_rows: int = 0


@dataclass(slots=True)
class ImportPlan:
    """Everything an import would do. Lives in the process that made it; the window reads pages of it.

    `verdicts` and `changes` run parallel to the table's rows; `changes` maps field → (before, after) of changed rows.
    `marker` names the state of the database the plan was made for. `sheets_left` are further sheets with listings,
    `overruled` the first of `overruled_count` cells that say otherwise than the first row of their listing,
    `new_groups` marketing groups the sheet names and the store does not have.
    """

    store_id: int
    file: str
    sheet: str
    sha256: str
    new: list[NewListing]
    changed: list[ChangedListing]
    counts: ImportCounts
    errors: list[CellError]
    verdicts: list[RowVerdict]
    changes: dict[int, dict[str, tuple[Any, Any]]]
    marker: str
    mapping: dict[str, Any] = field(default_factory=dict)
    sheets_left: tuple[SheetLeft, ...] = ()
    overruled: tuple[CellError, ...] = ()
    overruled_count: int = 0
    new_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SkuChange:
    """A row's SKU values against the stored SKU: what differs, and the new SKU where there is none yet."""

    sku_id: int | None
    values: dict[str, Any]
    new: SkuRecord | None = None
