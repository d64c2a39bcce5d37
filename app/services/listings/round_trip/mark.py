"""What a workbook to edit carries unseen: of which run it is, and what every cell held when it was written.

It lies in a sheet no menu of a spreadsheet shows. Long texts are there as a hash only. The mark is compared with and
never believed: an altered one makes a difference or a conflict, which is shown before anything is stored.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from app.services.clock import now_ms
from app.services.errors import InputError
from app.services.workbooks import OpenedFile, OutColumn, OutSheet, WorkbookError, open_workbook

SHEET = "_shangjia"
KIND, VERSION = "shangjia-edit", 1
TOO_LONG = {"long": True}
"""In place of a text that no cell can hold: its cell was left empty."""
_SHORT = 120
_ROW = re.compile(r"P(\d{1,18})V(\d{1,18})", re.IGNORECASE)


class NoMark(InputError):
    """The workbook was not made to be edited and taken back, or lost what says so."""

    code = "round_trip.no_mark"


class NewerMark(InputError):
    """The workbook was made by a newer version of the program."""

    code = "round_trip.newer"


@dataclass(frozen=True, slots=True)
class Origin:
    """Which listing and variant (0: none) a row stands for."""

    listing_id: int
    sku_id: int

    @property
    def text(self) -> str:
        """What the row's first cell says."""
        return f"P{self.listing_id}V{self.sku_id}"

    @classmethod
    def read(cls, text: str) -> Origin | None:
        """What `text` gave, None for anything else."""
        found = _ROW.fullmatch(text.strip())
        return cls(int(found[1]), int(found[2])) if found else None


@dataclass(frozen=True, slots=True)
class Written:
    """A row as it was written: when its listing was made, and what its cells held, by key."""

    created_ms: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of a workbook.

    Attributes:
        run: of the writing; every workbook has its own.
        made_ms: when that was.
        headers: by the key of its column, in their order.
        currency: of all prices, "" where there are several.
        rows: what was written, by row.
    """

    run: str
    made_ms: int
    headers: Mapping[str, str]
    currency: str
    rows: Mapping[Origin, Written]


def mark_sheet(run: str, headers: Mapping[str, str], currency: str, rows: Sequence[tuple[str, int, str]]) -> OutSheet:
    """The sheet that carries the mark. *rows*: the row's mark, when its listing was made, its values by `packed`."""
    told = {"version": VERSION, "run": run, "made_ms": now_ms(), "headers": list(headers.items()), "currency": currency}
    columns = [OutColumn(KIND), OutColumn("created_ms"), OutColumn("values")]
    return OutSheet(SHEET, columns, _rows(orjson.dumps(told).decode(), rows), state="veryHidden")


def _rows(told: str, rows: Sequence[tuple[str, int, str]]) -> Iterator[tuple[str, int, str]]:
    yield "", 0, told
    yield from rows


def packed(values: Mapping[str, Any]) -> str:
    """The values of a row, long texts as a hash."""
    return orjson.dumps({key: kept(value) for key, value in values.items()}).decode()


def kept(value: Any) -> Any:
    """A value as the mark keeps it."""
    if isinstance(value, str) and len(value) > _SHORT:
        return {"hash": hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()[:24]}
    return value


def has_mark(path: Path) -> bool:
    """Whether the file is a workbook to edit. Never raises: any other file is none."""
    try:
        with open_workbook(path) as opened:
            return any(sheet.name == SHEET for sheet in opened.sheets)
    except (WorkbookError, OSError):
        return False


def read_mark(opened: OpenedFile) -> Mark:
    """The mark of an opened workbook.

    Raises:
        NoMark: there is none, or it was damaged.
        NewerMark: this program is older than the workbook.
    """
    grid = opened.grid(SHEET) if any(sheet.name == SHEET for sheet in opened.sheets) else None
    rows = grid.rows() if grid is not None else iter(())
    try:
        if next(rows)[0] != KIND:
            raise NoMark(file=opened.name)
        told = orjson.loads(str(next(rows)[2]))
        if told["version"] > VERSION:
            raise NewerMark(file=opened.name)
        headers = {str(key): str(header) for key, header in told["headers"]}
        found = {}
        for row in rows:
            if (origin := Origin.read(str(row[0]))) is not None:
                values = orjson.loads(str(row[2]))
                found[origin] = Written(int(float(str(row[1]))), {str(key): values[key] for key in values})
        return Mark(str(told["run"]), int(told["made_ms"]), headers, str(told["currency"]), found)
    except (StopIteration, IndexError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoMark(file=opened.name) from error
    finally:
        opened.forget(SHEET)
