"""Why a cell cannot be used, as a converter says it and as a person reads it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from app.services.workbooks.grid import Cell

_MOST_CHARS = 80

Translate = Callable[..., str]
"""`app.messages.tr` or the like: a key and placeholders make a sentence."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The verdict of a converter.

    Attributes:
        code: key of the sentence, `cell.<code>`.
        fix: what the cell should say, where only one thing can be meant; else None.
        params: further placeholders of the sentence.
    """

    code: str
    fix: str | None = None
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CellError:
    """A refused cell (interface.md 11, #1 to #3). Picklable.

    Attributes:
        file, sheet: where.
        row: Excel's number of the row.
        column: Excel's letter of the column, "" where the sheet lacks the column.
        header: the sheet's own text.
        field: name of the field.
        value: what the cell says, at most 80 characters.
        code: key of the sentence, `cell.<code>`.
        params: further placeholders.
        fix: proposed value, or None.
    """

    file: str
    sheet: str
    row: int
    column: str
    header: str
    field: str
    value: str
    code: str
    params: dict[str, str] = default(default_factory=dict)
    fix: str | None = None

    @property
    def message_key(self) -> str:
        """Key of the sentence in the catalogue."""
        return f"cell.{self.code}"

    @property
    def message_params(self) -> dict[str, Any]:
        """All placeholders of the sentence. The row is text, because Excel shows it without a thousands comma."""
        place = {"row": str(self.row), "column": self.column, "header": self.header or self.column}
        return {**place, "value": self.value, "fix": self.fix or "", **self.params}

    def message(self, translate: Translate) -> str:
        """The sentence; *translate* is `app.messages.tr` or the like."""
        return translate(self.message_key, **self.message_params)


def shown(cell: Cell) -> str:
    """A cell as a person sees it, in one line, cut at 80 characters."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e21 else f"{cell:.15g}"
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat(" ") if isinstance(cell, datetime.datetime) else cell.isoformat()
    text = " ".join(str(cell).split())
    return text if len(text) <= _MOST_CHARS else text[: _MOST_CHARS - 1] + "…"
