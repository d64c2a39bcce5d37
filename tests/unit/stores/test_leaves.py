"""What leaf categories ask for is read when a listing first uses one."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from app.services.marketplace.port import RemoteFreightTemplate, TemporaryFault
from app.services.stores.leaves import learn_leaves, unread_leaves
from app.services.stores.reading import get_store


class Desk:
    """The application with a marketplace in memory."""

    def __init__(self, db, market):
        self.db, self.market, self.connections = db, market, 0

    @asynccontextmanager
    async def connected(self, store):
        self.connections += 1
        yield self.market


@pytest.fixture
def desk(db, market, sync):
    market.templates = {"700126540": RemoteFreightTemplate("700126540", "Small goods", True, [])}
    sync("categories", "groups", "freight")
    market.calls.clear()
    return Desk(db, market)


def test_only_leaves_in_use_that_were_never_read(desk, db, make_listing):
    store = get_store(db, 1)
    assert unread_leaves(db, store) == []
    for category in ("2101", "2101", "21", "Table lamps", ""):
        make_listing(category_id=category)
    assert unread_leaves(db, store) == ["2101"]
    assert asyncio.run(learn_leaves(desk, store)) == 1
    assert unread_leaves(db, store) == []
    assert desk.market.called("category_attributes") == ["2101"]


def test_nothing_missing_asks_nobody(desk, db, make_listing):
    make_listing(category_id="21")
    assert asyncio.run(learn_leaves(desk, get_store(db, 1))) == 0
    assert desk.connections == 0


def test_a_store_never_read_is_asked_for_its_names_first(db, market, make_listing):
    market.templates = {"700126540": RemoteFreightTemplate("700126540", "Small goods", True, [])}
    make_listing(category_id="2101")
    desk = Desk(db, market)
    asyncio.run(learn_leaves(desk, get_store(db, 1)))
    asked = [name for name, _ in market.calls]
    assert {"freight_templates", "product_groups", "category_attributes"} <= set(asked)
    assert unread_leaves(db, get_store(db, 1)) == []
    assert asyncio.run(learn_leaves(desk, get_store(db, 1))) == 0
    assert [name for name, _ in market.calls] == asked


def test_a_marketplace_out_of_reach_is_no_failure(desk, db, market, make_listing, caplog):
    make_listing(category_id="2101")
    market.faults["category_attributes"] = [TemporaryFault()]
    assert asyncio.run(learn_leaves(desk, get_store(db, 1))) == 0
    assert unread_leaves(db, get_store(db, 1)) == ["2101"]
    assert "could not be read" in caplog.text


def test_other_stores_listings_do_not_count(desk, db, make_listing):
    make_listing(category_id="2101")
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO store (name, alias, colour, gateway, credential_ref, seller_id, access, health, is_practice, "
            "created_ms) SELECT 'Other', '', '', gateway, '', '', 'operate', 'ok', 0, 1 FROM store WHERE id = 1"
        )
    assert unread_leaves(db, get_store(db, 2)) == []
    assert unread_leaves(db, get_store(db, 1)) == ["2101"]
