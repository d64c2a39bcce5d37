"""Storing a previewed bulk edit: one job, one change; what was left alone can be gone to afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.messages import tr
from app.services.listings.bulk_edit.records import Applied
from app.services.listings.bulk_edit.session import PlanHead
from app.services.tasks import Progress
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.importing.save_file import ask_where
from app.views.notices import Offer

CHANGED = frozenset({"listing", "change"})
SAID_REASONS = 2
"""So many reasons of refusals are said beside the counts; the sheet has all."""
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
        self._context, self._head, self._show, self._window = context, head, show, window

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
        """Buttons of the finished job: the listings that were left alone, or partly; why, as a sheet."""
        found = (("bulk_edit.show_moved", applied.moved), ("bulk_edit.show_refused_n", applied.refused))
        show = self._show
        offers = [Offer(key, lambda ids=ids: show(ids), {"n": len(ids)}) for key, ids in found if ids]
        context, token, window = self._context, self._head.token, self._window
        if applied.reasons:
            offers.append(Offer("bulk_edit.save_reasons", lambda: ask_for_reasons(context, token, window)))
        return offers


def ask_for_reasons(context: ViewContext, token: str, window: QWidget) -> QFileDialog:
    """Ask where the refused values and their reasons are to be written."""
    suggested = Path.home() / f"{tr('bulk_edit.sheet')}.xlsx"
    return ask_where(window, "bulk_edit.save_reasons", suggested, lambda name: save_reasons(context, token, name))


def save_reasons(context: ViewContext, token: str, name: str) -> None:
    """Write the refused lines of a stored plan to the workbook *name*."""
    handle = context.runner.start_heavy(*context.services.bulk_edit.export_call(token, name, "refused"))
    toast = context.notices.toast
    handle.succeeded.connect(lambda n: toast("bulk_edit.exported", n=n, file=Path(name).name))
    handle.failed.connect(lambda error: toast("window.said", tone="red", text=sentence(error)))


def _count(applied: Applied) -> Progress:
    left = len({*applied.moved, *applied.refused})
    return Progress(applied.changed + left, applied.changed + left, left)


def _summary(applied: Applied) -> tuple[str, dict[str, Any]]:
    worst = sorted(applied.reasons, key=lambda why: -applied.reasons[why])[:SAID_REASONS]
    why = "".join(tr("bulk_edit.because", why=tr(f"bulk_edit.refused.{one}")) for one in worst)
    return "bulk_edit.job_done", {
        "why": why,
        "n": applied.changed,
        "refused": len(applied.refused),
        "moved": len(applied.moved),
    }
