"""Figures of variants as columns instead of rows, and what may be reckoned again without being read again.

- `sku_column` takes the place of `sku_figure` and its view: five million variants are counted, sorted and worked out
  again in a tenth of the time. It is empty at first: all figures are due and worked out in the background.
- `figure_state.inputs` and `.rates`: since when costs and routes, and exchange rates, are what they are.
- `listing_figure.first_sku`, `.last_sku`: where the variants of a listing lie in the columns.

Revision: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0028"

WATCHING = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'figure_watch_%'"


def upgrade() -> None:
    for name in op.get_bind().execute(sa.text(WATCHING)).scalars().all():  # made anew at the end of every upgrade
        op.execute(f"DROP TRIGGER {name}")
    op.execute("DROP VIEW current_sku_figure")
    op.drop_table("sku_figure")
    op.create_table(
        "sku_column",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("segment", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", "segment", name="pk_sku_column"),
    )
    for name in ("first_sku", "last_sku"):
        op.execute(f"ALTER TABLE listing_figure ADD COLUMN {name} INTEGER")
    for name in ("inputs", "rates"):
        op.execute(f"ALTER TABLE figure_state ADD COLUMN {name} INTEGER NOT NULL DEFAULT 0")
    op.execute("DELETE FROM listing_figure")
    op.execute("INSERT OR IGNORE INTO figure_due (listing_id) SELECT id FROM listing")
    op.execute("UPDATE figure_state SET generation = generation + 1, inputs = generation + 1, rates = generation + 1")
