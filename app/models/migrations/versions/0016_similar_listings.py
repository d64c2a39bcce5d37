"""Pairs of listings that a person told apart, and what pictures look like by content.

Revision: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "told_apart",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("imprint", sa.String(), nullable=False),
        sa.Column("other_imprint", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name="fk_told_apart_listing_id_listing", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["listing.id"], name="fk_told_apart_other_id_listing", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("listing_id", "other_id", name="pk_told_apart"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_told_apart_other", "told_apart", ["other_id"])
    op.create_table(
        "image_look",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("dhash", sa.String(), nullable=False),
        sa.Column("tone", sa.String(), nullable=False),
        sa.Column("colours", sa.JSON(), nullable=False),
        sa.Column("orientation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_image_look"),
        sqlite_with_rowid=False,
    )
