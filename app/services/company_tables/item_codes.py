"""The codes of a company table as they are stored: normalised, each row with one or none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.services.codes.keys import match_key
from app.services.codes.normal import normalise
from app.services.codes.reading import LONE, read_code
from app.services.workbooks.columns import Column
from app.services.workbooks.refusals import Refusal
from app.services.workbooks.tables import SheetTable

_SEVERAL = re.compile(r"[,，;；、|\s]+")
_LISTED = re.compile(r"[,，;；、|]")


def item_codes(table: SheetTable, column: Column) -> list[str]:
    """The stock item of each row, "" where there is none or it cannot be one; why is noted in *table*."""
    found: list[str] = []
    for position, text in enumerate(column.values):
        if text is not None and LONE.fullmatch(text):
            found.append(text)
        else:
            found.append("" if text is None else _item(table, column, position, text))
    refused = {position for position, *_ in column.refusals}
    if None in column.values:
        _name_missing(table, column, refused)
    return found


def _item(table: SheetTable, column: Column, position: int, text: str) -> str:
    name = normalise(text)
    reading = read_code(name)
    if reading.error or _LISTED.search(name) or [one.base for one in reading.components] != [name]:
        code = "code_unreadable" if reading.error else "code_no_item"
        table.refuse(position, column.source, "code", text, Refusal(code))
        return ""
    return name


def goods_keys(table: SheetTable, column: Column) -> list[list[str]]:
    """The match keys of the goods in each row's cell, which may list several codes; bundles are goods, too."""
    found: list[list[str]] = []
    for position, text in enumerate(column.values):
        if text is None:
            found.append([])
        elif LONE.fullmatch(text):
            found.append([text])
        else:
            found.append(_keys(table, column, position, text))
    return found


def _keys(table: SheetTable, column: Column, position: int, text: str) -> list[str]:
    whole = read_code(text)
    if not whole.error and not _LISTED.search(text):
        return [whole.match_key]
    keys = []
    for part in filter(None, _SEVERAL.split(text)):
        if read_code(part).error:
            table.refuse(position, column.source, "code", part, Refusal("code_unreadable"))
        else:
            keys.append(match_key(part))
    return keys


def _name_missing(table: SheetTable, column: Column, refused: set[int]) -> None:
    for position in missing(column, refused):
        table.refuse(position, column.source, "code", "", Refusal("code_missing"))


def missing(column: Column, refused: set[int] | None = None) -> list[int]:
    """Positions of empty cells; those whose content was refused are not empty."""
    taken = {position for position, *_ in column.refusals} if refused is None else refused
    return [position for position, value in enumerate(column.values) if value is None and position not in taken]


def values_of(table: SheetTable, name: str) -> Sequence[object]:
    """The values of a column, as many None as there are rows where the sheet lacks it."""
    column = table.of(name)
    return column.values if column is not None else (None,) * len(table.rows)
