"""An edit of prices writes no descriptions, no searched texts and nothing the sync noted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.history.undo import undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.operations import ChangeNumber
from app.services.listings.loading import load_listing
from app.services.tasks import TaskContext


@pytest.mark.parametrize("table", ["listing_body", "listing_search", "listing_synced"])
def test_a_price_touches_nothing_beside(db, make_listing, planned, table):
    listing = make_listing(detail_html="<p>Brass</p>")
    with db.bulk() as connection:
        for event in ("INSERT", "UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER watched_{event} BEFORE {event} ON {table} BEGIN SELECT raise(ABORT, 'written'); END"
            )
    apply_plan(planned(ChangeNumber("price_minor", "multiply", Decimal("1.1"))), TaskContext())
    undo(db)
    with db.read() as session:
        assert load_listing(session, listing.id).skus == listing.skus
