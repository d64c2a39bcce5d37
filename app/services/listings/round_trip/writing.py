"""Writing the workbook to edit: one row a variant, ids locked, lists to choose from, what it was made of unseen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.messages import Language, messages, tr
from app.services.db import Database
from app.services.listings.exporting.columns import TEXT_KEYS, Column, FoundColumns
from app.services.listings.exporting.names import Names
from app.services.listings.exporting.reading import Rows
from app.services.listings.exporting.writing import ExportResult
from app.services.listings.loading import chunks, id_list
from app.services.listings.marketing.membership import known_names
from app.services.listings.round_trip.columns import KEYS, LISTED, MARK, VALUES, field_of, is_locked, tidy
from app.services.listings.round_trip.mark import TOO_LONG, Origin, mark_sheet, packed
from app.services.listings.source import ListingSource
from app.services.paging import Query
from app.services.tasks import TaskContext
from app.services.workbooks import Check, OutColumn, OutSheet, write_xlsx
from app.services.workbooks.fields import field_book
from app.services.workbooks.grid import column_letter
from app.services.workbooks.limits import limits

MOST_CHOICES = 500
"""A longer list is no help; any name can be typed all the same."""
_IDS = "SELECT id, store_id, created_ms, category_id, freight_template_id, group_id, unit FROM listing WHERE id IN ({})"
_NUMBERS = ("price", "stock", "lot_size", "handling_days", "weight", "length", "width", "height")
_WIDTHS = {MARK: 12, "title": 46, "detail_html": 40, "images": 30, "category": 34, "keywords": 30, "sku_code": 22}
_WIDTH, _NARROW = 18, 11
_ALWAYS_IN_VIEW = 3
"""Columns that stay while the others are scrolled: mark, key and id."""


def write_to_edit_file(
    database: Path, path: Path, chosen: Sequence[int] | Query, language: Language, *, ctx: TaskContext
) -> ExportResult:
    """`write_to_edit` for the worker process, which opens the database itself."""
    db, before = Database(database), messages.language
    messages.language = language
    try:
        return write_to_edit(db, path, chosen, ctx=ctx)
    finally:
        messages.language = before
        db.dispose()


def write_to_edit(
    db: Database, path: Path, chosen: Sequence[int] | Query, *, ctx: TaskContext | None = None
) -> ExportResult:
    """Write listings, ids or all of a filter, as a workbook whose changes can be taken back.

    Raises:
        WorkbookError: `.unwritable`, `.too_many_rows`.
        TaskCancelled: stopped; no file is left behind.
    """
    ctx = ctx or TaskContext()
    ids = ListingSource(db).ids(chosen, ctx) if isinstance(chosen, Query) else chosen
    with db.read() as session:
        book = _Book(session, ids)
        write_xlsx(path, book.sheets(ids), ctx)
        return ExportResult(path, book.source.listings, book.source.skus)


@dataclass(slots=True)
class _Choices:
    """Names to choose from by column, and where they stand in the sheet of lists."""

    names: dict[str, list[str]] = field(default_factory=dict)

    def add(self, names: Names, used: set[str], marketing: Iterable[str]) -> None:
        """The names of another store, *marketing* of its marketing groups; of categories only those in use."""
        parts = {
            "category": (names.categories.get(number, "") for number in used),
            "freight_template": names.templates.values(),
            "group": names.groups.values(),
            "unit": names.units.values(),
            "marketing_group": marketing,
        }
        for key, found in parts.items():
            self.names[key] = sorted({*self.names.get(key, ()), *filter(None, found)})

    def area(self, key: str, sheet: str) -> str:
        """Where a column's names stand, "" where there are none or too many."""
        count = len(self.names.get(key, ()))
        letter = column_letter(LISTED.index(key)) if key in LISTED else ""
        return f"'{sheet}'!${letter}$2:${letter}${count + 1}" if 0 < count <= MOST_CHOICES and letter else ""

    def sheet(self, name: str) -> OutSheet:
        """The sheet of lists, hidden."""
        columns = [self.names.get(key, [])[:MOST_CHOICES] for key in LISTED]
        height = max(map(len, columns))
        rows = [[column[at] if at < len(column) else None for column in columns] for at in range(height)]
        return OutSheet(name, [OutColumn(key) for key in LISTED], rows, state="hidden")


