"""The company product table (公司产品统表) as stock items: what is missing or refused stays unknown, never 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from app.services.company_tables.columns import COST_CURRENCY
from app.services.company_tables.item_codes import item_codes, missing, values_of
from app.services.company_tables.recognising import KnownTable
from app.services.company_tables.records import Row, TableRead
from app.services.workbooks.columns import Column
from app.services.workbooks.fields import field_book, folded
from app.services.workbooks.refusals import Refusal
from app.services.workbooks.tables import SheetTable

_MISSING = {"cost": "cost_missing", "weight": "weight_missing"}
_VALUES = range(2, 8)
"""Places of what may be unknown in a row: cost, weight, three sides, attributes."""


def product_rows(read: TableRead, table: SheetTable, known: KnownTable) -> None:
    """Fill `stock_item`: code, name, cost, weight, three sides, attributes as JSON, picture."""
    column = table.of("code")
    assert column is not None
    codes = item_codes(table, column)
    for name, code in _MISSING.items():
        if (own := table.of(name)) is not None:
            for position in missing(own):
                if codes[position]:
                    table.refuse(position, own.source, name, "", Refusal(code))
    _refuse_currencies(table)
    attributes = values_of(table, "attributes")
    written = {value: orjson.dumps(value).decode() for value in set(attributes) if value is not None}
    columns = (
        codes,
        [name or "" for name in values_of(table, "name")],
        values_of(table, "cost"),
        values_of(table, "weight"),
        *_sides(table),
        [None if value is None else written[value] for value in attributes],
        [picture or "" for picture in values_of(table, "picture")],
    )
    rows: list[Row] = list(zip(*columns, strict=True))
    by_code = dict(zip(codes, rows, strict=True))
    if len(by_code) < len(codes):
        by_code = _each_once(table, column, codes, rows)
    by_code.pop("", None)
    read.refused = codes.count("")
    read.rows["stock_item"] = [by_code[code] for code in sorted(by_code)]


def _sides(table: SheetTable) -> list[Sequence[Any]]:
    """Length, width and height; a column of its own for a side wins over one for all three."""
    sizes: Sequence[Any] = values_of(table, "size")
    found: list[Sequence[Any]] = []
    for number, name in enumerate(("length", "width", "height")):
        own = values_of(table, name)
        found.append([a if a is not None else (b[number] if b else None) for a, b in zip(own, sizes, strict=True)])
    return found


def _refuse_currencies(table: SheetTable) -> None:
    """A column of currencies beside the costs: only CNY is a cost here."""
    cost, currency = table.of("cost"), table.of("currency")
    if cost is None or currency is None:
        return
    known = field_book().units["price"]
    for text in {text for text in currency.values if text}:
        found = known.get(folded(text), field_book().symbols.get(text.strip(), ""))
        if found == COST_CURRENCY:
            continue
        verdict = Refusal("price_currency", params=(("found", found), ("expected", COST_CURRENCY)))
        for position, own in enumerate(currency.values):
            if own == text and cost.values[position] is not None:
                table.refuse(position, currency.source, "currency", text, verdict if found else _UNKNOWN)
                cost.values[position] = None


_UNKNOWN = Refusal("currency_unknown")


def _each_once(table: SheetTable, column: Column, codes: Sequence[str], rows: Sequence[Row]) -> dict[str, Row]:
    """Rows by code where codes repeat: what two rows say differently is unknown, and the later row is named."""
    found: dict[str, Row] = {}
    first: dict[str, int] = {}
    contested: dict[str, set[int]] = {}
    for position, (code, row) in enumerate(zip(codes, rows, strict=True)):
        held = found.setdefault(code, row)
        if held is row or held == row or not code:
            first.setdefault(code, position)
            continue
        differs = {place for place in _VALUES if None not in (held[place], row[place]) and held[place] != row[place]}
        open_places = contested.setdefault(code, set())
        open_places |= differs
        merged = [one if one not in (None, "") else other for one, other in zip(held, row, strict=True)]
        found[code] = tuple(None if place in open_places else value for place, value in enumerate(merged))
        if differs:
            line = str(table.rows[first[code]])
            table.refuse(position, column.source, "code", code, Refusal("code_contradicts", params=(("first", line),)))
    return found
