"""Any dropped file, opened by what it holds and not by what it is called."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import TracebackType

from app.services.workbooks import ole
from app.services.workbooks.books import Book, FileFormat, SheetInfo
from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.grid import Grid
from app.services.workbooks.html_reader import HtmlSheets, is_html
from app.services.workbooks.limits import limits
from app.services.workbooks.packages import DataPackage
from app.services.workbooks.text_reader import TextSheet, text_encoding
from app.services.workbooks.zip_guard import SafeZip

_SAMPLE_BYTES = 4096
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_NEVER_SHEETS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"MZ", b"<?xml", b"{")


class OpenedFile:
    """A file whose sheets can be read. Use as a context manager; stays in the process that opened it.

    Attributes:
        path: the dropped file.
        name: how messages call it; for a package the zip and the sheet in it.
        format: what the sheet is.
        sheets: all worksheets in their order, hidden ones too.
        package: the zip around the sheet, None where there is none.
        encoding, delimiter: of text files, else "".
    """

    def __init__(self, path: Path, name: str, file_format: FileFormat, content: Path) -> None:
        self.path, self.name, self.format = path, name, file_format
        self.content = content
        self.package: DataPackage | None = None
        self.encoding = self.delimiter = ""
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._grids: dict[str, Grid | None] = {}
        self._source: Book | TextSheet | HtmlSheets
        if file_format is FileFormat.TEXT:
            self._source = TextSheet(content, name, text_encoding(content) or "utf-8")
            self.encoding, self.delimiter = self._source.encoding, self._source.delimiter
            self.sheets: tuple[SheetInfo, ...] = (SheetInfo(path.stem),)
        elif file_format is FileFormat.HTML:
            self._source = HtmlSheets(content, name)
            self.encoding = self._source.encoding
            self.sheets = tuple(map(SheetInfo, self._source.names))
        else:
            self._source = Book(content, name, file_format)
            self.sheets = self._source.sheets

    def __enter__(self) -> OpenedFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file, and of the copy that was unpacked from a package."""
        self._grids.clear()
        if isinstance(self._source, Book):
            self._source.close()
        if self.package is not None:
            self.package.close()
        if self._folder is not None:
            self._folder.cleanup()

    def grid(self, sheet: str) -> Grid | None:
        """The cells of *sheet*, None when there are none; loaded once and kept until `forget` or `close`.

        Raises:
            WorkbookError: `.no_sheet`, and what the reader finds wrong.
        """
        if sheet not in self._grids:
            names = [info.name for info in self.sheets]
            if sheet not in names:
                raise WorkbookError("workbook.no_sheet", file=self.name, sheet=sheet)
            if isinstance(self._source, Book):
                self._grids[sheet] = self._source.grid(sheet)
            elif isinstance(self._source, TextSheet):
                self._grids[sheet] = self._source.grid()
            else:
                self._grids[sheet] = self._source.grid(names.index(sheet))
        return self._grids[sheet]

    def forget(self, sheet: str) -> None:
        """Free the memory of a loaded sheet."""
        self._grids.pop(sheet, None)

    def release(self) -> None:
        """Free what only further sheets would need; loading another one opens the file again."""
        if isinstance(self._source, Book):
            self._source.release()

    def adopt(self, package: DataPackage, folder: tempfile.TemporaryDirectory[str]) -> None:
        """Make the package and the folder of its unpacked sheet live as long as this."""
        self.package, self._folder = package, folder


def open_workbook(path: Path) -> OpenedFile:
    """Open *path*: .xlsx, .xlsm, .xlsb, .xls, .ods, CSV, TSV, HTML table or a zip that holds one of them.

    Raises:
        WorkbookError: why it cannot be read; nothing is left behind.
    """
    path = Path(path)
    if not path.is_file():
        raise WorkbookError("workbook.not_found", file=path.name)
    size = path.stat().st_size
    if not size:
        raise WorkbookError("workbook.empty", file=path.name)
    if size > limits().package_bytes:
        raise WorkbookError("workbook.too_large", file=path.name, found=size, limit=limits().package_bytes)
    file_format = _format_of(path, path.name)
    if file_format is None:
        return _open_package(path)
    return _open_plain(path, path.name, file_format, path)


def _open_plain(path: Path, name: str, file_format: FileFormat, content: Path) -> OpenedFile:
    size = content.stat().st_size
    if size > limits().file_bytes:
        raise WorkbookError("workbook.too_large", file=name, found=size, limit=limits().file_bytes)
    opened = OpenedFile(path, name, file_format, content)
    if not opened.sheets:
        opened.close()
        raise WorkbookError("workbook.not_a_sheet", file=name)
    return opened


def _format_of(content: Path, name: str) -> FileFormat | None:
    """The format, None for a zip that is no workbook itself.

    Raises:
        WorkbookError: `.not_a_sheet`, and what `SafeZip` raises.
    """
    with content.open("rb") as handle:
        sample = handle.read(_SAMPLE_BYTES)
    if sample.startswith(ole.SIGNATURE):
        return FileFormat.XLS
    if sample.startswith(_ZIP):
        return _format_of_zip(content, name)
    if is_html(sample):
        return FileFormat.HTML
    if sample.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_NEVER_SHEETS) or text_encoding(content) is None:
        raise WorkbookError("workbook.not_a_sheet", file=name)
    return FileFormat.TEXT


def _format_of_zip(content: Path, name: str) -> FileFormat | None:
    with SafeZip(content, name, strict=False) as archive:
        names = {member.lower(): member for member in archive.members}
        if "[content_types].xml" in names:
            if any(member.endswith("workbook.bin") for member in names):
                return FileFormat.XLSB
            if not any(member.endswith("workbook.xml") for member in names):
                raise archive.error("not_a_sheet")
            has_macros = any(member.endswith("vbaproject.bin") for member in names)
            return FileFormat.XLSM if has_macros else FileFormat.XLSX
        if "mimetype" in names and "content.xml" in names:
            if not archive.read(archive.members[names["mimetype"]], _SAMPLE_BYTES).startswith(_ODS):
                raise archive.error("not_a_sheet")
            return FileFormat.ODS
        if not names:
            raise archive.error("no_products")
    return None


def _open_package(path: Path) -> OpenedFile:
    """Unpack the products sheet alone into a folder that lives as long as the opened file."""
    package = DataPackage(path, path.name)
    folder = tempfile.TemporaryDirectory(prefix="shangjia-")
    try:
        name = f"{path.name}/{package.sheet_member}"
        content = Path(folder.name) / f"sheet{Path(package.sheet_member).suffix.lower()}"
        with content.open("wb") as target:
            package.copy_sheet(target)
        if not content.stat().st_size:
            raise WorkbookError("workbook.empty", file=name)
        file_format = _format_of(content, name)
        if file_format is None:
            raise WorkbookError("workbook.not_a_sheet", file=name)
        opened = _open_plain(path, name, file_format, content)
    except BaseException:
        package.close()
        folder.cleanup()
        raise
    opened.adopt(package, folder)
    return opened
