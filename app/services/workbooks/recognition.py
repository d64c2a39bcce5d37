"""What was recognised in a sheet: where the header stands and what each column means. Picklable."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from app.services.workbooks.fields import FieldType, SheetKind, field_book, folded


@dataclass(frozen=True, slots=True)
class RecognisedColumn:
    """A column of the sheet.

    Attributes:
        index: position in the sheet, counted from 0 (A).
        letter: Excel's name of it.
        header: the sheet's own text, in one line.
        field: name of the field; "property" or "attribute" for columns that name their own; None where the column
            is not understood: its cells are kept as they are.
        name: of the sale property or attribute, "" otherwise.
        unit: g, kg, cm, mm, in, USD …; "" where the sheet does not say.
        number: 3 in "主图3"; orders columns that carry one field together.
    """

    index: int
    letter: str
    header: str
    field: str | None = None
    name: str = ""
    unit: str = ""
    number: int = 0

    @property
    def is_used(self) -> bool:
        """Whether the column's cells become something else than kept text."""
        return self.field is not None and self.type is not FieldType.IGNORED

    @property
    def type(self) -> FieldType:
        """How its cells are read."""
        if self.field is None or self.field in ("property", "attribute"):
            return FieldType.TEXT
        return field_book().fields[self.field].type


@dataclass(frozen=True, slots=True)
class Recognition:
    """The meaning of a sheet, to be shown, corrected and passed to `read_listings`.

    Attributes:
        file, sheet: where.
        kind: what the sheet is for.
        header_row: Excel's number of the row with the column names, 0 where none was found.
        first_row: Excel's number of the first row with data.
        columns: all columns from left to right, unknown ones too.
        missing: fields without which no listing can be read (`sku_code`, `price`), in the order to ask for them.
        signature: equal for sheets with the same headers, in any order; finds a saved mapping again.
    """

    file: str
    sheet: str
    kind: SheetKind
    header_row: int
    first_row: int
    columns: tuple[RecognisedColumn, ...]
    missing: tuple[str, ...]
    signature: str

    def of(self, field: str) -> tuple[RecognisedColumn, ...]:
        """The columns that carry *field*, in the order of their numbers, then of the sheet."""
        found = [column for column in self.columns if column.field == field]
        return tuple(sorted(found, key=lambda column: (column.number, column.index)))

    def has(self, field: str) -> bool:
        """Whether a column carries *field*."""
        return any(column.field == field for column in self.columns)

    @property
    def unused(self) -> tuple[RecognisedColumn, ...]:
        """Columns that are not understood."""
        return tuple(column for column in self.columns if column.field is None)

    @property
    def mapping(self) -> dict[str, str | None]:
        """Header → meaning, to be saved and passed to `recognise` again; columns without a header by letter."""
        return {column.header or column.letter: spelled(column) for column in self.columns}


def spelled(column: RecognisedColumn) -> str | None:
    """A column's meaning as one word: `price[USD]`, `property:color`, `images#2`, None for unused."""
    if column.field is None:
        return None
    text = column.field
    text += f":{column.name}" if column.name else ""
    text += f"#{column.number}" if column.number else ""
    return text + (f"[{column.unit}]" if column.unit else "")


def signature_of(headers: list[str]) -> str:
    """32 hexadecimal characters over the folded headers, whatever their order."""
    keys = sorted(filter(None, map(folded, headers)))
    return blake2b("\x1f".join(keys).encode(), digest_size=16).hexdigest()
