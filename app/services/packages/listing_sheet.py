"""A package's products sheet as a `ListingTable`: one row a variant, every row with its product's columns.

What cannot be read is a `CellError` like in any other sheet: a damaged 价格信息 with its place and a proposed repair,
which is taken only when a person agrees.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from app.services.collection import without_collection
from app.services.packages.lenient import proposal
from app.services.packages.meaning import label
from app.services.packages.price_info import PriceInfo, PriceInfoError, Variant, read_price_info
from app.services.packages.rules import package_rules
from app.services.tasks import TaskContext
from app.services.workbooks import GroupedBy, ListingTable, OpenedFile, Recognition
from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.grid import Cell
from app.services.workbooks.listings import PackedColumns, assembled
from app.services.workbooks.numbers import PriceReader, count_reader
from app.services.workbooks.recognition import RecognisedColumn
from app.services.workbooks.refusals import Refusal, shown
from app.services.workbooks.tables import SheetTable, read_table

_OF_VARIANTS = frozenset({"sku_code", "price", "stock", "barcode", "sku_image", "property"})
"""Fields whose column beside 价格信息 is only kept: the variants say it themselves."""
_KEYS = ("product_key", "product_id")
_WITH_PROPOSAL = {"package_json": "package_json_fix", "package_json_cut": "package_json_cut_fix"}
"""Codes of refusals that propose a repair."""


def is_package_sheet(opened: OpenedFile, recognition: Recognition) -> bool:
    """Whether the sheet has its variants in one cell a product. A column called 价格信息 beside prices may also hold
    notes: then the cells decide."""
    columns = recognition.of("price_info")
    if not columns:
        return False
    if not recognition.has("price"):
        return True
    grid = opened.grid(recognition.sheet)
    if grid is None:
        return False
    place, entries = columns[0].index - grid.first_column, package_rules().entries
    rows = islice(grid.rows(), max(recognition.first_row - 1 - grid.first_row, 0), None)
    return any(entries in str(row[place]) for row in rows if place < len(row))


def read_package_listings(
    opened: OpenedFile, recognition: Recognition, ctx: TaskContext, *, is_repair: bool = False
) -> ListingTable:
    """Read a package's sheet.

    Args:
        opened: the opened package or sheet.
        recognition: from `recognise`; it has 价格信息.
        ctx: reports rows, stops between them.
        is_repair: the user agreed to every proposed repair of 价格信息.

    Raises:
        WorkbookError: `.no_rows`, and what the reader finds wrong.
        TaskCancelled: stopped.
    """
    price_info = recognition.of("price_info")[0]
    plain = replace(
        recognition,
        columns=tuple(_kept(column) if column.field in _OF_VARIANTS else column for column in recognition.columns),
    )
    with without_collection():
        table = read_table(opened, plain, ctx)
        _drop_blank(table)
        if not table.rows:
            row = str(recognition.header_row)
            raise WorkbookError("workbook.no_rows", file=recognition.file, sheet=recognition.sheet, row=row)
        variants = _Variants(table, price_info, is_repair=is_repair)
        variants.read()
        _demand_titles(table)
        table.errors.sort(key=lambda error: (error.row, len(error.column), error.column))
        grouped_by, keys = _keys(table)
        products = assembled(table, grouped_by, keys)
    codes = recognition.of("sku_code")
    if codes:
        products.extra.pop(codes[0].header or codes[0].letter, None)
    expanded = variants.expanded(products)
    shown_columns = (
        column if column in codes[:1] else other
        for column, other in zip(recognition.columns, plain.columns, strict=True)
    )
    expanded.recognition = replace(plain, columns=tuple(shown_columns))
    cells = _cells(opened, table)
    for position, repaired in variants.repaired.items():
        cells[position][price_info.index] = repaired
    expanded.packed = replace(variants.packed, rows=cells, header=_header(opened, recognition))
    return expanded


def _kept(column: RecognisedColumn) -> RecognisedColumn:
    return replace(column, field=None, name="", unit="", number=0)


def _drop_blank(table: SheetTable) -> None:
    """Rows with nothing but blanks are none."""
    blank = {
        position
        for position in range(len(table.rows))
        if position not in table.refused and all(column.values[position] is None for column in table.columns)
    }
    table.drop(blank)


def _demand_titles(table: SheetTable) -> None:
    title = table.of("title")
    for position, text in enumerate(title.values if title is not None else ()):
        if text is None and title is not None and (position, title.source.index) not in table.refused_cells:
            table.refuse(position, title.source, "title", "", Refusal("title_missing"))


def _keys(table: SheetTable) -> tuple[GroupedBy, list[str]]:
    """Rows with one product key or id are one listing; a row without is one of its own."""
    for name in _KEYS:
        column = table.of(name)
        if column is not None and any(value is not None for value in column.values):
            keys = zip(column.values, table.rows, strict=True)
            return GroupedBy(name), [key or f"\x00{row}" for key, row in keys]
    return GroupedBy.ROW, [f"\x00{row}" for row in table.rows]


@dataclass(slots=True)
class _Said:
    """What the variants of all readable rows say, one entry a variant; `source` is the position of its row."""

    source: list[int] = field(default_factory=list)
    codes: list[str | None] = field(default_factory=list)
    prices: list[int | None] = field(default_factory=list)
    stocks: list[int | None] = field(default_factory=list)
    barcodes: list[str | None] = field(default_factory=list)
    images: list[str | None] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    properties: list[dict[str, str]] = field(default_factory=list)
    further: list[dict[str, str]] = field(default_factory=list)


class _Variants:
    """Takes the variants out of the cells; a row with one that cannot be read is refused as a whole.

    Attributes:
        repaired: position → the text that was agreed to in place of a damaged one; it is what goes out again.
    """

    def __init__(self, table: SheetTable, column: RecognisedColumn, *, is_repair: bool) -> None:
        self._table, self._column, self._is_repair = table, column, is_repair
        self._price, self._count = PriceReader(""), count_reader()
        self._prices: dict[str, Any] = {"": None}
        self._stocks: dict[str, Any] = {"": None}
        self._said = _Said()
        self._headers = {label(one.source) for one in table.columns} - set(package_rules().keys.values())
        self.packed = PackedColumns([], [], [], [], [])
        self.repaired: dict[int, str] = {}

    def read(self) -> None:
        """Go through the rows."""
        values = next(one.values for one in self._table.columns if one.source.index == self._column.index)
        for position, text in enumerate(values):
            info = self._info(position, text or "")
            self.packed.texts.append(text or "")
            if info is not None:
                self._add(position, info.variants)
            if position in self._table.refused and (not self._said.source or self._said.source[-1] != position):
                self._add_nothing(position)

    def _info(self, position: int, text: str) -> PriceInfo | None:
        if not text:
            if (position, self._column.index) not in self._table.refused_cells:
                self._refuse(position, "", Refusal("package_missing"))
            return None
        try:
            return read_price_info(text)
        except PriceInfoError as error:
            fix = proposal(text)
            if fix is not None and self._is_repair:
                self.repaired[position] = fix
                return read_price_info(fix)
            params = (("position", str(error.position)), ("found", shown(error.found)))
            code = error.code if fix is None else _WITH_PROPOSAL.get(error.code, error.code)
            self._refuse(position, text, Refusal(code, fix, (*params, ("proposal", shown(fix or "")))))
            return None

    def _refuse(self, position: int, cell: Cell, verdict: Refusal) -> None:
        self._table.refuse(position, self._column, "price_info", cell, verdict)

    def _add(self, position: int, variants: Sequence[Variant]) -> None:
        said, is_keyed = self._said, self._has_key(position)
        for number, variant in enumerate(variants, 1):
            price = self._value(variant.price, self._prices, self._price)
            stock = self._value(variant.stock, self._stocks, self._count)
            code = variant.code.strip()
            if price is None:
                price = Refusal("price_missing")
            if not code and not is_keyed:
                self._refuse_value(position, number, "code", code, Refusal("code_missing"))
            for name, value, verdict in (("price", variant.price, price), ("stock", variant.stock, stock)):
                if isinstance(verdict, Refusal):
                    self._refuse_value(position, number, name, value, verdict)
            said.source.append(position)
            said.codes.append(code or None)
            said.prices.append(None if isinstance(price, Refusal) else price)
            said.stocks.append(None if isinstance(stock, Refusal) else stock)
            said.barcodes.append(variant.text("barcode").strip() or None)
            said.images.append(variant.text("image").strip() or None)
            said.countries.append(variant.text("ships_from").strip())
            said.properties.append(variant.properties)
            said.further.append({key: str(variant.data[key]) for key in self._headers & variant.data.keys()})

    def _add_nothing(self, position: int) -> None:
        """A refused row stands in the preview, too."""
        said = self._said
        said.source.append(position)
        for column in (said.codes, said.prices, said.stocks, said.barcodes, said.images):
            column.append(None)
        said.countries.append("")
        said.properties.append({})
        said.further.append({})

    def _has_key(self, position: int) -> bool:
        return any((column := self._table.of(name)) is not None and column.values[position] for name in _KEYS)

    @staticmethod
    def _value(text: str, known: dict[str, Any], read: Any) -> Any:
        if text not in known:
            known[text] = read(text)
        return known[text]

    def _refuse_value(self, position: int, number: int, name: str, value: str, verdict: Refusal) -> None:
        params = (("number", str(number)), ("key", package_rules().keys[name]), ("said", shown(value)))
        code = "package_value_missing" if verdict.code in ("price_missing", "code_missing") else "package_value"
        self._refuse(position, value, Refusal(code, params=params))

    def expanded(self, products: ListingTable) -> ListingTable:
        """*products* with one row a variant."""
        said, source = self._said, self._said.source

        def spread(values: Iterable[Any]) -> list[Any]:
            of_products = list(values)
            return [of_products[position] for position in source]

        fields = {name: spread(values) for name, values in products.fields.items()}
        fields |= {"sku_code": said.codes, "price_minor": said.prices, "stock": said.stocks}
        fields |= {"barcode": said.barcodes, "sku_image": said.images}
        fields["price_info"] = [_summary(said, index) for index in range(len(source))]
        self.packed = replace(
            self.packed,
            source=source,
            properties=said.properties,
            countries=said.countries,
            further=said.further,
        )
        return replace(
            products,
            rows=spread(products.rows),
            fields=fields,
            attributes={name: spread(values) for name, values in products.attributes.items()},
            extra={name: spread(values) for name, values in products.extra.items()},
            group_keys=spread(products.group_keys),
            refused={index for index, position in enumerate(source) if position in self._table.refused},
            groups_cache={},
        )


def _summary(said: _Said, index: int) -> str:
    """A variant in one line, for the preview."""
    price = said.prices[index]
    parts = [] if price is None else [f"{price // 100}.{price % 100:02d}"]
    parts += [] if said.stocks[index] is None else [str(said.stocks[index])]
    return " · ".join([*parts, *(f"{name}:{value}" for name, value in said.properties[index].items())])


def _cells(opened: OpenedFile, table: SheetTable) -> list[list[Cell]]:
    """The raw cells of the table's rows, from column A on."""
    grid = opened.grid(table.recognition.sheet)
    if grid is None:
        return []
    wanted, left = set(table.rows), [""] * grid.first_column
    rows = enumerate(grid.rows(), grid.first_row + 1)
    return [[*left, *row] for number, row in rows if number in wanted]


def _header(opened: OpenedFile, recognition: Recognition) -> list[str]:
    """The header cells as they are written."""
    grid = opened.grid(recognition.sheet)
    if grid is None or not recognition.header_row:
        return [column.header for column in recognition.columns]
    row = grid.head(recognition.header_row - grid.first_row)[-1]
    return [*[""] * grid.first_column, *map(str, row)]
