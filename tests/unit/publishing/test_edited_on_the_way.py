"""A price that is edited while the one before is on its way: the guard goes by what the marketplace took."""

from __future__ import annotations

import asyncio

import pytest

from app.services.compliance.recheck import recheck
from app.services.history.undo import undo
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.pricing.team_settings import change_settings
from tests.unit.price_guard.guarding import fresh, multiply_prices, stored
from tests.unit.publishing.conftest import FAST
from tests.unit.publishing.helpers import enqueue, loaded, publish, publish_all, write


@pytest.fixture
def back(db, market, make_sellable):
    """A listing sold for 20.00, sent with 31.00, edited to 32.00 on the way and taken back to 31.00: its id."""
    change_settings(db, {"discount": "0"})
    one = make_sellable(skus=(("AB1234", 2000, 50),)).id
    asyncio.run(publish_all(db, market, [one]))
    settle(db)
    price(db, one, 3100)
    market.script.append(lambda: price(db, one, 3200))
    asyncio.run(publish(db, market, 1, enqueue(db, 1, [one]).batch_id, settings=FAST))
    settle(db)
    undo(db)
    recheck(db)
    return one


def settle(db):
    write(db, "UPDATE listing SET status = 'live'")
    write(db, "UPDATE publish_task SET state = 'live'")


def price(db, listing_id, cents):
    skus = {sku.id: {"price_minor": cents} for sku in loaded(db, listing_id).skus}
    edit_listings(db, [ListingEdit(listing_id, skus=skus)], label="edit")


@pytest.mark.parametrize("factor", ["0.7", "0.9", "1.29", "2"])
def test_a_leap_from_what_it_took_is_counted(db, back, factor):
    record = loaded(db, back)
    assert (record.skus[0].price_minor, record.sent_hash == record.content_hash) == (3100, True)
    multiply_prices(db, factor)
    assert stored(db) == fresh(db)
