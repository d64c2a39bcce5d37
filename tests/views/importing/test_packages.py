"""A data package dropped on the window: its variants in the preview, a damaged cell repaired when the user agrees."""

import zipfile

import pytest

from tests.unit.packages.conftest import HEADER, LAMP, PRODUCT_ID, ROWS
from tests.unit.workbooks.makers import write_xls


@pytest.fixture
def package(tmp_path):
    damaged = (PRODUCT_ID, "Lamp one", 0.35, LAMP.replace('"', "'"), "AB1234-BK,AB1234-WH")
    path = tmp_path / "产品数据包.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(write_xls(tmp_path / "products.xls", (HEADER, damaged, ROWS[1])), "products.xls")
    return path


def test_a_damaged_price_info_is_repaired_by_pressing_the_proposal(open_import, package, stored):
    user = open_import(package)
    assert user.dialog.options.files.lines[0].detail.startswith("Data package")
    assert [(row["Merchant code"], row["Price data"]) for row in user.rows] == [
        ("", "{'skuArray':[{'价格':'3.36','属性':{'14':'193'},'库存':'999','商家编码':'AB1234-BK'},{'价格…"),
        ("CD5678", "5.99 · 999"),
    ]
    (line,) = user.dialog.errors.lines
    assert "character 2" in line.reason.text()
    assert line.fix.isVisible()
    assert line.fix.text() == 'Change to {"skuArray":[{"价格":"3.36","…'
    user.presses(line.fix)
    user.waits_until(lambda: user.dialog._wanted.request.fixes)
    user.waits_for_rows()
    assert [row["Merchant code"] for row in user.rows] == ["AB1234-BK", "AB1234-WH", "CD5678"]
    assert not stored(), "nothing is stored before it is applied"
