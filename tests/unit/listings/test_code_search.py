"""Characters in SKU codes: what the search box's index leads to is exactly what looking through all codes finds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.services.expressions.syntax import Condition
from app.services.expressions.writing import to_text
from app.services.listings import code_search
from app.services.listings.code_search import with_item, with_part
from app.services.listings.filters import parse_filters
from app.services.listings.source import ListingSource
from app.services.paging import Filter, Query

CODES = (
    "AB1234",
    "ab1234-bk",
    "2*AB1234_CUS",
    "CD5678+AB1234*3",
    "单AB1234",
    "ＡＢ１２３４",
    "Straße77",
    "X%_\"7'*?",
    "",
    "two words",
)
NEEDLES = (
    "1234",
    "ab1",
    "AB1234*2",
    "AB1234*3+CD",
    "*2",
    "_cus",
    "%_",
    "\"7'",
    "单AB",
    "ße7",
    "sse77",
    "words",
    "o w",
    "zzz",
)
ITEMS = ("AB1234", "CD5678", "B1234", "STRASSE77", "zzz")


def found(source, text):
    query = Query(filters=parse_filters(text))
    ids = set(source.ids(query))
    assert source.count(query) == len(ids)
    return ids


@pytest.fixture
def source(db, make_listing):
    for code in CODES:
        make_listing(title="Lamp", skus=((code, 100, 1),))
    return ListingSource(db)


@pytest.mark.parametrize("many", [0, code_search.MANY_LISTINGS])
def test_the_quick_way_finds_what_the_slow_way_finds(source, many, monkeypatch):
    monkeypatch.setattr(code_search, "MANY_LISTINGS", many)
    slow = ListingSource(source._db)
    fields = {name: replace(field, quick=None) for name, field in source.spec.fields.items()}
    slow.spec = replace(source.spec, fields=fields)
    asked = [f"sku ~ {quoted(one)}" for one in NEEDLES] + [f"item = {quoted(one)}" for one in ITEMS]
    answers = {text: found(source, text) for text in asked}
    assert answers == {text: found(slow, text) for text in asked}
    assert answers == {text: set(range(1, len(CODES) + 1)) - found(source, f"not {text}") for text in asked}
    assert {text for text in asked if not answers[text]} == {"sku ~ zzz", "item = B1234", "item = zzz"}


def quoted(text):
    return to_text(Condition("sku", "=", (text,))).removeprefix("sku = ")


@pytest.mark.parametrize("text", ["ab", "单品盒", "o w"])
def test_what_the_index_cannot_find_is_left_to_the_slow_way(text):
    assert with_part(Filter("sku", "contains", text), ("1", [])) is None


def test_only_what_it_knows_is_answered():
    assert with_part(Filter("sku", "=", "AB1234"), ("1", [])) is None
    assert with_item(Filter("item", "in", ("AB1234",)), ("1", [])) is None
