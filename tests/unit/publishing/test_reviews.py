"""Reviews: few calls, and nothing settled without evidence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.services.db import Database
from app.services.listings.records import ListingRecord
from app.services.marketplace.port import Refused, RemoteStatus, SignedOut, TemporaryFault
from app.services.publishing.reviewing import poll_reviews
from app.services.publishing.reviews import ReviewCounts, ask_reviews
from app.services.tasks import TaskCancelled, TaskContext
from tests.unit.publishing.conftest import REVIEWED
from tests.unit.publishing.fake_marketplace import FakeMarketplace
from tests.unit.publishing.helpers import batch_states, journal, loaded, publish_all, states, statuses

Make = Callable[..., ListingRecord]


async def always() -> bool:
    return True


async def sent(db: Database, make_sellable: Make, market: FakeMarketplace, count: int) -> list[str]:
    """Send listings and leave them in review. Returns: product ids."""
    market.default_verdict = RemoteStatus.IN_REVIEW
    await publish_all(db, market, [make_sellable().id for _ in range(count)])
    market.calls.clear()
    return [row.product_id for row in journal(db)]


async def test_one_look_settles_what_was_decided(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    products = await sent(db, make_sellable, market, 4)
    market.verdict = {
        products[0]: RemoteStatus.ON_SALE,
        products[1]: RemoteStatus.REJECTED,
        products[2]: RemoteStatus.OFF_SALE,
    }
    ctx = TaskContext()
    assert await poll_reviews(db, market, 1, ctx) == ReviewCounts(live=2, rejected=1, in_review=1)
    assert states(db) == ["live", "rejected", "live", "in_review"]
    assert statuses(db) == ["live", "rejected", "off", "in_review"]
    assert batch_states(db) == ["done_with_failures"]
    assert (ctx.progress.done, ctx.progress.failed) == (4, 1)
    rejected = loaded(db, 2)
    assert (rejected.error_code, rejected.sent_hash) == ("publishing.rejected", rejected.content_hash)


async def test_a_deleted_product_ends_as_failed(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    (product_id,) = await sent(db, make_sellable, market, 1)
    del market.products[product_id]
    assert await poll_reviews(db, market, 1) == ReviewCounts(live=0, rejected=1, in_review=0)
    assert (states(db), loaded(db, 1).error_code) == (["failed"], "publishing.gone")


async def test_many_reviews_take_few_calls(market: FakeMarketplace) -> None:
    ids = [market.add(None) for _ in range(250)]  # type: ignore[arg-type]
    market.products = {number: _named(number) for number in ids}
    market.default_verdict = RemoteStatus.ON_SALE
    market.verdict = dict.fromkeys(ids[:150], RemoteStatus.IN_REVIEW) | {ids[200]: RemoteStatus.REJECTED}
    found = await ask_reviews(market, ids, always)
    assert len(found) == 250
    assert list(found.values()).count(RemoteStatus.ON_SALE) == 99
    assert found[ids[200]] is RemoteStatus.REJECTED
    assert market.calls == ["list IN_REVIEW"] * 2 + ["list REJECTED"] + ["list ON_SALE"]


def _named(number: str) -> object:
    class Product:
        content = type("Content", (), {"title": number})()

    return Product()


async def test_few_reviews_in_a_big_store_are_asked_one_by_one(market: FakeMarketplace) -> None:
    ids = [str(number) for number in range(1, 3_001)]
    market.products = {number: _named(number) for number in ids}  # type: ignore[misc]
    market.default_verdict = RemoteStatus.ON_SALE
    found = await ask_reviews(market, ids[:4], always)
    assert found == dict.fromkeys(ids[:4], RemoteStatus.ON_SALE)
    assert market.calls.count("status") == 4
    assert len(market.calls) <= 7


async def test_one_review_is_one_call(market: FakeMarketplace) -> None:
    market.products = {"1": _named("1")}  # type: ignore[dict-item]
    await ask_reviews(market, ["1"], always)
    assert market.calls == ["status"]


async def test_a_refused_question_leaves_its_listing_out(market: FakeMarketplace) -> None:
    market.products = {"1": _named("1")}  # type: ignore[dict-item]
    market.review_script.append(Refused("marketplace.permission", platform_code="InsufficientPermission"))
    assert await ask_reviews(market, ["1"], always) == {}


async def test_nothing_is_asked_once_the_run_ends(market: FakeMarketplace) -> None:
    async def never() -> bool:
        return False

    assert await ask_reviews(market, ["1", "2", "3"], never) == {}
    assert market.calls == []


async def test_a_dead_token_shows_on_the_store(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    await sent(db, make_sellable, market, 1)
    market.review_script.append(SignedOut(None))
    with pytest.raises(SignedOut):
        await poll_reviews(db, market, 1)
    with db.read() as session:
        assert session.connection().exec_driver_sql("SELECT health FROM store").scalar_one() == "signed_out"


async def test_stopped_before_asking_writes_nothing(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    await sent(db, make_sellable, market, 2)
    ctx = TaskContext()
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        await poll_reviews(db, market, 1, ctx)
    assert (states(db), market.calls) == (["in_review"] * 2, [])


async def test_a_run_asks_again_after_a_fault(db: Database, make_sellable: Make, market: FakeMarketplace) -> None:
    market.review_script.append(TemporaryFault(None, platform_code="13009999"))
    result = await publish_all(db, market, [make_sellable().id], settings=REVIEWED)
    assert (result.live, statuses(db)) == (1, ["live"])


@pytest.mark.parametrize("verdict", [RemoteStatus.OFF_SALE, RemoteStatus.ON_SALE])
async def test_a_listing_taken_off_sale_is_off_until_it_is_live_again(
    db: Database, make_sellable: Make, market: FakeMarketplace, verdict: RemoteStatus
) -> None:
    """An edit of a listing that is off sale leaves it off sale, for the reason it had; approved is not on sale."""
    market.default_verdict = verdict
    record = make_sellable(product_id="1005006000000007", sent_hash="older", status="off", off_reason="user")
    result = await publish_all(db, market, [record.id], settings=REVIEWED)
    after = loaded(db, record.id)
    assert (result.live, after.status, after.off_reason) == (1, "off", "user")
