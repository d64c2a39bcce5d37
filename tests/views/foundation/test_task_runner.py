"""Three outcomes, sampled progress, three lanes, and nothing left running."""

import asyncio
import threading
from concurrent.futures import Future

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication, QLabel
from shiboken6 import delete

from app.services.tasks import Progress, TaskCancelled
from app.views.event_loop import WindowLoop
from app.views.task_runner import TaskRunner, progress_share


class Outcomes:
    def __init__(self, handle):
        self.heard, self.threads = [], set()
        for name in ("succeeded", "failed", "progressed"):
            getattr(handle, name).connect(lambda value, name=name: self._hear((name, value)))
        for name in ("cancelled", "finished"):
            getattr(handle, name).connect(lambda name=name: self._hear((name,)))

    def _hear(self, event):
        self.heard.append(event)
        self.threads.add(QThread.currentThread())

    @property
    def names(self):
        return [event[0] for event in self.heard if event[0] != "progressed"]


def test_a_result_arrives_in_the_gui_thread(runner, qtbot, qapp):
    def add(a, b, *, ctx):
        assert threading.current_thread() is not threading.main_thread()
        return a + b

    handle = runner.start(add, 2, b=3)
    outcomes = Outcomes(handle)
    with qtbot.waitSignal(handle.finished):
        pass
    assert outcomes.heard == [("succeeded", 5), ("finished",)]
    assert outcomes.threads == {qapp.thread()}
    assert handle.is_finished
    assert runner.is_idle


def test_an_exception_is_an_outcome(runner, qtbot):
    error = ValueError("broken")

    def fail(*, ctx):
        raise error

    handle = runner.start(fail)
    outcomes = Outcomes(handle)
    qtbot.waitUntil(lambda: outcomes.names == ["failed", "finished"])
    assert outcomes.heard[0][1] is error


class Receiver(QLabel):
    """Hears of a task in every way the window uses; being told after its end is an error of Qt's."""

    def __init__(self, heard):
        super().__init__()
        self.heard = heard

    def hear(self, *said):
        self.setText("told")
        self.heard.append(said)

    def listen_to(self, handle, act):
        handle.succeeded.connect(self.hear)
        handle.succeeded.connect(lambda value: self.hear("lambda", value))
        handle.succeeded.connect(lambda value: act("handed on", value))
        handle.progressed.connect(lambda progress: self.hear("progress", progress))
        handle.finished.connect(lambda: self.hear("finished"))


@pytest.mark.parametrize("is_there", [True, False])
def test_who_is_gone_when_the_result_comes_is_told_nothing(runner, qtbot, is_there):
    gate, heard, others = threading.Event(), [], []

    def work(*, ctx):
        ctx.report(1, 2)
        assert gate.wait(10)
        return 7

    handle = runner.start(work)
    receiver = Receiver(heard)
    receiver.listen_to(handle, receiver.hear)
    handle.succeeded.connect(lambda value: others.append(value))
    if not is_there:
        delete(receiver)
    gate.set()
    qtbot.waitUntil(lambda: handle.is_finished and runner.is_idle)
    assert others == [7]
    told = [said for said in heard if said[0] != "progress"]
    assert told == ([(7,), ("lambda", 7), ("handed on", 7), ("finished",)] if is_there else [])
    if is_there:
        delete(receiver)


def test_cancelling_stops_at_the_next_checkpoint(runner, qtbot):
    begun = threading.Event()

    def work(*, ctx):
        begun.set()
        assert ctx.stop.wait(10)
        ctx.checkpoint()

    handle = runner.start(work)
    outcomes = Outcomes(handle)
    qtbot.waitUntil(begun.is_set)
    handle.cancel()
    qtbot.waitUntil(lambda: outcomes.names == ["cancelled", "finished"])


def test_pausing_reaches_the_function(runner, qtbot):
    seen = []
    go_on = threading.Event()

    def work(*, ctx):
        assert go_on.wait(10)
        seen.append(ctx.pause.is_set())

    handle = runner.start(work)
    handle.pause()
    assert handle.is_paused
    go_on.set()
    with qtbot.waitSignal(handle.finished):
        pass
    handle.pause(False)
    assert seen == [True]
    assert not handle.is_paused


def test_progress_is_sampled_not_told_per_row(runner, qtbot):
    begun, go_on = threading.Event(), threading.Event()

    def count(*, ctx):
        for n in range(5000):
            ctx.report(n, 10000)
        begun.set()
        assert go_on.wait(10)
        for n in range(5000, 10000):
            ctx.report(n + 1, 10000, failed=2)

    handle = runner.start(count)
    outcomes = Outcomes(handle)
    qtbot.waitUntil(lambda: any(event[0] == "progressed" for event in outcomes.heard))
    assert begun.is_set()
    go_on.set()
    qtbot.waitUntil(lambda: "finished" in outcomes.names)
    told = [event[1] for event in outcomes.heard if event[0] == "progressed"]
    assert len(told) < 20
    assert told[-1] == Progress(10000, 10000, 2)


