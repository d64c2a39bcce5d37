"""What is typed is stored in order, under the listing it was typed into, and never lost."""

import threading
from types import SimpleNamespace

import pytest

from app.services.errors import AppError
from app.services.listings.records import ListingRecord, SkuRecord
from app.views.activity.jobs import Jobs
from app.views.listings.saver import PAUSE_MS, RETRIES, Saver


class Store:
    """A service that keeps what it is given; `gate` holds it up, `errors` are raised one by one."""

    def __init__(self):
        self.calls, self.errors, self.gate = [], [], threading.Event()
        self.gate.set()

    def save(self, edits, title, *, continues=None):
        assert self.gate.wait(10)
        if self.errors:
            raise self.errors.pop(0)
        (edit,) = edits
        self.calls.append((edit.listing_id, dict(edit.fields), dict(edit.skus), edit.images, title, continues))
        return SimpleNamespace(uid=continues or f"u{len(self.calls)}")

    @property
    def fields(self):
        return [(listing_id, fields) for listing_id, fields, *_ in self.calls]


@pytest.fixture
def store():
    made = Store()
    yield made
    made.gate.set()


@pytest.fixture
def jobs():
    return Jobs()


@pytest.fixture
def saver(runner, store, jobs, qtbot):
    made = Saver(runner, store.save, jobs=jobs)
    made.begin(1, "Lamp")
    yield made
    store.gate.set()
    made._timer.stop()
    qtbot.waitUntil(lambda: runner.is_idle)


def settle(qtbot, saver):
    qtbot.waitUntil(lambda: not saver.is_pending)


def test_a_pause_stores_what_was_typed_last(saver, store, qtbot):
    for text in ("L", "La", "Lamp"):
        saver.put_field("title", text)
    assert saver._timer.isActive()
    assert saver._timer.interval() == PAUSE_MS == 400
    with qtbot.waitSignal(saver.saved) as told:
        pass
    assert store.fields == [(1, {"title": "Lamp"})]
    assert told.args == [1, SimpleNamespace(uid="u1")]


def test_typing_on_in_one_field_continues_the_change(saver, store, qtbot):
    saver.put_field("title", "La")
    saver.flush()
    settle(qtbot, saver)
    saver.put_field("title", "Lamp")
    saver.flush()
    settle(qtbot, saver)
    assert [call[5] for call in store.calls] == [None, "u1"]


def test_leaving_the_field_begins_a_new_step_even_while_the_first_is_under_way(saver, store, qtbot):
    store.gate.clear()
    saver.put_field("title", "La")
    saver.flush()
    saver.put_field("title", "Lamp")
    saver.forget_typing()
    saver.put_field("title", "Lamps")
    store.gate.set()
    settle(qtbot, saver)
    assert [(call[1]["title"], call[5]) for call in store.calls] == [("La", None), ("Lamp", "u1"), ("Lamps", None)]


def test_two_fields_are_two_steps(saver, store, qtbot):
    saver.put_field("title", "Lamp")
    saver.forget_typing()
    saver.put_field("keywords", "lamp")
    saver.flush()
    settle(qtbot, saver)
    assert store.fields == [(1, {"title": "Lamp"}), (1, {"keywords": "lamp"})]
    assert [call[5] for call in store.calls] == [None, None]


def test_what_was_typed_belongs_to_its_listing_also_when_the_row_changes_meanwhile(saver, store, qtbot):
    store.gate.clear()
    saver.put_field("title", "First")
    saver.flush()
    saver.put_field("title", "First, more")
    saver.begin(2, "Mug")
    saver.put_field("title", "Second")
    saver.begin(3, "Cup")
    store.gate.set()
    settle(qtbot, saver)
    assert store.fields == [(1, {"title": "First"}), (1, {"title": "First, more"}), (2, {"title": "Second"})]
    assert [call[4] for call in store.calls] == ["Lamp", "Lamp", "Mug"]


def test_never_two_at_a_time(saver, store, qtbot, runner):
    store.gate.clear()
    saver.put_field("title", "La")
    saver.flush()
    saver.put_field("title", "Lamp")
    saver.flush()
    assert len(runner._live) == 1
    store.gate.set()
    settle(qtbot, saver)
    assert [fields["title"] for _, fields in store.fields] == ["La", "Lamp"]


