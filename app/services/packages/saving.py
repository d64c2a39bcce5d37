"""Writing data packages: a new zip with `products.xls` and the pictures of the old one, split where an .xls is full.

Nothing is ever cut: a product with a text that no cell can hold is left out and named in the report.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from typing import Any

from app.services.packages.records import Package, PackageRow
from app.services.packages.rules import package_rules
from app.services.packages.xls import Rows, too_long, units, write_xls
from app.services.tasks import TaskContext
from app.services.workbooks import WorkbookError
from app.services.workbooks.deflating import member
from app.services.workbooks.export import replacing
from app.services.workbooks.grid import Cell, column_letter
from app.services.workbooks.zip_guard import SafeZip

_PICTURE_FIELDS = ("images", "sku_image")
_NAMES_END = str.maketrans(dict.fromkeys(";|；，,\n\r\t", "\x00"))
_CHUNK = 1 << 20
_SHOWN = 10
_MOST_IN_MEMORY = 16 << 20

Chunks = Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class LongCell:
    """A text that no cell of an .xls can hold: product, row, column, header, its length and what is allowed."""

    name: str
    row: int
    column: str
    header: str
    length: int
    limit: int


@dataclass(slots=True)
class PackageReport:
    """What was written.

    Attributes:
        files: the packages in order; more than one where an .xls was full.
        listings, skus: products and variants in them.
        pictures: picture files in them.
        missing_pictures: pictures that are named but could not be read.
        left_out: products that are in no package because of a text that is too long.
        sheets_left_out: further sheets of the workbook that no .xls can hold.
    """

    files: list[Path] = field(default_factory=list)
    listings: int = 0
    skus: int = 0
    pictures: int = 0
    missing_pictures: list[str] = field(default_factory=list)
    left_out: list[LongCell] = field(default_factory=list)
    sheets_left_out: list[str] = field(default_factory=list)

    def remarks(self) -> list[tuple[str, dict[str, Any]]]:
        """What a person has to know, as keys of sentences and their placeholders; nothing where all went well."""
        told: list[tuple[str, dict[str, Any]]] = []
        if len(self.files) > 1:
            told.append(("packages.split", {"n": len(self.files), "files": _listed(path.name for path in self.files)}))
        told += [("packages.left_out", asdict(cell)) for cell in self.left_out]
        if self.missing_pictures:
            names = _listed(self.missing_pictures)
            told.append(("packages.missing_pictures", {"n": len(self.missing_pictures), "names": names}))
        if self.sheets_left_out:
            names = _listed(self.sheets_left_out)
            told.append(("packages.sheets_left_out", {"n": len(self.sheets_left_out), "names": names}))
        return told


def _listed(names: Iterable[str]) -> str:
    """The first of many names; a person reads no more."""
    own = list(names)
    return ", ".join(own[:_SHOWN]) + (" …" if len(own) > _SHOWN else "")


@dataclass(frozen=True, slots=True)
class Content:
    """One products sheet to write: rows above the products, the products, other sheets around, and files beside.

    `files`: name in the zip → the bytes of the file in pieces.
    """

    above: Sequence[Sequence[Cell | None]]
    rows: Sequence[Sequence[Cell | None]]
    name: str
    before: Sequence[tuple[str, Rows]] = ()
    after: Sequence[tuple[str, Rows]] = ()
    files: Sequence[tuple[str, Chunks]] = ()


def save_package(package: Package, path: Path, ctx: TaskContext | None = None) -> PackageReport:
    """Write a package that was read, changed or not: what was not touched comes out as it went in.

    Args:
        package: from `read_package`; its zip must still be there for the pictures.
        path: the new zip; further ones get `-2`, `-3` … in their names. Replaced only when complete.
        ctx: reports packages, stops between blocks of rows.

    Raises:
        WorkbookError: `.unwritable`, `.too_many_columns`, and what is wrong with the old zip.
        TaskCancelled: stopped; complete packages of a split one stay.
    """
    report, ctx = PackageReport(), ctx or TaskContext()
    rows = [row for row in package.rows if _fits(row, package, report)]
    most = package_rules().sheet_rows - len(package.above)
    parts = [rows[start : start + most] for start in range(0, len(rows), most)] or [[]]
    _check_above(package, path)
    others = [(place, sheet) for place, sheet in enumerate(package.other_sheets) if _holds(sheet, report)]
    before = [sheet for place, sheet in others if place < package.sheet_at]
    after = [sheet for place, sheet in others if place >= package.sheet_at]
    source = SafeZip(package.path, package.path.name, strict=False) if package.members else None
    try:
        shares = _shares(package, parts)
        for number, part in enumerate(parts):
            ctx.report(number, len(parts), note="packages.writing")
            content = Content(
                package.above,
                [row.cells for row in part],
                package.recognition.sheet,
                before if not number else (),
                after if not number else (),
                [(name, _chunks_of(source, name)) for name in shares[number]] if source is not None else (),
            )
            write_part(numbered(path, number), content, report, ctx)
            report.listings += len(part)
            report.skus += sum(row.variant_count for row in part)
    finally:
        if source is not None:
            source.close()
    return report


def numbered(path: Path, number: int) -> Path:
    """The name of a part counted from 0: `a.zip`, `a-2.zip`, `a-3.zip` …"""
    return path if not number else path.with_stem(f"{path.stem}-{number + 1}")


def write_part(path: Path, content: Content, report: PackageReport, ctx: TaskContext) -> None:
    """Write one zip.

    Raises: WorkbookError, TaskCancelled.
    """
    rules = package_rules()
    width = max(map(len, (*content.above, *content.rows)), default=0)
    if width > rules.sheet_columns:
        raise WorkbookError("workbook.too_many_columns", file=path.name, found=width, limit=rules.sheet_columns)
    with tempfile.TemporaryDirectory(prefix="shangjia-") as folder, replacing(path) as part:
        sheet = Path(folder) / rules.sheet_file
        sheets = [*content.before, (content.name, (*content.above, *content.rows)), *content.after]
        write_xls(sheet, sheets, ctx)
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            with member(archive, rules.sheet_file) as packed:
                for piece in file_chunks(sheet)():
                    packed.write(piece)
            for name, chunks in content.files:
                ctx.checkpoint()
                _add_file(archive, name, chunks, report)
    report.files.append(path)


def _add_file(archive: zipfile.ZipFile, name: str, chunks: Chunks, report: PackageReport) -> None:
    """Put a file into the zip as it is: pictures are packed already. One that cannot be read is left out and named."""
    with tempfile.SpooledTemporaryFile(_MOST_IN_MEMORY) as whole:
        try:
            whole.writelines(chunks())
        except (OSError, WorkbookError):
            report.missing_pictures.append(name)
            return
        whole.seek(0)
        with archive.open(zipfile.ZipInfo(name), "w") as target:
            copyfileobj(whole, target, _CHUNK)
    report.pictures += 1


def file_chunks(path: Path) -> Chunks:
    """The bytes of a file on disk, read when they are asked for."""

    def read() -> Iterator[bytes]:
        with path.open("rb") as file:
            while piece := file.read(_CHUNK):
                yield piece

    return read


def _chunks_of(source: SafeZip, name: str) -> Chunks:
    return lambda: source.chunks(source.members[name])


def long_cells(number: int, cells: Iterable[Cell | None], headers: Sequence[str], name: str = "") -> Iterator[LongCell]:
    """The cells of a row that no .xls can hold."""
    for place, cell in enumerate(cells):
        if isinstance(cell, str) and too_long(cell):
            header = headers[place] if place < len(headers) else ""
            yield LongCell(name, number, column_letter(place), header, units(cell), package_rules().cell_chars)


def _check_above(package: Package, path: Path) -> None:
    """Rows above the products go into every part: there is no leaving them out."""
    rules = package_rules()
    if any(isinstance(cell, str) and too_long(cell) for row in package.above for cell in row):
        raise WorkbookError("workbook.cell_too_large", file=path.name, limit=rules.cell_chars)


def _holds(sheet: tuple[str, list[list[Cell]]], report: PackageReport) -> bool:
    """Whether an .xls can hold a sheet."""
    name, rows = sheet
    rules = package_rules()
    is_small = len(rows) <= rules.sheet_rows and max(map(len, rows), default=0) <= rules.sheet_columns
    if is_small and not any(isinstance(cell, str) and too_long(cell) for row in rows for cell in row):
        return True
    report.sheets_left_out.append(name)
    return False


def _fits(row: PackageRow, package: Package, report: PackageReport) -> bool:
    headers = [column.header for column in package.recognition.columns]
    found = list(long_cells(row.number, row.cells, headers))
    report.left_out += found
    return not found


def _shares(package: Package, parts: Sequence[Sequence[PackageRow]]) -> list[list[str]]:
    """The files each part takes along: pictures its rows name, the first part all that no row names."""
    names = [member.name for member in package.members if member.name != package.sheet_member]
    if len(parts) == 1:
        return [names]
    columns = [column for column in package.recognition.columns if column.field in _PICTURE_FIELDS]
    named = [
        {
            _leaf(name)
            for row in part
            for column in columns
            for name in row.text(column).translate(_NAMES_END).split("\x00")
        }
        for part in parts
    ]
    return [
        [name for name in names if _leaf(name) in own or (not number and not any(_leaf(name) in one for one in named))]
        for number, own in enumerate(named)
    ]


def _leaf(name: str) -> str:
    return PurePosixPath(name.strip().replace("\\", "/")).name.casefold()
