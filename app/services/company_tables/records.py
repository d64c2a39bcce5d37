"""What reading and storing company tables yields. Picklable: it travels between the worker and the window."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.services.company_tables.kinds import TableKind
from app.services.errors import InputError
from app.services.history.records import ChangeRecord
from app.services.workbooks.refusals import CellError

Row = tuple[Any, ...]
"""A row as it is stored, without `table_id`; the columns are those of `storing.COLUMNS`."""


class TableError(InputError):
    """A file cannot be taken as a company table; the code says why, `file` names it."""

    code = "tables.not_known"


@dataclass(slots=True)
class TableRead:
    """A company table, read and checked; nothing is stored yet.

    Attributes:
        as_of: the day it speaks of, `YYYY-MM-DD`, "" where nothing says it.
        rows: by stored table (`stock_item` …), sorted by their keys, each key once.
        words: forbidden words with their severity and reason.
        row_count: data rows of the sheet; `refused`: those of which nothing is taken.
        errors: cells that could not be used, the first `Limits.errors_kept` of `error_count`.
        kept: keys in rows that were refused though their code could be read: what was known of them stays.
    """

    kind: TableKind
    file: str
    sheet: str
    sha256: str
    as_of: str = ""
    rows: dict[str, list[Row]] = field(default_factory=dict)
    words: list[tuple[str, str, str]] = field(default_factory=list)
    row_count: int = 0
    refused: int = 0
    errors: list[CellError] = field(default_factory=list)
    error_count: int = 0
    kept: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Differences:
    """A table against what was known before, counted by its keys."""

    new: int = 0
    changed: int = 0
    gone: int = 0
    same: int = 0

    def __add__(self, other: Differences) -> Differences:
        return Differences(
            self.new + other.new, self.changed + other.changed, self.gone + other.gone, self.same + other.same
        )

    @property
    def is_nothing(self) -> bool:
        """Whether the table says what was known already."""
        return not (self.new or self.changed or self.gone)


@dataclass(frozen=True, slots=True)
class Imported:
    """A table that was stored, or was there already.

    Attributes:
        change: what undo takes back; None where the very same file was stored before.
        is_same_file: it was.
        rechecked: listings whose findings were counted anew.
        asks_costs: with it the price guard began to ask for costs (True) or ceased to, so that all were; None: neither.
    """

    kind: TableKind
    file: str
    as_of: str
    rows: int
    refused: int
    differences: Differences
    errors: tuple[CellError, ...]
    error_count: int
    change: ChangeRecord | None
    is_same_file: bool = False
    rechecked: int = 0
    asks_costs: bool | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that was not stored, and why."""

    path: Path
    error: InputError


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One of the five tables as the inbox shows it; without `source` none was received yet.

    Attributes:
        received_ms: when it was stored; None without one.
        moment_ms: when it was true at the latest: received, or the end of its day where that is earlier.
        rows: data rows of the newest table; `differences` to the one before.
        is_old: older than the limit, or missing.
        change: uid of the change that stored it, "" where it was taken back.
    """

    kind: TableKind
    source: str = ""
    as_of: str = ""
    received_ms: int | None = None
    moment_ms: int | None = None
    rows: int = 0
    differences: Differences | None = None
    limit_h: int | None = None
    is_old: bool = True
    change: str = ""
