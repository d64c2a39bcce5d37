"""What an .xls would cost calamine: passwords, announced sizes, the rectangle around the values, repeated strings.

Source: [MS-XLS] 2.4 (BoundSheet8, Dimensions, FilePass, LabelSst, MulRk, SST …), 2.5.293 (XLUnicodeRichExtendedString).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.limits import limits
from app.services.workbooks.ole import CompoundFile

_BOUND_SHEET, _FILE_PASS, _SST, _CONTINUE, _END, _START, _DIMENSIONS = 0x85, 0x2F, 0xFC, 0x3C, 0x0A, 0x809, 0x200
_LABEL_SST, _MUL_RK = 0xFD, 0xBD
_CELL_RECORDS = frozenset({0x203, 0x204, 0xD6, 0x205, 0x27E, _LABEL_SST, _MUL_RK, 0x06})
_LARGEST_GRID = 65_536 * 256  # every row and column an .xls has
_WORKBOOK_STREAMS = ("Workbook", "Book", "WORKBOOK", "BOOK")


def check_xls(path: Path, shown_name: str) -> None:
    """Judge a compound file that may be a workbook.

    Raises:
        WorkbookError: `.encrypted`, `.not_a_sheet`, `.damaged`, `.too_large`, `.bomb`.
    """
    compound = CompoundFile(path, shown_name)
    if compound.find("EncryptedPackage", "EncryptionInfo"):
        raise WorkbookError("workbook.encrypted", file=shown_name)
    entry = compound.find(*_WORKBOOK_STREAMS)
    if entry is None:
        raise WorkbookError("workbook.not_a_sheet", file=shown_name)
    try:
        _Biff(compound.stream(entry), shown_name).check()
    except (struct.error, IndexError) as error:
        raise compound.damaged() from error


class _Biff:
    """The records of a workbook stream."""

    def __init__(self, data: bytes, shown_name: str) -> None:
        self._data = data
        self._name = shown_name
        self._sizes: list[int] = []
        self._cells = 0
        self._weight = 0

    def check(self) -> None:
        """Walk the globals, then every sheet they name."""
        sheets: list[int] = []
        for kind, at, size in self._records(0):
            if kind == _FILE_PASS:
                raise WorkbookError("workbook.encrypted", file=self._name)
            if kind == _BOUND_SHEET:
                sheets.append(struct.unpack_from("<I", self._data, at)[0])
            elif kind == _SST:
                self._sizes = list(_string_sizes(self._with_continuations(at, size)))
            elif kind == _END:
                break
        for position in sheets:
            self._check_sheet(position)

    def _records(self, position: int) -> Iterator[tuple[int, int, int]]:
        """(type, offset of the body, length) from *position* to the end of the stream."""
        data, end, header = self._data, len(self._data) - 4, struct.Struct("<HH").unpack_from
        while position <= end:
            kind, size = header(data, position)
            yield kind, position + 4, size
            position += 4 + size

    def _with_continuations(self, at: int, size: int) -> list[bytes]:
        """The body at *at* and those of the Continue records behind it."""
        parts = [self._data[at : at + size]]
        for kind, start, length in self._records(at + size):
            if kind != _CONTINUE:
                break
            parts.append(self._data[start : start + length])
        return parts

    def _check_sheet(self, position: int) -> None:
        bounds, unpack, number = limits(), struct.Struct("<HH").unpack_from, struct.Struct("<I").unpack_from
        top, left, bottom, right = bounds.rows, bounds.columns, -1, -1
        data, sizes, depth, cells, weight = self._data, self._sizes, 0, 0, 0
        for kind, at, size in self._records(position):
            if kind == _START:
                depth += 1
            elif kind == _END:
                depth -= 1
                if depth <= 0:
                    break
            elif kind in _CELL_RECORDS and depth <= 1:
                row, column = unpack(data, at)
                if row < top:
                    top = row
                if row > bottom:
                    bottom = row
                if column < left:
                    left = column
                if kind == _LABEL_SST:
                    index = number(data, at + 6)[0]
                    weight += sizes[index] if index < len(sizes) else 0
                elif kind == _MUL_RK:
                    column = struct.unpack_from("<H", data, at + size - 2)[0]
                if column > right:
                    right = column
                cells += 1
            elif kind == _DIMENSIONS and depth <= 1:
                self._check_dimensions(data[at : at + size])
        self._cells += cells
        self._weight += weight
        self._judge((bottom - top + 1) * (right - left + 1) if bottom >= 0 else 0)

    def _check_dimensions(self, body: bytes) -> None:
        """calamine reserves the announced rectangle, whatever the sheet holds."""
        layout = "<HHHH" if len(body) == 10 else "<IIHH"
        first_row, last_row, first_column, last_column = struct.unpack_from(layout, body)
        if not last_row or not last_column:
            return
        if first_column > 0xFF or last_column < first_column:
            first_column = 0
        rows, columns = last_row - first_row, last_column - first_column
        if rows <= 0 or columns <= 0 or rows * columns > _LARGEST_GRID:
            raise WorkbookError("workbook.damaged", file=self._name)

    def _judge(self, area: int) -> None:
        bounds = limits()
        if max(area, self._cells) > bounds.cells:
            raise WorkbookError("workbook.too_large", file=self._name, found=max(area, self._cells), limit=bounds.cells)
        if self._weight > bounds.text_bytes:
            raise WorkbookError("workbook.bomb", file=self._name, member="Workbook")


def _string_sizes(parts: list[bytes]) -> Iterator[int]:
    """Characters of each shared string; a string may go on in the next part, which then begins with its width flag."""
    part, position, number = parts[0], 8, 0
    head = struct.Struct("<HB").unpack_from

    def advance() -> bool:
        nonlocal part, position, number
        number += 1
        if number >= len(parts):
            return False
        part, position = parts[number], 0
        return True

    while position < len(part) or advance():
        if len(part) - position < 3:
            return
        characters, flags = head(part, position)
        position += 3
        end = position + (characters << (flags & 1))
        if not flags & 0x0C and end <= len(part):  # nearly all: nothing but its characters, all of them in this part
            yield characters
            position = end
            continue
        skip = 0
        if flags & 0x08:
            skip += 4 * struct.unpack_from("<H", part, position)[0]
            position += 2
        if flags & 0x04:
            skip += struct.unpack_from("<I", part, position)[0]
            position += 4
        yield characters
        while characters:
            width = 1 + (flags & 1)
            taken = min(characters, (len(part) - position) // width)
            characters -= taken
            position += taken * width
            if characters:
                if not advance() or not part:
                    return
                flags, position = part[0], 1
        while skip > len(part) - position:
            skip -= len(part) - position
            if not advance():
                return
        position += skip
