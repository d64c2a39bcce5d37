"""Findings of the checker by rule, so that they can be counted and filtered by; word lists of the team's own.

Listings that were counted before have no rows of their findings yet: the first look at the overview checks them anew.

Revision: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "listing_finding",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name="fk_listing_finding_listing_id_listing", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("listing_id", "code", "severity", name="pk_listing_finding"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_listing_finding_code", "listing_finding", ["code", "severity", "store_id", "number"])
    op.create_table(
        "word_list",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("stores", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_word_list"),
    )
    op.create_table(
        "listed_word",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("list_key", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("exceptions", sa.JSON(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("stores", sa.JSON(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("as_of", sa.String(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_listed_word"),
    )
    op.create_index("ix_listed_word_list", "listed_word", ["list_key", "folded"])
    op.execute(
        "INSERT INTO setting (name, value, updated_ms) SELECT 'findings_unsorted', 'true', 0 "
        "WHERE EXISTS (SELECT 1 FROM listing WHERE block_count + hold_count + warn_count > 0)"
    )
