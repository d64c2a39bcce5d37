"""The listing part of the adapter against the stub: what is sent, what is made of the answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from app.services.marketplace.aliexpress import AliExpressMarketplace
from app.services.marketplace.aliexpress.mapping.listing import write_listing
from app.services.marketplace.port import (
    Marketplace,
    MarketplaceError,
    RateLimited,
    Refused,
    RemoteStatus,
    SignedOut,
    SkuContent,
    TemporaryFault,
    Unanswered,
)
from app.services.marketplace.records import Loss
from tests.unit.marketplace.stub import CUT, START, FakeClock, Seen, StubMarket, content, detail, page, refusal, sample

LIST = "findproductinfolistquery"
DETAIL = "offer.product.query"
POST = "offer.product.post"
EDIT = "offer.product.edit"
ONLINE = "onlineaeproduct"
QUERY = "aeop_a_e_product_list_query"


def batch(*, done: int, refused: dict[int, str] | None = None) -> dict[str, Any]:
    details = [{"error_code": code, "product_ids": [product_id]} for product_id, code in (refused or {}).items()]
    return {"result": {"success": not refused, "modify_count": done, "error_details": details}}


async def test_it_is_a_marketplace(store: AliExpressMarketplace) -> None:
    checked: Marketplace = store

    missing = [name for name in dir(Marketplace) if not name.startswith("_") and not hasattr(checked, name)]
    assert missing == []


async def test_a_page_of_the_list(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer(LIST, sample("product-list-get")["body"] | {})

    result = await store.list_listings(RemoteStatus.OFF_SALE, page=3, page_size=500)

    assert [summary.product_id for summary in result.rows] == ["1005001234560001", "1005001234560002"]
    assert (result.page, result.pages, result.total) == (3, 1, 2)
    (seen,) = market.seen
    assert seen.body(QUERY) == {"product_status_type": "offline", "current_page": 3, "page_size": 99}
    assert (seen.params["simplify"], seen.params["format"], seen.params["sign_method"]) == ("true", "json", "sha256")
    assert seen.params["timestamp"] == str(int(START.timestamp() * 1000))


async def test_an_empty_list_has_no_list_at_all(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer(LIST, sample("product-list-get.simplified")["bodies"][1])

    result = await store.list_listings(RemoteStatus.ON_SALE)

    assert (result.rows, result.pages, result.total) == ((), 0, 0)


async def test_a_listing_is_read_with_its_raw_record(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer(DETAIL, detail(1005001234560001, some_future_field=[1]))

    listing = await store.read_listing("1005001234560001")

    assert listing.content == content()
    assert listing.raw["some_future_field"] == [1]
    assert market.seen[0].params["product_id"] == "1005001234560001"


async def test_a_detail_without_skus_is_asked_for_again(
    store: AliExpressMarketplace, market: StubMarket, clock: FakeClock
) -> None:
    without = detail()
    del without["result"]["aeop_ae_product_s_k_us"]
    market.answer(DETAIL, without, without, detail())

    assert len((await store.read_listing("1")).content.skus) == 2
    assert clock.sleeps == [2, 2]

    market.answer(DETAIL, without)
    with pytest.raises(TemporaryFault) as caught:
        await store.read_listing("1")
    assert caught.value.error_code == "marketplace.sku_missing"


async def test_a_create_returns_the_id_and_nothing_else_is_asked(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    market.answer(POST, {"aliexpress_offer_product_post_response": {"result": {"product_id": 1005001234599999}}})

    assert await store.create_listing(content()) == "1005001234599999"
    (seen,) = market.seen
    assert seen.body("aeop_a_e_product") == write_listing(content())


@pytest.mark.parametrize(
    "answer",
    [
        CUT,
        refusal("ServiceTimeout"),
        refusal("InternalError"),
        refusal(15, "t/o", "isp.top-remote-connection-timeout"),
        {"result": {}},
        {"result": {"product_id": ""}},
        {"result": {"product_id": 1.5e300}},
        b"",
    ],
)
async def test_a_create_that_may_have_happened_is_sent_once(
    store: AliExpressMarketplace, market: StubMarket, answer: Any
) -> None:
    market.answer(POST, answer)

    with pytest.raises(Unanswered):
        await store.create_listing(content())
    assert len(market.seen) == 1


@pytest.mark.parametrize(
    "passing",
    [
        refusal(15, "again", "7250004"),
        refusal("AppApiCallLimit", "This ban will last 1 seconds"),
        {"result": {"success": False, "error_code": "10006008"}},
    ],
)
async def test_a_create_that_certainly_did_not_happen_is_sent_again(
    store: AliExpressMarketplace, market: StubMarket, clock: FakeClock, passing: Any
) -> None:
    market.answer(POST, passing, passing, {"result": {"product_id": 7}})

    assert await store.create_listing(content()) == "7"
    assert len(market.seen) == 3
    assert clock.elapsed > 0


@pytest.mark.parametrize(
    "doubtful",
    [
        refusal(15, "system error", "F00-10-10000-001"),
        {"result": {"success": False, "error_code": "13009999"}},
        {"error_response": {}},
        {"result": {"success": False}},
        {"result": {"product_id": 0}},
        {"result": {"product_id": "abc"}},
        lambda seen: web.Response(status=202, text="{}"),
        lambda seen: web.Response(status=204),
        lambda seen: web.Response(status=404),
    ],
)
async def test_a_create_that_may_have_happened_is_sent_once_and_looked_up(
    store: AliExpressMarketplace, market: StubMarket, doubtful: Any
) -> None:
    market.answer(POST, doubtful)

    with pytest.raises(Unanswered):
        await store.create_listing(content())
    assert len(market.seen) == 1


async def test_success_by_another_number_is_success(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer(POST, lambda seen: web.json_response({"result": {"product_id": 7}}, status=201))
    assert await store.create_listing(content()) == "7"


async def test_a_refused_create_names_the_field(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer(POST, refusal(15, "sku_code repeated", "F00-00-10007-007"))

    with pytest.raises(Refused) as caught:
        await store.create_listing(content())
    assert (caught.value.field, len(market.seen)) == ("sku.code", 1)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"unit_id": "piece"}, "marketplace.bad_id", "unit_id"),
        ({"language": "xx"}, "marketplace.locale", "language"),
        ({"title": "\ud800"}, "marketplace.bad_text", ""),
        ({"detail_html": "\ud800"}, "marketplace.bad_text", ""),
    ],
)
async def test_what_cannot_be_sent_is_refused_here(
    store: AliExpressMarketplace, market: StubMarket, change: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Refused) as caught:
        await store.create_listing(content(**change))
    assert (caught.value.error_code, caught.value.field) == (code, field)
    assert market.seen == []


async def test_an_edit_is_read_merged_and_sent_whole(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer(DETAIL, detail(5, aeop_a_e_multimedia={"aeop_a_e_videos": [{"media_id": 9}]}, msr_eu_id="77"))
    market.answer(EDIT, {"result": {"product_id": 5}})

    await store.edit_listing("5", replace(content(), title="Ceramic mug 400 ml"))

    sent = market.of(EDIT)[0].body("aeop_a_e_product")
    assert sent["product_id"] == 5
    assert sent["aeop_a_e_multimedia"] == {"aeop_a_e_videos": [{"media_id": 9}]}
    assert sent["msr_eu_id"] == "77"
    assert sent["subject_list"] == [{"locale": "en_US", "value": "Ceramic mug 400 ml"}]
    assert "aeop_s_k_u_property" in sent["aeop_ae_product_s_k_us"][0]


async def test_an_edit_without_answer_is_not_repeated(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer(DETAIL, detail(5))
    market.answer(EDIT, CUT)

    with pytest.raises(Unanswered):
        await store.edit_listing("5", content())
    assert len(market.of(EDIT)) == 1


async def test_an_edit_that_could_not_be_read_was_certainly_not_sent(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    market.answer(DETAIL, CUT)

    with pytest.raises(TemporaryFault):
        await store.edit_listing("5", content())
    assert market.of(EDIT) == []


async def test_a_preview_sends_nothing(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer(DETAIL, detail(5, msr_eu_id="77"))

    preview = await store.preview_edit("5", replace(content(), skus=content().skus[:1]))

    assert "msr_eu_id" in preview.kept
    path = "aeop_ae_product_s_k_us[MUG-BLK-ES]"
    assert preview.lost == (Loss(path, "variant", "MUG-BLK-ES", "12.50 USD × 35", "MUG-BLK-ES"),)
    assert market.of(EDIT) == []


@pytest.mark.parametrize(
    ("word", "status"),
    [("approved", RemoteStatus.ON_SALE), ("auditing", RemoteStatus.IN_REVIEW), ("refuse", RemoteStatus.REJECTED)],
)
async def test_where_a_review_stands(
    store: AliExpressMarketplace, market: StubMarket, word: str, status: RemoteStatus
) -> None:
    market.answer("findaeproductstatusbyid", {"result": {"error_code": 0, "product_id": 1, "status": word}})

    assert await store.review_status("1") is status


class TestOnAndOffSale:
    async def test_ids_travel_in_groups_of_fifty(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer(ONLINE, lambda seen: batch(done=len(seen.params["product_ids"].split(";"))))
        ids = [str(number) for number in range(1, 121)]

        outcome = await store.set_online(ids)

        assert outcome.done == tuple(ids)
        assert [len(seen.params["product_ids"].split(";")) for seen in market.seen] == [50, 50, 20]

    async def test_some_may_be_refused(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer(ONLINE, sample("online-offline.partial"))

        outcome = await store.set_online(["1005001234560001", "1005001234560002"])

        assert outcome.done == ("1005001234560001",)
        assert outcome.failed == {"1005001234560002": "090015"}
        assert outcome.unknown == ()

    async def test_details_may_be_json_text(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        said = '{"error_code":"13001041","product_ids":[2]}'
        market.answer("offlineaeproduct", {"result": {"success": False, "modify_count": 1, "error_details": [said]}})

        assert (await store.set_offline(["1", "2"])).failed == {"2": "13001041"}

    async def test_all_may_be_refused_at_once(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer(ONLINE, {"result": {"success": False, "error_code": "090012", "modify_count": 0}})

        outcome = await store.set_online(["1", "2"])

        assert outcome.failed == {"1": "090012", "2": "090012"}
        assert len(market.seen) == 1

    async def test_a_group_without_answer_is_unknown_and_the_next_goes_on(
        self, store: AliExpressMarketplace, market: StubMarket
    ) -> None:
        market.answer(ONLINE, CUT, batch(done=10))
        ids = [str(number) for number in range(1, 61)]

        outcome = await store.set_online(ids)

        assert outcome.unknown == tuple(ids[:50])
        assert outcome.done == tuple(ids[50:])

    async def test_fewer_changed_than_asked_without_reason_is_unknown(
        self, store: AliExpressMarketplace, market: StubMarket
    ) -> None:
        market.answer(ONLINE, {"result": {"success": True, "modify_count": 1}})

        assert (await store.set_online(["1", "2"])).unknown == ("1", "2")

    async def test_what_is_no_id_fails_alone(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer(ONLINE, batch(done=2))

        outcome = await store.set_online(["1", "ten", "2", "1"])

        assert outcome.done == ("1", "2")
        assert outcome.failed == {"ten": "marketplace.bad_id"}

    async def test_a_store_signed_out_at_first_says_so(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        market.answer(ONLINE, refusal("IllegalRefreshToken"))

        with pytest.raises(SignedOut):
            await store.set_online(["1"])

    async def test_a_store_signed_out_later_keeps_what_was_done(
        self, store: AliExpressMarketplace, market: StubMarket
    ) -> None:
        market.answer(ONLINE, batch(done=50), refusal("IllegalRefreshToken"))
        ids = [str(number) for number in range(1, 131)]

        outcome = await store.set_online(ids)

        assert outcome.done == tuple(ids[:50])
        assert outcome.failed == dict.fromkeys(ids[50:], "IllegalRefreshToken")
        assert len(market.seen) == 2

    async def test_nothing_to_do_asks_nobody(self, store: AliExpressMarketplace, market: StubMarket) -> None:
        assert (await store.set_offline([])).done == ()
        assert market.seen == []


async def test_a_long_limit_comes_out_and_the_next_call_is_not_even_sent(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    market.answer(POST, refusal(7, "daily quota used up", "accesscontrol.limited-by-app-access-count"))

    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            await store.create_listing(content())
        assert caught.value.retry_after_s == pytest.approx(12 * 3600)
    assert len(market.seen) == 1


async def test_after_an_unknown_limit_calls_go_at_the_pace_that_went_through(
    store: AliExpressMarketplace, market: StubMarket, clock: FakeClock
) -> None:
    limit = refusal("AppApiCallLimit", "This ban will last 1 seconds")
    market.answer(DETAIL, *[detail() for _ in range(20)], limit, detail())
    for _ in range(21):
        await store.read_listing("1")
    begun = clock.elapsed
    assert begun >= 1.0

    for _ in range(40):
        await store.read_listing("1")

    assert 40 / (clock.elapsed - begun) == pytest.approx(20, rel=0.1)


async def test_a_price_in_a_currency_without_cents(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer(POST, {"result": {"product_id": 7}})

    await store.create_listing(content(currency="JPY", skus=(SkuContent("A", 1500, 3),)))

    assert market.seen[0].body("aeop_a_e_product")["aeop_ae_product_s_k_us"][0]["sku_price"] == "1500"


async def test_calls_that_find_the_clock_wrong_together_are_all_repeated(
    store: AliExpressMarketplace, market: StubMarket, clock: FakeClock
) -> None:
    """The first of them sets the clock; for the others it is right already, and still they must ask again."""
    clock.start = START + timedelta(hours=3)
    all_asked = asyncio.Event()

    async def answer(seen: Seen) -> dict[str, Any]:
        if len(market.of(LIST)) == 5:
            all_asked.set()
        await all_asked.wait()
        late_s = abs(int(seen.params["timestamp"]) / 1000 - START.timestamp())
        return page() if late_s < 7200 else refusal("IllegalTimestamp", "The timestamp is out of range")

    market.answer(LIST, answer)
    found = await asyncio.gather(*(store.list_listings(RemoteStatus.ON_SALE) for _ in range(5)))
    assert [len(result.rows) for result in found] == [0] * 5
    assert len(market.of(LIST)) == 10


async def test_changes_are_asked_for_from_a_little_before(store: AliExpressMarketplace, market: StubMarket) -> None:
    """16 hours earlier: whether the filter is meant in Pacific or in China time is not documented."""
    market.answer(LIST, page())
    await store.list_listings(RemoteStatus.ON_SALE, modified_from=START)
    await store.list_listings(RemoteStatus.ON_SALE)
    first, second = (seen.body(QUERY) for seen in market.of(LIST))
    assert first["gmt_modified_start"] == "2026-03-01 20:00:00"
    assert "gmt_modified_start" not in second


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        (refusal("nobody-knows"), "refused"),
        ({"error_response": {"code": "", "msg": ""}}, "refused_silently"),
        (CUT, "unanswered"),
        ({"aliexpress_postproduct_response": {"result": {"success": True, "total_page": "many"}}}, "unreadable"),
    ],
)
async def test_a_failed_read_is_not_told_as_a_failed_write(
    store: AliExpressMarketplace, market: StubMarket, answer: Any, key: str
) -> None:
    for _ in range(9):
        market.answer(LIST, answer)
        market.answer(POST, answer)

    with pytest.raises(MarketplaceError) as read:
        await store.list_listings(RemoteStatus.ON_SALE)
    assert read.value.message_key == f"error.marketplace.{key}_read"
    if key != "unreadable":
        with pytest.raises(MarketplaceError) as written:
            await store.create_listing(content())
        assert written.value.message_key == f"error.marketplace.{key}"
