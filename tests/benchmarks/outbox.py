"""Listings that only wait for the button: imported, checked, their pictures in the photobank."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from app.services.application import Application
from app.services.listings.importing.session import plan_import, store
from app.services.publishing.group_commit import GroupCommit
from app.services.publishing.images import ImageRef, Uploader
from app.services.stores.practice import reachable
from app.services.stores.reading import list_stores
from app.services.tasks import TaskContext

DATABASE = "shangjia.db"
IMAGES = "images"
"""The folder of the pictures, beside the sheet."""


def fill(folder: Path, sheet: Path) -> None:
    """Bring what *sheet* lists into the first store of the data folder *folder*, up to the point of sending."""
    asyncio.run(_fill(folder, sheet))
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def _fill(folder: Path, sheet: Path) -> None:
    with Application(folder) as app:
        first = await reachable(app, list_stores(app.db)[0])
        plan, table = plan_import(app.db, app.database_path, sheet, first.id, TaskContext())
        store(app.db, plan, table.error_count, TaskContext())
        pictures = sorted((sheet.parent / IMAGES).iterdir())
        refs = [ImageRef(str(path), hashlib.sha256(path.read_bytes()).hexdigest()) for path in pictures]
        async with app.connected(first) as marketplace:
            uploader = Uploader(marketplace, first.id, GroupCommit(app.db))
            await asyncio.gather(*map(uploader.address, refs))
        await app.disconnect()


def ready(database: Path, limit: int) -> tuple[int, list[int]]:
    """The first store with listings that can be sent, and at most *limit* of them.

    Raises:
        LookupError: there are fewer.
    """
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT store_id, id FROM listing WHERE sent_hash IS NULL AND block_count + hold_count = 0 "
            "AND status = 'ready' AND store_id = (SELECT min(id) FROM store) ORDER BY id LIMIT ?",
            (limit,),
        ).fetchall()
    if len(rows) < limit:
        raise LookupError(f"{len(rows)} listings can be sent, not {limit}")
    return rows[0][0], [listing_id for _, listing_id in rows]
