"""Opening a data package: every cell as it stands, no matter whether its column is understood (domain.md 6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from app.services.collection import without_collection
from app.services.packages.records import Package, PackageColumns, PackageRow, separator_in
from app.services.packages.rules import package_rules
from app.services.tasks import TaskContext
from app.services.workbooks import OpenedFile, RecognisedColumn, Recognition, WorkbookError, open_workbook, recognise
from app.services.workbooks.grid import Cell, Grid

_CHECK_EVERY = 500
_ROWS_FOR_SEPARATOR = 200


def read_package(path: Path, ctx: TaskContext | None = None, *, separator: str = "") -> Package:
    """Read a package, or its products sheet alone, whatever its format and however its name lies.

    Damaged 价格信息 cells do not stop it: `Package.problems` names them with row, place and a proposed repair.

    Args:
        path: the zip or sheet.
        ctx: reports rows, stops between them.
        separator: between codes where the package shows none; "" for the rules' own.

    Raises:
        WorkbookError: `.no_price_info` where no column holds 价格信息, `.no_rows`, and why a file cannot be read.
        TaskCancelled: stopped.
    """
    with open_workbook(path) as opened, without_collection():
        return _read(opened, ctx or TaskContext(), separator)


def _read(opened: OpenedFile, ctx: TaskContext, separator: str) -> Package:
    recognition = recognise(opened)
    if not recognition.has("price_info"):
        raise WorkbookError("workbook.no_price_info", file=opened.name, sheet=recognition.sheet)
    above: list[list[Cell]] = []
    products: list[tuple[int, list[Cell]]] = []
    for number, row in _rows(opened.grid(recognition.sheet), ctx):
        if number >= recognition.first_row:
            products.append((number, row))
        else:
            above += [[] for _ in range(number - 1 - len(above))] + [row]
    above += [[] for _ in range(recognition.first_row - 1 - len(above))]
    columns = package_columns(recognition)
    texts = [_text_at(row, columns.codes) for _, row in products[:_ROWS_FOR_SEPARATOR]]
    found = next(filter(None, map(separator_in, texts)), None)
    columns = replace(columns, separator=found or separator or package_rules().code_separator)
    filled = [PackageRow(number, cells, columns) for number, cells in products]
    if not filled:
        raise WorkbookError(
            "workbook.no_rows", file=opened.name, sheet=recognition.sheet, row=str(recognition.header_row)
        )
    names = [info.name for info in opened.sheets]
    others = [(name, _all_rows(opened.grid(name), ctx)) for name in names if name != recognition.sheet]
    package = opened.package
    return Package(
        opened.path,
        opened.name,
        recognition,
        columns,
        above,
        filled,
        others,
        names.index(recognition.sheet),
        package.sheet_member if package is not None else "",
        package.members if package is not None else (),
    )


def _text_at(row: Sequence[Cell], column: RecognisedColumn | None) -> str:
    return str(row[column.index]) if column is not None and column.index < len(row) else ""


def package_columns(recognition: Recognition) -> PackageColumns:
    """The columns a package is known by. The sheet must have 价格信息."""
    codes = recognition.of("sku_code")
    return PackageColumns(recognition.of("price_info")[0], codes[0] if codes else None, package_rules().code_separator)


def _rows(grid: Grid | None, ctx: TaskContext) -> Iterator[tuple[int, list[Cell]]]:
    """Excel's number and the cells, from column A on, of every row that holds something."""
    if grid is None:
        return
    left: list[Cell] = [""] * grid.first_column
    for number, row in enumerate(grid.rows(), grid.first_row + 1):
        if number % _CHECK_EVERY == 0:
            ctx.checkpoint()
            ctx.report(number - grid.first_row, grid.height)
        if any(row) or any(cell != "" for cell in row):
            yield number, [*left, *row]


def _all_rows(grid: Grid | None, ctx: TaskContext) -> list[list[Cell]]:
    """All rows of a sheet from its first one on, blank ones too."""
    rows: list[list[Cell]] = []
    blank: list[Cell] = []
    for number, row in _rows(grid, ctx):
        rows += [blank] * (number - 1 - len(rows))
        rows.append(row)
    return rows
