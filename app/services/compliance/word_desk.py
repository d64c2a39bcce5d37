"""Changing word lists: one transaction each, told to the history, and which words have to be looked for anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.compliance.findings import Label, Severity
from app.services.compliance.loading import load_context
from app.services.compliance.rule_data import rule_data
from app.services.compliance.word_lists import (
    KINDS,
    VERDICTS,
    Entry,
    Kind,
    Lists,
    Verdict,
    WordList,
    compiled,
    load_lists,
    note_change,
)
from app.services.compliance.words import Word, WordBook, word_key
from app.services.db import Database
from app.services.errors import InputError, NotFound
from app.services.history.kept import NOUN as KEPT
from app.services.history.kept import Keeping, Rows
from app.services.history.recording import add_entries, record_change, this_person
from app.services.history.records import WORDS, WORDS_LABEL, RawRow
from app.services.history.records import Entry as RowEntry

WORD_MOST = 100
"""Characters of a word; what is longer is a text, not a word."""
SHOWN_WORDS = 20
"""Words of a whole list that the history shows."""
_IMAGES = (
    "SELECT row_id, before, after FROM change_entry JOIN change ON change.id = change_id WHERE uid = ? AND noun = ?"
)

_UNREAD = "SELECT 1 FROM store WHERE gateway NOT IN (SELECT gateway FROM category) LIMIT 1"

_COLUMNS = ("list_key", "word", "folded", "severity", "exceptions", "categories", "stores", "source", "as_of", "is_on")
_INSERT = f"INSERT INTO listed_word ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_UPDATE = f"UPDATE listed_word SET {', '.join(f'{name} = ?' for name in _COLUMNS)} WHERE id = ?"


class BadWord(InputError):
    """An entry that makes no sense: the code says why, `value` is what was written."""

    code = "words.empty"


@dataclass(frozen=True, slots=True)
class WordsChanged:
    """What a change did: words `added`, `changed` and `removed`; `touched`: all of them as they were and as they are,
    for finding the listings whose findings may be others now."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    touched: tuple[Entry, ...] = ()

    @property
    def count(self) -> int:
        """How many words are others now."""
        return self.added + self.changed + self.removed


@dataclass(frozen=True, slots=True)
class Match:
    """A listed word that a text carries: the word, its list, and how it is judged."""

    word: str
    about: Label
    severity: Severity


