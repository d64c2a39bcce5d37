"""What an earlier run left: what is scheduled for later goes on waiting by itself, the rest is offered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.clock import now_ms
from app.views.widgets.dialog import Confirmation

if TYPE_CHECKING:
    from app.services.publishing.batches import OpenBatch
    from app.views.context import ViewContext


@dataclass(frozen=True, slots=True)
class Left:
    """Listings of one store that were not sent.

    Attributes:
        batch_id: only those of this batch, None for all of the store that is due.
        due_ms: when they are to be sent, 0 for at once.
        action: what is done to their sale, "" for publishing.
    """

    store_id: int
    store_name: str
    n: int
    batch_id: int | None = None
    due_ms: int = 0
    action: str = ""


class Unfinished(QObject):
    """Asks at the start.

    A schedule is the user's word given: while its time is ahead it goes on unasked. What is overdue, or was stopped
    midway, is never sent unasked.

    Args:
        start: sends what is left.
        stand: keeps the offer in view instead.
    """

    def __init__(
        self, context: ViewContext, page: QWidget, start: Callable[[Left], object], stand: Callable[[Left], object]
    ) -> None:
        super().__init__(page)
        self._context, self._page, self._start, self._stand = context, page, start, stand

    def look(self, tell: Callable[[Exception], object]) -> None:
        """Look for batches that an earlier run left."""
        handle = self._context.runner.call(self._read)
        handle.succeeded.connect(lambda found: self._go_on(*found))
        handle.failed.connect(tell)

    def _read(self) -> tuple[list[Left], list[Left], bool]:
        """Batches to wait for, stores to ask about, and whether any of these missed its time."""
        services, now = self._context.services, now_ms()
        waiting: list[Left] = []
        due: dict[int, list[OpenBatch]] = {}
        for batch in services.publishing.open_batches():
            if batch.due_ms > now and not batch.unknown:
                name = services.store_name(batch.store_id)
                waiting.append(Left(batch.store_id, name, batch.queued, batch.batch_id, batch.due_ms, batch.action))
            else:
                due.setdefault(batch.store_id, []).append(batch)
        is_overdue = any(0 < batch.due_ms <= now for batches in due.values() for batch in batches)
        return waiting, [_of_store(services.store_name(id), batches) for id, batches in due.items()], is_overdue

    def _go_on(self, waiting: Sequence[Left], due: Sequence[Left], is_overdue: bool) -> None:
        for left in waiting:
            self._start(left)
        if not due:
            return
        question = Confirmation(
            self._page,
            "publish.resume.ask",
            "publish.resume.verb",
            detail_key="publish.resume.overdue" if is_overdue else "publish.resume.detail",
            n=sum(left.n for left in due),
            store=tr("table.list_separator").join(left.store_name for left in due),
        )
        question.accepted.connect(lambda: self._each(self._start, due))
        question.rejected.connect(lambda: self._each(self._stand, due))
        question.open()

    @staticmethod
    def _each(act: Callable[[Left], object], due: Sequence[Left]) -> None:
        for left in due:
            act(left)


def _of_store(name: str, batches: Sequence[OpenBatch]) -> Left:
    """All of a store that is due; called by what is done to its sale where that is the same for all."""
    actions = {batch.action for batch in batches}
    n = sum(batch.queued + batch.unknown for batch in batches)
    return Left(batches[0].store_id, name, n, action=actions.pop() if len(actions) == 1 else "")
