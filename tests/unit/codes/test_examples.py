"""All 47 rows of domain.md 7.3, and what they say about each other."""

from __future__ import annotations

import pytest

from app.services.codes.formatting import display
from app.services.codes.reading import Reader
from app.services.codes.records import TOO_LONG, UNKNOWN_ITEM

SINGLE, MULTIPACK, COMBINATION = "single", "multipack", "combination"
ROWS = [
    (1, "AB1234", "AB1234", "CN", SINGLE),
    (2, "ab1234 ", "AB1234", "CN", SINGLE),
    (3, "AB1234*2", "AB1234*2", "CN", MULTIPACK),
    (4, "AB1234x2", "AB1234*2", "CN", MULTIPACK),
    (5, "AB1234×2", "AB1234*2", "CN", MULTIPACK),
    (6, "ＡＢ１２３４＊２", "AB1234*2", "CN", MULTIPACK),
    (7, "AB1234(3)", "AB1234*3", "CN", MULTIPACK),
    (8, "AB1234（3）", "AB1234*3", "CN", MULTIPACK),
    (9, "AB1234*02", "AB1234*2", "CN", MULTIPACK),
    (10, "2*AB1234", "AB1234*2", "CN", MULTIPACK),
    (11, "2xBL1850+DC18RC", "BL1850*2+DC18RC", "CN", COMBINATION),
    (12, "AB1234*2+CD5678", "AB1234*2+CD5678", "CN", COMBINATION),
    (13, "AB1234 * 2 ＋ CD5678", "AB1234*2+CD5678", "CN", COMBINATION),
    (14, "CD5678+AB1234*2", "CD5678+AB1234*2", "CN", COMBINATION),
    (15, "AB1234+AB1234", "AB1234*2", "CN", MULTIPACK),
    (16, "(AB1234+CD5678)*2", "AB1234*2+CD5678*2", "CN", COMBINATION),
    (17, "AB1234+CD5678+EF9012", "AB1234+CD5678+EF9012", "CN", COMBINATION),
    (18, "AB1234_CUS", "AB1234", "US", SINGLE),
    (19, "ab1234_cus", "AB1234", "US", SINGLE),
    (20, "AB1234*2_CUS", "AB1234*2", "US", MULTIPACK),
    (21, "AB1234_CUS*2", "AB1234*2", "US", MULTIPACK),
    (22, "3XAB1234_CFR", "AB1234*3", "FR", MULTIPACK),
    (23, "AB1234*2+CD5678_CRU", "AB1234*2+CD5678", "RU", COMBINATION),
    (24, "AB1234_CUS+CD5678_CUS", "AB1234+CD5678", "US", COMBINATION),
    (25, "AB1234*2+CD5678*3_CUS", "AB1234*2+CD5678*3", "US", COMBINATION),
    (27, "AB1234-BK*2_CES", "AB1234-BK*2", "ES", MULTIPACK),
    (28, "AB1234_R", "AB1234_R", "CN", SINGLE),
    (29, "AB1234_CXX", "AB1234_CXX", "CN", SINGLE),
    (30, "AB1234_CUK", "AB1234", "UK", SINGLE),
    (30, "AB1234_CGB", "AB1234", "UK", SINGLE),
    (31, "RG0001A-148", "RG0001A", "US", SINGLE),
    (32, "HK#AB1234@ABCD", "AB1234", "CN", SINGLE),
    (33, "AB1234*2_CUS@ABCD", "AB1234*2", "US", MULTIPACK),
    (34, "CB000123", "AB1234*10", "CN", MULTIPACK),
    (35, "CB000123*2_CDE", "AB1234*20", "DE", MULTIPACK),
    (36, "GH3456X2", "GH3456X2", "CN", SINGLE),
    (37, "2XL100", "2XL100", "CN", SINGLE),
    (38, "2XL100*3", "2XL100*3", "CN", MULTIPACK),
    (39, "AB12E03", "AB12E03", "CN", SINGLE),
    (40, "ZZ9999*2", "ZZ9999*2", "CN", MULTIPACK),
]
ERRORS = [
    (26, "AB1234_CUS+CD5678_CES", "two_countries"),
    (41, "1.23E+06", "destroyed"),
    (42, "AB1234+", "empty_component"),
    (43, "AB1234*0", "quantity"),
    (44, "AB1234**2", "multipliers"),
    (45, "AB 1234", "space"),
    (46, "AB1234<1", "forbidden"),
    (47, "", "empty"),
]
UNKNOWN = {29: "AB1234_CXX", 40: "ZZ9999"}
LONG = {24: "21", 25: "21"}


@pytest.mark.parametrize(("number", "code", "reading", "country", "kind"), ROWS)
def test_a_code_is_read(reader: Reader, number: int, code: str, reading: str, country: str, kind: str) -> None:
    found = reader.read(code)
    assert "+".join(map(str, found.components)) == reading
    assert (found.code, found.ships_from, found.kind, found.error) == (code, country, kind, "")
    doubts = {TOO_LONG: LONG.get(number), UNKNOWN_ITEM: UNKNOWN.get(number)}
    assert dict(found.warnings) == {name: said for name, said in doubts.items() if said}
    assert found.match_key == "+".join(sorted(reading.split("+")))


@pytest.mark.parametrize(("number", "code", "error"), ERRORS)
def test_a_code_that_cannot_be_read_says_why(reader: Reader, number: int, code: str, error: str) -> None:
    found = reader.read(code)
    assert (found.error, found.kind, found.components, found.match_key) == (error, "error", (), "")


def test_every_row_stands_here_once() -> None:
    assert sorted({number for number, *_ in ROWS} | {number for number, *_ in ERRORS}) == list(range(1, 48))


def test_the_same_goods_have_the_same_key_and_keep_their_display(reader: Reader) -> None:
    twelve, thirteen, fourteen = map(reader.read, ("AB1234*2+CD5678", "AB1234 * 2 ＋ CD5678", "CD5678+AB1234*2"))
    assert twelve.match_key == thirteen.match_key == fourteen.match_key
    assert display(twelve) == display(thirteen) == "AB1234*2+CD5678"
    assert display(fourteen) == "CD5678+AB1234*2"
    assert reader.read("AB1234+AB1234").match_key == reader.read("AB1234*2").match_key


def test_length_counts_as_written(reader: Reader) -> None:
    assert not reader.read("AB1234+CD5678+EF9012").warnings  # exactly 20
    assert dict(reader.read("AB1234+CD5678+EF9012_CUS").warnings) == {TOO_LONG: "24"}
    assert not reader.read("  AB1234+CD5678+EF9012 ").warnings
