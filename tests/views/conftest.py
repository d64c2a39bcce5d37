"""Fixtures for everything with a window, and a watch for what a test leaves behind."""

import gc
import os
import threading
from array import array
from dataclasses import dataclass, replace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.services.paging import Group, Query
from app.views.context import ViewContext
from app.views.language import language
from app.views.task_runner import TaskRunner
from app.views.theme import apply_theme
from app.views.thumbnails import Thumbnails
from app.views.view_settings import MemorySettings

PATIENCE_MS = 30_000
"""How long a test waits for what must happen; long, for a busy machine is no failure."""

SHORT_MS = 20

for wait in ("waitUntil", "waitSignal", "waitSignals", "waitActive", "waitExposed", "waitCallback"):
    getattr(QtBot, wait).__kwdefaults__["timeout"] = PATIENCE_MS


def pytest_collection_modifyitems(items):
    """The offscreen platform says what it cannot do for every window and menu; it means nothing."""
    for item in items:
        if "views" in item.path.parts:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


def _active_timers():
    """Running timers made since the test began: `gc` does not see what was frozen before."""
    timers = [thing for thing in gc.get_objects() if isinstance(thing, QTimer)]
    return {timer for timer in timers if isValid(timer) and timer.isActive()}


def _flush_deletions():
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QCoreApplication.processEvents()


def _left(threads, windows):
    """What is there now and was not before: threads, windows, running timers."""
    _flush_deletions()
    return (
        [thread for thread in set(threading.enumerate()) - threads if thread.is_alive()],
        [window for window in QApplication.topLevelWidgets() if window not in windows and isValid(window)],
        [(timer.parent(), timer.interval()) for timer in _active_timers()],
    )


@pytest.fixture(autouse=True)
def collected_here():
    """As in the program: a collection that starts in a worker thread would destroy widgets there.

    What was there before is frozen, so that looking through what the test made does not take longer with every test.
    """
    gc.disable()
    gc.freeze()
    yield
    gc.collect()
    gc.freeze()  # what is still there must not be collected by a thread of a later test either
    gc.enable()


@pytest.fixture(autouse=True)
def nothing_left_behind(qapp):
    """Threads, timers and windows a test started and did not end fail it."""
    threads, windows = set(threading.enumerate()), set(QApplication.topLevelWidgets())
    yield
    left = _left(threads, windows)
    if any(left):
        QTest.qWait(SHORT_MS)  # a single shot of a few milliseconds is over by then, as a reading ahead
        gc.collect()  # what only waits to be collected is no leak
        left = _left(threads, windows)
    assert left == ([], [], []), "left behind: threads, windows, timers"


@pytest.fixture(autouse=True)
def dressed(qapp):
    """Light theme and English before every test, whatever the test before chose."""
    language.set_language("en")
    apply_theme(qapp, "light")
    yield
    language.set_language("en")


@pytest.fixture(params=["zh", "en"])
def each_language(request):
    """Runs the test in both languages."""
    language.set_language(request.param)
    return request.param


@pytest.fixture(params=["light", "dark"])
def each_theme(request, qapp):
    """Runs the test in both themes."""
    return apply_theme(qapp, request.param)


@pytest.fixture
def runner():
    """A task runner whose threads end with the test."""
    made = TaskRunner(workers=2)
    yield made
    made.shutdown()


@pytest.fixture
def context(runner):
    """What a page is given; settings in memory."""
    return ViewContext(runner=runner, settings=MemorySettings())


@pytest.fixture
def settle(qtbot, runner, context):
    """Wait until nothing is under way: no task, no save, no answer."""

    def wait():
        qtbot.waitUntil(lambda: runner.is_idle and not context.jobs.is_keeping)
        QApplication.processEvents()
        qtbot.waitUntil(lambda: runner.is_idle)

    return wait


@dataclass(frozen=True)
class FakeRow:
    """An invented listing."""

    id: int
    title: str
    price_minor: int
    status: str = "live"


class FakeSource:
    """A `PageSource` over a list, counting what it is asked. Rows sort by title, price or id; text is searched."""

    def __init__(self, size=1000):
        self.data = {n: FakeRow(n, f"Lamp {n:06d}", n * 37 % 5000) for n in range(1, size + 1)}
        self.asked = {"count": 0, "ids": 0, "rows": 0, "first": 0, "children": 0}
        self.error = None
        self.gate = None
        self.group_size = 100

    def _matching(self, query: Query):
        if self.error is not None:
            raise self.error
        found = [row for row in self.data.values() if query.text.lower() in row.title.lower()]
        for wanted in query.filters:
            values = wanted.value if wanted.operator == "in" else (wanted.value,)
            found = [row for row in found if getattr(row, wanted.field) in values]
        key = query.sort or "id"
        return sorted(found, key=lambda row: (getattr(row, key), row.id), reverse=query.descending)

    def _wait(self):
        if self.gate is not None:
            assert self.gate.wait(10)

    def count(self, query, ctx=None):
        self.asked["count"] += 1
        self._wait()
        return len(self._matching(query))

    def ids(self, query, ctx):
        self.asked["ids"] += 1
        self._wait()
        ctx.checkpoint()
        return array("q", [row.id for row in self._matching(query)])

    def rows(self, ids):
        self.asked["rows"] += 1
        self._wait()
        return {id: self.data[id] for id in ids if id in self.data}

    def first_page(self, query, limit):
        self.asked["first"] += 1
        return self._matching(query)[:limit]

    def groups(self, query):
        found = self._matching(query)
        sizes = [len(found[at : at + self.group_size]) for at in range(0, len(found), self.group_size)]
        return [Group(f"g{n}", "empty.nothing", size) for n, size in enumerate(sizes)]

    def change(self, id, **values):
        self.data[id] = replace(self.data[id], **values)


class FoldingSource(FakeSource):
    """The same with two children under every row."""

    def children(self, id):
        self.asked["children"] += 1
        return [FakeRow(id * 10_000 + n, f"variant {n}", 100 * n) for n in (1, 2)]


@pytest.fixture
def fake_source():
    """Makes a `FakeSource` of a size."""
    return FakeSource


@pytest.fixture
def folding_source():
    """Makes a `FakeSource` whose rows unfold."""
    return FoldingSource


@pytest.fixture
def shown(qtbot):
    """Shows a widget in a window of its own."""

    def show(widget, size=(700, 420)):
        qtbot.addWidget(widget)
        widget.resize(*size)
        widget.show()
        return widget

    return show


@pytest.fixture
def blank_pictures(runner):
    """Thumbnails that read nothing."""
    return Thumbnails(runner, lambda source, pixels: QImage())
