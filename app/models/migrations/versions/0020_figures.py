"""Stored figures of listings and variants, and the team's numbers they are made with.

- `figure_due` has the listings whose figures are others now, `figure_state.generation` counts up where all are: a
  figure of an older generation is never shown as today's. The triggers that write both are made at the end of every
  upgrade (`services/pricing/watching.py`), because later migrations make watched tables anew. The views
  `current_figure` and `current_sku_figure` have the figures of today.
- `commission` gets an id, so that its changes can be undone like those of other rows.

Revision: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

FIGURES = ("cost_micro", "freight_micro", "fees_minor", "profit_minor", "margin_bp", "even_minor", "worst_minor")

CURRENT = "generation = (SELECT generation FROM figure_state) AND listing_id NOT IN (SELECT listing_id FROM figure_due)"


def upgrade() -> None:
    op.create_table(
        "pricing_setting",
        _id(),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "value", "source", "as_of")),
        sa.PrimaryKeyConstraint("id", name="pk_pricing_setting"),
        sa.UniqueConstraint("name", name="uq_pricing_setting_name"),
    )
    _commission()
    op.create_table(
        "figure_state",
        _id(),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("renewed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_figure_state"),
    )
    op.execute("INSERT INTO figure_state (id, generation, renewed) VALUES (1, 1, 0)")
    op.create_table(
        "figure_due",
        sa.Column("listing_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("listing_id", name="pk_figure_due"),
    )
    op.create_table(
        "sku_figure",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("sku_id", sa.Integer(), nullable=False),
        *_figures(),
        sa.PrimaryKeyConstraint("listing_id", "sku_id", name="pk_sku_figure"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "listing_figure",
        sa.Column("listing_id", sa.Integer(), autoincrement=False, nullable=False),
        *_figures(),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("listing_id", name="pk_listing_figure"),
    )
    op.create_index("ix_listing_figure_margin", "listing_figure", ["margin_bp", "generation", "listing_id"])
    op.create_index("ix_listing_figure_profit", "listing_figure", ["profit_minor", "generation", "listing_id"])
    for name, of in (("current_figure", "listing_figure"), ("current_sku_figure", "sku_figure")):
        op.execute(f"CREATE VIEW {name} AS SELECT * FROM {of} WHERE {CURRENT}")
    op.execute("INSERT INTO figure_due (listing_id) SELECT id FROM listing")


def _commission() -> None:
    op.create_table(
        "commission_new",
        _id(),
        sa.Column("category_id", sa.String(), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("as_of", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_commission"),
        sa.UniqueConstraint("category_id", name="uq_commission_category_id"),
    )
    columns = "category_id, share_bp, source, as_of"
    op.execute(f"INSERT INTO commission_new ({columns}) SELECT {columns} FROM commission")
    op.drop_table("commission")
    op.rename_table("commission_new", "commission")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), autoincrement=True, nullable=False)


def _figures() -> list[sa.Column[object]]:
    numbers = (*FIGURES, "worst_profit_minor")
    found: list[sa.Column[object]] = [sa.Column("generation", sa.Integer(), nullable=False)]
    found += [sa.Column(name, sa.BigInteger(), nullable=True) for name in numbers]
    return [*found, sa.Column("why", sa.String(), nullable=False)]
