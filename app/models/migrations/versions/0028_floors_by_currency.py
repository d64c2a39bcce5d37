"""A price floor for each currency the table says it in: a listing is held against the one in its own.

What was kept for undo names its rows by the new key, too. Its currency is the one a change left behind: as the next
change of the same goods found it, else as it is stored now. A floor that became one in another currency is two rows
now: undo brings the one back and takes the other away.

Revision: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0026"

_COLUMNS = "match_key, code, floor_minor, currency, table_id"
_TOUCHED = """
CREATE TEMP TABLE floor_touched AS
WITH touched AS (
    SELECT change_rows.id AS row_id, change_id, json_extract(value, '$[0]') AS match_key,
           json_extract(value, '$[3]') AS was
    FROM change_rows, json_each(before) WHERE table_name = 'price_floor'
    UNION ALL SELECT change_rows.id, change_id, json_extract(value, '$[0]'), NULL
    FROM change_rows, json_each(created) WHERE table_name = 'price_floor')
SELECT row_id, match_key, was, CASE WHEN lead(row_id) OVER later IS NOT NULL THEN lead(was) OVER later
       ELSE (SELECT currency FROM price_floor WHERE price_floor.match_key = touched.match_key) END AS became
FROM touched WINDOW later AS (PARTITION BY match_key ORDER BY change_id, row_id)
"""
_KEYS = """
UPDATE change_rows SET created = (
    SELECT json_group_array(json_array(match_key, became)) FROM floor_touched
    WHERE row_id = change_rows.id AND became IS NOT NULL AND became IS NOT was)
WHERE table_name = 'price_floor'
"""


def upgrade() -> None:
    op.execute(_TOUCHED)
    op.execute("CREATE INDEX temp.ix_floor_touched ON floor_touched (row_id)")
    op.execute(_KEYS)
    op.execute("DROP TABLE temp.floor_touched")
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
