"""Workbooks that calamine reads, opened only after their guard has passed them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import islice
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    WorksheetNotFound,
)

from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.grid import Grid, Row
from app.services.workbooks.ods_guard import check_ods
from app.services.workbooks.staged_copy import StagedCopy, is_worth_staging
from app.services.workbooks.xls_guard import check_xls
from app.services.workbooks.xlsb_guard import check_xlsb
from app.services.workbooks.xlsx_guard import XlsxGuard
from app.services.workbooks.zip_guard import SafeZip


class FileFormat(StrEnum):
    """What a file is by its content."""

    XLSX = "xlsx"
    XLSM = "xlsm"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    TEXT = "text"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet of a file: its name, and whether a person sees it in Excel."""

    name: str
    is_visible: bool = True


# calamine chooses its reader by the file's name; a name that lies needs the slower way through memory.
_ENDINGS = {
    ".xls": FileFormat.XLS,
    ".xla": FileFormat.XLS,
    ".xlsx": FileFormat.XLSX,
    ".xlsm": FileFormat.XLSX,
    ".xlam": FileFormat.XLSX,
    ".xlsb": FileFormat.XLSB,
    ".ods": FileFormat.ODS,
}


class Book:
    """An opened workbook.

    Raises:
        WorkbookError: `.encrypted`, `.damaged`, `.bomb`, `.too_large`, `.cell_too_large`, `.entity`, `.not_a_sheet`;
            what is wrong with a large sheet is only said when it is loaded.
    """

    def __init__(self, path: Path, shown_name: str, file_format: FileFormat) -> None:
        self._path, self._name, self._format = path, shown_name, file_format
        self._archive: SafeZip | None = None
        self._staged: StagedCopy | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        try:
            self._check()
            self._book: CalamineWorkbook | None = self._open()
            if self._staged is not None:
                self._staged.open_gate()
        except BaseException:
            self.close()
            raise
        self.sheets = tuple(
            SheetInfo(meta.name, meta.visible == SheetVisibleEnum.Visible)
            for meta in self._book.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet
        )

    def close(self) -> None:
        """Let go of the file and of everything that was made of it."""
        self._book = None
        if self._staged is not None:
            self._staged.stop()
        if self._archive is not None:
            self._archive.close()
        if self._folder is not None:
            self._folder.cleanup()
        self._staged = self._archive = self._folder = None

    def release(self) -> None:
        """Let go of the strings that only sheets still to be loaded would need; loading one opens the file again."""
        if self._staged is not None:
            if not self._staged.is_settled:
                return
            self._staged.stop()
            self._staged = None
        self._book = None

    def grid(self, sheet: str) -> Grid | None:
        """The cells of *sheet*, None when it is empty.

        Raises:
            WorkbookError: `.no_sheet`, `.damaged`, and what the check of a large sheet finds.
        """
        loaded = self._load(sheet)
        if loaded.start is None or loaded.end is None:
            return None
        (top, left), (bottom, _) = loaded.start, loaded.end
        merges = tuple((*first, *last) for first, last in loaded.merged_cell_ranges or ())

        def rows() -> Iterator[Row]:
            # iter_rows() invents the empty rows above the area, but not the empty columns beside it
            return islice(loaded.iter_rows(), top, None)

        return Grid(top, left, bottom - top + 1, merges, False, rows)

    def _check(self) -> None:
        """Have the guard of the format judge the file; a large sheet is judged while it is read."""
        if self._format is FileFormat.XLS:
            check_xls(self._path, self._name)
            return
        self._archive = SafeZip(self._path, self._name)
        if self._format is FileFormat.XLSB:
            check_xlsb(self._archive)
        elif self._format is FileFormat.ODS:
            check_ods(self._archive)
        else:
            self._check_xlsx(self._archive)

    def _check_xlsx(self, archive: SafeZip) -> None:
        guard = XlsxGuard(archive)
        guard.check_small_parts()
        largest = max(guard.sheets, key=lambda info: info.compress_size, default=None)
        staged = largest if largest is not None and is_worth_staging(largest) else None
        for info in guard.sheets:
            if info is not staged:
                guard.check_sheet(info)
        if staged is not None:
            self._folder = tempfile.TemporaryDirectory(prefix="shangjia-")
            self._staged = StagedCopy(archive, staged, partial(guard.check_sheet, staged), Path(self._folder.name))

    def _load(self, sheet: str) -> CalamineSheet:
        """The sheet once its check is through; read again where calamine was faster than the check."""
        if self._book is None:
            self._book = self._open()
        if self._staged is None:
            return self._read(self._book, sheet)
        try:
            loaded = self._read(self._book, sheet)
        except WorkbookError:
            self._staged.settle()
            return self._read(self._book, sheet)
        self._staged.settle()
        return loaded

    def _open(self) -> CalamineWorkbook:
        try:
            if self._staged is not None:
                return CalamineWorkbook.from_path(str(self._staged.path))
            if _ENDINGS.get(self._path.suffix.lower(), self._family()) is self._family():
                return CalamineWorkbook.from_path(str(self._path))
            with self._path.open("rb") as handle:
                return CalamineWorkbook.from_filelike(handle)
        except BaseException as error:  # calamine's panics are no Exception; `_explained` keeps what is not about files
            raise self._explained(error) from error

    def _family(self) -> FileFormat:
        return FileFormat.XLSX if self._format is FileFormat.XLSM else self._format

    def _read(self, book: CalamineWorkbook, sheet: str) -> CalamineSheet:
        try:
            return book.get_sheet_by_name(sheet)
        except BaseException as error:  # as above
            raise self._explained(error) from error

    def _explained(self, error: BaseException) -> BaseException:
        """Our error for calamine's; anything that is not about the file stays what it is."""
        if isinstance(error, PasswordError):
            return WorkbookError("workbook.encrypted", file=self._name)
        if isinstance(error, WorksheetNotFound):
            return WorkbookError("workbook.no_sheet", file=self._name, sheet=str(error)[:100])
        if isinstance(error, CalamineError | OSError | ValueError) or type(error).__name__ == "PanicException":
            return WorkbookError("workbook.damaged", file=self._name)
        return error
