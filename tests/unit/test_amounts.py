"""Amounts as decimal text, to the last digit and with their sign."""

from __future__ import annotations

import pytest

from app.services.amounts import decimal_text, money_text


@pytest.mark.parametrize(
    ("value", "unit", "least", "text"),
    [
        (None, 100, 0, None),
        (0, 1_000, 0, "0"),
        (6_500_000, 1_000_000, 2, "6.50"),
        (16_538_400, 1_000_000, 2, "16.5384"),
        (1_234_567_890_123_456_789, 1_000_000, 0, "1234567890123.456789"),
        (-500, 1_000, 0, "-0.5"),
    ],
)
def test_whole_numbers_as_decimal_text(value, unit, least, text):
    assert decimal_text(value, unit, least) == text


@pytest.mark.parametrize(
    ("minor", "text"), [(5, "0.05"), (1890, "18.90"), (-50, "-0.50"), (2**62 + 1, f"{(2**62 + 1) // 100}.05")]
)
def test_minor_units_as_money(minor, text):
    assert money_text(minor) == text
