"""The demo workbook in `resources/samples`: what the generator writes, and what the import understands."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from app.samples.columns import all_columns
from app.samples.demo import FOLDER, NAME, OPTIONS, write_demo
from app.services.workbooks import open_workbook, read_table, recognise
from app.services.workbooks.tables import SheetTable

MOST_BYTES = 3_000_000
UNKNOWN = {"name", "fba", "carton", "supplier"}
"""Columns the import does not know and keeps as they are."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, written anew."""
    folder = tmp_path_factory.mktemp("demo")
    report = write_demo(folder)
    assert report.rows == OPTIONS.rows
    return folder


def read_table_of_demo() -> SheetTable:
    with open_workbook(FOLDER / NAME) as opened:
        return read_table(opened, recognise(opened))


def test_workbook_is_what_the_generator_writes(made: Path) -> None:
    """By parts, not by bytes: another version of Python packs them otherwise."""
    shipped, written = (_parts(folder / NAME) for folder in (FOLDER, made))
    assert list(shipped) == list(written)
    assert shipped == written


def _parts(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_pictures_are_those_of_the_generator(made: Path) -> None:
    """By content, not by bytes: another version of Pillow may pack them otherwise."""
    shipped = sorted(path.relative_to(FOLDER) for path in FOLDER.glob("images/*"))
    assert shipped == sorted(path.relative_to(made) for path in made.glob("images/*"))
    for name in shipped[::10]:
        with Image.open(FOLDER / name) as one, Image.open(made / name) as other:
            assert one.size == other.size
            small = [image.convert("RGB").resize((16, 16)).tobytes() for image in (one, other)]
            assert max(abs(a - b) for a, b in zip(*small, strict=True)) <= 8


def test_it_is_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < MOST_BYTES


def test_the_import_understands_every_column_it_should() -> None:
    found = read_table_of_demo().recognition
    assert (found.header_row, found.first_row) == (2, 3)
    assert found.missing == ()
    meant = {column.header: column.of for column in all_columns()}
    assert {meant[column.header] for column in found.columns if column.field is None} == UNKNOWN
    assert Counter(column.field for column in found.columns)["property"] == 8
    assert {column.name for column in found.columns if column.field == "attribute"} >= {
        "材质",
        "灯头类型",
        "柄型",
        "袖长",
    }


def test_the_import_refuses_no_cell() -> None:
    table = read_table_of_demo()
    assert len(table.rows) == OPTIONS.rows
    assert table.errors == []
    stock, codes, images = (table.of(name) for name in ("stock", "sku_code", "images"))
    assert stock is not None
    assert all(value > 0 for value in stock.values)
    assert codes is not None
    assert len(set(codes.values)) == OPTIONS.rows
    assert images is not None
    assert all((FOLDER / name).exists() for cell in set(images.values) for name in str(cell).split(";"))


def test_it_has_bundles_and_overseas_variants_and_many_categories() -> None:
    table = read_table_of_demo()
    codes, categories = table.of("sku_code"), table.of("category")
    assert codes is not None
    assert categories is not None
    assert sum("*" in code for code in codes.values) >= 10
    assert sum("_CES" in code for code in codes.values) >= 3
    assert len(set(categories.values)) == 34
