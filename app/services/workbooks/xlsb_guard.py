"""What an .xlsb would cost calamine: its records are walked and the rectangle around its values is measured.

Source: [MS-XLSB] 2.1.4 (records), 2.4 (BrtRowHdr, BrtCell…, BrtSSTItem).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from app.services.workbooks.limits import limits
from app.services.workbooks.zip_guard import SafeZip, member_name

_ROW_HEADER = 0x00
_SHARED_STRING_CELL = 0x07
_LAST_CELL_RECORD = 0x0B
_BLANK_CELL = 0x01
_STRING_ITEM = 0x13
_END_OF_CELLS = 0x92


def check_xlsb(archive: SafeZip) -> None:
    """Judge the parts that calamine will read.

    Raises:
        WorkbookError: `.bomb`, `.too_large`, `.cell_too_large`, `.damaged`, `.entity`.
    """
    bounds, sheets, sizes = limits(), [], []
    parts = {name.lower(): info for name, info in archive.members.items() if not name.lower().startswith("xl/media/")}
    for info in parts.values():
        archive.check_size(info, bounds.unpacked_bytes)
    total = sum(info.file_size for info in parts.values())
    if total > bounds.unpacked_bytes:
        raise archive.error("too_large", found=total, limit=bounds.unpacked_bytes)
    for name, info in parts.items():
        if name.endswith("sharedstrings.bin"):
            sizes = [size for kind, _, size in _records(archive, info) if kind == _STRING_ITEM]
        elif "sheets/" in name and "_rels/" not in name:
            sheets.append(info)
        elif info.file_size > bounds.other_part_bytes:
            raise archive.error("too_large", found=info.file_size, limit=bounds.other_part_bytes)
        elif name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(info, bounds.other_part_bytes):
            raise archive.error("entity")
    if max(sizes, default=0) > 2 * bounds.cell_chars:
        raise archive.error("cell_too_large", limit=bounds.cell_chars)
    for info in sheets:
        _check_sheet(archive, info, sizes)


def _check_sheet(archive: SafeZip, info: zipfile.ZipInfo, sizes: list[int]) -> None:
    """Measure rows × columns of the values, and the text that shared strings add up to."""
    bounds = limits()
    top, left, bottom, right, row, weight = bounds.rows, bounds.columns, -1, -1, 0, 0
    for kind, body, size in _records(archive, info):
        if kind > _LAST_CELL_RECORD:
            if kind == _END_OF_CELLS:
                break
            continue
        if kind == _ROW_HEADER:
            row = int.from_bytes(body[:4], "little")
            continue
        if kind == _BLANK_CELL:
            continue
        column = int.from_bytes(body[:4], "little")
        if column >= bounds.columns or row >= bounds.rows:
            raise archive.error("damaged")
        top, bottom, left, right = min(top, row), max(bottom, row), min(left, column), max(right, column)
        if kind == _SHARED_STRING_CELL:
            index = int.from_bytes(body[8:12], "little")
            weight += sizes[index] if index < len(sizes) else 0
        elif size > 2 * bounds.cell_chars:
            raise archive.error("cell_too_large", limit=bounds.cell_chars)
    area = (bottom - top + 1) * (right - left + 1)
    if bottom >= 0 and area > bounds.cells:
        raise archive.error("too_large", found=area, limit=bounds.cells)
    if weight > bounds.text_bytes:
        raise archive.error("bomb", member=member_name(info)[:200])


def _records(archive: SafeZip, info: zipfile.ZipInfo) -> Iterator[tuple[int, bytes, int]]:
    """(type, first bytes of the body, length) of every record; bodies are cut at 16 bytes, enough to judge them."""
    data, position = b"", 0
    chunks = archive.chunks(info)
    while True:
        if len(data) - position < 16:
            piece = next(chunks, b"")
            data, position = data[position:] + piece, 0
            if not piece and not data:
                return
        kind = data[position]
        position += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | ((data[position : position + 1] or b"\0")[0] & 0x7F) << 7
            position += 1
        size = shift = 0
        for _ in range(4):
            byte = (data[position : position + 1] or b"\0")[0]
            position += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        while len(data) - position < size:
            piece = next(chunks, b"")
            if not piece:
                raise archive.error("damaged")
            data, position = data[position:] + piece, 0
            if size > 4 * limits().cell_chars:
                raise archive.error("cell_too_large", limit=limits().cell_chars)
        yield kind, data[position : position + 16], size
        position += size
