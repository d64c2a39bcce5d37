"""`words list/export/import/add/remove/try`: the word lists listings are checked with."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.desk import Desk, table
from app.cli.failures import UsageError
from app.cli.outcome import Exit, Outcome
from app.cli.parser import Commands
from app.messages import tr

if TYPE_CHECKING:
    from app.services.compliance.word_desk import WordDesk, WordsChanged
    from app.services.compliance.word_lists import Entry, Lists

SHOWN = 50
"""Words and refused cells a person is shown; `--json` gives all."""


def add_to(commands: Commands) -> None:
    """Add the group `words`."""
    group = commands.group("words")
    _with_list(group.add("list", list_words), needed=False)
    parser = _with_list(group.add("export", export_words))
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=tr("cli.help.words.out"))
    parser = group.add("import", import_words)
    parser.add_argument("file", type=Path, metavar="FILE", help=tr("cli.help.words.file"))
    _with_list(parser)
    parser.add_argument("--kind", metavar="KIND", help=tr("cli.help.words.kind"))
    parser.add_argument("--dry-run", action="store_true", help=tr("cli.help.import.dry_run"))
    for name, handler in (("add", add_word), ("remove", remove_word)):
        parser = group.add(name, handler)
        parser.add_argument("words", nargs="+", metavar="WORD", help=tr("cli.help.words.word"))
        _with_list(parser)
        if name == "add":
            parser.add_argument("--severity", default="", metavar="LEVEL", help=tr("cli.help.words.severity"))
            parser.add_argument(
                "--except",
                default=[],
                action="append",
                dest="exceptions",
                metavar="PHRASE",
                help=tr("cli.help.words.except"),
            )
        parser.add_argument(
            "--store", default=[], action="append", dest="stores", metavar="NAME", help=tr("cli.help.words.store")
        )
    parser = group.add("try", try_text)
    parser.add_argument("text", metavar="TEXT", help=tr("cli.help.words.text"))
    parser.add_argument("--store", metavar="NAME", help=tr("cli.help.store.name"))


def _with_list(parser: Any, *, needed: bool = True) -> Any:
    parser.add_argument("--list", required=needed, metavar="NAME", dest="of", help=tr("cli.help.words.of"))
    return parser


def list_words(desk: Desk, options: argparse.Namespace) -> Outcome:
    """The lists, or the words of one."""
    lists = _words(desk).lists()
    if options.of:
        key = key_of(lists, options.of)
        entries, names = lists.entries[key], _stores(desk)
        words = [_told(entry) for entry in entries]
        lines = table([_line(entry, names) for entry in entries[:SHOWN]])
        return Outcome({"list": key, "words": words}, [*lines, tr("cli.words_listed", n=len(words))])
    told = [
        {
            "key": one.key,
            "name": str(one.about),
            "kind": one.kind,
            "severity": one.severity,
            "on": one.is_on,
            "stores": None if one.stores is None else list(one.stores),
            "words": one.count,
        }
        for one in lists.lists.values()
    ]
    return Outcome({"lists": told}, table([(one["key"], one["name"], one["severity"], one["words"]) for one in told]))


def export_words(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Write a list to a sheet."""
    from app.services.compliance.word_sheets import write_words

    lists = _words(desk).lists()
    n = write_words(options.out, lists, key_of(lists, options.of), _stores(desk))
    return Outcome({"words": n, "file": str(options.out)}, [tr("cli.words_exported", n=n, file=options.out.name)])


