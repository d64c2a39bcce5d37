"""Bulk edits: before-images of whole columns, and content hashes in two halves.

The second half of a hash covers prices and stocks alone, so that a bulk edit renews it in SQL. Hashes that were equal
before are equal afterwards: what the marketplace has counts as sent under the new hash as well, and so does what the
queue has checked. Where they differed the marketplace has something we cannot hash any more; they still differ.

Revision: 0011
"""

from __future__ import annotations

from hashlib import blake2b

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

AT_ONCE = 2_000
OWN = (
    "title, keywords, category_id, freight_template_id, group_id, unit, lot_size, handling_days, weight_g, length_cm, "
    "width_cm, height_cm, currency, detail_html"
)


def upgrade() -> None:
    op.create_table(
        "change_column",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("first_listing_id", sa.Integer(), nullable=False),
        sa.Column("last_listing_id", sa.Integer(), nullable=False),
        sa.Column("row_ids", sa.JSON(), nullable=False),
        sa.Column("listing_ids", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["change.id"], name="fk_change_column_change_id_change", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_change_column"),
    )
    op.create_index("ix_change_column_change_id", "change_column", ["change_id"], unique=False)
    _hash_in_halves(op.get_bind())


def _hash_in_halves(connection: sa.Connection) -> None:
    run = connection.exec_driver_sql
    last = 0
    while True:
        page = "SELECT id FROM listing WHERE id > ? ORDER BY id LIMIT ?"
        ids = [row[0] for row in run(page, (last, AT_ONCE))]
        if not ids:
            return
        between = (ids[0], ids[-1])
        skus: dict[int, list[tuple]] = {number: [] for number in ids}
        images: dict[int, list[str]] = {number: [] for number in ids}
        for listing_id, *sku in run(
            "SELECT listing_id, price_minor, stock, code, properties, barcode, ships_from FROM sku "
            "WHERE listing_id BETWEEN ? AND ? ORDER BY listing_id, position",
            between,
        ):
            skus[listing_id].append(tuple(sku))
        for listing_id, source in run(
            "SELECT listing_id, source FROM image WHERE listing_id BETWEEN ? AND ? ORDER BY listing_id, position",
            between,
        ):
            images[listing_id].append(source)
        rows = []
        for number, old, attributes, *own in run(
            f"SELECT id, content_hash, attributes, {OWN} FROM listing WHERE id BETWEEN ? AND ?", between
        ):
            variants = [(code, orjson.loads(parts), *rest) for _, _, code, parts, *rest in skus[number]]
            wire = orjson.dumps((*own, orjson.loads(attributes), variants, images[number]))
            numbers = ";".join(f"{_shown(price)},{_shown(stock)}" for price, stock, *_ in skus[number])
            rows.append((_half(wire) + _half(numbers.encode()), number, old))
        run("UPDATE publish_task SET content_hash = ? WHERE listing_id = ? AND content_hash = ?", rows)
        run(
            "UPDATE listing SET sent_hash = CASE WHEN sent_hash = content_hash THEN ?1 ELSE sent_hash END, "
            "content_hash = ?1 WHERE id = ?2 AND content_hash = ?3",
            rows,
        )
        last = ids[-1]


def _half(data: bytes) -> str:
    return blake2b(data, digest_size=8).hexdigest()


def _shown(number: int | None) -> int | str:
    return "" if number is None else number
