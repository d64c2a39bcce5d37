"""Prices by country of a listing (domain.md 5.5).

Listings whose platform record names some have NULL, "not known", until the next sync reads them; all others have none.

Revision: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("listing", sa.Column("regional_prices", sa.JSON(), nullable=True, server_default="{}"))
    op.execute(
        "UPDATE listing SET regional_prices = NULL WHERE remote IS NOT NULL AND ("
        "json_extract(remote, '$.aeop_national_quote_configuration') IS NOT NULL OR "
        "json_extract(remote, '$.multi_country_price_configuration') IS NOT NULL)"
    )
