"""Cells that stay text: codes, which must be exact to the last zero, and prose, which is only trimmed."""

from __future__ import annotations

import datetime
import math
import re

from app.services.workbooks.fields import field_book
from app.services.workbooks.grid import Cell
from app.services.workbooks.refusals import Refusal, shown

_EXACT_INTEGERS = 10**15  # Excel keeps fifteen digits; further ones are gone in the file
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202c"), None)
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20, 0x2007: 0x20, 0x202F: 0x20}
_NARROW = {**_WIDE, **_INVISIBLE}
_SCIENTIFIC = re.compile(r"\d+(?:\.\d+)?[Ee]\+?\d+|\d(?:\.\d+)?[Ee]-\d{2,3}")  # a model may be called 1E-5
_FORMULA_TEXT = re.compile(r'="([^"]*)"')
_NEUTRALISED = re.compile(r"'(?=[=+\-@])")
EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
"""What Excel shows in place of a value; in files of other formats it may stand there as text."""
_MONTH = "jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec"
_DATE = (
    r"(?:(?:19|20)\d\d[/-](?:0?[1-9]|1[0-2])[/-][0-3]?\d|[0-3]?\d/[0-3]?\d/(?:(?:19|20)\d\d|\d\d)"
    rf"|[0-3]?\d[- ](?:{_MONTH})(?:[- ]\d\d(?:\d\d)?)?|(?:{_MONTH})-\d\d(?:\d\d)?"
    r"|\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日)(?: \d{1,2}:\d\d(?::\d\d)?)?"
)
_DATE_TEXT = re.compile(_DATE, re.IGNORECASE)
DATE_LINE = re.compile(f"^{_DATE}$", re.IGNORECASE | re.MULTILINE)
"""A line that is a date as Excel writes one into a text file."""
CARRIAGE_RETURN = "_x000D_"
"""How some writers spell the carriage return of a line break inside a cell."""

INVISIBLE = "".join(map(chr, _INVISIBLE))
"""Characters without width that web pages and editors leave in cells."""
_DATES = (datetime.datetime, datetime.date, datetime.time, datetime.timedelta)


def narrow(text: str) -> str:
    """Full-width signs and odd spaces as ASCII, invisible characters removed, trimmed."""
    return (text if text.isascii() else text.translate(_NARROW)).strip()


def trimmed(text: str) -> str:
    """*text* without blanks and invisible characters at its ends."""
    text = text.strip()
    while text and (text[0] in INVISIBLE or text[-1] in INVISIBLE):
        text = text.strip(INVISIBLE).strip()
    return text


def read_code(cell: Cell) -> str | Refusal | None:
    """A code, id or barcode as text; leading zeros and nineteen digits survive.

    Numbers are taken where they are exact integers. Refused is what a spreadsheet has destroyed (domain.md 6 and
    7.2 step 2): scientific notation, more than fifteen digits in a numeric cell, fractions, dates, truth values.
    """
    if isinstance(cell, str):
        return _read_code_text(cell)
    if isinstance(cell, bool):
        return Refusal("code_truth")
    if isinstance(cell, _DATES):
        return Refusal("code_date")
    if isinstance(cell, float) and not (math.isfinite(cell) and cell.is_integer()):
        return Refusal("code_fraction")
    if abs(cell) >= _EXACT_INTEGERS:
        return Refusal("code_long_number")
    return str(int(cell))


def read_saved_code(cell: Cell) -> str | Refusal | None:
    """A code from a text file that a spreadsheet may have saved: there a date is text, and the code behind it lost.

    `="1-Mar"` says that the text is meant.
    """
    if isinstance(cell, str) and _DATE_TEXT.fullmatch(narrow(cell)):
        return Refusal("code_date")
    return read_code(cell)


def _read_code_text(cell: str) -> str | Refusal | None:
    text = narrow(cell)
    if wrapped := _FORMULA_TEXT.fullmatch(text):  # ="00123" is how programs keep zeros in a CSV
        text = wrapped[1].strip()
    text = _unquoted(text)
    if not text or text in EXCEL_ERRORS:
        return None
    if _SCIENTIFIC.fullmatch(text):
        return Refusal("code_scientific")
    if "\n" in text or "\r" in text:
        return Refusal("code_line_break")
    if len(text) > field_book().max_code_chars:
        return Refusal("code_too_long", params=(("limit", str(field_book().max_code_chars)),))
    return text


def _unquoted(text: str) -> str:
    """Without the apostrophe that keeps text from being read as a number or formula."""
    return text[1:] if text[:1] == "'" and text.count("'") == 1 else text


def read_text(cell: Cell) -> str | Refusal | None:
    """Prose, trimmed; a date where text belongs is Excel's doing (size 10-12) and refused."""
    if isinstance(cell, _DATES):
        return Refusal("text_date")
    return keep_text(cell)


def keep_text(cell: Cell) -> str | None:
    """Any cell as text, None when empty; for columns that nobody understood."""
    if isinstance(cell, str):
        text = trimmed(cell.replace(CARRIAGE_RETURN, "") if CARRIAGE_RETURN in cell else cell)
        if text.startswith("'"):
            text = _NEUTRALISED.sub("", text, count=1)
        return None if not text or text in EXCEL_ERRORS else text
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return shown(cell)
    return cell.isoformat(" ") if isinstance(cell, datetime.datetime) else str(cell)


def read_code_text(cell: Cell) -> str | Refusal | None:
    """An id or a name, such as a freight template: numbers as codes, text as prose."""
    return read_text(cell) if isinstance(cell, str) and not _SCIENTIFIC.fullmatch(narrow(cell)) else read_code(cell)
