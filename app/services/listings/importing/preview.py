"""What the import dialog shows: picklable summaries and rows of a plan that lives in the worker process."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.services.listings.importing.records import ImportCounts, RowVerdict
from app.services.paging import Query
from app.services.tasks import TaskContext
from app.services.workbooks import CellError


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """A column of the sheet in the preview: `meaning` is our field's name, None for one that is only kept."""

    letter: str
    header: str
    meaning: str | None
    name: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class FileHead:
    """One of the dropped files: what it was taken for. `problem` is the error that keeps it out."""

    name: str
    kind: str
    row_count: int | None = None
    sheet: str = ""
    problem: Exception | None = None


@dataclass(frozen=True, slots=True)
class ImportHead:
    """What was recognised and what would happen; the rows are read page by page with `token`.

    Attributes:
        sheets: names of all sheets of the file in view.
        columns: of the sheet, left to right.
        errors: the first refused cells; `error_count` all of them.
        missing: fields without which nothing can be read, to be mapped by the user.
        has_saved_mapping: whether a saved mapping was used.
    """

    token: str
    store_id: int
    files: tuple[FileHead, ...]
    file: str
    sheets: tuple[str, ...]
    sheet: str
    header_row: int
    first_row: int
    columns: tuple[PreviewColumn, ...]
    missing: tuple[str, ...]
    counts: ImportCounts
    verdict_counts: Mapping[str, int]
    errors: tuple[CellError, ...]
    error_count: int
    signature: str
    has_saved_mapping: bool = False
    problem: Exception | None = None


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """A cell of the preview: what the sheet says, what the store has (where it differs), why it is refused."""

    text: str
    before: str | None = None
    error: CellError | None = None


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of the sheet: `id` counts from 1 in the order of the sheet, `row` is Excel's number."""

    id: int
    row: int
    verdict: RowVerdict
    cells: Mapping[str, PreviewCell] = field(default_factory=dict)


class Reader(Protocol):
    """How rows of a plan are asked for; the worker process behind it."""

    def ids(self, token: str, verdicts: tuple[str, ...], text: str) -> array[int]:
        """Ids of the rows with one of these verdicts (none: all) that contain *text*."""

    def rows(self, token: str, ids: Sequence[int]) -> list[PreviewRow]:
        """The rows with these ids."""


class PreviewSource:
    """Page source of the preview table."""

    def __init__(self, reader: Reader, token: str) -> None:
        self._reader, self._token = reader, token

    def count(self, query: Query) -> int:
        """How many rows match."""
        return len(self.ids(query))

    def ids(self, query: Query, ctx: TaskContext | None = None) -> array[int]:
        """Ids of all matching rows, in the order of the sheet."""
        verdicts = next((tuple(one.value) for one in query.filters if one.field == "verdict"), ())
        return self._reader.ids(self._token, verdicts, query.text)

    def rows(self, ids: Sequence[int]) -> dict[int, PreviewRow]:
        """The rows with these ids."""
        return {row.id: row for row in self._reader.rows(self._token, list(ids))}

    def first_page(self, query: Query, limit: int) -> list[PreviewRow]:
        """The first rows."""
        return self._reader.rows(self._token, list(self.ids(query)[:limit]))


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What is to be imported, and the user's corrections.

    Attributes:
        paths: the dropped files; the sheet in view is `file_at` among those that can be read as listings.
        sheet, header_row, mapping: corrections of what was recognised, None for "as recognised".
        fixes: (Excel row, column letter) → text the user typed in place of a refused cell.
    """

    paths: tuple[str, ...]
    store_id: int
    file_at: int = 0
    sheet: str | None = None
    header_row: int | None = None
    mapping: Mapping[str, str | None] | None = None
    fixes: Mapping[tuple[int, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What was stored: the change (None where there was nothing), counts, refused cells."""

    change: Any
    counts: ImportCounts
    errors: tuple[CellError, ...]
    error_count: int
