"""Reading codes one after the other as a store means them, with all that the database knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from app.services.codes.known import known_items, store_marks, virtual_codes
from app.services.codes.reading import Reader
from app.services.codes.records import Component, Reading
from app.services.codes.rules import PLAIN_STORE, CodeRules, StoreMarks


class _Kept(NamedTuple):
    virtual: Mapping[str, Sequence[Component]]
    marks: StoreMarks


class StoreReading:
    """Reads single codes of a store. Virtual codes and its marks are read from the database once, stock items for each
    code: half a million of them never lie in memory."""

    def __init__(self, store_id: int) -> None:
        self._store_id = store_id
        self._kept: _Kept | None = None

    def marks(self, connection: Connection) -> StoreMarks:
        """What the store writes around its codes."""
        return self._known(connection).marks

    def read(self, connection: Connection, code: str) -> Reading:
        """The reading of one code; an unreadable one says why in `error`."""
        virtual, marks = self._known(connection)
        return Reader(CodeRules(known_items(connection, [code], virtual), virtual, marks)).read(code)

    def _known(self, connection: Connection) -> _Kept:
        if self._kept is None:
            marks = store_marks(connection).get(self._store_id, PLAIN_STORE)
            self._kept = _Kept(virtual_codes(connection), marks)
        return self._kept
