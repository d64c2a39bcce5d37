"""Company tables with what they say of stock items; exchange rates and commissions with day and source.

Revision: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    _create_tables()
    _create_items()
    _create_verdicts()
    _create_rates()


def _create_tables() -> None:
    op.create_table(
        "company_table",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("as_of", sa.String(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_company_table"),
    )
    op.create_index("ix_company_table_kind", "company_table", ["kind", "received_ms"])


def _create_items() -> None:
    op.create_table(
        "stock_item",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("cost_micro", sa.BigInteger(), nullable=True),
        sa.Column("weight_mg", sa.BigInteger(), nullable=True),
        sa.Column("length_mm", sa.Integer(), nullable=True),
        sa.Column("width_mm", sa.Integer(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=True),
        sa.Column("picture", sa.String(), nullable=False),
        _table("stock_item"),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_stock_item"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "price_floor",
        sa.Column("match_key", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("floor_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        _table("price_floor"),
        sa.PrimaryKeyConstraint("match_key", name="pk_price_floor"),
        sqlite_with_rowid=False,
    )


def _create_verdicts() -> None:
    op.create_table(
        "item_verdict",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("as_of", sa.String(), nullable=False),
        _table("item_verdict"),
        sa.PrimaryKeyConstraint("code", "kind", name="pk_item_verdict"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "channel_rule",
        sa.Column("attribute", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("is_allowed", sa.Boolean(), nullable=False),
        _table("channel_rule"),
        sa.PrimaryKeyConstraint("attribute", "channel", name="pk_channel_rule"),
        sqlite_with_rowid=False,
    )


def _create_rates() -> None:
    op.create_table(
        "exchange_rate",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("rate_micro", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("entered_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exchange_rate"),
    )
    op.create_index("ix_exchange_rate_day", "exchange_rate", ["currency", "as_of", "id"])
    op.create_table(
        "commission",
        sa.Column("category_id", sa.String(), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("as_of", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("category_id", name="pk_commission"),
        sqlite_with_rowid=False,
    )


def _table(name: str) -> sa.Column[int]:
    key = sa.ForeignKey("company_table.id", name=f"fk_{name}_table_id_company_table")
    return sa.Column("table_id", sa.Integer(), key, nullable=True)
