"""Covering another store: rules of each pair of stores, origins, pictures to take over; codes assigned to operators.

Revision: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "cover_rules",
        sa.Column("from_store_id", sa.Integer(), nullable=False),
        sa.Column("to_store_id", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_store_id"], ["store.id"], name="fk_cover_rules_from_store_id_store", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["to_store_id"], ["store.id"], name="fk_cover_rules_to_store_id_store", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("from_store_id", "to_store_id", name="pk_cover_rules"),
    )
    op.create_table(
        "listing_origin",
        sa.Column("listing_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("from_store_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.String(), nullable=False),
        sa.Column("service_template_id", sa.String(), nullable=False),
        sa.Column("covered_ms", sa.BigInteger(), nullable=False),
        _of_store("listing_origin"),
        sa.PrimaryKeyConstraint("listing_id", name="pk_listing_origin"),
    )
    op.create_index("ix_listing_origin_product", "listing_origin", ["store_id", "product_id"])
    op.create_table(
        "foreign_picture",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        _of_store("foreign_picture"),
        sa.PrimaryKeyConstraint("store_id", "url", name="pk_foreign_picture"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "service_template",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("synced_ms", sa.BigInteger(), nullable=False),
        _of_store("service_template"),
        sa.PrimaryKeyConstraint("store_id", "template_id", name="pk_service_template"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sku_assignment",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("match_key", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("assigned_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sku_assignment"),
        sa.UniqueConstraint("match_key", name="uq_sku_assignment_match_key"),
    )
    op.create_index("ix_sku_assignment_member", "sku_assignment", ["member"])


def _of_store(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=f"fk_{table}_store_id_store", ondelete="CASCADE")
