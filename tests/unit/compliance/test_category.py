"""Rules about category and attributes, and what texts resolve to (domain.md 5.1; protocol 4.6, 5.12)."""

from __future__ import annotations

from typing import Any

import pytest

from app.messages import Messages
from app.services.compliance.categories import CategoryTree
from app.services.compliance.findings import Label, Severity, finding_text
from app.services.compliance.leaf import AttributeFacts, LeafFacts
from tests.unit.compliance.examples import (
    ATTRIBUTES,
    BASE,
    CLOCKS,
    HOME,
    LAMP_PARTS,
    LAMPS,
    LIGHTING,
    MATERIAL,
    TREE,
    codes,
    context,
    findings,
    listing,
    node,
    only,
)

CERAMIC = {"name_id": "10", "value_id": "100006063", "name": "Material", "value": "Ceramic"}


def attribute(name_id: str = "", value_id: str = "", name: str = "", value: str = "") -> dict[str, str]:
    return {"name_id": name_id, "value_id": value_id, "name": name, "value": value}


@pytest.mark.parametrize(
    ("category_id", "expected"),
    [
        (LAMPS, []),
        ("", ["category.missing"]),
        ("  ", ["category.missing"]),
        ("9999", ["category.unknown"]),
        (LIGHTING, ["category.not_leaf"]),
        (HOME, ["category.not_leaf"]),
        (CLOCKS, ["category.attributes_unread"]),
    ],
)
def test_category(category_id: str, expected: list[str]) -> None:
    plain = listing(category_id=category_id)
    if category_id != LAMPS:
        plain.attributes = []
        plain.skus[0].properties = plain.skus[1].properties = []
        plain.skus.pop()
    found = findings(plain)
    assert [finding.code for finding in found] == expected
    assert all(finding.field == "category_id" for finding in found)


def test_severities_of_the_category() -> None:
    assert only(category_id="9999").severity == Severity.BLOCK
    assert only(category_id=CLOCKS).severity == Severity.WARN


def test_without_the_tree_nothing_can_be_said() -> None:
    finding = only(using=context(categories=CategoryTree()))
    assert (finding.code, finding.params) == ("category.unread", {"category": LAMPS})


def test_unknown_category_proposes_the_one_its_text_means() -> None:
    fix = only(category_id="家居 > 灯具 > 台灯").fix
    assert fix is not None
    assert (fix.kind, fix.field, fix.value) == ("use_category", "category_id", LAMPS)
    assert only(category_id="Unheard of").fix is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (LAMPS, LAMPS),
        (f" {LAMPS} ", LAMPS),
        ("Home > Lighting > Table lamps", LAMPS),
        ("home>lighting>TABLE LAMPS", LAMPS),
        ("Home / Lighting / Table lamps", LAMPS),
        ("家居›灯具›台灯", LAMPS),
        ("家居 >> 灯具 >> 台灯", LAMPS),
        ("灯具 > 台灯配件", LAMP_PARTS),
        ("Lighting > Lamp parts", LAMP_PARTS),
        ("台灯", LAMPS),
        ("ｔａｂｌｅ　ｌａｍｐｓ", LAMPS),
        ("Lamp parts (台灯配件)", LAMP_PARTS),
        ("Home > Lighting", LIGHTING),
        ("Lighting", None),
        ("Lamps", None),
        ("", None),
        (" > ", None),
        ("99", None),
    ],
)
def test_resolve_category(text: str, found: str | None) -> None:
    assert context().resolve_category(text) == found


def test_an_ambiguous_name_resolves_to_nothing() -> None:
    above = ("Garden", "花园")
    tree = CategoryTree([*TREE.by_id.values(), node("7", "70", "Clocks", "钟表", above)])
    asked = context(categories=tree)
    assert asked.resolve_category("Clocks") is None
    assert asked.resolve_category("Garden > Clocks") == "7"
    assert asked.resolve_category("钟表") == "7"
    assert asked.resolve_category("Home > Clocks") == CLOCKS


