"""Rules kept per pair of stores, and what they do to words, codes, prices and pages."""

from __future__ import annotations

import pytest

from app.services.covering.detail import pictures_of, with_addresses, without_theirs
from app.services.covering.mapping import mapped_code, mapped_price, replaced_words
from app.services.covering.rules import BadRule, CoverRules, from_json, load_rules, price_formula, save_rules, to_json
from app.services.expressions import FormulaError
from app.services.history.contents import ChangeContents
from app.services.history.listing import list_changes
from app.services.history.wording import change_label
from app.services.listings.bulk_edit.formulas import compiled
from app.services.paging import Query


def test_rules_are_kept_for_their_pair_alone(pair):
    rules = CoverRules(
        templates={"1": "2"},
        default_group="-",
        words=(("Old", "New"),),
        price="price * 1.1",
        rounding="end_99",
        stock=5,
    )
    save_rules(pair.db, 2, 1, rules)
    assert load_rules(pair.db, 2, 1) == rules
    assert load_rules(pair.db, 1, 2) == CoverRules()
    assert from_json(to_json(rules)) == rules
    pair.sql("UPDATE cover_rules SET rules = '{\"of another version\": 1}'")
    assert load_rules(pair.db, 2, 1) == CoverRules()


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red"},
        {"templates": {"1": 2}},
        {"words": [["", "x"]]},
        {"words": ["x"]},
        {"words": ["ab"]},
        {"words": 5},
        {"stock": 1_000_000},
        {"stock": -1},
        {"stock": True},
        {"rounding": "up"},
        {"add_prefix": "A B"},
        {"add_suffix": "x" * 21},
        {"price": "stock * 2"},
        {"same_names": "yes"},
    ],
)
def test_rules_that_make_no_sense_are_refused(wrong):
    with pytest.raises(BadRule):
        from_json(wrong)


@pytest.mark.parametrize("rules", [{"stock": None}, {"stock": 0}, {"stock": 999_999}, {"add_suffix": "x" * 20}])
def test_rules_at_the_edge_of_sense_are_taken(rules):
    assert from_json(rules) == CoverRules(**rules)


def test_a_pair_without_a_rule_for_stock_keeps_its_others_and_none_that_make_no_sense_are_kept(pair):
    save_rules(pair.db, 2, 1, CoverRules(brand="Chenfan"))
    with pytest.raises(BadRule):
        save_rules(pair.db, 2, 1, CoverRules(stock=-1))
    assert load_rules(pair.db, 2, 1) == CoverRules(brand="Chenfan")


def test_a_price_formula_is_checked():
    with pytest.raises(FormulaError):
        from_json({"price": "price * ("})


@pytest.mark.parametrize(
    ("factor", "plus", "formula"),
    [
        ("", "", ""),
        ("1", "0", ""),
        ("1.1", "", "price * 1.1"),
        ("0,9", "-0.5", "price * 0.9 - 0.5"),
        ("", "2", "price + 2"),
    ],
)
def test_factor_and_addition_make_a_formula(factor, plus, formula):
    assert price_formula(factor, plus) == formula
    if formula:
        compiled(formula)


@pytest.mark.parametrize(("factor", "plus"), [("0", ""), ("-1", ""), ("x", ""), ("", "1e9"), ("nan", ""), ("", "inf")])
def test_no_formula_comes_of_nonsense(factor, plus):
    with pytest.raises(BadRule):
        price_formula(factor, plus)


@pytest.mark.parametrize(
    ("minor", "formula", "rounding", "after"),
    [
        (1000, "price * 1.1 + 0.3", "", 1130),
        (1000, "price * 1.1 + 0.3", "end_99", 1199),
        (1099, "", "end_99", 1099),
        (1100, "", "end_99", 1199),
        (1, "", "end_99", 99),
        (1003, "", "step_0.05", 1005),
        (1, "", "step_0.05", 5),
        (1050, "", "whole", 1100),
        (333, "price / 3", "", 111),
        (100, "price - 2", "", None),
        (100, "price - 1", "", None),
        (100, "price * 1000000", "", None),
        (100, "price / 0", "", None),
        (100, "price * 100000000", "", None),
    ],
)
def test_prices_are_exact(minor, formula, rounding, after):
    assert mapped_price(minor, compiled(formula) if formula else None, rounding) == after


@pytest.mark.parametrize(
    ("before", "words", "after"),
    [
        ("Northlane lamp NORTHLANE", (("northlane", ""),), "lamp"),
        ("Lamps and a lamp", (("lamp", "light"),), "Lamps and a light"),
        ("北弦台灯", (("北弦", "晨帆"),), "晨帆台灯"),
        ("A北弦LED", (("北弦", "晨帆"),), "A晨帆LED"),
        ("Desklamp lamps", (("lamp", "light"),), "Desklamp lamps"),
        ("2.4GHz C++ cable", (("C++", "USB"),), "2.4GHz USB cable"),
        (r"a \1 b", (("b", r"\g<0>"),), r"a \1 \g<0>"),
        ("untouched  blanks", (("x", "y"),), "untouched  blanks"),
    ],
)
def test_whole_words_are_replaced(before, words, after):
    assert replaced_words(before, words) == after


