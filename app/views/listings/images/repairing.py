"""One repair at a time: prepared, stored or let go of. It outlives its dialog until no unwanted file is left."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.services.images.repair_plans import Repaired, RepairPlan
from app.services.images.repairing import RepairOptions
from app.services.listings.chosen import Chosen
from app.services.tasks import Progress
from app.views.context import ViewContext
from app.views.task_runner import TaskHandle


class Repairing(QObject):
    """Calls of the worker process one after the other: the files of an older plan are gone before the next is made,
    for two plans may want the same file.

    Attributes:
        plan: what was prepared last and is neither stored nor let go of.

    Emits:
        progressed: the `Progress` of the preparation in force.
        prepared: its `RepairPlan`.
        failed: the exception of a preparation or of storing.
        stored: the `Repaired`.
    """

    progressed = Signal(object)
    prepared = Signal(object)
    failed = Signal(object)
    stored = Signal(object)

    def __init__(self, context: ViewContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._desk = context, context.services.images
        self.plan: RepairPlan | None = None
        self._wanted: tuple[Any, ...] | None = None
        self._unwanted: list[str] = []
        self._handle: TaskHandle | None = None
        self._can_stop = self._has_ended = False

    @property
    def is_preparing(self) -> bool:
        """Whether a plan is awaited."""
        return self._wanted is not None

    def prepare(self, chosen: Chosen, options: RepairOptions) -> None:
        """Repair into files of our own; what was prepared before is let go of."""
        self.drop()
        self._wanted = self._desk.prepare_call(chosen, options)
        self._go_on()

    def drop(self) -> None:
        """Nothing is wanted any more."""
        self._wanted = None
        if self.plan is not None:
            self._unwanted += self.plan.new_files
            self.plan = None
        if self._handle is not None and self._can_stop:
            self._handle.cancel()
        self._go_on()

    def end(self) -> None:
        """As `drop`, and then this object goes."""
        self._has_ended = True
        self.drop()

    def store(self, left_out: Collection[str]) -> None:
        """Show the repaired pictures but those of these originals, as a job."""
        if self.plan is None or self._handle is not None:
            return
        plan = self.plan.without(left_out)
        handle = self._start(self._desk.store_call(plan), lambda done: self._on_stored(done), self.failed.emit)
        self._context.jobs.add(handle, "images.job", icon="photo", n=len(plan.replaced))

    def _on_stored(self, done: Repaired) -> None:
        if self.plan is not None:
            self._unwanted += self.plan.new_files  # those that are shown now stay
        self.plan = None
        self.stored.emit(done)

    def _go_on(self) -> None:
        if self._handle is not None:
            return
        if self._unwanted:
            files, self._unwanted = self._unwanted, []
            handle = self._start(self._desk.let_go_call(files), lambda _: None, lambda _: None)
            self._context.jobs.keep(handle)
        elif self._wanted is not None:
            call = self._wanted
            handle = self._start(
                call, lambda plan: self._on_plan(call, plan), lambda error: self._on_error(call, error)
            )
            self._can_stop = True
            handle.cancelled.connect(lambda: self._on_cancelled(call))
            handle.progressed.connect(lambda progress: self._on_progress(call, progress))
        elif self._has_ended:
            self.deleteLater()

    def _start(
        self, call: tuple[Any, ...], succeeded: Callable[[Any], object], failed: Callable[[Any], object]
    ) -> TaskHandle:
        handle = self._handle = self._context.runner.start_heavy(*call)
        handle.succeeded.connect(succeeded)
        handle.failed.connect(failed)
        handle.finished.connect(self._on_finished)
        return handle

    def _on_progress(self, call: tuple[Any, ...], progress: Progress) -> None:
        if self._wanted is call:
            self.progressed.emit(progress)

    def _on_cancelled(self, call: tuple[Any, ...]) -> None:
        if self._wanted is call:
            self._wanted = None

    def _on_plan(self, call: tuple[Any, ...], plan: RepairPlan) -> None:
        if self._wanted is not call:
            self._unwanted += plan.new_files  # it was ready before it heard that nobody wants it
            return
        self._wanted, self.plan = None, plan
        self.prepared.emit(plan)

    def _on_error(self, call: tuple[Any, ...], error: Exception) -> None:
        if self._wanted is call:
            self._wanted = None
            self.failed.emit(error)

    def _on_finished(self) -> None:
        self._handle, self._can_stop = None, False
        self._go_on()
