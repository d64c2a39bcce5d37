"""Reading whole listings: few queries for many listings, plain records out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson

from app.services.errors import NotFound
from app.services.listings.records import LISTING_FIELDS, ListingRecord, SkuRecord
from app.services.listings.tables import BODY, WITH_BODY

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

CHUNK = 500
"""Ids in one IN list."""

_LISTING_COLUMNS = (
    "id, store_id, product_key, product_id, status, off_reason, title, keywords, category_id, freight_template_id, "
    "group_id, unit, lot_size, handling_days, weight_g, length_cm, width_cm, height_cm, currency, detail_html, "
    "attributes, extra, regional_prices"
)
_SKU_COLUMNS = "listing_id, id, code, price_minor, stock, properties, barcode, ships_from, match_key"
_SERVICE_TEMPLATES = "SELECT listing_id, service_template_id FROM listing_origin WHERE service_template_id <> ''"
PACKED = frozenset({"attributes", "extra", "regional_prices"})
"""Fields of a listing that are kept as JSON."""
_LATE_COLUMNS = "content_hash, sent_hash, error_code, error_text, error_field, updated_ms"


def chunks(ids: Iterable[int], size: int = CHUNK) -> Iterator[list[int]]:
    """*ids* in lists of at most *size*."""
    iterator = iter(ids)
    while chunk := list(islice(iterator, size)):
        yield chunk


def id_list(ids: Sequence[int]) -> str:
    """Ids as the inside of an SQL IN list. Numbers only: `int` refuses everything else."""
    return ",".join(str(int(number)) for number in ids)


def load_listings(
    session: Session | Connection, ids: Iterable[int], *, with_remote: bool = False, with_skus: bool = True
) -> list[ListingRecord]:
    """The listings of *ids* in that order with SKUs and images; missing ones are left out.

    `remote` (the platform's raw record, large) is read only on request, the SKUs unless they are not wanted.
    """
    found: list[ListingRecord] = []
    for chunk in chunks(ids):
        records = _load_chunk(session, chunk, with_remote=with_remote, with_skus=with_skus)
        found.extend(records[number] for number in chunk if number in records)
    return found


def load_fields(connection: Connection, ids: Sequence[int], fields: Set[str]) -> list[ListingRecord]:
    """The listings of *ids* in the order of their ids, with nothing but `product_id`, the hash and *fields* of
    `LISTING_FIELDS`: what an edit of texts needs of very many. The rest stands as in a new record."""
    names = [name for name in LISTING_FIELDS if name in fields]
    packed = [place for place, name in enumerate(names) if name in PACKED]
    listed = "".join(f", {name}" for name in names)
    table = "listing" if fields.isdisjoint(BODY) else WITH_BODY
    rows = connection.exec_driver_sql(
        f"SELECT id, store_id, product_id, content_hash{listed} FROM {table} WHERE id IN ({id_list(ids)}) ORDER BY id"
    ).all()
    found = []
    for number, store_id, product_id, content_hash, *values in rows:
        for place in packed:
            values[place] = None if values[place] is None else orjson.loads(values[place])
        record = ListingRecord(number, store_id, product_id=product_id, **dict(zip(names, values, strict=True)))
        record.content_hash = content_hash
        found.append(record)
    return found


def load_listing(session: Session | Connection, listing_id: int) -> ListingRecord:
    """One listing.

    Raises:
        NotFound: no listing has this id.
    """
    records = load_listings(session, [listing_id], with_remote=True)
    if not records:
        raise NotFound(noun="listing", name=str(listing_id))
    return records[0]


def _load_chunk(
    session: Session | Connection, ids: list[int], *, with_remote: bool, with_skus: bool
) -> dict[int, ListingRecord]:
    inside = id_list(ids)
    remote = ", remote" if with_remote else ""
    rows = _found(
        session, f"SELECT {_LISTING_COLUMNS}, {_LATE_COLUMNS}{remote} FROM {WITH_BODY} WHERE id IN ({inside})"
    )
    records: dict[int, ListingRecord] = {}
    for row in rows:
        record = records[row[0]] = ListingRecord(*row[:20])
        record.attributes, record.extra = orjson.loads(row[20]), orjson.loads(row[21])
        record.regional_prices = None if row[22] is None else orjson.loads(row[22])
        record.content_hash, record.sent_hash = row[23], row[24]
        record.error_code, record.error_text, record.error_field = row[25], row[26], row[27]
        record.updated_ms = row[28]
        if with_remote and row[29] is not None:
            record.remote = orjson.loads(row[29])
    if with_skus:
        _load_skus(session, inside, records)
    images = f"SELECT listing_id, source FROM image WHERE listing_id IN ({inside}) ORDER BY listing_id, position"
    for listing_id, source in _found(session, images):
        records[listing_id].images.append(source)
    for listing_id, template_id in _found(session, f"{_SERVICE_TEMPLATES} AND listing_id IN ({inside})"):
        if listing_id in records:
            records[listing_id].service_template_id = template_id
    return records


def _found(session: Session | Connection, sql: str) -> Sequence[Any]:
    # Imported late: the window's first rows are read without SQLAlchemy.
    from sqlalchemy import text

    return session.execute(text(sql)).all()


def _load_skus(session: Session | Connection, inside: str, records: dict[int, ListingRecord]) -> None:
    skus = f"SELECT {_SKU_COLUMNS} FROM sku WHERE listing_id IN ({inside}) ORDER BY listing_id, position"
    for listing_id, number, code, price, stock, properties, barcode, ships_from, key in _found(session, skus):
        sku = SkuRecord(number, code, price, stock, orjson.loads(properties), barcode, ships_from, key)
        records[listing_id].skus.append(sku)
