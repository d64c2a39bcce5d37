"""What the company's tables say of the goods in a code, ready for millions of codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from app.services.codes.bundles import items_in
from app.services.codes.keys import match_key
from app.services.codes.known import store_marks, virtual_codes
from app.services.codes.reading import Reader
from app.services.codes.rules import PLAIN_STORE, CodeRules
from app.services.company_tables.kinds import VERDICT_KINDS, TableKind
from app.services.company_tables.verdicts import Verdict, verdicts_in_force

REMEMBERED = 200_000
"""Codes whose verdicts are kept."""
State = tuple[object, ...]
_STATE = "SELECT id, received_ms, sha256 FROM company_table WHERE kind = ? ORDER BY id DESC LIMIT 1"

_kept: dict[str, tuple[State, dict[str, Verdict]]] = {}


class ItemVerdict(NamedTuple):
    """What is said of goods in a code; `is_sure`: the code can be read, so that it does hold them."""

    verdict: Verdict
    is_sure: bool = True


class VerdictBook:
    """Looks codes up. Threads: one at a time.

    Args:
        verdicts: by match key.
        rules: how the store writes its codes; the goods of the verdicts are the items it knows.
    """

    def __init__(self, verdicts: Mapping[str, Verdict], rules: CodeRules | None = None) -> None:
        self._verdicts = verdicts
        self._reader = Reader(rules) if rules is not None else None
        self._plain = Reader() if verdicts else None
        self._found: dict[str, tuple[ItemVerdict, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._verdicts)

    def of(self, code: str) -> tuple[ItemVerdict, ...]:
        """Every verdict about goods in *code*; of one that cannot be read, about any that may be in it."""
        found = self._found.get(code)
        if found is None:
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            found = self._found[code] = tuple(self._look(code))
        return found

    def _look(self, code: str) -> list[ItemVerdict]:
        if self._reader is None or self._plain is None:
            return []
        reading, plain = self._reader.read(code), self._plain.read(code)
        if reading.error:
            key = match_key(code)
            names = sorted({key, *items_in(key)})
        else:
            bases = [one.base for one in (*reading.components, *plain.components)]
            names = list(dict.fromkeys([*bases, reading.match_key, plain.match_key]))
        said = [self._verdicts[name] for name in names if name in self._verdicts]
        return [ItemVerdict(one, is_sure=not reading.error) for one in said]


NO_VERDICTS = VerdictBook({})


def verdict_book(connection: Connection, store_id: int) -> VerdictBook:
    """The book for a store; the verdicts are read anew only when a table came or went."""
    verdicts = _verdicts(connection)
    if not verdicts:
        return NO_VERDICTS
    marks = store_marks(connection).get(store_id, PLAIN_STORE)
    return VerdictBook(verdicts, CodeRules(verdicts.keys(), virtual_codes(connection), marks))


def _verdicts(connection: Connection) -> dict[str, Verdict]:
    state = tuple(tuple(connection.exec_driver_sql(_STATE, (str(kind),)).first() or ()) for kind in VERDICT_KINDS)
    where = str(connection.engine.url)
    if where not in _kept or _kept[where][0] != state:
        _kept.clear()
        _kept[where] = state, verdicts_in_force(connection)
    return _kept[where][1]


def rule_of(kind: TableKind) -> str:
    """The rule that reports verdicts of a table: `item.forbidden`, `item.feedback`."""
    return f"item.{kind}"
