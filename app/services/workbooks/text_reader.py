"""CSV and TSV in the encodings that Excel, WPS and web shops write.

Encoding: a byte order mark, else UTF-8 if every byte fits, else UTF-16 by its zero bytes, else GB18030
(domain.md 6 and 19). Delimiter: the one of comma, semicolon and tab that splits the first lines most evenly.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.grid import Grid, Row
from app.services.workbooks.limits import limits

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ",\t;"
_SAMPLE_BYTES = 1 << 16
_SAMPLE_LINES = 40
_CHUNK = 1 << 20
_CONTROLS = frozenset(map(chr, range(32))) - frozenset("\t\n\r\f")
_MOST_CONTROLS = 0.01  # share of control characters above which something is not text


def text_encoding(path: Path) -> str | None:
    """The encoding of a text file, None when it is not text."""
    with path.open("rb") as handle:
        sample = handle.read(_SAMPLE_BYTES)
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return encoding if _decodes(path, encoding) else None
    zeros = sample.count(0)
    if zeros:
        wide = "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
        return wide if zeros * 5 > len(sample) and _decodes(path, wide) and _looks_written(sample, wide) else None
    for encoding in ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding if _looks_written(sample, encoding) else None
    return None


def _decodes(path: Path, encoding: str) -> bool:
    """Whether the whole file is valid in *encoding*; read in pieces."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as handle:
        try:
            while piece := handle.read(_CHUNK):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _looks_written(sample: bytes, encoding: str) -> bool:
    text = sample.decode(encoding, "ignore")
    return sum(character in _CONTROLS for character in text) <= len(text) * _MOST_CONTROLS


def delimiter_of(sample: str) -> str:
    """The delimiter that gives the most fields in the same number on most lines; comma where none does."""
    best, best_score = ",", 0
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row]
        except csv.Error:
            continue
        widths = widths[: _SAMPLE_LINES - 1] or widths
        width, lines = Counter(widths).most_common(1)[0] if widths else (1, 0)
        score = (width - 1) * lines
        if score > best_score:
            best, best_score = delimiter, score
    return best


class TextSheet:
    """A delimited text file as one sheet.

    Raises:
        WorkbookError: while reading: `.cell_too_large`, `.too_large`, `.damaged`.
    """

    def __init__(self, path: Path, shown_name: str, encoding: str) -> None:
        self._path, self._name = path, shown_name
        self.encoding = encoding
        with path.open(encoding=encoding, newline="", errors="replace") as handle:
            lines = handle.read(_SAMPLE_BYTES).splitlines(keepends=True)[:_SAMPLE_LINES]
        self.delimiter, self._skipped = self._announced(lines)

    def _announced(self, lines: list[str]) -> tuple[str, int]:
        """Excel's `sep=;` line says the delimiter and is no row of the table."""
        first = lines[0].strip() if lines else ""
        if first.lower().startswith("sep=") and len(first) == len("sep=") + 1:
            return first[-1], 1
        return delimiter_of("".join(lines)), 0

    def grid(self) -> Grid:
        """The cells; rows of different length keep their length."""
        return Grid(self._skipped, 0, None, (), True, self._rows)

    def _rows(self) -> Iterator[Row]:
        bounds, cells = limits(), 0
        csv.field_size_limit(bounds.cell_chars)  # of the whole process; never lowered, another thread may be reading
        try:
            with self._path.open(encoding=self.encoding, newline="") as handle:
                for number, row in enumerate(csv.reader(handle, delimiter=self.delimiter)):
                    cells += len(row)
                    if cells > bounds.cells or number > bounds.rows or len(row) > bounds.columns:
                        raise WorkbookError("workbook.too_large", file=self._name, found=cells, limit=bounds.cells)
                    if number >= self._skipped:
                        yield row
        except csv.Error as error:
            code = "workbook.cell_too_large" if "field larger" in str(error) else "workbook.damaged"
            raise WorkbookError(code, file=self._name, limit=bounds.cell_chars) from error
        except UnicodeDecodeError as error:
            raise WorkbookError("workbook.damaged", file=self._name) from error
