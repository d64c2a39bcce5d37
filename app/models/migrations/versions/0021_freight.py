"""Carrier tariffs and channels of the team's own; freight templates that belong to no store.

Revision: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_COLUMNS = "id, store_id, template_id, name, is_default, services, synced_ms"


def upgrade() -> None:
    _allow_templates_without_store()
    op.create_table(
        "carrier_tariff",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("as_of", sa.String(), nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_carrier_tariff"),
        sa.UniqueConstraint("key", name="uq_carrier_tariff_key"),
    )
    op.create_table(
        "freight_channel",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("ships_from", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("attribute", sa.String(), nullable=False),
        sa.Column("tariff_key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_freight_channel"),
        sa.UniqueConstraint(
            "ships_from", "country", "attribute", name="uq_freight_channel_ships_from_country_attribute"
        ),
    )


def _allow_templates_without_store() -> None:
    """SQLite cannot loosen a column in place; nothing refers to the table, so it is made anew."""
    op.create_table(
        "freight_template_new",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=True),
        sa.Column("template_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=True),
        sa.Column("synced_ms", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name="fk_freight_template_store_id_store"),
        sa.PrimaryKeyConstraint("id", name="pk_freight_template"),
        sa.UniqueConstraint("store_id", "template_id", name="uq_freight_template_store_id_template_id"),
    )
    op.execute(f"INSERT INTO freight_template_new ({_COLUMNS}, source) SELECT {_COLUMNS}, '' FROM freight_template")
    op.drop_table("freight_template")
    op.rename_table("freight_template_new", "freight_template")
