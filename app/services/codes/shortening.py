"""The short code for one that the platform finds too long: written plainer, or with a virtual bundle code in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.services.codes.formatting import format_code
from app.services.codes.normal import normalise
from app.services.codes.reading import is_virtual_code
from app.services.codes.records import Reading
from app.services.codes.rules import StoreMarks, signs
from app.services.codes.store_reading import StoreReading
from app.services.codes.virtual import BadVirtualCode, NoVirtualCodeFree, VirtualBook

Later = Callable[[], AbstractContextManager[Session]]
"""Makes a session for reading."""


class ShortCode(NamedTuple):
    """A code that fits. `virtual`: the virtual code in it that is in no table yet, with its goods; empty where it needs
    none, or one that is kept already."""

    code: str
    virtual: Mapping[str, Sequence[tuple[str, int]]] = {}


class ShortCodes:
    """Finds short codes, as one store writes its own. Nothing is read before it is asked. Threads: one at a time.

    Args:
        later: makes a session; None where no database is at hand: then there is no short code.
    """

    def __init__(self, later: Later | None = None, store_id: int = 0) -> None:
        self._later, self._codes = later, StoreReading(store_id)
        self._books: list[VirtualBook] = []
        self._found: dict[str, ShortCode | None] = {}

    def share(self, other: ShortCodes) -> None:
        """Give out numbers from one book with *other*: those of two stores must not meet."""
        self._books = other._books

    def of(self, code: str) -> ShortCode | None:
        """The short code for the same goods; None where *code* cannot be read, or no virtual code can help."""
        if self._later is None:
            return None
        if code not in self._found:
            with self._later() as session:
                self._found[code] = self._look(session.connection(), code)
        return self._found[code]

    def _look(self, connection: Connection, code: str) -> ShortCode | None:
        reading = self._codes.read(connection, code)
        if reading.error or any(is_virtual_code(one.base) for one in reading.components):
            return None
        if not self._books:
            self._books.append(VirtualBook(connection))
        return next(_fitting(reading, _around(code, self._codes.marks(connection)), self._books[0]), None)


def _around(code: str, marks: StoreMarks) -> tuple[str, str]:
    """What the store put around this code."""
    body = normalise(code)
    return marks.prefix if body.startswith(marks.prefix) else "", marks.suffix if body.endswith(marks.suffix) else ""


def _fitting(reading: Reading, around: tuple[str, str], book: VirtualBook) -> Iterator[ShortCode]:
    """Codes short enough, the ones that say more first; what the store puts around its codes goes last of all."""
    plain = format_code(reading.components, reading.ships_from)
    for before, after in dict.fromkeys([around, ("", "")]):
        if len(whole := f"{before}{plain}{after}") <= signs().code_max:
            yield ShortCode(whole)
            continue
        try:
            found = book.proposal(reading)
        except (BadVirtualCode, NoVirtualCodeFree):
            return
        if len(whole := f"{before}{found.code}{after}") <= signs().code_max:
            yield ShortCode(
                whole, {found.virtual: [(one.base, one.quantity) for one in found.items]} if found.is_new else {}
            )
