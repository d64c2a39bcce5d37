"""The live listings and drafts that a company table hits, in all stores, bundles and virtual codes included.

Nothing of it is stored: what the tables say and what the listings hold is looked at anew each time, through indexes,
so that a hit that was dealt with is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
from sqlalchemy import Connection

from app.models import ListingStatus
from app.services.amounts import decimal_text
from app.services.codes.reading import Reader
from app.services.company_tables.kinds import VERDICT_KINDS, TableKind
from app.services.company_tables.verdicts import verdicts_in_force
from app.services.db import Database
from app.services.listings.delisting.finding import Hit as FoundVariant
from app.services.listings.delisting.finding import find_variants
from app.services.tasks import TaskContext
from app.services.upgrade import open_database

UNKNOWN = "unknown"
_STORES = "SELECT id, CASE alias WHEN '' THEN name ELSE alias END FROM store"
_ATTRIBUTES = "SELECT DISTINCT attributes FROM stock_item WHERE attributes IS NOT NULL"
_WITH = "SELECT code FROM stock_item WHERE attributes = ?"
_CHANGED = """
SELECT json_extract(value, '$[0]'), json_extract(value, '$[2]'), json_extract(value, '$[3]')
FROM change_rows, json_each(before) WHERE table_name = 'stock_item' AND change_id = (
  SELECT max(id) FROM change WHERE kind = 'table' AND undone_ms IS NULL
  AND json_extract(params, '$.kind') = 'product_table')
"""
_HELD = "SELECT listing_id FROM listing_hold JOIN listing ON listing.id = listing_id WHERE product_id IS NULL"
_NOW = "SELECT code, cost_micro, weight_mg FROM stock_item WHERE code IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class TableHit:
    """A variant that a table concerns; of a word a whole listing, with `sku_id` 0 and no `code`.

    Attributes:
        because: the stock item, goods or word of the table.
        severity: block, hold, warn, or unknown where the comparison lacks something, such as an exchange rate.
        reason: what the table says: its own text, or the name of a sentence `tables.reason.<name>` in `reason_key`.
        params: placeholders of that sentence.
        price_minor, currency: the variant's list price.
        floor_price_minor: the lowest list price that keeps the floor; None of other tables or where it is unknown.
        is_held: a person holds its listing, which was never on sale: nothing of it is sent.
        is_open: it is still sold or about to be: has stock, and its listing is neither off sale nor held.
    """

    kind: TableKind
    sku_id: int
    listing_id: int
    store_id: int
    store: str
    title: str
    status: str
    code: str
    stock: int | None
    because: str
    severity: str
    reason: str = ""
    reason_key: str = ""
    params: Mapping[str, str] | None = None
    price_minor: int | None = None
    currency: str = ""
    floor_price_minor: int | None = None
    is_doubtful: bool = False
    is_held: bool = False

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.stock != 0 and self.status != ListingStatus.OFF and not self.is_held


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of goods: severity and reason of each hit on them."""

    severity: str
    reason: str = ""
    reason_key: str = ""
    params: Mapping[str, str] | None = None


def table_hits(db: Database, kind: TableKind, ctx: TaskContext | None = None) -> list[TableHit]:
    """Everything the newest table of *kind* hits, by store and listing.

    Raises:
        TaskCancelled.
    """
    from app.services.company_tables.floor_hits import floor_hits
    from app.services.company_tables.word_hits import word_hits

    ctx = ctx or TaskContext()
    with db.reader.connect() as connection:
        stores = {row[0]: row[1] for row in connection.exec_driver_sql(_STORES)}
        if kind is TableKind.FLOORS:
            found = list(floor_hits(connection, stores, ctx))
        else:
            found = list(_holding(connection, kind, _said(connection, kind), stores, ctx))
        if kind is TableKind.FORBIDDEN:
            found += word_hits(connection, stores, ctx)
        held = frozenset(connection.exec_driver_sql(_HELD).scalars())
    found = [replace(hit, is_held=True) if hit.listing_id in held else hit for hit in found]
    return sorted(found, key=lambda hit: (not hit.is_open, hit.store_id, hit.listing_id, hit.sku_id))


def hit_counts(db: Database, ctx: TaskContext | None = None) -> dict[TableKind, int]:
    """Listings with an open hit, by table."""
    return {kind: len({hit.listing_id for hit in table_hits(db, kind, ctx) if hit.is_open}) for kind in TableKind}


