"""Write sheets in bulk: .xlsx as XML of our own, CSV by the standard library.

Codes and ids go out as text cells, so that Excel keeps every digit. Text that begins with = + - @ stays text in a
workbook and is neutralised by an apostrophe in a CSV, where Excel would run it as a formula (DESIGN.md 10).
"""

from __future__ import annotations

import csv
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from operator import getitem
from pathlib import Path
from typing import IO, Any

from app.services.tasks import TaskContext
from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.grid import column_letter
from app.services.workbooks.limits import limits
from app.services.workbooks.xlsx_parts import (
    BOLD,
    HEAD,
    LOCKED,
    OPEN,
    OPEN_HEAD,
    OPEN_TEXT,
    TEXT,
    CellBook,
    Check,
    book_parts,
    sheet_head,
    sheet_tail,
)

_CHUNK_ROWS = 1000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_FORBIDDEN_IN_NAMES = str.maketrans("[]:*?/\\", "       ")
_NAME_CHARS = 31
_LEVEL = 3
"""Half the time of zlib's usual 6 for a tenth more bytes."""
_PIECES_AHEAD = 4


@dataclass(frozen=True, slots=True)
class OutColumn:
    """A column to write.

    Attributes:
        header: its name.
        is_text: its values are codes or ids that must stay text.
        width: in characters, None for the usual one.
        is_locked: whether the cells of a protected sheet are; of no meaning in any other.
        check: what the spreadsheet watches there.
    """

    header: str
    is_text: bool = False
    width: float | None = None
    is_locked: bool = False
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class OutSheet:
    """A sheet to write; `rows` may be a generator, each row has one value a column, None leaves a cell empty.

    Attributes:
        is_protected: cells of locked columns cannot be typed into; there is no password.
        state: `hidden` (shown again by a menu), `veryHidden` (by no menu) or "".
        fixed_columns: how many stay in view at the left.
    """

    name: str
    columns: Sequence[OutColumn]
    rows: Iterable[Sequence[Any]]
    is_protected: bool = False
    state: str = ""
    fixed_columns: int = 0

    def style(self, column: OutColumn) -> int:
        """The style of a column's cells."""
        if not self.is_protected:
            return TEXT if column.is_text else 0
        return LOCKED if column.is_locked else OPEN_TEXT if column.is_text else OPEN

    def head_style(self, column: OutColumn) -> int:
        """The style of a column's header."""
        if not self.is_protected:
            return BOLD
        return HEAD if column.is_locked else OPEN_HEAD


@dataclass(frozen=True, slots=True)
class CutCell:
    """A text that was longer than a cell can be: where it stands in the written file, and its length before."""

    sheet: str
    row: int
    column: str
    length: int


@dataclass(slots=True)
class WriteReport:
    """What was written: the file, rows of all sheets without headers, and texts that had to be cut."""

    path: Path
    row_count: int = 0
    cut: list[CutCell] = field(default_factory=list)


def write_xlsx(path: Path, sheets: Sequence[OutSheet], ctx: TaskContext | None = None) -> WriteReport:
    """Write a workbook; an existing file is replaced only when the new one is complete.

    Args:
        path: the file.
        sheets: one or more; rows are taken one by one, so memory does not grow with them.
        ctx: reports rows, stops between chunks of rows.

    Raises:
        WorkbookError: `.too_many_rows` beyond Excel's grid, `.unwritable` when the file is open elsewhere or the
            disk is full.
        TaskCancelled: the user asked to stop; no file is left behind.
    """
    report, ctx, names = WriteReport(path), ctx or TaskContext(), _sheet_names(sheets)
    with (
        replacing(path) as part,
        zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive,
        ThreadPoolExecutor(1, "xlsx") as packer,
    ):
        for number, (name, sheet) in enumerate(zip(names, sheets, strict=True), start=1):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as handle:
                _pack(packer, handle, _sheet_xml(sheet, name, report, ctx, is_first=number == 1))
        for part_name, xml in book_parts(names, [sheet.state for sheet in sheets]).items():
            archive.writestr(part_name, xml)
    return report


