"""A store's freight templates with their settings, and its product groups: short lists, one transaction each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import orjson
from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.db import Database
from app.services.marketplace.port import Marketplace, RemoteFreightTemplate, RemoteGroup
from app.services.tasks import TaskContext

_UPSERT_TEMPLATE = (
    "INSERT INTO freight_template (store_id, template_id, name, is_default, services, synced_ms) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (store_id, template_id) DO UPDATE SET name = excluded.name, "
    "is_default = excluded.is_default, services = coalesce(excluded.services, services), "
    "synced_ms = excluded.synced_ms"
)
_UPSERT_GROUP = (
    "INSERT INTO product_group (store_id, group_id, parent_id, name, synced_ms) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (store_id, group_id) DO UPDATE SET parent_id = excluded.parent_id, name = excluded.name, "
    "synced_ms = excluded.synced_ms"
)


async def sync_freight_templates(db: Database, marketplace: Marketplace, store_id: int, *, ctx: TaskContext) -> int:
    """Read all templates with their settings; those the platform has no more go. Returns: how many there are."""
    listed = await marketplace.freight_templates()
    templates: list[RemoteFreightTemplate] = []
    for number, template in enumerate(listed):
        ctx.checkpoint()
        ctx.report(number, len(listed), note="sync.freight")
        templates.append(await marketplace.freight_template(template.template_id))
    is_default = {template.template_id: template.is_default for template in listed}
    await asyncio.to_thread(_write_templates, db, store_id, templates, is_default)
    return len(templates)


def _write_templates(
    db: Database, store_id: int, templates: Sequence[RemoteFreightTemplate], is_default: dict[str, bool]
) -> None:
    moment = now_ms()
    rows = [
        (
            store_id,
            template.template_id,
            template.name,
            int(is_default.get(template.template_id, template.is_default)),
            None if template.services is None else orjson.dumps(template.services).decode(),
            moment,
        )
        for template in templates
    ]
    with db.bulk() as connection:
        if rows:
            connection.exec_driver_sql(_UPSERT_TEMPLATE, rows)
        _remove_others(connection, "freight_template", "template_id", store_id, [row[1] for row in rows])


async def sync_groups(db: Database, marketplace: Marketplace, store_id: int, *, ctx: TaskContext) -> int:
    """Read all product groups; those the platform has no more go. Returns: how many there are."""
    ctx.checkpoint()
    groups = await marketplace.product_groups()
    await asyncio.to_thread(_write_groups, db, store_id, groups)
    ctx.report(len(groups), len(groups), note="sync.groups")
    return len(groups)


def _write_groups(db: Database, store_id: int, groups: Sequence[RemoteGroup]) -> None:
    moment = now_ms()
    rows = [(store_id, group.group_id, group.parent_id, group.name, moment) for group in groups]
    with db.bulk() as connection:
        if rows:
            connection.exec_driver_sql(_UPSERT_GROUP, rows)
        _remove_others(connection, "product_group", "group_id", store_id, [row[1] for row in rows])


def _remove_others(connection: Connection, table: str, column: str, store_id: int, kept: Sequence[str]) -> None:
    connection.exec_driver_sql(
        f"DELETE FROM {table} WHERE store_id = ? AND {column} NOT IN (SELECT value FROM json_each(?))",
        (store_id, orjson.dumps(list(kept)).decode()),
    )
