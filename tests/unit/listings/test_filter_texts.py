"""Filters as they are typed: fields in two languages, choices by name, values, tags."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.services.listings.choice_names import FilterChoices
from app.services.listings.choices import filter_choices
from app.services.listings.details import Choice
from app.services.listings.filter_fields import OPERATORS, known_fields, spellings
from app.services.listings.filters import (
    BadExpression,
    BadOperator,
    labels_of,
    parse_filters,
    written,
)
from app.services.listings.source import FIELDS
from app.services.listings.tags import BadTag, add_tags, clean_tag, remove_tags, tags_of
from app.services.listings.typed import flag, moments, number, price_minor
from app.services.paging import Filter
from app.services.sql_conditions import BadValue, UnknownField

LABELS = labels_of(
    FilterChoices(
        categories=(Choice("39050502", "Table lamps"), Choice("39050503", "Lamp parts"), Choice("44", "Phone cases")),
        templates=(Choice("7001", "小件普货"), Choice("7002", "小件普货"), Choice("7003", "Heavy")),
        stores=(Choice("1", "晨帆数码"),),
        tags=(Choice("summer sale", "summer sale"),),
    )
)


class TestReading:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("   ", ()),
            ("价格 < 5", (Filter("price", "<", "5"),)),
            ("Template = Heavy", (Filter("freight_template", "in", ("7003",)),)),
            ("template = 小件普货", (Filter("freight_template", "in", ("7001", "7002")),)),
            ("category !~ lamp", (Filter("category", "not in", ("39050502", "39050503")),)),
            ("category = 99", (Filter("category", "in", ("99",)),)),
            ("店铺 = 晨帆数码 and 状态 = 在售", (Filter("store", "in", ("1",)), Filter("status", "in", ("live",)))),
            ("status != Draft", (Filter("status", "not in", ("draft",)),)),
            ('tag = "Summer  sale"', (Filter("tag", "in", ("summer sale",)),)),
            ('text ~ "usb lamp"', (Filter("text", "contains", "usb"), Filter("text", "contains", "lamp"))),
            ("updated = 2026/11/1", (Filter("updated", "=", "2026/11/1"),)),
            ("not price < 5", (Filter("", "where", "not price < 5"),)),
            ("price < 5 and (not stock > 3)", (Filter("price", "<", "5"), Filter("", "where", "not stock > 3"))),
            (
                "库存=0 或 （模板 = 1）".replace("模板", "运费模板"),
                (Filter("", "where", "stock = 0 or freight_template in (1)"),),
            ),
        ],
    )
    def test_fields_and_choices_become_the_tables_own(self, text, wanted):
        assert parse_filters(text, LABELS) == wanted

    @pytest.mark.parametrize(
        ("text", "kind", "code", "position"),
        [
            ("price < 5 and wieght > 1", UnknownField, "filter.did_you_mean", 15),
            ("colour = red", UnknownField, "filter.unknown_field", 1),
            ("price < cheap", BadValue, "filter.bad_value", 9),
            ("price < 1e5", BadValue, "filter.bad_value", 9),
            ("price < NaN", BadValue, "filter.bad_value", 9),
            ("stock in (1, few)", BadValue, "filter.bad_value", 11),
            ("changed = maybe", BadValue, "filter.bad_value", 11),
            ("updated > yesterday", BadValue, "filter.bad_value", 11),
            ("updated > 2026-02-30", BadValue, "filter.bad_value", 11),
            ("category = Sofas", BadValue, "filter.no_choice", 12),
            ("category ~ 9999", BadValue, "filter.no_choice", 12),
            ('text ~ " "', BadValue, "filter.bad_value", 8),
            ('item = " "', BadValue, "filter.bad_value", 8),
            ("title < 5", BadOperator, "filter.bad_operator", 1),
            ("price ~ 5", BadOperator, "filter.bad_operator", 1),
            ("stock > 1 or status < live", BadOperator, "filter.bad_operator", 14),
            ("changed is missing", BadOperator, "filter.bad_operator", 1),
            ("price <", BadExpression, "filter.incomplete", 8),
        ],
    )
    def test_what_is_wrong_is_named_with_its_place(self, text, kind, code, position):
        with pytest.raises(kind) as error:
            parse_filters(text, LABELS)
        assert (error.value.error_code, error.value.params["position"]) == (code, position)

    def test_what_there_is_to_choose_is_named(self):
        with pytest.raises(BadValue) as error:
            parse_filters("status = sold", LABELS)
        assert "live" in str(error.value.params["known"]).casefold()
        with pytest.raises(BadValue) as error:
            parse_filters("tag = autumn", {**LABELS, "tag": []})
        assert (error.value.error_code, error.value.params["position"]) == ("filter.none_yet", 7)

    def test_every_field_of_the_rules_is_one_of_the_table(self):
        assert set(known_fields()) == set(FIELDS)
        assert {field.kind for field in known_fields().values()} <= set(OPERATORS)

    def test_no_two_fields_are_spelt_alike(self):
        written_ways = [name for field in known_fields().values() for name in (field.name, *field.aliases)]
        assert len(written_ways) == len(set(written_ways)) == len(spellings())


class TestWriting:
    @pytest.mark.parametrize(
        ("filters", "text"),
        [
            ((), ""),
            ((Filter("price", "<", 5),), "price < 5"),
            ((Filter("category", "in", ("44",)),), 'category = "Phone cases"'),
            (
                (Filter("category", "not in", ("44",)), Filter("stock", "missing")),
                'category != "Phone cases" and stock is missing',
            ),
            ((Filter("freight_template", "in", ("7001", "7003")),), "freight_template in (7001, Heavy)"),
            ((Filter("changed", "=", True),), "changed = true"),
            (
                (Filter("", "where", "price < 5 or category in (44)"), Filter("status", "in", ("live",))),
                '(price < 5 or category = "Phone cases") and status = live',
            ),
        ],
    )
    def test_a_person_can_read_it_and_it_is_read_back(self, filters, text):
        assert written(filters, LABELS) == text
        again = parse_filters(text, LABELS)
        assert written(again, LABELS) == text

    def test_in_chinese_it_reads_chinese(self):
        filters = parse_filters("not (status in (live, off) or price is missing) and category = 44", LABELS)
        text = written(filters, LABELS, "zh")
        assert text == '非 (状态 属于 (在售, 已下架) 或 价格 为空) 且 类目 = "Phone cases"'
        assert parse_filters(text, LABELS) == filters


class TestValues:
    def test_numbers_are_exact(self):
        assert [number("5"), number("５"), number(" -3.0 "), number(2.5), number("−4")] == [5, 5, -3, 2.5, -4]
        assert [price_minor("4.99"), price_minor("4.999"), price_minor(5)] == [499, 499.9, 500]
        for text in ("", "1e3", "nan", "inf", "0x1", "1_0", "9" * 16, None, True):
            with pytest.raises(ValueError):
                number(text)

    def test_flags(self):
        assert [flag(one) for one in ("true", "YES", "是", True, "0", "No", False)] == [1, 1, 1, 1, 0, 0, 0]

    def test_a_day_is_one_of_the_office(self):
        start, end = moments("2026-11-01")
        assert start == datetime(2026, 10, 31, 16, tzinfo=UTC).timestamp() * 1000
        assert end - start == 86_400_000
        assert moments(start) == (start, start + 1)


class TestTags:
    def test_a_tag_stands_once_and_goes_with_its_listing(self, db, make_listing):
        first, second = make_listing().id, make_listing().id
        with db.bulk() as connection:
            assert add_tags(connection, [(first, "sale"), (second, "sale"), (first, "new")]) == 3
            assert add_tags(connection, [(first, "sale")]) == 0
            assert tags_of(connection, [first, second]) == {first: ("new", "sale"), second: ("sale",)}
            assert remove_tags(connection, [(second, "sale"), (second, "gone")]) == 1
            assert (add_tags(connection, []), remove_tags(connection, [])) == (0, 0)
        assert filter_choices(db, (1,), "en").tags == (Choice("new", "new"), Choice("sale", "sale"))
        assert filter_choices(db, (2,), "en").tags == ()
        with db.bulk() as connection:
            for table in ("sku", "image"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
            connection.exec_driver_sql("DELETE FROM listing WHERE id = ?", (first,))
            assert connection.exec_driver_sql("SELECT count(*) FROM listing_tag").scalar_one() == 0

    def test_tags_are_short_and_not_empty(self):
        assert clean_tag("  summer \n sale ") == "summer sale"
        for tag in ("", "  ", "x" * 41):
            with pytest.raises(BadTag):
                clean_tag(tag)
