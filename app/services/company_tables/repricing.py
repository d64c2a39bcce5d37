"""Raising variants to their floor: the lowest list price that keeps it after the planned discount, as one change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from app.services.company_tables.hits import TableHit
from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.history.records import ChangeRecord
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import chunks, id_list
from app.services.tasks import TaskContext

LABEL = "change.table_reprice"


def can_raise(hit: TableHit) -> bool:
    """Whether a price is known that keeps the floor, and the variant's lies below it."""
    return hit.floor_price_minor is not None and hit.price_minor is not None and hit.price_minor < hit.floor_price_minor


def raise_to_floor(db: Database, hits: Iterable[TableHit], ctx: TaskContext | None = None) -> ChangeRecord | None:
    """Give each variant its lowest allowed list price; what is not below a floor stays, and what somebody gave another
    price since it was looked at. Sending it is another step.

    Returns: the change, None where there was nothing to raise. Raises: TaskCancelled; nothing was written.
    """
    skus: dict[int, dict[int, dict[str, int]]] = defaultdict(dict)
    low = [hit for hit in hits if can_raise(hit)]
    prices = _prices(db, [hit.sku_id for hit in low])
    for hit in low:
        if prices.get(hit.sku_id) == hit.price_minor and hit.floor_price_minor is not None:
            skus[hit.listing_id][hit.sku_id] = {"price_minor": hit.floor_price_minor}
    edits = [ListingEdit(number, skus=dict(own), is_complete=False) for number, own in sorted(skus.items())]
    if not edits:
        return None
    params = {"n": len(edits), "skus": sum(map(len, skus.values()))}
    change = edit_listings(db, edits, label=LABEL, params=params, ctx=ctx)
    recheck(db, sorted(skus))
    return change


def _prices(db: Database, sku_ids: Iterable[int]) -> dict[int, int | None]:
    """List prices as they are now."""
    found: dict[int, int | None] = {}
    with db.reader.connect() as connection:
        for chunk in chunks(sku_ids):
            sql = f"SELECT id, price_minor FROM sku WHERE id IN ({id_list(chunk)})"
            found.update(map(tuple, connection.exec_driver_sql(sql)))
    return found