class _Book:
    """The workbook of some listings."""

    def __init__(self, session: Session, ids: Sequence[int]) -> None:
        self._session, self._connection = session, session.connection()
        found = FoundColumns.of(self._connection, ids, KEYS)
        self.currency = next(iter(found.currencies)) if len(found.currencies) == 1 else ""
        self._columns = found.columns(KEYS, per_listing=False)
        self.source = Rows(session, self._columns)
        self._headers = _distinct({MARK: tr("round_trip.mark"), **{one.key: one.header for one in self._columns}})
        self._marks: list[tuple[str, int, str]] = []
        self._choices = _Choices()
        for store_id, used in _categories(self._connection, ids).items():
            marketing = known_names(self._connection, store_id).values()
            self._choices.add(Names.of(session, store_id), used, marketing)

    def sheets(self, ids: Sequence[int]) -> list[OutSheet]:
        """The rows, what the columns are for, the lists, the mark."""
        lists = tr("round_trip.lists")
        columns = [self._out(Column(MARK, self._headers[MARK], is_text=True), lists)]
        columns += [self._out(column, lists) for column in self._columns]
        notes = [(self._headers[column.key], note_of(column.key)) for column in self._columns]
        rules = [(tr("round_trip.rule"), tr(f"round_trip.rule.{number}")) for number in range(1, 5)]
        about = OutSheet(
            tr("round_trip.about"),
            [OutColumn(tr("round_trip.about.column"), width=26), OutColumn(tr("round_trip.about.what"), width=110)],
            [*rules, *notes],
        )
        return [
            OutSheet(tr("export.sheet"), columns, self._rows(ids), is_protected=True, fixed_columns=_ALWAYS_IN_VIEW),
            about,
            self._choices.sheet(lists),
            mark_sheet(uuid4().hex, self._headers, self.currency, self._marks),
        ]

    def _out(self, column: Column, lists: str) -> OutColumn:
        key, header = column.key, self._headers[column.key]
        note = tr("round_trip.note.mark") if key == MARK else note_of(key)
        low, high = (0.0, 0.0)
        if key in _NUMBERS:
            low = 0.0 if key in ("price", "stock", "handling_days") else 1.0
            high = field_book().max_price_minor / 100 if key == "price" else float(field_book().max_count)
        check = Check(
            header,
            note,
            area=self._choices.area(key, lists),
            low=low if key in _NUMBERS else None,
            high=high,
            is_whole=key in ("stock", "lot_size", "handling_days"),
        )
        is_text = key not in _NUMBERS or key in TEXT_KEYS
        width = _WIDTHS.get(key, _NARROW if key in _NUMBERS else _WIDTH)
        return OutColumn(header, is_text, width, is_locked(key), check)

    def _rows(self, ids: Sequence[int]) -> Iterator[list[Any]]:
        """The rows; what they hold is put down for the mark on the way."""
        for chunk in chunks(ids):
            known = {row[0]: row for row in self._connection.exec_driver_sql(_IDS.format(id_list(chunk)))}
            for listing_id, sku_id, cells in self.source.known_rows(chunk):
                row = known[listing_id]
                origin = Origin(listing_id, sku_id or 0)
                values = self._values(cells, dict(zip(VALUES, row[3:], strict=True)), sku_id)
                self._marks.append((origin.text, row[2], packed(values)))
                yield [origin.text, *cells]

    def _values(self, cells: list[Any], ids: Mapping[str, str], sku_id: int | None) -> dict[str, Any]:
        """What the open cells of a row stand for: names with their id, prices in minor units."""
        found: dict[str, Any] = {}
        for at, column in enumerate(self._columns):
            key, cell = column.key, cells[at]
            if is_locked(key) or (sku_id is None and field_of(key) in ("code", "price_minor", "stock", "barcode")):
                continue
            if isinstance(cell, str) and len(cell.encode("utf-16-le", "replace")) > 2 * limits().write_cell_chars:
                cells[at], found[key] = None, TOO_LONG
            elif key in VALUES:
                found[key] = [cell or "", ids[key]]
            elif key == "price":
                found[key] = None if cell is None else round(cell * 100)
            else:
                found[key] = tidy(cell) if isinstance(cell, str) else cell
        return found


def note_of(key: str) -> str:
    """What a column is for."""
    kind = key.partition(":")[0]
    return tr(f"round_trip.note.{'locked' if is_locked(key) else kind}")


def _distinct(headers: dict[str, str]) -> dict[str, str]:
    """Headers of which no two are the same, for a column is found again by its header."""
    seen: dict[str, int] = {}
    made = {}
    for key, header in headers.items():
        number = seen[header.casefold()] = seen.get(header.casefold(), 0) + 1
        made[key] = header if number == 1 else f"{header} ({number})"
    return made


def _categories(connection: Connection, ids: Sequence[int]) -> dict[int, set[str]]:
    """Stores of the listings, and the categories in use there."""
    found: dict[int, set[str]] = {}
    for chunk in chunks(ids):
        sql = f"SELECT DISTINCT store_id, category_id FROM listing WHERE id IN ({id_list(chunk)})"
        for store_id, category_id in connection.exec_driver_sql(sql):
            found.setdefault(store_id, set()).add(category_id)
    return found
