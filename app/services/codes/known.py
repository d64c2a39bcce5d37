"""What the database knows of codes: virtual bundle codes, and how each store writes its own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

import orjson
from sqlalchemy import Connection

from app.services.codes.normal import normalise
from app.services.codes.records import Component
from app.services.codes.rules import PLAIN_STORE, CodeRules, StoreMarks, signs
from app.services.db import Database
from app.services.errors import InputError
from app.services.history.kept import Keeping, Rows
from app.services.history.records import RULES

_ITEMS_AMONG = "SELECT code FROM stock_item WHERE code IN (SELECT value FROM json_each(?))"
_VIRTUAL = "SELECT code, base, quantity FROM virtual_item{among} ORDER BY code, position"
_AMONG = " WHERE code IN (SELECT value FROM json_each(?))"
_BETWEEN = re.compile(r"[+*()\n]+")
_NUMBERED = re.compile(r"(.+)-[0-9]+")
_X = re.compile(r"([0-9]+)X(.+)|(.+)X([0-9]+)")
_MARK, _MARK_CHARS = "_C", 4
"""How a warehouse mark begins (`_CUS`), and its length."""
Virtual = Mapping[str, Sequence[Component]]


class BadStoreMarks(InputError):
    """A store's way of writing codes makes no sense; `value` is what does not."""

    code = "code.store_marks"


def virtual_codes(connection: Connection, among: Iterable[str] | None = None) -> dict[str, tuple[Component, ...]]:
    """All virtual codes, or those *among* some, with their items."""
    found: dict[str, list[Component]] = {}
    asked = () if among is None else (orjson.dumps([*among]).decode(),)
    for code, base, quantity in connection.exec_driver_sql(_VIRTUAL.format(among=_AMONG if asked else ""), asked):
        found.setdefault(code, []).append(Component(base, quantity))
    return {code: tuple(items) for code, items in found.items()}


def store_marks(connection: Connection) -> dict[int, StoreMarks]:
    """How stores write their codes, by store; one that is not in here writes nothing around them."""
    rows = connection.exec_driver_sql("SELECT store_id, prefix, suffix, marks FROM store_codes")
    return {store_id: StoreMarks(prefix, suffix, orjson.loads(marks)) for store_id, prefix, suffix, marks in rows}


def code_rules(
    db: Database, store_id: int | None = None, known: Collection[str] | None = None, *, texts: Iterable[str] = ()
) -> CodeRules:
    """All that is known for reading the codes of a store.

    Args:
        known: stock items a caller brings along.
        texts: the codes that are to be read: without *known*, those of the product table that may be in them are.
    """
    with db.reader.connect() as connection:
        marks = store_marks(connection).get(store_id, PLAIN_STORE) if store_id is not None else PLAIN_STORE
        virtual = virtual_codes(connection)
        return CodeRules(known_items(connection, texts, virtual) if known is None else known, virtual, marks)


def known_items(connection: Connection, texts: Iterable[str], virtual: Virtual) -> frozenset[str] | None:
    """The stock items of the company product table that may be in *texts*, however those are read; None where no
    product table was received, so that no item counts as unknown.

    Only what may be meant is looked up: half a million stock items never lie in memory. For very many codes ask in
    batches, each with a reader of its own.
    """
    if connection.exec_driver_sql("SELECT 1 FROM stock_item LIMIT 1").first() is None:
        return None
    asked = may_be_meant(texts)
    for name in asked & virtual.keys():
        asked.update(one.base for one in virtual[name])
    wanted = orjson.dumps(sorted(asked)).decode()
    rows = connection.exec_driver_sql(_ITEMS_AMONG, (wanted,))
    return frozenset(rows.scalars())


def may_be_meant(texts: Iterable[str]) -> set[str]:
    """Everything in *texts* that can be a stock item in some reading of them: without looking at each code by itself,
    because codes repeat their items."""
    words = set(_BETWEEN.split("\n".join(map(normalise, set(texts)))))
    for sign, keeps in (("#", -1), ("@", 0)):  # what stores write around their codes
        words.update(word.split(sign)[keeps] for word in [word for word in words if sign in word])
    while marked := {word[:-_MARK_CHARS] for word in words if word[-_MARK_CHARS:-2] == _MARK} - words:
        words |= marked
    words.update(found[1] for word in [word for word in words if "-" in word] if (found := _NUMBERED.fullmatch(word)))
    for word in [word for word in words if "X" in word]:
        if found := _X.fullmatch(word):
            words.add(found[2] or found[3])
    return words


def checked_marks(prefix: str = "", suffix: str = "", marks: Mapping[str, str] | None = None) -> StoreMarks:
    """A store's way of writing codes as it is kept. Raises: BadStoreMarks."""
    countries = {}
    for digits, letters in (marks or {}).items():
        country = signs().countries.get(letters.strip().upper())
        if not (digits.isascii() and digits.isdigit()) or country is None:
            raise BadStoreMarks(value=f"{digits}={letters}")
        countries[digits] = country
    around = normalise(prefix), normalise(suffix)
    for text in around:
        if text and (" " in text or not signs().forbidden.isdisjoint(text) or "+" in text):
            raise BadStoreMarks(value=text)
    return StoreMarks(*around, countries)


def write_store_marks(db: Database, store_id: int, marks: StoreMarks) -> None:
    """Keep how a store writes its codes, and who said so."""
    values = (store_id, marks.prefix, marks.suffix, orjson.dumps(dict(marks.countries)).decode())
    with db.bulk() as connection:
        found = connection.exec_driver_sql("SELECT name FROM store WHERE id = ?", (store_id,)).scalar()
        name = str(found or store_id)
        keeping = Keeping(connection, "store_codes", {(store_id,): name}, _shown_marks)
        connection.exec_driver_sql(
            "INSERT INTO store_codes (store_id, prefix, suffix, marks) VALUES (?, ?, ?, ?) ON CONFLICT (store_id) "
            "DO UPDATE SET prefix = excluded.prefix, suffix = excluded.suffix, marks = excluded.marks",
            values,
        )
        keeping.record(kind=RULES, label="change.store_codes", params={"store": name})


def _shown_marks(rows: Rows) -> str:
    """`HK#…@ABCD, 148=US`."""
    row = rows["store_codes"][0]
    marks = [f"{digits}={country}" for digits, country in sorted(orjson.loads(row["marks"]).items())]
    return ", ".join([f"{row['prefix']}…{row['suffix']}", *marks])
