"""What the leaf categories of a store's listings ask for, read when a listing first uses one: the checker needs it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from app.services.db import Database
from app.services.errors import AppError
from app.services.stores.practice import reachable
from app.services.stores.records import StoreRecord
from app.services.stores.sync import What, sync_store
from app.services.stores.sync.categories import ensure_attributes

if TYPE_CHECKING:
    from app.services.application import Application

log = logging.getLogger(__name__)


BASICS = (
    (What.CATEGORIES, "SELECT 1 FROM category WHERE gateway = ? LIMIT 1", "gateway"),
    (What.FREIGHT, "SELECT 1 FROM freight_template WHERE store_id = ? LIMIT 1", "id"),
    (What.GROUPS, "SELECT 1 FROM freight_template WHERE store_id = ? LIMIT 1", "id"),
)
"""What names in a sheet are looked up in, and how to see that it was never read. Groups come with the templates: a
store may well have none, and would be asked again and again."""


async def learn_basics(app: Application, store: StoreRecord) -> None:
    """Read the category tree, freight templates and groups of a store that was never synced, so that a sheet's names
    can be resolved. Out of reach, the names stay as they are written and the checker says "not read yet"."""
    missing = await asyncio.to_thread(_never_read, app.db, store)
    if not missing:
        return
    try:
        store = await reachable(app, store)
        async with app.connected(store) as marketplace:
            await sync_store(app.db, marketplace, store.id, missing)
    except AppError as error:
        log.warning("the store's categories and templates could not be read: %s", error)


def _never_read(db: Database, store: StoreRecord) -> list[What]:
    with db.reader.connect() as connection:
        return [
            part
            for part, query, key in BASICS
            if connection.exec_driver_sql(query, (getattr(store, key),)).first() is None
        ]


async def learn_leaves(app: Application, store: StoreRecord) -> int:
    """Read the attributes of categories that the store's listings use and that were never read. Nothing is asked of
    the marketplace where nothing is missing; out of reach, the checker says "not read yet" of those listings.

    Returns: categories read.
    """
    await learn_basics(app, store)
    missing = await asyncio.to_thread(unread_leaves, app.db, store)
    if not missing:
        return 0
    try:
        store = await reachable(app, store)
        async with app.connected(store) as marketplace:
            await ensure_attributes(app.db, marketplace, store.gateway, missing)
    except AppError as error:
        log.warning("attributes of %s categories could not be read: %s", len(missing), error)
    return len(missing) - len(await asyncio.to_thread(unread_leaves, app.db, store))


def unread_leaves(db: Database, store: StoreRecord) -> list[str]:
    """Leaves of the tree that listings of the store use and whose attributes are not here."""
    with db.reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT DISTINCT listing.category_id FROM listing JOIN category ON category.gateway = ? "
            "AND category.category_id = listing.category_id AND is_leaf WHERE store_id = ? AND NOT EXISTS "
            "(SELECT 1 FROM category_attribute WHERE category_attribute.gateway = category.gateway "
            "AND category_attribute.category_id = listing.category_id)",
            (store.gateway, store.id),
        )
        return [row[0] for row in rows]
