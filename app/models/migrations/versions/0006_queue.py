"""The queue's order and time, stores whose queue stands still, how far a sync came, and conflicts it left.

Revision: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MS = sa.BigInteger()


def upgrade() -> None:
    op.add_column("publish_task", sa.Column("priority", sa.Integer(), nullable=False, server_default="3"))
    op.add_column("publish_task", sa.Column("due_ms", MS, nullable=False, server_default="0"))
    op.execute("UPDATE publish_task SET priority = 2 WHERE action = 'edit'")
    op.execute("CREATE INDEX ix_publish_task_turn ON publish_task (store_id, priority, id) WHERE state = 'queued'")
    op.create_table(
        "publish_pause",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("since_ms", MS, nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name="fk_publish_pause_store_id_store", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("store_id", name="pk_publish_pause"),
    )
    op.create_table(
        "listing_sync",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("full_ms", MS, nullable=True),
        sa.Column("until_ms", MS, nullable=True),
        sa.Column("pass_started_ms", MS, nullable=True),
        sa.Column("pass_since_ms", MS, nullable=True),
        sa.Column("pass_newest_ms", MS, nullable=True),
        sa.Column("pass_status", sa.String(), nullable=False, server_default=""),
        sa.Column("pass_page", sa.Integer(), nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name="fk_listing_sync_store_id_store", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("store_id", name="pk_listing_sync"),
    )
    op.create_table(
        "listing_seen",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name="fk_listing_seen_store_id_store", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("store_id", "product_id", name="pk_listing_seen"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "listing_conflict",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("theirs", sa.JSON(), nullable=False),
        sa.Column("found_ms", MS, nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name="fk_listing_conflict_listing_id_listing", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("listing_id", name="pk_listing_conflict"),
    )
