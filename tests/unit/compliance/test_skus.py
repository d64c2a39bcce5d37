"""Rules about codes, prices and stock (domain.md 5.1, 7.3, 14.3)."""

from __future__ import annotations

from typing import Any

import pytest

from app.messages import Messages
from app.services.compliance.findings import Severity, finding_text
from app.services.listings.records import SkuRecord
from tests.unit.compliance.examples import codes, context, findings, only, part, sku

COLOURS = (part(), part(value_id="29", value="White"), part(value_id="691", value="Gray"))


def variants(*changes: dict[str, Any]) -> list[SkuRecord]:
    """Up to three variants that differ in colour and code."""
    return [
        sku(**{"code": f"LM{number}", "properties": [COLOURS[number]], **change})
        for number, change in enumerate(changes)
    ]


def test_no_variant_at_all() -> None:
    assert codes(skus=[]) == ["sku.none"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("AB1234", []),
        ("AB1234-BK*2+CD5678", []),
        ("HK#AB1234_CES", []),
        ("A", []),
        ("A" * 20, []),
        ("AB12E03", []),
        ("12E", []),
        ("0012345678901234567", []),
        ("", ["sku.code_missing"]),
        ("   ", ["sku.code_missing"]),
        ("A" * 21, ["sku.code_too_long"]),
        (" AB1234", ["sku.code_space"]),
        ("AB 1234", ["sku.code_space"]),
        ("AB1234\t", ["sku.code_space"]),
        ("AB1234<1", ["sku.code_forbidden"]),
        ("AB>1", ["sku.code_forbidden"]),
        ("ＡＢ１２３４", ["sku.code_forbidden"]),
        ("灯1234", ["sku.code_forbidden"]),
        ("AB\u200b1234", ["sku.code_forbidden"]),
        ("AB1234(3)", ["sku.code_signs"]),
        ("AB1234@ABCD", ["sku.code_signs"]),
        ("AB.1234/2", ["sku.code_signs"]),
        ("1.23E+06", ["sku.code_destroyed"]),
        ("5.108e+12", ["sku.code_destroyed"]),
        ("12E5", ["sku.code_destroyed"]),
        ("1E+6", ["sku.code_destroyed"]),
    ],
)
def test_code(code: str, expected: list[str]) -> None:
    found = findings(skus=variants({"code": code}))
    assert [finding.code for finding in found] == expected
    assert all(finding.field == "sku.code" and finding.sku == 0 for finding in found)


def test_severities_of_codes() -> None:
    assert only(skus=variants({"code": "AB.1"})).severity == Severity.WARN
    assert only(skus=variants({"code": "AB<1"})).severity == Severity.BLOCK


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (" AB1234 ", "AB1234"),
        ("AB 1234", None),
        ("ＡＢ１２３４＊２", "AB1234*2"),
        ("AB1234×2", "AB1234*2"),
        ("AB<1", None),
        ("灯1", None),
    ],
)
def test_remedy_of_a_code(code: str, remedy: str | None) -> None:
    finding = only(skus=variants({}, {"code": code}))
    if remedy is None:
        assert finding.fix is None
    else:
        assert finding.fix is not None
        assert (finding.fix.field, finding.fix.sku, finding.fix.value) == ("sku.code", 1, remedy)


def test_a_code_used_twice() -> None:
    finding = only(skus=variants({"code": "CF1204-BK"}, {"code": "X1"}, {"code": "CF1204-BK"}))
    assert (finding.code, finding.severity, finding.sku) == ("sku.code_repeated", Severity.BLOCK, 2)
    assert (
        finding_text(finding, Messages("zh"))
        == "第 1 个和第 3 个规格的商家编码都是 CF1204-BK，订单将无法区分。改其中一个。"
    )
    assert codes(skus=variants({"code": "cf1204"}, {"code": "CF1204"})) == []
    assert "sku.code_repeated" in codes(skus=variants({"code": "CF1204"}, {"code": " CF1204"}))


@pytest.mark.parametrize(
    ("price_minor", "expected"),
    [
        (1, []),
        (10_000_000, []),
        (0, ["price.range"]),
        (-1, ["price.range"]),
        (10_000_001, ["price.range"]),
        (None, ["price.missing"]),
    ],
)
def test_price(price_minor: int | None, expected: list[str]) -> None:
    found = findings(skus=variants({"price_minor": price_minor}))
    assert [finding.code for finding in found] == expected
    assert all((finding.field, finding.sku, finding.severity) == ("sku.price", 0, Severity.BLOCK) for finding in found)


def test_amounts_are_exact() -> None:
    finding = only(skus=variants({"price_minor": 10_000_001}))
    assert finding.params == {"sku": "LM0", "price": "100,000.01", "min": "0.01", "max": "100,000.00"}
    assert only(skus=variants({"price_minor": -105})).params["price"] == "-1.05"


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ((1000, 1000, 200), []),
        ((1000, 1000, 199), [2]),
        ((199, 1000, 1000), [0]),
        ((100, 900), []),
        ((100, 901), [0]),
        ((100,), []),
        ((100, 1000, None), [0]),
        ((100, 100, 5000), []),
    ],
)
def test_far_below_the_median(prices: tuple[int | None, ...], expected: list[int]) -> None:
    found = findings(skus=variants(*({"price_minor": price} for price in prices)))
    assert [finding.sku for finding in found if finding.code == "price.far_below"] == expected
    assert all(finding.severity == Severity.HOLD for finding in found if finding.code == "price.far_below")


def test_far_below_tells_the_numbers() -> None:
    finding = only(skus=variants({"price_minor": 99}, {"price_minor": 1000}, {"price_minor": 1000}))
    assert finding.params == {"sku": "LM0", "price": "0.99", "median": "10.00", "percent": "20%"}


@pytest.mark.parametrize(
    ("stocks", "expected"),
    [
        ((1,), []),
        ((0, 1), []),
        ((999_999,), []),
        ((0, 999_999), []),
        ((None,), ["stock.missing"]),
        ((5, None), ["stock.missing"]),
        ((0, None), ["stock.missing"]),
        ((-1, 5), ["stock.range"]),
        ((1_000_000,), ["stock.range"]),
        ((0,), ["stock.none"]),
        ((0, 0, 0), ["stock.none"]),
        ((500_000, 500_000), ["stock.total"]),
        ((999_999, 1), ["stock.total"]),
    ],
)
def test_stock(stocks: tuple[int | None, ...], expected: list[str]) -> None:
    found = findings(skus=variants(*({"stock": stock} for stock in stocks)))
    assert [finding.code for finding in found] == expected
    assert all(finding.field == "sku.stock" and finding.severity == Severity.BLOCK for finding in found)


def test_a_variant_without_a_code_is_called_by_its_values() -> None:
    found = findings(skus=[sku("", price_minor=None), sku("", price_minor=None, properties=[])])
    assert [finding.params["sku"] for finding in found if finding.code == "price.missing"] == ["Black", "#2"]


def test_limits_are_data() -> None:
    wider = context({"limits": {"code_max": 50, "price_max_minor": 99_999_900, "code_signs": "_-*+#@"}})
    assert codes(skus=variants({"code": "A" * 50, "price_minor": 99_999_900}), using=wider) == []
    assert codes(skus=variants({"code": "A@1"}), using=wider) == []
    assert codes(skus=variants({"code": "A" * 51}), using=wider) == ["sku.code_too_long"]
