"""The worker process: results, errors, progress, cancelling, death, shutdown."""

from __future__ import annotations

import os
import time

import pytest

from app.services.errors import InputError
from app.services.tasks import Progress, TaskCancelled, TaskContext
from app.services.worker import WorkerDied, WorkerProcess

HERE = "tests.unit.services.test_worker"


def double(number: int, *, ctx: TaskContext) -> tuple[int, int]:
    ctx.report(number, number, note="done")
    return number * 2, os.getpid()


def refuse(name: str, *, ctx: TaskContext) -> None:
    raise InputError("workbook.damaged", file=name)


def wait_for_stop(*, ctx: TaskContext) -> None:
    for done in range(100_000):
        ctx.report(done, None)
        ctx.checkpoint()
        time.sleep(0.005)


def die(*, ctx: TaskContext) -> None:
    os._exit(7)


def stumble(*, ctx: TaskContext) -> object:
    return ()[1]


def unpicklable(*, ctx: TaskContext) -> object:
    return lambda: None


@pytest.fixture
def worker():
    process = WorkerProcess()
    yield process
    process.close()


def test_runs_in_another_process_which_lives_on(worker):
    ctx = TaskContext()
    first = worker.submit(f"{HERE}:double", 21, ctx=ctx).result(30)
    second = worker.submit(f"{HERE}:double", 4).result(30)
    assert (first[0], second[0]) == (42, 8)
    assert first[1] == second[1] != os.getpid()
    assert ctx.progress == Progress(21, 21, 0, "done")


def test_errors_come_back_as_they_were(worker):
    with pytest.raises(InputError) as error:
        worker.submit(f"{HERE}:refuse", "a.xlsx").result(30)
    assert error.value.error_code == "workbook.damaged"
    assert error.value.params == {"file": "a.xlsx"}
    assert str(error.value) == "workbook.damaged(file='a.xlsx')"
    with pytest.raises(IndexError) as bug:
        worker.submit(f"{HERE}:stumble").result(30)
    assert "in stumble" in bug.value.__notes__[0]  # the log of the window says where
    with pytest.raises(RuntimeError, match="pickle"):
        worker.submit(f"{HERE}:unpicklable").result(30)
    assert worker.submit(f"{HERE}:double", 1).result(30)[0] == 2


def test_cancelling_stops_at_the_next_checkpoint(worker):
    ctx = TaskContext()
    future = worker.submit(f"{HERE}:wait_for_stop", ctx=ctx)
    while ctx.progress.done == 0 and not future.done():
        time.sleep(0.01)
    ctx.stop.set()
    with pytest.raises(TaskCancelled):
        future.result(30)
    assert worker.submit(f"{HERE}:double", 2).result(30)[0] == 4


def test_death_is_a_failed_task_and_the_next_one_gets_a_new_process(worker):
    with pytest.raises(WorkerDied) as error:
        worker.submit(f"{HERE}:die").result(30)
    assert error.value.params["exit_code"] == 7
    assert worker.submit(f"{HERE}:double", 3).result(30)[0] == 6


def test_closing_stops_the_running_job_and_refuses_waiting_ones():
    worker = WorkerProcess()
    running = worker.submit(f"{HERE}:wait_for_stop")
    waiting = worker.submit(f"{HERE}:wait_for_stop")
    worker.close()
    outcomes = []
    for future in (running, waiting):
        outcomes.append("cancelled" if future.cancelled() else type(future.exception(10)).__name__)
    assert sorted(outcomes) == ["TaskCancelled", "cancelled"]
    worker.close()
