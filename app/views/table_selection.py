"""Which rows are chosen: a few by id, or every row of the filter without loading one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange

if TYPE_CHECKING:
    from app.services.paging import Query
    from app.views.paged_rows import PagedRows

Ranges = list[tuple[int, int]]


@dataclass(frozen=True)
class Selection:
    """The rows an action acts on.

    Attributes:
        query: the filter in force.
        count: how many top-level rows are chosen.
        ids: their ids; empty when `is_all`, then the filter itself is what a service is given.
        child_ids: unfolded child rows chosen beside or instead of them.
        is_all: every row of the filter is chosen.
    """

    query: Query
    count: int = 0
    ids: Sequence[int] = ()
    child_ids: Sequence[int] = field(default=())
    is_all: bool = False

    def __bool__(self) -> bool:
        return self.count > 0 or bool(self.child_ids)


def chosen_rows(selection: QItemSelection) -> Ranges:
    """Visible rows touched by *selection* as merged (first, last) pairs in order."""
    merged: Ranges = []
    for top, bottom in sorted((part.top(), part.bottom()) for part in selection):
        if merged and top <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], bottom))
        else:
            merged.append((top, bottom))
    return merged


def read_selection(model: PagedRows, selection: QItemSelection) -> Selection:
    """What *selection* means by id; rows whose id is not known yet are left out, unless all are chosen."""
    ranges = chosen_rows(selection)
    visible = model.rowCount()
    if visible and ranges == [(0, visible - 1)]:
        return Selection(model.query, model.total, is_all=True)
    ids: list[int] = []
    child_ids: list[int] = []
    for first, last in ranges:
        _collect(model, first, last, ids, child_ids)
    return Selection(model.query, len(ids), ids, child_ids)


def _collect(model: PagedRows, first: int, last: int, ids: list[int], child_ids: list[int]) -> None:
    if model.is_flat:
        ids.extend(model.ids_between(first, last))
        return
    for row in range(first, last + 1):
        place, id = model.place(row), model.id_at(row)
        if id is not None:
            (child_ids if place.kind == "child" else ids).append(id)


def rows_of(model: PagedRows, ids: Iterable[int]) -> Ranges:
    """Visible rows of top-level *ids* as merged pairs in order; ids no longer in the answer are left out."""
    merged: Ranges = []
    for row in (model.row_of(at) for at in model.positions_of(frozenset(ids))):
        if row < 0:
            continue
        if merged and row == merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], row)
        else:
            merged.append((row, row))
    return merged


def select_rows(model: PagedRows, chooser: QItemSelectionModel, ranges: Ranges) -> None:
    """Choose whole rows, and nothing else. Indexes are made unchecked: there may be thousands of ranges."""
    last = model.columnCount() - 1
    selection = QItemSelection()
    for top, bottom in ranges:
        selection.append(QItemSelectionRange(model.createIndex(top, 0), model.createIndex(bottom, last)))
    chooser.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
