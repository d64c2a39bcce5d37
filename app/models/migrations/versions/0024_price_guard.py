"""Discount plans of marketing groups, releases from the price guard's quarantine, prices as they were sent, and price
rules of the team's own.

Revision: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.execute("CREATE INDEX ix_listing_known ON listing (id) WHERE remote IS NOT NULL")
    op.add_column("marketing_group", sa.Column("discount_plan", sa.JSON(), nullable=True))
    op.create_table(
        "price_release",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("imprint", sa.String(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("released_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name="fk_price_release_listing_id_listing", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("listing_id", name="pk_price_release"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sent_price",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("prices", sa.JSON(), nullable=False),
        sa.Column("sent_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name="fk_sent_price_listing_id_listing", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("listing_id", name="pk_sent_price"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "price_rule",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_price_rule"),
        sa.UniqueConstraint("name", name="uq_price_rule_name"),
    )
