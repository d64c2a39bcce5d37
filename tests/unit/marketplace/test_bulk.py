"""Prices, stocks and deletions of many listings: batches, single calls, feeds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.services.marketplace.aliexpress import AliExpressMarketplace, Gateway
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.port import BatchOutcome, Refused, SignedOut, Unanswered
from app.services.marketplace.records import (
    FeedItem,
    FeedKind,
    FeedReport,
    FeedVerdict,
    PriceChange,
    SkuPrice,
    SkuStock,
    StockChange,
)
from tests.unit.marketplace.stub import CUT, FakeClock, Seen, StubMarket, credentials, detail, refusal, sample

PRICES, STOCKS = "solution.batch.product.price.update", "solution.batch.product.inventory.update"
DELETE, DELETE_ONE = "solution.batch.product.delete", "offer.product.delete"
UPDATES = "mutiple_product_update_list"
FORBIDDEN = refusal("InsufficientPermission")
SUBMIT, QUERY, JOBS = "solution.feed.submit", "solution.feed.query", "solution.feed.list.get"
JOB = 200000000060024475


def price(product_id: int, **changes: Any) -> PriceChange:
    return PriceChange(str(product_id), (SkuPrice(**{"code": "MUG-BLK-CN", "price_minor": 1234, **changes}),))


def stock(product_id: int) -> StockChange:
    return StockChange(str(product_id), (SkuStock("MUG-BLK-CN", 7), SkuStock("MUG-BLK-ES", 0)))


def all_done(seen: Seen) -> dict[str, Any]:
    products = [{"product_id": update["product_id"]} for update in seen.body(UPDATES)]
    return {"update_success": True, "update_successful_list": products}


async def test_a_discount_nobody_names_is_read_and_sent_along(store: AliExpressMarketplace, market: StubMarket) -> None:
    record = detail(1)
    record["result"]["aeop_ae_product_s_k_us"][0]["sku_discount_price"] = "9.90"
    market.answer("offer.product.query", record)
    market.answer(PRICES, all_done)

    outcome = await store.set_prices([price(1), price(2, discount_minor=999), price(3, drops_discount=True)])

    assert outcome == BatchOutcome(("1", "2", "3"), {})
    sent = [update["multiple_sku_update_list"][0] for update in market.of(PRICES)[0].body(UPDATES)]
    assert sent == [
        {"sku_code": "MUG-BLK-CN", "price": "12.34", "discount_price": "9.90"},
        {"sku_code": "MUG-BLK-CN", "price": "12.34", "discount_price": "9.99"},
        {"sku_code": "MUG-BLK-CN", "price": "12.34"},
    ]
    assert [seen.params["product_id"] for seen in market.of("offer.product.query")] == ["1"]


async def test_a_listing_that_cannot_be_read_keeps_its_price_and_the_others_go_on(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    market.answer("offer.product.query", lambda seen: refusal(15, "", "F00-00-10001-002"))
    market.answer(PRICES, all_done)

    outcome = await store.set_prices([price(1), price(2, drops_discount=True)])

    assert outcome == BatchOutcome(("2",), {"1": "F00-00-10001-002"})
    assert [update["product_id"] for update in market.of(PRICES)[0].body(UPDATES)] == [2]


async def test_twenty_products_a_call(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer(STOCKS, all_done)

    outcome = await store.set_stock([stock(number) for number in range(1, 46)])

    assert len(outcome.done) == 45
    assert [len(seen.body(UPDATES)) for seen in market.seen] == [20, 20, 5]
    assert market.seen[0].body(UPDATES)[0] == {
        "product_id": 1,
        "multiple_sku_update_list": [
            {"sku_code": "MUG-BLK-CN", "inventory": 7},
            {"sku_code": "MUG-BLK-ES", "inventory": 0},
        ],
    }


async def test_the_recorded_partial_answer_and_the_retry_of_what_failed_in_passing(
    store: AliExpressMarketplace, market: StubMarket, clock: FakeClock
) -> None:
    recorded = sample("batch-price-update.partial")["body"]
    market.answer(PRICES, recorded, all_done)
    one, two = 1005001234560001, 1005001234560002

    outcome = await store.set_prices([price(one, drops_discount=True), price(two, drops_discount=True)])

    assert outcome == BatchOutcome((str(one), str(two)), {})
    assert [[update["product_id"] for update in seen.body(UPDATES)] for seen in market.seen] == [[one, two], [two]]
    assert clock.sleeps


async def test_what_keeps_failing_comes_back_with_its_code(store: AliExpressMarketplace, market: StubMarket) -> None:
    failed = [{"product_id": 2, "error_code": "13001030"}]
    market.answer(
        PRICES, {"update_success": False, "update_failed_list": failed, "update_successful_list": [{"product_id": 1}]}
    )

    outcome = await store.set_prices([price(1, drops_discount=True), price(2, drops_discount=True)])

    assert outcome == BatchOutcome(("1",), {"2": "13001030"})
    assert len(market.seen) == 1


async def test_products_an_answer_does_not_mention_are_unknown(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    market.answer(STOCKS, {"update_success": False, "update_successful_list": [{"product_id": 1}]})

    assert await store.set_stock([stock(1), stock(2)]) == BatchOutcome(("1",), {}, ("2",))


async def test_a_batch_refused_as_a_whole_fails_for_all_of_it(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer(STOCKS, {"update_success": False, "update_error_code": "13010996"})

    assert await store.set_stock([stock(1), stock(2)]) == BatchOutcome((), {"1": "13010996", "2": "13010996"})


@pytest.mark.parametrize("answer", [CUT, b"<html>proxy</html>", b'{"update_success": tr', refusal("ServiceTimeout")])
async def test_a_batch_without_answer_is_unknown_and_sent_once(
    store: AliExpressMarketplace, market: StubMarket, answer: Any
) -> None:
    market.answer(STOCKS, answer, all_done)

    outcome = await store.set_stock([stock(number) for number in range(1, 31)])

    assert outcome.unknown == tuple(str(number) for number in range(1, 21))
    assert outcome.done == tuple(str(number) for number in range(21, 31))
    assert [len(seen.body(UPDATES)) for seen in market.seen] == [20, 10]


async def test_an_account_without_batches_sets_one_by_one_by_variant_id(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    market.answer(PRICES, FORBIDDEN)
    market.answer(STOCKS, FORBIDDEN)
    record = detail(1)
    for number, sku in enumerate(record["result"]["aeop_ae_product_s_k_us"]):
        sku["id"] = f"14:193;200007763:{number}"
    market.answer("offer.product.query", record)
    market.answer("skuprices.edit", {"result": {"success": True, "modify_count": 1}})
    market.answer("editmutilpleskustocks", {"result": {"success": True, "modify_count": 2}})

    assert (await store.set_prices([price(1)])).done == ("1",)
    assert (await store.set_stock([stock(1)])).done == ("1",)

    assert market.of("skuprices.edit")[0].body("sku_id_price_map") == {"14:193;200007763:0": "12.34"}
    assert market.of("editmutilpleskustocks")[0].body("sku_stocks") == {
        "14:193;200007763:0": 7,
        "14:193;200007763:1": 0,
    }


async def test_single_calls_need_no_reading_where_the_id_is_known(gateway: Gateway, market: StubMarket) -> None:
    store = AliExpressMarketplace(credentials(), gateway, store_key="mugs", families={"prices": "offer"})
    market.answer("skuprices.edit", {"result": {"success": True}})

    assert (await store.set_prices([price(1, sku_id="<none>")])).done == ("1",)
    assert [seen.params["method"].rsplit(".", 2)[-2:] for seen in market.seen] == [["skuprices", "edit"]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"discount_minor": 1, "sku_id": "x"}, "marketplace.field_fixed"),
        ({"code": "OTHER"}, "marketplace.sku_code_unknown"),
    ],
)
async def test_what_single_calls_cannot_do_fails_before_it_is_sent(
    gateway: Gateway, market: StubMarket, change: dict[str, Any], code: str
) -> None:
    store = AliExpressMarketplace(credentials(), gateway, store_key="mugs", families={"prices": "offer"})
    market.answer("offer.product.query", detail(1))

    assert await store.set_prices([price(1, **change)]) == BatchOutcome((), {"1": code})
    assert market.of("skuprices.edit") == []


async def test_deletions_in_hundreds(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer(DELETE, {"request_id": "r"})

    outcome = await store.delete_listings([str(number) for number in range(1, 151)])

    assert len(outcome.done) == 150
    assert [len(json.loads(seen.params["product_ids"])) for seen in market.seen] == [100, 50]


async def test_a_deletion_without_answer_is_unknown_and_sent_once(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    market.answer(DELETE, CUT)

    assert await store.delete_listings(["1", "2"]) == BatchOutcome((), {}, ("1", "2"))
    assert len(market.seen) == 1


async def test_deletions_one_by_one(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer(DELETE, FORBIDDEN)
    market.answer(DELETE_ONE, {"product_id": 1}, refusal(15, "", "F00-00-10001-002"))

    assert await store.delete_listings(["1", "2"]) == BatchOutcome(("1",), {"2": "F00-00-10001-002"})


async def test_the_recorded_life_of_a_feed(store: AliExpressMarketplace, market: StubMarket) -> None:
    recorded = sample("feed-life-cycle")
    for method, name in ((SUBMIT, "submit"), (JOBS, "list"), (QUERY, "query")):
        market.answer(method, recorded[name])

    job = await store.submit_feed(FeedKind.CREATE, [FeedItem("row-1", {"title": "Кружка"}), FeedItem("row-2", {})])
    jobs = await store.feed_jobs(FeedKind.CREATE, store._clock.now())
    report = await store.feed_report(job)

    assert job == "200000000060099001"
    assert [(one.job_id, one.state) for one in jobs] == [(job, "PROCESSING")]
    assert report == FeedReport(
        job,
        2,
        (
            FeedVerdict("row-1", True, "1005001234599998"),
            FeedVerdict("row-2", False, "", "F00-00-10007-007", "duplicate sku_code"),
        ),
    )
    assert report.is_over
    (submitted,) = market.of(SUBMIT)
    assert submitted.body("item_list")[0] == {"item_content_id": "row-1", "item_content": '{"title":"Кружка"}'}
    assert market.of(JOBS)[0].params["submitted_time_start"] == "2026-03-01 20:00:00"
    assert market.of(QUERY)[0].params["job_id"] == job


@pytest.mark.parametrize(
    "items", [[], [FeedItem("a", {}), FeedItem("a", {})], [FeedItem(str(n), {}) for n in range(2001)]]
)
async def test_a_feed_of_the_wrong_size_is_not_sent(
    store: AliExpressMarketplace, market: StubMarket, items: list[FeedItem]
) -> None:
    with pytest.raises(Refused) as caught:
        await store.submit_feed(FeedKind.STOCK, items)
    assert caught.value.error_code == "marketplace.feed_size"
    assert market.seen == []


class FeedDesk:
    """Feeds as the platform works them off: *each* items a look, in an order of its own."""

    def __init__(self, market: StubMarket, each: int = 300, refused: str = "") -> None:
        self.items: list[str] = []
        self.looks = 0
        self._each, self._refused = each, refused
        market.answer(SUBMIT, self.submit)
        market.answer(QUERY, self.query)
        market.answer(JOBS, self.jobs)

    def submit(self, seen: Seen) -> dict[str, Any]:
        self.items = [item["item_content_id"] for item in seen.body("item_list")]
        return {"job_id": JOB}

    def query(self, seen: Seen) -> dict[str, Any]:
        self.looks += 1
        settled = self.items[::-1][: self._each * self.looks]
        verdicts = [{"item_content_id": item, "item_execution_result": self._verdict(item)} for item in settled]
        return {"job_id": JOB, "total_item_count": len(self.items), "result_list": verdicts}

    def jobs(self, seen: Seen) -> dict[str, Any]:
        rows = [{"job_id": JOB, "operation_type": seen.params["feed_type"], "status": "PROCESSING"}]
        return {"total_page": 1, "job_list": rows if self.items else []}

    def _verdict(self, item: str) -> str:
        if self._refused and item.startswith(f"{self._refused}-"):
            return json.dumps({"success": False, "errorCode": "13002001"})
        return json.dumps({"success": True, "productId": int(item.split("-")[0])})


def large() -> int:
    return int(rules("wire")["feed_from"]["PRODUCT_STOCKS_UPDATE"])


async def test_a_large_batch_goes_as_a_feed(store: AliExpressMarketplace, market: StubMarket) -> None:
    desk = FeedDesk(market, refused="3")

    outcome = await store.set_stock([stock(number) for number in range(1, large() + 1)])

    assert (len(outcome.done), outcome.failed, outcome.unknown) == (large() - 1, {"3": "13002001"}, ())
    assert market.of(STOCKS) == []
    assert len(market.of(SUBMIT)) == 1
    assert desk.looks == 2


async def test_one_product_less_goes_as_batches(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer(STOCKS, all_done)

    await store.set_stock([stock(number) for number in range(1, large())])

    assert len(market.of(STOCKS)) == large() // 20


@pytest.mark.parametrize("was_taken", [True, False])
async def test_a_feed_without_answer_is_found_by_its_items_and_not_sent_again(
    store: AliExpressMarketplace, market: StubMarket, was_taken: bool
) -> None:
    desk = FeedDesk(market)

    def lose(seen: Seen) -> Any:
        if was_taken:
            desk.submit(seen)
        return CUT

    market.answer(SUBMIT, lose)
    outcome = await store.set_stock([stock(number) for number in range(1, large() + 1)])

    assert len(market.of(SUBMIT)) == 1
    assert len(outcome.done if was_taken else outcome.unknown) == large()


async def test_a_job_of_somebody_else_is_not_taken_for_ours(store: AliExpressMarketplace, market: StubMarket) -> None:
    desk = FeedDesk(market)
    desk.items = [f"{number}-somebody-elses" for number in range(1, large() + 1)]
    market.answer(SUBMIT, CUT)

    outcome = await store.set_stock([stock(number) for number in range(1, large() + 1)])

    assert len(outcome.unknown) == large()


async def test_items_without_a_verdict_are_unknown_when_patience_ends(
    store: AliExpressMarketplace, market: StubMarket, clock: FakeClock
) -> None:
    FeedDesk(market, each=0)

    outcome = await store.set_stock([stock(number) for number in range(1, large() + 1)])

    assert len(outcome.unknown) == large()
    assert rules("wire")["feed_patience_s"] < clock.elapsed < rules("wire")["feed_patience_s"] + 120


async def test_a_submission_nobody_answers_is_unanswered(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer(SUBMIT, refusal("ServiceTimeout"))

    with pytest.raises(Unanswered):
        await store.submit_feed(FeedKind.STOCK, [FeedItem("1", {})])
    assert len(market.seen) == 1


async def test_a_dead_token_ends_the_reading_of_all_discounts(store: AliExpressMarketplace, market: StubMarket) -> None:
    market.answer("offer.product.query", refusal("IllegalAccessToken"))
    market.answer("/auth/token/refresh", refusal("IllegalRefreshToken"))

    with pytest.raises(SignedOut):
        await store.set_prices([price(number) for number in range(1, 101)])

    assert len(market.of("offer.product.query")) <= rules("wire")["parallel_reads"]
    assert market.of(PRICES) == []
