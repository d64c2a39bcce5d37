"""Asks a `PageSource` on worker threads and brings back only the answers that still matter."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Mapping, Sequence
from threading import Event
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.services.heap import DEBT
from app.services.paging import PAGE_ROWS, Group, Query

if TYPE_CHECKING:
    from app.services.tasks import TaskContext
    from app.views.task_runner import TaskHandle, TaskRunner

ASKING = 2
FETCHING = 2
WANTED = 4
FEW = 16
"""So many ids are looked up in an order one after the other."""
PIECE = 1 << 16
USUAL_VIEW = 2 * PAGE_ROWS
"""Rows that most windows show, for as long as nobody knows."""
AHEAD_MS = 4
"""Rows out of view are read so long after what came is painted: what the user did meanwhile is answered first."""
UNPAINTED_S = 0.1
"""First rows that are not painted by then are in a window that nobody sees."""


class Head:
    """The first rows of an answer, at most *limit*; `total` is known if they are all rows or groups counted them."""

    def __init__(self, rows: Sequence[Any], groups: Sequence[Group], limit: int) -> None:
        self.rows = rows
        self.groups = groups
        self._limit = limit

    @property
    def total(self) -> int | None:
        """How many rows match, if these are all of them."""
        return len(self.rows) if len(self.rows) < self._limit else None


class Order:
    """All ids of an answer in order, its headings, and where the wanted ids stand in it.

    The places of ids that a view wants to find again (its selection) are looked up on the worker thread: going
    through a million ids takes a tenth of a second.
    """

    def __init__(self, ids: array[int], groups: Sequence[Group], wanted: Collection[int]) -> None:
        self.ids = ids
        self.groups = groups
        self.wanted = wanted
        self.places = _places(ids, wanted)


def place_in(ids: array[int], id: int) -> int | None:
    """Where *id* stands in *ids*; None if nowhere. Its bytes are looked for, which takes a tenth of the time of
    `array.index`, and in pieces: a million numbers at once would keep the interpreter from the other threads."""
    wanted = array(ids.typecode, [id]).tobytes()
    for start in range(0, len(ids), PIECE):
        piece = ids[start : start + PIECE].tobytes()
        at = piece.find(wanted)
        while at % ids.itemsize > 0 and at >= 0:  # across two numbers
            at = piece.find(wanted, at + 1)
        if at >= 0:
            return start + at // ids.itemsize
    return None


def _places(ids: array[int], wanted: Collection[int]) -> dict[int, int]:
    if len(wanted) > FEW:
        return {id: at for at, id in enumerate(ids) if id in wanted}
    found = ((id, place_in(ids, id)) for id in wanted)
    return {id: at for id, at in found if at is not None}


class PageLoader(QObject):
    """One table's questions. An answer to an older question is dropped; long answers are told to stop.

    Attributes:
        wanted: ids whose places are looked up with every order.
        in_view: how many rows a view shows at once: a first answer has as many, in whole pages.
        is_painted: whether a view paints first rows, and then calls `painted`.

    Emits:
        headed: `Head` of the question asked last.
        counted: its exact number of rows.
        ordered: `Order` of all its rows.
        paged: (page number, row records in order, None for a row deleted since).
        failed: the exception of any of them.
        settled: nothing is under way any more.
    """

    headed = Signal(object)
    counted = Signal(int)
    ordered = Signal(object)
    paged = Signal(int, object)
    failed = Signal(object)
    settled = Signal()

    def __init__(self, source: Any, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.source = source
        self.wanted: Callable[[], Collection[int]] = frozenset
        self.in_view: Callable[[], int] = lambda: USUAL_VIEW
        self.is_painted: Callable[[], bool] = lambda: False
        self._unpainted: Event | None = None
        self._runner = runner
        self._question = 0
        self._long: TaskHandle | None = None
        self._next: Query | None = None
        self._heads = 0
        self._wanted: dict[int, list[int]] = {}
        self._ahead: dict[int, list[int]] = {}
        self._fetching: set[tuple[int, int]] = set()
        self._open = 0
        self._ahead_soon = QTimer(self, interval=AHEAD_MS, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._ahead_soon.timeout.connect(self._fetch_ahead)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is under way."""
        return self._open > 0

    def ask(self, query: Query) -> None:
        """Ask a new question: first rows, then number and order of all."""
        self._renew()
        self._next = query
        self._ask_head()

    def order(self, query: Query) -> None:
        """Ask only for number and order of all rows, for a refresh that keeps what is shown."""
        self._renew()
        self._ask_order(query)

    def want(self, pages: Mapping[int, Sequence[int]], *, is_ahead: bool = False) -> None:
        """Fetch *pages*, whose rows have these ids, unless four later wishes push them out; *is_ahead*: they are not
        in view yet, so they wait for those that are."""
        wishes = self._ahead if is_ahead else self._wanted
        for page, ids in pages.items():
            if (self._question, page) in self._fetching or (is_ahead and page in self._wanted):
                continue
            self._ahead.pop(page, None)
            wishes.pop(page, None)
            wishes[page] = list(ids)
        while len(wishes) > WANTED:
            del wishes[next(iter(wishes))]  # scrolled past
        self._fetch()

    def awaits(self, page: int, *, is_ahead: bool) -> bool:
        """Whether `want` would change nothing: every row in view asks for its page, and for those around it."""
        if (self._question, page) in self._fetching:
            return True
        if is_ahead:
            return page in self._ahead or page in self._wanted
        return page == next(reversed(self._wanted), None)

    def painted(self) -> None:
        """A view painted: once that is on the screen, what waited for it may begin."""
        if self._ahead_soon.isActive():
            self._ahead_soon.start()
        if self._unpainted is not None:
            QTimer.singleShot(0, self, self._unpainted.set)
            self._unpainted = None

    def stop(self) -> None:
        """Drop every answer under way."""
        self._renew()

    def _renew(self) -> None:
        self._question += 1
        self._next = None
        self._wanted.clear()
        self._ahead.clear()
        self._ahead_soon.stop()
        if self._long is not None:
            self._long.cancel()
            self._long = None
        if self._unpainted is not None:
            self._unpainted.set()  # who waits for it finds that it was stopped
            self._unpainted = None

    def _ask_head(self) -> None:
        """Ask for first rows; while two older questions are still being answered, only the latest one waits."""
        if self._next is None or self._heads >= ASKING:
            return
        query, self._next = self._next, None
        self._heads += 1
        limit = -(-max(1, self.in_view()) // PAGE_ROWS) * PAGE_ROWS
        handle = self._runner.call(_head, self.source, query, limit)
        self._run(handle, lambda head: self._on_head(query, head), self._on_head_end)

    def _on_head_end(self) -> None:
        self._heads -= 1
        self._ask_head()

    def _on_head(self, query: Query, head: Head) -> None:
        if head.total is None and self.is_painted():
            self._unpainted = Event()
        unpainted = self._unpainted
        self.headed.emit(head)
        if head.total is None:
            self._ask_count(query, unpainted)

    def _ask_count(self, query: Query, unpainted: Event | None) -> None:
        """Number first, order after it: one long answer at a time leaves a processor to what the user does next, and
        it waits for the first rows to be painted, who would take half as long again beside it."""
        self._long = self._runner.start(_count, self.source, query, unpainted)
        self._run(self._long, lambda total: self._on_count(query, total))

    def _on_count(self, query: Query, total: int) -> None:
        self.counted.emit(total)
        self._ask_order(query)

    def _ask_order(self, query: Query) -> None:
        self._long = self._runner.start(_order, self.source, query, self.wanted())
        self._run(self._long, self.ordered.emit)

    def _fetch(self) -> None:
        if self._wanted and (room := FETCHING - len(self._fetching)) > 0:
            # the latest wishes first: that is where the user looks; two in one question, so that they come together
            self._start(dict(self._wanted.popitem() for _ in range(min(room, len(self._wanted)))))
        if self._ahead and not self._fetching:
            self._ahead_soon.start()

    def _fetch_ahead(self) -> None:
        if self._ahead and not self._fetching:
            self._start(dict([self._ahead.popitem()]))

    def _start(self, pages: Mapping[int, list[int]]) -> None:
        asked = {(self._question, page) for page in pages}
        self._fetching |= asked
        handle = self._runner.call(_rows, self.source, [id for ids in pages.values() for id in ids])
        self._run(handle, lambda rows: self._on_rows(pages, rows), lambda: self._on_rows_end(asked))

    def _on_rows(self, pages: Mapping[int, list[int]], rows: list[Any]) -> None:
        end = 0
        for page, ids in pages.items():
            begin, end = end, end + len(ids)
            self.paged.emit(page, rows[begin:end])

    def _on_rows_end(self, asked: set[tuple[int, int]]) -> None:
        self._fetching -= asked
        self._fetch()

    def _run(
        self, handle: TaskHandle, answer: Callable[[Any], object], end: Callable[[], object] | None = None
    ) -> None:
        question = self._question
        self._open += 1
        handle.succeeded.connect(lambda result: self._pass_on(question, answer, result))
        handle.failed.connect(lambda error: self._pass_on(question, self.failed.emit, error))
        handle.finished.connect(lambda: self._on_end(end))

    def _pass_on(self, question: int, receive: Callable[[Any], object], answer: Any) -> None:
        if question == self._question:
            receive(answer)

    def _on_end(self, end: Callable[[], object] | None) -> None:
        self._open -= 1
        if end is not None:
            end()
        if not self._open:
            self.settled.emit()


def _head(source: Any, query: Query, limit: int) -> Head:
    groups = source.groups(query) if query.group else ()
    return Head(source.first_page(query, limit), groups, limit)


def _count(source: Any, query: Query, unpainted: Event | None, *, ctx: TaskContext) -> int:
    if unpainted is not None:
        unpainted.wait(UNPAINTED_S)
        ctx.checkpoint()
    total: int = source.count(query, ctx)
    return total


def _order(source: Any, query: Query, wanted: Collection[int], *, ctx: TaskContext) -> Order:
    try:
        ids = source.ids(query, ctx)
    finally:
        DEBT.note()  # also after one that was stopped: while somebody types that is nearly every one
    ctx.checkpoint()
    groups = source.groups(query) if query.group else ()
    ctx.checkpoint()
    return Order(ids, groups, wanted)


def _rows(source: Any, ids: list[int]) -> list[Any]:
    found = source.rows(ids)
    return [found.get(id) for id in ids]
