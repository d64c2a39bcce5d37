"""A sheet read whole: typed columns, row numbers, refused cells. Any kind of sheet; listings build on it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from pathlib import Path

from app.services.collection import without_collection
from app.services.tasks import TaskContext
from app.services.workbooks.code_formats import settle_codes
from app.services.workbooks.columns import CodeColumn, Column, PriceColumn, column_for
from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.grid import Cell, Grid, Row
from app.services.workbooks.limits import limits
from app.services.workbooks.recognition import RecognisedColumn, Recognition
from app.services.workbooks.refusals import CellError, Refusal, shown
from app.services.workbooks.sniff import OpenedFile, open_workbook

_CHUNK_ROWS = 512  # measured: fewer calls than with less, and their cells still stay in the processor's cache


@dataclass(slots=True)
class SheetTable:
    """The data rows of a sheet, column by column.

    Attributes:
        recognition: the meaning they were read with.
        rows: Excel's number of every data row; blank rows are left out.
        columns: every column of the sheet, its `values` parallel to `rows`.
        errors: refused cells in the order of rows, at most `Limits.errors_kept`.
        error_count: all refused cells.
        refused: positions of the rows that have one.
        refused_cells: (position, column index in the sheet) of each.
    """

    recognition: Recognition
    rows: list[int]
    columns: list[Column]
    errors: list[CellError] = field(default_factory=list)
    error_count: int = 0
    refused: set[int] = field(default_factory=set)
    refused_cells: set[tuple[int, int]] = field(default_factory=set)

    def of(self, name: str) -> Column | None:
        """The column that carries a field, None where the sheet has none."""
        return next((column for column in self.columns if column.source.field == name), None)

    def refuse(self, position: int, column: RecognisedColumn | None, name: str, cell: Cell, verdict: Refusal) -> None:
        """Note a refused cell; *column* is None where the sheet lacks it."""
        self.error_count += 1
        self.refused.add(position)
        if column is not None:
            self.refused_cells.add((position, column.index))
        if len(self.errors) < limits().errors_kept:
            self.errors.append(
                CellError(
                    file=self.recognition.file,
                    sheet=self.recognition.sheet,
                    row=self.rows[position],
                    column=column.letter if column else "",
                    header=column.header if column else "",
                    field=name,
                    value=shown(cell),
                    code=verdict.code,
                    params=dict(verdict.params),
                    fix=verdict.fix,
                )
            )

    def drop(self, positions: set[int]) -> None:
        """Leave out rows that turned out to hold nothing; none of them may be refused."""
        if not positions:
            return
        keep = [position for position in range(len(self.rows)) if position not in positions]
        moved = {old: new for new, old in enumerate(keep)}
        self.rows = [self.rows[position] for position in keep]
        for column in self.columns:
            column.values = [column.values[position] for position in keep]
        self.refused = {moved[position] for position in self.refused}
        self.refused_cells = {(moved[position], index) for position, index in self.refused_cells}

    @property
    def currency(self) -> str:
        """Currency of the prices as header or cells say it, "" where they do not."""
        column = self.of("price")
        return column.reader.currency if isinstance(column, PriceColumn) else ""


MakeColumn = Callable[[RecognisedColumn, bool], Column]
"""The column that reads a recognised one; the flag says that a spreadsheet may have saved the file as text."""


def _usual_column(source: RecognisedColumn, is_saved: bool) -> Column:
    return column_for(source, is_saved=is_saved)


def read_table(
    source: OpenedFile | Path,
    recognition: Recognition,
    ctx: TaskContext | None = None,
    make: MakeColumn = _usual_column,
) -> SheetTable:
    """Read a sheet with the meaning that was recognised or corrected.

    Args:
        source: the opened file, or its path.
        recognition: from `recognise`.
        ctx: reports rows, stops between chunks of rows.
        make: reads the columns of sheets whose fields are not those of `sheet_fields.json`.

    Raises:
        WorkbookError: `.no_rows` where nothing stands below the header, and what the reader finds wrong.
        TaskCancelled: the user asked to stop.
    """
    if not isinstance(source, OpenedFile):
        with open_workbook(source) as opened:
            return read_table(opened, recognition, ctx, make)
    grid = source.grid(recognition.sheet)
    if grid is None:
        raise WorkbookError("workbook.empty", file=source.name)
    source.release()
    ctx = ctx or TaskContext()
    columns = [make(column, grid.is_text) for column in recognition.columns]
    table = SheetTable(recognition, [], columns)
    with without_collection():
        _fill(table, grid, ctx)
    if not table.rows:
        raise WorkbookError("workbook.no_rows", file=source.name, sheet=recognition.sheet, row=recognition.header_row)
    for column in table.columns:
        column.finish()
    codes = [column for column in table.columns if isinstance(column, CodeColumn)]
    settle_codes(source, recognition.sheet, codes, table.rows)
    _note_refusals(table)
    _spread_merges(table, grid)
    return table


def _fill(table: SheetTable, grid: Grid, ctx: TaskContext) -> None:
    skipped = max(table.recognition.first_row - 1 - grid.first_row, 0)
    rows = islice(grid.rows(), skipped, None)
    number = grid.first_row + skipped + 1
    total = None if grid.height is None else max(grid.height - skipped, 0)
    positions = [column.source.index - grid.first_column for column in table.columns]
    done = 0
    while chunk := list(islice(rows, _CHUNK_ROWS)):
        ctx.checkpoint()
        kept = _filled_rows(chunk)
        if kept is None:
            table.rows.extend(range(number, number + len(chunk)))
            _add_chunk(table, chunk, positions)
        elif kept:
            table.rows.extend(number + offset for offset in kept)
            _add_chunk(table, [chunk[offset] for offset in kept], positions)
        number += len(chunk)
        done += len(chunk)
        ctx.report(done, total)


def _filled_rows(chunk: list[Row]) -> list[int] | None:
    """Offsets of the rows that hold something, None where all do. 0 and False are something."""
    if all(map(any, chunk)):
        return None
    return [offset for offset, row in enumerate(chunk) if any(row) or any(cell != "" for cell in row)]


def _add_chunk(table: SheetTable, chunk: list[Row], positions: list[int]) -> None:
    lengths = set(map(len, chunk))
    cells: list[Sequence[Cell]] = list(
        zip(*chunk, strict=True) if len(lengths) == 1 else zip_longest(*chunk, fillvalue="")
    )
    nothing = ("",) * len(chunk)
    for column, position in zip(table.columns, positions, strict=True):
        column.add(cells[position] if 0 <= position < len(cells) else nothing)


def _note_refusals(table: SheetTable) -> None:
    """Collect what the columns refused, in the order a person reads the sheet."""
    found = [
        (position, order, cell, verdict)
        for order, column in enumerate(table.columns)
        for position, cell, verdict in column.refusals
    ]
    found.sort(key=lambda entry: entry[:2])
    for position, order, cell, verdict in found:
        source = table.columns[order].source
        table.refuse(position, source, source.field or "", cell, verdict)


def _spread_merges(table: SheetTable, grid: Grid) -> None:
    """Give the value of a merged cell to all rows it covers; only its first column has the value."""
    by_index = {column.source.index: column for column in table.columns}
    for top, left, bottom, _ in grid.merges:
        column = by_index.get(left)
        first = bisect_left(table.rows, top + 1)
        if column is None or bottom == top or first == len(table.rows) or table.rows[first] != top + 1:
            continue
        value = column.values[first]
        is_refused = (first, left) in table.refused_cells
        for position in range(first + 1, bisect_right(table.rows, bottom + 1)):
            column.values[position] = value
            if is_refused:
                table.refused_cells.add((position, left))
                table.refused.add(position)
