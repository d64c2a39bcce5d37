"""Repairing the pictures of listings: worked out first, every result beside its original, then stored as one change.

The originals stay where they are. A repaired picture lies in the data folder under the hash of its content, so that one
that was repaired before is the same file; undoing the change brings the originals back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import orjson

from app.services.compliance.image_facts import ImageFacts, is_remote
from app.services.compliance.images import read_image
from app.services.compliance.loading import load_image_facts
from app.services.compliance.recheck import pictures_of, recheck, refresh_listing_images
from app.services.compliance.rule_data import Limits, rule_data
from app.services.db import Database
from app.services.history.records import ChangeRecord
from app.services.images.repairing import CannotRepair, RepairOptions, needs_repair, repaired
from app.services.images.stored_looks import refresh_looks
from app.services.listings.chosen import Chosen, chosen_ids
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import chunks, load_listings
from app.services.listings.records import ListingRecord
from app.services.tasks import TaskContext

FOLDER = "pictures"
REPAIRING = "images.repairing"
READABLE = ("", "heavy")


@dataclass(frozen=True, slots=True)
class RepairLine:
    """One picture file before and after; `why` it is left as it is, "" where it is repaired. `listing_ids`: who shows
    it."""

    source: str
    before: ImageFacts
    listing_ids: tuple[int, ...]
    target: str = ""
    after: ImageFacts | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class RepairPlan:
    """What a repair would do. `fine`: picture files that need none; `remote`: pictures at an address, which are left
    alone; `new_files`: written for this plan."""

    lines: tuple[RepairLine, ...]
    fine: int
    new_files: tuple[str, ...] = ()
    remote: int = 0

    @property
    def replaced(self) -> dict[str, str]:
        """Repaired file by original."""
        return {line.source: line.target for line in self.lines if line.target}

    def without(self, sources: Collection[str]) -> RepairPlan:
        """The same with these pictures left as they are."""
        return replace(self, lines=tuple(line for line in self.lines if line.source not in sources))


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was stored; `change` None where nothing was."""

    change: ChangeRecord | None
    pictures: int = 0
    listings: int = 0


@dataclass(slots=True)
class _Made:
    lines: list[RepairLine] = field(default_factory=list)
    new_files: list[str] = field(default_factory=list)
    fine: int = 0


def plan_repair(
    db: Database, folder: Path, listing_ids: Sequence[int], options: RepairOptions, ctx: TaskContext
) -> RepairPlan:
    """Repair the pictures of these listings into *folder*; no listing is changed.

    Raises:
        TaskCancelled: stopped; files made until then are removed.
    """
    owners = _owners(db, listing_ids)
    refresh_looks(db, owners, ctx)
    with db.read() as session:
        facts = load_image_facts(session, owners)
    limits, made = rule_data().limits, _Made()
    try:
        for done, (source, ids) in enumerate(owners.items()):
            ctx.checkpoint()
            ctx.report(done, len(owners), note=REPAIRING)
            before = facts.get(source, ImageFacts(source, problem="" if is_remote(source) else "missing"))
            if not is_remote(source) and not before.problem and not needs_repair(before, limits, options):
                made.fine += 1
            elif not is_remote(source):
                made.lines.append(_repair(RepairLine(source, before, tuple(ids)), folder, limits, options, made))
    except BaseException:  # a stop as well: nobody knows of these files
        discard(db, made.new_files)
        raise
    return RepairPlan(tuple(made.lines), made.fine, tuple(made.new_files), sum(map(is_remote, owners)))


def _owners(db: Database, listing_ids: Sequence[int]) -> dict[str, list[int]]:
    """Listings by picture."""
    found: dict[str, list[int]] = {}
    with db.read() as session:
        for chunk in chunks(listing_ids):
            for record in load_listings(session, chunk):
                for source in dict.fromkeys(pictures_of(record)):
                    found.setdefault(source, []).append(record.id)
    return found


