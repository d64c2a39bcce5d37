"""Warehouse templates as a workbook: one row a country, written out, corrected in a spreadsheet and read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from app.messages import Language, Messages, tr
from app.services.compliance.ships_from import ships_from
from app.services.db import Database
from app.services.errors import AppError, InputError, NotFound
from app.services.history.records import ChangeRecord, Entry
from app.services.listings.text import fold
from app.services.warehouses.records import PriceSource, WarehouseCountryRecord, WarehouseTemplateRecord
from app.services.warehouses.templates import country_record, find_template, get_template, put_template, record_acts
from app.services.workbooks import OutColumn, open_workbook, write_sheet

COLUMNS = (
    *("name", "kind", "price_source", "margin", "discount", "handling_days", "home_stock", "missing", "note"),
    *("country", "ships_from_id", "mark", "stock", "surcharge", "formula"),
)
LANGUAGES: tuple[Language, ...] = ("zh", "en")
HEAD_ROWS = 20


class NoTemplateSheet(InputError):
    """No row of `file` names a template and a country; `known` lists the headers looked for."""

    code = "warehouse.no_sheet"


class BadCell(InputError):
    """A cell makes no sense: `row`, `column` (its header), `value`."""

    code = "warehouse.cell"


@dataclass(slots=True)
class TemplatesRead:
    """What came of a sheet: templates that are stored as it says, what was wrong with the others, each an error that
    names its place, and the one change that made all of it, None where nothing differs."""

    stored: list[str] = field(default_factory=list)
    errors: list[AppError] = field(default_factory=list)
    change: ChangeRecord | None = None


def write_templates(db: Database, path: Path) -> int:
    """Write all templates to an .xlsx or .csv. Returns: how many there are.

    Raises:
        UnknownKind: another ending.
        WorkbookError: `.unwritable`.
    """
    with db.reader.connect() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM warehouse_template ORDER BY lower(name)").scalars().all()
    templates = [get_template(db, number) for number in ids]
    columns = [OutColumn(tr(f"warehouses.sheet.{name}"), name in ("ships_from_id", "mark", "name")) for name in COLUMNS]
    rows = (row for template in templates for row in _rows(template))
    write_sheet(path, tr("warehouses.sheet"), columns, rows)
    return len(templates)


def _rows(template: WarehouseTemplateRecord) -> Iterator[tuple[Any, ...]]:
    head = (
        template.name,
        tr("warehouses.virtual" if template.is_virtual else "warehouses.real"),
        tr(f"warehouses.prices.{template.price_source}"),
        None if template.margin_bp is None else template.margin_bp / 100,
        template.discount_bp / 100,
        template.handling_days,
        template.home_stock,
        tr("warehouses.missing.zero" if template.zero_missing else "warehouses.missing.leave"),
        template.note,
    )
    for entry in template.countries:
        surcharge = None if entry.surcharge_minor is None else entry.surcharge_minor / 100
        yield *head, entry.country, entry.ships_from_id, entry.mark, entry.stock, surcharge, entry.formula


def read_templates(db: Database, path: Path) -> TemplatesRead:
    """Store the templates of a sheet as one change; one of a known name takes that one's place, freight templates stay
    as they are. A template with a wrong cell is left out whole and named.

    Raises:
        NoTemplateSheet, WorkbookError: it cannot be read; nothing was stored.
    """
    read, found = TemplatesRead(), dict[str, list[tuple[int, dict[str, str]]]]()
    for number, line in _lines(path):
        found.setdefault(" ".join(line["name"].split()), []).append((number, line))
    made: list[WarehouseTemplateRecord] = []
    for name, lines in found.items():
        try:
            made.append(_template(db, name, lines))
        except AppError as error:
            read.errors.append(error)
    entries: list[Entry] = []
    with db.bulk() as connection:
        for template in made:
            try:
                stored, entry = put_template(connection, template)
            except AppError as error:
                read.errors.append(error)
                continue
            read.stored.append(stored.name)
            entries += [entry] if entry else []
        read.change = record_acts(connection, entries, "change.warehouses_imported", path.name, n=len(entries))
    return read


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number and texts by column of every row below the header that names a template."""
    is_found = False
    with open_workbook(path) as opened:
        for sheet in opened.sheets:
            grid, places = opened.grid(sheet.name), dict[str, int]()
            for number, row in enumerate(grid.rows() if grid is not None else (), 1):
                if places:
                    texts = {name: _text(row, at) for name, at in places.items()}
                    if texts["name"]:
                        is_found = True
                        yield (grid.first_row if grid else 0) + number, texts
                elif number <= HEAD_ROWS:
                    places = _header(row)
    if not is_found:
        raise NoTemplateSheet(file=path.name, known=", ".join(tr(f"warehouses.sheet.{name}") for name in COLUMNS))


