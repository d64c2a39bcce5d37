"""Recipes: kept, found again whatever the capitals, shared by file; a hostile file changes nothing."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from app.services.errors import AppError
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import (
    AddImages,
    ChangeNumber,
    ConvertInches,
    FixFindings,
    Limits,
    RemoveImages,
    ReplaceText,
    Rounding,
    SetValue,
)
from app.services.listings.bulk_edit.recipes import KIND, LARGEST_FILE, BadRecipe, NoSuchRecipe, Recipes

PRICE = ChangeNumber(
    "price_minor", "multiply", Decimal("1.1"), rounding=Rounding(Decimal(1), Decimal("0.99")), limits=Limits(Decimal(3))
)
SUMMER = BulkEdit((PRICE, ReplaceText("title", "(a)", r"\1", is_regex=True), AddImages(("a.jpg",), "start")))
OTHER = BulkEdit((RemoveImages(("ab" * 32,), (1,)), ConvertInches(), SetValue("group_id", "")))


def whole(recipes: object) -> str:
    return json.dumps({"kind": KIND, "version": 1, "recipes": recipes})


@pytest.fixture
def recipes(tmp_path):
    return Recipes(tmp_path / "data")


def test_a_recipe_is_kept_found_and_removed(recipes):
    assert recipes.all() == {}
    assert recipes.keep("  Summer  sale ", SUMMER) == "Summer sale"
    recipes.keep("夏季", OTHER)
    assert Recipes(recipes.path.parent).all() == {"Summer sale": SUMMER, "夏季": OTHER}
    assert recipes.get("SUMMER SALE") == SUMMER
    recipes.keep("夏季", SUMMER)
    assert recipes.get("夏季") == SUMMER
    assert recipes.remove("summer sale") == "Summer sale"
    for act in (recipes.get, recipes.remove):
        with pytest.raises(NoSuchRecipe) as caught:
            act("Summer sale")
        assert caught.value.params["known"] == "夏季"


def test_recipes_travel_by_file(recipes, tmp_path):
    with pytest.raises(BadRecipe, match="nothing"):
        recipes.export(tmp_path / "out.json")
    recipes.keep("One", SUMMER)
    recipes.keep("Two", OTHER)
    assert recipes.export(tmp_path / "one.json", ["one", "ONE"]) == ["One"]
    assert recipes.export(tmp_path / "all.json") == ["One", "Two"]
    with pytest.raises(NoSuchRecipe):
        recipes.export(tmp_path / "none.json", ["Three"])
    assert not (tmp_path / "none.json").exists()
    with pytest.raises(BadRecipe, match="unwritable"):
        recipes.export(tmp_path / "no" / "folder.json")
    other = Recipes(tmp_path / "other")
    other.keep("Two", SUMMER)
    assert other.take(tmp_path / "all.json") == ["One", "Two"]
    assert other.all() == {"Two": OTHER, "One": SUMMER}
    assert other.take(tmp_path / "one.json") == ["One"]


@pytest.mark.parametrize(
    "operation",
    [
        {"kind": "SetText", "field": "title", "text": 5},
        {"kind": "SetText", "field": ["title"], "text": "a"},
        {"kind": "SetText", "field": "id", "text": "a"},
        {"kind": "SetText", "field": "title"},
        {"kind": ["SetText"], "field": "title", "text": "a"},
        {"kind": "Popen", "args": "a"},
        {"kind": "AddImages", "sources": "a.jpg"},
        {"kind": "AddImages", "sources": [1]},
        {"kind": "RemoveImages", "positions": [True]},
        {"kind": "ReorderImages", "first": [1.5]},
        {"kind": "ConvertInches", "package": 1},
        {"kind": "FixFindings", "rule": "no.such"},
        {"kind": "ReplaceText", "field": "title", "find": "(a+)+", "replacement": "", "is_regex": True},
        {"kind": "ReplaceText", "field": "title", "find": "(a", "replacement": "", "is_regex": True},
        {"kind": "ChangeNumber", "field": "price_minor", "action": "formula", "formula": "__import__('os')"},
        {"kind": "ChangeNumber", "field": "price_minor", "action": "set", "value": {"decimal": "NaN"}},
        {"kind": "ChangeNumber", "field": "price_minor", "action": "set", "value": {"decimal": []}},
        {"kind": "ChangeNumber", "field": "price_minor", "action": "set", "value": 5},
        {"kind": "ChangeNumber", "field": "price_minor", "action": "set", "limits": {"least": {"decimal": "1e99"}}},
        {"kind": "ChangeNumber", "field": "price_minor", "action": "set", "limits": None},
        {"kind": "ChangeNumber", "field": "price_minor", "action": "set", "rounding": {"step": {"decimal": "NaN"}}},
        {"kind": "AddTag", "tag": ""},
        None,
        5,
    ],
)
def test_a_recipe_that_cannot_be_used_is_refused_with_its_file(recipes, tmp_path, operation):
    good = SUMMER.to_json()
    (tmp_path / "in.json").write_text(whole({"Good": good, "Bad": [operation]}), "utf-8")
    with pytest.raises(AppError):
        recipes.take(tmp_path / "in.json")
    assert recipes.all() == {}
    recipes.path.parent.mkdir()
    recipes.path.write_text(whole({"Good": good, "Bad": [operation]}), "utf-8")
    assert recipes.all() == {"Good": SUMMER}, "one of a newer program hides no other"


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\xff\xfe", b"[]", b"5", b"[" * 100_000, b'{"recipes": {}}', whole([]).encode(), whole({}).encode(),
        whole({"": []}).encode(), whole({"a" * 61: []}).encode(), whole({"a\x1bb": []}).encode(),
        whole({"a": {}}).encode(), json.dumps({"kind": KIND, "version": 2, "recipes": {}}).encode(),
        b" " * (LARGEST_FILE + 1),
    ],
)  # fmt: skip
def test_a_file_that_is_no_recipes_is_refused(recipes, tmp_path, data):
    (tmp_path / "in.json").write_bytes(data)
    with pytest.raises(AppError):
        recipes.take(tmp_path / "in.json")
    assert not recipes.path.exists()
    with pytest.raises(BadRecipe):
        recipes.take(tmp_path)


def test_a_damaged_store_of_recipes_is_said_and_not_written_over(recipes):
    recipes.path.parent.mkdir()
    recipes.path.write_text("{", "utf-8")
    for act in (recipes.all, lambda: recipes.keep("One", SUMMER), lambda: recipes.remove("One")):
        with pytest.raises(BadRecipe):
            act()
    assert recipes.path.read_text("utf-8") == "{"


def test_an_edit_names_its_fields():
    edit = BulkEdit((*SUMMER.operations, *OTHER.operations, FixFindings("title.emoji")))
    assert edit.fields == ("price_minor", "title", "images", "inches", "group_id", "fix")
