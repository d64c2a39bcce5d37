"""The user's own workbook with the refused cells marked: to be corrected and dropped again.

Excel files keep everything openpyxl keeps; other formats come back as .xlsx with their values. Of a sheet too large
for that only the refused rows are written. openpyxl is imported when it is needed, never at start-up.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.services.tasks import TaskContext
from app.services.workbooks.books import FileFormat
from app.services.workbooks.cell_text import keep_text
from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.export import replacing
from app.services.workbooks.grid import Cell, Grid, Row, column_index
from app.services.workbooks.headers import recognise
from app.services.workbooks.limits import limits
from app.services.workbooks.recognition import Recognition
from app.services.workbooks.refusals import CellError, Translate
from app.services.workbooks.sniff import OpenedFile, open_workbook

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

REASON_HEADER = "workbooks.reason_header"
_RED = "FFFFC7CE"  # light enough to read black text on it
_AUTHOR = "Shangjia"
_COMMENT_WIDTH, _COMMENT_HEIGHT = 320, 110
_REASON_WIDTH = 60
_EDITABLE = (FileFormat.XLSX, FileFormat.XLSM)
_EXACT_INTEGERS = 10**15
_CHECK_EVERY = 1000
_BYTES_A_CELL = 60  # of XML, styles included


@dataclass(frozen=True, slots=True)
class MarkedCopy:
    """What was written: the file, marked cells, rows with a reason, and whether the sheet is there whole."""

    path: Path
    cell_count: int
    row_count: int
    is_whole: bool


def marked_copy(
    path: Path,
    errors: Iterable[CellError],
    out: Path,
    translate: Translate,
    ctx: TaskContext | None = None,
    *,
    recognition: Recognition | None = None,
) -> MarkedCopy:
    """Copy *path* to *out* with refused cells red and commented, and a column at the end with the reasons.

    Args:
        path: the file the errors come from; a package's sheet is taken out of it.
        errors: of one or more sheets of the file.
        out: an .xlsx, or .xlsm to keep macros; replaced only when complete.
        translate: makes the sentences, `app.messages.tr`.
        ctx: stops between rows.
        recognition: what the sheet was read with, where a person corrected it; else it is recognised anew.

    Raises:
        WorkbookError: as `open_workbook`; `.unwritable`.
        TaskCancelled: the user asked to stop; no file is left behind.
    """
    by_sheet: dict[str, list[CellError]] = {}
    for error in errors:
        by_sheet.setdefault(error.sheet, []).append(error)
    with open_workbook(path) as opened, replacing(out) as part, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells what it does not keep; the copy is for marking only
        job = _Job(opened, by_sheet, recognition, out, part, translate, ctx or TaskContext())
        return _edited(job) if opened.format in _EDITABLE and _is_small(opened) else _rewritten(job)


@dataclass(frozen=True, slots=True)
class _Job:
    opened: OpenedFile
    by_sheet: dict[str, list[CellError]]
    known: Recognition | None
    out: Path
    part: Path
    translate: Translate
    ctx: TaskContext

    def recognition(self, sheet: str) -> Recognition:
        """What *sheet* means."""
        if self.known is not None and self.known.sheet == sheet:
            return self.known
        return recognise(self.opened, sheet)


def _is_small(opened: OpenedFile) -> bool:
    """Whether openpyxl can hold all sheets: it needs some fifty times the memory of a cell's XML."""
    with zipfile.ZipFile(opened.content) as archive:
        size = sum(info.file_size for info in archive.infolist() if info.filename.lower().endswith(".xml"))
    return size <= limits().marked_cells * _BYTES_A_CELL


def _reasons(errors: list[CellError], translate: Translate) -> dict[int, list[str]]:
    """Sentences by Excel row."""
    reasons: dict[int, list[str]] = {}
    for error in errors:
        reasons.setdefault(error.row, []).append(error.message(translate))
    return reasons


def _edited(job: _Job) -> MarkedCopy:
    """Mark the cells in the workbook itself."""
    import openpyxl

    opened, out = job.opened, job.out
    keeps_macros = opened.format is FileFormat.XLSM and out.suffix.lower() == ".xlsm"
    try:
        book = openpyxl.load_workbook(opened.content, keep_vba=keeps_macros, rich_text=True)
    except Exception as problem:
        raise WorkbookError("workbook.damaged", file=opened.name) from problem
    cells = rows = 0
    for sheet, errors in job.by_sheet.items():
        if sheet not in book.sheetnames:
            continue
        marker = _SheetMarker(book[sheet], job.recognition(sheet), job.translate)
        for number, error in enumerate(errors):
            if number % _CHECK_EVERY == 0:
                job.ctx.checkpoint()
            cells += marker.mark(error)
        rows += marker.write_reasons(_reasons(errors, job.translate))
        opened.forget(sheet)
    book.save(job.part)
    return MarkedCopy(out, cells, rows, is_whole=True)


