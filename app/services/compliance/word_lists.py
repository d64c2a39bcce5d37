"""Word lists as the team keeps them: those shipped with the program, what was changed about them, and the team's own.

Whose verdict wins about one word: within a list the one for the fewest: one for some stores or categories holds there
alone, elsewhere the team's general one does, else the shipped one. Among lists an entry of the team before a shipped
one, and of the team's the one of the latest day, and of one day the strictest: today's feedback overrules yesterday's
table (domain.md 13). "May be used" is a verdict, too; a word that is off is none, and only a general one that is off
switches a shipped one off.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal, get_args
from uuid import uuid4

import orjson
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.models import Setting
from app.services.clock import now_ms
from app.services.compliance.findings import Label, Severity
from app.services.compliance.rule_data import rule_file
from app.services.compliance.words import Word, WordBook, excepted, word_book, word_key

Kind = Literal["forbidden", "restricted", "brand", "suspect", "chinese", "contact"]
Verdict = Literal["block", "hold", "warn", "allow"]
KINDS: tuple[Kind, ...] = get_args(Kind)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
CODES: dict[Kind, str] = {
    "forbidden": "word.prohibited",
    "restricted": "word.licence",
    "brand": "word.licence",
    "suspect": "word.suspect",
    "chinese": "word.chinese",
    "contact": "word.contact",
}
"""The rule that reports the words of a list."""
USUAL: dict[Kind, Verdict] = {
    "forbidden": "block",
    "restricted": "hold",
    "brand": "hold",
    "suspect": "warn",
    "chinese": "warn",
    "contact": "warn",
}
"""Severity of a new list."""

SETTING = "word_lists"
"""Stored setting that says which state the lists are in, and which stores some of them are for."""
KEPT_BOOKS = 6

_books: OrderedDict[tuple[str, int], WordBook] = OrderedDict()


@dataclass(frozen=True, slots=True)
class WordList:
    """A list. `stores`: ids of those it holds for, None for all. `about`: its name in both languages."""

    key: str
    about: Label
    kind: Kind
    severity: Verdict
    is_on: bool = True
    stores: tuple[int, ...] | None = None
    is_shipped: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of a list.

    Attributes:
        id: None for a shipped one nobody changed.
        severity: "" for the list's.
        exceptions: phrases in which it is harmless.
        categories: platform ids; it counts in these and below them only. None: everywhere.
        stores: ids of the stores it holds for, None for all.
        as_of: the day of the verdict, `YYYY-MM-DD`, or "".
        is_shipped: as it was shipped; `overrules`: it stands in the place of a shipped one.
    """

    list_key: str
    word: str
    severity: Verdict | Literal[""] = ""
    exceptions: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    stores: tuple[int, ...] | None = None
    source: str = ""
    as_of: str = ""
    is_on: bool = True
    id: int | None = None
    is_shipped: bool = False
    overrules: bool = False

    @property
    def key(self) -> str:
        """What tells it from other words of the list; a word may have several verdicts, each for other categories or
        stores."""
        stores = "*" if self.stores is None else " ".join(map(str, sorted(self.stores)))
        return f"{word_key(self.word)}\n{' '.join(sorted(self.categories))}\n{stores}"

    @property
    def narrowness(self) -> int:
        """0: it holds everywhere; 1: in some stores or some categories; 2: in some categories of some stores."""
        return (self.stores is not None) + bool(self.categories)


@dataclass(slots=True)
class Lists:
    """All lists with all their words, shipped ones first."""

    lists: dict[str, WordList] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)

    def all_entries(self) -> Iterator[Entry]:
        """The words of all lists."""
        for entries in self.entries.values():
            yield from entries


@cache
def shipped_lists() -> Lists:
    """The lists of `word_lists.json`."""
    found, data = Lists(), rule_file("word_lists")
    for one in data["lists"]:
        key = one["key"]
        words = [
            Entry(key, word, exceptions=tuple(more), as_of=data["as_of"], is_shipped=True)
            for word, more in map(_shipped_word, one["words"])
        ]
        found.entries[key] = words
        found.lists[key] = WordList(
            key, Label(**one["about"]), one["kind"], USUAL[one["kind"]], is_shipped=True, count=len(words)
        )
    return found


def _shipped_word(item: str | dict[str, Any]) -> tuple[str, Sequence[str]]:
    return (item, ()) if isinstance(item, str) else (item["word"], item["except"])


