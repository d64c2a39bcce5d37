"""The merge of domain.md 8.3 on plain variants: the worked example, every rule, and what holds for any product."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.codes.rules import CodeRules, StoreMarks
from app.services.warehouses.overseas.coding import Coder
from app.services.warehouses.overseas.records import ELSEWHERE, Own, Source
from tests.unit.warehouses.overseas.conftest import BUILT, COLOUR, LAMP, SHIPS, after, merge

ES, FR = "201336104", "201336342"


def told(merged, variants=LAMP):
    return [(one.code, one.price_minor, one.stock, one.country) for one in after(variants, merged)]


def checks(merged):
    return [(one.check, one.code, one.country) for one in merged.findings]


def test_the_worked_example_cell_by_cell():
    merged = merge()
    assert told(merged) == BUILT
    assert merged.keys == (COLOUR, SHIPS)
    assert [LAMP[at].code for at in merged.removed] == ["AB1234-BK_CUS"]
    assert [(LAMP[one.own].code, one.country) for one in merged.missing] == [("AB1234-WH", "FR"), ("AB1234-BK*2", "FR")]
    assert merged.rows == {2, 3, 4, 5}
    assert merged.findings == []
    assert max(len(entry.code) for entry in merged.entries) == 15


def test_doing_it_twice_changes_nothing():
    first = after(LAMP, merge())
    again = merge(first)
    assert after(first, again) == first
    assert again.removed == []
    assert [entry.was for entry in again.entries] == [None, 1, 2, None, 4, None, 6]


def test_missing_combinations_may_be_written_without_stock():
    merged = merge(zero_missing=True)
    empty = [entry for entry in merged.entries if entry.source is Source.ZERO]
    assert [(entry.code, entry.price_minor, entry.stock) for entry in empty] == [
        ("AB1234-WH_CFR", None, 0),
        ("AB1234-BK*2_CFR", None, 0),
    ]
    assert len(merged.missing) == 2


def test_a_combination_taken_out_is_not_written_even_so():
    merged = merge(zero_missing=True, excluded=frozenset({("AB1234-WH", "FR"), ("AB1234-BK", "ES")}))
    codes = [entry.code for entry in merged.entries]
    assert "AB1234-WH_CFR" not in codes
    assert "AB1234-BK_CES" not in codes
    assert {one.why for one in merged.missing} == {"", "excluded"}


def test_a_product_nobody_speaks_of_stays_as_it_was():
    plain = (Own("CD5678", 599, 999, {}),)
    merged = merge(plain)
    assert not merged.is_changed
    assert told(merged, plain) == [("CD5678", 599, 999, "CN")]
    assert [(one.own, one.country) for one in merged.missing] == [(0, "ES"), (0, "FR")]


def test_stale_variants_go_by_property_by_mark_and_by_unknown_place():
    variants = (
        LAMP[0],
        Own("ZZ1-A", 900, 3, {COLOUR: "1", SHIPS: ES}, "ES"),
        Own("ZZ1-B_CDE", 900, 3, {COLOUR: "2"}),
        Own("ZZ1-C", 900, 3, {COLOUR: "3", SHIPS: "999"}, ELSEWHERE),
    )
    assert merge(variants).removed == [1, 2, 3]


def test_real_stock_stays_as_it_is_and_where_it_belongs():
    variants = (*LAMP, Own("ZZ9_CES", 700, 5, {COLOUR: "7", SHIPS: ES}, "ES"), LAMP[2]._replace(code="AB1234-BK_CES"))
    variants = (*variants[:-1], Own("AB1234-BK_CES", 888, 7, {COLOUR: "193", SHIPS: ES}, "ES"))
    merged = merge(variants, real=frozenset({"ES"}))
    assert told(merged, variants)[:3] == [
        ("AB1234-BK", 336, 999, "CN"),
        ("AB1234-BK_CES", 888, 7, "ES"),
        ("AB1234-BK_CFR", 1220, 35, "FR"),
    ]
    assert told(merged, variants)[-1] == ("ZZ9_CES", 700, 5, "ES")
    assert checks(merged) == [("real_kept", "AB1234-BK", "ES")]


def test_the_order_of_properties_is_one_and_ships_from_keeps_its_place():
    variants = (
        Own("AB1", 336, 9, {SHIPS: "201336100", COLOUR: "1"}, "CN"),
        Own("AB2", 336, 9, {COLOUR: "2", SHIPS: "201441035"}, "CN"),
    )
    merged = merge(variants, [("AB1", "ES", 923, 35)])
    assert merged.keys == (SHIPS, COLOUR)
    assert [tuple(one.properties) for one in after(variants, merged)] == [(SHIPS, COLOUR)] * 3


def test_two_variants_of_the_same_goods_are_reported_and_nobody_chooses():
    variants = (Own("AB1234*2", 336, 9, {COLOUR: "1"}), Own("ab1234 x2", 336, 9, {COLOUR: "2"}), LAMP[1])
    variants = (variants[0], Own("AB1234+AB1234", 400, 9, {COLOUR: "2"}), LAMP[1])
    merged = merge(variants, [("AB1234*2", "ES", 923, 35), ("AB1234-WH", "ES", 923, 35)])
    assert [entry.code for entry in merged.entries] == ["AB1234*2", "AB1234+AB1234", "AB1234-WH", "AB1234-WH_CES"]
    assert [one[0] for one in checks(merged)] == ["ambiguous", "ambiguous"]
    assert merged.rows == {2, 3}


@pytest.mark.parametrize(
    ("variants", "check"),
    [
        ((Own("AB1", 100, 1, {"1": "a", "2": "b", "3": "c"}),), "too_many_properties"),
        ((Own("AB1", 100, 1, {"1": "a"}), Own("AB2", 100, 1, {"2": "a"})), "properties_differ"),
        ((Own("AB1", 100, 1, {"1": "a"}), Own("AB2", 100, 1, {"1": "a"})), "equal_properties"),
        ((Own("AB1_CES", 100, 1, {"1": "a", SHIPS: ES}, "ES"),), "no_home"),
    ],
)
def test_a_product_that_cannot_have_them_stays_whole(variants, check):
    merged = merge(variants, [("AB1", "FR", 100, 5)])
    assert [one[0] for one in checks(merged)] == [check]
    assert not merged.is_changed
    assert merged.removed == []
    assert [entry.code for entry in merged.entries] == [own.code for own in variants]


def test_prices_are_compared_with_home():
    rows = [("AB1234-BK", "ES", 335, 5), ("AB1234-BK", "FR", 3361, 5), ("AB1234-WH", "ES", 3360, 5)]
    merged = merge(LAMP, rows)
    assert checks(merged) == [("below_home", "AB1234-BK", "ES"), ("far_above", "AB1234-BK", "FR")]


def test_what_stays_is_checked_too():
    variants = (
        Own("AB1234+CD5678+EF9012*3", 336, 0, {COLOUR: "1"}),
        Own("AB1", 0, 0, {COLOUR: "2"}),
        Own("AB2", None, 0, {COLOUR: "3"}),
        Own("1.23E+06", 336, 0, {COLOUR: "4"}),
    )
    merged = merge(variants, [("AB1", "ES", 10_000_001, 0), ("AB2", "ES", 900, 0)])
    assert sorted(one[0] for one in checks(merged)) == [
        "code_length",
        "home_price",
        "no_stock",
        "price_range",
        "price_range",
        "unreadable",
    ]
    assert [entry.code for entry in merged.entries if entry.is_added] == ["AB2_CES"]


def test_unknown_stock_at_home_may_be_given():
    variants = (Own("AB1", 336, None, {}),)
    assert merge(variants, [("AB1", "ES", 900, 5)], home_stock=999).entries[0].stock == 999
    assert merge(variants, [("AB1", "ES", 900, 5)]).entries[0].stock is None


def test_codes_that_do_not_fit():
    own = Own("AB1234+CD5678+EF9012", 336, 9, {})
    rows = [("EF9012+CD5678+AB1234", "ES", 923, 35)]
    assert checks(merge((own,), rows)) == [("code_length", own.code, "ES")]
    coder = Coder(shorten=lambda reading: f"CB000124_C{reading.ships_from}")
    merged = merge((own,), rows, coder=coder)
    assert [entry.code for entry in merged.entries] == [own.code, "CB000124_CES"]
    assert [(one.check, one.detail) for one in merged.findings] == [("virtual_code", "CB000124_CES")]


def test_codes_as_a_store_writes_them():
    coder = Coder(CodeRules(store=StoreMarks("HK#", "@AB", {"148": "US"})))
    own = Own(" HK#RG0001A@ab ", 336, 9, {})
    stale = Own("HK#RG0001A-148@AB", 336, 9, {SHIPS: "201336106"})
    merged = merge((own, stale), [("RG0001A", "ES", 923, 35)], coder=coder)
    assert [entry.code for entry in merged.entries] == [own.code, "HK#RG0001A_CES@ab"]
    assert merged.removed == [1]


def test_a_home_mark_or_a_longer_spelling_makes_room():
    assert [one.code for one in merge((Own("AB1_CCN", 336, 9, {}),), [("AB1", "ES", 900, 5)]).entries] == [
        "AB1_CCN",
        "AB1_CES",
    ]
    spaced = (Own("AB1234 + CD5678 * 2", 336, 9, {}),)
    assert merge(spaced, [("AB1234+CD5678*2", "ES", 900, 5)]).entries[1].code == "AB1234+CD5678*2_CES"


CODES = st.lists(
    st.from_regex(r"[A-Z]{2}[0-9]{3}(-[A-D]K)?(\*[2-9])?(_C(US|ES|FR))?", fullmatch=True),
    min_size=1,
    max_size=6,
    unique=True,
)
OFFERS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["ES", "FR", "DE"]), st.integers(1, 9_999), st.integers(0, 99)),
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(CODES, OFFERS, st.booleans())
def test_any_product_merged_twice_is_merged_once(codes, offers, zero):
    variants = [Own(code, 100 + number, number % 3, {COLOUR: str(number)}) for number, code in enumerate(codes)]
    rows = [(codes[at % len(codes)].partition("_C")[0], country, price, stock) for at, country, price, stock in offers]
    first = after(variants, merge(variants, rows, zero_missing=zero))
    again = merge(first, rows, zero_missing=zero)
    assert after(first, again) == first
    marked = [one for one in again.entries if one.is_added]
    assert all(Coder().read(one.code).ships_from == one.country for one in marked)
    assert len({one.code for one in marked}) == len(marked)
