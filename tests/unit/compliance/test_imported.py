"""Listings of which rows were refused (DESIGN.md 3.7), and the quick looks at what a sheet writes by name."""

from __future__ import annotations

import pytest

from app.messages import Messages
from app.services.compliance.checker import check
from app.services.compliance.findings import Severity, finding_text
from app.services.compliance.rules import attributes, guard, sale_properties, terms, words
from app.services.listings.records import ROWS_REFUSED
from tests.unit.compliance.examples import codes, context, listing, only, part, sku

SPAIN = part("200007763", "201336104", "SPAIN")


def test_a_listing_without_some_of_its_rows_is_blocked() -> None:
    found = only(error_code=ROWS_REFUSED, error_text="12, 15")
    assert (found.code, found.severity, found.field) == ("rows.refused", Severity.BLOCK, "skus")
    assert "12, 15" in finding_text(found, Messages("en"))
    assert "12, 15" in finding_text(found, Messages("zh"))


@pytest.mark.parametrize("code", ["", "publish.refused", "F00-00-10007-009"])
def test_other_errors_are_no_finding(code: str) -> None:
    assert codes(error_code=code, error_text="12") == []


def written(name: str, value: str) -> dict[str, str]:
    return {"name_id": "", "value_id": "", "name": name, "value": value}


@pytest.mark.parametrize(
    ("entry", "is_fine", "expected"),
    [
        (written("Material", "Ceramic"), True, []),
        (written("材质", "陶瓷"), True, []),
        (written("Model Number", "LM"), True, []),
        (written("Supplier's own", "anything"), True, []),
        (written("Material", "Unheard of"), False, ["attribute.value"]),
        (written("Material", " "), False, ["attribute.required"]),
        (written("", "Ceramic"), False, ["attribute.empty"]),
        (written("Model Number", "a;b"), False, ["attribute.signs"]),
    ],
)
def test_attributes_by_name_need_no_second_look(entry: dict[str, str], is_fine: bool, expected: list[str]) -> None:
    using = context()
    rest = [one for one in listing().attributes if one["name"] != entry["name"] or not is_fine]
    if is_fine and entry["name"] in ("材质",):
        rest = [one for one in rest if one["name"] != "Material"]
    if "attribute.required" in expected:
        rest = [one for one in rest if one["name"] != "Material"]
    record = listing(attributes=[*rest, entry])
    for _ in range(2):  # the second time from memory
        assert attributes.GROUP.is_fine(record, using) is is_fine
        found = [finding.code for finding in check(record, using)]
        assert set(expected) <= set(found) and (bool(found) is not is_fine)


def test_a_country_beside_its_property_needs_no_second_look() -> None:
    record = listing(skus=[sku("A1", properties=[part(), SPAIN], ships_from="ES")])
    assert sale_properties.GROUP.is_fine(record, context())
    elsewhere = listing(skus=[sku("A1", properties=[part(), SPAIN], ships_from="CN")])
    assert not sale_properties.GROUP.is_fine(elsewhere, context())
    alone = listing(skus=[sku("A1", ships_from="ES")])
    assert not sale_properties.GROUP.is_fine(alone, context())


@pytest.mark.parametrize(
    ("prices", "is_fine"), [((100, 600, 700), False), ((300, 500, 2000), True), ((100, 100, 100, 900), True)]
)
def test_a_dear_variant_alone_needs_no_second_look(prices: tuple[int, ...], is_fine: bool) -> None:
    record = listing(skus=[sku(f"LM{number}", price_minor=price) for number, price in enumerate(prices)])
    assert guard.GROUP.is_fine(record, context()) is is_fine


@pytest.mark.parametrize(("title", "is_fine"), [("Pilot Lamp Slot Cover", True), ("Lamp 10pcs/lot", False)])
def test_only_a_count_per_lot_needs_a_second_look(title: str, is_fine: bool) -> None:
    assert terms.GROUP.is_fine(listing(title=title), context()) is is_fine


@pytest.mark.parametrize(
    ("title", "is_fine"),
    [("Cigarette Lighter Socket Cover", True), ("Nike Shaped Lamp", False), ("Ceramic Lamp", True)],
)
def test_words_in_harmless_phrases_need_no_second_look(title: str, is_fine: bool) -> None:
    using = context()
    assert words.GROUP.is_fine(listing(title=title), using) is is_fine
    assert (codes(title=title, using=using) == []) is is_fine


def test_a_word_in_a_value_is_found_every_time() -> None:
    using = context()
    record = listing(skus=[sku(properties=[part("14", "", "Nike red")])])
    for _ in range(2):
        assert not words.GROUP.is_fine(record, using)
    assert words.GROUP.is_fine(listing(skus=[sku(properties=[part("14", "", "Plain red")])]), using)