def counts_in_worker(database: Path, *, ctx: TaskContext) -> dict[TableKind, int]:
    """As `hit_counts`, in the worker process."""
    db = open_database(database)
    try:
        return hit_counts(db, ctx)
    finally:
        db.dispose()


def hits_in_worker(database: Path, kind: TableKind, *, ctx: TaskContext) -> list[TableHit]:
    """As `table_hits`, in the worker process."""
    db = open_database(database)
    try:
        return table_hits(db, kind, ctx)
    finally:
        db.dispose()


def _said(connection: Connection, kind: TableKind) -> dict[str, Said]:
    """What a table says of goods, by their code."""
    if kind in VERDICT_KINDS:
        in_force = verdicts_in_force(connection).values()
        return {one.key: Said(one.severity, one.reason) for one in in_force if one.kind is kind}
    return _changed_items(connection) if kind is TableKind.PRODUCTS else _stranded_items(connection)


def _holding(
    connection: Connection, kind: TableKind, said: Mapping[str, Said], stores: Mapping[int, str], ctx: TaskContext
) -> Iterator[TableHit]:
    """Variants that hold the goods something is said of."""
    reader = Reader()
    codes = {code: reading for code in said if not (reading := reader.read(code)).error}
    for found in find_variants(connection, codes, None, ctx) if codes else ():
        if found.because:
            yield hit_of(kind, found, stores, said[found.because])


def hit_of(kind: TableKind, found: FoundVariant, stores: Mapping[int, str], said: Said) -> TableHit:
    """A variant that was found, as a hit."""
    return TableHit(
        kind=kind,
        sku_id=found.sku_id,
        listing_id=found.listing_id,
        store_id=found.store_id,
        store=stores[found.store_id],
        title=found.title,
        status=found.status,
        code=found.code,
        stock=found.stock,
        because=found.because,
        severity=said.severity,
        reason=said.reason,
        reason_key=said.reason_key,
        params=said.params,
        price_minor=found.price_minor,
        currency=found.currency,
        is_doubtful=found.is_doubtful,
    )


def _changed_items(connection: Connection) -> dict[str, Said]:
    """Stock items whose cost or weight the newest product table changed, or which it does not name any more."""
    before = {code: (cost, weight) for code, cost, weight in connection.exec_driver_sql(_CHANGED)}
    asked = orjson.dumps(list(before)).decode()
    now = {code: (cost, weight) for code, cost, weight in connection.exec_driver_sql(_NOW, (asked,))}
    found: dict[str, Said] = {}
    for code, old in before.items():
        if code not in now:
            found[code] = Said("hold", reason_key="gone")
        elif now[code][0] != old[0]:
            found[code] = Said("warn", reason_key="cost", params=_two(old[0], now[code][0], 1_000_000))
        elif now[code][1] != old[1]:
            found[code] = Said("warn", reason_key="weight", params=_two(old[1], now[code][1], 1_000))
    return found


def _two(old: int | None, new: int | None, unit: int) -> dict[str, str]:
    return {name: decimal_text(value, unit) or "–" for name, value in (("old", old), ("new", new))}


def _stranded_items(connection: Connection) -> dict[str, Said]:
    """Stock items that no channel of the table may carry, with all their attributes taken together."""
    rules: dict[str, dict[str, bool]] = {}
    for attribute, channel, is_allowed in connection.exec_driver_sql(
        "SELECT attribute, channel, is_allowed FROM channel_rule"
    ):
        rules.setdefault(attribute, {})[channel] = bool(is_allowed)
    channels = {channel for own in rules.values() for channel in own}
    found: dict[str, Said] = {}
    for stored in connection.exec_driver_sql(_ATTRIBUTES).scalars().all() if rules else ():
        attributes = orjson.loads(stored)
        if not attributes or any(_carries(rules, attributes, channel) for channel in channels):
            continue
        said = Said("hold", reason_key="no_channel", params={"attributes": ", ".join(attributes)})
        found.update(dict.fromkeys(connection.exec_driver_sql(_WITH, (stored,)).scalars(), said))
    return found


def _carries(rules: Mapping[str, Mapping[str, bool]], attributes: list[str], channel: str) -> bool:
    """Whether *channel* may carry goods with all these attributes; a table that says nothing of one does not allow."""
    return all(rules.get(attribute, {}).get(channel, False) for attribute in attributes)
