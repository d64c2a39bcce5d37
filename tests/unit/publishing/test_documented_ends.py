"""What the platform does to a batch over HTTP ends in a state with a remedy, and the rest of the batch goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.messages import messages
from app.practice_market import PracticeMarket
from app.services.db import Database
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.records import ListingRecord
from app.services.publishing.gate import Ending
from app.services.publishing.queue import enqueue
from app.services.publishing.report import ReasonGroup, batch_report
from app.services.publishing.results import BatchResult
from app.services.publishing.run import publish
from tests.unit.publishing.helpers import loaded, states, statuses, write
from tests.unit.publishing.publisher_program import SETTINGS
from tests.unit.publishing.test_survival import check_once_each, connected, make_part, market

__all__ = ["make_part", "market"]  # fixtures

Make = Callable[..., ListingRecord]
POST = "aliexpress.offer.product.post"
HASTY = replace(SETTINGS, limit_patience_s=1.0)


async def send(db: Database, market: PracticeMarket, **options: Any) -> BatchResult:
    async with connected(market) as marketplace:
        return await publish(db, marketplace, 1, settings=HASTY, **options)


def only_group(db: Database, batch_id: int | None) -> ReasonGroup:
    assert batch_id is not None
    (group,) = batch_report(db, batch_id).groups
    assert messages.has(group.message_key), "a sentence with the remedy"
    return group


async def test_a_promotion_lock_names_its_listing_and_the_others_are_edited(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    records = [make_part() for _ in range(3)]
    enqueue(db, 1, [record.id for record in records])
    await send(db, market)
    locked = loaded(db, records[1].id)
    market.faults.update({"promotion_products": [int(locked.product_id or 0)]})
    edit_listings(db, [ListingEdit(record.id, {"handling_days": 7}) for record in records], label="change.edit")
    made = enqueue(db, 1, [record.id for record in records])
    result = await send(db, market)
    group = only_group(db, made.batch_id)
    assert (result.live, result.failed) == (2, 1)
    assert (group.code, group.listing_ids) == ("marketplace.in_promotion", (locked.id,))
    assert loaded(db, locked.id).status == "failed"

    market.faults.update({"promotion_products": None})
    enqueue(db, 1, [locked.id])
    assert (await send(db, market)).live == 1


async def test_an_edit_of_a_listing_that_somebody_else_sent_into_review_waits_for_its_end(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    record = make_part()
    enqueue(db, 1, [record.id])
    await send(db, market)
    product_id = str(loaded(db, record.id).product_id)
    market.faults.update({"audit_delay_s": 0.4})
    async with connected(market) as marketplace:
        content = (await marketplace.read_listing(product_id)).content
        await marketplace.edit_listing(product_id, replace(content, handling_days=6))
    edit_listings(db, [ListingEdit(record.id, {"handling_days": 7})], label="change.edit")
    enqueue(db, 1, [record.id])

    result = await send(db, market)

    assert (result.live, result.failed) == (1, 0)
    assert result.attempts > 1, "refused at least once while it was in review"
    async with connected(market) as marketplace:
        assert (await marketplace.read_listing(product_id)).content.handling_days == 7


async def test_a_refused_review_names_its_listing_and_the_others_are_live(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    market.faults.update({"audit_reject_words": ["series"], "audit_delay_s": 0.1})
    refused, fine = make_part(), make_part(title="Brass Lamp Socket With Switch For Bedside Lights Extra")
    made = enqueue(db, 1, [refused.id, fine.id])
    result = await send(db, market)
    group = only_group(db, made.batch_id)
    assert (result.live, result.rejected, group.code) == (1, 1, "publishing.rejected")
    assert (group.state, group.listing_ids, statuses(db)) == ("rejected", (refused.id,), ["rejected", "live"])


async def test_a_quota_used_up_in_mid_batch_keeps_the_rest_for_tomorrow(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    records = [make_part() for _ in range(12)]
    enqueue(db, 1, [record.id for record in records])
    used = sum(market.state()["calls"].values())
    market.faults.update({"daily_quota": used + 9})
    result = await send(db, market, parallel=2)
    assert result.ending is Ending.LIMITED
    assert result.error is not None
    assert (result.error.error_code, result.failed) == ("marketplace.rate_limited_for", 0)
    assert result.error.params["seconds"] > 60, "until midnight in Beijing, as the platform's text says"
    assert 0 < result.queued < 12
    assert set(states(db)) == {"queued", "in_review"}
    market.faults.update({"daily_quota": None})
    assert (await send(db, market)).live == 12
    await check_once_each(db, market, records)


async def test_a_token_that_dies_in_mid_batch_is_renewed_and_nobody_notices(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    records = [make_part() for _ in range(12)]
    enqueue(db, 1, [record.id for record in records])
    market.faults.update({"token_lifetime_s": 0.4})
    result = await send(db, market, parallel=2)
    assert (result.live, result.failed, result.ending) == (12, 0, None)
    market.faults.update({"token_lifetime_s": None})
    await check_once_each(db, market, records)


async def test_an_authorisation_that_ends_in_mid_batch_keeps_the_rest(
    db: Database, market: PracticeMarket, make_part: Make
) -> None:
    records = [make_part() for _ in range(12)]
    enqueue(db, 1, [record.id for record in records])
    market.faults.update({"latency_ms": {POST: 60.0}})
    async with connected(market) as marketplace:
        create = marketplace.create_listing

        async def dying(content: Any) -> str:
            if market.state()["creates"] >= 3:
                market.faults.update({"token_lifetime_s": 0.0, "refresh_lifetime_s": 0.0})
            return await create(content)

        marketplace.create_listing = dying  # type: ignore[method-assign]
        result = await publish(db, marketplace, 1, settings=HASTY, parallel=1)
    assert (result.ending, result.failed) == (Ending.SIGNED_OUT, 0)
    assert result.is_signed_out
    with db.read() as session:
        health = session.connection().exec_driver_sql("SELECT health FROM store WHERE id = 1").scalar()
    assert health == "signed_out"
    assert states(db).count("queued") >= 8

    market.faults.update({"token_lifetime_s": None, "refresh_lifetime_s": None})
    write(db, "UPDATE store SET health = 'ok'")
    assert (await send(db, market)).live == 12
    await check_once_each(db, market, records)