class WordDesk:
    """The use cases of word lists over one database. Threads: any; everything here touches the disk.

    Args:
        open_db: gives the database, opened at the first call.
    """

    def __init__(self, open_db: Callable[[], Database]) -> None:
        self._open_db = open_db

    @property
    def db(self) -> Database:
        """The database."""
        return self._open_db()

    def lists(self) -> Lists:
        """All lists with their words."""
        with self.db.reader.connect() as connection:
            return load_lists(connection)

    def stores(self) -> dict[int, str]:
        """Names of the stores by id."""
        with self.db.reader.connect() as connection:
            return {row[0]: row[1] for row in connection.exec_driver_sql("SELECT id, name FROM store ORDER BY id")}

    def categories(self) -> frozenset[str] | None:
        """Ids of the categories there are; None where they cannot be told, because a store's were never read."""
        with self.db.reader.connect() as connection:
            return known_categories(connection)

    def recheck_call(self, touched: Sequence[Entry]) -> tuple[Any, ...]:
        """The call for the worker process that checks the listings with these words anew. Result: `RecheckResult`."""
        return "app.services.listings.words_recheck:recheck_in_worker", self.db.path, list(touched)

    def save(self, entries: Sequence[Entry], source: str = "") -> WordsChanged:
        """Add or change words, all or none: those without an id are new, or take the place of the one with the same
        stores and categories. *source*: the file they come from.

        Raises:
            BadWord: one of them makes no sense, or moves to where another one stands.
            NotFound: no such list.
        """
        for entry in entries:
            check_entry(entry)
        with self.db.bulk() as connection:
            lists = load_lists(connection)
            rows: list[RowEntry] = []
            done = _saved(connection, lists, entries, rows)
            if done.count:
                _record(connection, lists, done, rows, source=source)
        return done

    def remove(self, entries: Sequence[Entry]) -> WordsChanged:
        """Take words away; a shipped one is kept, switched off. One that took a shipped one's place gives it back."""
        with self.db.bulk() as connection:
            lists = load_lists(connection)
            own = [entry.id for entry in entries if entry.id is not None]
            rows = [RowEntry("word", number, -number, _image(connection, number), None) for number in own]
            connection.exec_driver_sql(
                "DELETE FROM listed_word WHERE id IN (SELECT value FROM json_each(?))", (orjson.dumps(own).decode(),)
            )
            shipped = [replace(entry, is_on=False) for entry in entries if entry.id is None and entry.is_on]
            done = _saved(connection, lists, shipped, rows)
            behind = tuple(_shipped_behind(lists, entries))
            done = WordsChanged(0, 0, len(own) + done.count, (*entries, *done.touched, *behind))
            if done.count:
                _record(connection, lists, done, [row for row in rows if row.before != row.after])
        return done

    def save_list(self, wanted: WordList) -> WordsChanged:
        """Add a list, or change name, kind, severity, stores or switch of one; of a shipped one its name and kind
        stay.

        Raises: BadWord.
        """
        if not str(wanted.about).strip():
            raise BadWord("words.list_name", value="")
        if wanted.kind not in KINDS or wanted.severity not in VERDICTS:
            raise BadWord("words.severity", value=wanted.severity)
        with self.db.bulk() as connection:
            lists = load_lists(connection)
            old = lists.lists.get(wanted.key)
            if old is not None and replace(old, count=0) == replace(wanted, count=0):
                return WordsChanged()
            kind, shown = ("word_list", _shown_list) if old is not None else ("whole_word_list", _shown_words)
            keeping = Keeping(connection, kind, {(wanted.key,): str(wanted.about)}, shown)
            stores = None if wanted.stores is None else orjson.dumps(wanted.stores).decode()
            connection.exec_driver_sql(
                "INSERT INTO word_list (key, name, kind, severity, is_on, stores) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
                "ON CONFLICT (key) DO UPDATE SET name = ?2, kind = ?3, severity = ?4, is_on = ?5, stores = ?6",
                (wanted.key, wanted.about.en, wanted.kind, wanted.severity, wanted.is_on, stores),
            )
            touched = tuple(lists.entries.get(wanted.key, ()))
            done = WordsChanged(changed=len(touched), touched=touched)
            _record_list(connection, keeping, done, wanted)
        return done

    def remove_list(self, key: str) -> WordsChanged:
        """Take a list of the team's own away with its words; a shipped one is as it was shipped again."""
        with self.db.bulk() as connection:
            lists = load_lists(connection)
            if key not in lists.lists:
                raise NotFound(noun="word_list", name=key)
            about = {(key,): str(lists.lists[key].about)}
            keeping = Keeping(connection, "whole_word_list", about, _shown_words)
            connection.exec_driver_sql("DELETE FROM listed_word WHERE list_key = ?", (key,))
            connection.exec_driver_sql("DELETE FROM word_list WHERE key = ?", (key,))
            touched = tuple(lists.entries[key])
            done = WordsChanged(removed=len(touched), touched=(*touched, *_shipped_behind(lists, touched)))
            _record_list(connection, keeping, done, lists.lists[key])
        return done

    def try_text(self, text: str, store_id: int | None = None, category_id: str = "") -> list[Match]:
        """What the lists say about a text, in a store or (None) in any: the strictest that some store says."""
        with self.db.read() as session:
            lists = load_lists(session.connection())
            path: Set[str] = frozenset()
            usual = load_context(session, store_id).severities if store_id is not None else {}
            if store_id is not None and category_id:
                path = load_context(session, store_id).categories.path(category_id)
        found: dict[str, Match] = {}
        carried = list(_carried(lists, text))
        for scope in _scopes(lists) if store_id is None else (store_id,):
            for word in compiled(lists, scope, carried).find(text, path):
                severity = word.severity or usual.get(word.code) or _usual_severity(word.code)
                key = word_key(word.text)
                if key not in found or _is_stricter(severity, found[key].severity):
                    found[key] = Match(word.text, word.about, severity)
        return list(found.values())


