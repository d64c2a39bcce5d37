"""Columns of company tables: costs to the millionth, weights to the milligram, days, attributes."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from app.services.company_tables.rules import attribute_of, table_rules
from app.services.workbooks import cell_text
from app.services.workbooks.columns import CodeColumn, Column, TextColumn
from app.services.workbooks.fields import field_book, folded
from app.services.workbooks.grid import Cell
from app.services.workbooks.header_words import unit_in
from app.services.workbooks.measures import weight_units
from app.services.workbooks.numbers import read_amount, read_positive, unit_word
from app.services.workbooks.recognition import RecognisedColumn
from app.services.workbooks.refusals import Refusal

COST_CURRENCY = "CNY"
"""Goods are bought in it (domain.md 1)."""
MICRO = 1_000_000
_MOST_MONEY = Decimal(10) ** 9
_MOST_SIZE = 10**7
_BETWEEN = re.compile(r"[,，;；、|/\n\r+]+")
_DAY = re.compile(r"(?<!\d)(20\d\d)(?:[-/.年](\d{1,2})[-/.月](\d{1,2})|(\d\d)(\d\d))(?:日|(?!\d))")
"""Without separators only eight digits are a day; `202611` is a month, and no day of January."""
_TIMES = re.compile(r"\s*[x×*✕✖]\s*", re.IGNORECASE)
_EXCEL_DAYS = range(36_526, 73_051)
"""Numbers that Excel means as days of the years 2000 to 2099."""
_EPOCH = datetime.date(1899, 12, 30)


def column_of(source: RecognisedColumn, is_saved: bool) -> Column:
    """The column that reads *source*."""
    match source.field:
        case "code":
            return CodeColumn(source, cell_text.read_saved_code if is_saved else _read_code, is_saved=is_saved)
        case "cost":
            return Column(source, cost_reader(source.header))
        case "floor":
            return Column(source, floor_reader(source.header))
        case "weight":
            return MilligramColumn(source)
        case "length" | "width" | "height":
            return Column(source, side_reader(source.header))
        case "size":
            return Column(source, size_reader(source.header))
        case "attributes":
            return Column(source, read_attributes)
        case "day":
            return Column(source, read_day)
        case _:
            return TextColumn(source, cell_text.keep_text)


def _read_code(cell: Cell) -> str | Refusal | None:
    return cell_text.read_code(cell)


def cost_reader(header: str) -> Callable[[Cell], int | Refusal | None]:
    """A function that reads costs in millionths of a CNY; zero and less are no cost."""
    unit_of, named = unit_word("price"), unit_in(header, "price")

    def read(cell: Cell) -> int | Refusal | None:
        amount = read_amount(cell, "price", unit_of)
        if amount is None or isinstance(amount, Refusal):
            return amount
        value, own = amount
        currency = own or named or COST_CURRENCY
        if currency != COST_CURRENCY:
            return Refusal("price_currency", params=(("found", currency), ("expected", COST_CURRENCY)))
        if value <= 0:
            return Refusal("below_zero" if value < 0 else "zero")
        if value >= _MOST_MONEY:
            return Refusal("number_too_large")
        micro = int((value * MICRO).to_integral_value(ROUND_HALF_UP))
        return micro or Refusal("zero")

    return read


def floor_reader(header: str) -> Callable[[Cell], tuple[int, str] | Refusal | None]:
    """A function that reads floors: hundredths, rounded up, and the currency that cell or header names, or ""."""
    unit_of, named = unit_word("price"), unit_in(header, "price")

    def read(cell: Cell) -> tuple[int, str] | Refusal | None:
        amount = read_amount(cell, "price", unit_of)
        if amount is None or isinstance(amount, Refusal):
            return amount
        value, own = amount
        if own and named and own != named:
            return Refusal("price_currency", params=(("found", own), ("expected", named)))
        if value <= 0:
            return Refusal("below_zero" if value < 0 else "zero")
        if value >= _MOST_MONEY:
            return Refusal("number_too_large")
        return int((value * 100).to_integral_value(ROUND_CEILING)), own or named

    return read


class MilligramColumn(Column):
    """Weights in milligrams; those without any unit are settled when the whole column is known."""

    def __init__(self, source: RecognisedColumn) -> None:
        self._unit, self._unit_of = unit_in(source.header, "weight"), unit_word("weight")
        super().__init__(source, self._read)

    def _read(self, cell: Cell) -> int | Decimal | Refusal | None:
        amount = read_positive(cell, "weight", self._unit_of, _MOST_SIZE)
        if amount is None or isinstance(amount, Refusal):
            return amount
        value, own = amount
        unit = own or self._unit
        return _milligrams(value, unit) if unit else value

    def finish(self) -> None:
        """Decide about weights that name no unit."""
        super().finish()
        open_values = {value for value in set(self.values) if type(value) is Decimal}
        settled = weight_units(open_values) if open_values else {}
        for position, value in enumerate(self.values if open_values else ()):
            if type(value) is not Decimal:
                continue
            unit = settled[value]
            self.values[position] = None if isinstance(unit, Refusal) else _milligrams(value, unit)
            if isinstance(unit, Refusal):
                self.refusals.append((position, f"{value:f}", unit))


def _milligrams(value: Decimal, unit: str) -> int:
    return int((value * field_book().grams[unit] * 1000).to_integral_value(ROUND_CEILING))


def side_reader(header: str) -> Callable[[Cell], int | Refusal | None]:
    """A function that reads whole millimetres, rounded up; centimetres where neither cell nor header says."""
    unit_of, named = unit_word("length"), unit_in(header, "length")

    def read(cell: Cell) -> int | Refusal | None:
        amount = read_positive(cell, "length", unit_of, _MOST_SIZE)
        if amount is None or isinstance(amount, Refusal):
            return amount
        value, own = amount
        factor = field_book().centimetres[own or named or field_book().default_length_unit]
        return int((value * factor * 10).to_integral_value(ROUND_CEILING))

    return read


def size_reader(header: str) -> Callable[[Cell], tuple[int, int, int] | Refusal | None]:
    """A function that reads `10*5*2 cm` into three sides in millimetres."""
    read_side, unit_of = side_reader(header), unit_word("length")

    def read(cell: Cell) -> tuple[int, int, int] | Refusal | None:
        text = cell_text.keep_text(cell)
        if text is None:
            return None
        parts = _TIMES.split(cell_text.narrow(text))
        if len(parts) != 3:
            return Refusal("size_not_read")
        last = read_amount(parts[2], "length", unit_of)
        unit = last[1] if isinstance(last, tuple) else ""
        own = [read_amount(part, "length", unit_of) for part in parts]
        sides = [
            read_side(part if isinstance(one, tuple) and one[1] else f"{part}{unit}")
            for part, one in zip(parts, own, strict=True)
        ]
        first, second, third = sides
        if isinstance(first, int) and isinstance(second, int) and isinstance(third, int):
            return first, second, third
        return Refusal("size_not_read")

    return read


def read_attributes(cell: Cell) -> tuple[str, ...] | None:
    """Logistics attributes by our names, sorted; an empty tuple where the cell says that there are none."""
    text = cell_text.keep_text(cell)
    if text is None:
        return None
    words = [word for word in map(str.strip, _BETWEEN.split(text)) if folded(word)]
    none = table_rules().no_attribute
    return tuple(sorted({attribute_of(word) for word in words if folded(word) not in none})) if words else None


def read_day(cell: Cell) -> str | Refusal | None:
    """A day as `YYYY-MM-DD`."""
    if isinstance(cell, datetime.datetime | datetime.date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if math.isfinite(cell) and int(cell) in _EXCEL_DAYS:
            return f"{_EPOCH + datetime.timedelta(days=int(cell)):%Y-%m-%d}"
        return day_in(str(int(cell))) or Refusal("day_not_read") if math.isfinite(cell) else Refusal("day_not_read")
    text = cell_text.keep_text(cell)
    return None if text is None else day_in(text) or Refusal("day_not_read")


def day_in(text: str) -> str | None:
    """The first day a text names, as `YYYY-MM-DD`."""
    for found in _DAY.finditer(cell_text.narrow(text)):
        year, month, day = filter(None, found.groups())
        try:
            return f"{datetime.date(int(year), int(month), int(day)):%Y-%m-%d}"
        except ValueError:
            continue
    return None


def channels_in(text: str | None) -> list[str]:
    """The channels that a cell lists."""
    return [name for name in map(str.strip, _BETWEEN.split(text or "")) if name]
