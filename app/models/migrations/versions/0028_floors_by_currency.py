"""A price floor for each currency the table says it in: a listing is held against the one in its own.

What was kept for undo names its rows by the new key, too: the currency that is stored.

Revision: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0026"

_COLUMNS = "match_key, code, floor_minor, currency, table_id"
_KEYS = """
UPDATE change_rows SET created = (
    SELECT json_group_array(json_array(json_extract(value, '$[0]'), coalesce(
        (SELECT currency FROM price_floor WHERE match_key = json_extract(value, '$[0]')), 'USD')))
    FROM json_each(change_rows.created))
WHERE table_name = 'price_floor' AND created <> '[]'
"""


def upgrade() -> None:
    op.execute(_KEYS)
    op.rename_table("price_floor", "price_floor_before")
    op.create_table(
        "price_floor",
        sa.Column("match_key", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("floor_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column(
            "table_id",
            sa.Integer(),
            sa.ForeignKey("company_table.id", name="fk_price_floor_table_id_company_table"),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("match_key", "currency", name="pk_price_floor"),
        sqlite_with_rowid=False,
    )
    op.execute(f"INSERT INTO price_floor ({_COLUMNS}) SELECT {_COLUMNS} FROM price_floor_before")
    op.drop_table("price_floor_before")
