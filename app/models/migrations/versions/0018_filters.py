"""What filters over a million listings and five million variants need to stay within their budgets.

- `ix_listing_updated` holds every number and short text of a listing, so that any filter over them and any sort by
  them reads the index alone (a tenth of the table).
- `ix_listing_changed` has the listings that changed since they were published, `ix_sku_ships_from` the variants by
  the place they ship from.
- `ix_sku_rekeyed` has the variants whose match key does not stand in their code as it is; characters of all others are
  found by the search box's own index (`app.services.listings.code_search`).

Revision: 0018
"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0016"

HELD = (
    "updated_ms, id, store_id, status, block_count, hold_count, warn_count, category_id, freight_template_id, "
    "group_id, import_run_id, price_min_minor, price_max_minor, stock_total, sku_count, image_count, weight_g, "
    "handling_days, created_ms, product_id, code, error_code"
)
CHANGED = "sent_hash IS NOT NULL AND sent_hash <> content_hash"
REKEYED = "instr(upper(code), match_key) = 0 OR code GLOB '*[^ -~]*'"


def upgrade() -> None:
    op.execute("DROP INDEX ix_listing_updated")
    op.execute(f"CREATE INDEX ix_listing_updated ON listing ({HELD})")
    op.execute(f"CREATE INDEX ix_listing_changed ON listing (id) WHERE {CHANGED}")
    op.execute("CREATE INDEX ix_sku_ships_from ON sku (ships_from COLLATE NOCASE, listing_id)")
    op.execute(f"CREATE INDEX ix_sku_rekeyed ON sku (listing_id) WHERE {REKEYED}")
