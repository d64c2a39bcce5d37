"""Rules about parcel, unit, lot, days, currency, template and group (domain.md 3.2, 5.1, 8.1)."""

from __future__ import annotations

from typing import Any

import pytest

from app.messages import Messages
from app.services.compliance.findings import Severity, finding_text
from app.services.compliance.units import resolve_unit, units
from tests.unit.compliance.examples import codes, context, findings, only, part, sku

SPAIN = part("200007763", "201336104", "SPAIN")


@pytest.mark.parametrize(
    ("weight_g", "expected"),
    [
        (1, []),
        (500_000, []),
        (0, ["weight.range"]),
        (-5, ["weight.range"]),
        (500_001, ["weight.range"]),
        (None, ["weight.missing"]),
    ],
)
def test_weight(weight_g: int | None, expected: list[str]) -> None:
    found = findings(weight_g=weight_g)
    assert [finding.code for finding in found] == expected
    assert all(finding.field == "weight_g" and finding.severity == Severity.BLOCK for finding in found)


def test_weight_is_told_in_kilograms() -> None:
    assert only(weight_g=500_001).params == {"weight": "500.001", "min": "0.001", "max": "500.000"}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("weight_g", [None, 0, 500_001])
def test_the_advice_names_the_unit_in_which_the_editor_takes_the_weight(weight_g: int | None, language: Any) -> None:
    said = finding_text(only(weight_g=weight_g), Messages(language))
    advice = said[said.rindex("kg") :]
    assert "0.840" in advice and "840 g" in advice


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        ((1, 1, 1), []),
        ((60, 40, 30), []),
        ((700, 700, 300), []),
        ((700, 600, 400), []),
        ((700, 600, 401), ["size.girth"]),
        ((400, 700, 601), ["size.girth"]),
        ((700, 600, 500), ["size.girth"]),
        ((701, 1, 1), ["size.range"]),
        ((0, 1, 1), ["size.range"]),
        ((24, -1, 1), ["size.range"]),
        ((0, 701, 5), ["size.range", "size.range"]),
        ((None, 24, 24), ["size.missing"]),
        ((None, None, None), ["size.missing"] * 3),
    ],
)
def test_size(sides: tuple[int | None, ...], expected: list[str]) -> None:
    length, width, height = sides
    assert codes(length_cm=length, width_cm=width, height_cm=height) == expected


def test_girth_names_size_and_sum() -> None:
    assert only(length_cm=700, width_cm=600, height_cm=500).params == {
        "size": "700 × 600 × 500",
        "girth": 2900,
        "max": 2700,
    }


def test_a_side_is_the_field_and_stands_in_the_sentence() -> None:
    finding = only(width_cm=None)
    assert finding.field == "width_cm"
    assert finding_text(finding, Messages("zh")) == "没有包装的宽。填上厘米数。"
    assert finding_text(finding, Messages("en")) == "The package's width is missing. Enter it in cm."
    assert only(height_cm=701).field == "height_cm"


@pytest.mark.parametrize(
    ("unit", "expected", "remedy"),
    [
        ("100000015", [], None),
        ("100000017", [], None),
        ("", ["unit.missing"], None),
        (" ", ["unit.missing"], None),
        ("piece", ["unit.unknown"], "100000015"),
        ("双", ["unit.unknown"], "100000013"),
        ("100000999", ["unit.unknown"], None),
        ("lot", ["unit.unknown"], None),
    ],
)
def test_unit(unit: str, expected: list[str], remedy: str | None) -> None:
    found = findings(unit=unit)
    assert [finding.code for finding in found] == expected
    assert [finding.fix.value if finding.fix else None for finding in found] == [remedy] * len(expected)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("100000015", "100000015"),
        ("Piece", "100000015"),
        ("pcs", "100000015"),
        ("件", "100000015"),
        ("件/个", "100000015"),
        ("件/个 (piece/pieces)", "100000015"),
        ("ＰＣＳ", "100000015"),
        ("sets", "100000017"),
        ("对", "100000013"),
        ("kg", "100000007"),
        ("m²", "100000019"),
        ("piece/set", None),
        ("", None),
        ("parsec", None),
    ],
)
def test_resolve_unit(text: str, unit: str | None) -> None:
    assert resolve_unit(text) == unit
    assert context().resolve_unit(text) == unit


def test_every_unit_is_found_by_both_names() -> None:
    assert len(units()) == 35
    for unit, label in units().items():
        assert resolve_unit(label.en) == unit
        assert resolve_unit(label.zh) == unit


@pytest.mark.parametrize(
    ("lot_size", "expected"),
    [(1, []), (2, []), (100_000, []), (0, ["lot.range"]), (-1, ["lot.range"]), (100_001, ["lot.range"])],
)
def test_lot(lot_size: int, expected: list[str]) -> None:
    assert codes(lot_size=lot_size) == expected


def test_a_lot_of_nothing_becomes_one() -> None:
    fix = only(lot_size=0).fix
    assert fix is not None
    assert (fix.field, fix.value) == ("lot_size", 1)
    assert only(lot_size=100_001).fix is None


