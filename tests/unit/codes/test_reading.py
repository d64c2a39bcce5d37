"""Corners of the grammar that domain.md 7.3 does not show."""

from __future__ import annotations

import pytest

from app.services.codes.formatting import format_code, mark_of
from app.services.codes.keys import match_key, variant_key
from app.services.codes.reading import Reader, read_code, read_codes
from app.services.codes.records import UNKNOWN_ITEM, UNKNOWN_VIRTUAL, Component
from app.services.codes.rules import CodeRules


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("2*AB1234*3", "multipliers"),
        ("AB1234*2(3)", "multipliers"),
        ("AB1234(3", "brackets"),
        ("(AB1234+CD5678)", "brackets"),
        ("((AB1234))*2", "brackets"),
        ("(AB1234+CD5678)*2+EF9012", "brackets"),
        ("(AB1234)*0", "quantity"),
        ("()*2", "empty_component"),
        ("AB1234*", "quantity"),
        ("AB1234*A", "quantity"),
        ("AB1234()", "quantity"),
        ("AB1234*٣", "quantity"),
        ("*2", "empty_component"),
        ("2*", "empty_component"),
        ("+", "empty_component"),
        ("_CUS", "empty_component"),
        ("AB1234*100000", "quantity"),
        (f"AB1234*{'9' * 1500}", "quantity"),
        ("(AB1234*999)*999", "quantity"),
        ("A" * 2001, "endless"),
        ("AB\x001234", "forbidden"),
        ("AB1234\nCD5678", "space"),
        ("HK#", ""),
        (" \u200b\u3000", "empty"),
        ("12E03", "destroyed"),
        ("１.２３e+06", "destroyed"),
        ("AB1234_CUS_CES", "two_countries"),
    ],
)
def test_refused(code: str, error: str) -> None:
    assert read_code(code).error == error


def test_a_store_s_prefix_alone_leaves_nothing(reader: Reader) -> None:
    assert reader.read("HK#").error == "empty"
    assert reader.read("hk#ab1234@abcd").match_key == "AB1234"


@pytest.mark.parametrize(
    ("code", "shown", "country"),
    [
        ("AB1234_CUS+CD5678", "AB1234+CD5678", "US"),
        ("AB1234_CUSx2", "AB1234*2", "US"),
        ("2xAB1234_CUS+CD5678", "AB1234*2+CD5678", "US"),
        ("RG0001A-148*2", "RG0001A*2", "US"),
        ("2XL100_CUS+AB1234", "2XL100+AB1234", "US"),
        ("(AB1234_CUS+CD5678*3)*2", "AB1234*2+CD5678*6", "US"),
        ("CB000123X2", "AB1234*20", "CN"),
        ("AB1234_CCN", "AB1234", "CN"),
        ("AB1234X02", "AB1234*2", "CN"),
        ("AB1234—BK", "AB1234-BK", "CN"),
        ("CB000123+AB1234", "AB1234*11", "CN"),
    ],
)
def test_read(reader: Reader, code: str, shown: str, country: str) -> None:
    found = reader.read(code)
    assert (found.error, "+".join(map(str, found.components)), found.ships_from) == ("", shown, country)


def test_x_is_believed_only_beside_a_known_item() -> None:
    assert read_code("AB1234X2").components == (Component("AB1234X2"),)
    assert read_code("AB1234X0", CodeRules(frozenset({"AB1234"}))).error == "quantity"


def test_what_is_unknown_is_said_only_where_items_are_known() -> None:
    assert not read_code("ZZ9999").warnings
    some = CodeRules(frozenset({"AB1234"}))
    assert [one.code for one in read_code("ZZ9999+CB000999", some).warnings] == [UNKNOWN_ITEM, UNKNOWN_VIRTUAL]


def test_many_are_read_in_their_order() -> None:
    assert [one.match_key for one in read_codes(["AB1", "B*2", "A+"])] == ["AB1", "B*2", ""]


def test_variants_of_one_listing_share_goods_but_not_their_own_key() -> None:
    assert match_key("AB1234_CUS") == match_key("ab1234") == "AB1234"
    assert variant_key("ab1234*2_cgb") == "AB1234*2_CUK"
    assert variant_key("AB1234_CUS*2") == variant_key("2*AB1234_CUS") != variant_key("AB1234*2")
    assert match_key("AB 1234") == variant_key("ab  1234") == "AB1234"  # unreadable: its spelling


def test_marks_of_countries() -> None:
    assert (mark_of("CN"), mark_of(""), mark_of("UK"), mark_of("CA")) == ("", "", "_CUK", "_CCA")
    assert format_code([Component("AB1", 2), Component("C")], "DE") == "AB1*2+C_CDE"
