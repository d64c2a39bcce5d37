"""Overseas variants for listings: their variants as plain ones, and the merged ones as one undoable change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection

from app.models import ListingStatus, StoreAccess, WarehouseKind
from app.services.compliance import CheckContext, load_context
from app.services.compliance.checker import findings_of
from app.services.compliance.lengths import known_sides
from app.services.compliance.recheck import recheck
from app.services.compliance.ships_from import ShipsFrom, ships_from
from app.services.db import Database
from app.services.history.records import ChangeRecord
from app.services.listings.costs import cost_micro, told_cost
from app.services.listings.editing import ListingEdit, record_edits
from app.services.listings.loading import chunks, id_list, load_listings
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.packages.rules import package_rules
from app.services.pricing.rates import USD
from app.services.tasks import TaskContext
from app.services.warehouses.countries import countries
from app.services.warehouses.overseas.building import CURRENCY, Product
from app.services.warehouses.overseas.listing_margins import freight_template
from app.services.warehouses.overseas.options import BuildOptions
from app.services.warehouses.overseas.records import ELSEWHERE, Entry, Finding, Own, Severity, Source
from app.services.warehouses.overseas.running import Built

LABEL = "change.overseas"
INCH = ".inch"
"""The checker's rules about inches where centimetres are meant end so."""
LOCKED, FOREIGN, MOVED = "locked", "foreign", "moved"
"""Why a listing is left out: it is being sent, its store can only be read, it was changed since it was looked at."""
Part = dict[str, str]


@dataclass(frozen=True, slots=True)
class ListingsBuilt:
    """What came of a build on listings: the change (None where nothing differed), by listing why it was left out."""

    change: ChangeRecord | None
    listings: int
    left_out: dict[int, str]


def listing_products(
    db: Database, listing_ids: Sequence[int], ctx: TaskContext
) -> tuple[list[Product], dict[int, str]]:
    """The listings as products, and the hash of what each was when it was read.

    Raises:
        TaskCancelled: stopped.
    """
    table, found, hashes = ships_from(), list[Product](), dict[int, str]()
    contexts: dict[int, CheckContext] = {}
    with db.read() as session:
        for done, chunk in enumerate(chunks(listing_ids)):
            ctx.checkpoint()
            ctx.report(done * len(chunk), len(listing_ids), note="overseas.reading")
            for record in load_listings(session, chunk):
                name = record.title or record.product_key or record.product_id or str(record.id)
                problem = "" if record.currency == USD else CURRENCY
                if record.store_id not in contexts:
                    contexts[record.store_id] = load_context(session, record.store_id)
                remarks = tuple(_unit_remarks(record, contexts[record.store_id]))
                found.append(Product(record.id, name, list(_owns(record, table)), problem, remarks))
                hashes[record.id] = record.content_hash
    return found, hashes


def only_store(db: Database, listing_ids: Sequence[int]) -> int | None:
    """The store of all these listings, None where there are several: its way of writing codes is known."""
    found: set[int] = set()
    with db.reader.connect() as connection:
        for chunk in chunks(listing_ids):
            sql = f"SELECT DISTINCT store_id FROM listing WHERE id IN ({id_list(chunk)})"
            found.update(connection.exec_driver_sql(sql).scalars())
    return found.pop() if len(found) == 1 else None


def _unit_remarks(record: ListingRecord, context: CheckContext) -> Iterator[Finding]:
    """A unit that should be put right before publishing (domain.md 3.3 step 10), as the checker finds it."""
    for is_fine, rules in context.plan:
        wanted = [rule for rule in rules if rule.code.endswith(INCH)]
        if wanted and not is_fine(record, context):
            for rule in wanted:
                if findings_of(rule, record, context):
                    yield Finding("unit", Severity.WARN, detail=rule.code)


def _owns(record: ListingRecord, table: ShipsFrom) -> Iterator[Own]:
    told = told_cost(orjson.dumps(record.extra).decode())
    weight_g, sides = record.weight_g or None, known_sides((record.length_cm, record.width_cm, record.height_cm))
    for place, sku in enumerate(record.skus):
        is_named = bool(sku.ships_from) or any(table.is_ships_from(part) for part in sku.properties)
        country = table.country_of(sku) or (ELSEWHERE if is_named else "")
        properties = {_key(part, table): _value(part) for part in sku.properties}
        cost = cost_micro(told, place)
        yield Own(sku.code, sku.price_minor, sku.stock, properties, country, cost, weight_g, tuple(sides))


def _key(part: Part, table: ShipsFrom) -> str:
    if table.is_ships_from(part):
        return table.property_id
    return part.get("name_id") or part.get("name", "").casefold()


def _value(part: Part) -> str:
    return part.get("value_id") or part.get("value", "")


