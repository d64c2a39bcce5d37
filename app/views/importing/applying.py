"""Storing a previewed import: one job, one change; then what its categories ask for is learned."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.services.listings.importing.preview import ImportHead
from app.services.tasks import Progress
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.importing.save_file import ask_where, suggested_copy
from app.views.notices import Offer

log = logging.getLogger(__name__)

CHANGED = frozenset({"listing", "change"})


class Applying(QObject):
    """One import being stored. Lives until all of it is done, longer than the dialog.

    Emits:
        stored: the `ImportResult`.
        failed: the exception; nothing was stored.
        cancelled: stopped; nothing was stored.
    """

    stored = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, context: ViewContext, head: ImportHead, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._desk = context, context.services.importing
        self._head, self._window = head, window

    def start(self) -> None:
        """Hand the plan to the worker process, as a job."""
        handle = self._context.runner.start_heavy(*self._desk.apply_call(self._head.token))
        self._context.jobs.add(
            handle,
            "import.job",
            icon="table-import",
            summarise=_summary,
            offer_results=self._offers,
            count=_count,
            file=self._head.file,
        )
        handle.succeeded.connect(self._on_stored)
        handle.failed.connect(self._on_failed)
        handle.cancelled.connect(self._on_cancelled)

    def _on_stored(self, result: Any) -> None:
        self.stored.emit(result)
        if result.change is None:
            self.deleteLater()
            return
        handle = self._context.runner.start(self._desk.learn_categories, self._head.store_id)
        handle.succeeded.connect(self._on_learned)
        handle.failed.connect(lambda error: log.warning("categories of an import were not learned: %s", error))
        handle.finished.connect(self.deleteLater)

    def _on_learned(self, count: int) -> None:
        if count:
            self._context.changes.tell(CHANGED)

    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(error)
        self.deleteLater()

    def _on_cancelled(self) -> None:
        self.cancelled.emit()
        self.deleteLater()

    def _offers(self, result: Any) -> list[Offer]:
        """Buttons of the finished job: what was refused can be taken along."""
        if result.change is None or not result.error_count:
            return []
        context, window, path = self._context, self._window, Path(self._head.path)
        save = Offer(
            "import.save_refused",
            lambda: _save_refused(context, window, result.change.uid, path),
            {"n": result.error_count},
        )
        return [save]


def _save_refused(context: ViewContext, window: QWidget, change_uid: str, path: Path) -> None:
    """Ask where, then write the sheet with its refused cells marked."""

    def write(name: str) -> None:
        handle = context.runner.start_heavy(*context.services.importing.errors_call(change_uid, str(path), name))
        handle.succeeded.connect(lambda _: context.notices.toast("listings.saved_file", file=Path(name).name))
        handle.failed.connect(lambda error: context.notices.toast("window.said", tone="red", text=sentence(error)))

    ask_where(window, "import.save_marked", suggested_copy(path), write)


def _count(result: Any) -> Progress:
    """Rows of the sheet, the refused ones as failed."""
    rows = result.counts.rows
    return Progress(rows, rows, result.counts.refused_rows or result.error_count)


def _summary(result: Any) -> tuple[str, dict[str, Any]]:
    counts = result.counts
    return "import.job_done", {
        "new": counts.new,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "refused": counts.refused_rows,
    }
