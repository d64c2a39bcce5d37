"""Segments, chips and typed expressions of the Listings tab."""

import pytest

from app.services.listings.choice_names import FilterChoices
from app.services.listings.details import Choice
from app.services.listings.filter_fields import known_fields
from app.services.listings.filters import BadExpression
from app.services.listings.records import ListingStatus
from app.services.listings.source import FIELDS
from app.services.paging import Filter
from app.services.sql_source import BadValue, UnknownField
from app.views.errors import sentence
from app.views.filter_fields import OPERATORS
from app.views.listings.filters import (
    NAMES,
    SEGMENT_STATUSES,
    SEGMENTS,
    fields,
    looks_like_expression,
    parse,
    segment_counts,
    segment_filters,
    write,
)

CHOICES = FilterChoices(
    categories=(Choice("39050502", "Table lamps"), Choice("39050503", "Lamp parts"), Choice("44", "Phone cases")),
    templates=(Choice("700126548", "小件普货"),),
    groups=(Choice("51", "Bedroom"),),
    import_runs=(Choice("7", "supplier.xlsx"),),
)


def conditions(text):
    rest, found = parse(text, CHOICES)
    assert rest == ""
    return list(found)


class TestSegments:
    def test_every_status_is_in_exactly_one_segment(self):
        statuses = [status for of in SEGMENT_STATUSES.values() for status in of]
        assert sorted(statuses) == sorted(ListingStatus)
        assert [name for name, _, _ in SEGMENTS] == ["all", *SEGMENT_STATUSES]

    def test_counts_add_up(self):
        counts = segment_counts({"draft": 2, "ready": 3, "live": 5, "rejected": 1, "unknown": 1})
        assert counts["all"] == 12
        assert counts["drafts"] == 5
        assert counts["refused"] == 2
        assert counts["off"] == 0
        assert sum(counts.values()) == 24

    def test_all_has_no_condition(self):
        assert segment_filters("all") == ()
        assert segment_filters("live") == (Filter("status", "in", ("live",)),)


