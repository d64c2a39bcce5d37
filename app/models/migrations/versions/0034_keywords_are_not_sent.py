"""Keywords are no part of what is sent: the platform takes none, so a listing with others is not changed for it.

The first half of a content hash was made with them. Hashes of listings with keywords become what they are without;
those that were equal are equal afterwards: what the marketplace has counts as sent, what the last sync noted as read,
and what the queue has checked as checked. Where they differed the marketplace has something we cannot hash any more;
they still differ.

Revision: 0034
"""

from __future__ import annotations

from hashlib import blake2b

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

AT_ONCE = 2_000
HALF = 16
OWN = (
    "title, '', category_id, freight_template_id, group_id, unit, lot_size, handling_days, weight_g, length_cm, "
    "width_cm, height_cm, currency, detail_html"
)
KEPT = (
    ("publish_task", "content_hash", "listing_id"),
    ("listing_synced", "our_hash", "id"),
    ("listing_synced", "said_hash", "id"),
    ("sent_price", "our_hash", "listing_id"),
    ("listing", "sent_hash", "id"),
    ("listing", "content_hash", "id"),
)
"""Where a hash of a listing stands: table, column, and the column with the listing's id."""


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    last = 0
    page = "SELECT id FROM listing_body WHERE id > ? AND keywords <> '' ORDER BY id LIMIT ?"
    while ids := [row[0] for row in run(page, (last, AT_ONCE))]:
        rows = _halves(op.get_bind(), orjson.dumps(ids).decode())
        for table, column, key in KEPT:
            run(
                f"UPDATE {table} SET {column} = ? || substr({column}, {HALF + 1}) "
                f"WHERE {key} = ? AND substr({column}, 1, {HALF}) = ?",
                rows,
            )
        last = ids[-1]


def _halves(connection: sa.Connection, ids: str) -> list[tuple[str, int, str]]:
    """The first half without keywords, id and the first half as it is, of each listing."""
    run = connection.exec_driver_sql
    inside = "IN (SELECT value FROM json_each(?))"
    skus: dict[int, list[tuple]] = {}
    for number, code, parts, barcode, ships_from in run(
        "SELECT listing_id, code, properties, barcode, ships_from FROM sku "
        f"WHERE listing_id {inside} ORDER BY listing_id, position",
        (ids,),
    ):
        skus.setdefault(number, []).append((code, orjson.loads(parts), barcode, ships_from))
    images: dict[int, list[str]] = {}
    for number, source in run(
        f"SELECT listing_id, source FROM image WHERE listing_id {inside} ORDER BY listing_id, position", (ids,)
    ):
        images.setdefault(number, []).append(source)
    rows = []
    for number, old, attributes, regional, *own in run(
        f"SELECT id, content_hash, attributes, regional_prices, {OWN} "
        f"FROM listing JOIN listing_body USING (id) WHERE id {inside}",
        (ids,),
    ):
        wire = (*own, orjson.loads(attributes), skus.get(number, []), images.get(number, []))
        hashed = blake2b(orjson.dumps((*wire, *_by_country(regional))), digest_size=HALF // 2).hexdigest()
        rows.append((hashed, number, old[:HALF]))
    return rows


def _by_country(stored: str | None) -> tuple:
    """What prices by country add: country, code and value in order, and their type; nothing without any."""
    prices = orjson.loads(stored or "{}")
    if not prices:
        return ()
    countries = sorted(prices["countries"].items())
    if prices["type"] == "absolute":
        each = [(country, code, price) for country, codes in countries for code, price in sorted(codes.items())]
    else:
        each = [(country, "", step) for country, step in countries]
    return each, prices["type"]
