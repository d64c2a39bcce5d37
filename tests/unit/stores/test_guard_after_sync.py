"""The platform still says the old prices while newer ones were accepted: the guard goes by what was read last."""

from __future__ import annotations

import pytest

from app.services.clock import now_ms
from app.services.compliance.recheck import recheck
from app.services.history.undo import undo
from app.services.pricing.team_settings import change_settings
from app.services.publishing.journal import _NOTE_PRICES, _show_accepted
from tests.unit.price_guard.guarding import fresh, multiply_prices, stored
from tests.unit.stores.test_sync_listings import only


def accept(db, record):
    """What the journal writes when the platform accepts a listing."""
    with db.bulk() as connection:
        _show_accepted(connection, record.id, record.product_id, record.content_hash)
        connection.exec_driver_sql(_NOTE_PRICES, (now_ms(), record.id, record.content_hash))


@pytest.mark.parametrize(("first", "second"), [("1.29", "1.29"), ("1.2", "1.15"), ("0.8", "0.9")])
def test_prices_in_review_are_not_what_the_marketplace_has(db, market, make_lamp, sync, first, second):
    change_settings(db, {"discount": "0"})
    market.put(make_lamp("1005001"))
    sync()
    recheck(db)
    multiply_prices(db, first)
    accept(db, only(db))
    recheck(db)
    multiply_prices(db, second)
    sync(is_whole=True)
    recheck(db)
    recheck(db, undo(db).suspects)
    assert stored(db) == fresh(db)
    recheck(db)
    multiply_prices(db, second)
    assert stored(db) == fresh(db)
