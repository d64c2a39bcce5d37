"""Saves what is typed at once: after a short pause, in order, never two at a time, never lost by moving on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.services.listings.editing import ListingEdit

if TYPE_CHECKING:
    from app.services.listings.records import ListingRecord, SkuRecord
    from app.views.activity.jobs import Jobs
    from app.views.task_runner import TaskRunner

PAUSE_MS = 400
RETRY_MS = 5_000
"""After a failure (a locked database, a full disk) the same is tried again by itself, a few times."""
RETRIES = 3

Save = Callable[..., Any]


@dataclass(slots=True)
class _Pending:
    """What was typed into one listing in one go: one step of undo."""

    listing_id: int
    title: str
    session: int
    fields: dict[str, Any] = field(default_factory=dict)
    skus: dict[int, dict[str, Any]] = field(default_factory=dict)
    images: list[str] | None = None
    removed: list[int] = field(default_factory=list)
    added: list[SkuRecord] = field(default_factory=list)

    def names(self) -> frozenset[str]:
        """What is touched: typing goes on as long as this stays the same."""
        of_skus = (f"{sku_id}.{name}" for sku_id, values in self.skus.items() for name in values)
        return frozenset(
            (*self.fields, *of_skus, *(() if self.images is None else ("images",)), *map(str, self.removed))
        )

    def edit(self) -> ListingEdit:
        """As the service takes it."""
        return ListingEdit(
            self.listing_id,
            dict(self.fields),
            dict(self.skus),
            self.images,
            tuple(self.added),
            removed_skus=tuple(self.removed),
        )


class Saver(QObject):
    """Collects changes of the listing in view and hands them to the service.

    Attributes:
        stamp: grows whenever something was stored; what was read under an older one may be outdated.

    Emits:
        saved: (listing id, the change or None where nothing differed).
        failed: the error; the changes stay pending and are tried again.
        settled: nothing is pending any more.
    """

    saved = Signal(int, object)
    failed = Signal(object)
    settled = Signal()

    def __init__(
        self, runner: TaskRunner, save: Save, parent: QObject | None = None, *, jobs: Jobs | None = None
    ) -> None:
        super().__init__(parent)
        self._runner, self._save, self._jobs = runner, save, jobs
        self._listing_id, self._title = 0, ""
        self._session = 0
        self._queue: list[_Pending] = []
        self._in_flight: _Pending | None = None
        self._last: tuple[int, int, frozenset[str], str] | None = None
        self._retries = 0
        self._waiting: list[Callable[[], object]] = []
        self.stamp = 0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.flush)
        if jobs is not None:
            jobs.leaving.connect(self.flush)

    @property
    def is_pending(self) -> bool:
        """Whether something typed is not stored yet."""
        return bool(self._queue) or self._in_flight is not None

    @property
    def has_failed(self) -> bool:
        """Whether the last try to store came to nothing and something still waits."""
        return self._retries > 0 and bool(self._queue)

    def begin(self, listing_id: int, title: str) -> None:
        """From now on changes belong to this listing; those of the one before are stored first."""
        if listing_id != self._listing_id:
            self.flush()
            self.forget_typing()
        self._listing_id, self._title = listing_id, title

    def overlay(self, record: ListingRecord) -> None:
        """Put what is typed and not stored yet into *record*, as it was read before. Variants come and go when that is
        stored: until then they have no id, or findings that count them."""
        for entry in (*((self._in_flight,) if self._in_flight else ()), *self._queue):
            if entry.listing_id != record.id:
                continue
            for name, value in entry.fields.items():
                setattr(record, name, value)
            for sku in record.skus:
                for name, value in entry.skus.get(sku.id or 0, {}).items():
                    setattr(sku, name, value)
            if entry.images is not None:
                record.images = list(entry.images)

    # -- what was typed ----------------------------------------------------------------------------------------

    def put_field(self, name: str, value: Any) -> None:
        """A column of the listing is being typed; stored after a pause."""
        self._pending().fields[name] = value
        self._timer.start(PAUSE_MS)

    def choose_field(self, name: str, value: Any) -> None:
        """A column of the listing was chosen from a list: stored at once, a step of undo of its own."""
        self.put_fields({name: value})

    def put_fields(self, values: Mapping[str, Any]) -> None:
        """Several columns at once, stored at once, one step of undo."""
        self.forget_typing()
        self._pending().fields.update(values)
        self.flush()

    def put_skus(self, values: Mapping[int, Mapping[str, Any]]) -> None:
        """Columns of variants by SKU id: stored at once, the cell editor is closed."""
        self.forget_typing()
        for sku_id, columns in values.items():
            self._pending().skus.setdefault(sku_id, {}).update(columns)
        self.flush()

    def type_skus(self, values: Mapping[int, Mapping[str, Any]]) -> None:
        """Columns of variants are being typed; stored after a pause."""
        for sku_id, columns in values.items():
            self._pending().skus.setdefault(sku_id, {}).update(columns)
        self._timer.start(PAUSE_MS)

    def remove_skus(self, sku_ids: Iterable[int]) -> None:
        """Variants are taken away, at once, one step of undo."""
        self.forget_typing()
        self._pending().removed.extend(sku_ids)
        self.flush()

    def add_sku(self, sku: SkuRecord) -> None:
        """The listing has one variant more, at once, one step of undo."""
        self.forget_typing()
        self._pending().added.append(sku)
        self.flush()

    def put_images(self, sources: list[str]) -> None:
        """The listing has other pictures."""
        self.forget_typing()
        self._pending().images = list(sources)
        self.flush()

    def forget_typing(self) -> None:
        """The next change is a step of undo of its own: the focus moved on."""
        self._session += 1

    def _pending(self) -> _Pending:
        self._retries = 0
        last = self._queue[-1] if self._queue else None
        if last is None or (last.listing_id, last.session) != (self._listing_id, self._session):
            last = _Pending(self._listing_id, self._title, self._session)
            self._queue.append(last)
        return last

    # -- storing -----------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Store what is pending now; what is typed meanwhile follows."""
        self._timer.stop()
        if self._in_flight is not None or not self._queue:
            return
        entry = self._in_flight = self._queue.pop(0)
        key = (entry.listing_id, entry.session, entry.names())
        continues = self._last[3] if self._last is not None and self._last[:3] == key else None
        handle = self._runner.call(self._save, [entry.edit()], entry.title, continues=continues)
        handle.succeeded.connect(lambda change: self._on_saved(key, change))
        handle.failed.connect(lambda error: self._on_failed(entry, error))
        handle.cancelled.connect(lambda: self._on_cancelled(entry))
        if self._jobs is not None:
            self._jobs.keep(handle)

    def when_stored(self, do: Callable[[], object]) -> None:
        """Call *do* as soon as nothing is pending: before something that reads what was typed."""
        self.flush()
        if self.is_pending:
            self._waiting.append(do)
        else:
            do()

    def _on_saved(self, key: tuple[int, int, frozenset[str]], change: Any) -> None:
        self._in_flight, self._retries = None, 0
        self.stamp += 1
        if change is not None:
            self._last = (*key, change.uid)
        self.saved.emit(key[0], change)
        self.flush()
        if not self.is_pending:
            waiting, self._waiting = self._waiting, []
            self.settled.emit()
            for do in waiting:
                do()

    def _on_failed(self, entry: _Pending, error: Exception) -> None:
        self._put_back(entry)
        self._waiting.clear()  # what waited for it must not act on half of it
        self._retries += 1
        if self._retries <= RETRIES:
            self._timer.start(RETRY_MS)
        if self._retries == 1:
            self.failed.emit(error)

    def _on_cancelled(self, entry: _Pending) -> None:
        self._put_back(entry)

    def _put_back(self, entry: _Pending) -> None:
        self._in_flight = None
        self._queue.insert(0, entry)
