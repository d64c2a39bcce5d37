"""`list`: listings of a store with their variants."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.cli.counts import check_count
from app.cli.desk import Desk, price_text, table
from app.cli.outcome import Outcome
from app.cli.parser import Commands
from app.messages import tr

if TYPE_CHECKING:
    from app.services.paging import Query

SHOWN_LINES = 1_000
"""Listings a person is shown; `--json` gives all."""


def add_to(commands: Commands) -> None:
    """Add `list`."""
    parser = commands.add("list", list_listings)
    parser.add_argument("--store", required=True, metavar="NAME", help=tr("cli.help.store.name"))
    parser.add_argument("--where", default="", metavar="EXPR", help=tr("cli.help.where"))
    parser.add_argument("--limit", type=int, metavar="N", help=tr("cli.help.limit"))


def list_listings(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Listings in the order they were made, as many as asked for."""
    from app.services.listings.holds import read_holds
    from app.services.listings.loading import chunks, load_listings
    from app.services.listings.marketing.membership import names_of
    from app.services.listings.warehouse_kinds import kinds_of

    store = desk.store(options.store)
    ids = matching_ids(desk, store.id, options.where, options.limit)
    with desk.app.db.read() as session:
        names = _names(session, store.id, store.gateway, desk.language)
        connection = session.connection()
        groups = {id: name for some in chunks(ids) for id, name in names_of(connection, some).items()}
        kinds = {id: kind for some in chunks(ids) for id, kind in kinds_of(connection, some).items()}
        holds = read_holds(connection, ids)
        found = [
            _object(record, names)
            | {"marketing_group": groups.get(record.id, ""), "warehouse_kind": kinds.get(record.id, "")}
            | {"held": hold.reason if (hold := holds.get(record.id)) is not None else None}
            for record in load_listings(session, ids)
        ]
    rows = [
        (listing["key"] or listing["product_id"] or "–", tr(f"status.listing.{listing['status']}"), listing["title"])
        for listing in found[:SHOWN_LINES]
    ]
    lines = [*(table(rows) if rows else []), tr("cli.listings", n=len(found))]
    return Outcome({"listings": found}, lines)


def matching_ids(desk: Desk, store_id: int, where: str, limit: int | None = None) -> Sequence[int]:
    """Ids of a store's listings that the expression holds for, oldest first; `@name` is a filter saved in the window.

    Raises:
        NoSuchFilter: nothing is saved under that name.
        BadExpression, BadOperator, UnknownField, BadValue: see `app.services.listings.filters`.
        InputError: a limit below 1, or beyond any store.
    """
    from app.services.listings.source import ListingSource

    check_count("--limit", limit)
    found = ListingSource(desk.app.db).ids(replace(_asked(desk, store_id, where), sort="created"))
    return found if limit is None else found[:limit]


def matching_variants(desk: Desk, store_id: int, where: str) -> Sequence[int]:
    """Ids of the variants that the expression holds for. Raises: as `matching_ids`."""
    from app.services.listings.variant_source import VariantSource

    return VariantSource(desk.app.db).ids(_asked(desk, store_id, where))


def _asked(desk: Desk, store_id: int, where: str) -> Query:
    from app.services.kept_filters import MARK, KeptFilters
    from app.services.listings.figure_fields import OF_LISTINGS
    from app.services.listings.filters import filters_of
    from app.services.paging import Query
    from app.services.pricing.renewing import renew_figures
    from app.services.sql_conditions import fields_read

    if where.lstrip().startswith(MARK):
        words, filters = KeptFilters(desk.app.data_dir).get("listings", where.strip().removeprefix(MARK))
    else:
        words, filters = "", filters_of(desk.app.db, where, (store_id,), desk.language)
    if any(fields_read(one) & OF_LISTINGS.keys() for one in filters):
        renew_figures(desk.app.db)
    return Query(text=words, filters=filters, store_ids=(store_id,))


class _Names:
    """What ids of categories and templates are called."""

    def __init__(
        self, categories: dict[str, str], templates: dict[str, str], groups: dict[str, str], services: dict[str, str]
    ) -> None:
        self.categories, self.templates, self.groups, self.services = categories, templates, groups, services


def _names(session: Any, store_id: int, gateway: str, language: str) -> _Names:
    connection = session.connection()
    path = "path_zh" if language == "zh" else "path_en"

    def pairs(sql: str, *params: Any) -> dict[str, str]:
        return {row[0]: row[1] for row in connection.exec_driver_sql(sql, params)}

    return _Names(
        pairs(f"SELECT category_id, {path} FROM category WHERE gateway = ?", gateway),
        pairs("SELECT template_id, name FROM freight_template WHERE store_id = ?", store_id),
        pairs("SELECT group_id, name FROM product_group WHERE store_id = ?", store_id),
        pairs("SELECT template_id, name FROM service_template WHERE store_id = ?", store_id),
    )


def _object(record: Any, names: _Names) -> dict[str, Any]:
    return {
        "id": record.id,
        "key": record.product_key,
        "product_id": record.product_id,
        "title": record.title,
        "status": str(record.status),
        "off_reason": record.off_reason,
        "category": record.category_id,
        "category_name": names.categories.get(record.category_id, ""),
        "freight_template": record.freight_template_id,
        "freight_template_name": names.templates.get(record.freight_template_id, ""),
        "service_template": record.service_template_id,
        "service_template_name": names.services.get(record.service_template_id, ""),
        "group": record.group_id,
        "group_name": names.groups.get(record.group_id, ""),
        "currency": record.currency,
        "regional_prices": _regional(record.regional_prices),
        "changed": record.is_changed_since_publish,
        "error": record.error_code,
        "images": record.images,
        "skus": [_sku(sku) for sku in record.skus],
    }


def _regional(stored: dict[str, Any] | None) -> dict[str, Any] | None:
    """Prices by country: type and values, money as decimal text; None where the platform's own are not known."""
    from app.services.amounts import money_text
    from app.services.regional_prices import ABSOLUTE, PERCENTAGE, RegionalPrices

    if not stored:
        return stored
    prices = RegionalPrices.of(stored)
    if prices.kind == PERCENTAGE:
        return stored
    if prices.kind != ABSOLUTE:
        return {"type": prices.kind, "countries": {code: money_text(step) for code, step in prices.steps.items()}}
    of = {code: {sku: money_text(price) for sku, price in own.items()} for code, own in prices.prices.items()}
    return {"type": prices.kind, "countries": of}


def _sku(sku: Any) -> dict[str, Any]:
    return {
        "code": sku.code,
        "price": price_text(sku.price_minor),
        "stock": sku.stock,
        "properties": {part.get("name", ""): part.get("value", "") for part in sku.properties},
        "ships_from": sku.ships_from,
        "barcode": sku.barcode,
    }
