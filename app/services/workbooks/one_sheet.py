"""One table into the file a person has named: the ending says how."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from app.services.errors import InputError
from app.services.tasks import TaskContext
from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.export import write_csv, write_xlsx
from app.services.workbooks.out_sheets import OutColumn, OutSheet, Run, WriteReport

KINDS = (".xlsx", ".csv")


class UnknownKind(InputError):
    """The name of the file to write ends in nothing we can write; `known` lists the endings."""

    code = "export.unknown_kind"


def check_kind(path: Path, known: Sequence[str] = KINDS) -> str:
    """The ending of *path* in small letters. Raises: UnknownKind."""
    kind = path.suffix.lower()
    if kind not in known:
        raise UnknownKind(file=path.name, known=", ".join(known))
    return kind


def check_target(path: Path, known: Sequence[str] = KINDS) -> None:
    """That a file of this name can be written, asked before work that is not taken back.

    Raises:
        UnknownKind: another ending.
        WorkbookError: `.no_folder`, or `.unwritable` where a folder has the name.
    """
    check_kind(path, known)
    if not path.parent.is_dir():
        raise WorkbookError("workbook.no_folder", file=path.name, folder=str(path.parent))
    if path.is_dir():
        raise WorkbookError("workbook.unwritable", file=path.name)


def write_sheet(
    path: Path,
    name: str,
    columns: Sequence[OutColumn],
    rows: Iterable[Sequence[Any]] | Iterable[Run],
    ctx: TaskContext | None = None,
) -> WriteReport:
    """Write one table to an .xlsx, with *name* for its sheet, or to a .csv. An existing file is replaced only when the
    new one is complete.

    Raises:
        UnknownKind: another ending.
        WorkbookError: `.unwritable`, `.too_many_rows`.
        TaskCancelled: stopped; no file is left behind.
    """
    if check_kind(path) == ".csv":
        return write_csv(path, columns, rows, ctx)
    return write_xlsx(path, [OutSheet(name, columns, rows)], ctx)
