"""A code explained with the company's goods: known items come from the product table, asked for one by one."""

from __future__ import annotations

import pytest

from app.services.codes.explaining import explain_code, explain_codes
from app.services.codes.goods_wording import attributes_text, cost_text, decimal_text, missing_text, weight_text
from app.services.codes.known import code_rules, known_items, write_store_marks
from app.services.codes.records import Component
from app.services.codes.rules import StoreMarks
from app.services.codes.virtual import save_virtual
from app.services.company_tables.importing import import_tables
from app.services.db import Database
from app.services.pricing.goods import GoodsBook

TABLE = """SKU,名称,成本价,重量(g),物流属性,图片
AB1234,床头灯,6.5,85,带电,lamp.jpg
CD5678,灯泡,9.8,140,普货,
GH3456X2,双头灯,3,,,
2XL100,大号,1.234567,0.5,液体,
EF9012,夜灯,,30.5,,
"""


@pytest.fixture
def goods(db: Database, tmp_path) -> Database:
    path = tmp_path / "统表 2024-11-21.csv"
    path.write_text(TABLE, "utf-8")
    assert not import_tables(db, [path]).failed
    save_virtual(db, {"CB000123": (Component("AB1234", 10),)})
    return db


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("AB1234x2", {"AB1234"}),
        ("gh3456x2", {"GH3456X2"}),
        ("2XL100*3+zz9999", {"2XL100"}),
        ("CB000123_CUS", {"AB1234"}),
        ("HK#AB1234@ABCD", {"AB1234"}),
        ("ZZ9999", set()),
    ],
)
def test_only_the_items_that_may_be_meant_are_looked_up(goods, code, known):
    with goods.reader.connect() as connection:
        assert known_items(connection, [code], {"CB000123": (Component("AB1234", 10),)}) == known


def test_nothing_is_unknown_without_a_product_table(db):
    assert code_rules(db, texts=["AB1234"]).known is None
    found = explain_code(db, "AB1234*2")
    assert (found.goods, found.reading.warnings, found.picture) == (None, (), "")


def test_cost_weight_picture_and_source_of_the_goods(goods):
    found = explain_code(goods, "AB1234x2+CD5678_CUS")
    assert found.reading.match_key == "AB1234*2+CD5678" and not found.reading.warnings
    assert (found.goods.cost_micro, found.goods.weight_mg) == (22_800_000, 310_000)
    assert found.goods.attributes == {"battery"}
    assert [(line.component.quantity, line.item.name) for line in found.lines] == [(2, "床头灯"), (1, "灯泡")]
    assert (found.lines[0].item.source, found.lines[0].item.as_of) == ("统表 2024-11-21.csv", "2024-11-21")
    assert found.picture == "lamp.jpg"
    assert explain_code(goods, "CB000123").goods.cost_micro == 65_000_000


def test_profits_know_the_same_items(goods):
    with goods.reader.connect() as connection:
        book = GoodsBook.of(connection)
        codes = [(1, code) for code in ("AB1234x2", "GH3456X2", "2XL100*3", "CD5678", "zzX9")]
        book.learn(codes)
        found = {code: book.goods(1, code)[1].cost_micro for _, code in codes}
    assert found == {
        "AB1234x2": 13_000_000,
        "GH3456X2": 3_000_000,
        "2XL100*3": 3_703_701,
        "CD5678": 9_800_000,
        "zzX9": None,
    }


def test_unknown_is_named_and_never_zero(goods):
    found = explain_code(goods, "AB1234+EF9012*2+GH3456X2")
    assert (found.goods.cost_micro, found.goods.weight_mg) == (None, None)
    assert found.goods.without_cost == ("EF9012",) and found.goods.without_weight == ("GH3456X2",)
    assert any("EF9012" in text for text in missing_text(found.goods))
    strange = explain_code(goods, "AB1234+ZZ9999")
    assert strange.goods.cost_micro is None and strange.reading.warnings[0].subject == "ZZ9999"
    assert explain_code(goods, "AB1234+").goods is None


def test_stores_marks_long_codes_and_many_at_once(goods):
    write_store_marks(goods, 1, StoreMarks("HK#", "", {"148": "US"}))
    found = explain_code(goods, "HK#AB1234-148", 1)
    assert (found.reading.ships_from, found.goods.cost_micro) == ("US", 6_500_000)
    codes = ["AB1234*2+CD5678*3_CUS", "+".join(f"AB{number:04d}*2" for number in range(30))]
    long, endless = explain_codes(goods, codes, code_rules(goods, texts=codes))
    assert long.proposal is not None and endless.proposal is None
    assert "too_long" in [doubt.code for doubt in endless.reading.warnings]


def test_amounts_in_words():
    assert decimal_text(6_500_000, 1_000_000, 2) == "6.50"
    assert decimal_text(1_234_567, 1_000_000, 2) == "1.234567"
    assert (decimal_text(85_000, 1_000), decimal_text(30_500, 1_000), decimal_text(None, 1_000)) == ("85", "30.5", None)
    assert "0" not in cost_text(None) and "85" in weight_text(85_000)
    assert attributes_text(frozenset({"aerosol"})) == "aerosol"
    assert len({attributes_text(frozenset()), attributes_text(None), attributes_text(frozenset({"battery"}))}) == 3
