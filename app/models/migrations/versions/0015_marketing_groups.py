"""Marketing groups with their planned discount, and which listing is in which.

Revision: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "marketing_group",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("discount_bp", sa.Integer(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name="fk_marketing_group_store_id_store"),
        sa.PrimaryKeyConstraint("id", name="pk_marketing_group"),
        sa.UniqueConstraint("store_id", "name", name="uq_marketing_group_store_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "marketing_member",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name="fk_marketing_member_listing_id_listing", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["marketing_group.id"],
            name="fk_marketing_member_group_id_marketing_group",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("listing_id", name="pk_marketing_member"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_marketing_member_group", "marketing_member", ["group_id"])
