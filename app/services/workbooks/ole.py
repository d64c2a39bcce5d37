"""Compound files (.xls, and anything Office has encrypted): just enough of [MS-CFB] to find streams safely.

calamine follows sector chains without looking for circles and reserves what the header announces, so the structure
is walked here first.
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass
from pathlib import Path

from app.services.workbooks.errors import WorkbookError

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_BYTES = 512
_FREE = 0xFFFFFFFA  # this and above are marks, not sectors
_END_OF_CHAIN = 0xFFFFFFFE
_MINI_CUTOFF = 4096
_MINI_BYTES = 64
_ENTRY_BYTES = 128
_MOST_MINI_FAT = 4096  # sectors; more than calamine should reserve for
_DAMAGE = (struct.error, IndexError, OverflowError)


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    start: int
    size: int


class CompoundFile:
    """The directory of a compound file and its streams.

    Raises:
        WorkbookError: `.damaged` for circles, sectors outside the file and sizes that the file cannot hold.
    """

    def __init__(self, path: Path, shown_name: str) -> None:
        self._name = shown_name
        self._data = path.read_bytes()
        try:
            self._read_header()
            self.entries = self._read_directory()
            root = self.entries[0]
            self._mini_stream = self._chain(root.start, root.size) if self._mini_fat_sectors else b""
            mini = (
                self._chain(self._mini_fat_start, self._mini_fat_sectors * self._sector) if self._mini_stream else b""
            )
            self._mini_fat = array("I", mini[: len(mini) // 4 * 4])
        except _DAMAGE as error:
            raise self.damaged() from error

    def damaged(self) -> WorkbookError:
        """The error to raise."""
        return WorkbookError("workbook.damaged", file=self._name)

    def find(self, *names: str) -> _Entry | None:
        """The first entry with one of *names*, tried in that order as calamine does."""
        for name in names:
            for entry in self.entries:
                if entry.name == name:
                    return entry
        return None

    def stream(self, entry: _Entry) -> bytes:
        """The bytes of *entry*."""
        try:
            if entry.size >= _MINI_CUTOFF:
                return self._chain(entry.start, entry.size)
            return self._mini_chain(entry.start, entry.size)
        except _DAMAGE as error:
            raise self.damaged() from error

    def _read_header(self) -> None:
        data = self._data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if data[:8] != SIGNATURE or shift not in (9, 12) or mini_shift != 6:
            raise self.damaged()
        self._version = struct.unpack_from("<H", data, 26)[0]
        self._sector = 1 << shift
        self._sectors = len(data) // self._sector
        fat_sectors, self._directory_start = struct.unpack_from("<II", data, 44)
        self._mini_fat_start, self._mini_fat_sectors, difat_start = struct.unpack_from("<III", data, 60)
        if fat_sectors > self._sectors or self._mini_fat_sectors > min(self._sectors, _MOST_MINI_FAT):
            raise self.damaged()
        difat = list(struct.unpack_from("<109I", data, 76))
        seen: set[int] = set()
        while difat_start < _FREE:
            if difat_start in seen:
                raise self.damaged()
            seen.add(difat_start)
            *more, difat_start = struct.unpack(f"<{self._sector // 4}I", self._read_sector(difat_start))
            difat.extend(more)
        self._fat = array("I")
        for sector in difat:
            if sector < _FREE:
                self._fat.frombytes(self._read_sector(sector))

    def _read_sector(self, number: int) -> bytes:
        start = _HEADER_BYTES + number * self._sector if self._sector == _HEADER_BYTES else (number + 1) * self._sector
        piece = self._data[start : start + self._sector]
        if len(piece) < self._sector:
            piece = piece.ljust(self._sector, b"\0")
        if start >= len(self._data):
            raise self.damaged()
        return piece

    def _chain(self, start: int, size: int | None) -> bytes:
        """The sectors from *start* on, cut to *size*; without a size to the end of the chain."""
        if size is not None and size > len(self._data):
            raise self.damaged()
        pieces: list[bytes] = []
        seen: set[int] = set()
        have = 0
        while start != _END_OF_CHAIN and (size is None or have < size):
            if start in seen:
                raise self.damaged()
            seen.add(start)
            pieces.append(self._read_sector(start))
            have += self._sector
            start = self._fat[start]
        return b"".join(pieces)[:size]

    def _mini_chain(self, start: int, size: int) -> bytes:
        pieces: list[bytes] = []
        while start != _END_OF_CHAIN and len(pieces) * _MINI_BYTES < size:
            if len(pieces) > len(self._mini_fat):
                raise self.damaged()
            pieces.append(self._mini_stream[start * _MINI_BYTES : (start + 1) * _MINI_BYTES])
            start = self._mini_fat[start]
        return b"".join(pieces)[:size]

    def _read_directory(self) -> list[_Entry]:
        raw = self._chain(self._directory_start, None)
        entries = []
        for at in range(0, len(raw), _ENTRY_BYTES):
            name = raw[at : at + 64].decode("utf-16-le", "replace").partition("\0")[0]
            start, low, high = struct.unpack_from("<III", raw, at + 116)
            entries.append(_Entry(name, start, low if self._version == 3 else low | high << 32))
        if not entries:
            raise self.damaged()
        return entries
