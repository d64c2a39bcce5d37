"""Cells that nobody reads: what a further row of a listing says otherwise than its first row.

Title, category, templates and the like belong to the listing. Many sheets repeat them in every row; where somebody
corrected one of the repetitions only, the import must say that it went by another row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from operator import eq
from typing import Any

from app.services.workbooks.columns import Column
from app.services.workbooks.limits import limits
from app.services.workbooks.refusals import CellError, shown
from app.services.workbooks.tables import SheetTable

FIELDS = ("title", "category", "group", "freight_template", "unit", "lot_size", "handling_days")
"""Fields of the listing that a sheet has no reason to give differently a variant. Weight and size it has."""


def overruled(table: SheetTable, keys: Sequence[str]) -> tuple[list[CellError], int]:
    """Cells that differ from what an earlier row of the same listing says.

    Args:
        keys: equal for rows of one listing, parallel to the table's rows.

    Returns: at most `Limits.errors_kept` of them in the order of rows, and how many there are.
    """
    if len(set(keys)) == len(keys):
        return [], 0
    found: list[CellError] = []
    count = 0
    first = dict(zip(reversed(keys), range(len(keys) - 1, -1, -1), strict=True))
    firsts = list(map(first.__getitem__, keys))
    for column in filter(None, map(table.of, FIELDS)):
        for position, used in _differing(column.values, keys, firsts, table.refused):
            count += 1
            if len(found) < limits().errors_kept:
                found.append(_note(table, column, position, used))
    return sorted(found, key=lambda one: (one.row, len(one.column), one.column)), count


def _differing(
    values: Sequence[Any], keys: Sequence[str], firsts: Sequence[int], refused: AbstractSet[int]
) -> Iterator[tuple[int, int]]:
    """Positions whose value is not the listing's, each with the position that is. Refused rows say nothing.

    *firsts*: position of the first row of each row's listing. Where each row says what that one does, as in most
    sheets, no loop of our own is needed.
    """
    if all(map(eq, map(values.__getitem__, firsts), values)):
        return
    first: dict[str, int] = {}
    for position, (key, value) in enumerate(zip(keys, values, strict=True)):
        if value is None or not key or position in refused:
            continue
        used = first.setdefault(key, position)
        if values[used] is not value and values[used] != value:
            yield position, used


def _note(table: SheetTable, column: Column, position: int, first: int) -> CellError:
    return CellError(
        file=table.recognition.file,
        sheet=table.recognition.sheet,
        row=table.rows[position],
        column=column.source.letter,
        header=column.source.header,
        field=column.source.field or "",
        value=shown(column.values[position]),
        code="overruled",
        params={"first": str(table.rows[first])},
    )
