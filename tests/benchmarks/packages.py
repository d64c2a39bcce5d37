"""Data packages of 20 000 products: read, changed and saved, and written from listings.

The floor of reading is calamine's rows and `json.loads` of every 价格信息, that of writing xlwt's cells and one zip of
the same content; the alternative is openpyxl with an .xlsx of it, because neither it nor pandas reads an .xls here.
Processor time, the acts take turns.
"""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.models import Store
from app.services.db import Database
from app.services.listings.importing.session import plan_import, store
from app.services.packages import Package, read_package, save_package, write_package
from app.services.packages.xls import write_xls
from app.services.tasks import TaskContext
from app.services.upgrade import open_database
from tests.benchmarks.ground import NAME, Ground
from tests.benchmarks.measuring import Measurement, interleaved, peak_mb, quiet

HEADER = (
    "产品ID",
    "产品标题",
    "类目ID",
    "价格信息",
    "商家编码",
    "重量(g)",
    "长(cm)",
    "宽(cm)",
    "高(cm)",
    "产品描述",
    "运费模板",
)
FURTHER = 9
"""Columns nobody understands."""
COLOURS = ("193", "29", "350853", "10", "173")


def measure(ground: Ground) -> Iterator[Measurement]:
    """Seconds of processor time."""
    folder = ground.new_folder("packages")
    count = ground.sizes.package_products
    rows = [_row(number) for number in range(count)]
    header = [*HEADER, *(f"列{number}" for number in range(FURTHER))]
    source, sheet = folder / "source.zip", folder / "products.xls"
    write_xls(sheet, [("products", [header, *rows])])
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(sheet, "products.xls")
    package = read_package(source)
    db, ids = _stored(folder, source)
    try:
        acts: dict[str, Callable[[], Any]] = {
            "bare_write": lambda: _bare_write(folder / "bare.zip", [header, *rows]),
            "write": lambda: _changed(package, folder / "written.zip"),
            "openpyxl_write": lambda: _openpyxl_write(folder / "alternative.xlsx", [header, *rows]),
            "bare_read": lambda: _bare_read(sheet),
            "read": lambda: _read(source),
            "openpyxl_read": lambda: _openpyxl_read(folder / "alternative.xlsx"),
            "export": lambda: write_package(db, folder / "listings.zip", ids),
        }
        found = interleaved({name: _timed(act) for name, act in acts.items()}, ground.sizes.repeats)
    finally:
        db.dispose()
    what = f"{count} products, {len(header)} columns, {len(COLOURS)} variants each"
    yield Measurement("packages.read", found["read"], "s", f"{what}, variants too", found["bare_read"])
    yield Measurement("packages.write", found["write"], "s", f"{what}, every price changed", found["bare_write"])
    yield Measurement("packages.listings", found["export"], "s", f"{what}, from the database", found["bare_write"])
    for act in ("read", "write"):
        other = f"openpyxl_{act}"
        yield Measurement(f"packages.{other}", found[other], "s", f"the same with openpyxl, by our {act}", found[act])
    yield Measurement("packages.peak", peak_mb(), "MB", "most memory of the process that did all of it")


def _row(number: int) -> list[Any]:
    entries = [
        {"价格": f"{number % 90}.36", "属性": {"14": colour}, "库存": "999", "商家编码": f"AB{number}-{colour}"}
        for colour in COLOURS
    ]
    info = json.dumps({"skuArray": entries}, ensure_ascii=False, separators=(",", ":"))
    codes = ",".join(entry["商家编码"] for entry in entries)
    own = [
        f"100500{number:013d}",
        f"Folding desk lamp {number} with charger",
        "200003655",
        info,
        codes,
        350,
        24,
        24,
        38,
    ]
    return [*own, f"<p>Lamp {number}</p>", "700126548", *(f"kept {place} {number}" for place in range(FURTHER))]


def _stored(folder: Path, source: Path) -> tuple[Database, list[int]]:
    database = folder / NAME
    db = open_database(database)
    with db.write() as session:
        session.add(Store(name="S", gateway="http://127.0.0.1:1", credential_ref="one", created_ms=1))
    plan, table = plan_import(db, database, source, 1, TaskContext())
    store(db, plan, table.error_count, TaskContext())
    return db, list(range(1, len(plan.new) + 1))


def _timed(act: Callable[[], Any]) -> Callable[[], float]:
    def run() -> float:
        with quiet():
            started = time.process_time()
            act()
            return time.process_time() - started

    return run


def _bare_write(path: Path, rows: list[list[Any]]) -> None:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("products")
    for number, cells in enumerate(rows):
        row = sheet.row(number)
        for column, cell in enumerate(cells):
            row.write(column, cell)
        if number % 500 == 499:
            sheet.flush_row_data()
    file = path.with_suffix(".xls")
    book.save(str(file))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(file, "products.xls")


def _changed(package: Package, path: Path) -> None:
    for row in package.rows:
        variants = row.variants
        for variant in variants:
            variant.price = "9.99" if variant.price != "9.99" else "8.88"
        row.replace_variants(variants)
    save_package(package, path)


def _openpyxl_write(path: Path, rows: list[list[Any]]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    book.save(path)


def _bare_read(path: Path) -> None:
    from python_calamine import CalamineWorkbook

    place = HEADER.index("价格信息")
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()
    assert all(json.loads(str(row[place])) for number, row in enumerate(rows) if number)


def _read(path: Path) -> None:
    assert all(row.variants for row in read_package(path).rows)


def _openpyxl_read(path: Path) -> None:
    import openpyxl

    place = HEADER.index("价格信息")
    page = openpyxl.load_workbook(path, read_only=True).active
    assert page is not None
    assert all(json.loads(str(row[place])) for row in page.iter_rows(min_row=2, values_only=True))
