"""What an .ods would cost calamine: OpenDocument repeats cells, rows and blanks by a number, and calamine obeys it.

Source: OpenDocument 1.2 part 1, 19.675 (table:number-columns-repeated), 19.677 (table:number-rows-repeated),
19.761 (text:c). calamine compares full names, prefix included, so matching text is enough.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from app.services.workbooks.limits import limits
from app.services.workbooks.zip_guard import CHUNK, SafeZip

_TAG = re.compile(
    rb"<(?:table:(table|table-row|table-cell|covered-table-cell)|(text:s))(?=[\s/>])"
    rb"((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)>"
)
_REPEATED = re.compile(rb"table:number-(?:columns|rows)-repeated\s*=\s*[\"']\s*\+?([0-9]+)")
_SPACES = re.compile(rb"text:c\s*=\s*[\"']\s*\+?([0-9]+)")
_HAS_VALUE = re.compile(rb"office:(?:value|string-value|date-value|time-value|boolean-value|value-type)|table:formula")


def check_ods(archive: SafeZip) -> None:
    """Judge `content.xml` and the manifest.

    Raises:
        WorkbookError: `.encrypted`, `.bomb`, `.too_large`, `.cell_too_large`, `.entity`, `.damaged`.
    """
    bounds = limits()
    for name in ("META-INF/manifest.xml", "content.xml"):
        if name not in archive.members:
            raise archive.error("damaged")
    manifest = archive.read(archive.members["META-INF/manifest.xml"], bounds.other_part_bytes)
    if b"encryption-data" in manifest:
        raise archive.error("encrypted")
    content = archive.members["content.xml"]
    archive.check_size(content, bounds.unpacked_bytes)
    meter = _OdsMeter(archive)
    for match, length in _tags(archive):
        meter.see(match, length)
    meter.finish_row()


def _tags(archive: SafeZip) -> Iterator[tuple[re.Match[bytes], int]]:
    """Every table tag with the number of bytes up to the next one."""
    carried, is_first, is_inside = b"", True, False
    for piece in archive.chunks(archive.members["content.xml"]):
        text = carried + piece
        if is_first and (b"<!DOCTYPE" in text or b"<!ENTITY" in text):
            raise archive.error("entity")
        is_first = False
        matches = list(_TAG.finditer(text))
        for match, following in itertools.pairwise(matches):
            yield match, following.start() - match.start()
        is_inside = is_inside or bool(matches)
        carried = text[matches[-1].start() if matches else 0 if is_inside else max(text.rfind(b"<"), 0) :]
        if len(carried) > limits().cell_chars + CHUNK:
            raise archive.error("cell_too_large", limit=limits().cell_chars)
    for match in _TAG.finditer(carried):
        yield match, len(carried)


class _OdsMeter:
    """Counts what calamine would store, tag by tag."""

    def __init__(self, archive: SafeZip) -> None:
        self._zip = archive
        self._row_repeats, self._rows = 1, 0
        self._width = self._pending = self._row_bytes = 0
        self._widest = self._stored = self._weight = 0
        self._first: int | None = None

    def see(self, match: re.Match[bytes], length: int) -> None:
        """One tag and the bytes up to the next."""
        attributes = match[3]
        if match[2]:
            self._add_blanks(attributes)
        elif match[1] == b"table":
            self.finish_row()
            self._rows, self._first, self._widest = 0, None, 0
        elif match[1] == b"table-row":
            self.finish_row()
            self._row_repeats = _number(_REPEATED, attributes)
        else:
            self._add_cell(attributes, length)

    def _add_blanks(self, attributes: bytes) -> None:
        count = _number(_SPACES, attributes)
        if count > limits().cell_chars:
            raise self._zip.error("cell_too_large", limit=limits().cell_chars)
        self._row_bytes += count

    def _add_cell(self, attributes: bytes, length: int) -> None:
        repeats = _number(_REPEATED, attributes) if b"repeated" in attributes else 1
        if not _HAS_VALUE.search(attributes):
            self._pending = repeats
            return
        if length > limits().cell_chars:
            raise self._zip.error("cell_too_large", limit=limits().cell_chars)
        self._width = min(self._width + self._pending + repeats, limits().columns)
        if b"string" in attributes or b"formula" in attributes:
            self._row_bytes += length * min(repeats, limits().columns)
        self._pending = 0

    def finish_row(self) -> None:
        """Account for the row that just ended.

        Raises:
            WorkbookError: `.too_large`, `.bomb`.
        """
        repeats = min(self._row_repeats, limits().rows - min(self._rows, limits().rows))
        self._rows += repeats
        if self._width:
            self._first = self._rows - repeats if self._first is None else self._first
            self._widest = max(self._widest, self._width)
            self._stored += self._width
            self._weight += self._row_bytes * max(1, repeats)
            area = max((self._rows - self._first) * self._widest, self._stored)
            if area > limits().cells:
                raise self._zip.error("too_large", found=area, limit=limits().cells)
            if self._weight > limits().text_bytes:
                raise self._zip.error("bomb", member="content.xml")
        self._row_repeats, self._width, self._pending, self._row_bytes = 1, 0, 0, 0


def _number(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    """The largest number *pattern* finds, 1 where it finds none; absurd lengths count as very many."""
    found = pattern.findall(attributes)
    return max((int(text[:18]) for text in found), default=1)
