"""The round trip for the window: where workbooks lie, calls for the worker process, which files are ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.messages import messages, tr
from app.services.clock import at_office, now_ms
from app.services.listings.round_trip.mark import has_mark
from app.services.paging import Query

if TYPE_CHECKING:
    from app.services.application import Application

FOLDER = "excel"
KEPT_DAYS = 30
"""A workbook nobody saved for so long is taken away, unless it is open."""
_OURS = re.compile(r"[^~].* [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}\.[0-9]{2}\.[0-9]{2}\.xlsx")
_DAY_MS = 86_400_000
_PACKAGE = "app.services.listings.round_trip"
_ENDINGS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})


def clear_old(folder: Path, moment_ms: int) -> int:
    """Remove workbooks of *folder* that were made here and not saved since `KEPT_DAYS`. One that is open (a spreadsheet
    keeps a file `~$name` beside it) stays, and so does every other file. Returns: how many went."""
    gone = 0
    for path in folder.glob("*.xlsx"):
        is_old = moment_ms - path.stat().st_mtime_ns // 1_000_000 > KEPT_DAYS * _DAY_MS
        is_open = any(path.with_name(name).exists() for name in (f"~${path.name}", f".~lock.{path.name}#"))
        if is_old and not is_open and _OURS.fullmatch(path.name) is not None:
            with suppress(OSError):  # open in a program that leaves no such file
                path.unlink()
                gone += 1
    return gone


class RoundTripDesk:
    """Calls are (function path, arguments) for the task runner's heavy lane; everything else touches the disk."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def new_path(self) -> Path:
        """Where the next workbook is written: a folder of the data folder, so that it is found again."""
        folder = self._app.data_dir / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        clear_old(folder, now_ms())
        stamp = f"{at_office(now_ms()):%Y-%m-%d %H.%M.%S}"
        return folder / f"{tr('export.sheet')} {stamp}.xlsx"

    def write_call(self, path: Path, chosen: Sequence[int] | Query) -> tuple[Any, ...]:
        """Write the workbook. Result: `ExportResult`."""
        call = f"{_PACKAGE}.writing:write_to_edit_file"
        return call, self._app.database_path, path, chosen, messages.language

    def prepare_call(self, path: Path) -> tuple[Any, ...]:
        """Work out what an edited workbook would change. Result: `SheetHead`."""
        return f"{_PACKAGE}.session:prepare", self._app.database_path, path

    @staticmethod
    def ours(paths: Sequence[Path]) -> list[Path]:
        """Those of the dropped files that are workbooks to take back. Blocking."""
        return [path for path in paths if path.suffix.lower() in _ENDINGS and path.is_file() and has_mark(path)]
