"""The category tree and, for leaves in use, what they ask for. Both change rarely and are cached for a week."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable, Sequence

import orjson
from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.db import Database
from app.services.marketplace.port import (
    Marketplace,
    Refused,
    RemoteAttribute,
    RemoteCategory,
)
from app.services.tasks import TaskContext

log = logging.getLogger(__name__)

ROOT = "0"
PATH_SEPARATOR = " > "
KEPT_MS = 7 * 86_400_000

_UPSERT = (
    "INSERT INTO category (gateway, category_id, parent_id, name_en, name_zh, path_en, path_zh, level, is_leaf, "
    "fetched_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (gateway, category_id) DO UPDATE SET "
    "parent_id = excluded.parent_id, name_en = excluded.name_en, name_zh = excluded.name_zh, "
    "path_en = excluded.path_en, path_zh = excluded.path_zh, level = excluded.level, is_leaf = excluded.is_leaf, "
    "fetched_ms = excluded.fetched_ms"
)
_INSERT_ATTRIBUTE = (
    "INSERT INTO category_attribute (gateway, category_id, attribute_id, name_en, name_zh, is_required, is_sku, "
    'allows_custom_name, show_type, position, "values", fetched_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
)


async def sync_categories(
    db: Database, marketplace: Marketplace, gateway: str, *, ctx: TaskContext, is_forced: bool = False
) -> int:
    """Read the tree level by level where the cached one is older than a week. Returns: categories of the tree.

    A branch read before a stop is not read again. Raises: MarketplaceError, TaskCancelled.
    """
    fresh_from = now_ms() if is_forced else now_ms() - KEPT_MS
    todo: list[tuple[str, str, str]] = [(ROOT, "", "")]
    while todo:
        ctx.checkpoint()
        parent_id, path_en, path_zh = todo.pop()
        children = await asyncio.to_thread(_cached_children, db, gateway, parent_id, fresh_from)
        if not children:
            read = await marketplace.category_children(parent_id)
            children = await asyncio.to_thread(_write_level, db, gateway, parent_id, path_en, path_zh, read)
        todo.extend((number, en, zh) for number, en, zh, is_leaf in children if not is_leaf)
        ctx.report(len(children), None, note="sync.categories")
    return await asyncio.to_thread(_finish, db, gateway, fresh_from)


def _cached_children(
    db: Database, gateway: str, parent_id: str, fresh_from_ms: int
) -> list[tuple[str, str, str, bool]]:
    with db.reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT category_id, path_en, path_zh, is_leaf FROM category "
            "WHERE gateway = ? AND parent_id = ? AND fetched_ms >= ?",
            (gateway, parent_id, fresh_from_ms),
        )
        return [(row[0], row[1], row[2], bool(row[3])) for row in rows]


def _write_level(
    db: Database, gateway: str, parent_id: str, path_en: str, path_zh: str, read: Sequence[RemoteCategory]
) -> list[tuple[str, str, str, bool]]:
    moment = now_ms()
    level = []
    rows = []
    for node in read:
        en = PATH_SEPARATOR.join(filter(None, (path_en, node.name_en or node.name_zh)))
        zh = PATH_SEPARATOR.join(filter(None, (path_zh, node.name_zh or node.name_en)))
        level.append((node.category_id, en, zh, node.is_leaf))
        rows.append(
            (
                gateway,
                node.category_id,
                parent_id,
                node.name_en or node.name_zh,
                node.name_zh or node.name_en,
                en,
                zh,
                node.level,
                int(node.is_leaf),
                moment,
            )
        )
    with db.bulk() as connection:
        if rows:
            connection.exec_driver_sql(_UPSERT, rows)
        _remove_others(connection, gateway, parent_id, {row[1] for row in rows})
    return level


def _remove_others(connection: Connection, gateway: str, parent_id: str, kept: Collection[str]) -> None:
    connection.exec_driver_sql(
        "DELETE FROM category WHERE gateway = ? AND parent_id = ? "
        "AND category_id NOT IN (SELECT value FROM json_each(?))",
        (gateway, parent_id, orjson.dumps(sorted(kept)).decode()),
    )


def _finish(db: Database, gateway: str, oldest_ms: int) -> int:
    """Drop what hangs on a branch that is gone, and count."""
    with db.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM category WHERE gateway = ? AND fetched_ms < ?", (gateway, oldest_ms))
        found = connection.exec_driver_sql("SELECT count(*) FROM category WHERE gateway = ?", (gateway,))
        return int(found.scalar_one())


async def ensure_attributes(
    db: Database, marketplace: Marketplace, gateway: str, category_ids: Iterable[str], *, is_forced: bool = False
) -> None:
    """Read the attributes of these leaves as far as they are not cached or older than a week.

    A leaf whose attributes the platform refuses stays without names; that is logged.
    Raises: MarketplaceError other than a refusal.
    """
    wanted = {category_id for category_id in category_ids if category_id.isdigit()}
    missing = wanted if is_forced else await asyncio.to_thread(_not_cached, db, gateway, wanted)
    for category_id in sorted(missing):
        try:
            attributes = await marketplace.category_attributes(category_id)
        except Refused as error:
            log.warning("no attributes of category %s: %s", category_id, error)
            continue
        await asyncio.to_thread(_write_attributes, db, gateway, category_id, attributes)


def _not_cached(db: Database, gateway: str, wanted: Collection[str]) -> set[str]:
    with db.reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT DISTINCT category_id FROM category_attribute WHERE gateway = ? AND fetched_ms >= ?",
            (gateway, now_ms() - KEPT_MS),
        )
        return set(wanted) - {row[0] for row in rows}


def _write_attributes(db: Database, gateway: str, category_id: str, attributes: Sequence[RemoteAttribute]) -> None:
    moment = now_ms()
    rows = [
        (
            gateway,
            category_id,
            attribute.attribute_id,
            attribute.name_en,
            attribute.name_zh,
            int(attribute.is_required),
            int(attribute.is_sku),
            int(attribute.allows_custom_name),
            attribute.show_type,
            attribute.order,
            orjson.dumps(
                [{"id": value.value_id, "en": value.name_en, "zh": value.name_zh} for value in attribute.values]
            ).decode(),
            moment,
        )
        for attribute in attributes
    ]
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "DELETE FROM category_attribute WHERE gateway = ? AND category_id = ?", (gateway, category_id)
        )
        if rows:
            connection.exec_driver_sql(_INSERT_ATTRIBUTE, rows)


def leaves_in_use(db: Database, gateway: str) -> list[str]:
    """Category ids of all listings of the stores of a gateway."""
    with db.reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT DISTINCT category_id FROM listing JOIN store ON store.id = store_id "
            "WHERE gateway = ? AND category_id <> ''",
            (gateway,),
        )
        return [row[0] for row in rows]


def all_leaves(db: Database, gateway: str) -> list[str]:
    """Every leaf of a gateway's tree: few on the practice market, thousands on a real one."""
    with db.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT category_id FROM category WHERE gateway = ? AND is_leaf", (gateway,))
        return [row[0] for row in rows]