def test_attributes_are_read_once() -> None:
    asked: list[str] = []

    def read(category_id: str) -> list[AttributeFacts]:
        asked.append(category_id)
        return ATTRIBUTES.get(category_id, [])

    using = context(read_attributes=read)
    for _ in range(3):
        codes(using=using)
        codes(using=using, category_id=CLOCKS)
        codes(using=using, category_id="")
    assert sorted(asked) == sorted({LAMPS, CLOCKS})


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ([CERAMIC], []),
        ([attribute(name="材质", value="陶瓷")], []),
        ([attribute("10", value="ceramic")], []),
        ([CERAMIC, attribute("10", "4", "Material", "Bamboo")], []),
        ([CERAMIC, attribute(name="Warranty", value="2 years")], []),
        ([CERAMIC, attribute("3", value="LM-4402 / 7")], []),
        ([], ["attribute.required"]),
        ([attribute("10")], ["attribute.required"]),
        ([attribute("10", value="  ")], ["attribute.required"]),
        ([attribute("3", value="LM")], ["attribute.required"]),
        ([CERAMIC, attribute("777", "1", "Voltage", "220 V")], ["attribute.foreign"]),
        ([CERAMIC, attribute("14", "193", "Color", "Black")], ["attribute.foreign"]),
        ([attribute("10", "999", value="Wood")], ["attribute.value"]),
        ([attribute("10", value="Wood")], ["attribute.value"]),
        ([attribute("10", "4", value="Other")], ["attribute.other"]),
        ([attribute("10", "4", value="其他")], ["attribute.other"]),
        ([attribute("10", "4")], ["attribute.other"]),
        ([CERAMIC, attribute("3")], ["attribute.empty"]),
        ([CERAMIC, attribute(value="loose")], ["attribute.empty"]),
        ([CERAMIC, attribute(name="Warranty", value=" ")], ["attribute.empty"]),
        ([CERAMIC, attribute("3", value="A#1")], ["attribute.signs"]),
        ([CERAMIC, attribute("3", value="A;1")], ["attribute.signs"]),
        ([CERAMIC, attribute("3", value="A\t1")], ["attribute.signs"]),
        ([CERAMIC, attribute(name="War;ranty", value="2 years")], ["attribute.signs"]),
        ([attribute("10", "100006063", value="Ceramic; glazed")], ["attribute.signs"]),
    ],
)
def test_attributes(attributes: list[dict[str, str]], expected: list[str]) -> None:
    found = findings(attributes=attributes)
    assert [finding.code for finding in found] == expected
    assert all(finding.field == "attributes" and finding.severity == Severity.BLOCK for finding in found)


def test_a_sentence_names_the_attribute_in_its_language() -> None:
    finding = only(attributes=[])
    assert finding.params == {"attribute": Label("材质", "Material")}
    assert finding_text(finding, Messages("zh")) == "缺必填属性“材质”。补上它的值。"
    assert finding_text(finding, Messages("en")) == "Required attribute “Material” is missing. Fill it in."


def test_a_foreign_attribute_proposes_the_leaf_that_has_it() -> None:
    base = attribute("200000137", "1", "Lamp base", "E27")
    finding = only(category_id=LAMP_PARTS, attributes=[CERAMIC, base])
    assert finding.code == "attribute.foreign"
    assert finding.fix is not None
    assert (finding.fix.kind, finding.fix.field, finding.fix.value) == ("move_category", "category_id", LAMPS)
    assert finding_text(finding, Messages("zh")).startswith("属性“Lamp base”不属于“台灯配件”。")
    assert only(category_id=LAMP_PARTS, attributes=[CERAMIC, attribute("777", "1", "X", "Y")]).fix is None


def test_no_move_is_proposed_between_two_that_fit() -> None:
    tree = CategoryTree([*TREE.by_id.values(), node("1009", LIGHTING, "Floor lamps", "落地灯", ("Home", "家居"))])
    both = {**ATTRIBUTES, "1009": [MATERIAL, BASE]}
    using = context(categories=tree, read_attributes=lambda category_id: both.get(category_id, ()))
    base = attribute("200000137", "1", "Lamp base", "E27")
    assert only(category_id=LAMP_PARTS, attributes=[CERAMIC, base], using=using).fix is None


