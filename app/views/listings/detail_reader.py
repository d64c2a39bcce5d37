"""Reads the listing in view: one reading at a time, and never an answer that is older than what was stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from app.views.listings.saver import Saver
    from app.views.task_runner import TaskRunner

Load = Callable[[int], tuple[Any, Any]]


class DetailReader(QObject):
    """Asks for one listing after the other; only the newest wish counts.

    Emits:
        arrived: (its `ListingDetail`, its changes) with what is typed and not stored yet laid over it.
        failed: the error about the listing that is still wanted.
    """

    arrived = Signal(object, object)
    failed = Signal(object)

    def __init__(self, runner: TaskRunner, load: Load, saver: Saver, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner, self._load, self._saver = runner, load, saver
        self._wanted = 0
        self._is_reading = False
        self._is_again = False

    @property
    def wanted(self) -> int:
        """Id of the listing that is to be shown, 0 for none."""
        return self._wanted

    def ask(self, listing_id: int) -> None:
        """Read this listing, now or, while another reading is under way, right after it."""
        self._wanted = listing_id
        if self._is_reading:
            self._is_again = True
        elif listing_id:
            self._read()

    def _read(self) -> None:
        wanted, stamp = self._wanted, self._saver.stamp
        self._is_reading, self._is_again = True, False
        handle = self._runner.call(self._load, wanted)
        handle.succeeded.connect(lambda answer: self._on_answer(wanted, stamp, *answer))
        handle.failed.connect(lambda error: self._on_failure(wanted, error))

    def _on_answer(self, wanted: int, stamp: int, detail: Any, changes: Any) -> None:
        if stamp != self._saver.stamp:
            self._is_again = True  # something was stored since: the answer may be from before it
        elif wanted == self._wanted:
            self._saver.overlay(detail.record)
            self.arrived.emit(detail, changes)
        self._on_end()

    def _on_failure(self, wanted: int, error: Exception) -> None:
        if wanted == self._wanted:
            self.failed.emit(error)
        self._on_end()

    def _on_end(self) -> None:
        self._is_reading = False
        if self._is_again and self._wanted:
            self._read()
