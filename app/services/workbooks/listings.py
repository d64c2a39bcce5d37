"""A products sheet as listings: rows grouped, required cells demanded, several columns put together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.services.collection import without_collection
from app.services.tasks import TaskContext
from app.services.workbooks.blank_cells import name_blanks
from app.services.workbooks.columns import Column
from app.services.workbooks.errors import WorkbookError
from app.services.workbooks.fields import FieldType, field_book
from app.services.workbooks.grid import Cell
from app.services.workbooks.overruled import overruled
from app.services.workbooks.recognition import Recognition
from app.services.workbooks.refusals import CellError, Refusal
from app.services.workbooks.sniff import OpenedFile, open_workbook
from app.services.workbooks.tables import SheetTable, read_table

Texts = list[str | None]

_ADDRESS_GAP = re.compile(r"[\s;|；，]+|,(?=\s*(?:https?:)?//)", re.IGNORECASE)
_FILE_GAP = re.compile(r"[\n\r;|；，,]+")
_LIST_GAP = re.compile(r"[\n\r;|；，、,]+")
_GAPS = ("\n", ";", "|", "；", "，", ",", "、", " ", "\t", "\r")
_PACKED = "skuArray"
_SIZE_FIELDS = ("length_cm", "width_cm", "height_cm")
_KEYS = ("product_key", "product_id")
_PUT_TOGETHER = frozenset({FieldType.IGNORED, FieldType.IMAGES, FieldType.LIST, FieldType.SIZE})


class GroupedBy(StrEnum):
    """What makes several rows one listing."""

    PRODUCT_KEY = "product_key"
    PRODUCT_ID = "product_id"
    TITLE = "title"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class PackedColumns:
    """What rows of a data package say besides their fields.

    Attributes:
        source: of each row of the table, the position of its product in `texts` and `rows`.
        properties: sale properties of each row, property id → value id.
        countries: what each row names as its dispatch country beside them, "" for nothing.
        texts: the 价格信息 of each product.
        rows: all cells of each product as they stand in the sheet, from column A on; `header` above them.
        further: what the variant of each row says itself under the header of a column.
    """

    source: list[int]
    properties: list[dict[str, str]]
    countries: list[str]
    texts: list[str]
    rows: list[list[Cell]]
    header: list[str] = field(default_factory=list)
    further: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class ListingTable:
    """A products sheet; all lists are parallel to `rows`. None is unknown, never 0.

    Attributes:
        recognition: the meaning the sheet was read with.
        rows: Excel's number of every data row.
        fields: by stored name. Text: product_key, product_id, title, category, sku_code, unit, sku_image, detail_html,
            group, freight_template, barcode, brand, attributes, price_info, country, currency. Whole numbers:
            price_minor and cost_minor (cents), stock, weight_g, length_cm, width_cm, height_cm, lot_size,
            handling_days. Tuples of texts: images, keywords. A field without a column is not there.
        properties: sale properties by name (color, size, ships_from, spec, or the sheet's own), in the sheet's order.
        attributes: category attributes by the sheet's name.
        extra: columns that nobody understood, by header, as text.
        grouped_by: what `group_keys` are.
        group_keys: equal for the rows of one listing; "" for refused rows that belong to none.
        cell_errors: refused cells, at most `Limits.errors_kept`; `error_count` counts all.
        refused: positions of rows with a refused cell; such a row must not be stored.
        overruled: cells that say otherwise than the first row of their listing, the first of `overruled_count`.
        packed: what only a data package says, None for any other sheet.
        currency: of the prices as header or cells say it, "" where they do not.
    """

    recognition: Recognition
    rows: list[int]
    fields: dict[str, list[Any]]
    properties: dict[str, Texts]
    attributes: dict[str, Texts]
    extra: dict[str, Texts]
    grouped_by: GroupedBy
    group_keys: list[str]
    cell_errors: list[CellError]
    error_count: int
    refused: set[int]
    currency: str = ""
    overruled: list[CellError] = field(default_factory=list)
    overruled_count: int = 0
    packed: PackedColumns | None = None
    groups_cache: dict[str, list[int]] = field(default_factory=dict, repr=False)

    def groups(self) -> dict[str, list[int]]:
        """Positions of the rows of every listing, listings in the order of the sheet."""
        if not self.groups_cache:
            for position, key in enumerate(self.group_keys):
                if key:
                    self.groups_cache.setdefault(key, []).append(position)
        return self.groups_cache


def read_listings(source: OpenedFile | Path, recognition: Recognition, ctx: TaskContext | None = None) -> ListingTable:
    """Read a products sheet with the meaning that was recognised or corrected.

    A row needs a code (product key, product id or merchant code) and a price, the first row of a listing a title
    where the sheet has titles. What is missing or cannot be read is a `CellError`, the other rows go on.

    Args:
        source: the opened file, or its path.
        recognition: from `recognise`.
        ctx: reports rows, stops between chunks of rows.

    Raises:
        WorkbookError: `.package_not_read` for a sheet with prices and codes in one cell a product, `.no_header`,
            `.no_column.sku_code`, `.no_column.price`, `.no_rows`, and what the reader finds.
        TaskCancelled: the user asked to stop.
    """
    if not isinstance(source, OpenedFile):
        with open_workbook(source) as opened:
            return read_listings(opened, recognition, ctx)
    _demand_columns(recognition)
    with without_collection():
        table = read_table(source, recognition, ctx)
        _refuse_package(table)
        _Requirements(table).apply()
        if not table.rows:
            raise WorkbookError(
                "workbook.no_rows", file=recognition.file, sheet=recognition.sheet, row=str(recognition.header_row)
            )
        grouped_by, keys = _grouped(table)
        _settle_titles(table, keys)
        if grouped_by is GroupedBy.ROW:
            _refuse_repeated_codes(table, keys)
        name_blanks(table, source)
        table.errors.sort(key=lambda error: (error.row, len(error.column), error.column))
        return assembled(table, grouped_by, keys)


def _demand_columns(recognition: Recognition) -> None:
    """Say which column is missing before a hundred thousand rows are refused for it."""
    if not any(column.is_used for column in recognition.columns):
        raise WorkbookError("workbook.no_header", file=recognition.file, sheet=recognition.sheet)
    if recognition.has("price_info") and not recognition.has("price"):
        raise _package(recognition)
    if recognition.missing:
        raise WorkbookError(
            f"workbook.no_column.{recognition.missing[0]}",
            file=recognition.file,
            sheet=recognition.sheet,
            row=str(recognition.header_row),
        )


def _refuse_package(table: SheetTable) -> None:
    """A column beside the prices may be called price info and hold notes; the package's text is no note."""
    column = table.of("price_info")
    if column is not None and any(_PACKED in text for text in column.values if text):
        raise _package(table.recognition)


def _package(recognition: Recognition) -> WorkbookError:
    header = recognition.of("price_info")[0].header
    return WorkbookError("workbook.package_not_read", file=recognition.file, column=header)


class _Requirements:
    """Demands codes and prices row by row, and lets rows go that hold nothing after all."""

    def __init__(self, table: SheetTable) -> None:
        self._table = table
        self._codes = [column for name in ("sku_code", *_KEYS) if (column := table.of(name)) is not None]
        self._price = table.of("price")

    def apply(self) -> None:
        """Refuse rows without code or price."""
        table, codes, price = self._table, self._codes, self._price
        first = codes[0].values if codes else []
        without_code = [position for position, code in enumerate(first) if code is None] if codes else []
        without_code = [p for p in without_code if not self._has(p, codes) and not self._continues(p)]
        without_price = [p for p, value in enumerate(price.values) if value is None] if price is not None else []
        if not without_code and not without_price:
            return
        blank = {p for p in {*without_code, *without_price} if self._is_blank(p)}
        for position in without_code:
            if position not in blank and not self._is_refused(position, codes):
                table.refuse(position, codes[0].source, codes[0].source.field or "", "", Refusal("code_missing"))
        for position in without_price:
            if price is not None and position not in blank and not self._is_refused(position, [price]):
                table.refuse(position, price.source, "price", "", Refusal("price_missing"))
        table.drop(blank)

    def _has(self, position: int, columns: Sequence[Column]) -> bool:
        return any(column.values[position] is not None for column in columns)

    def _continues(self, position: int) -> bool:
        """A sheet without merchant codes: further rows of a listing leave its key out."""
        return position > 0 and self._table.of("sku_code") is None and not self._starts(position)

    def _starts(self, position: int) -> bool:
        title = self._table.of("title")
        return title is None or title.values[position] is not None

    def _is_refused(self, position: int, columns: Sequence[Column]) -> bool:
        return any((position, column.source.index) in self._table.refused_cells for column in columns)

    def _is_blank(self, position: int) -> bool:
        """Whether the row has nothing but blanks: it looked filled because of spaces or Excel errors."""
        return position not in self._table.refused and all(
            column.values[position] is None for column in self._table.columns
        )


def _grouped(table: SheetTable) -> tuple[GroupedBy, list[str]]:
    """What makes rows one listing, and the key of each row.

    With a product key (else the platform's product id) equal keys belong together, and a row that leaves out key and
    title goes on with the listing above. Without, equal titles belong together. Without titles each row is alone.
    """
    title = table.of("title")
    titles = title.values if title is not None else None
    for name in _KEYS:
        column = table.of(name)
        if column is not None and any(value is not None for value in column.values):
            if None in column.values:
                _continue_downwards(table, column, titles)
                _join_by_title(table, column, titles)
            codes = table.of("sku_code")
            return GroupedBy(name), _or_code(column.values, codes.values if codes is not None else None)
    if title is not None:
        if None in title.values:
            _continue_downwards(table, title, None)
        return GroupedBy.TITLE, [value or "" for value in title.values]
    codes = table.of("sku_code")
    return GroupedBy.ROW, [value or "" for value in codes.values] if codes is not None else [""] * len(table.rows)


def _continue_downwards(table: SheetTable, column: Column, titles: Texts | None) -> None:
    """Fill blanks below a value, as people leave them out under a merged or repeated cell.

    A row with another title than the listing above starts a listing of its own.
    """
    values, last, last_title = column.values, None, None
    index = column.source.index
    for position, value in enumerate(values):
        own_title = titles[position] if titles is not None else None
        if value is not None:
            last, last_title = value, own_title
        elif (position, index) in table.refused_cells:
            last = None
        elif own_title is None or own_title == last_title:
            values[position] = last
        else:
            last = None


def _join_by_title(table: SheetTable, column: Column, titles: Texts | None) -> None:
    """A row whose key was left out belongs to the listing that carries the same title, if there is one such."""
    keys, index = column.values, column.source.index
    if titles is None or None not in keys:
        return
    known: dict[str, str | None] = {}
    for key, title in zip(keys, titles, strict=True):
        if key is not None and title is not None:
            known[title] = key if known.setdefault(title, key) == key else None
    for position, title in enumerate(titles):
        if keys[position] is None and title is not None and (position, index) not in table.refused_cells:
            keys[position] = known.get(title)


def _or_code(keys: list[Any], codes: list[Any] | None) -> list[str]:
    """The key of each row, the merchant code where there is none."""
    if None not in keys:
        return keys
    if codes is None:
        return [key or "" for key in keys]
    return [key or code or "" for key, code in zip(keys, codes, strict=True)]


def _settle_titles(table: SheetTable, keys: list[str]) -> None:
    """The first row of every listing must carry its title; further rows that leave it out get it from there."""
    title = table.of("title")
    if title is None or None not in title.values:
        return
    first = dict(zip(reversed(keys), range(len(keys) - 1, -1, -1), strict=True))
    without = [position for position, text in enumerate(title.values) if text is None]
    for position in without:
        key = keys[position]
        if key and first[key] != position:
            title.values[position] = title.values[first[key]]
        elif (key or position not in table.refused) and (position, title.source.index) not in table.refused_cells:
            table.refuse(position, title.source, "title", "", Refusal("title_missing"))


def _refuse_repeated_codes(table: SheetTable, codes: list[str]) -> None:
    """Where each row is a listing's only one, the same code twice says two things about one variant."""
    column = table.of("sku_code")
    if column is None or len(set(codes)) == len(codes):
        return
    seen: dict[str, int] = {}
    for position, code in enumerate(codes):
        if code and seen.setdefault(code, position) != position:
            verdict = Refusal("code_repeated", params=(("first", str(table.rows[seen[code]])),))
            table.refuse(position, column.source, "sku_code", code, verdict)


def assembled(table: SheetTable, grouped_by: GroupedBy, keys: list[str]) -> ListingTable:
    """A table of cells as listings: *keys* say which rows belong together, *grouped_by* what they are."""
    fields: dict[str, list[Any]] = {}
    properties: dict[str, Texts] = {}
    attributes: dict[str, Texts] = {}
    extra: dict[str, Texts] = {}
    for column in table.columns:
        source = column.source
        if source.field == "property":
            properties[source.name] = column.values
        elif source.field == "attribute":
            attributes[source.name] = column.values
        elif source.field is None:
            _keep(extra, source.header or source.letter, source.letter, column.values)
        elif source.type not in _PUT_TOGETHER:
            fields[field_book().fields[source.field].stores] = column.values
    size = table.of("package_size")
    if size is not None:
        _unpack_sizes(fields, size.values)
    by_index = {column.source.index: column.values for column in table.columns}
    for name, gap in (("images", _ADDRESS_GAP), ("keywords", _LIST_GAP)):
        together = [by_index[source.index] for source in table.recognition.of(name)]
        if together:
            fields[name] = _joined(together, gap, is_address=name == "images")
    ignored, ignored_count = overruled(table, keys)
    return ListingTable(
        recognition=table.recognition,
        rows=table.rows,
        fields=fields,
        properties=properties,
        attributes=attributes,
        extra=extra,
        grouped_by=grouped_by,
        group_keys=keys,
        cell_errors=table.errors,
        error_count=table.error_count,
        refused=table.refused,
        currency=table.currency,
        overruled=ignored,
        overruled_count=ignored_count,
    )


def _keep(extra: dict[str, Texts], header: str, letter: str, values: Texts) -> None:
    """Columns with one header stay apart; empty columns without a header are nothing."""
    if header == letter and not any(values):
        return
    extra[header if header not in extra else f"{header} ({letter})"] = values


def _unpack_sizes(fields: dict[str, list[Any]], sizes: list[tuple[int, int, int] | None]) -> None:
    """Three lists from one; a column of its own for a side wins."""
    for number, name in enumerate(_SIZE_FIELDS):
        own = fields.get(name)
        sides = [size[number] if size is not None else None for size in sizes]
        fields[name] = sides if own is None else [a if a is not None else b for a, b in zip(own, sides, strict=True)]


def _joined(columns: list[Texts], gap: re.Pattern[str], *, is_address: bool) -> list[tuple[str, ...] | None]:
    """The texts of several columns, each cell split where it holds several, as one tuple a row."""
    if len(columns) == 1:
        alone = {cell: _split(cell or "", gap, is_address=is_address) or None for cell in set(columns[0])}
        return [alone[cell] for cell in columns[0]]
    if all(map(_is_single, columns)):
        rows = zip(*columns, strict=True)
        return [tuple(filter(None, row)) or None for row in rows]
    known: dict[str | None, tuple[str, ...]] = {None: ()}
    for column in columns:
        for cell in set(column) - known.keys():
            known[cell] = _split(cell or "", gap, is_address=is_address)
    return [tuple(text for cell in row for text in known[cell]) or None for row in zip(*columns, strict=True)]


def _is_single(column: Texts) -> bool:
    """Whether no cell of the column holds a separator; one look at all of them together."""
    joined = "\x00".join(filter(None, column))
    return not any(gap in joined for gap in _GAPS)


def image_names(cell: str) -> tuple[str, ...]:
    """The pictures that a cell names."""
    return _split(cell, _ADDRESS_GAP, is_address=True)


def _split(cell: str, gap: re.Pattern[str], *, is_address: bool) -> tuple[str, ...]:
    """The texts in one cell. File names may hold spaces and commas, so only lists of addresses are cut there."""
    if is_address and "//" not in cell:
        gap = _FILE_GAP
    return tuple(text for part in gap.split(cell) if (text := part.strip()))
