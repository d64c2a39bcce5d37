"""Opening a data package: every cell as it stands, no matter whether its column is understood (domain.md 6)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.services.packages.records import Package, PackageColumns, PackageRow, separator_in
from app.services.packages.rules import package_rules
from app.services.tasks import TaskContext
from app.services.workbooks import OpenedFile, Recognition, WorkbookError, open_workbook, recognise
from app.services.workbooks.grid import Cell, Grid
from app.services.workbooks.tables import without_collection

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
    rows = _all_rows(opened.grid(recognition.sheet), ctx)
    first = recognition.first_row - 1
    above, products = rows[:first], rows[first:]
    columns = package_columns(recognition)
    texts = [
        str(row[columns.codes.index])
        for row in products[:_ROWS_FOR_SEPARATOR]
        if columns.codes and len(row) > columns.codes.index
    ]
    found = next(filter(None, map(separator_in, texts)), None)
    columns = replace(columns, separator=found or separator or package_rules().code_separator)
    filled = [
        PackageRow(number, cells, columns)
        for number, cells in enumerate(products, recognition.first_row)
        if any(cell != "" for cell in cells)
    ]
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


def package_columns(recognition: Recognition) -> PackageColumns:
    """The columns a package is known by. The sheet must have 价格信息."""
    codes = recognition.of("sku_code")
    return PackageColumns(recognition.of("price_info")[0], codes[0] if codes else None, package_rules().code_separator)


def _all_rows(grid: Grid | None, ctx: TaskContext) -> list[list[Cell]]:
    """The rows of a sheet from its first one on, cells from column A on; blank ends are cut."""
    if grid is None:
        return []
    rows: list[list[Cell]] = [[] for _ in range(grid.first_row)]
    left: list[Cell] = [""] * grid.first_column
    for number, row in enumerate(grid.rows(), 1):
        rows.append([*left, *row])
        if number % _CHECK_EVERY == 0:
            ctx.checkpoint()
            ctx.report(number, grid.height)
    while rows and not any(cell != "" for cell in rows[-1]):
        rows.pop()
    return rows
