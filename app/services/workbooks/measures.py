"""Weights in grams and sides in centimetres, whole and rounded up (domain.md 5.1 and 19)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal

from app.services.workbooks.cell_text import keep_text, narrow
from app.services.workbooks.fields import FieldBook, field_book
from app.services.workbooks.grid import Cell
from app.services.workbooks.numbers import read_amount, read_positive, unit_word
from app.services.workbooks.refusals import Refusal

_TIMES = re.compile(r"\s*[x×*✕✖/]\s*", re.IGNORECASE)
_LABEL = re.compile(r"^(?:长|宽|高|[lwh](?=[\s:\d]))\s*[:：]?\s*", re.IGNORECASE)
_LABELS_BEFORE = re.compile(r"(?<=[\d\w\"])\s*(?=(?:宽|高)|[wh][\s:]*\d)", re.IGNORECASE)
_SIDES = 3
_MOST = 10**7


def _ceiling(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))


def weight_reader(unit: str) -> Callable[[Cell], int | Decimal | Refusal | None]:
    """A function that reads grams; a Decimal where neither the cell nor the header (*unit*) names a unit."""
    book, unit_of = field_book(), unit_word("weight")

    def read(cell: Cell) -> int | Decimal | Refusal | None:
        amount = read_positive(cell, "weight", unit_of, _MOST)
        if amount is None or isinstance(amount, Refusal):
            return amount
        value, own = amount
        if not own and not unit:
            return value
        return _ceiling(value * book.grams[own or unit])

    return read


def settle_weights(values: set[Decimal]) -> dict[Decimal, int | Refusal]:
    """Grams of the weights of one column that name no unit anywhere; refused is what remains open."""
    grams = field_book().grams
    return {
        value: unit if isinstance(unit, Refusal) else _ceiling(value * grams[unit])
        for value, unit in weight_units(values).items()
    }


def weight_units(values: set[Decimal]) -> dict[Decimal, str | Refusal]:
    """The unit of each weight of one column that names none anywhere.

    Below 1 it is kilograms, from 500 on grams. Between, a fraction below 30 is kilograms and 30 or more is grams as
    long as nothing in the column says the contrary; whole numbers below 30 follow the rest. Refused is what remains
    open (assumed, after interface.md 11 #1; the bounds are rule data).
    """
    book = field_book()
    has_kg = any(value < book.kg_below and value != int(value) for value in values)
    has_g = any(value >= book.kg_below for value in values)
    return {value: _settled(book, value, has_kg, has_g) for value in values}


def _settled(book: FieldBook, value: Decimal, has_kg: bool, has_g: bool) -> str | Refusal:
    if value < book.kg_certain_below:
        return "kg"
    if value >= book.g_certain_from:
        return "g"
    if has_kg == has_g:
        return Refusal("weight_unit")
    return "kg" if has_kg else "g"


def length_reader(unit: str) -> Callable[[Cell], int | Refusal | None]:
    """A function that reads whole centimetres; *unit* is the header's, centimetres where it names none."""
    book, unit_of = field_book(), unit_word("length")
    usual = unit or book.default_length_unit

    def read(cell: Cell) -> int | Refusal | None:
        amount = read_positive(cell, "length", unit_of, _MOST)
        if amount is None or isinstance(amount, Refusal):
            return amount
        value, own = amount
        return _ceiling(value * book.centimetres[own or usual])

    return read


def size_reader(unit: str) -> Callable[[Cell], tuple[int, int, int] | Refusal | None]:
    """A function that reads `24x24x38`, `24*24*38 cm`, `9.5" x 9.5" x 15"` or `长24宽24高38` into centimetres."""
    book, unit_of = field_book(), unit_word("length")
    usual = unit or book.default_length_unit

    def read(cell: Cell) -> tuple[int, int, int] | Refusal | None:
        if not isinstance(cell, str):
            return Refusal("size_not_read")
        if keep_text(cell) is None:
            return None
        text = narrow(cell)
        parts = _TIMES.split(text)
        if len(parts) == 1:
            parts = _LABELS_BEFORE.split(text)
        if len(parts) != _SIDES:
            return Refusal("size_not_read")
        sides: list[Decimal] = []
        units: list[str] = []
        for part in parts:
            amount = read_amount(_LABEL.sub("", part), "length", unit_of)
            if not isinstance(amount, tuple) or not 0 < amount[0] <= _MOST:
                return amount if isinstance(amount, Refusal) and amount.code != "length_not_number" else _UNREAD
            sides.append(amount[0])
            units.append(amount[1])
        last = units[-1] or usual  # 24x24x38cm: the unit stands once, at the end
        first, second, third = (
            _ceiling(side * book.centimetres[own or last]) for side, own in zip(sides, units, strict=True)
        )
        return first, second, third

    return read


_UNREAD = Refusal("size_not_read")
