"""Zip files of strangers: the directory is judged before anything is unpacked, and unpacking never trusts it.

Refused with a `WorkbookError`: passwords, member names that leave the folder, symbolic links, more members or bytes
than `Limits` allow, a stream that is longer than its directory says, and archives whose two readers (ours and
calamine's) could see different directories.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import BinaryIO

from app.services.workbooks.deflating import codec
from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.limits import limits

CHUNK = 1 << 20
_BLOCK = 1 << 16
_LOCAL_HEADER_BYTES = 30
_END_BYTES = 22  # of the end-of-directory record without its comment
_END_OF_DIRECTORY = b"PK\x05\x06"
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800


def member_name(info: zipfile.ZipInfo) -> str:
    """The member's name with `/`, decoded as its writer meant it: UTF-8 where flagged or valid, else GB18030.

    Chinese Windows programs write file names in GBK without saying so (domain.md 6, "GBK against UTF-8").
    """
    if info.flag_bits & _UTF8_NAME:
        return info.filename.replace("\\", "/")
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return info.filename.replace("\\", "/")


def is_safe_name(name: str) -> bool:
    """Whether *name* stays inside the folder it is unpacked into, on Windows too."""
    if not name or name.startswith("/") or ":" in name or "\x00" in name:
        return False
    return ".." not in PurePosixPath(name).parts


class SafeZip:
    """An opened zip whose directory was found harmless. Use as a context manager.

    Args:
        path: the file.
        shown_name: how messages name it.
        strict: refuse what two zip readers could understand differently; for files that calamine reads.

    Raises:
        WorkbookError: `.damaged`, `.encrypted`, `.unsafe_path`, `.too_large`.
    """

    def __init__(self, path: Path, shown_name: str, *, strict: bool = True) -> None:
        self.shown_name = shown_name
        self._handle: BinaryIO = path.open("rb")
        try:
            if strict:
                self._refuse_two_directories()
            self._zip = zipfile.ZipFile(self._handle)
            self.members = {member_name(info): info for info in self._zip.infolist() if not info.is_dir()}
            self._check_directory(self._zip.infolist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            self._handle.close()
            raise self.error("damaged") from error
        except WorkbookError:
            self._handle.close()
            raise

    def __enter__(self) -> SafeZip:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()
        self._handle.close()

    def error(self, code: str, **params: object) -> WorkbookError:
        """A `workbook.<code>` error that names this file."""
        return WorkbookError(f"workbook.{code}", file=self.shown_name, **params)

    def _refuse_two_directories(self) -> None:
        """Readers search for the end of the directory backwards: it must be the last thing, or the only one."""
        size = self._handle.seek(0, 2)
        self._handle.seek(max(0, size - _END_BYTES - 0xFFFF))
        tail = self._handle.read()
        self._handle.seek(0)
        is_last = tail[-_END_BYTES:].startswith(_END_OF_DIRECTORY) and tail.endswith(b"\0\0")
        if not is_last and tail.count(_END_OF_DIRECTORY) != 1:
            raise self.error("damaged")

    def _check_directory(self, infos: list[zipfile.ZipInfo]) -> None:
        bounds = limits()
        if len(infos) > bounds.members:
            raise self.error("too_large", found=len(infos), limit=bounds.members)
        if len(self.members) != sum(not info.is_dir() for info in infos):
            raise self.error("damaged")
        for info in infos:
            name = member_name(info)
            if not is_safe_name(name) or stat.S_ISLNK(info.external_attr >> 16):
                raise self.error("unsafe_path", member=name[:200])
            if info.flag_bits & _ENCRYPTED:
                raise self.error("encrypted")

    def check_size(self, info: zipfile.ZipInfo, limit: int) -> None:
        """Refuse a member whose declared size or ratio is beyond reason, before a byte of it is unpacked."""
        bounds = limits()
        if info.file_size > limit:
            raise self.error("bomb", member=member_name(info)[:200])
        if info.file_size > bounds.ratio_from_bytes and info.file_size > bounds.ratio * max(1, info.compress_size):
            raise self.error("bomb", member=member_name(info)[:200])

    def chunks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """The member's bytes in pieces of at most 1 MiB.

        Raises:
            WorkbookError: as `blocks`.
        """
        for _, piece in self.blocks(info):
            yield piece

    def blocks(self, info: zipfile.ZipInfo) -> Iterator[tuple[bytes, bytes]]:
        """(packed bytes, piece) of a member: the packed bytes stand with the last piece that comes from them.

        Read from the raw stream, because `ZipExtFile` stops silently at the declared size while other readers go on.

        Raises:
            WorkbookError: `.bomb` when the stream goes on after its declared end, `.damaged` otherwise; of bytes that
                are not those that were packed only after the last piece.
        """
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self.error("damaged")
        produced = checksum = 0
        crc32 = codec().crc32
        try:
            for packed, piece in self._unpacked(info):
                produced += len(piece)
                checksum = crc32(piece, checksum)
                if produced > info.file_size:
                    raise self.error("bomb", member=member_name(info)[:200])
                yield packed, piece
        except (zlib.error, OSError) as error:
            raise self.error("damaged") from error
        if produced != info.file_size or checksum != info.CRC:
            raise self.error("damaged")

    def _unpacked(self, info: zipfile.ZipInfo) -> Iterator[tuple[bytes, bytes]]:
        """What stands in the file for *info*, unpacked without regard to its declared size."""
        inflater = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
        for packed in self.packed(info):
            if inflater is None:
                yield packed, packed
                continue
            piece = inflater.decompress(packed, CHUNK)
            while inflater.unconsumed_tail:
                yield b"", piece
                piece = inflater.decompress(inflater.unconsumed_tail, CHUNK)
            yield packed, piece
            if inflater.eof:
                return
        while inflater is not None and (rest := inflater.decompress(b"", CHUNK)):
            yield b"", rest

    def packed(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """The member as it stands in the file, in small blocks.

        Raises:
            WorkbookError: `.damaged` when the file ends before the member does.
        """
        self._handle.seek(info.header_offset)
        header = self._handle.read(_LOCAL_HEADER_BYTES)
        if len(header) < _LOCAL_HEADER_BYTES or header[:4] != b"PK\x03\x04":
            raise self.error("damaged")
        lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        position, left = info.header_offset + _LOCAL_HEADER_BYTES + lengths, info.compress_size
        while left > 0:
            self._handle.seek(position)
            block = self._handle.read(min(left, _BLOCK))
            if not block:
                raise self.error("damaged")
            position += len(block)
            left -= len(block)
            yield block

    def read(self, info: zipfile.ZipInfo, limit: int) -> bytes:
        """The whole member, at most *limit* bytes.

        Raises:
            WorkbookError: `.bomb` when it is larger, `.damaged`.
        """
        self.check_size(info, limit)
        return b"".join(self.chunks(info))
