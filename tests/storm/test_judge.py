"""The verdict on fabricated records: what excuses a double, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.practice_market.journal import note
from app.practice_market.storage import Storage
from tests.storm.judge import Verdict, judge
from tests.storm.market import Product, StormMarket, Twice

STORE = 1


def lamp(product_id: str, code: str = "LP1", price: int = 489) -> Product:
    return Product(f"Lamp {code}", ((code, price, 120),), 1, "200004104", 5, product_id)


ONE, TWO, THREE = lamp("1"), lamp("2"), lamp("3")
ONE_TWICE = Twice(frozenset({"1", "2"}), 1)


def test_the_same_on_both_sides_is_sound() -> None:
    assert judge([ONE, lamp("9", "LP9")], [lamp("9", "LP9"), ONE], set(), []) == Verdict()


def test_a_call_the_market_carried_out_twice_is_excused_where_it_is_named() -> None:
    assert judge([ONE], [ONE, TWO], {"2"}, [ONE_TWICE]) == Verdict(told=1)


def test_whichever_of_the_two_the_listing_carries() -> None:
    assert judge([TWO], [ONE, TWO], {"1"}, [ONE_TWICE]) == Verdict(told=1)


def test_what_nobody_named_is_doubled() -> None:
    assert judge([ONE], [ONE, TWO], set(), [ONE_TWICE]) == Verdict(doubled=["Lamp LP1"])


@pytest.mark.parametrize(
    "made_twice", [[], [Twice(frozenset({"7", "8"}), 1)]], ids=["without a fault", "the fault met another call"]
)
def test_a_double_of_our_own_making_is_no_better_for_being_named(made_twice: list[Twice]) -> None:
    assert judge([ONE], [ONE, TWO], {"2"}, made_twice) == Verdict(doubled=["Lamp LP1"])


def test_a_fault_excuses_no_more_than_it_made() -> None:
    """The listing was created once more by us: of the pair one is the market's, the other was asked for."""
    assert judge([THREE], [ONE, TWO, THREE], {"1", "2"}, [ONE_TWICE]) == Verdict(doubled=["Lamp LP1"], told=1)


def test_a_twin_is_not_taken_for_a_double() -> None:
    assert judge([ONE, THREE], [ONE, THREE], set(), []) == Verdict()
    assert judge([ONE, THREE], [ONE, TWO, THREE], {"2"}, [ONE_TWICE]) == Verdict(told=1)


def test_a_listing_that_is_named_superfluous_is_lost() -> None:
    assert judge([ONE], [ONE], {"1"}, []).lost == ["Lamp LP1"]
    assert judge([ONE], [ONE, TWO], {"1"}, [ONE_TWICE]) == Verdict(doubled=["Lamp LP1"], lost=["Lamp LP1"])


def test_what_is_missing_is_lost_and_what_differs_is_wrong() -> None:
    assert judge([ONE], [], set(), []) == Verdict(lost=["Lamp LP1"])
    (sentence,) = judge([ONE], [lamp("1", price=500)], set(), []).wrong
    assert "489" in sentence
    assert "500" in sentence


def test_the_record_says_what_came_of_one_call(tmp_path: Path) -> None:
    """Two requests of the same content, one carried out twice; an item of a feed that was taken twice; an edit."""
    market = StormMarket(tmp_path)
    storage = Storage(market.database)
    for store in (STORE, 2):
        storage.execute("INSERT INTO store (store_id, name, name_en, login_id, account, country, currency)"
                        " VALUES (?, '', '', '', '', '', '')", (store,))  # fmt: skip
    rows = [
        ("create", 1, "r1", "", False), ("create", 2, "r2", "", False), ("create", 3, "r2", "", True),
        ("create", 4, "r3", "a", False), ("create", 5, "r3", "b", False), ("create", 6, "r3", "a", True),
        ("edit", 1, "r4", "", False), ("edit", 1, "r4", "", True), ("create", 7, "", "", False),
        ("create", 8, "", "", False),
    ]  # fmt: skip
    for kind, subject, request_id, item, is_repeat in rows:
        _note(storage, STORE, kind, subject, request_id, item, is_repeat=is_repeat)
    for is_repeat in (False, True):
        _note(storage, 2, "create", 9, "r9", "", is_repeat=is_repeat)
    storage.close()

    assert market.made_twice() == [Twice(frozenset({"2", "3"}), 1), Twice(frozenset({"4", "6"}), 1)]


def _note(
    storage: Storage, store_id: int, kind: str, subject: int, request_id: str, feed_item: str, *, is_repeat: bool
) -> None:
    note(
        storage, moment_ms=1, store_id=store_id, app_key="k", method="m", kind=kind, subject=subject,
        content={}, feed_item=feed_item, request_id=request_id, is_repeat=is_repeat,
    )  # fmt: skip
