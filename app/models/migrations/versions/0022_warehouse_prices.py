"""Warehouse templates say where their prices come from, and which freight template their listings take per store.

Revision: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_WITH_SURCHARGES = (
    "UPDATE warehouse_template SET price_source = 'surcharge' WHERE id IN "
    "(SELECT warehouse_template_id FROM warehouse_country WHERE surcharge_minor IS NOT NULL)"
)


def upgrade() -> None:
    for column in (
        sa.Column("price_source", sa.String(), nullable=False, server_default="sheet"),
        sa.Column("margin_bp", sa.Integer(), nullable=True),
        sa.Column("discount_bp", sa.Integer(), nullable=False, server_default="3000"),
        sa.Column("home_stock", sa.Integer(), nullable=True),
        sa.Column("zero_missing", sa.Boolean(), nullable=False, server_default="0"),
    ):
        op.add_column("warehouse_template", column)
    op.add_column("warehouse_country", sa.Column("formula", sa.String(), nullable=False, server_default=""))
    op.execute(_WITH_SURCHARGES)
    op.create_table(
        "warehouse_freight",
        sa.Column("warehouse_template_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["warehouse_template_id"],
            ["warehouse_template.id"],
            name="fk_warehouse_freight_warehouse_template_id_warehouse_template",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name="fk_warehouse_freight_store_id_store", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("warehouse_template_id", "store_id", name="pk_warehouse_freight"),
    )
