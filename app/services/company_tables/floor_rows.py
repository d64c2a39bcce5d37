"""The price-floor table (限价产品总表): the lowest price allowed for goods, by their match key and its currency."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.company_tables.item_codes import goods_keys, missing, values_of
from app.services.company_tables.recognising import KnownTable
from app.services.company_tables.records import Row, TableRead
from app.services.company_tables.rules import table_rules
from app.services.workbooks.columns import Column
from app.services.workbooks.fields import field_book, folded
from app.services.workbooks.refusals import Refusal
from app.services.workbooks.tables import SheetTable


def floor_rows(read: TableRead, table: SheetTable, known: KnownTable) -> None:
    """Fill `price_floor`: match key, code as written, floor in hundredths, currency."""
    codes, floors = table.of("code"), table.of("floor")
    assert codes is not None and floors is not None
    keys = goods_keys(table, codes)
    for column, name, why in ((codes, "code", "code_missing"), (floors, "floor", "floor_missing")):
        for position in missing(column):
            table.refuse(position, column.source, name, "", Refusal(why))
    found: dict[tuple[str, str], Row] = {}
    first: dict[tuple[str, str], int] = {}
    currencies = _currencies(table, floors)
    for position, own in enumerate(currencies):
        floor = floors.values[position]
        if floor is None or own is None:
            read.kept.update(keys[position])
        for key in keys[position] if floor is not None and own is not None else ():
            row = (key, codes.values[position], floor[0], own)
            place = (key, own or "")
            held = found.setdefault(place, row)
            if held[2:] != row[2:]:
                _contradict(table, codes, position, table.rows[first[place]])
                found[place] = max(held, row, key=_height)
            first.setdefault(place, position)
    said = zip(keys, floors.values, currencies, strict=True)
    read.refused = sum(not own or floor is None or currency is None for own, floor, currency in said)
    read.rows["price_floor"] = [found[key] for key in sorted(found)]


def _height(row: Row) -> int:
    """Of two floors of one currency the higher one counts until the table is corrected: it lets nothing through."""
    return int(row[2])


def _contradict(table: SheetTable, codes: Column, position: int, first: int) -> None:
    verdict = Refusal("floor_contradicts", params=(("first", str(first)),))
    table.refuse(position, codes.source, "code", codes.values[position], verdict)


def _currencies(table: SheetTable, floors: Column) -> Sequence[str | None]:
    """The currency of each floor: the cell's or header's, else the column's, else the one stores are priced in. None
    where it names one that nobody knows, or two."""
    column, known, signs = table.of("currency"), field_book().units["price"], field_book().symbols
    texts = values_of(table, "currency")
    found: list[str | None] = []
    for position, (text, floor) in enumerate(zip(texts, floors.values, strict=True)):
        own = floor[1] if floor is not None else ""
        named = known.get(folded(str(text))) or signs.get(str(text).strip()) if text is not None else ""
        wrong = named is None or (named and own and named != own)
        if wrong and column is not None:
            table.refuse(position, column.source, "currency", str(text), Refusal("currency_unknown"))
        found.append(None if wrong else named or own or table_rules().floor_currency)
    return found
