"""Rules about sale properties, and what texts of a sheet resolve to (domain.md 5.1, 8; protocol 5.9)."""

from __future__ import annotations

import pytest

from app.services.compliance.findings import Label, Severity
from app.services.compliance.leaf import AttributeFacts
from app.services.compliance.ships_from import ships_from
from app.services.listings.records import SkuRecord
from tests.unit.compliance.examples import ATTRIBUTES, CLOCKS, LAMPS, codes, context, findings, only, part, sku

WHITE = part(value_id="29", value="White")
SPAIN = part("200007763", "201336104", "SPAIN")
CHINA = part("200007763", "201336100", "CHINA")
SIZE_M, SIZE_L = part("5", "361386", "M"), part("5", "361385", "L")
PLUG = part("136", "7", "EU")


def skus(*rows: list[dict[str, str]], **changes: str) -> list[SkuRecord]:
    return [sku(f"LM{number}", properties=row, **changes) for number, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[]], []),
        ([[part()]], []),
        ([[part(), SIZE_M, CHINA]], []),
        ([[part(), SIZE_M], [part(), SIZE_L], [WHITE, SIZE_M]], []),
        ([[part(), CHINA], [part(), SPAIN]], []),
        ([[part(), SIZE_M, PLUG, CHINA]], ["property.too_many"]),
        ([[part(), SIZE_M], [WHITE]], ["property.different"]),
        ([[part(), SIZE_M], [SIZE_M, WHITE]], ["property.different"]),
        ([[part()], []], ["property.different"]),
        ([[part()], [part()]], ["property.same"]),
        ([[], []], ["property.same"]),
        ([[part(), SIZE_M], [part(), SIZE_M], [part(), SIZE_L]], ["property.same"]),
        ([[part(), WHITE]], ["property.twice"]),
        ([[part("777", "1", "x", name="Voltage")]], ["property.unknown"]),
        ([[part("", "", "x", name="Voltage")]], ["property.unknown"]),
        ([[part("10", "100006063", "Ceramic")]], ["property.unknown"]),
        ([[part(value_id="999", value="Mauve")]], ["property.value"]),
        ([[part("5", "", "XXL")]], ["property.value"]),
        ([[part(value_id="", value="")]], ["property.value"]),
        ([[part("5", "", " ")]], ["property.value"]),
    ],
)
def test_sale_properties(rows: list[list[dict[str, str]]], expected: list[str]) -> None:
    found = findings(skus=skus(*rows))
    assert [finding.code for finding in found] == expected
    assert all(finding.field == "sku.properties" and finding.severity == Severity.BLOCK for finding in found)


def test_findings_point_at_the_variant() -> None:
    found = findings(skus=skus([part(), SIZE_M], [WHITE, SIZE_M], [part(), SIZE_M]))
    assert [(finding.code, finding.sku) for finding in found] == [("property.same", 2)]
    assert found[0].params == {"sku": "LM2", "other": "LM0", "values": "Black · M"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Color", "black"),
        ("颜色", "黑色"),
        ("颜色分类", "黑"),
        ("COLOUR", "Black (黑色)"),
        ("Color", "grey"),
        ("Color", "Rose gold"),
        ("尺码", "m"),
        ("发货地", "西班牙"),
        ("Ships From", "ES"),
    ],
)
def test_properties_by_name_count_like_those_by_id(name: str, value: str) -> None:
    assert codes(skus=skus([part("", "", value, name=name)])) == []


def test_equal_things_are_equal_however_they_are_written() -> None:
    by_name = part("", "", "黑", name="颜色")
    assert codes(skus=skus([part()], [by_name])) == ["property.same"]
    assert codes(skus=skus([part(), SIZE_M], [by_name, SIZE_L])) == []
    rose = part("", "", "Rose gold", name="Color")
    assert codes(skus=skus([rose], [{**rose, "value": "ROSE  GOLD"}])) == ["property.same"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x" * 70, []),
        ("x" * 71, ["property.signs"]),
        ("Rose#1", ["property.signs"]),
        ("Rose:1", ["property.signs"]),
        ("Rose=1", ["property.signs"]),
        ("Rose,1", ["property.signs"]),
        ("Rose;1", ["property.signs"]),
        ("Rose\t1", ["property.signs"]),
        ("Rose/1 (dark)", []),
    ],
)
def test_names_of_the_seller(value: str, expected: list[str]) -> None:
    assert codes(skus=skus([part(value_id="", value=value)])) == expected
    assert codes(skus=skus([part(value=value)])) == expected


def test_a_value_of_the_platform_may_hold_such_signs() -> None:
    odd = AttributeFacts(
        "14", Label("颜色", "Color"), is_sku=True, values={"1": Label("黑，白", "Black, white: mixed")}
    )
    read = {LAMPS: [*ATTRIBUTES[LAMPS][:3], odd]}
    using = context(read_attributes=lambda category_id: read.get(category_id, ()))
    assert codes(skus=skus([part(value_id="1", value="Black, white: mixed")]), using=using) == []
    assert codes(skus=skus([part(value_id="1", value="Black, white")]), using=using) == ["property.signs"]


