"""The product and the sheet of domain.md 8.4."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.services.warehouses.overseas.coding import Coder
from app.services.warehouses.overseas.merging import Merger
from app.services.warehouses.overseas.records import Merged, Offer, Own, Wish
from tests.unit.workbooks.makers import write_xls, write_zip

COLOUR, SHIPS = "14", "200007763"
LAMP = (
    Own("AB1234-BK", 336, 999, {COLOUR: "193"}),
    Own("AB1234-WH", 336, 999, {COLOUR: "29"}),
    Own("AB1234-BK_CUS", 1250, 35, {COLOUR: "193", SHIPS: "201336106"}, "US"),
    Own("AB1234-BK*2", 610, 0, {COLOUR: "350853"}),
)
BUILT = [
    ("AB1234-BK", 336, 999, "CN"),
    ("AB1234-BK_CES", 923, 35, "ES"),
    ("AB1234-BK_CFR", 1220, 35, "FR"),
    ("AB1234-WH", 336, 999, "CN"),
    ("AB1234-WH_CES", 923, 35, "ES"),
    ("AB1234-BK*2", 610, 0, "CN"),
    ("AB1234-BK*2_CES", 1580, 20, "ES"),
]
"""Its variants after the build of domain.md 8.4: code, price in cents, stock, country."""
ROWS = (
    ("AB1234-BK", "ES", 923, 35),
    ("AB1234-WH", "ES", 923, 35),
    ("AB1234-BK", "FR", 1220, 35),
    ("AB1234-BK*2", "ES", 1580, 20),
    ("XY0001", "ES", 800, 35),
)

SHEET = """商家编码,国家,价格,库存
AB1234-BK,ES,9.23,35
AB1234-WH,ES,9.23,35
AB1234-BK,FR,12.20,35
AB1234-BK*2,ES,15.80,20
XY0001,ES,8.00,35
"""


def wish(rows: Iterable[tuple[str, str, int, int]] = ROWS, **further: Any) -> Wish:
    """Offers of these rows, numbered from 2 as in a sheet."""
    read = Coder().read
    offers = {
        (read(code).match_key, country): Offer(code, country, price, stock, number)
        for number, (code, country, price, stock) in enumerate(rows, 2)
    }
    countries = tuple(dict.fromkeys(country for _, country in offers))
    return Wish(countries, lambda own, reading, country: offers.get((reading.match_key, country)), **further)


def merge(variants: Sequence[Own] = LAMP, rows: Iterable[tuple[str, str, int, int]] = ROWS, **further: Any) -> Merged:
    """The merge of one product."""
    coder = further.pop("coder", None) or Coder()
    return Merger(coder, wish(rows, **further)).merge(variants)


def after(variants: Sequence[Own], merged: Merged) -> list[Own]:
    """The variants a product has once *merged* is written: what a second merge is given."""
    made = []
    for entry in merged.entries:
        own = variants[entry.own]
        values = dict(own.properties)
        if merged.keys:
            values[SHIPS] = {"CN": "201336100"}.get(entry.country, entry.country)
            values = {key: values[key] for key in merged.keys}
        price = own.price_minor if entry.price_minor is None else entry.price_minor
        made.append(Own(entry.code, price, own.stock if entry.stock is None else entry.stock, values, entry.country))
    return made


@pytest.fixture
def package(tmp_path: Path) -> Callable[..., Path]:
    """`package(rows)` writes a zip of rows `(id, title, price info, codes, mystery)`."""

    def write(rows: Sequence[Sequence[Any]], name: str = "package.zip") -> Path:
        header = ("产品ID", "产品标题", "价格信息", "商家编码", "神秘列")
        sheet = write_xls(tmp_path / "products.xls", (header, *rows))
        return write_zip(tmp_path / name, {"products.xls": sheet.read_bytes(), "images/a.jpg": b"red"})

    return write


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    """`sheet(text)` writes an overseas sheet; the one of domain.md 8.4 without a text."""

    def write(text: str = SHEET, name: str = "overseas.csv") -> Path:
        (tmp_path / name).write_text(text, "utf-8")
        return tmp_path / name

    return write


def price_info(*variants: Sequence[Any], **further: Any) -> str:
    """价格信息 of `(code, price, stock, properties)`."""
    entries = [
        {"价格": price, **({"属性": properties[0]} if properties else {}), "库存": stock, "商家编码": code, **further}
        for code, price, stock, *properties in variants
    ]
    return json.dumps({"skuArray": entries}, ensure_ascii=False, separators=(",", ":"))


LAMP_INFO = price_info(
    ("AB1234-BK", "3.36", "999", {COLOUR: "193"}),
    ("AB1234-WH", "3.36", "999", {COLOUR: "29"}),
    ("AB1234-BK_CUS", "12.50", "35", {COLOUR: "193", SHIPS: "201336106"}),
    ("AB1234-BK*2", "6.10", "0", {COLOUR: "350853"}),
)
LAMP_ROW = ("1005009999999999123", "Lamp", LAMP_INFO, "AB1234-BK;AB1234-WH;AB1234-BK_CUS;AB1234-BK*2", 1.5)
OTHER_ROW = ("0077", "Other", '{"skuArray": [{"价格":"5.99", "库存":"999", "商家编码":"CD5678"}]}', "CD5678", "00012")
