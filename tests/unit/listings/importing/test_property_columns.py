"""Columns of sale properties find the category's own, whichever of the usual names the category gives it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from app.services.compliance import CheckContext
from app.services.compliance.findings import Label
from app.services.compliance.leaf import AttributeFacts
from app.services.listings.importing.conversion import to_rows
from app.services.listings.importing.pictures import PictureFinder
from app.services.workbooks import open_workbook, read_listings, recognise

LEAF = "402"
Properties = Callable[..., dict[str, str]]


def offering(chinese: str, english: str) -> CheckContext:
    """A store whose leaf category has one sale property of this name."""
    facts = AttributeFacts("7001", Label(zh=chinese, en=english), is_sku=True, values={"71": Label(zh="欧规", en="EU")})
    return CheckContext(read_attributes=lambda category_id: [facts] if category_id == LEAF else [])


@pytest.fixture
def imported(tmp_path: Path) -> Properties:
    """The sale property of a sheet of one row with a column of this header."""

    def read(header: str, context: CheckContext, value: str = "EU") -> dict[str, str]:
        book = openpyxl.Workbook()
        page = book.active
        assert page is not None
        page.append(["标题", "商家编码", header, "价格 USD"])
        page.append(["Desk Lamp", "LM1", value, 9.9])
        path = tmp_path / "sheet.xlsx"
        book.save(path)
        with open_workbook(path) as opened:
            table = read_listings(opened, recognise(opened))
        rows = to_rows(table, context, PictureFinder(path, []))
        return rows.properties.of([0], [LEAF])[0][0]

    return read


@pytest.mark.parametrize(
    ("header", "chinese", "english"),
    [
        ("插头", "插头类型", "Plug Type"),
        ("Plug Type", "插头", "Plug"),
        ("插头规格", "插头标准", "Plug Standard"),
        ("规格", "规格型号", "Specification"),
        ("Variant", "产品规格", "Spec"),
        ("款式", "样式", "Style"),
        ("Style", "款式", "Style Type"),
        ("套餐", "捆绑", "Bundle Sale"),
        ("Bundle", "套装", "Set Type"),
        ("捆绑销售", "套餐类型", "Bundle Type"),
    ],
)
def test_a_column_finds_the_property_by_any_of_its_names(
    imported: Properties, header: str, chinese: str, english: str
) -> None:
    for context in (offering(chinese, "Other"), offering("别的", english)):
        found = imported(header, context)
        assert (found["name_id"], found["value_id"], found["value"]) == ("7001", "71", "EU")


@pytest.mark.parametrize(
    ("header", "name"), [("插头", "Plug Type"), ("规格", "Specification"), ("款式", "Style"), ("套餐", "Bundle")]
)
def test_without_such_a_property_the_platforms_usual_name_stands(imported: Properties, header: str, name: str) -> None:
    found = imported(header, offering("功率", "Wattage"))
    assert (found["name"], found["name_id"], found["value_id"]) == (name, "", "")


def test_one_property_is_not_taken_for_another(imported: Properties) -> None:
    assert imported("插头", offering("款式", "Style"))["name_id"] == ""