def test_on_a_listing_of_the_platform_an_unlisted_attribute_is_only_a_warning() -> None:
    finding = only(product_id="1005001", attributes=[CERAMIC, attribute("777", "1", "Voltage", "220 V")])
    assert (finding.code, finding.severity, finding.fix) == ("attribute.unlisted", Severity.WARN, None)


def test_empty_entries_are_dropped_by_the_remedy() -> None:
    model = attribute("3", value="LM")
    finding = only(attributes=[CERAMIC, attribute(name="Warranty"), model])
    assert finding.fix is not None
    assert (finding.fix.field, finding.fix.value) == ("attributes", [CERAMIC, model])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("38 inch", ["attribute.inch"]),
        ('37"', ["attribute.inch"]),
        ("24 in", ["attribute.inch"]),
        ("9 inch", []),
        ("17 inch", []),
        ("15 inches", []),
        ("38 cm", []),
        ("100 inch", []),
        ("38 inner", []),
    ],
)
def test_a_length_in_inches_that_is_a_side_in_centimetres(value: str, expected: list[str]) -> None:
    assert codes(attributes=[CERAMIC, attribute("3", value=value)]) == expected


def test_a_chosen_value_with_a_text_is_looked_at_too() -> None:
    assert codes(attributes=[{**CERAMIC, "value": "38 inch"}]) == ["attribute.inch"]


def test_value_ids_of_attributes_that_take_any_text() -> None:
    open_list = AttributeFacts(
        "12", Label("风格", "Style"), allows_custom_name=True, values={"1": Label("现代", "Modern")}
    )
    read = {LAMPS: [*ATTRIBUTES[LAMPS], open_list]}
    using = context(read_attributes=lambda category_id: read.get(category_id, ()))
    assert codes(attributes=[CERAMIC, attribute("12", "1", value="Modern")], using=using) == []
    assert codes(attributes=[CERAMIC, attribute("12", value="Rustic")], using=using) == []
    assert codes(attributes=[CERAMIC, attribute("12", "77", value="Rustic")], using=using) == ["attribute.value"]
    assert codes(attributes=[CERAMIC, attribute("3", "77", value="LM")], using=using) == []


def test_a_branch_is_no_leaf_even_if_its_attributes_are_known() -> None:
    using = context(read_attributes=lambda category_id: ATTRIBUTES[LAMPS])
    assert codes(category_id=LIGHTING, using=using) == ["category.not_leaf"]


def test_inch_tells_the_numbers() -> None:
    finding = only(attributes=[CERAMIC, attribute("3", name="Height", value="38 inch")])
    assert finding.severity == Severity.WARN
    assert finding.params == {"attribute": Label("Height", "Height"), "value": "38 inch", "longest": 38, "cm": "96.5"}
    unknown: dict[str, Any] = {"length_cm": None}
    assert codes(attributes=[CERAMIC, attribute("3", value="38 inch")], **unknown) == ["size.missing"]


def test_attributes_are_not_judged_without_what_the_category_asks_for() -> None:
    entries = [attribute("777", "1", "Voltage", "220 V"), attribute("3", value="A;1")]
    assert codes(category_id=CLOCKS, attributes=entries) == ["category.attributes_unread", "attribute.signs"]


def test_a_leaf_keeps_plain_attributes_and_sale_properties_apart() -> None:
    leaf = LeafFacts(LAMPS, ATTRIBUTES[LAMPS])
    assert leaf.plain("14", "") is None
    assert leaf.sale("10", "") is None
    assert leaf.plain("", "材质") is MATERIAL
    assert leaf.required == {"10"}
    assert ("10", "4") not in leaf.pairs
    assert leaf.value_id(MATERIAL, "CERAMIC") == "100006063"
    assert leaf.value_id(MATERIAL, "100006063") is None
