"""How many listings each segment has, counted once the rows that were asked for are here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.services.paging import Query

if TYPE_CHECKING:
    from app.services.tasks import TaskContext
    from app.views.task_runner import TaskHandle, TaskRunner

ByStatus = dict[str, int]


class SegmentCounts(QObject):
    """Counts by status for a question, and for all listings of its stores.

    Emits:
        counted: (counts of the question, counts of all listings); an answer to an older question is dropped.
    """

    counted = Signal(object, object)

    def __init__(self, runner: TaskRunner, desk: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner, self._desk = runner, desk
        self._of_all: tuple[tuple[int, ...], ByStatus] | None = None
        self._handle: TaskHandle | None = None

    def forget(self) -> None:
        """Listings changed: what was counted does not hold any more."""
        self._of_all = None

    def stop(self) -> None:
        """Another question is under way: its rows come first."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def ask(self, query: Query) -> None:
        """Count for *query*, whose conditions on the status are left out."""
        self.stop()
        known = self._of_all[1] if self._of_all is not None and self._of_all[0] == query.store_ids else None
        self._handle = handle = self._runner.start(self._count, query, known)
        handle.succeeded.connect(lambda found: self._on_counted(handle, query, *found))

    def _count(self, query: Query, known: ByStatus | None, *, ctx: TaskContext) -> tuple[ByStatus, ByStatus]:
        of_all = known if known is not None else self._desk.counts(Query(store_ids=query.store_ids), ctx)
        filters = tuple(condition for condition in query.filters if condition.field != "status")
        is_narrowed = bool(query.text or filters)
        return (self._desk.counts(replace(query, filters=filters), ctx) if is_narrowed else of_all), of_all

    def _on_counted(self, handle: TaskHandle, query: Query, found: ByStatus, of_all: ByStatus) -> None:
        if handle is self._handle:
            self._of_all = (query.store_ids, of_all)
            self.counted.emit(found, of_all)