def test_codes_lose_their_marks_and_get_ours():
    rules = CoverRules(remove_prefix="NL", remove_suffix="-X", add_prefix="CF", add_suffix="_1")
    assert mapped_code("NL2101-X", rules) == "CF2101_1"
    assert mapped_code("AB12", rules) == "CFAB12_1"
    assert mapped_code("NL", rules) == "CFNL_1"
    assert mapped_code("", rules) == ""
    assert mapped_code("AB12-X", CoverRules(remove_suffix="-X")) == "AB12"
    assert mapped_code("AB12", CoverRules(add_suffix="_1")) == "AB12_1"


@pytest.mark.parametrize("written", ["HK#ab12", "hk#ab12", "ＨＫ＃ab12", " HK#ab12 ", "\u3000hk# ab12"])
def test_their_marks_are_found_however_they_are_written(written):
    assert mapped_code(written, CoverRules(remove_prefix="HK#", add_prefix="CF-")) == "CF-ab12"
    assert mapped_code(written, CoverRules(remove_prefix="hk＃", remove_suffix="B12")) == "a"


def test_without_a_rule_a_code_stays_as_it_is():
    assert mapped_code(" hk#ab12", CoverRules(stock=5)) == " hk#ab12"
    assert mapped_code("  ", CoverRules(add_prefix="CF-")) == "  "
    assert mapped_code("Lamp-wh", CoverRules(remove_suffix="—ＷＨ", add_suffix="x")) == "Lampx"
    assert mapped_code("HK + ab", CoverRules(remove_prefix="hk+")) == "ab"
    assert mapped_code("HK# ", CoverRules(remove_prefix="HK#", add_suffix="x")) == "HK#x"


def test_their_modules_and_links_go_and_the_words_stay():
    html = (
        '<p>Warm <a href="https://www.aliexpress.com/store/1102"><b>our shop</b></a></p>'
        '<kse:widget data-widget-type="relatedProduct" id="34567" title="more"></kse:widget>'
        '<a href="https://www.aliexpress.com/item/1005009.html">this too</a> <a href="#top">up</a>'
        '<img src="https://ae01.alicdn.com/kf/a.jpg" alt="x"><IMG SRC=\'//ae01.alicdn.com/kf/b.jpg\'>'
    )
    page = without_theirs(html)
    assert "widget" not in page.html
    assert "store/1102" not in page.html
    assert "<b>our shop</b></p>" in page.html
    assert "this too <a" in page.html
    assert '<a href="#top">up</a>' in page.html
    assert (len(page.modules), len(page.links)) == (1, 2)
    assert pictures_of(page.html) == ["https://ae01.alicdn.com/kf/a.jpg", "//ae01.alicdn.com/kf/b.jpg"]


@pytest.mark.parametrize("quote", ['"', "'", ""])
def test_links_to_their_store_go_however_they_are_written(quote):
    html = f'<a href={quote}https://www.aliexpress.com/store/1102{quote}>shop</a> <a name="top">top</a><img src="">'
    page = without_theirs(html)
    assert page.html == 'shop <a name="top">top</a><img src="">'
    assert list(page.links) == ["https://www.aliexpress.com/store/1102"]
    assert pictures_of(html) == []


def test_pictures_of_a_page_get_their_new_addresses_and_nothing_else_changes():
    html = (
        '<p>a.jpg</p><img width=3 src=\'https://h/a.jpg\' alt="x"><img src=https://h/c.jpg><img src="https://h/b.jpg">'
    )
    moved = {
        "https://h/a.jpg": "https://own/1.jpg",
        "https://h/c.jpg": "https://own/2.jpg",
        "main.jpg": "https://own/3",
    }
    after = with_addresses(html, moved)
    assert after == html.replace("https://h/a.jpg", "https://own/1.jpg").replace(
        "https://h/c.jpg", '"https://own/2.jpg"'
    )
    assert with_addresses(html, {"x.jpg": "https://own/9"}) is html


def test_the_history_says_who_gave_a_pair_other_rules(pair):
    wordy = CoverRules(stock=5, words=(("a", "b"), ("sale", "")), units={"100000000": "100000015"})
    for rules in (CoverRules(), CoverRules(stock=5), wordy, CoverRules()):
        save_rules(pair.db, 2, 1, rules)
        save_rules(pair.db, 2, 1, rules)  # the same once more says nothing
    noted = list_changes(pair.db)
    assert [one.label for one in noted] == ["change.cover_rules"] * 3
    assert "邻居店 →" in change_label(noted[0])
    told = []
    for one in reversed(noted):
        contents = ChangeContents(pair.db, one.uid)
        told += [(value.before, value.after) for id in contents.ids(Query()) for value in contents.children(id)]
    assert [after for _, after in told[:1]] == ["stock: 5"]
    assert told[1] == ("stock: 5", "units: 100000000 → 100000015; words: a → b, sale → –; stock: 5")
    assert told[2][1] in (None, "–")