def check_entry(entry: Entry) -> None:
    """Raises: BadWord, where an entry makes no sense."""
    for problem in problems(entry):
        raise problem


def problems(entry: Entry) -> Iterator[BadWord]:
    """Everything about an entry that makes no sense."""
    word = entry.word.strip()
    if not word or not word_key(word):
        yield BadWord(value=entry.word)
    if len(word) > WORD_MOST:
        yield BadWord("words.too_long", value=f"{word[:30]}…", most=WORD_MOST)
    if entry.severity and entry.severity not in VERDICTS:
        yield BadWord("words.severity", value=entry.severity)
    try:
        date.fromisoformat(entry.as_of or "2000-01-01")
    except ValueError:
        yield BadWord("words.day", value=entry.as_of)


def _saved(connection: Connection, lists: Lists, entries: Iterable[Entry], rows: list[RowEntry]) -> WordsChanged:
    """Write what differs; before- and after-images are added to *rows*."""
    added = changed = 0
    touched: list[Entry] = []
    known = {(key, one.key): one for key, its in lists.entries.items() for one in its}
    for entry in entries:
        if entry.list_key not in lists.lists:
            raise NotFound(noun="word_list", name=entry.list_key)
        entry = replace(entry, word=entry.word.strip())
        old = _old(lists, entry) if entry.id is not None else known.get((entry.list_key, entry.key))
        if old is not None and _same(old, entry):
            continue
        if entry.id is not None and _takes_place(lists, entry, old):
            raise BadWord("words.taken", value=entry.word)
        if old is not None and old.id is not None:
            before = _image(connection, old.id) or {}
            connection.exec_driver_sql(_UPDATE, (*_row(entry), old.id))
            after = _image(connection, old.id) or {}
            changed_names = [name for name in after if after[name] != before.get(name)]
            images = [{name: image.get(name) for name in changed_names} for image in (before, after)]
            rows.append(RowEntry("word", old.id, -old.id, images[0], images[1]))
        else:
            number = int(connection.exec_driver_sql(_INSERT, _row(entry)).lastrowid or 0)
            rows.append(RowEntry("word", number, -number, None, _image(connection, number)))
        added, changed = added + (old is None), changed + (old is not None)
        touched += [one for one in (old, entry) if one is not None]
    return WordsChanged(added, changed, 0, tuple(touched))


def _old(lists: Lists, entry: Entry) -> Entry | None:
    return next((one for one in lists.entries[entry.list_key] if one.id == entry.id), None)


def _takes_place(lists: Lists, entry: Entry, old: Entry | None) -> bool:
    """Whether an edit of the team's word makes it the same as another one of the team's."""
    if old is not None and old.key == entry.key:
        return False
    others = (one for one in lists.entries[entry.list_key] if one.id not in (None, entry.id))
    return any(one.key == entry.key for one in others)


def _scopes(lists: Lists) -> list[int]:
    """The stores that some words are for alone, and 0 for all others."""
    found = {number for one in lists.lists.values() for number in one.stores or ()}
    found.update(number for entry in lists.all_entries() for number in entry.stores or ())
    return [0, *sorted(found)]


def _carried(lists: Lists, text: str) -> Iterator[Entry]:
    """The few entries that can say something about a text, whatever excepts their words."""
    book = WordBook((one.word, Word(one.word, "", lists.lists[one.list_key].about)) for one in lists.all_entries())
    keys = {word_key(word.text) for word in book.find(text)}
    yield from (one for one in lists.all_entries() if word_key(one.word) in keys)


def _is_stricter(one: Severity, other: Severity) -> bool:
    order = list(Severity)
    return order.index(one) < order.index(other)


def known_categories(connection: Connection) -> frozenset[str] | None:
    """Ids of the categories of all stores' marketplaces; None where a store's were never read."""
    if connection.exec_driver_sql(_UNREAD).first() is not None:
        return None
    return frozenset(connection.exec_driver_sql("SELECT DISTINCT category_id FROM category").scalars()) or None


def _same(old: Entry, new: Entry) -> bool:
    return replace(old, id=None, is_shipped=False, overrules=False) == replace(
        new, id=None, is_shipped=False, overrules=False
    )


