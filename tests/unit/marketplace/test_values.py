"""Values as the platform spells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.marketplace.aliexpress.encoding import wire_id
from app.services.marketplace.aliexpress.values import (
    embedded,
    flag,
    grams,
    ident,
    kilograms,
    listed,
    minor_units,
    moment,
    moment_text,
    price_text,
    span_texts,
    text,
    whole,
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (200000000060024475, "200000000060024475"),
        (-1700000001, "-1700000001"),
        ("200000000060024475", "200000000060024475"),
        (" 42 ", "42"),
        (1005001234560001.0, "1005001234560001"),
        (None, ""),
        ("", ""),
    ],
)
def test_ids_stay_exact(value: object, expected: str) -> None:
    assert ident(value) == expected


@pytest.mark.parametrize("value", [2.0e17, 1.5, float("nan"), True, [1], {}])
def test_an_id_that_lost_its_digits_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not an id"):
        ident(value)


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [
        ("200.07", "USD", 20007),
        ("2113.0", "USD", 211300),
        (11, "USD", 1100),
        (0.1, "EUR", 10),
        ("1.005", "USD", 101),
        ("1.004", "USD", 100),
        ("0.285", "USD", 29),
        ("1500", "JPY", 1500),
        ("1.250", "KWD", 1250),
        ("-3.40", "USD", -340),
        (None, "USD", None),
        ("", "", None),
    ],
)
def test_prices_become_minor_units(value: object, currency: str, expected: int | None) -> None:
    assert minor_units(value, currency) == expected


@given(st.integers(min_value=0, max_value=10**11), st.sampled_from(["USD", "JPY", "KWD", ""]))
def test_a_price_survives_the_way_out_and_back(minor: int, currency: str) -> None:
    assert minor_units(price_text(minor, currency), currency) == minor


@given(st.integers(min_value=1, max_value=500_000))
def test_a_weight_survives_the_way_out_and_back(weight_g: int) -> None:
    assert grams(kilograms(weight_g)) == weight_g


def test_a_weight_is_rounded_up_and_has_three_decimals() -> None:
    assert grams("0.4201") == 421
    assert kilograms(420) == "0.420"
    assert grams(None) is None


@pytest.mark.parametrize("word", ["12,50", "USD 3", "NaN", "Infinity", True])
def test_what_is_no_number_is_refused(word: object) -> None:
    with pytest.raises(ValueError, match="not a number"):
        minor_units(word)


@pytest.mark.parametrize(
    ("shown", "zone", "at"),
    [
        ("2023-11-14 21:05:33", "order", utc(2023, 11, 15, 5, 5, 33)),
        ("2023-07-14 21:05:33", "order", utc(2023, 7, 15, 4, 5, 33)),
        ("2023-07-22 20:17:24", "product", utc(2023, 7, 22, 12, 17, 24)),
        ("2023-12-22 20:17:24.0", "product", utc(2023, 12, 22, 12, 17, 24)),
        ("2023-11-05 01:30:00", "order", utc(2023, 11, 5, 8, 30)),
        (None, "order", None),
        ("", "product", None),
    ],
)
def test_local_times_of_the_platform(shown: str | None, zone: str, at: datetime | None) -> None:
    assert moment(shown, zone) == at


def test_filters_follow_daylight_saving_and_keep_their_seconds() -> None:
    assert moment_text(utc(2026, 3, 8, 9, 59, 59), "order") == "2026-03-08 01:59:59"
    assert moment_text(utc(2026, 3, 8, 10, 0, 0), "order") == "2026-03-08 03:00:00"
    assert moment_text(utc(2026, 3, 8, 10), "product") == "2026-03-08 18:00:00"


def test_a_time_without_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zone"):
        moment_text(datetime(2026, 3, 8), "order")  # noqa: DTZ001


@given(st.integers(min_value=1_400_000_000, max_value=2_100_000_000))
def test_a_product_time_survives_the_way_out_and_back(epoch_s: int) -> None:
    at = datetime.fromtimestamp(epoch_s, UTC)

    assert moment(moment_text(at, "product"), "product") == at


@given(st.integers(min_value=1_400_000_000, max_value=2_100_000_000), st.sampled_from(["order", "feed", "tracking"]))
def test_a_pacific_time_survives_but_for_the_hour_that_comes_twice(epoch_s: int, zone: str) -> None:
    at = datetime.fromtimestamp(epoch_s, UTC)

    assert moment(moment_text(at, zone), zone) in (at, at - timedelta(hours=1))


@given(
    st.integers(0, 5 * 3600),
    st.integers(0, 5 * 3600),
    st.sampled_from([utc(2026, 11, 1, 7), utc(2026, 3, 8, 8), utc(2026, 6, 1)]),
)
def test_no_moment_of_a_span_is_left_out_however_the_far_side_reads_it(one: int, other: int, day: datetime) -> None:
    """Around both changes of the clock, and on a day without."""
    pacific = ZoneInfo("America/Los_Angeles")
    start, end = (day + timedelta(seconds=seconds) for seconds in sorted((one, other)))
    texts = [datetime.strptime(text, "%Y-%m-%d %H:%M:%S") for text in span_texts(start, end, "order")]  # noqa: DTZ007

    for fold in (0, 1):
        low, high = (text.replace(tzinfo=pacific, fold=fold).astimezone(UTC) for text in texts)
        assert low <= start <= end <= high
    assert start - texts[0].replace(tzinfo=pacific).astimezone(UTC) <= timedelta(hours=2)


def test_outside_that_hour_a_span_is_to_the_second() -> None:
    assert span_texts(utc(2026, 11, 1, 7, 59, 59), utc(2026, 11, 1, 10), "order") == (
        "2026-11-01 00:59:59",
        "2026-11-01 02:00:00",
    )
    assert span_texts(utc(2026, 11, 1, 8), utc(2026, 11, 1, 9, 30), "order") == (
        "2026-11-01 00:59:59",
        "2026-11-01 02:00:00",
    )


@given(st.integers(-(2**63), 2**63 - 1))
def test_any_id_of_64_bits_survives_json_and_back(number: int) -> None:
    assert ident(orjson.loads(orjson.dumps(wire_id(str(number), "id")))) == str(number)
    assert ident(str(number)) == str(number)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, []),
        ({}, []),
        ("", []),
        ([], []),
        ([1, 2], [1, 2]),
        ({"number": [1, 2]}, [1, 2]),
        ({"order_dto": [{"id": 1}]}, [{"id": 1}]),
        ({"id": 1, "name": "x"}, [{"id": 1, "name": "x"}]),
        (7, [7]),
    ],
)
def test_lists_in_all_their_forms(value: object, expected: list[object]) -> None:
    assert listed(value) == expected


def test_json_inside_json_may_be_text_or_object() -> None:
    assert embedded('{"en":"Color","zh":"颜色"}') == {"en": "Color", "zh": "颜色"}
    assert embedded({"en": "Color"}) == {"en": "Color"}
    with pytest.raises(ValueError, match="not JSON"):
        embedded("{en: Color}")


def test_flags_and_numbers_may_be_text() -> None:
    assert [flag(word) for word in (True, "true", "FALSE", "1", 0, None, "")] == [
        True,
        True,
        False,
        True,
        False,
        None,
        None,
    ]
    assert [whole(number) for number in (3, "3", "3.0", None, "")] == [3, 3, 3, None, None]
    assert [text(word) for word in ("x", 5, None)] == ["x", "5", ""]
    with pytest.raises(ValueError, match="neither"):
        flag("perhaps")
    with pytest.raises(ValueError, match="whole"):
        whole("3.5")
