"""What an edit would erase: one settled reason with every value, an acceptance that covers exactly it."""

from __future__ import annotations

from collections.abc import Callable

import orjson

from app.messages import catalogue
from app.services.db import Database
from app.services.listings.details import listing_detail
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.records import ListingRecord
from app.services.marketplace.aliexpress.mapping import losses as kinds
from app.services.marketplace.port import WouldLose
from app.services.marketplace.records import Loss
from app.services.publishing.losses import in_words, leaves_of, loss_reason, losses_in
from app.services.publishing.report import batch_report, send_again
from app.services.publishing.report_book import sentence
from app.services.publishing.run import publish
from tests.listing_rows import note_synced
from tests.unit.publishing.conftest import FAST
from tests.unit.publishing.fake_marketplace import FakeMarketplace
from tests.unit.publishing.helpers import journal, loaded, publish_all, states, write

PRICE = Loss("quotes[RU][14:193]", "regional_price", "RU", "12.50")
UNIT = Loss("attributes[10].unit", "attribute_part", "Capacity", "ml")


async def live(db: Database, market: FakeMarketplace, record: ListingRecord) -> str:
    """Publish *record*, let it pass its review, and change it here. Returns: its product."""
    await publish_all(db, market, [record.id])
    write(db, "UPDATE publish_task SET state = 'live' WHERE listing_id = ?", record.id)
    write(db, "UPDATE listing SET status = 'live' WHERE id = ?", record.id)
    edit_listings(db, [ListingEdit(record.id, fields={"weight_g": 900})], label="change.edit")
    return str(loaded(db, record.id).product_id)


async def test_an_edit_that_would_lose_something_settles_with_every_value_and_waits_for_a_word(
    db: Database, market: FakeMarketplace, make_sellable: Callable[..., ListingRecord]
) -> None:
    record = make_sellable()
    market.losses = {await live(db, market, record): [PRICE, UNIT]}

    result = await publish_all(db, market, [record.id])

    assert (result.failed, len(market.edits)) == (1, 0)
    (group,) = batch_report(db, result.batch_ids[0]).groups
    assert (group.code, losses_in(group.params)) == ("marketplace.would_lose", (PRICE, UNIT))
    said = sentence(group.message_key, group.params, group.code)
    assert (
        said == "Not sent, would lose: price for RU: 12.50; attribute Capacity: ml. Accept the loss, then send anyway."
    )
    problem = listing_detail(db, record.id).problem
    assert problem is not None and "price for RU" in sentence(f"error.{problem.code}", dict(problem.params), "")


async def test_what_was_accepted_is_recorded_and_sent_and_what_is_new_is_asked_about(
    db: Database, market: FakeMarketplace, make_sellable: Callable[..., ListingRecord]
) -> None:
    record = make_sellable()
    product_id = await live(db, market, record)
    market.losses = {product_id: [PRICE]}
    first = await publish_all(db, market, [record.id])

    market.losses = {product_id: [PRICE, UNIT]}
    made = send_again(db, first.batch_ids[0], accepts_losses=True)
    second = await publish(db, market, 1, made.batch_id, settings=FAST)
    assert (second.failed, len(market.edits)) == (1, 0)
    (group,) = batch_report(db, second.batch_ids[0]).groups
    assert losses_in(group.params) == (UNIT,)

    market.losses = {product_id: [UNIT]}
    made = send_again(db, second.batch_ids[0], accepts_losses=True)
    third = await publish(db, market, 1, made.batch_id, settings=FAST)
    assert (third.in_review, len(market.edits)) == (1, 1)
    assert [orjson.loads(task.accepted) for task in journal(db)][-1] == [
        {"path": UNIT.path, "kind": UNIT.kind, "name": UNIT.name, "value": UNIT.value, "sku": ""}
    ]


async def test_a_plain_second_try_accepts_nothing(
    db: Database, market: FakeMarketplace, make_sellable: Callable[..., ListingRecord]
) -> None:
    record = make_sellable()
    market.losses = {await live(db, market, record): [PRICE]}
    first = await publish_all(db, market, [record.id])

    again = await publish(db, market, 1, send_again(db, first.batch_ids[0]).batch_id, settings=FAST)

    assert (again.failed, states(db)[-1]) == (1, "failed")


async def test_variants_taken_out_here_may_go_and_none_while_a_conflict_is_open(
    db: Database, market: FakeMarketplace, make_sellable: Callable[..., ListingRecord]
) -> None:
    record = make_sellable()
    await live(db, market, record)
    gone = record.skus[1]
    edit_listings(db, [ListingEdit(record.id, removed_skus=(gone.id or 0,))], label="change.edit")

    await publish_all(db, market, [record.id])
    assert market.dropped == {gone.code}

    task_id = journal(db)[-1].id
    write(db, "INSERT INTO listing_conflict VALUES (?, '{}', 1)", record.id)
    with db.reader.connect() as connection:
        assert leaves_of(connection, [task_id])[task_id].dropped == frozenset()


async def test_the_newer_of_sync_and_send_says_which_variants_there_were(
    db: Database, market: FakeMarketplace, make_sellable: Callable[..., ListingRecord]
) -> None:
    record = make_sellable()
    await live(db, market, record)
    task = journal(db)[-1]

    def dropped(read_ms: int) -> frozenset[str]:
        note_synced(db, record.id, {"OLD": [1, 1], record.skus[0].code: [1, 1]}, read_ms)
        with db.reader.connect() as connection:
            return leaves_of(connection, [task.id])[task.id].dropped

    assert dropped(task.settled_ms + 1) == {"OLD"}
    assert dropped(task.settled_ms - 1) == frozenset()


def test_many_losses_are_counted_and_all_are_kept() -> None:
    many = [Loss(f"p{number}", "variant", f"C{number}", "1.00 USD") for number in range(9)]

    reason = loss_reason(WouldLose(many))

    assert reason.params["what"]["en"].endswith("; 3 more")
    assert reason.params["what"]["zh"].endswith("；另 3 项")
    assert losses_in(orjson.loads(orjson.dumps(reason.params))) == tuple(many)


def test_every_kind_of_loss_has_words_in_both_languages() -> None:
    found = {value for name, value in vars(kinds).items() if name.isupper() and isinstance(value, str)}
    assert len(found) == 8
    for kind in found:
        assert set(catalogue()[f"loss.{kind}"]) == {"zh", "en"}
        assert ("n" if kind == kinds.GROUP else "12") in in_words([Loss("p", kind, "n", "12")], "zh")
