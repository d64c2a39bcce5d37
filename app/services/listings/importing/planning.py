"""From an opened sheet to a plan: read, corrected, compared with the store, checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from app.services.collection import without_collection
from app.services.compliance import CheckContext, load_context
from app.services.db import Database
from app.services.listings.importing.conversion import to_rows
from app.services.listings.importing.currency import refuse_other_currencies, store_currency
from app.services.listings.importing.existing import ExistingListings, marker_of
from app.services.listings.importing.fixing import Fixes, corrected
from app.services.listings.importing.mappings import stored_mapping
from app.services.listings.importing.marketing import groups_of
from app.services.listings.importing.outside import refuse_outside
from app.services.listings.importing.pictures import PackedPicture, PictureFinder
from app.services.listings.importing.plan import Comparison
from app.services.listings.importing.records import ImportCounts, ImportPlan
from app.services.listings.importing.same_pictures import SamePictures
from app.services.listings.importing.sheet import SheetRows
from app.services.packages.listing_sheet import is_package_sheet, read_package_listings
from app.services.tasks import TaskContext
from app.services.workbooks import (
    ListingTable,
    OpenedFile,
    Recognition,
    SheetLeft,
    open_workbook,
    read_listings,
    recognise,
    sheets_left,
)

IMAGES = "images"
"""Folder of the data folder for pictures that came in archives."""

Language = Literal["zh", "en"]
Names = Mapping[str, Mapping[str, str]]
"""Field → id → name of the store's own things and of categories."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and what it was made of.

    Attributes:
        names: of ids the store has now, to show what would be replaced.
        packed: pictures still in archives, by the path the plan gives them.
        used_pictures: dropped picture source → (pictures in it, of these named by the sheet).
    """

    plan: ImportPlan
    table: ListingTable
    sheet: SheetRows
    names: Names
    packed: Mapping[str, PackedPicture] = field(default_factory=dict)
    used_pictures: Mapping[Path, tuple[int, int]] = field(default_factory=dict)


def recognised(
    db: Database,
    opened: OpenedFile,
    sheet: str | None = None,
    header_row: int | None = None,
    mapping: Mapping[str, str | None] | None = None,
) -> tuple[Recognition, bool]:
    """What the sheet means, with a mapping kept for its headers and *mapping* over that. Returns: also whether one
    was kept.

    Raises: WorkbookError.
    """
    found = recognise(opened, sheet, header_row)
    saved = stored_mapping(db, found.signature)
    if not saved and not mapping:
        return found, False
    return recognise(opened, found.sheet, header_row, {**saved, **(mapping or {})}), bool(saved)


@without_collection()
def make_plan(
    db: Database,
    opened: OpenedFile,
    recognition: Recognition,
    store_id: int,
    unpack_to: Path,
    ctx: TaskContext,
    *,
    others: Sequence[Path] = (),
    fixes: Fixes | None = None,
    is_preview: bool = False,
    is_repair: bool = False,
    makes_groups: bool = False,
    language: Language = "en",
) -> Planned:
    """Read the sheet and compare it with the store; nothing is stored.

    Args:
        unpack_to: where pictures of archives go.
        others: what was dropped along with the sheet and may hold pictures.
        fixes: the user's corrections.
        is_preview: leave pictures packed until the plan is applied.
        is_repair: the user agreed to every proposed repair of a data package's 价格信息.
        makes_groups: the user agreed to new marketing groups for names the store does not have.
        language: of names in `Planned.names`.

    Raises:
        WorkbookError: there is nothing to read.
        TaskCancelled: stopped.
    """
    left = sheets_left(opened, recognition.sheet)  # first: reading the sheet lets go of what the others need
    table = _read(corrected(opened, recognition.sheet, fixes or {}), recognition, ctx, is_repair=is_repair)
    ctx.report(0, None, note="import.comparing")
    with PictureFinder(opened.path, others, opened.package, unpack_to, is_lazy=is_preview, ctx=ctx) as finder:
        compared = _compared(db, table, finder, store_id, ctx, makes_groups=makes_groups)
        used = {source: (count, finder.used(source)) for source, count in finder.counts.items()}
        packed = dict(finder.packed)
    plan = _plan(opened, recognition, store_id, table, compared, left)
    return Planned(plan, table, compared.sheet, _names(compared.context, plan, language), packed, used)


@dataclass(frozen=True, slots=True)
class _Compared:
    """A sheet beside what its store has; `marker` says which state of the store that was, `new_groups` which
    marketing groups the sheet would make."""

    context: CheckContext
    sheet: SheetRows
    comparison: Comparison
    marker: str
    new_groups: tuple[str, ...]


def _compared(
    db: Database, table: ListingTable, finder: PictureFinder, store_id: int, ctx: TaskContext, *, makes_groups: bool
) -> _Compared:
    with db.read() as session:
        connection = session.connection()
        context = load_context(session, store_id)
        currency = store_currency(connection, store_id)
        refuse_other_currencies(table, currency)
        refuse_outside(table, finder, connection)
        groups = groups_of(table, connection, store_id, makes_groups=makes_groups)
        sheet = to_rows(table, context, finder)
        sheet.marketing = groups.values
        same = SamePictures(session, finder.missing)
        comparison = Comparison(sheet, ExistingListings(connection, store_id), same, currency)
        comparison.run(ctx)
        return _Compared(context, sheet, comparison, marker_of(connection, store_id), groups.new)


def _plan(
    opened: OpenedFile,
    recognition: Recognition,
    store_id: int,
    table: ListingTable,
    compared: _Compared,
    left: tuple[SheetLeft, ...],
) -> ImportPlan:
    comparison = compared.comparison
    return ImportPlan(
        store_id=store_id,
        file=opened.path.name,
        sheet=recognition.sheet,
        sha256=_sha256(opened.path),
        new=comparison.new,
        changed=comparison.changed,
        counts=_counted(comparison.counts(), table),
        errors=list(table.cell_errors),
        verdicts=comparison.verdicts,
        changes=comparison.changes,
        marker=compared.marker,
        mapping=dict(recognition.mapping),
        sheets_left=left,
        overruled=tuple(table.overruled),
        overruled_count=table.overruled_count,
        new_groups=compared.new_groups,
    )


def _read(opened: OpenedFile, recognition: Recognition, ctx: TaskContext, *, is_repair: bool) -> ListingTable:
    if is_package_sheet(opened, recognition):
        return read_package_listings(opened, recognition, ctx, is_repair=is_repair)
    return read_listings(opened, recognition, ctx)


def _counted(counts: ImportCounts, table: ListingTable) -> ImportCounts:
    """Rows of the sheet, not of the table: a package has several variants in one."""
    if table.packed is None:
        return counts
    refused = {table.rows[index] for index in table.refused}
    return replace(counts, rows=len(set(table.rows)), refused_rows=len(refused))


def plan_import(
    db: Database,
    database: Path,
    path: Path,
    store_id: int,
    ctx: TaskContext,
    *,
    others: Sequence[Path] = (),
    sheet: str | None = None,
    is_repair: bool = False,
    makes_groups: bool = False,
) -> tuple[ImportPlan, ListingTable]:
    """Read and compare one file without keeping anything: the command line. *sheet* None chooses, *is_repair* and
    *makes_groups* as `make_plan`.

    Raises:
        WorkbookError, TaskCancelled.
    """
    with open_workbook(path) as opened:
        recognition, _ = recognised(db, opened, sheet)
        unpack_to = database.parent / IMAGES
        planned = make_plan(
            db,
            opened,
            recognition,
            store_id,
            unpack_to,
            ctx,
            others=others,
            is_repair=is_repair,
            makes_groups=makes_groups,
        )
    return planned.plan, planned.table


def _names(context: CheckContext, plan: ImportPlan, language: Language) -> Names:
    """Names of the ids that the plan would replace, and of nothing else: a category tree has thousands."""
    before = {
        field: {values[field][0] for values in plan.changes.values() if field in values}
        for field in ("category_id", "freight_template_id", "group_id", "unit")
    }
    nodes = {one: context.categories.get(one) for one in before["category_id"]}
    return {
        "category_id": {one: getattr(node.label, language) for one, node in nodes.items() if node is not None},
        "freight_template_id": {one: context.templates.get(one, one) for one in before["freight_template_id"]},
        "group_id": {one: context.groups.get(one, one) for one in before["group_id"]},
        "unit": {one: getattr(context.units[one], language) for one in before["unit"] if one in context.units},
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