def _header(row: Sequence[Any]) -> dict[str, int]:
    words = {fold(Messages(one).text(f"warehouses.sheet.{name}")): name for one in LANGUAGES for name in COLUMNS}
    found = {words[fold(str(cell))]: at for at, cell in enumerate(row) if fold(str(cell)) in words}
    return found if {"name", "country"} <= found.keys() else {}


def _text(row: Sequence[Any], at: int) -> str:
    cell = row[at] if at < len(row) else ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip().removeprefix("'")


def _template(db: Database, name: str, lines: Sequence[tuple[int, dict[str, str]]]) -> WarehouseTemplateRecord:
    """Raises: BadCell, BadTemplate."""
    number, head = lines[0]
    cells = _Cells(number, head)
    try:
        known = find_template(db, name)
    except NotFound:
        known = WarehouseTemplateRecord(None, name)
    margin, discount = cells.hundredths("margin"), cells.hundredths("discount")
    return WarehouseTemplateRecord(
        id=known.id,
        name=name,
        is_virtual=cells.choice("kind", {"virtual": "warehouses.virtual", "real": "warehouses.real"}, "virtual")
        == "virtual",
        handling_days=cells.whole("handling_days"),
        note=head.get("note", ""),
        countries=tuple(_country(_Cells(at, line)) for at, line in lines),
        price_source=PriceSource(
            cells.choice("price_source", {str(one): f"warehouses.prices.{one}" for one in PriceSource}, "sheet")
        ),
        margin_bp=margin,
        discount_bp=known.discount_bp if discount is None else discount,
        home_stock=cells.whole("home_stock"),
        zero_missing=cells.choice(
            "missing", {"leave": "warehouses.missing.leave", "zero": "warehouses.missing.zero"}, "leave"
        )
        == "zero",
        freight=known.freight,
    )


def _country(cells: _Cells) -> WarehouseCountryRecord:
    text = cells.text("country")
    code = ships_from().country(text)
    if code is None:
        raise cells.bad("country")
    usual = country_record(code, stock=cells.whole("stock"), surcharge_minor=cells.hundredths("surcharge"))
    return WarehouseCountryRecord(
        usual.country,
        cells.text("ships_from_id") or usual.ships_from_id,
        cells.text("mark") or usual.mark,
        usual.stock,
        usual.surcharge_minor,
        cells.text("formula"),
    )


@dataclass(frozen=True, slots=True)
class _Cells:
    """The texts of one row, read as what they should be; each method raises BadCell."""

    row: int
    texts: Mapping[str, str]

    def text(self, name: str) -> str:
        return self.texts.get(name, "")

    def bad(self, name: str) -> BadCell:
        return BadCell(row=str(self.row), column=tr(f"warehouses.sheet.{name}"), value=self.text(name)[:80])

    def whole(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise self.bad(name)
        return int(text)

    def hundredths(self, name: str) -> int | None:
        text = self.text(name).rstrip("%").strip()
        if not text:
            return None
        try:
            number = Decimal(text) * 100
        except InvalidOperation:
            raise self.bad(name) from None
        if not number.is_finite() or number != int(number) or abs(number) > 10**9:
            raise self.bad(name)
        return int(number)

    def choice(self, name: str, keys: Mapping[str, str], usual: str) -> str:
        text = fold(self.text(name))
        if not text:
            return usual
        for value, key in keys.items():
            if text in (value, *(fold(Messages(language).text(key)) for language in LANGUAGES)):
                return value
        raise self.bad(name)
