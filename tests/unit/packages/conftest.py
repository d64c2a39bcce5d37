"""Small data packages, and a store to import them into."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.services.db import Database
from app.services.listings.importing.records import ImportPlan
from app.services.listings.importing.session import plan_import, store
from app.services.listings.loading import load_listings
from app.services.listings.records import ListingRecord
from app.services.tasks import TaskContext
from tests.unit.workbooks.makers import write_xls, write_zip

HEADER = ("产品ID", "产品标题", "重量(kg)", "价格信息", "商家编码", "神秘列", "产品图片", "备注")
PRODUCT_ID = "1005009999999999123"


def info(*variants: tuple[Any, ...], **further: Any) -> str:
    """价格信息 of variants `(code, price, stock, properties)`."""
    entries = [
        {"价格": price, **({"属性": properties[0]} if properties else {}), "库存": stock, "商家编码": code}
        for code, price, stock, *properties in variants
    ]
    return json.dumps({"skuArray": entries, **further}, ensure_ascii=False, separators=(",", ":"))


LAMP = info(("AB1234-BK", "3.36", "999", {"14": "193"}), ("AB1234-WH", "3.36", "999", {"14": "29"}))
PLAIN = info(("CD5678", "5.99", "999"))
ROWS = (
    (PRODUCT_ID, "Lamp one", 0.35, LAMP, "AB1234-BK;AB1234-WH", 12.5, "images/a.jpg;images/b.jpg", True),
    ("0010072", "Lamp two", "0.5", PLAIN, "CD5678", "00012", "", None),
)


@pytest.fixture
def package(tmp_path: Path) -> Callable[..., Path]:
    """`package(rows, header=…, members=…, name=…)` writes a zip with products.xls."""

    def write(
        rows: Sequence[Sequence[Any]] = ROWS,
        header: Sequence[Any] = HEADER,
        members: Mapping[str, bytes] | None = None,
        name: str = "package.zip",
    ) -> Path:
        sheet = write_xls(tmp_path / "products.xls", (header, *rows))
        pictures = {"images/a.jpg": b"red", "images/b.jpg": b"blue"} if members is None else members
        return write_zip(tmp_path / name, {"products.xls": sheet.read_bytes(), **pictures})

    return write


@pytest.fixture
def bring(db: Database, tmp_path: Path) -> Callable[..., ImportPlan]:
    """Import a file into store 1, as the command line does."""

    def run(path: Path, **wanted: Any) -> ImportPlan:
        plan, table = plan_import(db, tmp_path / "shangjia.db", path, 1, TaskContext(), **wanted)
        store(db, plan, table.error_count, TaskContext())
        return plan

    return run


@pytest.fixture
def stored(db: Database) -> Callable[[], list[ListingRecord]]:
    """All listings in the order they were made."""

    def load() -> list[ListingRecord]:
        with db.read() as session:
            ids = session.connection().exec_driver_sql("SELECT id FROM listing ORDER BY id").scalars().all()
            return load_listings(session, ids)

    return load
