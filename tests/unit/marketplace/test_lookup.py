"""Finding again what a create without answer may have made: by equality, never by guessing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.services.marketplace.aliexpress import AliExpressMarketplace
from app.services.marketplace.port import Refused
from tests.unit.marketplace.stub import START, FakeClock, Seen, StubMarket, detail, page, refusal, row

LIST = "findproductinfolistquery"
DETAIL = "offer.product.query"
QUERY = "aeop_a_e_product_list_query"
CODES = ("MUG-BLK-CN", "MUG-BLK-ES")


async def find(store: AliExpressMarketplace, **changes: Any) -> list[str]:
    window = {"created_from": START - timedelta(minutes=5), "created_to": START + timedelta(minutes=5)}
    wanted = {"title": "Ceramic mug 350 ml", "codes": CODES, **window, **changes}
    return [listing.product_id for listing in await store.find_listings(**wanted)]


def stock(market: StubMarket, *rows: dict[str, Any], **states: list[dict[str, Any]]) -> None:
    """Rows in review, unless a state is named; every row has a detail of its own."""
    by_state = {"auditing": list(rows), **states}
    market.answer(LIST, lambda seen: page(*by_state.get(seen.body(QUERY)["product_status_type"], [])))


async def test_the_same_title_codes_and_time_are_found(store: AliExpressMarketplace, market: StubMarket) -> None:
    stock(market, row(7))
    market.answer(DETAIL, detail(7))

    assert await find(store) == ["7"]


async def test_every_state_is_asked_in_the_order_listings_move(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    stock(market, offline=[row(9)])
    market.answer(DETAIL, detail(9))

    assert await find(store) == ["9"]
    asked = [seen.body(QUERY) for seen in market.of(LIST)]
    assert [query["product_status_type"] for query in asked] == [
        "auditing",
        "editingRequired",
        "onSelling",
        "offline",
    ]
    assert {query["subject"] for query in asked} == {"Ceramic mug 350 ml"}
    # 16 hours on either side: the filter may be meant in Pacific or in China time.
    assert {query["gmt_create_start"] for query in asked} == {"2026-03-01 19:55:00"}
    assert {query["gmt_create_end"] for query in asked} == {"2026-03-03 04:05:00"}


async def test_a_listing_that_moves_between_two_questions_counts_once(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    stock(market, row(7), onSelling=[row(7)])
    market.answer(DETAIL, detail(7))

    assert await find(store) == ["7"]
    assert len(market.of(DETAIL)) == 1


@pytest.mark.parametrize(
    "other",
    [
        row(7, "Ceramic mug 350 ml red"),
        row(7, created="2026-03-02 11:40:00"),
        row(7, created="2026-03-02 12:30:00"),
    ],
    ids=["title", "too early", "too late"],
)
async def test_another_title_or_time_is_not_it(
    store: AliExpressMarketplace, market: StubMarket, other: dict[str, Any]
) -> None:
    stock(market, other)

    assert await find(store) == []
    assert market.of(DETAIL) == []


@pytest.mark.parametrize("codes", [("MUG-BLK-CN",), ("MUG-BLK-CN", "MUG-BLK-ES", "X"), ("A", "B"), ()])
async def test_other_codes_are_not_it(store: AliExpressMarketplace, market: StubMarket, codes: tuple[str, ...]) -> None:
    stock(market, row(7))
    market.answer(DETAIL, detail(7))

    assert await find(store, codes=codes) == []


async def test_the_order_of_codes_and_tidied_blanks_do_not_matter(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    stock(market, row(7, "Ceramic mug  350 ml "))
    market.answer(DETAIL, detail(7))

    assert await find(store, codes=CODES[::-1]) == ["7"]


async def test_two_that_fit_are_both_reported(store: AliExpressMarketplace, market: StubMarket) -> None:
    stock(market, row(7), row(8))
    market.answer(DETAIL, detail(7), detail(8))

    assert await find(store) == ["7", "8"]


async def test_a_row_without_time_is_looked_at(store: AliExpressMarketplace, market: StubMarket) -> None:
    stock(market, row(7, created=""))
    market.answer(DETAIL, detail(7))

    assert await find(store) == ["7"]


async def test_a_title_the_filter_cannot_take_is_compared_here(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    stock(market, row(7, "Кружка"), row(8, "Taza"))
    market.answer(DETAIL, detail(7))

    assert await find(store, title="Кружка") == ["7"]
    assert "subject" not in market.seen[0].body(QUERY)


async def test_all_pages_are_turned(store: AliExpressMarketplace, market: StubMarket) -> None:
    def turn(seen: Seen) -> dict[str, Any]:
        query = seen.body(QUERY)
        found = [row(7)] if (query["product_status_type"], query["current_page"]) == ("auditing", 3) else []
        return page(*found, pages=3 if query["product_status_type"] == "auditing" else 0)

    market.answer(LIST, turn)
    market.answer(DETAIL, detail(7))

    assert await find(store) == ["7"]
    assert len(market.of(LIST)) == 6


async def test_one_that_was_deleted_meanwhile_is_passed_over(store: AliExpressMarketplace, market: StubMarket) -> None:
    stock(market, row(7), row(8))
    market.answer(DETAIL, refusal(15, "", "F00-00-10001-002"), detail(8))

    assert await find(store) == ["8"]


async def test_a_detail_that_cannot_be_read_is_not_taken_for_a_no(
    store: AliExpressMarketplace, market: StubMarket
) -> None:
    stock(market, row(7))
    market.answer(DETAIL, refusal("InsufficientPermission"))

    with pytest.raises(Refused):
        await find(store)


@pytest.mark.parametrize("hours", [-5, 1.5, 13, 24 * 400])
async def test_a_computer_with_a_wrong_clock_finds_by_the_platforms(
    store: AliExpressMarketplace, market: StubMarket, clock: FakeClock, hours: float
) -> None:
    """The platform takes requests of a clock that is two hours off, but its own times are right."""
    clock.start = START + timedelta(hours=hours)
    stock(market, row(7), row(8, created="2026-03-02 12:30:00"))
    market.answer(DETAIL, detail(7))
    window = {"created_from": clock.start - timedelta(minutes=5), "created_to": clock.start + timedelta(minutes=5)}

    assert await find(store, **window) == ["7"]
    query = market.of(LIST)[-1].body(QUERY)
    assert query["gmt_create_start"] <= "2026-03-02 12:00:00" <= query["gmt_create_end"]
