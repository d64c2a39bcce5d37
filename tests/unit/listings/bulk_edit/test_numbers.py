"""Arithmetic in SQL gives what exact decimal arithmetic gives, for every number."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messages import Messages
from app.services.expressions import FormulaError
from app.services.listings.bulk_edit.formulas import scale, simplified
from app.services.listings.bulk_edit.numbers import LARGEST, refusal, rounded, worked
from app.services.listings.bulk_edit.operations import BadOperation, ChangeNumber, Limits, Rounding

numbers = st.integers(0, LARGEST)
factors = st.decimals(0, 10_000, places=6)


def result(change: ChangeNumber, before: int | None) -> tuple[int | None, str | None]:
    """What SQL makes of *before*: the new value and why it is refused."""
    how = worked(change)
    with closing(sqlite3.connect(":memory:")) as connection:
        if how.function is not None:
            connection.create_function(how.function[0], len(how.columns), how.function[1])
        value = how.after.format(before="before", columns=", ".join("before" for _ in how.columns))
        after = rounded("value", change.rounding, scale(change.field))
        sql = (
            f"WITH old AS (SELECT ? AS before), raw AS (SELECT before, {value} AS value FROM old), "
            f"done AS (SELECT before, {after} AS after FROM raw) "
            f"SELECT after, {refusal(change, 'before', 'after')} FROM done"
        )
        found: tuple[int | None, str | None] = connection.execute(sql, (before,)).fetchone()
        return found


@given(numbers, factors)
def test_a_factor_is_exact(before, factor):
    after, why = result(ChangeNumber("price_minor", "multiply", factor), before)
    expected = int((before * factor).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert after == expected
    assert why == ("too_large" if expected > LARGEST else "same" if expected == before else None)


@given(numbers, st.decimals(-100, 1_000, places=4))
def test_percent_is_exact(before, percent):
    after, _ = result(ChangeNumber("stock", "percent", percent), before)
    assert after == int((before * (100 + percent) / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@given(numbers, st.decimals(-(10**6), 10**6, places=2))
def test_sums_may_go_below_nothing_and_are_refused_then(before, add):
    after, why = result(ChangeNumber("price_minor", "add", add), before)
    assert after == before + int(add * 100)
    assert (why == "negative") is (after < 0)


@given(
    st.integers(1, 10**7),
    st.sampled_from([("1", "0.99"), ("0.05", "0"), ("10", "9.9"), ("0.1", "0.09"), ("1", "0"), ("0.07", "0.03")]),
    st.sampled_from(["nearest", "up", "down"]),
)
def test_rounding(before, written, direction):
    step, ending = map(Decimal, written)
    change = ChangeNumber("price_minor", "multiply", Decimal(1), rounding=Rounding(step, ending, direction))
    after, _ = result(change, before)
    rule = {"nearest": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}[direction]
    number = Decimal(before) / 100
    count = ((number - ending) / step + (Decimal("1000") if direction == "nearest" else 0)).quantize(
        Decimal(1), rounding=rule
    ) - (1000 if direction == "nearest" else 0)
    expected = count * step + ending
    assert after == int(100 * (expected if expected > 0 else (ending or step)))


@pytest.mark.parametrize(
    ("limits", "before", "why"),
    [
        (Limits(least=Decimal(5)), 450, "below_least"),
        (Limits(least=Decimal("4.95")), 450, None),
        (Limits(most=Decimal(5)), 500, "above_most"),
        (Limits(change_percent=Decimal(10)), 500, None),
        (Limits(change_percent=Decimal("9.99")), 500, "changed_too_much"),
        (Limits(), None, "unknown"),
        (Limits(), 0, "same"),
        (Limits(change_percent=Decimal(50)), LARGEST + 1, "too_large"),
        (Limits(least=Decimal("4.956")), 450, "below_least"),
        (Limits(most=Decimal("4.949")), 450, "above_most"),
    ],
)
def test_what_is_refused(limits, before, why):
    assert result(ChangeNumber("price_minor", "multiply", Decimal("1.1"), limits=limits), before)[1] == why


def test_a_number_too_large_to_reckon_with_is_refused_whatever_becomes_of_it():
    half = ChangeNumber("price_minor", "multiply", Decimal("0.5"))
    assert result(half, LARGEST + 1)[1] == "too_large"
    assert result(half, LARGEST) == (LARGEST // 2, None)


NINETY_NINE = Rounding(Decimal(1), Decimal("0.99"))
TWENTIETH = Rounding(Decimal("0.05"))


@pytest.mark.parametrize(
    ("action", "value", "rounding", "before", "expected"),
    [
        ("multiply", "1.1", NINETY_NINE, 0, (0, "same")),
        ("multiply", "1.1", Rounding(Decimal(1), Decimal("0.99"), "up"), 0, (0, "same")),
        ("multiply", "0", NINETY_NINE, 500, (0, None)),
        ("add", "-5.30", TWENTIETH, 500, (-30, "negative")),
        ("add", "-5.01", TWENTIETH, 500, (-1, "negative")),
        ("percent", "-99", TWENTIETH, 5, (5, "same")),
        ("percent", "-99", TWENTIETH, 15, (5, None)),
        ("percent", "-99", NINETY_NINE, 5, (99, None)),
        ("percent", "-99", None, 5, (0, None)),
        ("set", "0.001", TWENTIETH, 500, (5, None)),
        ("add", "-4.998", TWENTIETH, 500, (5, None)),
        ("add", "1", TWENTIETH, None, (None, "unknown")),
    ],
)
def test_what_is_rounded_stays_above_0_where_it_was_and_0_stays_0(action, value, rounding, before, expected):
    assert result(ChangeNumber("price_minor", action, Decimal(value), rounding=rounding), before) == expected


@pytest.mark.parametrize(
    ("formula", "before", "expected"),
    [("price * 0.01 + 0 * price", 5, 5), ("price - 5 - 1", 500, -100), ("price - 3 - 2", 500, 0)],
)
def test_a_formula_that_is_rounded_stays_on_its_side_of_0(formula, before, expected):
    change = ChangeNumber("price_minor", "formula", formula=formula, rounding=TWENTIETH)
    assert result(change, before)[0] == expected


@pytest.mark.parametrize(
    ("field", "action", "value"),
    [("stock", "set", "2.5"), ("stock", "add", "-0.5"), ("lot_size", "set", "2.5"), ("handling_days", "set", "3.2")],
)
def test_half_a_piece_is_neither_set_nor_added(field, action, value):
    with pytest.raises(BadOperation) as caught:
        worked(ChangeNumber(field, action, Decimal(value)))
    assert (caught.value.error_code, caught.value.params["value"]) == ("bulk_edit.half_piece", value)
    assert Messages("en").text(caught.value.message_key, **caught.value.params).count("Enter whole numbers only.") == 1


def test_half_a_piece_is_not_typed_as_a_formula_either():
    for typed in ("2.5", "stock + 0.5"):
        with pytest.raises(BadOperation):
            worked(ChangeNumber("stock", "formula", formula=typed))
    assert result(ChangeNumber("stock", "formula", formula="3.0"), 5) == (3, None)
    assert result(ChangeNumber("stock", "percent", Decimal(50)), 5) == (8, None), "as a shop rounds"


def test_a_part_of_a_gram_that_is_set_or_added_is_a_whole_one():
    assert result(ChangeNumber("weight_g", "set", Decimal("2.3")), 5) == (3, None)
    assert result(ChangeNumber("length_cm", "add", Decimal("0.2")), 5) == (6, None)


def test_what_a_division_leaves_far_behind_the_point_is_no_gram_more():
    thirds = ChangeNumber("weight_g", "formula", formula="weight / 3 * 2 + weight / 3")
    assert result(thirds, 5) == (5, "same")
    assert result(ChangeNumber("weight_g", "formula", formula="weight / 3 + 0"), 5) == (2, None)


def test_a_number_may_be_set_where_none_is_known():
    assert result(ChangeNumber("stock", "set", Decimal(5)), None) == (5, None)


@given(st.integers(0, 10**6), st.decimals("0.5", 3, places=2))
def test_a_simple_formula_and_its_long_form_agree(before, factor):
    short = result(ChangeNumber("price_minor", "formula", formula=f"price * {factor}"), before)
    long = result(ChangeNumber("price_minor", "formula", formula=f"price * {factor} + 0 * price"), before)
    assert short == long


@pytest.mark.parametrize(
    ("formula", "action"),
    [
        ("price * 1.1", "multiply"),
        ("Price - 0.5", "add"),
        ("价格 + 1", "add"),
        ("9.99", "set"),
        ("stock * 2", "formula"),
        ("price * 1.1 + 2", "formula"),
        ("price / 3", "formula"),
        ("price * 1.23456789", "formula"),
        ("price * 99999", "formula"),
    ],
)
def test_formulas_of_one_step_are_done_by_sql(formula, action):
    assert simplified(ChangeNumber("price_minor", "formula", formula=formula)).action == action


@pytest.mark.parametrize(
    ("formula", "before", "expected"),
    [
        ("ends(price * 1.1, 0.99)", 1890, (2099, None)),
        ("1 / (price - 5)", 500, (None, "division_by_zero")),
        ("price * 2 * 2", None, (None, "unknown_price")),
        ("round_to(price, 0.05) * 1", 1013, (1015, None)),
    ],
)
def test_a_formula_names_what_is_wrong_in_a_row(formula, before, expected):
    after, why = result(ChangeNumber("price_minor", "formula", formula=formula), before)
    assert (after if isinstance(after, int) else None, why) == expected


def test_a_formula_names_the_place_before_any_row():
    with pytest.raises(FormulaError) as error:
        worked(ChangeNumber("price_minor", "formula", formula="price * (2 +"))
    assert error.value.params["position"] == 13