def test_the_same_progress_is_told_once(runner, qtbot):
    begun, go_on = threading.Event(), threading.Event()

    def wait(*, ctx):
        ctx.report(1, 2)
        begun.set()
        assert go_on.wait(10)

    handle = runner.start(wait)
    outcomes = Outcomes(handle)
    qtbot.waitUntil(begun.is_set)
    for _ in range(3):
        handle.sample()
    go_on.set()
    qtbot.waitUntil(lambda: "finished" in outcomes.names)
    assert [event for event in outcomes.heard if event[0] == "progressed"] == [("progressed", Progress(1, 2))]


def test_a_function_without_context(runner, qtbot):
    handle = runner.call(max, 3, 7)
    with qtbot.waitSignal(handle.succeeded) as told:
        pass
    assert told.args == [7]


class FakeWorker:
    def __init__(self):
        self.asked = []

    def submit(self, function, /, *args, ctx):
        future = Future()
        self.asked.append((function, args, ctx, future))
        return future


def test_heavy_work_goes_to_the_worker_process(qtbot):
    worker = FakeWorker()
    runner = TaskRunner(heavy=worker)
    handle = runner.start_heavy("app.services.x:work", "file.xlsx", 7)
    outcomes = Outcomes(handle)
    function, args, ctx, future = worker.asked[0]
    assert (function, args) == ("app.services.x:work", ("file.xlsx", 7))
    assert ctx is handle.context
    ctx.report(1, 4)
    threading.Thread(target=future.set_result, args=("done",)).start()
    qtbot.waitUntil(lambda: "finished" in outcomes.names)
    assert outcomes.heard[-2:] == [("succeeded", "done"), ("finished",)]
    runner.shutdown()


def test_a_cancelled_heavy_job_is_cancelled(qtbot):
    worker = FakeWorker()
    runner = TaskRunner(heavy=worker)
    outcomes = Outcomes(runner.start_heavy("app.services.x:work"))
    worker.asked[0][3].set_exception(TaskCancelled())
    qtbot.waitUntil(lambda: outcomes.names == ["cancelled", "finished"])
    runner.shutdown()


def test_heavy_work_needs_a_worker(runner):
    with pytest.raises(RuntimeError, match="worker"):
        runner.start_heavy("app.services.x:work")


def test_coroutines_run_on_the_running_loop(runner, qapp):
    async def fetch(what, *, ctx):
        await asyncio.sleep(0)
        ctx.report(1, 1)
        assert threading.current_thread() is threading.main_thread()
        return what * 2

    async def drive():
        handle = runner.start(fetch, "ab")
        outcomes, finished = Outcomes(handle), asyncio.Event()
        handle.finished.connect(finished.set)
        await finished.wait()
        return outcomes

    outcomes = _run(qapp, drive())
    assert ("succeeded", "ab" * 2) in outcomes.heard


def test_a_coroutine_that_raises_or_is_stopped(runner, qapp):
    async def fail(*, ctx):
        raise KeyError("gone")

    begun = asyncio.Event()

    async def wait(*, ctx):
        begun.set()
        while True:
            ctx.checkpoint()
            await asyncio.sleep(0)

    async def drive():
        failing, waiting = runner.start(fail), runner.start(wait)
        both = Outcomes(failing), Outcomes(waiting)
        ends = [asyncio.Event(), asyncio.Event()]
        for handle, end in zip((failing, waiting), ends, strict=True):
            handle.finished.connect(end.set)
        await begun.wait()
        waiting.cancel()
        await asyncio.gather(*(end.wait() for end in ends))
        return both

    failed, stopped = _run(qapp, drive())
    assert failed.names == ["failed", "finished"]
    assert stopped.names == ["cancelled", "finished"]


def _run(qapp: QApplication, coroutine):
    loop = WindowLoop(qapp)
    try:
        return loop.run_until_complete(asyncio.wait_for(coroutine, 20))
    finally:
        loop.close()


def test_shutdown_stops_what_runs_and_waits_for_it(qtbot):
    runner = TaskRunner(workers=1)
    begun, ended = threading.Event(), []

    def work(*, ctx):
        begun.set()
        assert ctx.stop.wait(10)
        ended.append(True)

    outcomes = Outcomes(runner.start(work))
    never = Outcomes(runner.start(work))
    qtbot.waitUntil(begun.is_set)
    runner.shutdown()
    assert ended == [True]
    assert runner.is_idle
    late = [Outcomes(runner.call(ended.append, False)), Outcomes(runner.start(work))]  # as a timer of a window may
    QApplication.processEvents()
    assert outcomes.heard == never.heard == late[0].heard == late[1].heard == []
    assert ended == [True]


def test_stop_all_still_reports(runner, qtbot):
    def work(*, ctx):
        assert ctx.stop.wait(10)
        ctx.checkpoint()

    every = [Outcomes(runner.start(work)) for _ in range(5)]
    runner.stop_all()
    qtbot.waitUntil(lambda: all("finished" in outcomes.names for outcomes in every))
    assert all(outcomes.names == ["cancelled", "finished"] for outcomes in every)


@pytest.mark.parametrize(
    ("progress", "share"),
    [(Progress(5), None), (Progress(0, 0), None), (Progress(1, 4), 0.25), (Progress(9, 4), 1.0)],
)
def test_share(progress, share):
    assert progress_share(progress) == share


def test_shutdown_after_qt_has_taken_its_timer(qtbot):
    runner = TaskRunner(workers=1)
    delete(runner._sampler)
    runner.shutdown()
    assert runner.is_idle
