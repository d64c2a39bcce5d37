"""Columns that grow chunk by chunk and read their cells on the way.

Speed comes from never touching a clean cell in Python: repeated values are looked up in a dict that converts only
what it has not seen, columns of varied text are tested as one joined string. Memory comes from chunks: a row exists
only while it is read, repeated strings are kept once.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from app.services.workbooks import cell_text
from app.services.workbooks.fields import FieldType, field_book
from app.services.workbooks.grid import Cell
from app.services.workbooks.measures import length_reader, settle_weights, size_reader, weight_reader
from app.services.workbooks.numbers import PriceReader, count_reader
from app.services.workbooks.recognition import RecognisedColumn
from app.services.workbooks.refusals import Refusal
from app.services.workbooks.regional_cells import read_regional

Convert = Callable[[Cell], Any]

_MOST_REMEMBERED = 1 << 15
_FEW_DIFFERENT, _MANY_DIFFERENT = 0.2, 0.5  # shares of different texts in a chunk; measured
_SCIENTIFIC_LINE = re.compile(r"^\d[\d.]*[eE][+-]?\d+$", re.MULTILINE)
_NUMBERS = frozenset({int, float})
_RARE = (("'", "\x00'"), ("#", "\x00#"), ("_", cell_text.CARRIAGE_RETURN))
"""What must not stand in clean texts that are joined by NUL, behind a sign of it: that one alone is found at once."""
_DIRTY_CODE = re.compile(r"[\x00-\x09\x0b-\x20'\"#]")


class _Memory(dict[Any, Any]):
    """Converted values by raw value; notes whether any was refused."""

    def __init__(self, convert: Convert) -> None:
        self._convert = convert
        self.has_refusals = False

    def __missing__(self, cell: Cell) -> Any:
        result = self._convert(cell)
        if type(result) is Refusal:
            self.has_refusals = True
        self[cell] = result
        return result


class Column:
    """One column of the sheet: what its cells mean, row by row, None where empty or refused.

    Attributes:
        source: what was recognised.
        values: one entry a data row.
        refusals: (position in `values`, cell as read, verdict).
    """

    def __init__(self, source: RecognisedColumn, convert: Convert) -> None:
        self.source = source
        self.values: list[Any] = []
        self.refusals: list[tuple[int, Cell, Refusal]] = []
        self._convert = convert
        self._memory = _Memory(convert)

    def add(self, cells: Sequence[Cell]) -> None:
        """Read the cells of further rows."""
        if bool in set(map(type, cells)):  # True == 1 would find the number's entry
            converted = [self._convert(cell) if type(cell) is bool else self._memory[cell] for cell in cells]
            self._put_refusals_aside(converted, cells)
        else:
            converted = list(map(self._memory.__getitem__, cells))
            if self._memory.has_refusals:
                self._put_refusals_aside(converted, cells)
        self.values += converted
        if len(self._memory) > _MOST_REMEMBERED:
            self._memory.clear()

    def _put_refusals_aside(self, converted: list[Any], cells: Sequence[Cell]) -> None:
        offset = len(self.values)
        for position, result in enumerate(converted):
            if type(result) is Refusal:
                self.refusals.append((offset + position, cells[position], result))
                converted[position] = None

    def finish(self) -> None:
        """Called once after the last row."""
        self._memory.clear()


class _VariedColumn(Column):
    """A column that may hold a different text in every row: then a test of all of them together pays."""

    def __init__(self, source: RecognisedColumn, convert: Convert) -> None:
        super().__init__(source, convert)
        self._share: float | None = None

    def add(self, cells: Sequence[Cell]) -> None:
        """Read further rows, all at once where they are clean."""
        if self._share is None:
            self._share = len(set(cells)) / len(cells)
        if self._share > _FEW_DIFFERENT:
            try:
                clean = self._clean(cells)
            except TypeError:  # not all cells are text
                clean = None
            if clean is not None:
                self.values += clean if self._share > _MANY_DIFFERENT else _once(clean)
                return
        super().add(cells)

    def _clean(self, cells: Sequence[Any]) -> list[str | None] | None:
        """The texts as they are to be kept, None where some of them need a closer look.

        Raises:
            TypeError: a cell is no text.
        """
        raise NotImplementedError


def _once(texts: list[str | None]) -> list[str | None]:
    """The same texts, equal ones as one object: rows of one listing follow each other and repeat its title."""
    kept: dict[str | None, str | None] = {}
    return list(map(kept.setdefault, texts, texts))


class CodeColumn(_VariedColumn):
    """Codes: clean when they are ASCII without blanks, quotes and anything a spreadsheet has rewritten.

    Args:
        is_saved: of a text file that a spreadsheet may have saved.

    Attributes:
        numbers: positions of numeric cells; their number format may say more, see `code_formats`.
    """

    def __init__(self, source: RecognisedColumn, convert: Convert, *, is_saved: bool = False) -> None:
        super().__init__(source, convert)
        self._is_saved = is_saved
        self.numbers = array("I")

    def add(self, cells: Sequence[Cell]) -> None:
        """Read further rows, and note where numbers stand."""
        if not _NUMBERS.isdisjoint(map(type, cells)):
            offset = len(self.values)
            self.numbers.extend(offset + place for place, cell in enumerate(cells) if type(cell) in _NUMBERS)
        super().add(cells)

    def _clean(self, cells: Sequence[str]) -> list[str | None] | None:
        joined = "\n".join(cells)
        if not joined.isascii() or joined.count("\n") != len(cells) - 1 or _DIRTY_CODE.search(joined):
            return None
        if ("E" in joined or "e" in joined) and _SCIENTIFIC_LINE.search(joined):
            return None
        if self._is_saved and cell_text.DATE_LINE.search(joined):
            return None
        if max(map(len, cells)) > field_book().max_code_chars:
            return None
        return [cell or None for cell in cells] if "" in cells else list(cells)


class TextColumn(_VariedColumn):
    """Prose: clean when trimming is all it needs."""

    def _clean(self, cells: Sequence[str]) -> list[str | None] | None:
        stripped = list(map(str.strip, cells))
        joined = "\x00" + "\x00".join(stripped)
        if any(sign in joined and rare in joined for sign, rare in _RARE):
            return None
        if not joined.isascii() and any(character in joined for character in cell_text.INVISIBLE):
            return None
        return [text or None for text in stripped] if "" in stripped else list[str | None](stripped)


class PriceColumn(Column):
    """Prices; `reader.currency` is known afterwards."""

    def __init__(self, source: RecognisedColumn) -> None:
        self.reader = PriceReader(source.unit)
        super().__init__(source, self.reader)


class WeightColumn(Column):
    """Weights; those without any unit are settled when the whole column is known."""

    def __init__(self, source: RecognisedColumn) -> None:
        super().__init__(source, weight_reader(source.unit))

    def finish(self) -> None:
        """Decide about weights that name no unit."""
        super().finish()
        open_values = {value for value in set(self.values) if type(value) is Decimal}
        if not open_values:
            return
        settled = settle_weights(open_values)
        for position, value in enumerate(self.values):
            if type(value) is Decimal:
                result = settled[value]
                self.values[position] = None if isinstance(result, Refusal) else result
                if isinstance(result, Refusal):
                    self.refusals.append((position, f"{value:f}", result))


def column_for(source: RecognisedColumn, *, is_saved: bool = False) -> Column:
    """The column that reads *source*.

    Args:
        source: what was recognised.
        is_saved: the sheet is a text file that a spreadsheet may have saved.
    """
    kind = source.type
    if source.field is None or kind is FieldType.IGNORED:
        return TextColumn(source, cell_text.keep_text)
    if kind is FieldType.CODE:
        return CodeColumn(source, cell_text.read_saved_code if is_saved else cell_text.read_code, is_saved=is_saved)
    if kind is FieldType.PRICE:
        return PriceColumn(source)
    if kind is FieldType.WEIGHT:
        return WeightColumn(source)
    if kind is FieldType.COUNT:
        return Column(source, count_reader())
    if kind is FieldType.LENGTH:
        return Column(source, length_reader(source.unit))
    if kind is FieldType.SIZE:
        return Column(source, size_reader(source.unit))
    if kind is FieldType.CODE_TEXT:
        return Column(source, cell_text.read_code_text)
    if kind is FieldType.REGIONAL:
        return Column(source, read_regional)
    return TextColumn(source, cell_text.read_text)
