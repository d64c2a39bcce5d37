"""Tags a team gives its listings; lines of orders found by product, to tell what was never sold.

Revision: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "listing_tag",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name="fk_listing_tag_listing_id_listing", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("listing_id", "tag", name="pk_listing_tag"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_listing_tag_tag", "listing_tag", ["tag"])
    op.create_index("ix_order_line_product", "order_line", ["product_id"])
