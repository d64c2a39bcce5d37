"""A small writer of workbooks: rows stream through it, and the same rows give the same bytes.

The libraries of the trade either keep a whole sheet in memory or write the hour into the file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from app.samples.xlsx_frame import HEAD, NAMESPACE, frame

Cell = str | int | Decimal | None
TEXT_FORMAT = 2
"""Style of a cell that Excel must leave as text; 1 is the bold of headers (`xlsx_frame.STYLES`)."""

ROWS_AT_A_TIME = 500
KNOWN_TEXTS = 20_000
"""Texts remembered to be stored once; more would make memory grow with the sheet."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet to write: `rows` may be a generator; the first `bold_rows` are headers; `text_columns` hold codes."""

    name: str
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[float] = ()
    bold_rows: int = 1
    text_columns: frozenset[int] = frozenset()


class SharedStrings:
    """The workbook's texts in the order of their numbers, on disk until all sheets are written."""

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool
        self._known: dict[str, int] = {}
        self.count = 0

    def number(self, text: str) -> int:
        """The number of *text*, new or remembered."""
        number = self._known.get(text)
        if number is None:
            if len(self._known) >= KNOWN_TEXTS:
                self._known.clear()
            number = self._known[text] = self.count
            self.count += 1
            self._spool.write(f'<si><t xml:space="preserve">{escape(text)}</t></si>'.encode())
        return number

    def write_to(self, part: IO[bytes]) -> None:
        """Write the finished part of the package."""
        part.write(f'{HEAD}<sst xmlns="{NAMESPACE}/spreadsheetml/2006/main" uniqueCount="{self.count}">'.encode())
        self._spool.seek(0)
        while piece := self._spool.read(1 << 20):
            part.write(piece)
        part.write(b"</sst>")


def write_workbook(target: IO[bytes], sheets: Sequence[Sheet]) -> None:
    """Write *sheets* into *target*, a seekable binary file."""
    with ZipFile(target, "w", ZIP_DEFLATED) as package, tempfile.TemporaryFile() as spool:
        for name, text in frame([sheet.name for sheet in sheets]).items():
            package.writestr(_entry(name), text)
        strings = SharedStrings(spool)
        for number, sheet in enumerate(sheets, 1):
            with package.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True) as part:
                _write_sheet(part, sheet, strings)
        with package.open(_entry("xl/sharedStrings.xml"), "w", force_zip64=True) as part:
            strings.write_to(part)


def _entry(name: str) -> ZipInfo:
    """An entry without the hour, so that equal content makes equal files."""
    info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = ZIP_DEFLATED
    return info


def _write_sheet(part: IO[bytes], sheet: Sheet, strings: SharedStrings) -> None:
    part.write(
        f'{HEAD}<worksheet xmlns="{NAMESPACE}/spreadsheetml/2006/main">{_columns(sheet.widths)}<sheetData>'.encode()
    )
    letters: list[str] = []
    pieces: list[str] = []
    for number, row in enumerate(sheet.rows, 1):
        while len(letters) < len(row):
            letters.append(column_letters(len(letters)))
        pieces.append(_row(number, row, sheet, letters, strings))
        if len(pieces) == ROWS_AT_A_TIME:
            part.write("".join(pieces).encode())
            pieces.clear()
    part.write("".join(pieces).encode())
    part.write(b"</sheetData></worksheet>")


def _row(number: int, row: Sequence[Cell], sheet: Sheet, letters: list[str], strings: SharedStrings) -> str:
    cells = [f'<row r="{number}">']
    for column, value in enumerate(row):
        if value is None or value == "":
            continue
        style = 1 if number <= sheet.bold_rows else TEXT_FORMAT if column in sheet.text_columns else 0
        shown = f' s="{style}"' if style else ""
        if isinstance(value, str):
            cells.append(f'<c r="{letters[column]}{number}"{shown} t="s"><v>{strings.number(value)}</v></c>')
        else:
            cells.append(f'<c r="{letters[column]}{number}"{shown}><v>{value}</v></c>')
    cells.append("</row>")
    return "".join(cells)


def column_letters(index: int) -> str:
    """A, B … Z, AA … for the column *index*, counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _columns(widths: Sequence[float]) -> str:
    shown = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(widths, 1)
    )
    return f"<cols>{shown}</cols>" if shown else ""
