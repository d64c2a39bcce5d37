"""The overseas sheet: code × country × price × stock, each bad row named with its place (domain.md 8.3, 8.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.messages import Key
from app.services.amounts import money_text
from app.services.codes.reading import Reader
from app.services.codes.records import Reading
from app.services.collection import without_collection
from app.services.compliance.rule_data import rule_data
from app.services.compliance.ships_from import ships_from
from app.services.tasks import TaskContext
from app.services.warehouses.countries import countries
from app.services.warehouses.overseas.records import Offer, Own, Unpriced
from app.services.workbooks import (
    CellError,
    OpenedFile,
    RecognisedColumn,
    Recognition,
    SheetTable,
    WorkbookError,
    open_workbook,
    read_table,
    recognise,
)
from app.services.workbooks.fields import folded
from app.services.workbooks.refusals import shown

FIELDS = ("sku_code", "country", "price", "stock")
CURRENCY = "USD"
BARE_CODES = frozenset({"code", "编码", "编号", "代码"})
"""Headers, folded, that name the merchant code in a sheet where nothing else has a code."""
Place = tuple[str, str]
"""Match key of a code and country."""


@dataclass(slots=True)
class OverseasSheet:
    """An overseas sheet as it was read.

    Attributes:
        offers: by match key and country.
        countries: in the order of the sheet.
        errors: what cannot be used, in the order of rows.
        rows: how many rows with something in them there are.
    """

    file: str = ""
    sheet: str = ""
    offers: dict[Place, Offer] = field(default_factory=dict)
    countries: tuple[str, ...] = ()
    errors: list[CellError] = field(default_factory=list)
    rows: int = 0

    def offer(self, own: Own, reading: Reading, country: str) -> Offer | Unpriced | None:
        """What the sheet says of a variant and a country (`OfferFor`)."""
        return self.offers.get((reading.match_key, country))

    def unmatched(self, met: set[int]) -> list[Offer]:
        """Rows that speak of no variant; *met*: those that do."""
        return sorted((offer for offer in self.offers.values() if offer.row not in met), key=lambda offer: offer.row)


def read_sheet(
    path: Path,
    read: Callable[[str], Reading] | None = None,
    fixes: Mapping[int, str] | None = None,
    ctx: TaskContext | None = None,
) -> OverseasSheet:
    """The offers of a sheet.

    Args:
        read: reads codes as their store writes them.
        fixes: row → code a person has put in place of what stands there.

    Raises:
        WorkbookError: `.overseas_column` where a column is missing, `.overseas_currency`, and why a file is unreadable.
        TaskCancelled: stopped.
    """
    with open_workbook(path) as opened:
        recognition = _recognised(opened)
        for name in ("sku_code", "price"):
            if not recognition.has(name):
                found = ", ".join(column.header for column in recognition.columns if column.header)
                named = Key(f"import.field.{name}")
                raise WorkbookError(
                    "workbook.overseas_column", file=path.name, sheet=recognition.sheet, field=named, found=found
                )
        table = read_table(opened, recognition, ctx)
    if table.currency not in ("", CURRENCY):
        raise WorkbookError("workbook.overseas_currency", file=path.name, sheet=recognition.sheet, found=table.currency)
    with without_collection():
        return _Lines(table, read or Reader().read, fixes or {}).read()


def _recognised(opened: OpenedFile) -> Recognition:
    """The meaning of the sheet. A bare "code" (编码) that says nothing elsewhere is the merchant code here."""
    found = recognise(opened)
    bare = [column.letter for column in found.columns if column.field is None and folded(column.header) in BARE_CODES]
    if found.has("sku_code") or not bare:
        return found
    return recognise(opened, found.sheet, found.header_row, {bare[0]: "sku_code"})


class _BadRow(Exception):
    """A row that cannot be used: which cell, what stands there, the name of the sentence."""

    def __init__(self, field: str, value: str, code: str, **params: str) -> None:
        super().__init__(code)
        self.field, self.value, self.code, self.params = field, value, code, params


class _Lines:
    """Takes line after line of a sheet."""

    def __init__(self, table: SheetTable, read: Callable[[str], Reading], fixes: Mapping[int, str]) -> None:
        self._table, self._read, self._fixes = table, read, fixes
        self._columns = {name: _column(table.recognition, name) for name in FIELDS}
        self._limits, self._stock = rule_data().limits, countries().stock
        self._errors: list[CellError] = []
        self._countries: dict[str, None] = {}

    def read(self) -> OverseasSheet:
        """The whole sheet."""
        bad = self._refused_rows()
        found: defaultdict[Place, list[Offer]] = defaultdict(list)
        columns = [self._values(name) for name in FIELDS]
        for row, code, *cells in zip(self._table.rows, *columns, strict=True):
            if row in bad:
                continue
            try:
                offer = self._line(row, self._fixes.get(row, code), *cells)
            except _BadRow as error:
                self._note(row, error)
            else:
                found[self._read(offer.code).match_key, offer.country].append(offer)
        recognition = self._table.recognition
        return OverseasSheet(
            recognition.file,
            recognition.sheet,
            offers={key: offers[0] for key, offers in found.items() if self._is_single(offers)},
            countries=tuple(self._countries),
            errors=sorted(self._errors, key=lambda error: error.row),
            rows=len(self._table.rows),
        )

    def _refused_rows(self) -> set[int]:
        """Rows with a cell that is no code, price or number; columns of others do not matter. A code that a person has
        put right is none."""
        fields = {column.index: name for name, column in self._columns.items() if column is not None}
        letters = {column.letter: name for name, column in self._columns.items() if column is not None}

        def counts(row: int, name: str | None) -> bool:
            return name is not None and not (name == "sku_code" and row in self._fixes)

        self._errors += [one for one in self._table.errors if counts(one.row, letters.get(one.column))]
        places = ((self._table.rows[position], fields.get(index)) for position, index in self._table.refused_cells)
        return {row for row, name in places if counts(row, name)}

    def _values(self, name: str) -> Sequence[Any]:
        source = self._columns[name]
        column = next((one for one in self._table.columns if source is not None and one.source == source), None)
        return column.values if column is not None else [None] * len(self._table.rows)

    def _line(self, row: int, code: str | None, country: str | None, price: int | None, stock: int | None) -> Offer:
        """The offer of a row. Raises: _BadRow."""
        if not code:
            raise _BadRow("sku_code", "", "overseas_no_code")
        reading = self._read(code)
        if reading.error:
            is_destroyed = reading.error == "destroyed"
            raise _BadRow("sku_code", code, "code_scientific" if is_destroyed else "overseas_code")
        place = self._place(country, reading)
        self._countries[place] = None
        if price is None:
            raise _BadRow("price", "", "overseas_no_price")
        if not self._limits.price_min_minor <= price <= self._limits.price_max_minor:
            raise _BadRow("price", money_text(price), "overseas_price")
        if stock is not None and stock > self._limits.stock_max:
            raise _BadRow("stock", str(stock), "overseas_stock", most=str(self._limits.stock_max))
        return Offer(code, place, price, self._stock if stock is None else stock, row)

    @staticmethod
    def _place(text: str | None, reading: Reading) -> str:
        """The dispatch country of a row: its column and the mark of its code agree, or one of them says it.

        Raises: _BadRow.
        """
        home, marked = countries().home, reading.ships_from
        if not text:
            if marked != home:
                return marked
            raise _BadRow("country", "", "overseas_no_country")
        named = ships_from().country(text)
        if named is None:
            raise _BadRow("country", text, "overseas_country")
        if named == home:
            raise _BadRow("country", text, "overseas_home")
        if named not in countries().dispatch:
            known = ", ".join(code for code in countries().dispatch if code != home)
            raise _BadRow("country", text, "overseas_no_dispatch", known=known)
        if marked not in (home, named):
            raise _BadRow("sku_code", reading.code, "overseas_mark", country=named, marked=marked)
        return named

    def _is_single(self, offers: Sequence[Offer]) -> bool:
        """Whether a combination stands in one row only; else none of them counts."""
        if len(offers) == 1:
            return True
        for one in offers:
            others = ", ".join(str(other.row) for other in offers if other.row != one.row)
            self._note(one.row, _BadRow("country", one.country, "overseas_twice", sku=one.code, others=others))
        return False

    def _note(self, row: int, bad: _BadRow) -> None:
        """Keep what is wrong with a row, with its place."""
        column = self._columns[bad.field]
        recognition = self._table.recognition
        self._errors.append(
            CellError(
                file=recognition.file,
                sheet=recognition.sheet,
                row=row,
                column=column.letter if column is not None else "",
                header=column.header if column is not None else bad.field,
                field=bad.field,
                value=shown(bad.value),
                code=bad.code,
                params=bad.params,
            )
        )


def _column(recognition: Recognition, name: str) -> RecognisedColumn | None:
    """The column of a field; a sheet may also call the country 发货地, which elsewhere is a sale property."""
    found = recognition.of(name)
    if not found and name == "country":
        found = tuple(column for column in recognition.columns if column.name == "ships_from")
    return found[0] if found else None