def _repair(line: RepairLine, folder: Path, limits: Limits, options: RepairOptions, made: _Made) -> RepairLine:
    problem = line.before.problem
    if problem not in READABLE or (line.before.byte_count or 0) > limits.image_file_max:
        return replace(line, why="missing" if problem == "denied" else problem or "heavy")
    try:
        data = repaired(Path(line.source).read_bytes(), limits, options)
        target = _kept(folder, data, made)
    except CannotRepair as error:
        return replace(line, why=str(error.params["why"]))
    except OSError:
        return replace(line, why="unwritable")
    return replace(line, target=str(target), after=read_image(str(target)))


def _kept(folder: Path, data: bytes, made: _Made) -> Path:
    """The file of this content, written unless it is there."""
    digest = sha256(data).hexdigest()
    target = folder / digest[:2] / f"{digest}.jpg"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = target.with_suffix(".part")
        part.write_bytes(data)
        part.replace(target)
        made.new_files.append(str(target))
    return target


def apply_repair(db: Database, plan: RepairPlan, ctx: TaskContext) -> Repaired:
    """Show the repaired pictures in place of their originals, as one change, and check the listings anew. Originals
    that nobody shows any more and repaired files that are gone again are passed over.

    Raises:
        TaskCancelled: stopped; nothing was written.
    """
    replaced = {source: target for source, target in plan.replaced.items() if Path(target).exists()}
    ids = sorted({number for line in plan.lines if line.target for number in line.listing_ids})
    edits: list[ListingEdit] = []
    shown: set[str] = set()
    with db.read() as session:
        for chunk in chunks(ids):
            for record in load_listings(session, chunk):
                if found := replaced.keys() & set(pictures_of(record)):
                    shown |= found
                    edits.append(_edit(record, replaced))
    params = {"n": len(shown), "listings": len(edits)}
    change = edit_listings(db, edits, label="change.images_repaired", params=params, ctx=ctx) if edits else None
    if change is None:
        return Repaired(None)
    refresh_listing_images(db, ids)
    recheck(db, ids)
    return Repaired(change, len(shown), change.listing_count)


def _edit(record: ListingRecord, replaced: dict[str, str]) -> ListingEdit:
    skus = {}
    for sku in record.skus:
        parts = [
            {**part, "image": replaced[part["image"]]} if part.get("image") in replaced else part
            for part in sku.properties
        ]
        if parts != sku.properties and sku.id is not None:
            skus[sku.id] = {"properties": parts}
    images = list(dict.fromkeys(replaced.get(source, source) for source in record.images))
    return ListingEdit(record.id, skus=skus, images=images, is_complete=False)


def discard(db: Database, new_files: Iterable[str]) -> None:
    """Remove files of a plan that nobody shows."""
    for name in new_files:
        with db.read() as session:
            is_shown = session.connection().exec_driver_sql(
                "SELECT 1 WHERE EXISTS (SELECT 1 FROM image WHERE source = ?1) "
                "OR EXISTS (SELECT 1 FROM sku WHERE instr(properties, ?2))",
                (name, orjson.dumps(name).decode()),
            )
            if is_shown.first() is None:
                Path(name).unlink(missing_ok=True)


def prepare(database: Path, folder: Path, chosen: Chosen, options: RepairOptions, *, ctx: TaskContext) -> RepairPlan:
    """`plan_repair` for the worker process, which opens the database itself; of ids, or of a filter."""
    db = Database(database)
    try:
        return plan_repair(db, folder, chosen_ids(db, chosen, ctx), options, ctx)
    finally:
        db.dispose()


def store(database: Path, plan: RepairPlan, *, ctx: TaskContext) -> Repaired:
    """`apply_repair` for the worker process."""
    db = Database(database)
    try:
        return apply_repair(db, plan, ctx)
    finally:
        db.dispose()


def let_go(database: Path, new_files: Sequence[str], *, ctx: TaskContext) -> None:
    """`discard` for the worker process."""
    db = Database(database)
    try:
        discard(db, new_files)
    finally:
        db.dispose()