def test_choices_cells_and_pictures_are_stored_at_once_each_a_step_of_its_own(saver, store, qtbot):
    saver.choose_field("freight_template_id", "7")
    saver.choose_field("freight_template_id", "8")
    saver.put_skus({11: {"price_minor": 100}, 12: {"price_minor": 200}})
    saver.put_images(["b.jpg", "a.jpg"])
    assert not saver._timer.isActive()
    settle(qtbot, saver)
    assert [call[1] for call in store.calls[:2]] == [{"freight_template_id": "7"}, {"freight_template_id": "8"}]
    assert store.calls[2][2] == {11: {"price_minor": 100}, 12: {"price_minor": 200}}
    assert store.calls[3][3] == ["b.jpg", "a.jpg"]
    assert [call[5] for call in store.calls] == [None] * 4


def test_a_failure_keeps_what_was_typed_tells_once_and_tries_again(saver, store, qtbot, monkeypatch):
    monkeypatch.setattr("app.views.listings.saver.RETRY_MS", 1)
    store.errors = [AppError("disk"), AppError("disk")]
    told = []
    saver.failed.connect(told.append)
    saver.put_field("title", "Lamp")
    saver.flush()
    settle(qtbot, saver)
    assert (store.fields, store.errors) == ([(1, {"title": "Lamp"})], [])
    assert len(told) == 1
    assert not saver.has_failed
    saver.put_field("title", "Lamps")
    assert saver._timer.interval() == PAUSE_MS


def test_after_some_failures_it_waits_for_the_next_word(saver, store, qtbot, monkeypatch):
    monkeypatch.setattr("app.views.listings.saver.RETRY_MS", 1)
    store.errors = [AppError("disk")] * (RETRIES + 1)
    saver.put_field("title", "Lamp")
    saver.flush()
    qtbot.waitUntil(lambda: not store.errors and saver._in_flight is None)
    assert saver.has_failed
    assert not saver._timer.isActive()
    saver.put_field("title", "Lamps")
    saver.flush()
    settle(qtbot, saver)
    assert store.fields[-1] == (1, {"title": "Lamps"})


def test_what_waits_for_the_store_is_done_afterwards_in_order(saver, store, qtbot):
    done = []
    saver.when_stored(lambda: done.append("at once"))
    assert done == ["at once"]
    store.gate.clear()
    saver.put_field("title", "Lamp")
    saver.when_stored(lambda: done.append(store.fields))
    assert len(done) == 1
    store.gate.set()
    settle(qtbot, saver)
    qtbot.waitUntil(lambda: len(done) == 2)
    assert done[1] == [(1, {"title": "Lamp"})]


def test_what_waited_is_dropped_when_storing_fails(saver, store, qtbot):
    done = []
    store.errors = [AppError("disk")]
    saver.put_field("title", "Lamp")
    saver.when_stored(lambda: done.append("published"))
    qtbot.waitUntil(lambda: saver.has_failed)
    saver.flush()
    settle(qtbot, saver)
    assert done == []


def test_the_stamp_tells_what_was_read_before(saver, store, qtbot):
    before = saver.stamp
    saver.put_field("title", "Lamp")
    assert saver.stamp == before
    saver.flush()
    settle(qtbot, saver)
    assert saver.stamp == before + 1


def test_what_is_not_stored_yet_lies_over_what_is_read(saver, store, qtbot):
    def read():
        return ListingRecord(1, 1, title="Old", keywords="old", skus=[SkuRecord(11, "A", 100, 1)], images=["a.jpg"])

    store.gate.clear()
    saver.put_field("title", "Typed")
    saver.flush()
    saver.put_field("title", "Typed on")
    saver.put_skus({11: {"price_minor": 200}})
    saver.put_images(["b.jpg"])
    record, other = read(), read()
    other.id = 2
    saver.overlay(record)
    saver.overlay(other)
    assert (record.title, record.keywords, record.images) == ("Typed on", "old", ["b.jpg"])
    assert (record.skus[0].price_minor, record.skus[0].stock) == (200, 1)
    assert other.title == "Old"
    store.gate.set()
    settle(qtbot, saver)
    record = read()
    saver.overlay(record)
    assert record.title == "Old"


def test_the_window_does_not_close_over_it(saver, store, jobs, qtbot):
    store.gate.clear()
    saver.put_field("title", "Lamp")
    jobs.leaving.emit()
    assert jobs.is_keeping
    with qtbot.waitSignal(jobs.let_go):
        store.gate.set()
    assert not jobs.has_lost
    assert store.fields == [(1, {"title": "Lamp"})]
