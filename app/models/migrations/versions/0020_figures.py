"""Stored figures of listings and variants, and the team's numbers they are made with.

- Triggers note in `figure_due` whose figures are others now, and count `figure_state.generation` up where all are: a
  figure of an older generation is never shown as today's.
- `commission` gets an id, so that its changes can be undone like those of other rows.

Revision: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

FIGURES = ("cost_micro", "freight_micro", "fees_minor", "profit_minor", "margin_bp", "even_minor", "worst_minor")
DUE = (
    "INSERT INTO figure_due (listing_id) SELECT {id} "
    "WHERE NOT EXISTS (SELECT 1 FROM figure_due WHERE listing_id = {id})"
)
"""Not `OR IGNORE`: the statement that fires a trigger decides how conflicts within it are handled."""
MEMBERS = (
    "INSERT INTO figure_due (listing_id) SELECT listing_id FROM marketing_member WHERE group_id = new.id "
    "AND listing_id NOT IN (SELECT listing_id FROM figure_due)"
)
FORGET = (
    "DELETE FROM listing_figure WHERE listing_id = old.id; DELETE FROM sku_figure WHERE listing_id = old.id; "
    "DELETE FROM figure_due WHERE listing_id = old.id"
)
ALL = "UPDATE figure_state SET generation = generation + 1"
OF_ALL = ("exchange_rate", "commission", "pricing_setting", "company_table", "virtual_item", "store_codes")
"""Tables of which any row changes the figures of many listings."""


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
        sa.PrimaryKeyConstraint("id", name="pk_figure_state"),
    )
    op.execute("INSERT INTO figure_state (id, generation) VALUES (1, 1)")
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
    op.execute("INSERT INTO figure_due (listing_id) SELECT id FROM listing")
    _triggers()


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


def _triggers() -> None:
    _trigger("figure_listing_insert", "AFTER INSERT ON listing", DUE.format(id="new.id"))
    _trigger("figure_listing_update", "AFTER UPDATE OF updated_ms ON listing", DUE.format(id="new.id"))
    _trigger("figure_listing_delete", "AFTER DELETE ON listing", FORGET)
    for act, row in (("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")):
        _trigger(f"figure_member_{act.lower()}", f"AFTER {act} ON marketing_member", DUE.format(id=f"{row}.listing_id"))
        for table in OF_ALL:
            _trigger(f"figure_{table}_{act.lower()}", f"AFTER {act} ON {table}", ALL)
    _trigger("figure_group_update", "AFTER UPDATE OF discount_bp ON marketing_group", MEMBERS)
    _trigger("figure_template_insert", "AFTER INSERT ON freight_template", ALL)
    renewed = "AFTER UPDATE OF services ON freight_template WHEN new.services IS NOT old.services"
    _trigger("figure_template_update", renewed, ALL)


def _trigger(name: str, when: str, does: str) -> None:
    op.execute(f"CREATE TRIGGER {name} {when} BEGIN {does}; END")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), autoincrement=True, nullable=False)


def _figures() -> list[sa.Column[object]]:
    numbers = (*FIGURES, "worst_profit_minor")
    found: list[sa.Column[object]] = [sa.Column("generation", sa.Integer(), nullable=False)]
    found += [sa.Column(name, sa.BigInteger(), nullable=True) for name in numbers]
    return [*found, sa.Column("why", sa.String(), nullable=False)]
