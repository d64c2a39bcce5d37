"""HTML tables that platforms and ERPs save as `.xls`: every table is a sheet, every cell is text.

Nothing but characters is taken from the page: no scripts, styles, entities of its own or remote parts.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.grid import Grid, Merge, Row
from app.services.workbooks.limits import limits

_TABLE_START = re.compile(rb"<\s*(?:!doctype\s+html|html|table|head|body|meta)\b", re.IGNORECASE)
_HAS_TABLE = re.compile(rb"<\s*table\b", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_SOURCE_SPACE = re.compile(r"[ \t\r\n\f]+")
_SAMPLE_BYTES = 4096
_BREAKS = frozenset({"br", "p", "div", "li"})
_SILENT = frozenset({"script", "style", "title"})
_MOST_SPAN = 1000  # browsers, too, cut colspan at 1000
_CHUNK = 1 << 18
_CHINESE = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030"}


def is_html(sample: bytes) -> bool:
    """Whether the first bytes begin an HTML page or table."""
    start = sample.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        start = start.decode("utf-16", "ignore").encode()
    return start.startswith(b"<") and _TABLE_START.search(start[:1024]) is not None


class HtmlSheets:
    """The tables of a page.

    Raises:
        WorkbookError: `.not_a_sheet` for a page without a table, `.too_large`, `.cell_too_large`.
    """

    def __init__(self, path: Path, shown_name: str) -> None:
        self.encoding = _encoding(path)
        collector = _TableCollector(shown_name)
        with path.open(encoding=self.encoding, errors="replace", newline="") as handle:
            while piece := handle.read(_CHUNK):
                collector.feed(piece)
        collector.close()
        collector.end_table()
        self._tables = [table for table in collector.tables if table.rows]
        if not self._tables:
            raise WorkbookError("workbook.not_a_sheet", file=shown_name)

    @property
    def names(self) -> list[str]:
        """Names of the tables in their order; pages have none of their own."""
        return [f"Table {number}" for number in range(1, len(self._tables) + 1)]

    def grid(self, index: int) -> Grid:
        """The cells of one table; spanned cells are empty but for the first, as in a workbook."""
        table = self._tables[index]

        def rows() -> Iterator[Row]:
            yield from table.rows

        return Grid(0, 0, len(table.rows), tuple(table.merges), True, rows)


def _encoding(path: Path) -> str:
    with path.open("rb") as handle:
        sample = handle.read(_SAMPLE_BYTES)
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    named = _CHARSET.search(sample)
    name = named[1].decode("ascii").lower() if named else ""
    try:
        codecs.lookup(name)
    except LookupError:
        name = ""
    if name in ("", "utf-8", "utf8"):
        return "utf-8" if _is_utf8(path) else "gb18030"
    return _CHINESE.get(name, name)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as handle:
        try:
            while piece := handle.read(_CHUNK):
                decoder.decode(piece)
        except UnicodeDecodeError:
            return False
    return True


class _Table:
    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.merges: list[Merge] = []
        self.held: dict[int, int] = {}
        """Column → last row that a cell above reaches down to."""


class _TableCollector(HTMLParser):
    """Collects the cells of the outermost tables."""

    def __init__(self, shown_name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._name = shown_name
        self._depth = 0
        self._table: _Table | None = None
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._length = self._cells = 0
        self._silent = ""

    def feed(self, data: str) -> None:
        """Parse a piece; what is kept for the next piece must stay small."""
        super().feed(data)
        if len(self.rawdata) > limits().cell_chars:
            raise WorkbookError("workbook.cell_too_large", file=self._name, limit=limits().cell_chars)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, row or cell."""
        if tag in _SILENT:
            self._silent = tag
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._table = _Table()
                self.tables.append(self._table)
        elif self._table is None or self._depth != 1:
            return
        elif tag == "tr":
            self._end_cell()
            self._table.rows.append([])
        elif tag in ("td", "th"):
            self._end_cell()
            if not self._table.rows:
                self._table.rows.append([])
            given = dict(attrs)
            self._span = (_span(given.get("rowspan")), _span(given.get("colspan")))
            self._cell, self._length = [], 0
        elif tag in _BREAKS and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Close a cell, row or table."""
        if tag == self._silent:
            self._silent = ""
        elif tag in ("td", "th", "tr") and self._depth == 1:
            self._end_cell()
        elif tag == "table" and self._depth:
            self._depth -= 1
            if not self._depth:
                self.end_table()

    def handle_data(self, data: str) -> None:
        """Text of a cell."""
        if self._cell is None or self._silent:
            return
        self._length += len(data)
        if self._length > limits().cell_chars:
            raise WorkbookError("workbook.cell_too_large", file=self._name, limit=limits().cell_chars)
        self._cell.append(_SOURCE_SPACE.sub(" ", data))

    def end_table(self) -> None:
        """Close what is open; pages cut off in the middle keep what they had."""
        self._end_cell()
        self._table = None

    def _end_cell(self) -> None:
        """Put the finished cell behind its neighbours, past cells that rowspan reserves."""
        table = self._table
        if self._cell is None or table is None:
            return
        text = "\n".join(line.strip() for line in "".join(self._cell).split("\n")).strip("\n ")
        self._cell = None
        row, number = table.rows[-1], len(table.rows) - 1
        before = len(row)
        while table.held.get(len(row), -1) >= number:
            row.append("")
        height, width = self._span
        column = len(row)
        row.append(text)
        row.extend([""] * (width - 1))
        if height > 1:
            table.held.update(dict.fromkeys(range(column, column + width), number + height - 1))
        if height > 1 or width > 1:
            table.merges.append((number, column, number + height - 1, column + width - 1))
        self._cells += len(row) - before
        if self._cells > limits().cells:
            raise WorkbookError("workbook.too_large", file=self._name, found=self._cells, limit=limits().cells)


def _span(text: str | None) -> int:
    digits = (text or "").strip()
    return min(max(int(digits), 1), _MOST_SPAN) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 1