@pytest.mark.parametrize(
    ("title", "lot_size", "expected"),
    [
        ("Cable Clips 10pcs/lot Self Adhesive", 10, []),
        ("Cable Clips 10pcs/lot Self Adhesive", 1, ["lot.title"]),
        ("Cable Clips 10 pcs / lot", 5, ["lot.title"]),
        ("Socks 5 pairs per lot", 5, []),
        ("Socks 5 pairs per lot", 1, ["lot.title"]),
        ("Cable Clips 10pcs", 1, []),
        ("Slotted Drill 4 Lot Colours", 1, []),
    ],
)
def test_lot_against_the_title(title: str, lot_size: int, expected: list[str]) -> None:
    found = findings(title=title, lot_size=lot_size)
    assert [finding.code for finding in found] == expected
    assert all(finding.severity == Severity.WARN for finding in found)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (1, []),
        (7, []),
        (0, ["handling.range"]),
        (8, ["handling.range"]),
        (None, ["handling.missing"]),
    ],
)
def test_handling_days(days: int | None, expected: list[str]) -> None:
    assert codes(handling_days=days) == expected


def test_the_older_interface_allows_more_days() -> None:
    older = context({"limits": {"handling_days_max": 60}})
    assert codes(handling_days=60, using=older) == []
    assert only(handling_days=61, using=older).params == {"days": 61, "min": 1, "max": 60}


@pytest.mark.parametrize(
    ("changes", "days", "expected"),
    [
        ({"properties": [part(), SPAIN]}, 5, []),
        ({"properties": [part(), SPAIN]}, 6, ["handling.overseas"]),
        ({"ships_from": "ES"}, 6, ["handling.overseas"]),
        ({"ships_from": "CN"}, 6, []),
        ({"properties": [part(), part("200007763", "201336100", "CHINA")]}, 7, []),
    ],
)
def test_handling_days_from_abroad(changes: dict[str, Any], days: int, expected: list[str]) -> None:
    found = findings(skus=[sku(**changes)], handling_days=days)
    assert [finding.code for finding in found] == expected
    for finding in found:
        assert finding.params == {"days": 6, "country": "ES", "max": 5}
        assert finding.fix is not None and finding.fix.value == 5


@pytest.mark.parametrize("currency", ["USD", "EUR", "RUB", "CNY"])
def test_currencies_in_use(currency: str) -> None:
    assert codes(currency=currency) == []


@pytest.mark.parametrize("currency", ["", "XYZ", "usd"])
def test_other_currencies(currency: str) -> None:
    finding = only(currency=currency)
    assert finding.code == "currency.unknown"
    assert finding.params == {"currency": currency, "known": "CNY, EUR, RUB, USD"}


@pytest.mark.parametrize(
    ("template", "expected", "remedy"),
    [
        ("700126549", [], None),
        ("", ["freight_template.missing"], None),
        ("  ", ["freight_template.missing"], None),
        ("700999999", ["freight_template.foreign"], None),
        ("123", ["freight_template.unknown"], None),
        ("家居带灯", ["freight_template.unknown"], "700126549"),
    ],
)
def test_freight_template(template: str, expected: list[str], remedy: str | None) -> None:
    found = findings(freight_template_id=template)
    assert [finding.code for finding in found] == expected
    assert [finding.fix.value if finding.fix else None for finding in found] == [remedy] * len(expected)
    assert all(finding.field == "freight_template_id" and finding.severity == Severity.BLOCK for finding in found)


def test_a_foreign_template_names_both_stores() -> None:
    finding = only(freight_template_id="700999999")
    expected = "运费模板 700999999 属于 Amber Isle Home，不能用在 Chenfan Digital。选本店铺的模板。"
    assert finding_text(finding, Messages("zh")) == expected


def test_before_the_first_sync_templates_are_unread() -> None:
    assert codes(using=context(templates={})) == ["freight_template.unread"]
    assert codes(freight_template_id="700999999", using=context(templates={})) == ["freight_template.foreign"]
    assert codes(freight_template_id="", using=context(templates={})) == ["freight_template.missing"]


def test_a_template_two_stores_have_is_the_own_one() -> None:
    shared = context(foreign_templates={"700126548": "Amber Isle Home"})
    assert codes(using=shared) == []


@pytest.mark.parametrize(
    ("group", "expected", "remedy"),
    [
        ("", [], None),
        ("52", [], None),
        ("99", ["group.foreign"], None),
        ("1234", ["group.unknown"], None),
        ("卧室灯具", ["group.unknown"], "52"),
        ("灯具/卧室灯具", ["group.unknown"], "52"),
        (" ", ["group.unknown"], None),
    ],
)
def test_group(group: str, expected: list[str], remedy: str | None) -> None:
    found = findings(group_id=group)
    assert [finding.code for finding in found] == expected
    assert [finding.fix.value if finding.fix else None for finding in found] == [remedy] * len(expected)


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("700126548", "700126548"),
        ("小件普货", "700126548"),
        ("家居带灯 · 700126549", "700126549"),
        ("小件普货 700126548", None),
        ("700126548 · 家居带灯", None),
        ("700999999", None),
        ("", None),
    ],
)
def test_resolve_freight_template(text: str, template: str | None) -> None:
    assert context().resolve_freight_template(text) == template


def test_two_templates_of_one_name_are_told_apart_by_id_only() -> None:
    using = context(templates={"1": "普货", "2": "普货"})
    assert using.resolve_freight_template("普货") is None
    assert using.resolve_freight_template("2") == "2"


@pytest.mark.parametrize(
    ("text", "group"),
    [("51", "51"), ("灯具", "51"), ("灯具 > 卧室灯具", "52"), ("灯具/卧室灯具", "52"), ("厨房", None), ("", None)],
)
def test_resolve_group(text: str, group: str | None) -> None:
    assert context().resolve_group(text) == group
