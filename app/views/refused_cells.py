"""Texts typed into a table's cells that cannot be stored: they stay where they were typed, marked, until put right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from app.views.cells import Cell

if TYPE_CHECKING:
    from app.views.cells import Column, RowCells


class _Refused(NamedTuple):
    text: str
    stored: str | None
    why: Callable[[str], str]


class RefusedCells:
    """By row id and column key, whatever is read again, sorted or filtered meanwhile. Each stands over one stored
    value: where that became another one, the cell was put right elsewhere."""

    def __init__(self) -> None:
        self._found: dict[int, dict[str, _Refused]] = {}

    def put(self, row_id: int, column: str, text: str, stored: str | None, why: Callable[[str], str]) -> None:
        """*text* was typed over *stored*, and refused: `why(text)` says so in the language of the day."""
        self._found.setdefault(row_id, {})[column] = _Refused(text.strip(), stored, why)

    def drop(self, row_id: int, column: str) -> bool:
        """Something better was typed. Returns whether the cell was marked."""
        return self._found.get(row_id, {}).pop(column, None) is not None

    def text_over(self, row_id: int, column: str, stored: str) -> str:
        """What an editor of the cell begins with: what was refused, else *stored*."""
        mark = self._found.get(row_id, {}).get(column)
        return mark.text if mark is not None and mark.stored == stored else stored

    def lay_over(self, cells: RowCells, columns: Sequence[Column], record: Any) -> None:
        """Mark the refused cells among those just made of *record*."""
        marks = self._found.get(record.id)
        if not marks:
            return
        for at, column in enumerate(columns):
            mark = marks.get(column.key)
            stored = column.edit(record) if mark is not None and column.edit is not None else None
            if mark is None or stored is None:  # what is on its way cannot be put right just now
                continue
            if stored == mark.stored:
                cells[at] = Cell(mark.text, is_refused=True, tip=mark.why(mark.text))
            else:
                del marks[column.key]
