"""Reading an edited workbook back: which cells a person changed, and what cannot be used, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.services.listings.round_trip.columns import (
    LISTING_FIELDS,
    MARK,
    PRODUCT_ID,
    VALUES,
    is_locked,
    may_be_emptied,
    read_prose,
    readers,
)
from app.services.listings.round_trip.mark import TOO_LONG, Mark, NoMark, Origin, Written, kept, read_mark
from app.services.listings.round_trip.shuffled import shuffled_rows
from app.services.tasks import TaskContext
from app.services.workbooks import CellError, OpenedFile, Refusal, open_workbook
from app.services.workbooks.grid import Cell, Grid, column_letter
from app.services.workbooks.refusals import shown
from app.services.workbooks.xlsx_cells import XlsxCells

_HEAD_ROWS = 20
"""As far down the header is looked for."""
_ROWS_LOOKED_AT = 200
_REPORT_EVERY = 500


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that says something else than when it was written.

    Attributes:
        row, column: Excel's number and letter.
        origin: what its row stands for.
        key, header: of its column.
        before, after: values as `mark.kept` and the readers give them.
        value: what the cell shows.
    """

    row: int
    column: str
    origin: Origin
    key: str
    header: str
    before: Any
    after: Any
    value: str


@dataclass(slots=True)
class SheetEdits:
    """What a workbook says.

    Attributes:
        created_ms: by listing, when it was made; another listing of the same number is not meant.
        changes: by listing.
        product_ids: what stands in the locked column of product ids, by Excel's row: letter and text.
        errors: cells and rows that are not used, and why.
        missing: rows that are not there any more; nothing is deleted for them.
        rows: rows that were read.
    """

    file: str
    sheet: str
    mark: Mark
    created_ms: dict[int, int] = field(default_factory=dict)
    changes: dict[int, list[CellChange]] = field(default_factory=dict)
    product_ids: dict[int, tuple[str, str]] = field(default_factory=dict)
    errors: list[CellError] = field(default_factory=list)
    missing: int = 0
    rows: int = 0


def read_edits(path: Path, ctx: TaskContext) -> SheetEdits:
    """Read a workbook that `write_to_edit` made and a person saved.

    Raises:
        WorkbookError: it cannot be opened.
        NoMark, NewerMark: it cannot be taken back.
        TaskCancelled: stopped.
    """
    with open_workbook(path) as opened:
        mark = read_mark(opened)
        return _Reader(opened, mark, ctx).read()


