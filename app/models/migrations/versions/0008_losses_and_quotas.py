"""What an edit may erase on the platform, the store's quota as the platform tells it, calls by day, counts of a sync.

Revision: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

MS = sa.BigInteger()


def upgrade() -> None:
    op.add_column("publish_task", sa.Column("accepted", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("store", sa.Column("platform_quota", sa.Integer(), nullable=True))
    op.add_column("store", sa.Column("platform_listings", sa.Integer(), nullable=True))
    op.add_column("store", sa.Column("may_post", sa.Boolean(), nullable=True))
    op.add_column("store", sa.Column("profile_ms", MS, nullable=True))
    op.add_column("listing_sync", sa.Column("off_by", sa.Integer(), nullable=True))
    op.create_table(
        "api_use",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("used_up_calls", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name="fk_api_use_store_id_store", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("store_id", "day", name="pk_api_use"),
    )