def test_every_own_name_needs_a_value_to_stand_on() -> None:
    own = [[part(value_id="", value=name)] for name in ("Rose", "Mint", "Sand")]
    assert codes(skus=skus(*own)) == []
    finding = only(skus=skus(*own, [part()]))
    assert finding.code == "property.too_many_names"
    assert finding.params == {"property": Label("颜色", "Color"), "count": 3, "max": 2}


def test_a_required_sale_property() -> None:
    colour = AttributeFacts(
        "14", Label("颜色", "Color"), is_required=True, is_sku=True, values={"193": Label("", "Black")}
    )
    read = {LAMPS: [*ATTRIBUTES[LAMPS][:3], colour]}
    using = context(read_attributes=lambda category_id: read.get(category_id, ()))
    assert codes(skus=skus([part()]), using=using) == []
    finding = only(skus=skus([]), using=using)
    assert (finding.code, finding.sku) == ("property.required", 0)


def test_unread_category_still_compares_the_variants() -> None:
    same = skus([part()], [part()])
    assert codes(category_id=CLOCKS, attributes=[], skus=same) == ["category.attributes_unread", "property.same"]


def test_a_dispatch_country_beside_the_properties_counts_as_one() -> None:
    three = [part(), SIZE_M, PLUG]
    assert codes(skus=skus(three)) == []
    assert codes(skus=skus(three, ships_from="ES"), handling_days=5) == ["property.too_many"]
    assert codes(skus=[sku("A", ships_from="CN"), sku("B", ships_from="ES")]) == []
    assert codes(skus=[sku("A"), sku("B", ships_from="ES")]) == []
    assert codes(skus=[sku("A"), sku("B", ships_from="CN")]) == ["property.same"]
    assert codes(skus=skus([part()], ships_from="Atlantis")) == ["property.value"]
    assert codes(category_id=LAMPS, skus=skus([part(), SPAIN], ships_from="ES")) == []


def test_two_dispatch_countries_disagree() -> None:
    finding = only(skus=skus([part(), SPAIN], ships_from="CN"))
    assert (finding.code, finding.severity) == ("property.ships_from", Severity.WARN)
    assert finding.params == {"sku": "LM0", "property": "ES", "noted": "CN"}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Color", "Black", ("14", "193", "")),
        ("颜色", "白色", ("14", "29", "")),
        ("颜色分类", "白", ("14", "29", "")),
        ("colour", "GREY", ("14", "691", "")),
        ("Color", "Rose gold", ("14", "", "Rose gold")),
        ("Color", "  Rose gold ", ("14", "", "Rose gold")),
        ("Color", "193", ("14", "", "193")),
        ("14", "193", ("14", "193", "")),
        ("尺码", "M", ("5", "361386", "")),
        ("Size", "4", None),
        ("Size", "XXL", None),
        ("发货地", "中国", ("200007763", "201336100", "")),
        ("发货国", "西班牙", ("200007763", "201336104", "")),
        ("Ships From", "CN", ("200007763", "201336100", "")),
        ("ships from", "spain", ("200007763", "201336104", "")),
        ("Ships From", "China Mainland", ("200007763", "201336100", "")),
        ("Ships From", "201336104", ("200007763", "201336104", "")),
        ("Ships From", "France", None),
        ("Color", " ", None),
        ("Voltage", "220 V", None),
        ("Material", "Ceramic", None),
    ],
)
def test_resolve_property(name: str, value: str, expected: tuple[str, str, str] | None) -> None:
    assert context().resolve_property(LAMPS, name, value) == expected


def test_ships_from_of_a_category_that_lists_no_values() -> None:
    bare = AttributeFacts("200007763", Label("发货地", "Ships From"), is_sku=True)
    using = context(read_attributes=lambda category_id: [bare])
    assert using.resolve_property(LAMPS, "发货地", "西班牙") == ("200007763", "201336104", "")


def test_without_attributes_only_ships_from_is_known() -> None:
    assert context().resolve_property(CLOCKS, "发货地", "西班牙") == ("200007763", "201336104", "")
    assert context().resolve_property(CLOCKS, "发货地", "Atlantis") is None
    assert context().resolve_property(CLOCKS, "Color", "Black") is None
    assert context().resolve_property("", "颜色", "黑色") is None


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("ES", "ES"),
        ("es", "ES"),
        ("西班牙", "ES"),
        ("Spain", "ES"),
        ("España", "ES"),
        ("GB", "UK"),
        ("United Kingdom", "UK"),
        ("英国", "UK"),
        ("Russian Federation", "RU"),
        ("USA", "US"),
        ("201336104", "ES"),
        ("201441035", "CN"),
        ("中国大陆", "CN"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_countries(text: str, country: str | None) -> None:
    assert ships_from().country(text) == country


@pytest.mark.parametrize(
    ("record", "is_overseas"),
    [
        (sku(), False),
        (sku(ships_from="CN"), False),
        (sku(ships_from="ES"), True),
        (sku(properties=[part(), CHINA]), False),
        (sku(properties=[part(), SPAIN]), True),
        (sku(properties=[part("", "", "法国", name="发货地")]), True),
        (sku(ships_from="nowhere"), False),
    ],
)
def test_overseas(record: SkuRecord, is_overseas: bool) -> None:
    assert ships_from().is_overseas(record) == is_overseas
