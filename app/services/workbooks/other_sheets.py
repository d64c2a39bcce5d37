"""Sheets of a file that hold listings, too, and were not read: nothing is left out without a word."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.fields import SheetKind
from app.services.workbooks.headers import recognise
from app.services.workbooks.limits import limits
from app.services.workbooks.recognition import Recognition
from app.services.workbooks.sniff import OpenedFile

_WITH_LISTINGS = frozenset({SheetKind.LISTINGS, SheetKind.OVERSEAS, SheetKind.PACKAGE})


@dataclass(frozen=True, slots=True)
class SheetLeft:
    """A sheet with listings that was not read: its name, and the rows below its header that hold something."""

    name: str
    row_count: int


def sheets_left(opened: OpenedFile, read: str) -> tuple[SheetLeft, ...]:
    """The other visible sheets of *opened* that hold listings; *read* is the sheet that was read.

    Hidden ones were hidden by somebody, and one that cannot be read is no reason to refuse the one that can.
    """
    names = [info.name for info in opened.sheets if info.is_visible and info.name != read]
    found = []
    for name in names[: limits().sheets_looked_at]:
        try:
            recognition = recognise(opened, name)
            count = _row_count(opened, recognition) if recognition.kind in _WITH_LISTINGS else 0
        except WorkbookError:
            continue
        finally:
            opened.forget(name)
        if count:
            found.append(SheetLeft(name, count))
    return tuple(found)


def _row_count(opened: OpenedFile, recognition: Recognition) -> int:
    grid = opened.grid(recognition.sheet)
    if grid is None:
        return 0
    rows = islice(grid.rows(), max(recognition.first_row - 1 - grid.first_row, 0), None)
    return sum(any(cell != "" for cell in row) for row in rows)
