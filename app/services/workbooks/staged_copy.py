"""Let calamine read a large sheet while it is still being checked, and never a byte further.

Checking a sheet of 100 000 rows takes a quarter of the time that reading it takes. So calamine gets a copy of the
workbook that ends where the check has come to; what the check passes is appended. If calamine is faster it meets the
end of the file, which is an error, never wrong data; the sheet is then read again when the check is through. A sheet
that fails its check is never complete, so calamine cannot come to reserve memory for it.
"""

from __future__ import annotations

import struct
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

from app.services.workbooks.xlsx_guard import Gate
from app.services.workbooks.zip_guard import SafeZip

_LEAD_BYTES = 1 << 20  # packed; how far the check must be before calamine starts
_WORTH_BYTES = 1 << 21  # packed; smaller sheets are checked before
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_UTF8_NAME = 0x800
_VERSION = 20


def is_worth_staging(info: zipfile.ZipInfo) -> bool:
    """Whether a sheet is so large that waiting for its check would be felt."""
    return info.compress_size >= _WORTH_BYTES


class _Stopped(Exception):
    """The copy is no longer wanted."""


class StagedCopy(Gate):
    """A copy of *archive* in *folder* whose member *growing* is released as `check` proves it.

    Args:
        archive: the original, used by nobody else until `settle` or `stop`.
        growing: the large sheet.
        check: called in a thread with this gate; raises where the sheet is hostile.
        folder: for the copy; its owner deletes it after `stop`.
    """

    def __init__(
        self,
        archive: SafeZip,
        growing: zipfile.ZipInfo,
        check: Callable[[Gate], None],
        folder: Path,
    ) -> None:
        self.path = folder / "staged.xlsx"
        self._check = check
        self._released = self._known = 0
        self._waiting: list[bytes] = []
        self._archive, self._growing = archive, growing
        self._is_open = self._is_through = self._stop = False
        self._problem: BaseException | None = None
        self._moved = threading.Condition()
        self._file = self.path.open("wb", buffering=0)
        self._start = self._write_around()
        self._thread = threading.Thread(target=self._run, name="sheet-check", daemon=True)
        self._thread.start()

    def open_gate(self) -> None:
        """Call when the directory has been read: cut the copy where the sheet begins and let it grow from there.

        Returns when the check has a lead, or is through.
        """
        with self._moved:
            self._file.truncate(self._start)
            self._file.seek(self._start)
            for block in self._waiting:
                self._file.write(block)
            self._waiting.clear()
            self._is_open = True
            self._moved.wait_for(lambda: self._released >= _LEAD_BYTES or self._is_through)

    def settle(self) -> None:
        """Wait for the end of the check.

        Raises:
            what the check raised.
        """
        self._thread.join()
        if self._problem is not None:
            raise self._problem

    @property
    def is_settled(self) -> bool:
        """Whether the check is through and found nothing; the original can be read from then on."""
        return self._is_through and self._problem is None

    def stop(self) -> None:
        """End the check early and close the copy."""
        self._stop = True
        self._thread.join()
        self._file.close()

    def restart(self) -> None:
        """The check begins again; blocks that are out stay out."""
        self._known = 0

    def let_through(self, packed: bytes) -> None:
        """Append a block to the copy."""
        if self._stop:
            raise _Stopped
        with self._moved:
            self._known += len(packed)
            if self._known <= self._released:
                return
            self._released = self._known
            if self._is_open:
                self._file.write(packed)
                self._moved.notify_all()
            else:
                self._waiting.append(packed)

    def _run(self) -> None:
        try:
            self._check(self)
            self.restart()
            for block in self._archive.packed(self._growing):
                self.let_through(block)
        except BaseException as error:  # noqa: BLE001 - raised in `settle`, in the thread that asked
            self._problem = error
        with self._moved:
            self._is_through = True
            self._moved.notify_all()

    def _write_around(self) -> int:
        """All members but *growing*, its header, a gap of its size, the directory; the offset of the gap."""
        archive, growing = self._archive, self._growing
        directory = []
        for info in [*(info for info in archive.members.values() if info is not growing), growing]:
            offset = self._file.tell()
            directory.append(self._central(info, offset))
            self._file.write(_LOCAL.pack(b"PK\x03\x04", _VERSION, *_common(info), len(_name(info)), 0) + _name(info))
            if info is not growing:
                for block in archive.packed(info):
                    self._file.write(block)
        start = self._file.tell()
        self._file.seek(start + growing.compress_size)
        entries = b"".join(directory)
        self._file.write(entries)
        count = len(directory)
        offset = start + growing.compress_size
        self._file.write(_END.pack(b"PK\x05\x06", 0, 0, count, count, len(entries), offset, 0))
        return start

    def _central(self, info: zipfile.ZipInfo, offset: int) -> bytes:
        fixed = _CENTRAL.pack(
            b"PK\x01\x02", _VERSION, _VERSION, *_common(info), len(_name(info)), 0, 0, 0, 0, info.external_attr, offset
        )
        return fixed + _name(info)


def _name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8_NAME else "cp437")


def _common(info: zipfile.ZipInfo) -> tuple[int, ...]:
    """Fields that local and central headers share: flags, method, time, date, CRC, sizes."""
    return info.flag_bits & _UTF8_NAME, info.compress_type, 0, 0x21, info.CRC, info.compress_size, info.file_size
