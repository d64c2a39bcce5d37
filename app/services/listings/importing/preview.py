"""What the import dialog shows: picklable summaries and rows of a plan that lives in the worker process."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from app.services.listings.importing.records import ImportCounts, RowVerdict
from app.services.paging import Query
from app.services.tasks import TaskContext
from app.services.workbooks import CellError, SheetLeft


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """A column of the sheet in the preview.

    Attributes:
        letter, header: where it stands and what the sheet calls it.
        meaning: our field's name, None for one that is only kept.
        name, unit, number: of the meaning, see `RecognisedColumn`.
        key: what a correction calls it: its header, or the letter where another column has the same header or it has
            none.
        is_touched: whether a cell of it would change something or is refused.
    """

    letter: str
    header: str
    meaning: str | None
    name: str = ""
    unit: str = ""
    number: int = 0
    key: str = ""
    is_touched: bool = False

    @property
    def spelled(self) -> str | None:
        """The meaning as `recognise` takes it: `weight[g]`, `property:color`; None for a kept column."""
        if self.meaning is None:
            return None
        named = f"{self.meaning}:{self.name}" if self.name else self.meaning
        numbered = f"{named}#{self.number}" if self.number else named
        return f"{numbered}[{self.unit}]" if self.unit else numbered


@dataclass(frozen=True, slots=True)
class FileHead:
    """One of the dropped files: what it was taken for.

    Attributes:
        path: as it was dropped.
        kind: a `SheetKind`, `images` for what only holds pictures, `sheet` while nobody looked into it.
        row_count: data rows, None while they were not read.
        sheet: name of the sheet, "" while unknown.
        image_count: pictures in it; `used_count` of them are named by the sheet in view.
        problem: the error that keeps it out.
    """

    path: str
    name: str
    kind: str
    row_count: int | None = None
    sheet: str = ""
    image_count: int | None = None
    used_count: int | None = None
    problem: Exception | None = None

    @property
    def is_sheet(self) -> bool:
        """Whether it can be shown as rows, or says why not."""
        return self.kind != "images"

    @property
    def may_hold_listings(self) -> bool:
        """Whether it can be read, and is not known to be another kind of sheet."""
        return self.problem is None and self.kind in ("sheet", "listings", "package", "overseas")


@dataclass(frozen=True, slots=True)
class ImportHead:
    """What was recognised and what would happen; the rows are read page by page with `token`.

    Attributes:
        files: all that was dropped, in its order.
        path, file: the file in view; "" where there is no sheet among the files.
        sheets: names of all sheets of the file in view.
        columns: of the sheet, left to right.
        errors: the first refused cells; `error_count` all of them.
        overruled: the first of `overruled_count` cells that say otherwise than the first row of their listing.
        missing: fields without which nothing can be read, to be mapped by the user.
        has_saved_mapping: whether a saved mapping was used.
        sheets_left: further sheets of the file with listings, which are not shown.
        new_groups: marketing groups the sheet names and the store does not have; their rows are refused unless the
            user agreed to new ones (`makes_groups`).
        problem: why there are no rows to show.
    """

    token: str
    store_id: int
    files: tuple[FileHead, ...]
    path: str = ""
    file: str = ""
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    header_row: int = 0
    first_row: int = 0
    columns: tuple[PreviewColumn, ...] = ()
    missing: tuple[str, ...] = ()
    counts: ImportCounts = field(default_factory=ImportCounts)
    verdict_counts: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[CellError, ...] = ()
    error_count: int = 0
    overruled: tuple[CellError, ...] = ()
    overruled_count: int = 0
    signature: str = ""
    has_saved_mapping: bool = False
    sheets_left: tuple[SheetLeft, ...] = ()
    new_groups: tuple[str, ...] = ()
    makes_groups: bool = False
    problem: Exception | None = None


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """A cell of the preview: what the sheet says, what the store has (where it differs), why it is refused."""

    text: str
    before: str | None = None
    error: CellError | None = None


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of the sheet: `id` counts from 1 in the order of the sheet, `row` is Excel's number, `image` the first
    picture the row names."""

    id: int
    row: int
    verdict: RowVerdict
    cells: Mapping[str, PreviewCell] = field(default_factory=dict)
    image: str = ""


class Reader(Protocol):
    """How rows of a plan are asked for; the worker process behind it."""

    def ids(self, token: str, verdicts: tuple[str, ...], text: str) -> array[int]:
        """Ids of the rows with one of these verdicts (none: all) that contain *text*."""

    def rows(self, token: str, ids: Sequence[int]) -> list[PreviewRow]:
        """The rows with these ids."""


class PreviewSource:
    """Page source of the preview table.

    Attributes:
        token: of the plan whose rows are shown; another one may be set before the table asks again.
    """

    def __init__(self, reader: Reader, token: str) -> None:
        self._reader = reader
        self.token = token

    def count(self, query: Query, ctx: TaskContext | None = None) -> int:
        """How many rows match."""
        return len(self.ids(query))

    def ids(self, query: Query, ctx: TaskContext | None = None) -> array[int]:
        """Ids of all matching rows, in the order of the sheet."""
        verdicts = next((tuple(one.value) for one in query.filters if one.field == "verdict"), ())
        return self._reader.ids(self.token, verdicts, query.text)

    def rows(self, ids: Sequence[int]) -> dict[int, PreviewRow]:
        """The rows with these ids."""
        return {row.id: row for row in self._reader.rows(self.token, list(ids))}

    def first_page(self, query: Query, limit: int) -> list[PreviewRow]:
        """The first rows."""
        return self._reader.rows(self.token, list(self.ids(query)[:limit]))


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What is to be imported, and the user's corrections.

    Attributes:
        paths: everything that was dropped.
        path: the one of them in view; None for the first that holds listings.
        sheet, header_row, mapping: corrections of what was recognised, None for "as recognised"; the mapping names
            columns by `PreviewColumn.key`.
        fixes: (Excel row, column letter) → text the user typed in place of a refused cell.
        language: of the names of categories and units that would be replaced.
        makes_groups: the user agreed to new marketing groups.
        drop: equal for files that are stored as one change; "" for one on its own.
    """

    paths: tuple[str, ...]
    store_id: int
    path: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    mapping: Mapping[str, str | None] | None = None
    fixes: Mapping[tuple[int, str], str] = field(default_factory=dict)
    language: Literal["zh", "en"] = "en"
    drop: str = ""
    makes_groups: bool = False


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What was stored: the change (None where there was nothing), counts, refused cells."""

    change: Any
    counts: ImportCounts
    errors: tuple[CellError, ...]
    error_count: int
