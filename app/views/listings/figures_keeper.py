"""Keeps stored figures of today while the window is open: looks whenever something changed, works in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.views.errors import sentence

if TYPE_CHECKING:
    from app.views.context import ViewContext
    from app.views.task_runner import TaskHandle

SOON_MS = 400
"""After a change, so that several in a row are worked out together."""
SELDOM_MS = 30_000
"""What another program on the same database changed is found as often."""
SHOWN_MS = 1_500
"""A renewal of a few listings is over before anybody could read of it: only longer ones are shown as jobs."""
FIGURE = "figure"
"""Name of the table pages hear of when figures were renewed."""


class FiguresKeeper(QObject):
    """Starts the worker where figures are of yesterday; a job that is stopped is not begun again by itself until
    something changes.

    Emits:
        renewed: how many listings have new figures.
    """

    renewed = Signal(int)

    def __init__(self, context: ViewContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._handle: TaskHandle | None = None
        self._has_ended = False
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.look)
        self._shown = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._shown.timeout.connect(self._show_job)
        self._seldom = QTimer(self, interval=SELDOM_MS)
        self._seldom.timeout.connect(self.look)
        context.changes.happened.connect(self._on_change)

    def start(self) -> None:
        """Begin: the services are there."""
        if not self._has_ended:
            self._seldom.start()
            self._soon.start()

    def stop(self) -> None:
        """Look no more: the window closes."""
        self._has_ended = True
        self._seldom.stop()
        self._soon.stop()
        self._shown.stop()

    def _on_change(self, tables: Any) -> None:
        if tables != frozenset({FIGURE}) and self._seldom.isActive():
            self._soon.start()

    def look(self) -> None:
        """Ask whether any figure is of yesterday, unless they are being renewed."""
        if self._handle is None:
            handle = self._context.runner.call(self._context.services.pricing.is_waiting)
            handle.succeeded.connect(self._on_looked)

    def _on_looked(self, is_waiting: bool) -> None:
        if not is_waiting or self._has_ended or self._handle is not None:
            return
        self._handle = self._context.runner.start_heavy(*self._context.services.pricing.renew_call())
        self._shown.start()
        self._handle.succeeded.connect(self._on_renewed)
        self._handle.failed.connect(self._on_failed)
        self._handle.cancelled.connect(self._seldom.stop)
        self._handle.finished.connect(self._on_finished)

    def _on_renewed(self, done: Any) -> None:
        if done.listings:
            self.renewed.emit(done.listings)
            self._context.changes.tell({FIGURE})

    def _on_failed(self, error: Exception) -> None:
        self._seldom.stop()  # it would fail again every half minute; the next start tries anew
        self._context.notices.toast("window.said", tone="red", text=sentence(error))

    def _show_job(self) -> None:
        if self._handle is not None:
            self._context.jobs.add(self._handle, "figures.renewing", icon="refresh")

    def _on_finished(self) -> None:
        self._shown.stop()
        self._handle = None
