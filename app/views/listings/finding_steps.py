"""F8: from one row with a finding to the next, through all rows of the filter, loaded or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from app.services.paging import Query
    from app.views.paged_table import PagedTable
    from app.views.task_runner import TaskRunner

Find = Callable[..., Sequence[int]]


class FindingSteps(QObject):
    """Moves the current row.

    Emits:
        found: the current row has a finding now.
        none_found: no row of the filter has one.
    """

    found = Signal()
    none_found = Signal()

    def __init__(self, runner: TaskRunner, table: PagedTable, find: Find) -> None:
        super().__init__(table)
        self._runner, self._table, self._find = runner, table, find

    def go(self, step: int) -> None:
        """The next (+1) or previous (−1) row with a finding, round the end."""
        model, index = self._table.paged, self._table.currentIndex()
        query, order = model.query, model.ids_between(0, model.total - 1)
        before_all = -1 if step > 0 else 0
        here = model.place(index.row()).at if index.isValid() else before_all
        handle = self._runner.start(self._find, query)
        handle.succeeded.connect(lambda ids: self._look(query, order, here, ids, step))
        handle.failed.connect(model.load_failed)

    def _look(self, query: Query, order: Sequence[int], here: int, ids: Sequence[int], step: int) -> None:
        """A million rows are looked through off the GUI thread."""
        handle = self._runner.call(next_place, order, here, ids, step)
        handle.succeeded.connect(lambda at: self._move(query, at))

    def _move(self, query: Query, at: int | None) -> None:
        model = self._table.paged
        row = model.row_of(at) if at is not None and query is model.query else -1
        if at is None:
            self.none_found.emit()
        elif row >= 0:
            index = model.index(row, max(self._table.currentIndex().column(), 0))
            self._table.setCurrentIndex(index)
            self._table.scrollTo(index)
            self.found.emit()


def next_place(order: Sequence[int], here: int, ids: Sequence[int], step: int) -> int | None:
    """The place in *order* of the next of *ids* after *here* (before it for −1), round the end; None for none."""
    wanted, count = set(ids), len(order)
    for distance in range(1, count + 1):
        at = (here + step * distance) % count
        if order[at] in wanted:
            return at
    return None
