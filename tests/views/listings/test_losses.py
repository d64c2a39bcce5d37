"""Edits that would erase what the platform has: told listing by listing, asked about, sent with exactly that."""

import asyncio

import pytest

from app.services.listings.editing import ListingEdit
from app.services.marketplace.records import Loss
from app.services.publishing.queue import enqueue
from app.services.publishing.run import publish
from app.views.listings.publish_result import PublishResultDialog
from app.views.listings.result_rows import FIELD
from app.views.widgets.dialog import Confirmation
from tests.unit.publishing.conftest import FAST

PRICE = Loss("aeop_national_quote_configuration[RU][14:193]", "regional_price", "RU", "12.50")
UNIT = Loss("aeop_ae_product_propertys[10].attr_value_unit", "attribute_part", "Capacity", "ml")


@pytest.fixture
def refused(db, market, make_sellable, services, open_page, settle):
    """The result of two edits of which each would lose something of its own."""
    records = [make_sellable() for _ in range(2)]
    ids = [record.id for record in records]
    asyncio.run(publish(db, market, 1, enqueue(db, 1, ids).batch_id, settings=FAST))
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE publish_task SET state = 'live'")
        connection.exec_driver_sql("UPDATE listing SET status = 'live'")
    services.listings.save([ListingEdit(number, fields={"weight_g": 900}) for number in ids], "Weights")
    products = [loaded_product(db, number) for number in ids]
    market.losses = {products[0]: [PRICE], products[1]: [UNIT, PRICE]}
    batch_id = enqueue(db, 1, ids).batch_id
    asyncio.run(publish(db, market, 1, batch_id, settings=FAST))
    page = open_page()
    page.publisher.show_report(batch_id)
    settle()
    dialog = page.window().findChild(PublishResultDialog)
    return page, dialog


def loaded_product(db, listing_id):
    with db.read() as session:
        return (
            session.connection().exec_driver_sql("SELECT product_id FROM listing WHERE id = ?", (listing_id,)).scalar()
        )


def test_each_listing_says_what_it_would_lose_and_trying_again_is_no_answer(refused):
    _, dialog = refused
    assert dialog.reasons.current_group.code == "marketplace.would_lose"
    assert "2 listings were not sent" in dialog.reason.text()
    assert [dialog.model.index(row, FIELD).data() for row in range(2)] == [
        "price for RU: 12.50",
        "attribute Capacity: ml; price for RU: 12.50",
    ]
    assert not dialog.rows.isColumnHidden(FIELD)
    assert not dialog.again.isEnabled()
    assert dialog.anyway.text() == "Send 2 anyway"


def test_send_anyway_asks_with_count_and_store_and_sends_what_was_accepted(refused, market, qtbot):
    page, dialog = refused
    sent = len(market.edits)
    dialog.anyway.click()
    question = next(one for one in dialog.findChildren(Confirmation) if one.isVisible())
    assert "2 listings" in question.question.text()
    question.reject()
    assert len(market.edits) == sent
    dialog.anyway.click()
    with qtbot.waitSignal(page.publisher.batch_ended):
        next(one for one in dialog.findChildren(Confirmation) if one.isVisible()).primary.click()
    assert len(market.edits) == sent + 2
    assert [edit[1].weight_g for edit in market.edits[-2:]] == [900, 900]