def load_lists(connection: Connection) -> Lists:
    """The shipped lists with what the team changed about them, and the team's own."""
    shipped, found = shipped_lists(), Lists()
    own = _stored_entries(connection)
    found.lists.update(shipped.lists)
    for row in connection.exec_driver_sql(
        "SELECT key, name, kind, severity, is_on, stores FROM word_list ORDER BY name, key"
    ):
        key, name, kind, severity, is_on, stores = row
        base = shipped.lists.get(key)
        label = base.about if base is not None else Label(zh=name, en=name)
        found.lists[key] = WordList(key, label, kind, severity, bool(is_on), _ids(stores), is_shipped=base is not None)
    for key, one in found.lists.items():
        words = _merged(shipped.entries.get(key, []), own.get(key, []))
        found.entries[key] = words
        found.lists[key] = replace(one, count=sum(entry.is_on for entry in words))
    return found


def _merged(shipped: Sequence[Entry], own: Sequence[Entry]) -> list[Entry]:
    """The team's entries at the shipped ones of the same word, narrow ones first; a general one takes the place of the
    shipped one. The others behind."""
    mine: dict[str, list[Entry]] = {}
    for entry in own:
        mine.setdefault(word_key(entry.word), []).append(entry)
    found: list[Entry] = []
    for entry in shipped:
        its = mine.pop(word_key(entry.word), [])
        found += [one for one in its if one.narrowness]
        found += [replace(one, overrules=True) for one in its if not one.narrowness] or [entry]
    return found + [entry for entries in mine.values() for entry in entries]


def _stored_entries(connection: Connection) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for row in connection.exec_driver_sql(
        "SELECT id, list_key, word, severity, exceptions, categories, stores, source, as_of, is_on FROM listed_word "
        "ORDER BY id"
    ):
        number, key, word, severity, exceptions, categories, stores, source, as_of, is_on = row
        entry = Entry(
            key,
            word,
            severity,
            tuple(orjson.loads(exceptions)),
            tuple(orjson.loads(categories)),
            _ids(stores),
            source,
            as_of,
            bool(is_on),
            number,
        )
        found.setdefault(key, []).append(entry)
    return found


def _ids(stored: str | None) -> tuple[int, ...] | None:
    return None if stored is None else tuple(orjson.loads(stored))


def compiled(lists: Lists, store_id: int | None = None, entries: Iterable[Entry] | None = None) -> WordBook:
    """The words that count in a store (None: in any), ready for many texts; *entries*: these alone."""
    ranked: list[tuple[tuple[bool, str, int], str, Word]] = []
    for entry in lists.all_entries() if entries is None else entries:
        of = lists.lists[entry.list_key]
        if entry.is_on and of.is_on and _holds(of.stores, store_id) and _holds(entry.stores, store_id):
            ranked.append(
                ((entry.is_shipped, _reversed(entry.as_of), _mildness(entry, of)), entry.word, _word(entry, of))
            )
    ranked.sort(key=lambda one: one[0])
    return WordBook((term, word) for _, term, word in ranked)


def _holds(stores: Sequence[int] | None, store_id: int | None) -> bool:
    return stores is None or store_id is None or store_id in stores


def _mildness(entry: Entry, of: WordList) -> int:
    """Of the team's verdicts of one day the strictest first."""
    return 0 if entry.is_shipped else VERDICTS.index(entry.severity or of.severity)


def _reversed(day: str) -> str:
    """A text that sorts the latest day first, none last."""
    return "".join(chr(ord("9") - int(sign)) if sign.isdigit() else sign for sign in day) or "~"


def _word(entry: Entry, of: WordList) -> Word:
    verdict = entry.severity or of.severity
    code = CODES[of.kind]
    usual = USUAL[of.kind]
    return Word(
        entry.word,
        code,
        of.about,
        *excepted(entry.exceptions),
        severity=None if verdict in ("allow", usual) else Severity(verdict),
        categories=frozenset(entry.categories),
        is_allowed=verdict == "allow",
        list_key=entry.list_key,
        narrowness=entry.narrowness,
    )


def book_of(session: Session, store_id: int) -> WordBook:
    """The words that count in a store; made once for every state of the lists."""
    stored = session.get(Setting, SETTING)
    if stored is None:
        return word_book()
    scope = store_id if store_id in stored.value["stores"] else 0
    key = (stored.value["state"], scope)
    if key not in _books:
        _books[key] = compiled(load_lists(session.connection()), scope)
        while len(_books) > KEPT_BOOKS:
            _books.popitem(last=False)
    return _books[key]


def note_change(connection: Connection) -> None:
    """Say that the lists are others now, in the transaction that changed them."""
    stores: set[int] = set()
    for table in ("word_list", "listed_word"):
        for stored in connection.exec_driver_sql(f"SELECT DISTINCT stores FROM {table}").scalars():
            stores.update(_ids(stored) or ())
    value = orjson.dumps({"state": uuid4().hex, "stores": sorted(stores)}).decode()
    connection.exec_driver_sql(
        "INSERT INTO setting (name, value, updated_ms) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (name) DO UPDATE SET value = ?2, updated_ms = ?3",
        (SETTING, value, now_ms()),
    )