def import_words(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Read a sheet of words into a list; cells that cannot be used are named, the other rows are stored."""
    from app.services.compliance.word_desk import WordsChanged
    from app.services.compliance.word_sheets import read_words

    words = _words(desk)
    lists = words.lists()
    if options.kind:
        lists = _made(words, options)
    sheet = read_words(options.file, lists, key_of(lists, options.of), _stores(desk), words.categories())
    done = WordsChanged() if options.dry_run else words.save(sheet.wanted, options.file.name)
    told = {
        "new": sheet.count("new"),
        "changed": sheet.count("changed"),
        "unchanged": sheet.count("same"),
        "errors": [
            {"file": e.file, "sheet": e.sheet, "row": e.row, "column": e.column, "value": e.value, "code": e.code}
            | {"message": e.sentence()}
            for e in sheet.errors
        ],
        "unsure_categories": list(sheet.unsure),
        "rechecked": _rechecked(desk, done),
    }
    lines = [error.sentence() for error in sheet.errors[:SHOWN]]
    if sheet.unsure:
        lines.append(tr("words.unsure", values=", ".join(sheet.unsure[:SHOWN])))
    lines.append(tr("cli.words_read", n=told["new"], changed=told["changed"], same=told["unchanged"]))
    lines.append(tr("cli.words_rechecked", n=told["rechecked"]))
    return Outcome(told, lines, Exit.SOME_REFUSED if sheet.errors else Exit.DONE)


def add_word(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Add words to a list, or change the verdict about them."""
    from app.services.compliance.word_lists import Entry

    words = _words(desk)
    lists = words.lists()
    key = key_of(lists, options.of)
    known = {entry.key: entry for entry in lists.entries[key]}
    given: dict[str, Any] = {"severity": options.severity} if options.severity else {}
    if options.exceptions:
        given["exceptions"] = tuple(options.exceptions)
    stores = _ids(desk, options)
    entries = [Entry(key, word, stores=stores) for word in options.words]
    return _changed(desk, words.save([replace(known.get(one.key, one), is_on=True, **given) for one in entries]))


def remove_word(desk: Desk, options: argparse.Namespace) -> Outcome:
    """Take words off a list: the team's own of any stores, or of some; of a word the team has none of the shipped one
    is switched off."""
    from app.services.compliance.words import word_key

    words = _words(desk)
    lists = words.lists()
    wanted, stores = {word_key(word) for word in options.words}, _ids(desk, options)
    entries = [one for one in lists.entries[key_of(lists, options.of)] if word_key(one.word) in wanted]
    if stores is not None:
        entries = [one for one in entries if set(one.stores or ()) == set(stores)]
    own = {word_key(one.word) for one in entries if one.id is not None}
    return _changed(desk, words.remove([one for one in entries if one.id is not None or word_key(one.word) not in own]))


def try_text(desk: Desk, options: argparse.Namespace) -> Outcome:
    """What the lists say about a text."""
    store = desk.store(options.store).id if options.store else None
    found = _words(desk).try_text(options.text, store)
    told = [{"word": one.word, "list": str(one.about), "severity": str(one.severity)} for one in found]
    lines = [f"{tr(f'words.severity.{one.severity}')} · {one.word} · {one.about}" for one in found]
    return Outcome({"matches": told}, lines or [tr("words.no_match")])


def key_of(lists: Lists, name: str) -> str:
    """The list called *name*, by key or name in either language. Raises: UsageError."""
    wanted = name.strip().casefold()
    for one in lists.lists.values():
        if wanted in (one.key.casefold(), one.about.zh.casefold(), one.about.en.casefold()):
            return one.key
    raise UsageError("cli.no_list", name=name, known=", ".join(lists.lists))


def _made(words: WordDesk, options: argparse.Namespace) -> Lists:
    """The lists with the one that is named, made where it is not there yet."""
    from app.services.compliance.word_desk import new_list
    from app.services.compliance.word_lists import KINDS, USUAL

    lists = words.lists()
    kind = next((one for one in KINDS if one == options.kind), None)
    if kind is None:
        raise UsageError("cli.no_kind", name=options.kind, known=", ".join(KINDS))
    try:
        key_of(lists, options.of)
    except UsageError:
        made = new_list(options.of, kind, USUAL[kind])
        if options.dry_run:
            lists.lists[made.key], lists.entries[made.key] = made, []
            return lists
        words.save_list(made)
    return words.lists()


def _changed(desk: Desk, done: WordsChanged) -> Outcome:
    told = {"added": done.added, "changed": done.changed, "removed": done.removed, "rechecked": _rechecked(desk, done)}
    lines = [tr("cli.words_changed", n=done.count), tr("cli.words_rechecked", n=told["rechecked"])]
    return Outcome(told, lines)


def _rechecked(desk: Desk, done: WordsChanged) -> int:
    from app.services.listings.words_recheck import recheck_words
    from app.services.tasks import TaskContext

    return recheck_words(desk.app.db, done.touched, TaskContext()).checked


def _ids(desk: Desk, options: argparse.Namespace) -> tuple[int, ...] | None:
    return tuple(desk.store(name).id for name in options.stores) or None


def _line(entry: Entry, stores: dict[int, str]) -> tuple[str, ...]:
    """A word, its verdict, and where alone that holds."""
    names = "; ".join(stores.get(number, str(number)) for number in entry.stores or ())
    return entry.word, entry.severity, "; ".join(entry.exceptions), "; ".join(entry.categories), names


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "word": entry.word,
        "severity": entry.severity,
        "exceptions": list(entry.exceptions),
        "categories": list(entry.categories),
        "stores": None if entry.stores is None else list(entry.stores),
        "source": entry.source,
        "date": entry.as_of,
        "on": entry.is_on,
        "shipped": entry.is_shipped,
    }


def _stores(desk: Desk) -> dict[int, str]:
    from app.services.stores.reading import list_stores

    return {store.id: store.name for store in list_stores(desk.app.db)}


def _words(desk: Desk) -> WordDesk:
    from app.services.compliance.word_desk import WordDesk

    return WordDesk(lambda: desk.app.db)
