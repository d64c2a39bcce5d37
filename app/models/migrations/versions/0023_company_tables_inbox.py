"""Whole rows a change put aside, so that yesterday's company table comes back with one undo.

Revision: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "change_rows",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("created", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["change.id"], name="fk_change_rows_change_id_change", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_change_rows"),
    )
    op.create_index("ix_change_rows_change_id", "change_rows", ["change_id"])
