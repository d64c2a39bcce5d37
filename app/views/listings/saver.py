"""Saves what is typed at once: after a short pause, in order, never two at a time, never lost by closing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.services.listings.editing import ListingEdit
from app.views.task_runner import TaskRunner

PAUSE_MS = 400

Save = Callable[..., Any]


class Saver(QObject):
    """Collects changes of one listing and hands them to the service.

    Emits:
        saved: the change, None where nothing differed.
        failed: the error; the changes stay pending and are tried again with the next one.
    """

    saved = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: TaskRunner, save: Save, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner, self._save = runner, save
        self._listing_id, self._title = 0, ""
        self._fields: dict[str, Any] = {}
        self._skus: dict[int, dict[str, Any]] = {}
        self._images: list[str] | None = None
        self._last: tuple[int, frozenset[str], str] | None = None
        self._is_saving = False
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self.flush)

    @property
    def is_pending(self) -> bool:
        """Whether something typed is not stored yet."""
        return bool(self._fields or self._skus or self._images is not None or self._is_saving)

    def begin(self, listing_id: int, title: str) -> None:
        """From now on changes belong to this listing; those of the one before are stored first."""
        if listing_id != self._listing_id:
            self.flush()
            self._last = None
        self._listing_id, self._title = listing_id, title

    def put_field(self, name: str, value: Any) -> None:
        """A column of the listing has a new value."""
        self._fields[name] = value
        self._timer.start()

    def put_sku(self, sku_id: int, name: str, value: Any) -> None:
        """A column of a variant has a new value; stored without waiting, the cell editor is closed."""
        self._skus.setdefault(sku_id, {})[name] = value
        self.flush()

    def put_images(self, sources: list[str]) -> None:
        """The listing has other pictures."""
        self._images = list(sources)
        self.flush()

    def flush(self) -> None:
        """Store what is pending now."""
        self._timer.stop()
        if self._is_saving or not (self._fields or self._skus or self._images is not None):
            return
        edit = ListingEdit(self._listing_id, dict(self._fields), dict(self._skus), self._images)
        names = frozenset(
            (*self._fields, *(f"{number}.{name}" for number in self._skus for name in self._skus[number]))
        )
        continues = None
        if self._last is not None and self._last[:2] == (edit.listing_id, names) and self._images is None:
            continues = self._last[2]
        self._fields, self._skus, self._images = {}, {}, None
        self._is_saving = True
        handle = self._runner.call(self._save, [edit], self._title, continues=continues)
        handle.succeeded.connect(lambda change: self._on_saved(edit.listing_id, names, change))
        handle.failed.connect(lambda error: self._on_failed(edit, error))

    def forget_typing(self) -> None:
        """The next change is a step of undo of its own: the focus moved on."""
        self._last = None

    def _on_saved(self, listing_id: int, names: frozenset[str], change: Any) -> None:
        self._is_saving = False
        if change is not None:
            self._last = (listing_id, names, change.uid)
        self.saved.emit(change)
        self.flush()

    def _on_failed(self, edit: ListingEdit, error: Exception) -> None:
        self._is_saving = False
        if edit.listing_id == self._listing_id:
            self._fields = {**edit.fields, **self._fields}
            self._skus = {**edit.skus, **self._skus}
            self._images = self._images if self._images is not None else edit.images
        self.failed.emit(error)
