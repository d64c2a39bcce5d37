"""Write sheets in bulk: .xlsx by rustpy-xlsxwriter, CSV by the standard library.

Codes and ids go out as text cells, so that Excel keeps every digit. Text that begins with = + - @ stays text in a
workbook and is neutralised by an apostrophe in a CSV, where Excel would run it as a formula (DESIGN.md 10).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from app.services.tasks import TaskContext
from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.grid import column_letter
from app.services.workbooks.limits import limits

_CHUNK_ROWS = 1000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_TEXT_OR_NOTHING = {str, type(None)}
_EXACT_INTEGERS = 2**53  # beyond, every spreadsheet rounds
_FORBIDDEN_IN_NAMES = str.maketrans("[]:*?/\\", "       ")
_NAME_CHARS = 31
_LOST = "�"


@dataclass(frozen=True, slots=True)
class OutColumn:
    """A column to write: its header, and whether its values are codes or ids that must stay text."""

    header: str
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class OutSheet:
    """A sheet to write; `rows` may be a generator, each row has one value a column, None leaves a cell empty."""

    name: str
    columns: Sequence[OutColumn]
    rows: Iterable[Sequence[Any]]


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


class _Header(str):
    """A column name that differs from an equal one: sheets may have two columns of one name, dicts may not."""

    __slots__ = ()
    __eq__ = object.__eq__
    __hash__ = object.__hash__


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
    from rustpy_xlsxwriter import write_worksheets

    report, ctx, names = WriteReport(path), ctx or TaskContext(), _sheet_names(sheets)
    with replacing(path) as part:
        write_worksheets(
            [(name, _records(sheet, name, report, ctx)) for name, sheet in zip(names, sheets, strict=True)],
            str(part),
            freeze_panes={"general": {"row": 1, "col": 0}},
            bold_headers=True,
            datetime_format="yyyy-mm-dd hh:mm",
        )
    return report


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
        raise WorkbookError("workbook.unwritable", file=path.name) from error
    finally:
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


def _records(sheet: OutSheet, name: str, report: WriteReport, ctx: TaskContext) -> Iterator[dict[str, Any]]:
    """Rows as the writer wants them, each chunk made safe column by column first."""
    headers = [column.header for column in sheet.columns]
    if len(set(headers)) < len(headers):
        headers = list(map(_Header, headers))
    texts = [column.is_text for column in sheet.columns]
    source, number = iter(sheet.rows), 0
    while chunk := list(islice(source, _CHUNK_ROWS)):
        ctx.checkpoint()
        if number + len(chunk) >= limits().write_rows:
            raise WorkbookError("workbook.too_many_rows", file=report.path.name, limit=limits().write_rows - 1)
        columns = list(zip(*chunk, strict=True))
        changed = {
            position: safe
            for position, (cells, is_text) in enumerate(zip(columns, texts, strict=True))
            if (safe := _safe(cells, is_text)) is not None
        }
        if changed:
            _note_cuts(report, name, number + 2, columns, changed)
            chunk = list(zip(*(changed.get(p, cells) for p, cells in enumerate(columns)), strict=True))
        for row in chunk:
            yield dict(zip(headers, row, strict=False))
        number += len(chunk)
        report.row_count += len(chunk)
        ctx.report(report.row_count)
    if not number:
        yield dict.fromkeys(headers)  # the writer knows the headers from the first row only


def _note_cuts(
    report: WriteReport, sheet: str, first_row: int, columns: list[tuple[Any, ...]], changed: dict[int, list[Any]]
) -> None:
    longest = limits().write_cell_chars
    for position, cells in changed.items():
        for offset, (before, after) in enumerate(zip(columns[position], cells, strict=True)):
            if type(before) is str and type(after) is str and _units(before) > longest:
                report.cut.append(CutCell(sheet, first_row + offset, column_letter(position), len(before)))


def _safe(cells: tuple[Any, ...], is_text: bool) -> list[Any] | None:
    """The cells of one column as the writer can take them, None where they are that already.

    Ids become text, as do whole numbers beyond 2⁵³; texts are cut; halves of surrogate pairs are replaced.
    """
    types = set(map(type, cells))
    if is_text and not types <= _TEXT_OR_NOTHING:
        made = [cell if cell is None or type(cell) is str else _as_text(cell) for cell in cells]
        return _safe(tuple(made), is_text) or made
    if int in types and any(type(cell) is int and abs(cell) > _EXACT_INTEGERS for cell in cells):
        made = [str(cell) if type(cell) is int and abs(cell) > _EXACT_INTEGERS else cell for cell in cells]
        return _safe(tuple(made), is_text) or made
    if str not in types:
        return None
    strings = cells if len(types) == 1 else [cell for cell in cells if type(cell) is str]
    longest = limits().write_cell_chars
    is_long = max(map(len, strings)) * 2 > longest and max(map(_units, strings)) > longest
    if is_long or not _encodes(strings):
        return [_repaired(_cut(cell, longest)) if type(cell) is str else cell for cell in cells]
    return None


def _encodes(strings: Sequence[str]) -> bool:
    """Whether all are free of lone halves of surrogate pairs, as broken JSON contains them."""
    try:
        "".join(strings).encode()
    except UnicodeEncodeError:
        return False
    return True


def _as_text(cell: Any) -> str:
    """A code that came as a number, without a decimal point it never had."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _units(text: str) -> int:
    """Length as Excel counts it: UTF-16 units, so an emoji is two."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def _cut(text: str, longest: int) -> str:
    """The first *longest* UTF-16 units, no character halved."""
    if _units(text) <= longest:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: 2 * longest].decode("utf-16-le", "replace").rstrip(_LOST)


def _repaired(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
