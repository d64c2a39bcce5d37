"""Codes in numeric cells: Excel shows them by a number format, and what it shows is what a person means.

`000000` shows 123 as 000123: the zeros belong to the code. `0.00E+00` is what Excel makes of 123E4: the code is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.services.workbooks.books import FileFormat
from app.services.workbooks.columns import CodeColumn
from app.services.workbooks.refusals import Refusal
from app.services.workbooks.sniff import OpenedFile
from app.services.workbooks.xlsx_cells import XlsxCells

_LOOKED_INTO = frozenset({FileFormat.XLSX, FileFormat.XLSM})
_TOKEN = re.compile(r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|(?P<unseen>_.|\*.|\[[^\]]*\])|(?P<zeros>0+)|(?P<other>.)')
_EXPONENT = re.compile(r"[eE][+-]")
_DECIMALS = re.compile(r"\.(0+)")


def settle_codes(source: OpenedFile, sheet: str, columns: Sequence[CodeColumn], rows: Sequence[int]) -> None:
    """Write codes of numeric cells as Excel shows them, and refuse those shown in scientific notation.

    Args:
        columns: the columns of codes, read whole.
        rows: Excel's number of every data row.
    """
    if source.format not in _LOOKED_INTO or not any(column.numbers for column in columns):
        return
    cells = XlsxCells(source.content, source.name, sheet)
    if not any(_changes(code) for code in cells.formats.values()):
        return  # few workbooks have such a format; only those are read a second time
    numeric = {
        (rows[position] - 1, column.source.index): (column, position)
        for column in columns
        for position in column.numbers
        if column.values[position] is not None
    }
    for place, facts in cells.facts(numeric).items():
        column, position = numeric[place]
        shown = as_shown(column.values[position], cells.formats.get(facts.style, ""))
        if shown is None:
            text = _scientific(column.values[position], cells.formats[facts.style])
            column.refusals.append((position, text, Refusal("code_scientific")))
        column.values[position] = shown


def _changes(code: str) -> bool:
    return as_shown("1", code) != "1"


def as_shown(digits: str, code: str) -> str | None:
    """A whole number under a number format: literals around zeros and padding are applied, formats that group, divide
    or colour it leave it as it is. None in scientific notation."""
    section, shown, runs = code.partition(";")[0], "", 0
    bare = "".join(token["other"] or "" for token in _TOKEN.finditer(section))
    if _EXPONENT.search(bare):
        return None
    if bare.strip() or not digits.isdigit():
        return digits
    for token in _TOKEN.finditer(section):
        if token["zeros"]:
            runs += 1
            shown += digits.zfill(len(token["zeros"]))
        else:
            shown += token["quoted"] or token["escaped"] or ""
    return shown.strip() if runs == 1 else digits


def _scientific(digits: str, code: str) -> str:
    """What Excel shows, so that the message names what the user sees."""
    decimals = _DECIMALS.search(code)
    return f"{int(digits):.{len(decimals[1]) if decimals else 0}E}"
