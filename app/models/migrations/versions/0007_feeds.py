"""Feeds of the publish queue, and products that one request made twice.

Revision: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MS = sa.BigInteger()


def upgrade() -> None:
    op.add_column("publish_task", sa.Column("feed_item", sa.String(), nullable=False, server_default=""))
    op.add_column("publish_task", sa.Column("feed_job", sa.String(), nullable=False, server_default=""))
    op.add_column("publish_task", sa.Column("searched_ms", MS, nullable=True))
    op.execute("UPDATE publish_task SET searched_ms = coalesce(settled_ms, sent_ms, 0)")
    op.execute(
        "CREATE INDEX ix_publish_task_unsearched ON publish_task (store_id, id) "
        "WHERE action = 'create' AND product_id IS NOT NULL AND searched_ms IS NULL"
    )
    op.execute(
        "CREATE INDEX ix_publish_task_title ON publish_task (store_id, title) "
        "WHERE action = 'create' AND product_id IS NOT NULL"
    )
    op.create_table(
        "publish_double",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.String(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("found_ms", MS, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name="fk_publish_double_store_id_store", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["publish_task.id"], name="fk_publish_double_task_id_publish_task", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "product_id", name="pk_publish_double"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_publish_double_task", "publish_double", ["task_id"])
