"""The user's own sheet with the refused cells marked: from the preview, or of an import that was applied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import orjson

from app.messages import Messages
from app.services.db import Database
from app.services.errors import NotFound
from app.services.listings.importing.fixing import Fixes
from app.services.tasks import TaskContext
from app.services.workbooks import CellError, OutColumn, OutSheet, Recognition, marked_copy, write_xlsx

_ERRORS = (
    'SELECT cell_error.file, cell_error.sheet, row, "column", header, field, value, code, cell_error.params '
    "FROM cell_error JOIN import_run ON import_run.id = import_run_id JOIN change ON change.id = change_id "
    "WHERE change.uid = ? AND import_run.file = ? ORDER BY cell_error.id"
)
_LISTED = ("file", "sheet", "row", "column", "header", "value", "reason")


def mark(
    path: Path,
    errors: Iterable[CellError],
    out: Path,
    language: str,
    ctx: TaskContext,
    *,
    recognition: Recognition | None = None,
    fixes: Fixes | None = None,
) -> None:
    """Copy the sheet at *path* to *out* with *errors* marked and explained in *language*, and *fixes* filled in.

    Raises:
        WorkbookError: the sheet cannot be read, or the copy not written.
        TaskCancelled: stopped.
    """
    translate = Messages("zh" if language == "zh" else "en").text
    copy = marked_copy(path, errors, out, translate, ctx, recognition=recognition)
    if fixes and copy.is_whole and recognition is not None:
        _fill_in(out, recognition.sheet, fixes)


def _fill_in(out: Path, sheet: str, fixes: Fixes) -> None:
    """What the user typed in the preview stands in the copy, too, or it would be refused again."""
    import openpyxl

    book = openpyxl.load_workbook(out, keep_vba=out.suffix.lower() == ".xlsm", rich_text=True)
    page = book[sheet] if sheet in book.sheetnames else book.worksheets[0]
    for (row, letter), text in fixes.items():
        cell = page[f"{letter}{row}"]
        if cell.comment is None:  # else the typed text was refused as well, and stays for the user to see
            cell.value = text
            cell.data_type = "s"
    book.save(out)


def stored_errors(db: Database, change_uid: str, file: str) -> list[CellError]:
    """The refused cells of one of the files that were imported as this change."""
    with db.reader.connect() as connection:
        rows = connection.exec_driver_sql(_ERRORS, (change_uid, file)).all()
    return [
        CellError(file, sheet, row, column, header, field, value, code, dict(orjson.loads(params or "{}")))
        for file, sheet, row, column, header, field, value, code, params in rows
    ]


def mark_applied(db: Database, change_uid: str, path: Path, out: Path, language: str, ctx: TaskContext) -> None:
    """The sheet an applied import came from, with the cells it refused; a list of them where it is not there any more.

    Raises:
        NotFound: nothing was refused, or the change is gone.
        WorkbookError: the copy cannot be written.
        TaskCancelled: stopped.
    """
    errors = stored_errors(db, change_uid, path.name)
    if not errors:
        raise NotFound(noun="change", name=change_uid)
    if path.is_file():
        mark(path, errors, out, language, ctx)
    else:
        _write_list(errors, out, language, ctx)


def _write_list(errors: Sequence[CellError], out: Path, language: str, ctx: TaskContext) -> None:
    translate = Messages("zh" if language == "zh" else "en").text
    columns = [OutColumn(translate(f"import.list.{name}"), is_text=True) for name in _LISTED]
    rows = [
        (error.file, error.sheet, str(error.row), error.column, error.header, error.value, error.message(translate))
        for error in errors
    ]
    write_xlsx(out, [OutSheet(translate("import.list.sheet_name"), columns, rows)], ctx)
