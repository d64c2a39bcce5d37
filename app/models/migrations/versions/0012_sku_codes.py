"""SKU codes: virtual bundle codes, how stores write theirs, and which match keys hold which stock items.

The keys themselves are made anew by `services/codes/rekeying.py` in the same transaction, for the grammar is there.

Revision: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "virtual_code",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_virtual_code"),
    )
    op.create_table(
        "virtual_item",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"], ["virtual_code.code"], name="fk_virtual_item_code_virtual_code", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code", "position", name="pk_virtual_item"),
    )
    op.create_table(
        "store_codes",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name="fk_store_codes_store_id_store", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("store_id", name="pk_store_codes"),
    )
    op.create_table(
        "bundle_item",
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("match_key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("base", "match_key", name="pk_bundle_item"),
        sqlite_with_rowid=False,
    )
