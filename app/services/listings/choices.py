"""What the Listings table can be narrowed to by name: its stores' templates and groups, the categories in use."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.db import Database
from app.services.listings.choice_names import FilterChoices
from app.services.listings.details import Choice
from app.services.listings.loading import id_list

_USED = "SELECT DISTINCT store_id, category_id, freight_template_id, group_id, import_run_id FROM listing{stores}"
_NAMES = (
    "SELECT store.id, category.category_id, category.name_{language} FROM store JOIN category USING (gateway) "
    "WHERE category.category_id IN (SELECT value FROM json_each(?))",
    "SELECT store_id, template_id, name FROM freight_template WHERE template_id IN (SELECT value FROM json_each(?))",
    "SELECT store_id, group_id, name FROM product_group WHERE group_id IN (SELECT value FROM json_each(?))",
)
"""Of categories, templates, groups: store, id, name. The parameter is the ids that are offered, as JSON."""
_OWN = (
    "",
    "SELECT store_id, template_id FROM freight_template{stores}",
    "SELECT store_id, group_id FROM product_group{stores}",
)
"""Store and id of what is offered although no listing has it: a group one has just made is looked into, too. There are
thousands of categories."""
_TAGS = (
    "SELECT DISTINCT tag FROM listing_tag{listings} ORDER BY tag",
    " JOIN listing ON listing.id = listing_id WHERE store_id IN ({ids})",
)
_MARKETING = "SELECT DISTINCT name FROM marketing_group{stores} ORDER BY name"
_SERVICES = (
    "SELECT template_id, max(name) FROM (SELECT store_id, template_id, name FROM service_template "
    "UNION SELECT store_id, service_template_id, '' FROM listing_origin WHERE service_template_id <> ''){stores} "
    "GROUP BY template_id"
)
"""Service templates of these stores, and others that listings of theirs have still, which have no name here."""
_STORES = "SELECT id, name FROM store ORDER BY name"
_RUNS = "SELECT id, file FROM import_run WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC LIMIT 50"


def filter_choices(db: Database, store_ids: Sequence[int], language: str) -> FilterChoices:
    """What listings of these stores (none: all) use or may be given. *language* decides the names of categories."""
    of_stores = f" WHERE store_id IN ({id_list(store_ids)})" if store_ids else ""
    with db.reader.connect() as connection:
        used = connection.exec_driver_sql(_USED.format(stores=of_stores)).all()
        categories, templates, groups = [
            _named(
                connection,
                sql.format(language="zh" if language == "zh" else "en"),
                {(row[0], row[at]) for row in used} | _pairs(connection, own.format(stores=of_stores)),
            )
            for at, (sql, own) in enumerate(zip(_NAMES, _OWN, strict=True), 1)
        ]
        runs = _as_json({row[4] for row in used if row[4] is not None})
        imports = tuple(Choice(str(id), str(file)) for id, file in connection.exec_driver_sql(_RUNS, (runs,)))
        stores = tuple(Choice(str(id), str(name)) for id, name in connection.exec_driver_sql(_STORES))
        of_tags = _TAGS[1].format(ids=id_list(store_ids)) if store_ids else ""
        tags = tuple(Choice(tag, tag) for (tag,) in connection.exec_driver_sql(_TAGS[0].format(listings=of_tags)))
        marketing = connection.exec_driver_sql(_MARKETING.format(stores=of_stores)).scalars()
        named = tuple(Choice(name, name) for name in marketing)
        services = connection.exec_driver_sql(_SERVICES.format(stores=of_stores)).all()
    chosen = tuple(sorted((Choice(id, name or id) for id, name in services), key=lambda choice: choice.name))
    return FilterChoices(categories, templates, groups, imports, stores, tags, named, chosen)


def _pairs(connection: Connection, sql: str) -> set[tuple[int, str]]:
    return {(row[0], row[1]) for row in connection.exec_driver_sql(sql)} if sql else set()


def _named(connection: Connection, sql: str, offered: set[tuple[int, str]]) -> tuple[Choice, ...]:
    """Ids of these stores, in the order of their names."""
    names = {id: "" for _, id in offered if id}
    for store_id, id, name in connection.exec_driver_sql(sql, (_as_json(names),)):
        if (store_id, id) in offered:
            names[id] = max(names[id], name or "")
    return tuple(sorted((Choice(id, name or id) for id, name in names.items()), key=lambda choice: choice.name))


def _as_json(values: Collection[Any]) -> str:
    return orjson.dumps(list(values)).decode()
