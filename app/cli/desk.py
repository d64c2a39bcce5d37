"""What every command is given: the application of the chosen data folder, and where it may talk."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from app.messages import messages
from app.services.amounts import money_text
from app.services.application import Application
from app.services.clock import from_ms
from app.services.stores.records import StoreRecord


@dataclass(frozen=True, slots=True)
class Desk:
    """The surroundings of one command."""

    app: Application
    is_json: bool = False

    @property
    def language(self) -> str:
        """The language of sentences and names."""
        return messages.language

    def store(self, name: str) -> StoreRecord:
        """The store called *name*. Raises: NotFound."""
        from app.services.stores.reading import find_store

        return find_store(self.app.db, name)

    def say_log(self, line: str) -> None:
        """A sentence for the person who watches; standard output is for the result."""
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def say_first(self, line: str) -> None:
        """Print a line now, before the command is done: only for commands that never end by themselves."""
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def price_text(minor: int | None) -> str | None:
    """Cents as decimal text with two digits: 1890 → "18.90"."""
    return None if minor is None else money_text(minor)


def time_text(milliseconds: int | None) -> str | None:
    """A moment as ISO 8601 in UTC, None where there is none."""
    moment = from_ms(milliseconds)
    return None if moment is None else moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def office_text(milliseconds: int | None) -> str:
    """A moment as a person reads it, in office time; "–" where there is none."""
    from app.services.clock import at_office

    return "–" if milliseconds is None else f"{at_office(milliseconds):%Y-%m-%d %H:%M}"


def table(rows: list[tuple[Any, ...]]) -> list[str]:
    """Rows as aligned columns, two blanks between; wide characters count twice."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*texts, strict=True)]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in texts
    ]


def _width(text: str) -> int:
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
