"""The window's event loop keeps asyncio's promises and lets Qt have its turn."""

import asyncio
import threading
from contextvars import ContextVar, copy_context

import pytest
from PySide6.QtCore import QEventLoop, QTimer

from app.views.event_loop import DEAD_MIN, WindowLoop


@pytest.fixture
def loop(qtbot, qapp):
    made = WindowLoop(qapp)
    yield made
    made.close()
    asyncio.set_event_loop(None)


def run(loop, coroutine):
    return loop.run_until_complete(asyncio.wait_for(coroutine, 20))


def test_callbacks_run_in_order_and_new_ones_after_those_that_wait(loop):
    said = []

    async def work():
        done = loop.create_future()
        loop.call_soon(lambda: (said.append("first"), loop.call_soon(said.append, "third")))
        loop.call_soon(said.append, "second")
        loop.call_later(0, lambda: loop.call_soon(loop.call_soon, done.set_result, None))
        await done

    run(loop, work())
    assert said == ["first", "second", "third"]


def test_timers_run_in_the_order_of_their_time_and_never_before_it(loop):
    ran = []

    async def work():
        done, start = loop.create_future(), loop.time()
        for delay in (0.03, 0.01, 0.02):
            loop.call_at(start + delay, lambda delay=delay: ran.append((delay, loop.time() - start)))
        loop.call_later(0.04, done.set_result, None)
        await done

    run(loop, work())
    assert [delay for delay, _ in ran] == [0.01, 0.02, 0.03]
    assert all(moment >= delay for delay, moment in ran)


def test_what_is_cancelled_does_not_run(loop):
    said = []

    async def work():
        loop.call_soon(said.append, "soon").cancel()
        loop.call_later(0.001, said.append, "later").cancel()
        await asyncio.sleep(0.005)

    run(loop, work())
    assert said == []


def test_time_outs_that_were_not_needed_are_swept_out(loop):
    async def work():
        kept = loop.call_later(3600, print)
        for _ in range(10 * DEAD_MIN):
            loop.call_later(1800, print).cancel()
        assert len(loop._later) <= 2 * DEAD_MIN
        assert kept in loop._later
        kept.cancel()

    run(loop, work())


def test_the_alarm_is_set_once_for_a_time_however_many_turns_come_before_it(loop, monkeypatch):
    """Setting one of Qt's timers takes as long as a callback."""
    began, alarm = [], loop._alarm

    class Counted:
        def start(self, milliseconds):
            began.append(milliseconds)
            alarm.start(milliseconds)

        def stop(self):
            alarm.stop()

    monkeypatch.setattr(loop, "_alarm", Counted())

    async def work():
        done = loop.create_future()
        loop.call_later(0.05, done.set_result, None)
        for _ in range(20):
            await asyncio.sleep(0)
        turns.append(len(began))
        await done

    turns = []
    run(loop, work())
    assert turns[0] <= 2, "the time-out of the whole, and ours"


def test_an_alarm_that_came_too_soon_is_set_again(loop):
    """Qt's timer and asyncio's clock are two clocks: the alarm may go off before the time-out is due."""

    async def work():
        done = loop.create_future()
        loop.call_later(0.3, done.set_result, "ran")
        await asyncio.sleep(0)  # the alarm is set
        loop._alarm.stop()  # a timer that went off is over
        loop._alarm.timeout.emit()
        bound.start()
        return await done

    bound = QTimer(singleShot=True, interval=10_000)  # Qt's own: the loop's time-outs wait for the same alarm
    bound.timeout.connect(loop.stop)
    assert loop.run_until_complete(work()) == "ran"


def test_callbacks_go_on_in_a_loop_within_the_loop(loop):
    said = []

    async def work():
        menu, closed = QEventLoop(), asyncio.Event()
        loop.call_soon(lambda: (menu.exec(), said.append("closed"), closed.set()))
        loop.call_soon(said.append, "meanwhile")
        loop.call_soon(loop.call_later, 0.001, menu.quit)
        await closed.wait()

    run(loop, work())
    assert said == ["meanwhile", "closed"]


def test_a_long_turn_lets_qt_answer_before_it_goes_on(loop, monkeypatch):
    said = []
    clock = iter(range(10_000))

    async def work():
        painted = QTimer(singleShot=True, interval=0)
        painted.timeout.connect(lambda: said.append("painted"))
        painted.start()
        done = loop.create_future()
        for number in range(20):
            loop.call_soon(said.append, number)
        loop.call_soon(done.set_result, None)
        monkeypatch.setattr(loop, "time", lambda: float(next(clock)))  # every callback takes a second
        await done
        monkeypatch.undo()

    run(loop, work())
    assert [word for word in said if word != "painted"] == list(range(20))
    assert said.index("painted") < len(said) - 1


def test_another_thread_may_ask_for_a_callback(loop):
    async def work():
        done = loop.create_future()
        thread = threading.Thread(target=lambda: loop.call_soon_threadsafe(done.set_result, "heard"))
        thread.start()
        said = await done
        thread.join()
        return said

    assert run(loop, work()) == "heard"


def test_a_callback_runs_in_its_own_context(loop):
    name = ContextVar("name", default="none")
    said = []

    async def work():
        context = copy_context()
        context.run(name.set, "given")
        loop.call_soon(lambda: said.append(name.get()), context=context)
        loop.call_later(0.001, lambda: said.append(name.get()), context=context)
        await asyncio.sleep(0.005)

    run(loop, work())
    assert said == ["given", "given"]


def test_an_error_in_a_callback_is_told_and_stops_no_other(loop):
    told, said = [], []
    loop.set_exception_handler(lambda _, context: told.append(type(context["exception"])))

    async def work():
        loop.call_soon(int, "no number")
        loop.call_soon(said.append, "next")
        await asyncio.sleep(0.001)

    run(loop, work())
    assert (told, said) == ([ValueError], ["next"])
