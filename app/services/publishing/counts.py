"""True counts of one run: what it took on and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from app.models import TaskState
from app.services.tasks import TaskContext

DONE = frozenset({TaskState.IN_REVIEW, TaskState.LIVE, TaskState.REJECTED, TaskState.FAILED, TaskState.CANCELLED})
"""A task is done for the progress bar once the platform has the listing or it will not get it."""
BAD = frozenset({TaskState.FAILED, TaskState.REJECTED})


class RunCounts:
    """The states of this run's tasks as far as they are on disk, and the progress made of them.

    Tasks that were only waiting for their review when the run began count in the result, not in the progress: a run
    that sends ten listings shows ten, however many older ones are still being reviewed.

    Attributes:
        attempts: listings that left, to be created or edited, once for each time.
        doubles: superfluous products that were found.
    """

    def __init__(self, ctx: TaskContext) -> None:
        self._ctx = ctx
        self._states: dict[int, TaskState] = {}
        self._older: frozenset[int] = frozenset()
        self._all: Counter[TaskState] = Counter()
        self._shown: Counter[TaskState] = Counter()
        self._note: tuple[str, dict[str, object]] = ("", {})
        self.attempts = 0
        self.doubles = 0

    def start(self, states: Mapping[int, TaskState]) -> None:
        """Where the tasks stand that the run begins with."""
        older = frozenset(task_id for task_id, state in states.items() if state == TaskState.IN_REVIEW)
        self._older = older if len(older) < len(states) else frozenset()
        self.put_all(states)

    def put(self, task_id: int, state: TaskState) -> None:
        """A task is in *state* now, and that is on disk."""
        self.put_all({task_id: state})

    def put_all(self, states: Mapping[int, TaskState]) -> None:
        """Several tasks at once, told as one step."""
        for task_id, state in states.items():
            self._count(task_id, state)
        self.report()

    def _count(self, task_id: int, state: TaskState) -> None:
        before = self._states.get(task_id)
        self._states[task_id] = state
        for tally in (self._all,) if task_id in self._older else (self._all, self._shown):
            tally[state] += 1
            if before is not None:
                tally[before] -= 1

    def tasks(self, *states: TaskState) -> list[int]:
        """Ids of the run's tasks, or of those in one of *states*."""
        return [task_id for task_id, state in self._states.items() if not states or state in states]

    def say(self, note: str, **params: object) -> None:
        """What the run waits for or works on besides sending: a message key, "" for nothing."""
        if (note, params) != self._note:
            self._note = (note, params)
            self.report()

    def report(self) -> None:
        """Tell the context: done is what is settled or in review."""
        note, params = self._note
        done, bad = (sum(self._shown[state] for state in states) for states in (DONE, BAD))
        self._ctx.report(done, self._shown.total(), failed=bad, note=note, **params)

    def of(self, *states: TaskState) -> int:
        """Tasks of the run that are in one of *states*."""
        return sum(self._all[state] for state in states)