def _row(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.list_key,
        entry.word,
        word_key(entry.word),
        entry.severity,
        orjson.dumps(entry.exceptions).decode(),
        orjson.dumps(entry.categories).decode(),
        None if entry.stores is None else orjson.dumps(entry.stores).decode(),
        entry.source,
        entry.as_of,
        entry.is_on,
    )


def _shipped_behind(lists: Lists, entries: Iterable[Entry]) -> list[Entry]:
    """The shipped words that come back when *entries* go: spelt perhaps otherwise, found by the same key."""
    return [replace(entry, is_on=True) for entry in entries if entry.overrules]


def _record_list(connection: Connection, keeping: Keeping, done: WordsChanged, of: WordList) -> None:
    """One change of a list itself, or of all of it, that can be undone."""
    params = {"n": done.count, "list": str(of.about)}
    keeping.record(kind=WORDS, label=WORDS_LABEL, params=params, count=done.count)
    note_change(connection)


def _shown_list(rows: Rows) -> str:
    """Kind, severity and whether it counts."""
    return ", ".join(
        f"{row['kind']} · {row['severity']} · {'on' if row['is_on'] else 'off'}" for row in rows["word_list"]
    )


def _shown_words(rows: Rows) -> str:
    """The list, and its first words."""
    words = [str(row["word"]) for row in rows["listed_word"]]
    more = f" +{len(words) - SHOWN_WORDS}" if len(words) > SHOWN_WORDS else ""
    return f"{_shown_list(rows)}: {', '.join(words[:SHOWN_WORDS])}{more}" if words else _shown_list(rows)


def _record(
    connection: Connection, lists: Lists, done: WordsChanged, rows: Sequence[RowEntry], *, source: str = ""
) -> None:
    """One change that can be undone, with who made it."""
    keys = {entry.list_key for entry in done.touched}
    one = lists.lists[next(iter(keys))] if len(keys) == 1 else None
    who = this_person()
    params = {"n": done.count, "list": str(one.about) if one else "…", "who": who or "–"}
    change_id, _ = record_change(
        connection, kind=WORDS, label=WORDS_LABEL, params=params, listing_count=done.count, source=source, actor=who
    )
    add_entries(connection, change_id, rows)
    note_change(connection)


def _image(connection: Connection, number: int) -> RawRow | None:
    """A word's row as the database has it, without its id."""
    row = connection.exec_driver_sql("SELECT * FROM listed_word WHERE id = ?", (number,)).mappings().first()
    return None if row is None else {name: value for name, value in row.items() if name != "id"}


def words_of_change(db: Database, uid: str) -> list[Entry]:
    """The words a change, or the undo of one, was about, as they were and as they are."""
    with db.reader.connect() as connection:
        images = connection.exec_driver_sql(_IMAGES, (uid, "word")).all()
        found: list[Entry] = []
        for _, before, after in connection.exec_driver_sql(_IMAGES, (uid, KEPT)):
            found += _words_of_list(connection, orjson.loads(before), orjson.loads(after))
        for number, *of_row in images:
            now = _image(connection, number) or {}
            for image in (now, *(orjson.loads(text) for text in of_row if text)):
                if word := image.get("word") or now.get("word"):
                    found.append(Entry(str(image.get("list_key") or now.get("list_key") or ""), str(word)))
    return list(dict.fromkeys(found))


def _words_of_list(connection: Connection, *images: Mapping[str, Any]) -> Iterator[Entry]:
    """The words of a list, as a change has them and as they are now."""
    key = str(images[0]["key"][0])
    for image in images:
        yield from (Entry(key, str(row["word"])) for row in image["rows"].get("listed_word", ()))
    yield from (Entry(key, one.word) for one in load_lists(connection).entries.get(key, ()))


def _usual_severity(code: str) -> Severity:
    return rule_data().severities.get(code, Severity.WARN)


def new_list(name: str, kind: Kind, severity: Verdict) -> WordList:
    """A list of the team's own, still without words; its key comes from its name."""
    key = f"own-{'-'.join(word_key(name).split()) or name.strip()}"
    return WordList(key, Label(zh=name.strip(), en=name.strip()), kind, severity)
