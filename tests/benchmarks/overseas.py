"""Overseas variants for 20 000 products × 8 countries: the merge alone, and package and sheet to the new package.

The floor of the whole is a bare reader and writer: calamine's rows with `json.loads` of every 价格信息, the sheet's
lines split at commas, and xlwt's cells and one zip of what comes out. Processor time, the acts take turns.
"""

from __future__ import annotations

import csv
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.services.db import Database
from app.services.packages import read_package
from app.services.packages.xls import write_xls
from app.services.tasks import TaskContext
from app.services.upgrade import open_database
from app.services.warehouses.overseas.options import BuildOptions
from app.services.warehouses.overseas.package_build import products_of
from app.services.warehouses.overseas.package_file import build_package, save_built
from app.services.warehouses.overseas.running import run_build
from tests.benchmarks.ground import NAME, Ground
from tests.benchmarks.measuring import Measurement, interleaved, quiet

COUNTRIES = ("ES", "FR", "DE", "UK", "IT", "RU", "AU", "BR")
HEADER = ("产品ID", "产品标题", "价格信息", "商家编码")
COLOURS = (("193", "BK"), ("29", "WH"))
MOST = 5
"""So many times the bare reader and writer the whole may take."""


def measure(ground: Ground) -> Iterator[Measurement]:
    """Seconds of processor time."""
    folder = ground.new_folder("overseas")
    count = ground.sizes.package_products
    source, sheet, out = folder / "source.zip", folder / "overseas.csv", folder / "out.zip"
    _write_source(folder, source, sheet, count)
    db = open_database(folder / NAME)
    try:
        save_built(db, build_package(db, source, BuildOptions(sheet)), out)
        made = [list(row.cells) for row in read_package(out).rows]
        acts: dict[str, Callable[[], Any]] = {
            "bare": lambda: _bare(folder, sheet, made),
            "whole": lambda: _whole(db, source, sheet, folder / "again.zip"),
        }
        found = interleaved({name: _timed(act) for name, act in acts.items()}, ground.sizes.repeats)
        products = products_of(read_package(source))
        merging = min(_timed(lambda: run_build(db, products, BuildOptions(sheet), TaskContext()))() for _ in range(2))
    finally:
        db.dispose()
    what = f"{count} products × {len(COLOURS)} variants × {len(COUNTRIES)} countries"
    yield Measurement("overseas.merge", merging, "s", f"{what}, the sheet read and everything merged and checked")
    how = f"{what}: package and sheet read, merged, checked, written"
    yield Measurement("overseas.package", found["whole"], "s", how, found["bare"], MOST)


def _write_source(folder: Path, source: Path, sheet: Path, count: int) -> None:
    rows = [_row(number) for number in range(count)]
    write_xls(folder / "products.xls", [("products", [HEADER, *rows])])
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "products.xls", "products.xls")
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("商家编码", "国家", "价格", "库存"))
        for number in range(count):
            for _, tail in COLOURS:
                writer.writerows((f"AB{number:06d}-{tail}", country, "9.23", 35) for country in COUNTRIES)


def _row(number: int) -> list[Any]:
    entries = [
        {"价格": "3.36", "属性": {"14": colour}, "库存": "999", "商家编码": f"AB{number:06d}-{tail}"}
        for colour, tail in COLOURS
    ]
    info = json.dumps({"skuArray": entries}, ensure_ascii=False, separators=(",", ":"))
    return [f"1005{number:012d}", f"Lamp {number}", info, ",".join(entry["商家编码"] for entry in entries)]


def _whole(db: Database, source: Path, sheet: Path, out: Path) -> None:
    save_built(db, build_package(db, source, BuildOptions(sheet)), out)


def _bare(folder: Path, sheet: Path, made: list[list[Any]]) -> None:
    """Read and write the same amount without looking at it."""
    import xlwt
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(folder / "products.xls")).get_sheet_by_index(0).iter_rows()
    assert all(json.loads(str(row[2])) for number, row in enumerate(rows) if number)
    with sheet.open(encoding="utf-8", newline="") as file:
        assert sum(1 for _ in csv.reader(file)) > len(made)
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("products")
    for number, cells in enumerate(made):
        info = json.dumps(json.loads(str(cells[2])), ensure_ascii=False, separators=(",", ":"))
        for column, cell in enumerate([*cells[:2], info, *cells[3:]]):
            page.write(number, column, cell)
        if number % 500 == 499:
            page.flush_row_data()
    book.save(str(folder / "bare.xls"))
    with zipfile.ZipFile(folder / "bare.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "bare.xls", "products.xls")


def _timed(act: Callable[[], Any]) -> Callable[[], float]:
    def run() -> float:
        with quiet():
            started = time.process_time()
            act()
            return time.process_time() - started

    return run
