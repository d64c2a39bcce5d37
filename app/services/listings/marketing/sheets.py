"""Marketing groups as a sheet: one line a listing, filled in or corrected in Excel and read back as one change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app.messages import Language, Messages, tr
from app.services.db import Database
from app.services.errors import InputError
from app.services.history.records import ChangeRecord
from app.services.listings.editing import ListingEdit, record_edits
from app.services.listings.marketing.groups import (
    BadMarketingGroup,
    add_marketing_group,
    basis_points,
    cleaned_name,
    percent_of,
)
from app.services.listings.marketing.membership import known_names
from app.services.listings.text import fold
from app.services.tasks import TaskContext
from app.services.workbooks import OutColumn, open_workbook, write_sheet

COLUMNS = ("product_id", "product_key", "title", "group", "discount")
READ = ("product_id", "product_key", "group", "discount")
LANGUAGES: tuple[Language, ...] = ("zh", "en")
HEAD_ROWS = 20
_ROWS = (
    "SELECT listing.product_id, listing.product_key, listing.title, marketing_group.name, discount_bp FROM listing "
    "LEFT JOIN marketing_member ON listing_id = listing.id "
    "LEFT JOIN marketing_group ON marketing_group.id = marketing_member.group_id "
    "WHERE listing.store_id = ? ORDER BY marketing_group.name IS NULL, marketing_group.name, listing.id"
)
_UNDECIDED = "SELECT name FROM marketing_group WHERE store_id = ? AND discount_bp IS NULL"
_PLAN = "UPDATE marketing_group SET discount_bp = ? WHERE store_id = ? AND name = ?"


class NoMarketingSheet(InputError):
    """No row of `file` names a listing and a marketing group; `known` lists the headers looked for."""

    code = "marketing.no_sheet"


@dataclass(frozen=True, slots=True)
class MarketingRead:
    """What came of a sheet: the change (None where nothing differed), how many groups are new, the lines (1-based)
    whose listing is unknown, and those whose group or discount makes no sense."""

    change: ChangeRecord | None
    new_groups: int
    unknown: tuple[int, ...]
    refused: tuple[int, ...]


def export_marketing(database: Path, path: Path, store_id: int, language: Language, *, ctx: TaskContext) -> int:
    """Write all listings of a store with their marketing groups to an .xlsx or .csv. Returns: how many.

    Raises:
        UnknownKind: another ending.
        WorkbookError: `.unwritable`, `.too_many_rows`.
        TaskCancelled: stopped; no file is left behind.
    """
    db, texts = Database(database), Messages(language)
    try:
        with db.reader.connect() as connection:
            columns = [OutColumn(texts.text(f"marketing.sheet.{name}"), name in COLUMNS[:2]) for name in COLUMNS]
            rows = _rows(connection, store_id)
            return write_sheet(path, texts.text("marketing.sheet"), columns, rows, ctx).row_count
    finally:
        db.dispose()


def _rows(connection: Connection, store_id: int) -> Iterator[tuple[Any, ...]]:
    for product_id, key, title, group, hundredths in connection.exec_driver_sql(_ROWS, (store_id,)):
        percent = percent_of(hundredths)
        yield product_id, key or None, title, group, None if percent is None else float(percent)


def import_marketing(database: Path, path: Path, store_id: int, *, ctx: TaskContext) -> MarketingRead:
    """Put the listings of a store where a sheet says, all in one transaction: an empty cell takes a listing out, a new
    name makes a group. A discount is taken for a group that is new or has none planned yet.

    Raises:
        NoMarketingSheet, WorkbookError: it cannot be read; nothing was written.
        TaskCancelled: stopped; nothing was written.
    """
    lines = list(_lines(path))
    db = Database(database)
    try:
        with db.bulk() as connection:
            sheet = _Sheet(connection, store_id)
            for number, line in lines:
                ctx.checkpoint()
                sheet.take(number, *line)
            params = {"n": len(sheet.edits), "fields": ["marketing_group"]}
            change = record_edits(
                connection, [*sheet.edits.values()], label="change.bulk_edit", params=params, source=path.name, ctx=ctx
            )
        return MarketingRead(change, sheet.made, tuple(sheet.unknown), tuple(sheet.refused))
    finally:
        db.dispose()


class _Sheet:
    """Takes line after line: makes groups and plans discounts at once, collects what is to move."""

    def __init__(self, connection: Connection, store_id: int) -> None:
        self._connection, self._store_id = connection, store_id
        self._listings, self._names = _listings(connection, store_id), known_names(connection, store_id)
        self._undecided = set(connection.exec_driver_sql(_UNDECIDED, (store_id,)).scalars())
        self.edits: dict[int, ListingEdit] = {}
        self.made = 0
        self.unknown: list[int] = []
        self.refused: list[int] = []

    def take(self, number: int, product_id: str, key: str, name: str, discount: str) -> None:
        """One line."""
        listing_id = self._listings.get(("id", product_id)) or self._listings.get(("key", key))
        if listing_id is None:
            self.unknown.append(number)
            return
        try:
            group = self._group(name, discount) if name else ""
        except BadMarketingGroup:
            self.refused.append(number)
            return
        self.edits[listing_id] = ListingEdit(listing_id, is_complete=False, marketing_group=group)

    def _group(self, name: str, discount: str) -> str:
        """The name of the group as it is stored. Raises: BadMarketingGroup."""
        hundredths, known = basis_points(discount), self._names.get(fold(name))
        if known is None:
            add_marketing_group(self._connection, self._store_id, name, discount)
            self.made += 1
            known = self._names[fold(name)] = cleaned_name(name)
        elif hundredths is not None and known in self._undecided:
            self._connection.exec_driver_sql(_PLAN, (hundredths, self._store_id, known))
            self._undecided.discard(known)
        return known


def _listings(connection: Connection, store_id: int) -> dict[tuple[str, str], int]:
    """Listings by product id and, where only one has it, by key."""
    found: dict[tuple[str, str], int] = {}
    doubled: set[tuple[str, str]] = set()
    rows = connection.exec_driver_sql("SELECT id, product_id, product_key FROM listing WHERE store_id = ?", (store_id,))
    for listing_id, product_id, key in rows:
        for place in (("id", product_id or ""), ("key", key)):
            if place[1]:
                (doubled.add(place) if place in found else found.setdefault(place, listing_id))
    return {place: listing_id for place, listing_id in found.items() if place not in doubled}


def _lines(path: Path) -> Iterator[tuple[int, tuple[str, str, str, str]]]:
    """Line number, product id, key, group and discount of every line below the header."""
    with open_workbook(path) as opened:
        for sheet in opened.sheets:
            grid = opened.grid(sheet.name)
            places: dict[str, int] = {}
            for number, row in enumerate(grid.rows() if grid is not None else (), 1):
                if places:
                    texts = [_text(row, places.get(name)) for name in READ]
                    if any(texts):
                        yield (grid.first_row if grid else 0) + number, (texts[0], texts[1], texts[2], texts[3])
                elif number <= HEAD_ROWS:
                    places = _header(row)
            if places:
                return
    known = ", ".join(tr(f"marketing.sheet.{name}") for name in COLUMNS)
    raise NoMarketingSheet(file=path.name, known=known)


def _header(row: Sequence[Any]) -> dict[str, int]:
    """Columns by their meaning; none unless a listing and a group are named."""
    words = {fold(Messages(one).text(f"marketing.sheet.{name}")): name for one in LANGUAGES for name in COLUMNS}
    found = {words[fold(str(cell))]: at for at, cell in enumerate(row) if fold(str(cell)) in words}
    return found if "group" in found and {"product_id", "product_key"} & found.keys() else {}


def _text(row: Sequence[Any], at: int | None) -> str:
    cell = row[at] if at is not None and at < len(row) else ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip().removeprefix("'")