class _Reader:
    """Reads one workbook."""

    def __init__(self, opened: OpenedFile, mark: Mark, ctx: TaskContext) -> None:
        self._opened, self._mark, self._ctx = opened, mark, ctx
        self._readers = readers(mark.currency)
        self._blanks: list[tuple[int, int, Origin, str]] = []
        self._seen: dict[Origin, list[tuple[int, tuple[Cell, ...]]]] = {}

    def read(self) -> SheetEdits:
        """All of it."""
        sheet, grid, head = self._find_head()
        self._first_column = head.column
        self._edits = SheetEdits(self._opened.name, sheet, self._mark)
        self._columns = self._match(grid, head)
        for number, cells in self._data(grid, head.row):
            self._take(number, cells)
        self._edits.missing = len(self._mark.rows.keys() - self._seen.keys())
        self._settle_repeated()
        self._refuse_shuffled()
        self._settle_blanks()
        self._settle_listings()
        return self._edits

    # -- header ------------------------------------------------------------------------------------------------

    def _find_head(self) -> tuple[str, Grid, _Head]:
        wanted = _folded(self._mark.headers[MARK]) if MARK in self._mark.headers else ""
        for sheet in self._opened.sheets:
            grid = self._opened.grid(sheet.name) if sheet.is_visible else None
            for offset, row in enumerate(grid.head(_HEAD_ROWS) if grid is not None else ()):
                texts = [_folded(str(cell)) for cell in row]
                if grid is not None and wanted and wanted in texts:
                    return sheet.name, grid, _Head(grid.first_row + offset, grid.first_column, list(row))
        raise NoMark("round_trip.no_rows", file=self._opened.name, header=self._mark.headers.get(MARK, ""))

    def _match(self, grid: Grid, head: _Head) -> dict[int, str]:
        """Which cell of a row is which column: by its header, a renamed one by its place."""
        by_header = {_folded(header): key for key, header in self._mark.headers.items()}
        found: dict[int, str] = {}
        for at, cell in enumerate(head.cells):
            key = by_header.get(_folded(str(cell)), "")
            if key and key not in found.values():
                found[at] = key
            elif str(cell).strip() and key:
                self._say(head.row, at, "column_copied", cell=cell)
        left = [(at, key) for at, key in enumerate(self._mark.headers) if key not in found.values()]
        for usual, key in left:
            at = usual - head.column
            is_free = 0 <= at < len(head.cells) and at not in found and _folded(str(head.cells[at])) not in by_header
            if is_free and self._is_still(key, at, found, grid, head):
                found[at] = key
                self._say(head.row, at, "column_renamed", key, head.cells[at])
            elif not is_locked(key):
                self._say(head.row, usual, "column_gone", key, "", column="")
        for at, cell in enumerate(head.cells):
            if at not in found and str(cell).strip() and _folded(str(cell)) not in by_header:
                self._say(head.row, at, "column_added", cell=cell)
        return found

    def _is_still(self, key: str, at: int, found: Mapping[int, str], grid: Grid, head: _Head) -> bool:
        """Whether the cells below an unknown header are mostly what the column *key* held: it was renamed, and nothing
        else was put in its place."""
        mark_at = next(place for place, other in found.items() if other == MARK)
        read, known, same = self._readers.get(key, read_prose), 0, 0
        for cells in grid.head(head.row - grid.first_row + 1 + _ROWS_LOOKED_AT):
            written = self._mark.rows.get(Origin.read(str(cells[mark_at])) or Origin(0, 0))
            if written is not None and written.values.get(key) not in (None, ""):
                known += 1
                same += _same(key, written.values[key], read(cells[at]) if at < len(cells) else "")
        return known > 0 and 2 * same >= known

    def _data(self, grid: Grid, head_row: int) -> Iterator[tuple[int, Sequence[Cell]]]:
        for number, cells in enumerate(grid.rows(), grid.first_row):
            if number > head_row and any(cell != "" for cell in cells):
                if number % _REPORT_EVERY == 0:
                    self._ctx.checkpoint()
                    self._ctx.report(number, grid.height, note="round_trip.reading")
                yield number, cells

    # -- rows --------------------------------------------------------------------------------------------------

    def _take(self, number: int, cells: Sequence[Cell]) -> None:
        self._edits.rows += 1
        texts = {key: cells[at] for at, key in self._columns.items() if at < len(cells)}
        said = str(texts.get(MARK, "")).strip()
        origin = Origin.read(said)
        if origin is None or origin not in self._mark.rows:
            self._say(number, self._at(MARK), "row_unknown" if said else "row_added", MARK, said)
            return
        self._seen.setdefault(origin, []).append((number, tuple(texts.get(key, "") for key in self._mark.headers)))
        if len(self._seen[origin]) > 1:
            return
        written = self._mark.rows[origin]
        self._edits.created_ms[origin.listing_id] = written.created_ms
        product_id = texts.get(PRODUCT_ID)
        if isinstance(product_id, str) and product_id.strip():  # of a number a spreadsheet has lost digits
            self._edits.product_ids[number + 1] = (self._letter(self._at(PRODUCT_ID)), product_id.strip())
        for at, key in self._columns.items():
            if not is_locked(key):
                self._compare(number, at, origin, key, written, cells[at] if at < len(cells) else "")

    def _compare(self, number: int, at: int, origin: Origin, key: str, written: Written, cell: Cell) -> None:
        if key not in written.values:
            if cell != "":
                self._say(number, at, "cell_not_of_row", key, cell)
            return
        before = written.values[key]
        value = self._readers.get(key, read_prose)(cell)
        if isinstance(value, Refusal):
            self._refuse(number, at, key, cell, value)
            return
        if before == TOO_LONG:
            if value not in (None, ""):
                self._say(number, at, "cell_too_long", key, cell)
            return
        if _same(key, before, value):
            return
        if value in (None, ""):
            self._blanks.append((number, at, origin, key))
            return
        self._note(number, at, origin, key, value, shown(cell))

    def _note(self, number: int, at: int, origin: Origin, key: str, value: Any, text: str) -> None:
        before = self._mark.rows[origin].values[key]
        change = CellChange(number + 1, self._letter(at), origin, key, self._mark.headers[key], before, value, text)
        self._edits.changes.setdefault(origin.listing_id, []).append(change)

    # -- what only all rows together say -----------------------------------------------------------------------

    def _settle_repeated(self) -> None:
        """A copied row that says the same is nothing; one that says something else makes all of them unclear."""
        for origin, rows in self._seen.items():
            if len(rows) > 1 and len({cells for _, cells in rows}) > 1:
                numbers = ", ".join(str(number + 1) for number, _ in rows)
                changes = self._edits.changes.get(origin.listing_id, [])
                changes[:] = [change for change in changes if change.origin != origin]
                self._blanks = [blank for blank in self._blanks if blank[2] != origin]
                self._say(rows[-1][0], self._at(MARK), "row_repeated", MARK, origin.text, rows=numbers)

    def _settle_blanks(self) -> None:
        """An emptied cell takes the value away where that makes sense; an error or an uncalculated formula does not."""
        facts = {}
        if self._blanks and self._opened.format in ("xlsx", "xlsm"):
            places = {(number, self._first_column + at) for number, at, _, _ in self._blanks}
            facts = XlsxCells(self._opened.content, self._opened.name, self._edits.sheet).facts(places)
        for number, at, origin, key in self._blanks:
            known = facts.get((number, self._first_column + at))
            if known is not None and known.error:
                self._say(number, at, "error_value", key, known.error)
            elif known is not None and known.is_uncalculated:
                self._say(number, at, "not_calculated", key, f"={known.formula or '…'}")
            elif may_be_emptied(key):
                self._note(number, at, origin, key, None, "")
            else:
                self._say(number, at, "emptied", key)

    def _refuse_shuffled(self) -> None:
        """Rows sorted without their first column: nothing they say is meant for the listing it stands beside."""
        keys = [key for key in self._columns.values() if not is_locked(key)]
        now: dict[Origin, dict[str, Any]] = {}
        for change in (change for changes in self._edits.changes.values() for change in changes):
            now.setdefault(change.origin, {})[change.key] = kept(change.after)
        for _, _, origin, key in self._blanks:
            now.setdefault(origin, {})[key] = None
        written = {origin: row.values for origin, row in self._mark.rows.items()}
        if moved := shuffled_rows(keys, written, now, self._mark.rows.keys() - self._seen.keys()):
            self._edits.changes.clear()
            self._blanks.clear()
            self._edits.errors[:] = [error for error in self._edits.errors if not error.field or not error.column]
            self._say(self._first_of(moved), self._at(MARK), "shuffled", MARK, n=str(len(moved)))

    def _first_of(self, origins: Iterable[Origin]) -> int:
        return min(self._seen[origin][0][0] for origin in origins)

    def _settle_listings(self) -> None:
        """What a listing has once stands in each of its rows: one changed row is enough, two must say the same."""
        for changes in self._edits.changes.values():
            kept_changes: dict[tuple[str, int], CellChange] = {}
            refused: set[str] = set()
            for change in changes:
                of_listing = change.key in LISTING_FIELDS or change.key.startswith("attribute:")
                place = (change.key, 0 if of_listing else change.origin.sku_id)
                first = kept_changes.setdefault(place, change)
                if first.after != change.after and change.key not in refused:
                    refused.add(change.key)
                    self._edits.errors.append(
                        replace(self._error(change), code="rows_disagree", params={"first": str(first.row)})
                    )
            changes[:] = [change for change in kept_changes.values() if change.key not in refused]

    # -- errors ------------------------------------------------------------------------------------------------

    def _error(self, change: CellChange) -> CellError:
        return error_of(self._edits, change, "")

    def _refuse(self, number: int, at: int, key: str, cell: Cell, refusal: Refusal) -> None:
        self._say(number, at, refusal.code, key, cell, fix=refusal.fix, **dict(refusal.params))

    def _say(
        self,
        number: int,
        at: int,
        code: str,
        key: str = "",
        cell: Cell = "",
        *,
        fix: str | None = None,
        column: str | None = None,
        **params: str,
    ) -> None:
        header = self._mark.headers.get(key, shown(cell) if not key else "")
        letter = self._letter(at) if column is None else column
        self._edits.errors.append(
            CellError(
                self._edits.file, self._edits.sheet, number + 1, letter, header, key, shown(cell), code, params, fix
            )
        )

    def _at(self, key: str) -> int:
        return next((at for at, other in self._columns.items() if other == key), 0)

    def _letter(self, at: int) -> str:
        return column_letter(self._first_column + at)


@dataclass(frozen=True, slots=True)
class _Head:
    """The header row: its place in the sheet, counted from 0, and its cells."""

    row: int
    column: int
    cells: list[Cell]


def error_of(edits: SheetEdits, change: CellChange, code: str, **params: str) -> CellError:
    """Why a changed cell is not used."""
    return CellError(
        edits.file, edits.sheet, change.row, change.column, change.header, change.key, change.value, code, params
    )


def _same(key: str, before: Any, value: Any) -> bool:
    """Whether a cell says what it said; nothing and an empty text are one."""
    if key in VALUES and isinstance(before, list):
        return (value or "") in before[:2]
    is_same: bool = (None if value == "" else kept(value)) == (None if before == "" else before)
    return is_same


def _folded(header: str) -> str:
    return " ".join(header.split()).casefold()