def apply_to_listings(db: Database, built: Built, hashes: Mapping[int, str], ctx: TaskContext) -> ListingsBuilt:
    """Store the merged variants with handling time and freight template of the warehouse template: all listings that
    are still as they were looked at, in one transaction, as one change.

    Raises:
        BadVirtualCode: a new code was given to other goods meanwhile; nothing was written.
        TaskCancelled: stopped; nothing was written.
    """
    products = {product.number: product for product in built.build.changed}
    with db.bulk() as connection:
        left_out = _left_out(connection, products, hashes)
        wanted = [number for number in products if number not in left_out]
        built.book.keep(connection)
        edits: list[ListingEdit] = []
        for chunk in chunks(wanted):
            ctx.checkpoint()
            edits += [_edit(record, products[record.id], built) for record in load_listings(connection, chunk)]
        params = {"n": len(edits), "countries": ", ".join(built.build.countries)}
        source = built.options.sheet.name if built.options.sheet is not None else ""
        change = record_edits(connection, edits, label=LABEL, params=params, source=source, ctx=ctx)
    if change is not None:
        recheck(db, wanted)
    return ListingsBuilt(change, change.listing_count if change is not None else 0, left_out)


def _left_out(connection: Connection, products: Mapping[int, Product], hashes: Mapping[int, str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in chunks(list(products)):
        for number, status, access, content in connection.exec_driver_sql(
            "SELECT listing.id, listing.status, store.access, content_hash FROM listing "
            f"JOIN store ON store.id = listing.store_id WHERE listing.id IN ({id_list(chunk)})"
        ):
            if access != StoreAccess.OPERATE:
                found[number] = FOREIGN
            elif status == ListingStatus.SENDING:
                found[number] = LOCKED
            elif content != hashes.get(number):
                found[number] = MOVED
            else:
                found[number] = ""
    return {number: found.get(number, MOVED) for number in products if found.get(number, MOVED)}


def _edit(record: ListingRecord, product: Product, built: Built) -> ListingEdit:
    """What changes in one listing."""
    merged, skus = product.merged, {}
    new: list[SkuRecord] = []
    for entry in merged.entries:
        place = entry.was if entry.is_added else entry.own
        before = None if place is None else record.skus[place]
        made = _sku(record.skus[entry.own], before, entry, merged.keys, built.value_ids)
        if place is None:
            new.append(replace(made, id=None))
        else:
            names = ("code", "price_minor", "stock", "properties", "ships_from")
            skus[record.skus[place].id or 0] = {name: getattr(made, name) for name in names}
    return ListingEdit(
        record.id,
        fields=_fields(record, built.options) if merged.added else {},
        skus=skus,
        new_skus=tuple(new),
        is_complete=False,
        removed_skus=tuple(record.skus[at].id or 0 for at in merged.removed),
        sku_order=tuple(entry.code for entry in merged.entries),
        warehouse_kind=_kind(built.options) if merged.added else None,
    )


def _kind(options: BuildOptions) -> WarehouseKind:
    """Goods that are added from abroad leave China, unless the warehouse template says that they lie there."""
    is_real = options.template is not None and not options.template.is_virtual
    return WarehouseKind.REAL if is_real else WarehouseKind.VIRTUAL


def _fields(record: ListingRecord, options: BuildOptions) -> dict[str, Any]:
    """Handling time and freight template, as far as the warehouse template says them."""
    template = options.template
    if template is None:
        return {}
    found: dict[str, Any] = {}
    if template.handling_days is not None:
        found["handling_days"] = template.handling_days
    if any(one.store_id == record.store_id for one in template.freight):
        found["freight_template_id"] = freight_template(record, template)
    return found


def _sku(
    own: SkuRecord, before: SkuRecord | None, entry: Entry, keys: Sequence[str], value_ids: Mapping[str, str]
) -> SkuRecord:
    """The variant of an entry: a copy of the one it stems from, with everything in it; its Ships From is spelled as the
    variant did that it takes the place of."""
    table, rules = ships_from(), countries()
    parts = {_key(part, table): part for part in own.properties}
    if entry.is_added or rules.property_id not in parts:
        made_part = _ships_from_part(entry.country, value_ids)
        old = [part for part in (before.properties if before is not None else ()) if table.is_ships_from(part)]
        is_same = old and old[0].get("value_id") == made_part["value_id"]
        parts[rules.property_id] = old[0] if is_same else made_part
    made = replace(own, properties=[parts[key] for key in keys])
    if entry.source is Source.REAL:
        return made
    made.ships_from = entry.country
    made.code = entry.code
    if entry.price_minor is not None:
        made.price_minor = entry.price_minor
    if entry.stock is not None:
        made.stock = entry.stock
    return made


def _ships_from_part(country: str, value_ids: Mapping[str, str]) -> Part:
    rules = countries()
    return {
        "name": package_rules().property_names[rules.property_id],
        "value": rules.name(country, "en"),
        "name_id": rules.property_id,
        "value_id": value_ids.get(country) or rules.dispatch[country].value_ids[0],
        "image": "",
    }
