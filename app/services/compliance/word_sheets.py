"""Word lists as sheets: read from Excel or CSV with every wrong cell named, compared before anything is stored,
written so that the same file read again changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from app.messages import Messages, messages
from app.services.compliance.rule_data import rule_file
from app.services.compliance.word_desk import problems
from app.services.compliance.word_lists import VERDICTS, Entry, Lists, Verdict
from app.services.errors import InputError
from app.services.workbooks import OutColumn, open_workbook, write_sheet
from app.services.workbooks.grid import Cell, column_letter

COLUMNS = ("word", "severity", "exceptions", "categories", "stores", "source", "as_of", "is_on")
LONGEST_BARE, MOST_BARE_WORDS = 60, 6
"""Without a head a cell is a word or a short phrase; a longer one is prose."""
_NO_WORD = re.compile(r"[{}<>=;\x00-\x1f]|\(\)|\s.*[.!?。！？]$")
_GAP = re.compile(r"\s*[;；|\n]\s*")


def heads() -> dict[str, list[str]]:
    """What the head of a column may say, folded, by column; unknown columns are left out."""
    found: dict[str, list[str]] = rule_file("word_lists")["sheet"]["heads"]
    return found


def switch(answer: str) -> list[str]:
    """How `yes` or `no` may be written, folded."""
    found: list[str] = rule_file("word_lists")["sheet"][answer]
    return found


LONGEST_SHOWN = 60
"""Of a cell that cannot be used, so many characters are shown."""
What = Literal["new", "changed", "same"]
Refuse = Callable[[str, str, str], None]


@dataclass(frozen=True, slots=True)
class WordCell:
    """A cell that cannot be used: where it stands, what is written there, why (`cell.words.<code>`), and the word of
    its row."""

    file: str
    sheet: str
    row: int
    column: str
    value: str
    code: str
    word: str

    def sentence(self, texts: Messages = messages) -> str:
        """Place, reason and remedy."""
        return texts.text(
            "cell.words", row=self.row, column=self.column, why=texts.text(f"words.why.{self.code}", value=self.value)
        )


@dataclass(frozen=True, slots=True)
class WordRow:
    """A row of the sheet: the entry it would make, and the one that stands there (None: new)."""

    row: int
    entry: Entry
    before: Entry | None
    what: What


@dataclass(frozen=True, slots=True)
class WordSheet:
    """What a file would do to a list. `errors`: rows with one are left out. `unsure`: categories nobody can tell yet
    whether they exist, which are kept."""

    file: str
    list_key: str
    rows: tuple[WordRow, ...]
    errors: tuple[WordCell, ...]
    unsure: tuple[str, ...] = ()

    def count(self, what: What) -> int:
        """Rows of one kind."""
        return sum(row.what == what for row in self.rows)

    @property
    def wanted(self) -> list[Entry]:
        """What is to be stored."""
        return [row.entry for row in self.rows if row.what != "same"]


class NoWords(InputError):
    """There is nothing to read in `file`."""

    code = "words.nothing_read"


class NoHead(InputError):
    """`file` has no head that names the words, and row `row` (`value`) is no word: it is some other text."""

    code = "words.no_head"


def read_words(
    path: Path,
    lists: Lists,
    list_key: str,
    stores: Mapping[int, str],
    categories: Set[str] | None = None,
) -> WordSheet:
    """Compare a file with a list; nothing is stored. Its first sheet counts; without a known head the first column
    holds the words.

    Args:
        stores: names by id.
        categories: ids of those there are; None where that is not known.

    Raises:
        WorkbookError: the file cannot be read.
        NoWords: it holds nothing.
        NoHead: it has no head, and more than a column of words.
    """
    with open_workbook(path) as opened:
        sheet = opened.sheets[0].name
        grid = opened.grid(sheet)
        if grid is None:
            raise NoWords(file=path.name)
        reader = _Reader(path.name, sheet, lists, list_key, stores, categories)
        rows = enumerate(grid.rows(), grid.first_row + 1)
        return reader.read(rows, grid.first_column)


class _Reader:
    def __init__(
        self,
        file: str,
        sheet: str,
        lists: Lists,
        list_key: str,
        stores: Mapping[int, str],
        categories: Set[str] | None,
    ) -> None:
        self._file, self._sheet, self._list_key = file, sheet, list_key
        self._stores = {name.casefold(): number for number, name in stores.items()}
        self._categories = categories
        self._known = {entry.key: entry for entry in lists.entries[list_key]}
        self._errors: list[WordCell] = []
        self._head: dict[str, int] = {"word": 0}
        self._first_column = 0
        self._row, self._word = 0, ""
        self._is_bare = False

    def read(self, rows: Iterator[tuple[int, Sequence[Cell]]], first_column: int) -> WordSheet:
        self._first_column = first_column
        found: dict[str, WordRow] = {}
        is_first = True
        for number, cells in rows:
            texts = [_text(cell) for cell in cells]
            if not any(texts):
                continue
            self._row = number
            if is_first and self._takes_head(texts):
                is_first = False
                continue
            if is_first:
                self._is_bare, is_first = True, False
            if self._is_bare:
                self._demand_word(texts)
            if (row := self._entry(texts)) is not None:
                if row.entry.key in found:
                    self._refuse("word", row.entry.word, "twice")
                else:
                    found[row.entry.key] = row
        if not found and not self._errors:
            raise NoWords(file=self._file)
        named = dict.fromkeys(one for row in found.values() for one in row.entry.categories)
        unsure = tuple(named) if self._categories is None else ()
        return WordSheet(self._file, self._list_key, tuple(found.values()), tuple(self._errors), unsure)

    def _demand_word(self, texts: Sequence[str]) -> None:
        """Without a head nothing but a word stands in a row. Raises: NoHead."""
        text, *more = texts
        is_phrase = len(text) <= LONGEST_BARE and len(text.split()) <= MOST_BARE_WORDS
        if not text or any(more) or not is_phrase or _NO_WORD.search(text):
            raise NoHead(file=self._file, row=str(self._row), value=" ".join(filter(None, texts))[:60])

    def _takes_head(self, texts: Sequence[str]) -> bool:
        """Whether the row names the columns."""
        spoken = {" ".join(text.casefold().split()): at for at, text in reversed(list(enumerate(texts)))}
        head = {
            name: next(spoken[word] for word in words if word in spoken)
            for name, words in heads().items()
            if any(word in spoken for word in words)
        }
        if "word" in head:
            self._head = head
        return "word" in head

    def _entry(self, texts: Sequence[str]) -> WordRow | None:
        given = {name: texts[at] if at < len(texts) else "" for name, at in self._head.items()}
        errors, self._word = len(self._errors), given["word"]
        named = _parts(given.get("categories", ""))
        entry = Entry(self._list_key, given["word"])
        stores = _store_ids(given.get("stores", ""), self._stores, lambda *_: None)
        before = self._known.get(replace(entry, categories=named, stores=stores).key)
        if before is not None:  # a column the sheet does not have says nothing about what stands there
            entry = replace(before, word=given["word"], id=None, is_shipped=False, overrules=False)
        entry = filled(entry, given, self._stores, self._refuse, self._categories)
        if len(self._errors) > errors:
            return None
        if before is None:
            return WordRow(self._row, entry, None, "new")
        plain = replace(before, id=None, is_shipped=False, overrules=False)
        return WordRow(self._row, entry, before, "same" if plain == replace(entry, word=before.word) else "changed")

    def _refuse(self, name: str, value: str, code: str) -> None:
        column = column_letter(self._first_column + self._head.get(name, 0))
        value, word = value[:LONGEST_SHOWN], self._word[:LONGEST_SHOWN]
        self._errors.append(WordCell(self._file, self._sheet, self._row, column, value, code, word))


def filled(
    entry: Entry,
    given: Mapping[str, str],
    stores: Mapping[str, int],
    refuse: Refuse,
    categories: Set[str] | None = None,
) -> Entry:
    """*entry* with cells as they are written, by column.

    Args:
        stores: ids by folded name.
        categories: ids of those there are; None where that is not known: any is taken.
        refuse: told the column, what is written and why, of everything that cannot be used.
    """
    values: dict[str, Any] = {}
    for name, text in given.items():
        match name:
            case "severity":
                values[name] = _severity(text, refuse)
            case "exceptions":
                values[name] = _parts(text)
            case "categories":
                values[name] = _category_ids(text, categories, refuse)
            case "stores":
                values[name] = _store_ids(text, stores, refuse)
            case "as_of" | "source" if not text:
                pass  # an empty cell forgets neither when nor who
            case "as_of":
                values[name] = _day(text)
            case "is_on":
                if text.casefold() not in (*switch("yes"), *switch("no"), ""):
                    refuse(name, text, "switch")
                values[name] = text.casefold() not in switch("no")
            case _:
                values[name] = text
    entry = replace(entry, **values)
    for problem in problems(entry):
        column = {"words.severity": "severity", "words.day": "as_of"}.get(problem.error_code, "word")
        refuse(column, str(problem.params["value"]), problem.error_code.removeprefix("words."))
    return entry


def _severity(text: str, refuse: Refuse) -> Verdict | Literal[""]:
    for verdict in VERDICTS:
        if text.casefold() in _names_of(verdict):
            return verdict
    if text:
        refuse("severity", text, "severity")
    return ""


def _store_ids(text: str, stores: Mapping[str, int], refuse: Refuse) -> tuple[int, ...] | None:
    names = [name.casefold() for name in _parts(text)]
    for name in names:
        if name not in stores:
            refuse("stores", name, "store")
    return tuple(stores[name] for name in names if name in stores) or None


def _category_ids(text: str, known: Set[str] | None, refuse: Refuse) -> tuple[str, ...]:
    numbers = _parts(text)
    for number in numbers:
        if known is not None and number not in known:
            refuse("categories", number, "category")
    return numbers


def _names_of(verdict: Verdict) -> set[str]:
    words = (Messages(language).text(f"words.severity.{verdict}").casefold() for language in ("zh", "en"))
    return {verdict, *words}


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text  # as our own CSV wrote it


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in _GAP.split(text) if part)


def _day(text: str) -> str:
    """A day in one of the usual spellings as `YYYY-MM-DD`; anything else as it is, to be refused."""
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: .*)?", text)
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}" if found else text


def write_words(path: Path, lists: Lists, list_key: str, stores: Mapping[int, str], texts: Messages = messages) -> int:
    """Write a list to .xlsx or .csv. Returns: how many words.

    Raises:
        UnknownKind: another ending. WorkbookError: it cannot be written.
    """
    entries = lists.entries[list_key]
    columns = [OutColumn(texts.text(f"words.column.{name}"), is_text=True) for name in COLUMNS]
    rows = (cell_texts(entry, stores, texts) for entry in entries)
    write_sheet(path, lists.lists[list_key].about.shown(texts.language), columns, rows)
    return len(entries)


def cell_texts(entry: Entry, stores: Mapping[int, str], texts: Messages = messages) -> tuple[str, ...]:
    """A word as cells, one a column; `filled` reads them back."""
    return (
        entry.word,
        texts.text(f"words.severity.{entry.severity}") if entry.severity else "",
        "; ".join(entry.exceptions),
        "; ".join(entry.categories),
        "; ".join(stores.get(number, str(number)) for number in entry.stores or ()),
        entry.source,
        entry.as_of,
        texts.text("words.on" if entry.is_on else "words.off"),
    )
