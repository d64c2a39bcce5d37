"""The table of virtual bundle codes: kept, proposed, read from lines (domain.md 7.1).

A virtual code never stands for another one, nor for goods of one warehouse: it is what fits into 20 characters where
the goods themselves do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.codes.formatting import format_code, joined
from app.services.codes.known import virtual_codes
from app.services.codes.normal import normalise
from app.services.codes.reading import is_virtual_code, read_code
from app.services.codes.records import Component, Reading
from app.services.codes.rules import CodeRules, signs
from app.services.db import Database
from app.services.errors import InputError
from app.services.history.kept import Keeping, Rows
from app.services.history.records import RULES


class BadVirtualCode(InputError):
    """A line of the table makes no sense: `code`, `value`."""

    code = "code.virtual_items"


class NoVirtualCodeFree(InputError):
    """All numbers are taken."""

    code = "code.virtual_full"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A short code for what does not fit: `code` as it should be written, `virtual` the virtual code in it, and whether
    that `is_new`."""

    code: str
    virtual: str
    items: tuple[Component, ...]
    is_new: bool


def virtual_line(code: str, text: str) -> tuple[str, tuple[Component, ...]]:
    """One entry of the table: `CB000123` and `AB1234*10`.

    Raises:
        BadVirtualCode: no virtual code, items that cannot be read, or too many of them.
    """
    name = normalise(code)
    if not is_virtual_code(name):
        raise BadVirtualCode("code.virtual_name", name=code.strip()[:40])
    reading = read_code(text)
    wrong = reading.error or reading.ships_from != signs().home
    if wrong or any(is_virtual_code(one.base) for one in reading.components):
        raise BadVirtualCode(name=name, value=text.strip()[:80])
    if len(reading.components) > signs().items_max:
        raise BadVirtualCode("code.virtual_many", name=name, n=len(reading.components), max=signs().items_max)
    return name, reading.components


def list_virtual(db: Database) -> dict[str, tuple[Component, ...]]:
    """The whole table."""
    with db.reader.connect() as connection:
        return virtual_codes(connection)


def save_virtual(db: Database, entries: Mapping[str, Sequence[Component]]) -> int:
    """Keep these entries, replacing older ones of the same code. Returns: how many are new or other than before."""
    with db.bulk() as connection:
        known = virtual_codes(connection)
        changed = {code: items for code, items in entries.items() if known.get(code) != tuple(items)}
        _write_as_change(connection, changed)
    return len(changed)


def remove_virtual(db: Database, codes: Iterable[str]) -> int:
    """Forget virtual codes. Returns: how many there were."""
    wanted = list(dict.fromkeys(map(normalise, codes)))
    with db.bulk() as connection:
        keeping = _keeping(connection, wanted)
        gone = sum(
            connection.exec_driver_sql("DELETE FROM virtual_code WHERE code = ?", (code,)).rowcount for code in wanted
        )
        keeping.record(kind=RULES, label="change.virtual_codes_gone", params={"n": gone})
    return gone


def propose(db: Database, reading: Reading, *, keeps: bool = False) -> Proposal | None:
    """A virtual code for a reading that does not fit into the platform's length; None where it fits, or is no code.

    An entry with the same goods is used again; else the next free number is. *keeps*: put a new one into the table.

    Raises:
        NoVirtualCodeFree, BadVirtualCode: more items than a virtual code may stand for.
    """
    if reading.error or len(format_code(reading.components, reading.ships_from)) <= signs().code_max:
        return None
    with db.bulk() if keeps else db.reader.connect() as connection:
        book = VirtualBook(connection)
        proposal = book.proposal(reading)
        if keeps:
            book.keep(connection)
    return proposal


class VirtualBook:
    """Gives virtual codes to many readings: the same goods get the same code, new ones the next free numbers.

    Attributes:
        new: what is not in the table yet; `keep` puts it there.
    """

    def __init__(self, connection: Connection) -> None:
        self._same = {tuple(sorted(items)): code for code, items in virtual_codes(connection).items()}
        self._free = _next_free(connection)
        self.new: dict[str, tuple[Component, ...]] = {}

    def proposal(self, reading: Reading) -> Proposal:
        """The code for *reading* with a virtual one in it, however long it is without.

        Raises:
            NoVirtualCodeFree, BadVirtualCode: more items than a virtual code may stand for.
        """
        most, goods = signs().items_max, tuple(sorted(reading.components))
        if len(goods) > most:
            name = joined(reading.components)[:40]
            raise BadVirtualCode("code.virtual_many", name=name, n=len(goods), max=most)
        virtual = self._same.get(goods)
        if virtual is None:
            virtual = self._same[goods] = _virtual_code(self._free)
            self._free += 1
            self.new[virtual] = reading.components
        code = format_code([Component(virtual)], reading.ships_from)
        return Proposal(code, virtual, reading.components, virtual in self.new)

    def keep(self, connection: Connection) -> None:
        """Put the new codes into the table, in the caller's transaction.

        Raises:
            BadVirtualCode: `code.virtual_taken`, where somebody gave such a code to other goods meanwhile.
        """
        _write_as_change(connection, _missing(connection, self.new))


