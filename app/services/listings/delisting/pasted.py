"""Codes out of a pasted or dropped list, line by line, whatever stands around them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path

from app.services.codes.normal import normalise
from app.services.codes.reading import read_code
from app.services.codes.records import Reading
from app.services.codes.tables import rows_of
from app.services.errors import InputError
from app.services.listings.delisting.columns import Chosen, headed, unheaded

LONGEST_PASTE = 5_000_000
LONGEST_SHOWN = 80
SAMPLE = 1_000
"""So many rows say which column holds the codes."""
_BETWEEN = re.compile(r"[\s,;|，；、。：:\"'“”]+")
_SIGNS = re.compile(r"\s*([+*×＋＊])\s*")
_CODE = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Z]*[A-Z])[A-Z0-9(][A-Z0-9_+*()#@-]{2,}")
"""What can be told from a word: letters and a digit."""
_NUMBERED = re.compile(r"[0-9]{1,4}[.)]")


class NoCodes(InputError):
    """Nothing in the list looks like a code, or it is endless."""

    code = "delist.no_codes"


class LeftOut(StrEnum):
    """Why a line gave no code."""

    NO_CODE = "no_code"
    DESTROYED = "destroyed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Junk:
    """A line, counted from 1, in which no code was found."""

    number: int
    text: str
    why: LeftOut


Line = tuple[int, list[str]]
"""A row's number from 1 and its cells."""


@dataclass(slots=True)
class Pasted:
    """The codes of a list in their order, each once, and the lines without one. `columns`: those that were read, where
    there are others."""

    codes: dict[str, Reading] = field(default_factory=dict)
    junk: list[Junk] = field(default_factory=list)
    columns: tuple[str, ...] = ()


def read_pasted(text: str) -> Pasted:
    """The codes of a pasted *text*; of a table whose head has no code above it, those of its columns of codes.

    Raises:
        NoCodes: there is none, or the text has more than five million characters.
    """
    if len(text) > LONGEST_PASTE:
        raise NoCodes
    if "\t" in text.lstrip("\r\n").partition("\n")[0]:
        rows = list(_table_rows(text))
        chosen = headed([cells for _, cells in rows[:SAMPLE]], _share)
        if chosen is not None and not any(1 in map(_share, cells) for _, cells in rows[: chosen.head]):
            return _read(rows, chosen)
    return _read((number, [line]) for number, line in enumerate(text.splitlines(), 1))


def read_file(path: Path) -> Pasted:
    """The codes of a text file or of the first sheet of a workbook. Of several columns those count whose head names
    codes; without a head the first that holds some.

    Raises:
        NoCodes: there is none.
        UnreadableFile, WorkbookError: it cannot be opened.
    """
    rows = rows_of(path)
    first = list(islice(rows, SAMPLE))
    sample = [cells for _, cells in first]
    chosen = headed(sample, _share)
    if chosen is None and not _is_list(path):
        chosen = unheaded(sample, _share)
    return _read(chain(first, rows), chosen)


def _is_list(path: Path) -> bool:
    """Whether commas in a file part codes and not columns: a text without tabs."""
    with path.open("rb") as file:
        return path.suffix.lower() == ".txt" and b"\t" not in file.read(LONGEST_PASTE)


def _table_rows(text: str) -> Iterator[Line]:
    """The rows of a table as Excel copies it: a cell with line breaks in it is quoted."""
    try:
        cells = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True))
    except csv.Error:
        cells = [line.split("\t") for line in text.splitlines()]
    for number, row in enumerate(cells, 1):
        if any(cell.strip() for cell in row):
            yield number, [cell.strip() for cell in row]


def _read(rows: Iterable[Line], chosen: Chosen | None = None) -> Pasted:
    """The codes of *rows*: of chosen columns cell by cell, else of whole lines."""
    pasted = Pasted(columns=chosen.names if chosen is not None else ())
    for at, (number, cells) in enumerate(rows):
        line = "\t".join(cells)
        if not line.strip() or (chosen is not None and at == chosen.head):
            continue
        found, why = _of_cells([line] if chosen is None else chosen.of(cells) if at > chosen.head else [])
        for reading in found:
            pasted.codes.setdefault(normalise(reading.code), reading)
        if not found:
            pasted.junk.append(Junk(number, line.strip()[:LONGEST_SHOWN], why))
    if not pasted.codes:
        raise NoCodes
    return pasted


def _of_cells(cells: Iterable[str]) -> tuple[list[Reading], LeftOut]:
    """The codes of all *cells*, else why there is none."""
    found, why = list[Reading](), LeftOut.NO_CODE
    for cell in cells:
        more, its_why = _of_line(cell)
        found += more
        why = its_why if why is LeftOut.NO_CODE else why
    return found, why


def _share(cell: str) -> float:
    """How much of a cell is codes that cannot be taken for numbers."""
    words = _words(cell)
    return len(_of_line(cell)[0]) / len(words) if words and not words[0].isdigit() else 0.0


def _of_line(line: str) -> tuple[list[Reading], LeftOut]:
    """The codes of a line, else why there is none. A code may have blanks around its signs; digits alone are a code
    only where nothing else stands there."""
    words = _words(line)
    if len(words) == 1 and words[0].isascii() and words[0].isdigit():
        return [read_code(words[0])], LeftOut.NO_CODE
    why, found = LeftOut.NO_CODE, []
    for word in words:
        if _NUMBERED.fullmatch(word):
            continue
        reading = read_code(word)
        if reading.error == "destroyed":
            why = LeftOut.DESTROYED
        elif _CODE.fullmatch(normalise(word)):
            if reading.error:
                why = LeftOut.UNREADABLE
            else:
                found.append(reading)
    return found, why


def _words(line: str) -> list[str]:
    return [word for word in _BETWEEN.split(_SIGNS.sub(r"\1", line)) if word]