class _SheetMarker:
    """Marks cells of one openpyxl sheet."""

    def __init__(self, sheet: Worksheet, recognition: Recognition, translate: Translate) -> None:
        self._sheet, self._translate, self._recognition = sheet, translate, recognition
        reason = recognition.of("reason")
        last = max((column.index for column in recognition.columns), default=-1)
        self._reason_column = (reason[0].index if reason else last + 1) + 1

    def mark(self, error: CellError) -> bool:
        """Fill one cell red and say why in a comment; a missing column has no cell to mark."""
        from openpyxl.comments import Comment
        from openpyxl.styles import PatternFill

        index = column_index(error.column)
        if index is None:
            return False
        cell = self._writable(error.row, index + 1)
        cell.fill = PatternFill("solid", fgColor=_RED)
        cell.comment = Comment(error.message(self._translate), _AUTHOR, _COMMENT_HEIGHT, _COMMENT_WIDTH)
        return True

    def _writable(self, row: int, column: int) -> Any:
        """The cell, or the first of the merged area it lies in."""
        cell = self._sheet.cell(row, column)
        if type(cell).__name__ == "MergedCell":
            for area in self._sheet.merged_cells.ranges:
                if area.min_row <= row <= area.max_row and area.min_col <= column <= area.max_col:
                    return self._sheet.cell(area.min_row, area.min_col)
        return cell

    def write_reasons(self, reasons: dict[int, list[str]]) -> int:
        """Fill the column of reasons anew: those of an earlier copy are gone, or corrected rows would keep them."""
        from openpyxl.styles import Alignment
        from openpyxl.utils import get_column_letter

        sheet, column = self._sheet, self._reason_column
        for row in range(self._recognition.first_row, sheet.max_row + 1):
            cell = self._writable(row, column)
            if cell.value is not None:
                cell.value = None
        if self._recognition.header_row:
            self._writable(self._recognition.header_row, column).value = self._translate(REASON_HEADER)
        for row, sentences in reasons.items():
            cell = self._writable(row, column)
            cell.value = "\n".join(sentences)
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(column)].width = _REASON_WIDTH
        return len(reasons)


def _rewritten(job: _Job) -> MarkedCopy:
    """Write the values of the sheets with errors into a new workbook, rows streamed."""
    import openpyxl

    opened, book = job.opened, openpyxl.Workbook(write_only=True)
    cells = rows = 0
    is_whole = True
    for number, (sheet, errors) in enumerate(job.by_sheet.items(), start=1):
        grid = opened.grid(sheet)
        if grid is None:
            continue
        keeps_all = opened.format not in _EDITABLE and _cell_count(grid) <= limits().marked_cells
        target = book.create_sheet(f"{number}" if any(c in sheet for c in "[]:*?/\\") else sheet[:31] or f"{number}")
        writer = _RowWriter(target, job.recognition(sheet), errors, job.translate)
        for done, (excel_row, row) in enumerate(_numbered(grid)):
            if done % _CHECK_EVERY == 0:
                job.ctx.checkpoint()
                job.ctx.report(done, grid.height)
            writer.add(excel_row, row, grid.first_column, keeps_all=keeps_all)
        cells, rows, is_whole = cells + writer.marked, rows + len(writer.reasons), is_whole and keeps_all
        opened.forget(sheet)
    book.save(job.part)
    return MarkedCopy(job.out, cells, rows, is_whole)


def _cell_count(grid: Grid) -> int:
    """Cells of the sheet; of a text file, which does not say, as far as the limit."""
    if grid.height is not None:
        return grid.height * max(map(len, grid.head(1)), default=0)
    count = 0
    for row in grid.rows():
        count += len(row)
        if count > limits().marked_cells:
            break
    return count


def _numbered(grid: Grid) -> Iterator[tuple[int, Row]]:
    """Rows with Excel's number; the empty rows above the area, too, so that numbers stay."""
    for empty in range(grid.first_row):
        yield empty + 1, ()
    yield from enumerate(grid.rows(), start=grid.first_row + 1)


class _RowWriter:
    """Appends rows to a write-only openpyxl sheet."""

    def __init__(self, sheet: Any, recognition: Recognition, errors: list[CellError], translate: Translate) -> None:
        self._sheet, self._recognition, self._translate = sheet, recognition, translate
        self._errors: dict[int, dict[int, CellError]] = {}
        for error in errors:
            index = column_index(error.column)
            self._errors.setdefault(error.row, {})[-1 if index is None else index] = error
        self.reasons = _reasons(errors, translate)
        self.marked = 0
        earlier = recognition.of("reason")
        last = max((column.index for column in recognition.columns), default=-1)
        self._reason_index = earlier[0].index if earlier else last + 1

    def add(self, excel_row: int, row: Row, first_column: int, *, keeps_all: bool) -> None:
        """Write one row; without *keeps_all* only the header and refused rows."""
        is_header = excel_row < self._recognition.first_row
        if not (keeps_all or is_header or excel_row in self.reasons):
            return
        marks = self._errors.get(excel_row, {})
        cells = [None] * first_column + [
            self._cell(cell, marks.get(first_column + position)) for position, cell in enumerate(row)
        ]
        reason = "\n".join(self.reasons.get(excel_row, ()))
        if excel_row == self._recognition.header_row:
            reason = self._translate(REASON_HEADER)
        cells += [None] * (self._reason_index + 1 - len(cells))
        cells[self._reason_index] = self._cell(reason, None) if reason else None
        self._sheet.append(cells)

    def _cell(self, cell: Cell, error: CellError | None) -> Any:
        """A value as it was: text stays text, also when it looks like a formula or a long number."""
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
        from openpyxl.comments import Comment
        from openpyxl.styles import PatternFill

        value: Any = cell
        if isinstance(cell, str):
            value = ILLEGAL_CHARACTERS_RE.sub("", cell)[: limits().write_cell_chars] or None
        elif isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) >= _EXACT_INTEGERS:
            value = keep_text(cell)
        if error is None and not isinstance(value, str):
            return value
        written = WriteOnlyCell(self._sheet, value=value)
        if isinstance(value, str):
            written.data_type = "s"
        if error is not None:
            self.marked += 1
            written.fill = PatternFill("solid", fgColor=_RED)
            written.comment = Comment(error.message(self._translate), _AUTHOR, _COMMENT_HEIGHT, _COMMENT_WIDTH)
        return written
