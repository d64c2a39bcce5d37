"""The data of the samples: every title that can come out is one a checker passes, every name is one the market has."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.samples import shapes_devices, shapes_house, shapes_wear
from app.samples.families import Family, catalogue, families, shops, values
from app.samples.products import MOST_SKUS, material_of

ROOT = Path(__file__).resolve().parents[3]
MARKET = ROOT / "app" / "practice_market" / "data"
TITLE_MAX = 128
WORD_REPEAT_MAX = 2
NEEDED_COMBINATIONS = 8_500
"""A million rows are some 265 000 products of 34 families."""

each_family = pytest.mark.parametrize("family", families(), ids=lambda family: family.prefix)


def market(name: str) -> Any:
    return json.loads((MARKET / f"{name}.json").read_text("utf-8"))


def leaves(nodes: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found = {}
    for node in nodes:
        found |= leaves(node["children"]) if "children" in node else {node["en"]: node}
    return found


@each_family
def test_longest_title_fits(family: Family) -> None:
    longest = family.title.format(*(max(slot, key=len) for slot in family.slots))
    assert len(longest) <= TITLE_MAX
    assert longest.isascii()


@each_family
def test_no_title_says_a_word_three_times(family: Family) -> None:
    """The worst case of each slot, so that every combination is covered."""
    fixed = Counter(re.findall(r"[a-z0-9.]+", re.sub(r"{\d}", " ", family.title).lower()))
    worst = [Counter() for _ in family.slots]
    for place, slot in enumerate(family.slots):
        for part in slot:
            worst[place] |= Counter(re.findall(r"[a-z0-9.]+", part.lower()))
    assert {word: n for word, n in sum(worst, fixed).items() if n > WORD_REPEAT_MAX} == {}


@each_family
def test_titles_use_every_slot_once_and_are_many(family: Family) -> None:
    assert re.findall(r"{(\d)}", family.title) == [str(place) for place in range(len(family.slots))]
    assert all(len(set(slot)) == len(slot) for slot in family.slots)
    assert family.combinations >= NEEDED_COMBINATIONS


@each_family
def test_combinations_are_all_different(family: Family) -> None:
    step = family.combinations // 500
    titles = {tuple(family.words(number)) for number in range(0, family.combinations, step)}
    assert len(titles) == len(range(0, family.combinations, step))


@each_family
def test_no_listed_word_in_any_part(family: Family) -> None:
    words = json.loads((ROOT / "resources" / "rules" / "word_lists.json").read_text("utf-8"))
    listed = [word if isinstance(word, str) else word["word"] for part in words["lists"] for word in part["words"]]
    said = " · ".join((family.title, *family.keywords, *(part for slot in family.slots for part in slot))).lower()
    assert [word for word in listed if re.search(rf"\b{re.escape(word.lower())}s?\b", said)] == []


def test_the_market_has_every_category_property_value_and_fact() -> None:
    categories, attributes = leaves(market("categories")), market("attributes")
    for family in families():
        leaf = categories[family.category]
        assert leaf["zh"] == family.name or family.name, family.prefix
        sale = {attributes[key]["zh"]: {name[2] for name in attributes[key]["values"]} for key in leaf["sku"]}
        if family.first:
            assert {value.name for value in family.first} <= sale[family.first_name], family.prefix
        if family.second:
            assert {value.name for value in family.second} <= sale[family.second_name], family.prefix
        facts = {attributes[key]["zh"]: {name[2] for name in attributes[key]["values"]} for key in leaf["facts"]}
        for name, value in family.facts.items():
            assert value in facts[name], family.prefix
        required = {attributes[key]["zh"] for key in leaf.get("required", ())}
        assert required <= {*family.facts, "材质"}, family.prefix
        assert not leaf.get("needs_permission"), family.prefix


def test_the_market_has_every_material() -> None:
    known = {name[2] for name in market("attributes")["material"]["values"]}
    assert set(catalogue()["materials"]) <= known
    assert {family.material for family in families()} <= set(catalogue()["materials"])


def test_the_market_has_every_template_and_group() -> None:
    stores = {store["name"]: store for store in market("stores")}
    prefixes = {family.prefix for family in families()}
    for name, shop in shops().items():
        templates = {template["name"] for template in stores[name]["templates"]}
        groups = {group[1] for top in stores[name]["groups"] for group in (top, *top[2])}
        assert set(shop.templates.values()) <= templates
        assert set(shop.templates) == {family.goods for family in families()} == set(catalogue()["cartons"])
        assert set(shop.groups.values()) <= groups
        assert set(shop.groups) <= prefixes


def test_prefixes_are_two_capitals_of_their_own() -> None:
    prefixes = [family.prefix for family in families()]
    assert len(set(prefixes)) == len(prefixes)
    assert all(re.fullmatch(r"[A-Z]{2}", prefix) for prefix in prefixes)


@each_family
def test_every_family_can_be_drawn_and_has_variants(family: Family) -> None:
    assert any(
        callable(getattr(shapes, family.picture, None)) for shapes in (shapes_devices, shapes_house, shapes_wear)
    )
    assert max(1, len(family.first)) * max(1, len(family.second)) >= 2
    assert min(len(family.first) or MOST_SKUS, MOST_SKUS) >= 2
    low, high = family.cost_cny
    assert 0 < low < high
    assert 0 < family.weight_g[0] < family.weight_g[1]
    assert all(side >= 1 for side in family.box_cm)


def test_values_of_a_property_have_different_tails() -> None:
    """Else two variants of one product would have one code."""
    for family in families():
        for side in (family.first, family.second):
            marks = [(value.tail, value.pieces) for value in side]
            assert len(set(marks)) == len(marks), family.prefix
    assert all(re.fullmatch(r"[A-Z0-9]*", value.tail) for value in values().values())


@pytest.mark.parametrize(
    ("words", "material"),
    [
        (["Ribbed", "Stainless Steel", "Soft"], "不锈钢"),
        (["Waxed", "Linen", "Leather Straps"], "亚麻"),
        (["PU Leather"], "PU"),
        (["Hybrid TPU and PC"], "TPU"),
        (["Adjustable", "Soft"], ""),
        (["Steelwork"], ""),
    ],
)
def test_material_is_read_from_the_title(words: list[str], material: str) -> None:
    assert material_of(words) == material
