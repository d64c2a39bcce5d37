"""Counts beside the segments: of the question in force, and of everything, which is counted once."""

from __future__ import annotations

import pytest

from app.services.paging import Filter, Query
from app.views.listings.counts import SegmentCounts


class Desk:
    def __init__(self):
        self.asked = []
        self.found = {"live": 2}

    def counts(self, query, ctx):
        self.asked.append(query)
        ctx.checkpoint()
        return dict(self.found)


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def counts(runner, desk):
    return SegmentCounts(runner, desk)


def ask(counts, query, qtbot):
    with qtbot.waitSignal(counts.counted) as caught:
        counts.ask(query)
    return caught.args


def test_everything_is_counted_once_for_the_same_stores(counts, desk, qtbot):
    lamp = Query(text="lamp", store_ids=(1,))
    assert ask(counts, lamp, qtbot) == [{"live": 2}, {"live": 2}]
    ask(counts, Query(text="mug", store_ids=(1,)), qtbot)
    everything = Query(store_ids=(1,))
    assert desk.asked == [everything, lamp, Query(text="mug", store_ids=(1,))]
    ask(counts, Query(text="mug", store_ids=(2,)), qtbot)
    assert desk.asked[3] == Query(store_ids=(2,))


def test_a_segment_alone_narrows_nothing(counts, desk, qtbot):
    ask(counts, Query(filters=(Filter("status", "in", ("live",)),)), qtbot)
    assert desk.asked == [Query()]


def test_what_changed_is_counted_anew(counts, desk, qtbot):
    ask(counts, Query(), qtbot)
    desk.found = {"live": 3}
    assert ask(counts, Query(), qtbot)[1] == {"live": 2}
    counts.forget()
    assert ask(counts, Query(), qtbot)[1] == {"live": 3}


def test_an_older_question_is_not_answered(counts, desk, qtbot, runner):
    told = []
    counts.counted.connect(lambda *found: told.append(found))
    counts.ask(Query(text="la"))
    counts.ask(Query(text="lam"))
    qtbot.waitUntil(lambda: runner.is_idle)
    counts.stop()
    assert len(told) == 1
    assert Query(text="lam") in desk.asked
