"""What is painted, and when, on the way from one place of a table to another."""

import threading

import pytest
from PySide6.QtCore import QEvent, QObject

from app.services.paging import PAGE_ROWS, Query
from app.views import painted_table
from app.views.paged_table_model import PagedTableModel


class Paintings(QObject):
    """Counts the paintings of widgets and remembers them in order."""

    def __init__(self, *widgets):
        super().__init__()
        self.of = []
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            self.of.append(watched)
        return False


@pytest.fixture
def page(build, fake_source, qtbot):
    """A table of 3000 rows at its beginning, painted, with nothing under way; what is in view stays for as long as it
    takes, for a busy machine reads slowly."""
    page = build(fake_source(3000))
    page.table._held.setInterval(60_000)
    qtbot.waitUntil(lambda: not page.model._loader.is_busy and not page.model._loader._ahead_soon.isActive())
    page.table.viewport().repaint()
    return page


@pytest.fixture
def painted(page, monkeypatch):
    """For each painting of rows, whether all of them were here."""
    told, paint = [], page.table._paint_rows

    def paint_rows(*args):
        is_waiting = paint(*args)
        told.append(not is_waiting)
        return is_waiting

    monkeypatch.setattr(page.table, "_paint_rows", paint_rows)
    return told


def jump(page, to):
    bar = page.table.verticalScrollBar()
    bar.setValue(to * bar.maximum() // 100)


def test_rows_jumped_to_are_painted_once_and_whole(page, painted, qtbot):
    jump(page, 50)
    qtbot.waitUntil(lambda: bool(painted))
    assert painted == [True]
    assert not page.table._held.isActive()


def test_so_are_those_of_a_tall_window(page, painted, qtbot):
    page.table.resize(700, 120 * page.table.rowHeight(0))
    qtbot.waitUntil(lambda: not page.model._loader.is_busy and not page.model._loader._ahead_soon.isActive())
    painted.clear()
    asked = page.model.source.asked["rows"]
    jump(page, 50)
    assert len(page.model._loader._wanted) + len(page.model._loader._fetching) >= 4
    qtbot.waitUntil(lambda: bool(painted))
    assert painted == [True]
    assert page.model.source.asked["rows"] - asked <= 3


def test_all_of_the_view_is_painted_for_a_screen_reader_too(page, qtbot, monkeypatch):
    """Qt's own way of telling cells that changed paints these alone."""
    monkeypatch.setattr(painted_table.QAccessible, "isActive", lambda: True)
    areas, paint = [], page.table.paintEvent
    monkeypatch.setattr(page.table, "paintEvent", lambda event: areas.append(event.rect().height()) or paint(event))
    jump(page, 50)
    qtbot.waitUntil(lambda: not page.table._held.isActive())
    assert areas[-1] == page.table.viewport().height()


def test_what_was_in_view_stays_until_they_are_here(page, painted, qtbot):
    page.model.source.gate = threading.Event()
    jump(page, 50)
    page.table.viewport().repaint()
    assert painted == []
    page.model.source.gate.set()
    qtbot.waitUntil(lambda: bool(painted))
    assert painted == [True]


def test_it_stays_for_a_moment_only(build, fake_source):
    assert build(fake_source(3)).table._held.interval() == painted_table.HELD_MS <= painted_table.SKELETON_MS / 2


def test_but_not_for_long(page, painted, qtbot):
    page.model.source.gate = threading.Event()
    page.table._held.setInterval(painted_table.HELD_MS)
    jump(page, 50)
    qtbot.waitUntil(lambda: bool(painted))
    assert painted == [False]
    page.table._late.stop()
    page.table._on_late()  # the bars are shown
    jump(page, 80)
    assert not page.table._held.isActive()  # nothing is in view that could stay
    page.model.source.gate.set()
    qtbot.waitUntil(lambda: painted[-1])


def test_rows_that_come_into_view_are_painted_at_once(page, painted, qtbot):
    page.model.source.gate = threading.Event()
    bar = page.table.verticalScrollBar()
    bar.setValue(bar.value() + 3 * page.table.rowHeight(0))
    page.table.viewport().repaint()
    assert painted
    assert not page.table._held.isActive()
    page.model.source.gate.set()


def test_a_place_seen_before_is_painted_at_once(page, painted, qtbot):
    jump(page, 50)
    qtbot.waitUntil(lambda: bool(painted))
    painted.clear()
    jump(page, 0)
    assert not page.table._held.isActive()
    page.table.viewport().repaint()
    assert painted == [True]


def test_the_picture_of_before_is_left_untouched(page, qtbot, monkeypatch):
    """Not even the ground is painted: the rows of before are on the screen until the new ones are."""
    painters = []
    make = painted_table.QPainter
    monkeypatch.setattr(painted_table, "QPainter", lambda device: painters.append(device) or make(device))
    page.model.source.gate = threading.Event()
    jump(page, 50)
    page.table.viewport().repaint()
    assert painters == []
    page.model.source.gate.set()
    qtbot.waitUntil(lambda: bool(painters))


def test_pages_ahead_are_read_after_the_painting(fake_source, runner, qtbot):
    """Each painting puts reading ahead off: reading would hold up what the user does next."""
    model = PagedTableModel(fake_source(1000), (), runner)
    with qtbot.waitSignal(model.ordered):
        model.ask(Query())
    loader = model._loader
    qtbot.waitUntil(lambda: not loader.is_busy)
    started, soon = [], loader._ahead_soon
    loader.want({5: model._ids_of(5)}, is_ahead=True)
    assert soon.isActive()
    soon.timeout.connect(lambda: started.append(True))
    soon.setInterval(60_000)
    loader.painted()
    assert soon.remainingTime() > 1_000
    assert started == []
    soon.setInterval(0)
    loader.painted()
    qtbot.waitUntil(lambda: 5 in model._cache)
    assert started == [True]
    loader.painted()
    assert not soon.isActive()
    model.stop()


def test_asked_anew_nothing_is_read_ahead_for_the_question_before(fake_source, runner, qtbot):
    model = PagedTableModel(fake_source(1000), (), runner)
    with qtbot.waitSignal(model.ordered):
        model.ask(Query())
    model._loader.want({5: list(range(PAGE_ROWS))}, is_ahead=True)
    model.stop()
    assert not model._loader._ahead_soon.isActive()
    qtbot.waitUntil(lambda: runner.is_idle)


class TestTheHeader:
    def test_other_rows_leave_it_as_it_is(self, page, qtbot):
        header = page.table.header
        qtbot.wait(20)
        paintings = Paintings(header.viewport(), page.table.viewport())
        with qtbot.waitSignal(page.model.ordered):
            page.model.ask(Query(text="0012"))
        page.table.viewport().repaint()
        qtbot.wait(20)
        assert page.table.viewport() in paintings.of
        assert header.viewport() not in paintings.of

    def test_another_sort_or_width_paints_it(self, page, qtbot):
        header = page.table.header
        paintings = Paintings(header.viewport())
        page.table.sort_by(1)
        qtbot.waitUntil(lambda: bool(paintings.of))
        paintings.of.clear()
        header.resizeSection(1, header.sectionSize(1) + 20)
        qtbot.waitUntil(lambda: bool(paintings.of))
        paintings.of.clear()
        header.hideSection(1)
        qtbot.waitUntil(lambda: bool(paintings.of))
