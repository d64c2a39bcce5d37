"""Numbers as people write them, read exactly or refused with what was probably meant. Never a guess.

Decimals throughout; a float cell counts with the fifteen digits that Excel shows.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from app.services.workbooks.cell_text import keep_text, narrow
from app.services.workbooks.fields import FieldBook, field_book
from app.services.workbooks.grid import Cell
from app.services.workbooks.refusals import Refusal

_AFFIXES = re.compile(
    r"(?P<before>[^\d.,()+-]*)(?P<number>[(+-]?[\d.,'\s]*\d[\d.,'\s]*(?:[eE][+-]?\d+)?\)?)(?P<after>\D*)"
)
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([,' ])\d{3})(?:\1\d{3})*(?:\.\d*)?")
_EUROPEAN = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+|[+-]?0,\d+")
_COMMA = re.compile(r"[+-]?(\d+),(\d+)")
_SCIENTIFIC = re.compile(r"[+-]?[\d.]+[eE][+-]?\d+")
_BRACKETED = re.compile(r"\(([\d.,'\s]+)\)")
_MULTIPLES = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000, "百万": 1_000_000, "m": 1_000_000}
_MULTIPLE_TYPES = frozenset({"price", "count"})
_CENT = Decimal("0.01")
_MINUS = str.maketrans("−–—", "---")
_LONGEST = 40


def split_number(text: str) -> tuple[str, str, str] | None:
    """(before, number, after) of a text that holds one number, each narrowed and trimmed; None otherwise."""
    if len(text) > _LONGEST:
        return None
    found = _AFFIXES.fullmatch(narrow(text).translate(_MINUS))
    if found is None:
        return None
    return found["before"].strip(), " ".join(found["number"].split()), found["after"].strip()


def parse_number(text: str, kind: str) -> Decimal | Refusal:
    """The value of a number without unit; *kind* (price, count, weight, length) names the refusal's sentence.

    `1,234.50` and `1 234` are groups of three. `0,84` and `1.234,50` can only be decimal commas: refused with the
    fix. `12,5` may be 12.5 or 125: refused, asks. `1.2E+03` has lost its digits: refused.
    """
    if bracketed := _BRACKETED.fullmatch(text):
        text = f"-{bracketed[1]}"
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    if _GROUPED.fullmatch(text):
        return Decimal(re.sub(r"[,' ]", "", text))
    if _EUROPEAN.fullmatch(text):
        return Refusal("decimal_comma", fix=text.replace(".", "").replace(",", "."))
    if comma := _COMMA.fullmatch(text):
        return Refusal(
            "ambiguous_number", params=(("first", f"{comma[1]}.{comma[2]}"), ("second", comma[1] + comma[2]))
        )
    if _SCIENTIFIC.fullmatch(text):
        return Refusal("scientific_number")
    return Refusal(f"{kind}_not_number")


def read_amount(cell: Cell, kind: str, unit_of: Callable[[str], str | None]) -> tuple[Decimal, str] | Refusal | None:
    """Number and unit of a cell.

    Args:
        cell: as read.
        kind: price, count, weight or length.
        unit_of: the unit a word before or behind the number stands for, "" for none, None for a word that is no unit.
    """
    if isinstance(cell, bool):
        return Refusal(f"{kind}_not_number")
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        return Refusal("number_date")
    if isinstance(cell, int | float):
        if not math.isfinite(cell):
            return Refusal(f"{kind}_not_number")
        return Decimal(f"{cell:.15g}" if isinstance(cell, float) else cell), ""
    if keep_text(cell) is None:
        return None
    parts = split_number(cell)
    if parts is None:
        return Refusal(f"{kind}_not_number")
    before, number, after = parts
    if not before and after.casefold() in _MULTIPLES and kind in _MULTIPLE_TYPES:
        value = parse_number(number, kind)
        return value if isinstance(value, Refusal) else _multiplied(value, after.casefold())
    units = [unit_of(word) if word else "" for word in (before, after)]
    if None in units or (units[0] and units[1] and units[0] != units[1]):
        return Refusal(f"{kind}_not_number")
    value = parse_number(number, kind)
    if isinstance(value, Refusal):
        return replace(value, fix=f"{before}{value.fix}{after}") if value.fix else value
    return value, units[0] or units[1] or ""


def read_positive(
    cell: Cell, kind: str, unit_of: Callable[[str], str | None], most: int
) -> tuple[Decimal, str] | Refusal | None:
    """A number above 0 and at most *most*, with its own unit or ""; what cannot be measured is refused."""
    amount = read_amount(cell, kind, unit_of)
    if amount is None or isinstance(amount, Refusal):
        return amount
    if amount[0] <= 0:
        return Refusal("below_zero" if amount[0] < 0 else "zero")
    return Refusal("number_too_large") if amount[0] > most else amount


def _multiplied(value: Decimal, word: str) -> Refusal:
    """1.2万 is 12000 beyond doubt, but a price list should say so itself."""
    return Refusal("number_word", fix=f"{(value * _MULTIPLES[word]).normalize():f}")


def unit_word(kind: str) -> Callable[[str], str | None]:
    """A function that knows the unit words of *kind*, currency signs for prices and the inch sign for lengths."""
    book = field_book()

    def unit_of(word: str) -> str | None:
        rest = word.casefold().strip(" .")
        if kind == "price":
            return _currency_of(book, rest)
        if kind == "length" and rest in ('"', "″", "''"):
            return "in"
        return book.units[kind].get(rest)

    return unit_of


def _currency_of(book: FieldBook, word: str) -> str | None:
    signs = {book.symbols[character] for character in word if character in book.symbols}
    letters = "".join(character for character in word if character not in book.symbols).strip(" .")
    if letters:
        named = book.units["price"].get(letters)
        if named is None:
            return None
        signs.add(named)
    return signs.pop() if len(signs) == 1 else None


class PriceReader:
    """Reads prices into minor units, exactly: two decimals, more are refused.

    The currency is the header's, else that of the first cell with a sign; a cell of another currency is refused,
    because exchanging silently would price a store wrongly.

    Attributes:
        currency: ISO code, "" while nothing says one.
    """

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self._unit_of = unit_word("price")
        self._most = field_book().max_price_minor

    def __call__(self, cell: Cell) -> int | Refusal | None:
        """Minor units, None for an empty cell."""
        if type(cell) is float:
            minor = round(cell * 100) if abs(cell) < 1e13 else -1
            if minor / 100 == cell and 0 <= minor <= self._most:
                return minor
        amount = read_amount(cell, "price", self._unit_of)
        if amount is None or isinstance(amount, Refusal):
            return amount
        value, currency = amount
        if currency and currency != (self.currency or currency):
            return Refusal("price_currency", params=(("found", currency), ("expected", self.currency)))
        self.currency = self.currency or currency
        if value < 0:
            return Refusal("negative")
        cents = value.quantize(_CENT, ROUND_HALF_UP) if value < self._most else value
        if value >= self._most or cents * 100 > self._most:
            return Refusal("number_too_large")
        if cents != value:
            return Refusal("price_decimals", fix=f"{cents:f}")
        return int(cents * 100)


def count_reader() -> Callable[[Cell], int | Refusal | None]:
    """A function that reads whole numbers from 0: stock, pieces, days."""
    unit_of, most = unit_word("count"), field_book().max_count

    def read(cell: Cell) -> int | Refusal | None:
        amount = read_amount(cell, "count", unit_of)
        if amount is None or isinstance(amount, Refusal):
            return amount
        value, _ = amount
        if value < 0:
            return Refusal("negative")
        if value > most:
            return Refusal("number_too_large")
        return int(value) if value == int(value) else Refusal("count_fraction")

    return read
