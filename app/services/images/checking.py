"""Looking into the pictures of listings and telling what is wrong with them: the findings of the one checker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.services.compliance.findings import Finding, Severity
from app.services.compliance.image_facts import is_remote
from app.services.compliance.recheck import check_listings, pictures_of, recheck
from app.services.db import Database
from app.services.images.stored_looks import refresh_looks
from app.services.listings.chosen import Chosen, chosen_ids
from app.services.listings.loading import chunks, load_listings
from app.services.listings.records import ListingRecord
from app.services.tasks import TaskContext

PREFIXES = ("image.", "sku.image_")


@dataclass(frozen=True, slots=True)
class ImageFinding:
    """One finding about a picture: `source` is the picture, "" where there is none; `code` of the variant or ""."""

    listing_id: int
    listing: str
    title: str
    code: str
    source: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class ImageReport:
    """What a check found: findings worst first, how many listings and picture files were looked at, and how many
    pictures lie at an address: those are not fetched."""

    findings: tuple[ImageFinding, ...]
    listings: int
    pictures: int
    remote: int = 0


def check(database: Path, chosen: Chosen, *, ctx: TaskContext) -> ImageReport:
    """`check_images` for the worker process, which opens the database itself; of ids, or of a filter."""
    db = Database(database)
    try:
        return check_images(db, chosen_ids(db, chosen, ctx), ctx)
    finally:
        db.dispose()


def check_images(db: Database, listing_ids: Sequence[int], ctx: TaskContext | None = None) -> ImageReport:
    """Look into every picture file of these listings, count their findings anew and return those about pictures.

    Raises:
        TaskCancelled: stopped; what was looked at until then is stored.
    """
    sources: dict[str, None] = {}
    with db.read() as session:
        for chunk in chunks(listing_ids):
            for record in load_listings(session, chunk):
                sources.update(dict.fromkeys(pictures_of(record)))
    refresh_looks(db, sources, ctx)
    recheck(db, listing_ids, ctx)
    found: list[ImageFinding] = []
    with db.read() as session:
        for record, findings in check_listings(session, listing_ids):
            if ctx is not None:
                ctx.checkpoint()
            found.extend(_line(record, finding) for finding in findings if finding.code.startswith(PREFIXES))
    order = list(Severity)
    found.sort(key=lambda line: (order.index(line.finding.severity), line.listing_id))
    remote = sum(map(is_remote, sources))
    return ImageReport(tuple(found), len(set(listing_ids)), len(sources) - remote, remote)


def _line(record: ListingRecord, finding: Finding) -> ImageFinding:
    sku = record.skus[finding.sku] if finding.sku is not None and finding.sku < len(record.skus) else None
    number = finding.params.get("number")
    source = ""
    if sku is not None:
        source = next((part["image"] for part in sku.properties if part.get("image")), "")
    elif isinstance(number, int) and 1 <= number <= len(record.images):
        source = record.images[number - 1]
    name = record.product_key or record.product_id or str(record.id)
    return ImageFinding(record.id, name, record.title, sku.code if sku is not None else "", source, finding)