def _pack(packer: ThreadPoolExecutor, handle: IO[bytes], pieces: Iterable[str]) -> None:
    """Compress on another thread while the next rows are made: zlib needs no interpreter."""
    waiting: deque[Future[int]] = deque()
    try:
        for piece in pieces:
            if len(waiting) >= _PIECES_AHEAD:
                waiting.popleft().result()
            waiting.append(packer.submit(handle.write, piece.encode()))
        while waiting:
            waiting.popleft().result()
    finally:
        wait(waiting)  # nothing may write to a file that is being closed


def _sheet_xml(sheet: OutSheet, name: str, report: WriteReport, ctx: TaskContext, *, is_first: bool) -> Iterator[str]:
    """A sheet, a thousand rows a piece."""
    columns = sheet.columns
    books = [CellBook(is_text=column.is_text, style=sheet.style(column)) for column in columns]
    header = "".join(CellBook(is_text=True, style=sheet.head_style(column))[column.header] for column in columns)
    head = sheet_head(is_first=is_first, fixed_columns=sheet.fixed_columns, widths=[column.width for column in columns])
    yield f'{head}<row r="1">{header}</row>'
    source, number, most = iter(sheet.rows), 1, limits().write_rows
    while chunk := list(islice(source, _CHUNK_ROWS)):
        ctx.checkpoint()
        if number + len(chunk) > most:
            raise WorkbookError("workbook.too_many_rows", file=report.path.name, limit=most - 1)
        if set(map(len, chunk)) != {len(books)}:
            raise ValueError("a row has other columns than the sheet")
        rows = ["".join(map(getitem, books, row)) for row in chunk]
        yield "".join([f'<row r="{at}">{row}</row>' for at, row in enumerate(rows, start=number + 1)])
        _note_cuts(report, name, number + 1, chunk, books)
        number += len(chunk)
        report.row_count += len(chunk)
        ctx.report(report.row_count)
    yield sheet_tail(number, [column.check for column in columns], is_protected=sheet.is_protected)


def _note_cuts(
    report: WriteReport, sheet: str, first_row: int, rows: Sequence[Sequence[Any]], books: Sequence[CellBook]
) -> None:
    """Say which texts were cut, and let the values of these rows go."""
    for offset, row in enumerate(rows) if any(book.cut for book in books) else ():
        for position, (value, book) in enumerate(zip(row, books, strict=True)):
            if type(value) is str and value in book.cut:
                report.cut.append(CutCell(sheet, first_row + offset, column_letter(position), len(value)))
    for book in books:
        book.forget()


def write_csv(
    path: Path, columns: Sequence[OutColumn], rows: Iterable[Sequence[Any]], ctx: TaskContext | None = None
) -> WriteReport:
    """Write a CSV that Excel opens right: UTF-8 with a byte order mark, formulas neutralised by an apostrophe.

    Raises:
        WorkbookError: `.unwritable`.
        TaskCancelled: the user asked to stop; no file is left behind.
    """
    report, ctx = WriteReport(path), ctx or TaskContext()
    with replacing(path) as part, part.open("w", encoding="utf-8-sig", newline="", errors="replace") as handle:
        writer = csv.writer(handle)
        writer.writerow([_neutral(column.header) for column in columns])
        source = iter(rows)
        while chunk := list(islice(source, _CHUNK_ROWS)):
            ctx.checkpoint()
            writer.writerows([[_neutral(cell) if type(cell) is str else cell for cell in row] for row in chunk])
            report.row_count += len(chunk)
            ctx.report(report.row_count)
    return report


def _neutral(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A name to write to, which becomes *path* when all went well and is removed otherwise."""
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        if not path.parent.is_dir():
            raise WorkbookError("workbook.no_folder", file=path.name, folder=str(path.parent)) from error
        raise WorkbookError("workbook.unwritable", file=path.name) from error
    finally:
        with suppress(OSError):  # where the folder is a file there is nothing to remove
            part.unlink(missing_ok=True)


def _sheet_names(sheets: Sequence[OutSheet]) -> list[str]:
    """Names as Excel allows them: at most 31 characters, none of []:*?/\\, no two equal."""
    names: list[str] = []
    for number, sheet in enumerate(sheets, start=1):
        name = " ".join(sheet.name.translate(_FORBIDDEN_IN_NAMES).split()).strip("'")[:_NAME_CHARS] or str(number)
        taken = {other.casefold() for other in names}
        while name.casefold() in taken:
            name = f"{name[: _NAME_CHARS - 4]} {number}"
            number += len(sheets)
        names.append(name)
    return names
