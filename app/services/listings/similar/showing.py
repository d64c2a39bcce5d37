"""Groups of similar listings as they are shown: one line a listing, read from the database when it is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.messages import Language, Messages
from app.services.amounts import money_text
from app.services.db import Database
from app.services.listings.loading import chunks, load_listings
from app.services.listings.similar.records import SimilarGroup
from app.services.tasks import TaskContext
from app.services.workbooks.export import write_csv, write_xlsx
from app.services.workbooks.out_sheets import OutColumn, OutSheet

AT_ONCE = 500
COLUMNS = ("group", "why", "score", "store", "key", "product_id", "title", "status", "codes", "price")
TEXTS = frozenset({"key", "product_id", "codes"})
"""Columns that must stay text."""


@dataclass(frozen=True, slots=True)
class SimilarListing:
    """One listing of a group. Prices in cents of `currency`, None where unknown."""

    id: int
    store: str
    key: str
    product_id: str | None
    title: str
    status: str
    codes: tuple[str, ...]
    price_min_minor: int | None
    price_max_minor: int | None
    currency: str
    picture: str


def listings_of(db: Database, listing_ids: Sequence[int]) -> list[SimilarListing]:
    """These listings in this order; those that are gone are left out."""
    with db.read() as session:
        stores = dict(map(tuple, session.connection().exec_driver_sql("SELECT id, name FROM store")))
        found = []
        for record in load_listings(session, listing_ids):
            prices = [sku.price_minor for sku in record.skus if sku.price_minor is not None]
            found.append(
                SimilarListing(
                    record.id,
                    str(stores.get(record.store_id, "")),
                    record.product_key,
                    record.product_id,
                    record.title,
                    record.status,
                    tuple(sku.code for sku in record.skus),
                    min(prices, default=None),
                    max(prices, default=None),
                    record.currency,
                    record.images[0] if record.images else "",
                )
            )
        return found


def export_groups(
    database: Path, groups: Sequence[SimilarGroup], path: Path, language: Language, *, ctx: TaskContext
) -> int:
    """Write groups to an .xlsx or .csv, one line a listing. Returns: how many lines.

    Raises:
        WorkbookError: `.unwritable`, `.too_many_rows`.
        TaskCancelled: stopped; no file is left behind.
    """
    db, texts = Database(database), Messages(language)
    columns = [OutColumn(texts.text(f"similar.column.{name}"), name in TEXTS) for name in COLUMNS]
    try:
        rows = list(_rows(db, groups, texts, ctx))
    finally:
        db.dispose()
    sheet = OutSheet(texts.text("similar.sheet"), columns, rows)
    if path.suffix.lower() == ".csv":
        write_csv(path, columns, rows, ctx=ctx)
    else:
        write_xlsx(path, [sheet], ctx)
    return len(rows)


def _rows(
    db: Database, groups: Sequence[SimilarGroup], texts: Messages, ctx: TaskContext
) -> Iterable[tuple[object, ...]]:
    for chunk in chunks(range(len(groups)), AT_ONCE):
        ctx.checkpoint()
        wanted = [number for at in chunk for number in groups[at].listing_ids]
        known = {one.id: one for one in listings_of(db, wanted)}
        for at in chunk:
            group = groups[at]
            whys = texts.text("table.list_separator").join(texts.text(f"similar.why.{why}") for why in group.whys)
            for one in (known[number] for number in group.listing_ids if number in known):
                status = texts.text(f"status.listing.{one.status}")
                yield (
                    group.id + 1, whys, round(group.score, 2), one.store, one.key, one.product_id or "", one.title,
                    status, " ".join(one.codes), price_text(one),
                )  # fmt: skip


def price_text(one: SimilarListing) -> str:
    """The price range as decimal text with its currency; "" where no price is known."""
    prices = sorted({price for price in (one.price_min_minor, one.price_max_minor) if price is not None})
    shown = "–".join(money_text(price) for price in prices)
    return f"{one.currency} {shown}" if shown else ""