class TestExpressions:
    @pytest.mark.parametrize(
        "text",
        [
            "lamp",
            "USB C to C",
            "100% cotton",
            "5~10 m",
            "LM4402-WH",
            "a < b > c d",
            "size: M",
            "x is in the box",
            "gap between 2 walls",
            "price between friends",
            "lamp 介于 2 和 3",
            "lamp 介于2和3",
            "桌灯介于2和3",
            "gap between sofa and wall",
            "price android between",
            "=",
            "",
        ],
    )
    def test_words_stay_words(self, text):
        assert not looks_like_expression(text)
        assert parse(text, CHOICES) == (text, ())

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("price < 5", [Filter("price", "<", "5")]),
            ("PRICE<=5", [Filter("price", "<=", "5")]),
            ('title ~ "desk lamp"', [Filter("title", "contains", "desk lamp")]),
            ("stock = 0 and price > 3.5", [Filter("stock", "=", "0"), Filter("price", ">", "3.5")]),
            ("price between 1 and 5", [Filter("price", ">=", "1"), Filter("price", "<=", "5")]),
            ("价格 介于 1 和 5", [Filter("price", ">=", "1"), Filter("price", "<=", "5")]),
            ("price 介于1和5", [Filter("price", ">=", "1"), Filter("price", "<=", "5")]),
            ("价格介于1到5之间", [Filter("price", ">=", "1"), Filter("price", "<=", "5")]),
            ("状态 属于 （draft，ready）", [Filter("status", "in", ("draft", "ready"))]),
            ("状态 不属于 (draft)", [Filter("status", "not in", ("draft",))]),
            ("changed = yes", [Filter("changed", "=", True)]),
            ("changed = no", [Filter("changed", "=", False)]),
            ("weight is missing", [Filter("weight", "missing")]),
            ("status in (draft, ready)", [Filter("status", "in", ("draft", "ready"))]),
            ("status = Live", [Filter("status", "in", ("live",))]),
            ("status != live", [Filter("status", "not in", ("live",))]),
            ('category = "Table lamps"', [Filter("category", "in", ("39050502",))]),
            ("category ~ lamp", [Filter("category", "in", ("39050502", "39050503"))]),
            ("category = 44", [Filter("category", "in", ("44",))]),
            ("freight_template = 小件普货", [Filter("freight_template", "in", ("700126548",))]),
            ("import_run = supplier.xlsx", [Filter("import_run", "in", ("7",))]),
        ],
    )
    def test_conditions_become_what_chips_can_show(self, text, wanted):
        assert conditions(text) == wanted

    @pytest.mark.parametrize(
        ("text", "error", "said"),
        [
            ("pric < 5", UnknownField, "Character 1: there is no field “pric”. Did you mean price?"),
            ("wieght > 3", UnknownField, "Did you mean weight?"),
            ("price < cheap", BadValue, "“cheap” does not fit the field “price”."),
            ("stock = many", BadValue, "many"),
            ("category = Sofas", BadValue, "Sofas"),
            ("price <", BadExpression, "stops at character 8"),
            ("price < 5 stock > 3", BadExpression, "character 11 on: “stock > 3”"),
            ("= price < cheap", BadValue, "Character 11:"),
            ("status in (draft", BadExpression, "character"),
            ("price between 1 and cheap", BadValue, "Character 21: “cheap” does not fit the field “price”."),
            ("price between 1 5", BadExpression, "Character 17: between takes two values"),
            ("price between ￥1 and ￥5", BadValue, "Character 15: “￥1” does not fit the field “price”."),
            ("price BETWEEN $1 and $5", BadValue, "Character 15: “$1” does not fit the field “price”."),
            ("价格介于￥1和￥5", BadValue, "Character 5: “￥1” does not fit the field “price”."),
            ("price not between cheap and dear", BadValue, "Character 19: “cheap” does not fit the field “price”."),
            ("price 介于1", BadExpression, "Character 10: between takes two values"),
            ("code between ab and cd", BadExpression, "Character 1: the field “code” is not compared that way."),
            ("title between 1 and 5", BadExpression, "Character 1: the field “title” is not compared that way."),
        ],
    )
    def test_wrong_ones_say_what_and_where(self, text, error, said):
        with pytest.raises(error) as caught:
            parse(text, CHOICES)
        assert said in sentence(caught.value)

    @pytest.mark.parametrize(
        ("text", "words", "wanted"),
        [
            ("=price<5", "", [Filter("price", "<", "5")]),
            ("＝ 价格＜5", "", [Filter("price", "<", "5")]),
            ('text ~ "usb lamp" and price < 5', "usb lamp", [Filter("price", "<", "5")]),
            ("价格 < 5 且 标题 不包含 灯", "", [Filter("price", "<", "5"), Filter("title", "lacks", "灯")]),
            ("created > 2026-11-01", "", [Filter("created", ">", "2026-11-01")]),
            ("item = AB1234", "", [Filter("item", "=", "AB1234")]),
            ("changed != true", "", [Filter("changed", "=", False)]),
            (
                "price in (3, 5) and stock > 1",
                "",
                [Filter("", "where", "price in (3, 5)"), Filter("stock", ">", "1")],
            ),
            ("(price < 5 or stock = 0)", "", [Filter("", "where", "price < 5 or stock = 0")]),
            (
                "price not between 1 and 5",
                "",
                [Filter("", "where", "not (price >= 1 and price <= 5)")],
            ),
            ("price 不介于1和5", "", [Filter("", "where", "not (price >= 1 and price <= 5)")]),
            ("价格不介于 1 和 5", "", [Filter("", "where", "not (price >= 1 and price <= 5)")]),
            ("not category = 44", "", [Filter("", "where", "not category in (44)")]),
            ("= lamp is missing", None, None),
        ],
    )
    def test_what_no_chip_can_show_is_one_expression(self, text, words, wanted):
        assert looks_like_expression(text)
        if wanted is None:
            with pytest.raises(UnknownField):
                parse(text, CHOICES)
            return
        rest, found = parse(text, CHOICES)
        assert (rest, list(found)) == (words, wanted)

    def test_what_is_in_force_is_written_with_names(self):
        filters = [Filter("", "where", "not category in (44)"), Filter("price", "<", 5)]
        text = write(filters, "usb lamp", CHOICES)
        assert text == 'text ~ "usb lamp" and not category = "Phone cases" and price < 5'
        assert parse(text, CHOICES) == ("usb lamp", [filters[0], Filter("price", "<", "5")])


class TestFields:
    def test_the_source_knows_every_field(self):
        assert [name for name in NAMES if name not in FIELDS] == []
        assert len(set(NAMES)) == len(NAMES)

    def test_choices_are_asked_when_they_are_shown(self, each_language):
        known = {field.name: field for field in fields(lambda: CHOICES)}
        assert known["category"].labels()["44"] == "Phone cases"
        assert known["status"].labels()["live"] == {"en": "Live", "zh": "在售"}[each_language]
        assert {field.kind for field in known.values()} <= set(OPERATORS)

    def test_kinds_are_those_of_the_rules(self):
        kinds = {field.name: field.kind for field in fields(lambda: CHOICES)}
        assert {name: field.kind for name, field in known_fields().items() if field.kind != "words"} == kinds