def bring_virtual(connection: Connection, entries: Mapping[str, Sequence[Component]]) -> None:
    """Put virtual codes that an edit writes into the table, as a part of its own change. They stay when it is undone:
    other listings may be written with them by then.

    Raises:
        BadVirtualCode: `code.virtual_taken`, where somebody gave such a code to other goods meanwhile.
    """
    _write(connection, _missing(connection, entries))


def _missing(connection: Connection, entries: Mapping[str, Sequence[Component]]) -> Mapping[str, Sequence[Component]]:
    """Those that are not in the table. Raises: BadVirtualCode, where one is there with other goods."""
    known = virtual_codes(connection, entries)
    for code, items in entries.items():
        if sorted(known.get(code, items)) != sorted(items):
            raise BadVirtualCode("code.virtual_taken", name=code)
    return {code: items for code, items in entries.items() if code not in known}


def with_entries(rules: CodeRules, entries: Mapping[str, Sequence[Component]]) -> CodeRules:
    """*rules* that know these virtual codes, too."""
    return CodeRules(rules.known, {**rules.virtual, **entries}, rules.store)


def _write(connection: Connection, entries: Mapping[str, Sequence[Component]]) -> None:
    for code, items in entries.items():
        connection.exec_driver_sql("DELETE FROM virtual_code WHERE code = ?", (code,))
        connection.exec_driver_sql("INSERT INTO virtual_code (code, created_ms) VALUES (?, ?)", (code, now_ms()))
        connection.exec_driver_sql(
            "INSERT INTO virtual_item (code, position, base, quantity) VALUES (?, ?, ?, ?)",
            [(code, place, one.base, one.quantity) for place, one in enumerate(items)],
        )


def _write_as_change(connection: Connection, entries: Mapping[str, Sequence[Component]]) -> None:
    """Write entries as a change of their own, which can be undone."""
    keeping = _keeping(connection, entries)
    _write(connection, entries)
    keeping.record(kind=RULES, label="change.virtual_codes", params={"n": len(entries)})


def _keeping(connection: Connection, codes: Iterable[str]) -> Keeping:
    """Virtual codes about to be written or removed."""
    return Keeping(connection, "virtual_code", {(code,): code for code in codes}, _shown)


def _shown(rows: Rows) -> str:
    return joined([Component(row["base"], row["quantity"]) for row in rows["virtual_item"]])


_USED = (
    "SELECT max(code) FROM (SELECT max(code) AS code FROM virtual_code WHERE code >= ?1 AND code < ?2 "
    "UNION ALL SELECT max(match_key) FROM sku WHERE match_key >= ?1 AND match_key < ?2 AND length(match_key) = ?3 "
    "AND match_key NOT GLOB '*[^A-Z0-9]*' UNION ALL SELECT max(base) FROM bundle_item WHERE base >= ?1 AND base < ?2 "
    "AND length(base) = ?3 AND base NOT GLOB '*[^A-Z0-9]*')"
)


def _next_free(connection: Connection) -> int:
    """The number after the highest one in the table or in any code that is stored."""
    prefix, digits = signs().virtual_prefix, signs().virtual_digits
    bounds = (f"{prefix}{'0' * digits}", f"{prefix}{chr(ord('9') + 1)}", len(prefix) + digits)
    highest = connection.exec_driver_sql(_USED, bounds).scalar()
    return int(highest[len(prefix) :]) + 1 if highest and is_virtual_code(highest) else 1


def _virtual_code(number: int) -> str:
    """Raises: NoVirtualCodeFree."""
    digits = signs().virtual_digits
    if len(str(number)) > digits:
        raise NoVirtualCodeFree
    return f"{signs().virtual_prefix}{number:0{digits}d}"
