"""Writing a sample: a workbook, a text table or a zip with its pictures."""

from __future__ import annotations

import codecs
import csv
import io
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from app.samples.broken import BrokenCell, with_broken
from app.samples.columns import Column, Line, first_columns, layout
from app.samples.families import Family, shops
from app.samples.pictures import PICTURES, picture
from app.samples.products import Product, Products
from app.samples.xlsx import Cell, Sheet, write_workbook

FORMATS = (".xlsx", ".csv", ".zip")
IMAGE_FOLDER = "images"
PICTURED_TURNS = 9
"""So many products of a family have pictures of their own; the others borrow them, or large samples would take days."""
SHEET_NAME = "products.xlsx"
"""The sheet inside a zip."""


@dataclass(frozen=True, slots=True)
class SampleOptions:
    """What a sample holds.

    Attributes:
        rows: variants, one a row; 1 to 1 000 000.
        seed: the same seed gives the same sample, and fewer rows give its beginning.
        broken: cells to break.
        columns: columns of the sheet, 28 to 35.
        images: write the pictures, too; a zip always has them.
        is_plain: only the table: no title above the headers, no second sheet.
        encoding: of a .csv.
        families: kinds of goods; none = all.
        shop: name of the store of the practice market that the templates and groups belong to; "" = the first.
    """

    rows: int
    seed: int = 1
    broken: int = 0
    columns: int = 30
    images: bool = False
    is_plain: bool = False
    encoding: str = "utf-8-sig"
    families: tuple[Family, ...] = ()
    shop: str = ""


@dataclass(slots=True)
class SampleReport:
    """What was written. `header_row`: its number as Excel counts; `broken`: where cells were broken."""

    rows: int = 0
    products: int = 0
    images: int = 0
    header_row: int = 1
    broken: list[BrokenCell] = field(default_factory=list)


class Sample:
    """A sample being written: rows stream, and the pictures they need are remembered by their small number."""

    def __init__(self, options: SampleOptions) -> None:
        if not 1 <= options.rows <= 1_000_000:
            raise ValueError(f"rows: {options.rows} is not within 1 and 1000000")
        if not _is_encoding(options.encoding):
            raise ValueError(f"encoding: there is no {options.encoding}")
        names = list(shops())
        if options.shop not in ("", *names):
            raise ValueError(f"shop: {options.shop} is none of {', '.join(names)}")
        self.options = options
        self._shop = shops()[options.shop or names[0]]
        self.columns: Sequence[Column] = first_columns(options.columns)
        self.report = SampleReport(header_row=1 if options.is_plain else 2)
        self._products = Products(options.seed, options.families)
        self._pictured = PICTURED_TURNS * len(self._products.kinds)

    def lines(self) -> Iterator[Line]:
        """Exactly as many lines as asked for; the last product may be cut short."""
        number, names = 0, []
        while self.report.rows < self.options.rows:
            product = self._products[number]
            if number < self._pictured:
                names.append(tuple(_image_name(product, which) for which in range(PICTURES)))
            for sku in product.skus[: self.options.rows - self.report.rows]:
                self.report.rows += 1
                yield Line(self._shop, product, sku, names[number % self._pictured])
            number += 1
        self.report.products = number

    def table(self) -> Iterator[Sequence[Cell]]:
        """All rows of the sheet from the top."""
        if not self.options.is_plain:
            yield [layout()["title"]]
        yield [column.header for column in self.columns]
        yield from with_broken(self.lines(), self.columns, self.options.rows, self.options.broken, self.report.broken)

    def pictures(self) -> Iterator[tuple[str, bytes]]:
        """Name and JPEG of every picture the written rows name."""
        for number in range(min(self.report.products, self._pictured)):
            for which in range(PICTURES):
                self.report.images += 1
                yield _image_name(self._products[number], which), picture(self._products[number], which)


def _is_encoding(name: str) -> bool:
    try:
        return bool(codecs.lookup(name))
    except LookupError:
        return False


def _image_name(product: Product, which: int) -> str:
    return f"{IMAGE_FOLDER}/{product.key}-{which + 1}.jpg"


def write_sample(path: Path, options: SampleOptions) -> SampleReport:
    """Write a sample to *path*, whose ending says the format; pictures go beside it or into the zip.

    Returns what was written. An existing file is replaced in one step.

    Raises:
        ValueError: another ending, or an option that cannot be.
        OSError: the place cannot be written to.
    """
    if path.suffix not in FORMATS:
        raise ValueError(f"{path.name}: the ending is none of {', '.join(FORMATS)}")
    sample = Sample(options)
    part = path.with_name(f"{path.name}.part")
    with ExitStack() as stack:
        stack.callback(part.unlink, missing_ok=True)
        with part.open("w+b") as target:
            _WRITERS[path.suffix](target, sample)
        part.replace(path)
    if options.images and path.suffix != ".zip":
        (path.parent / IMAGE_FOLDER).mkdir(exist_ok=True)
        for name, content in sample.pictures():
            (path.parent / name).write_bytes(content)
    return sample.report


def _write_xlsx(target: IO[bytes], sample: Sample) -> None:
    sheet = Sheet(
        layout()["sheet"],
        sample.table(),
        [column.width for column in sample.columns],
        sample.report.header_row,
        frozenset(place for place, column in enumerate(sample.columns) if column.is_text),
    )
    notes = Sheet(layout()["notes_sheet"], [[note] for note in layout()["notes"]], [60], 0)
    write_workbook(target, [sheet] if sample.options.is_plain else [sheet, notes])


def _write_csv(target: IO[bytes], sample: Sample) -> None:
    text = io.TextIOWrapper(target, encoding=sample.options.encoding, newline="")
    csv.writer(text).writerows(sample.table())
    text.detach()


def _write_zip(target: IO[bytes], sample: Sample) -> None:
    with ZipFile(target, "w", ZIP_STORED) as package, tempfile.TemporaryFile() as workbook:
        _write_xlsx(workbook, sample)
        workbook.seek(0)
        with package.open(ZipInfo(SHEET_NAME), "w", force_zip64=True) as part:
            shutil.copyfileobj(workbook, part)
        for name, content in sample.pictures():
            package.writestr(ZipInfo(name), content)


_WRITERS = {".xlsx": _write_xlsx, ".csv": _write_csv, ".zip": _write_zip}
