"""Numbers, money, weights and times as interface.md 10 wants them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.views import numbers
from app.views.language import language

NOW = datetime(2026, 6, 12, 2, 0, tzinfo=UTC)  # 10:00 in the office


def ms(*parts):
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(("value", "shown"), [(None, "–"), (0, "0"), (12846, "12,846"), (-3, "\u22123")])
def test_integers(value, shown):
    assert numbers.integer(value) == shown


@pytest.mark.parametrize(
    ("minor", "shown"), [(None, "–"), (0, "0.00"), (1890, "18.90"), (-232, "\u22122.32"), (123456789, "1,234,567.89")]
)
def test_money(minor, shown):
    assert numbers.money(minor) == shown


def test_copies_carry_neither_grouping_nor_a_typographic_minus():
    assert numbers.plain_money(-123456) == "-1234.56"
    assert numbers.plain_money(None) == ""


@pytest.mark.parametrize(
    ("micro", "shown"),
    [(16_545_000, "16.55"), (16_544_999, "16.54"), (16_535_000, "16.54"), (-5_000, "−0.01"), (0, "0.00")],
)
def test_millionths_are_shown_half_up(micro, shown):
    assert numbers.money(numbers.cents(micro)) == shown


def test_ranges_weights_and_percents():
    assert numbers.money_range(336, 610) == "3.36 – 6.10"
    assert numbers.money_range(336, 336) == "3.36"
    assert numbers.kilograms(840) == "0.840"
    assert numbers.percent(Decimal("0.1081")) == "10.8\u202f%"
    assert numbers.percent(Decimal("-0.026")) == "\u22122.6\u202f%"


@pytest.mark.parametrize(
    ("at", "zh", "en"),
    [
        (ms(2026, 6, 12, 1, 41), "09:41", "09:41"),
        (ms(2026, 6, 11, 1, 41), "06-11", "11 Jun"),
        (ms(2025, 11, 3, 1, 0), "2025-11-03", "3 Nov 2025"),
        (ms(2026, 6, 11, 16, 30), "00:30", "00:30"),
    ],
)
def test_times_shorten_with_age(qapp, at, zh, en):
    assert numbers.moment(at, now=NOW) == en
    language.set_language("zh")
    assert numbers.moment(at, now=NOW) == zh


def test_a_tip_gives_all_three_clocks():
    tip = numbers.moment_tip(ms(2026, 6, 12, 1, 41))
    assert "2026-06-12 09:41" in tip
    assert "2026-06-11 18:41" in tip
    assert "UTC 2026-06-12 01:41" in tip


def test_time_left_turns_negative_when_overdue():
    assert numbers.time_left(82 * 60_000, now_ms=0) == "1 h 22 min"
    assert numbers.time_left(0, now_ms=5 * 60_000) == "\u22120 h 5 min"
    assert numbers.time_left(50 * 3_600_000, now_ms=0) == "2 d 2 h"
    assert numbers.time_left(None, now_ms=0) == "–"
    assert numbers.duration(208) == "3 min 28 s"


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("18.9", 1890),
        ("１８．９０", 1890),
        ("$ 3.36", 336),
        ("US $12", 1200),
        ("us$12", 1200),
        ("12 USD", 1200),
        ("12＄", 1200),
        ("12,5", 1250),
        ("1,234.50", 123450),
        ("", None),
        ("–", None),
        ("0", 0),
    ],
)
def test_people_may_type_amounts_in_many_ways(text, minor):
    assert numbers.parse_money(text) == minor


@pytest.mark.parametrize(
    "text", ["abc", "1.234", "1,234", "--3", "12.5.1", "0,84kg?", "￥35", "¥35", "35€", "£3", "$$3", "USD"]
)
def test_what_is_no_amount_or_may_be_two_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        numbers.parse_money(text)
