"""Rubbish is looked for in pieces: what is new at once, everything only when nothing is under way."""

import gc
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject, Signal

from app.services import heap
from app.views import start
from app.views.sweeping import FEW, MIDDLE, WHOLE_AT_LAST_S, WHOLE_S, YOUNG, Sweeper

STEP = YOUNG // 4


@pytest.fixture
def looks():
    """The generations that were looked through, each with how many new objects there were."""
    seen = []

    def note(phase, info):
        if phase == "start":
            seen.append((info["generation"], gc.get_count()[0]))

    gc.collect()
    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


class Moment:
    """A clock that is set."""

    now_s = 0.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Moment()


@pytest.fixture
def idle():
    """Whether nothing is under way: the first entry."""
    return [False]


@pytest.fixture
def sweeper(qapp, clock, idle):
    made = Sweeper(lambda: idle[0], clock=clock)
    made.start()
    yield made
    made.stop()
    made.deleteLater()


def let_go_of_a_cycle():
    """What nobody has any more but it itself. Returns: a list that is no longer empty once it is freed."""
    freed = []

    class Cycle:
        def __init__(self):
            self.me = self

        def __del__(self):
            freed.append(True)

    Cycle()
    return freed


def test_what_is_made_meanwhile_is_looked_through_in_small_pieces(sweeper, looks):
    kept = []
    for _ in range(100):
        kept.append([[] for _ in range(STEP)])
        sweeper.look()
    assert len(looks) >= 100 * STEP // (2 * YOUNG)
    assert max(young for _, young in looks) < YOUNG + 2 * STEP
    assert {generation for generation, _ in looks} == {0, 1}


def test_few_new_objects_are_left_alone(sweeper, looks):
    sweeper.look()
    assert looks == []


def test_what_the_short_looks_left_is_looked_through_once_more(sweeper, looks):
    kept = []
    for _ in range(MIDDLE + 1):
        kept.append([[] for _ in range(YOUNG)])
        sweeper.look()
    assert [generation for generation, _ in looks] == [0] * MIDDLE + [1]


def test_a_cycle_is_freed(sweeper):
    freed = let_go_of_a_cycle()
    kept = [[] for _ in range(YOUNG)]
    sweeper.look()
    assert freed == [True] and len(kept) == YOUNG


def test_everything_waits_until_nothing_is_under_way(sweeper, looks, clock, idle):
    kept = [[] for _ in range(YOUNG)]
    sweeper.look()
    clock.now_s = WHOLE_S
    sweeper.look()
    assert [generation for generation, _ in looks] == [0], "a job runs"
    idle[0] = True
    sweeper.look()
    sweeper.look()
    assert [generation for generation, _ in looks] == [0, 2] and kept


def test_everything_is_looked_through_in_the_end_though_something_always_runs(sweeper, looks, clock):
    clock.now_s = WHOLE_AT_LAST_S
    sweeper.look()
    sweeper.look()
    assert [generation for generation, _ in looks] == [2]


def test_a_closed_dialog_is_not_kept_because_it_is_small(sweeper, looks, clock, idle):
    idle[0], clock.now_s = True, WHOLE_S
    kept = [[] for _ in range(FEW)]
    sweeper.look()
    assert [generation for generation, _ in looks] == [2] and kept


def test_an_idle_window_in_which_nothing_happened_is_let_be(sweeper, looks, clock, idle):
    idle[0], clock.now_s = True, WHOLE_S
    sweeper.look()
    assert looks == []


def test_what_stays_takes_no_rubbish_along(sweeper):
    freed = let_go_of_a_cycle()
    try:
        sweeper.settle()
        assert freed == [True]
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


class Started(QObject):
    """Of a desktop what a start connects to."""

    ready, warm = Signal(), Signal()

    def __init__(self):
        super().__init__()
        self.context = SimpleNamespace(runner=SimpleNamespace(is_idle=True), jobs=SimpleNamespace(running=()))


def test_a_start_looks_once_its_data_is_there(qapp):
    desktop = Started()
    sweeper = start.swept(desktop)
    assert not sweeper.is_looking
    try:
        desktop.ready.emit()
        assert sweeper.is_looking
    finally:
        gc.unfreeze()
        sweeper.stop()


def test_a_start_without_data_looks_all_the_same(qtbot, monkeypatch):
    monkeypatch.setattr(start, "AT_LAST_MS", 0)
    sweeper = start.swept(Started())
    qtbot.waitUntil(lambda: sweeper.is_looking)
    sweeper.stop()


def test_memory_is_given_back_once_it_is_due(monkeypatch, clock):
    given = []
    monkeypatch.setattr(heap, "DEBT", heap.Debt(clock))
    sweeper = Sweeper(lambda: True, clock=clock, give_back=lambda: given.append(clock()))
    sweeper.look()
    heap.DEBT.note()
    sweeper.look()
    assert given == []
    clock.now_s += heap.QUIET_S
    sweeper.look()
    sweeper.look()
    assert given == [heap.QUIET_S]
