"""Which of the five tables a sheet is, told by its headers; sheet and file names decide only where those do not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from app.services.company_tables.kinds import TableKind
from app.services.company_tables.records import TableError
from app.services.company_tables.rules import answer, table_rules
from app.services.workbooks.fields import SheetKind, field_book, folded
from app.services.workbooks.grid import Grid, Row, column_letter
from app.services.workbooks.header_words import unit_in
from app.services.workbooks.limits import limits
from app.services.workbooks.recognition import RecognisedColumn, Recognition, signature_of
from app.services.workbooks.sniff import OpenedFile

_VERDICT_FIELDS = frozenset({"severity", "type", "reason", "day", "word"})
_UNIT_OF = {"cost": "price", "floor": "price", "weight": "weight", "size": "length"} | dict.fromkeys(
    ("length", "width", "height"), "length"
)
_CLEAR_MARKS = 0.75
"""Share of the marks of a channel table that must be a yes or no; the others are named (A)."""
_CURRENCY_LIKE = re.compile(r"[(\[（【]\s*([A-Z]{3})\s*[)\]）】]")


@dataclass(frozen=True, slots=True)
class KnownTable:
    """A sheet that is one of the tables. `titles`: what stands above the header, the sheet's and the file's name."""

    kind: TableKind
    recognition: Recognition
    titles: tuple[str, ...]

    @property
    def channel_columns(self) -> tuple[RecognisedColumn, ...]:
        """Columns that are named after a channel each, of a table with a mark for each channel."""
        return tuple(column for column in self.recognition.columns if column.field is None and column.header)


def recognise_table(opened: OpenedFile, kind: TableKind | None = None) -> KnownTable:
    """The first sheet that is a company table, else the reason why none is.

    Args:
        kind: what a person says it is; headers are then only looked for.

    Raises:
        TableError: `tables.not_known`, or `tables.which_verdict` for one of the two tables of verdicts that does not
            say which.
        WorkbookError: what the reader finds wrong.
    """
    unsure = False
    visible = [info.name for info in opened.sheets if info.is_visible] or [info.name for info in opened.sheets]
    for name in visible[: limits().sheets_looked_at]:
        grid = opened.grid(name)
        found = _columns(grid) if grid is not None else None
        if grid is None or found is None:
            opened.forget(name)
            continue
        top, columns, above = found
        titles = (*above, name, opened.path.stem)
        judged = kind or _kind_of(grid, top, columns, titles)
        if judged is not None and _suffices(judged, columns):
            _demand_currency(opened.name, columns)
            return KnownTable(judged, _recognition(opened, name, grid, top, columns), titles)
        known = {column.field for column in columns}
        unsure = unsure or (_is_verdict(known) and not known.isdisjoint(_VERDICT_FIELDS))
        opened.forget(name)
    raise TableError("tables.which_verdict" if unsure and kind is None else "tables.not_known", file=opened.name)


def _columns(grid: Grid) -> tuple[int, list[RecognisedColumn], list[str]] | None:
    """Position of the header row, its columns, and the texts above it; None where no row names a field."""
    rows = grid.head(limits().header_rows)
    best, most = None, 0
    for number, row in enumerate(rows):
        count = len({field for cell in row if (field := _meaning(cell)[0])})
        if count > most and all(isinstance(cell, str) for cell in row):
            best, most = number, count
    if best is None:
        return None
    above = [str(cell) for row in rows[:best] for cell in row if cell != ""]
    return best, _named(grid, rows[best]), above


def _meaning(cell: object) -> tuple[str, int]:
    """Field and rank of a header; brackets with a unit or a remark are looked past."""
    if not isinstance(cell, str) or not cell.strip():
        return "", 0
    headers = table_rules().headers
    for text in (cell, *_without_brackets(cell)):
        if found := headers.get(folded(text)):
            return found
    key = folded(cell)
    for kind, words in field_book().units.items():  # 成本价元, cost_cny
        for word in words:
            found = headers.get(key.removesuffix(word)) if key.endswith(word) else None
            if found and _UNIT_OF.get(found[0]) == kind:
                return found
    return "", 0


def _without_brackets(text: str) -> tuple[str, ...]:
    for opening in "([（【":
        at = text.find(opening)
        if at > 0:
            return (text[:at],)
    return (text.split("/")[0],) if "/" in text else ()


def _named(grid: Grid, header: Row) -> list[RecognisedColumn]:
    """Every column; of two with one meaning the better named keeps it."""
    columns: list[RecognisedColumn] = []
    best: dict[str, tuple[int, int]] = {}
    for position, cell in enumerate(header):
        text = " ".join(str(cell).split())
        field, rank = _meaning(cell)
        if field and (field not in best or rank < best[field][0]):
            best[field] = (rank, position)
        index = grid.first_column + position
        columns.append(RecognisedColumn(index, column_letter(index), text, field or None))
    return [
        column if column.field and best[column.field][1] == position else replace(column, field=None)
        for position, column in enumerate(columns)
    ]


def _demand_currency(file: str, columns: Sequence[RecognisedColumn]) -> None:
    """A header that names a currency nobody knows makes every amount below it a wrong number."""
    for column in columns:
        named = _CURRENCY_LIKE.search(unicodedata.normalize("NFKC", column.header))
        if named and _UNIT_OF.get(column.field or "") == "price" and not unit_in(column.header, "price"):
            raise TableError("tables.currency", file=file, column=column.header, value=named[1])


def _kind_of(grid: Grid, top: int, columns: Sequence[RecognisedColumn], titles: Sequence[str]) -> TableKind | None:
    known = {column.field for column in columns if column.field}
    if "cost" not in known and _is_of_package(columns):
        return None
    if "code" in known and "floor" in known:
        return TableKind.FLOORS
    if "code" in known and known & {"cost", "weight"}:
        return TableKind.PRODUCTS
    if "attributes" in known and known & {"channel", "barred", "allowed"}:
        return TableKind.CHANNELS
    if "attributes" in known and "code" not in known and _is_matrix(grid, top, columns):
        return TableKind.CHANNELS
    return _verdict_kind([column.header for column in columns], titles) if _is_verdict(known) else None


def _is_of_package(columns: Sequence[RecognisedColumn]) -> bool:
    """A data package has weights and codes, too; taken for the product table it would replace all costs by none."""
    words = field_book().words
    return any(
        (found := words.get(folded(column.header))) is not None and found[0] == "price_info" for column in columns
    )


def _is_verdict(known: Set[str | None]) -> bool:
    return not known.isdisjoint({"code", "word"}) and known.isdisjoint({"cost", "floor", "channel"})


def _verdict_kind(headers: Sequence[str], titles: Sequence[str]) -> TableKind | None:
    """By the headers, else by what stands above them, the sheet's name, the file's name."""
    for texts in (headers, *[(title,) for title in titles]):
        joined = "\n".join(map(folded, texts))
        found = {kind for kind, words in table_rules().marks.items() if any(word in joined for word in words)}
        if len(found) == 1:
            return found.pop()
    return None


def _is_matrix(grid: Grid, top: int, columns: Sequence[RecognisedColumn]) -> bool:
    """Whether the columns nobody knows hold a yes or no each, but for a slip: they are named after channels."""
    places = [column.index - grid.first_column for column in columns if column.field is None and column.header]
    rows = grid.head(top + 1 + limits().sample_rows)[top + 1 :]
    cells = [str(row[place]) for row in rows for place in places if place < len(row) and str(row[place]).strip()]
    return bool(cells) and sum(answer(cell) is not None for cell in cells) >= _CLEAR_MARKS * len(cells)


def _suffices(kind: TableKind, columns: Sequence[RecognisedColumn]) -> bool:
    known = {column.field for column in columns if column.field}
    match kind:
        case TableKind.CHANNELS:
            return "attributes" in known
        case TableKind.FLOORS:
            return {"code", "floor"} <= known
        case TableKind.PRODUCTS:
            return "code" in known and bool(known & {"cost", "weight"})
        case _:
            return bool(known & {"code", "word"})


def _recognition(opened: OpenedFile, sheet: str, grid: Grid, top: int, columns: list[RecognisedColumn]) -> Recognition:
    return Recognition(
        file=opened.name,
        sheet=sheet,
        kind=SheetKind.UNKNOWN,
        header_row=grid.first_row + top + 1,
        first_row=grid.first_row + top + 2,
        columns=tuple(columns),
        missing=(),
        signature=signature_of([column.header for column in columns]),
    )
