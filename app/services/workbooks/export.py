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
from itertools import islice
from pathlib import Path
from typing import Any

from app.services.tasks import TaskContext
from app.services.workbooks.deflating import Member, member
from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.out_sheets import OutColumn, OutSheet, Run, WriteReport, single_rows
from app.services.workbooks.sheet_xml import sheet_xml
from app.services.workbooks.xlsx_parts import book_parts

_CSV_ROWS = 1000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_FORBIDDEN_IN_NAMES = str.maketrans("[]:*?/\\", "       ")
_NAME_CHARS = 31
_PIECES_AHEAD = 4


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
        zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive,
        ThreadPoolExecutor(1, "xlsx") as packer,
    ):
        for number, (name, sheet) in enumerate(zip(names, sheets, strict=True), start=1):
            with member(archive, f"xl/worksheets/sheet{number}.xml") as sheet_part:
                _pack(packer, sheet_part, sheet_xml(sheet, name, report, ctx, is_first=number == 1))
        for part_name, xml in book_parts(names, [sheet.state for sheet in sheets]).items():
            archive.writestr(part_name, xml)
    return report


def _pack(packer: ThreadPoolExecutor, part: Member, pieces: Iterable[bytes]) -> None:
    """Compress on another thread while the next rows are made: it needs no interpreter."""
    waiting: deque[Future[None]] = deque()
    try:
        for piece in pieces:
            if len(waiting) >= _PIECES_AHEAD:
                waiting.popleft().result()
            waiting.append(packer.submit(part.write, piece))
        while waiting:
            waiting.popleft().result()
    finally:
        wait(waiting)  # nothing may write to a file that is being closed


def write_csv(
    path: Path,
    columns: Sequence[OutColumn],
    rows: Iterable[Sequence[Any]] | Iterable[Run],
    ctx: TaskContext | None = None,
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
        source = iter(single_rows(rows))
        while chunk := list(islice(source, _CSV_ROWS)):
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
