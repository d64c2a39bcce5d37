"""Storing a previewed bulk edit: one job, one change; what was left alone can be gone to afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.services.listings.bulk_edit.records import Applied
from app.services.listings.bulk_edit.session import PlanHead
from app.services.tasks import Progress
from app.views.context import ViewContext
from app.views.notices import Offer

CHANGED = frozenset({"listing", "change"})
Show = Callable[[Sequence[int]], object]


class Applying(QObject):
    """One bulk edit being stored. Lives until it is done, longer than the dialog.

    Args:
        show: goes to listings of these ids.

    Emits:
        stored: the `Applied`.
        failed: the exception; nothing was stored.
        cancelled: stopped; nothing was stored.
    """

    stored = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, context: ViewContext, head: PlanHead, show: Show, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._head, self._show = context, head, show

    def start(self) -> None:
        """Hand the plan to the worker process, as a job."""
        handle = self._context.runner.start_heavy(*self._context.services.bulk_edit.apply_call(self._head.token))
        self._context.jobs.add(
            handle,
            "bulk_edit.job",
            icon="edit",
            summarise=_summary,
            offer_results=self._offers,
            count=_count,
            n=self._head.counts.changed,
        )
        handle.succeeded.connect(self._on_stored)
        handle.failed.connect(lambda error: self._end(self.failed, error))
        handle.cancelled.connect(lambda: self._end(self.cancelled))

    def _on_stored(self, applied: Applied) -> None:
        self._context.changes.tell(CHANGED)
        self._end(self.stored, applied)

    def _end(self, signal: Any, *values: object) -> None:
        signal.emit(*values)
        self.deleteLater()

    def _offers(self, applied: Applied) -> list[Offer]:
        """Buttons of the finished job: the listings that were left alone, or partly."""
        found = (("bulk_edit.show_moved", applied.moved), ("bulk_edit.show_refused_n", applied.refused))
        show = self._show
        return [Offer(key, lambda ids=ids: show(ids), {"n": len(ids)}) for key, ids in found if ids]


def _count(applied: Applied) -> Progress:
    left = len({*applied.moved, *applied.refused})
    return Progress(applied.changed + left, applied.changed + left, left)


def _summary(applied: Applied) -> tuple[str, dict[str, Any]]:
    return "bulk_edit.job_done", {
        "n": applied.changed,
        "refused": len(applied.refused),
        "moved": len(applied.moved),
    }
