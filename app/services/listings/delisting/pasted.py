"""Codes out of a pasted or dropped list, line by line, whatever stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from app.services.codes.normal import normalise
from app.services.codes.reading import read_code
from app.services.codes.records import Reading
from app.services.codes.tables import rows_of
from app.services.errors import InputError

LONGEST_PASTE = 5_000_000
LONGEST_SHOWN = 80
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


@dataclass(slots=True)
class Pasted:
    """The codes of a list in their order, each once, and the lines without one."""

    codes: dict[str, Reading] = field(default_factory=dict)
    junk: list[Junk] = field(default_factory=list)


def read_pasted(text: str) -> Pasted:
    """The codes of a pasted *text*.

    Raises:
        NoCodes: there is none, or the text has more than five million characters.
    """
    if len(text) > LONGEST_PASTE:
        raise NoCodes
    return _read(enumerate(text.splitlines(), 1))


def read_file(path: Path) -> Pasted:
    """The codes of a text file or of the first sheet of a workbook.

    Raises:
        NoCodes: there is none.
        UnreadableFile, WorkbookError: it cannot be opened.
    """
    return _read((number, "\t".join(cells)) for number, cells in rows_of(path))


def _read(lines: Iterable[tuple[int, str]]) -> Pasted:
    pasted = Pasted()
    for number, line in lines:
        if not line.strip():
            continue
        found, why = _of_line(line)
        for reading in found:
            pasted.codes.setdefault(normalise(reading.code), reading)
        if not found:
            pasted.junk.append(Junk(number, line.strip()[:LONGEST_SHOWN], why))
    if not pasted.codes:
        raise NoCodes
    return pasted


def _of_line(line: str) -> tuple[list[Reading], LeftOut]:
    """The codes of a line, else why there is none. A code may have blanks around its signs; digits alone are a code
    only where nothing else stands there."""
    words = [word for word in _BETWEEN.split(_SIGNS.sub(r"\1", line)) if word]
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
