"""What filters by prices by country need: the listings that have any, and a row for each country and price.

`listing_region.value` is hundredths: of a percent, of the amount more or less, of the price itself (domain.md 5.5).

Revision: 0025
"""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"

HAVE_ANY = "regional_prices <> '{}'"
KIND = "json_extract(regional_prices, '$.type')"


def upgrade() -> None:
    op.execute(f"CREATE INDEX ix_listing_regional ON listing (id) WHERE {HAVE_ANY}")
    op.execute(
        f"CREATE VIEW listing_region AS SELECT listing.id AS listing_id, {KIND} AS kind, region.key AS country, "
        f"CASE {KIND} WHEN 'percentage' THEN region.value * 100 ELSE region.value END AS value "
        "FROM listing, json_each(listing.regional_prices, '$.countries') AS region "
        f"WHERE {HAVE_ANY} AND {KIND} <> 'absolute' "
        f"UNION ALL SELECT listing.id, {KIND}, region.key, price.value "
        "FROM listing, json_each(listing.regional_prices, '$.countries') AS region, json_each(region.value) AS price "
        f"WHERE {HAVE_ANY} AND {KIND} = 'absolute'"
    )
