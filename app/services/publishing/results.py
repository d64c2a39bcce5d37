"""What a run gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.models import TaskState
from app.services.errors import AppError
from app.services.publishing.counts import RunCounts
from app.services.publishing.gate import Ending, Gate


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What one run did, as the journal had it in the end; the whole of a batch is `report.batch_report`.

    Attributes:
        batch_ids: batches it worked on.
        queued: listings left unsent, after a stop.
        in_review, live, rejected, failed, unknown, cancelled: where the listings of this run stand.
        attempts: listings that left, to be created or edited, once for each time.
        elapsed_s: seconds the run took; `waited_s` of them waiting for limits.
        ending: why it ended before everything was sent, None where nothing was left.
        error: what made it end, where something did.
        scheduled: of `queued`, those whose time has not come.
        doubles: second products found of what was sent once (`doubles.py`).
        elsewhere: listings that another run has taken on and had not settled when this one ended.
        taken_back: of `cancelled`, those that somebody took back while this run waited for them.
    """

    batch_ids: tuple[int, ...]
    queued: int
    in_review: int
    live: int
    rejected: int
    failed: int
    unknown: int
    cancelled: int
    attempts: int
    elapsed_s: float
    waited_s: float
    ending: Ending | None = None
    error: AppError | None = None
    scheduled: int = 0
    doubles: int = 0
    elsewhere: int = 0
    taken_back: int = 0

    @property
    def on_platform(self) -> int:
        """Listings the marketplace has taken: live or in review."""
        return self.live + self.in_review

    @property
    def is_signed_out(self) -> bool:
        """Whether the run ended because the store's authorisation did."""
        return self.ending is Ending.SIGNED_OUT

    @classmethod
    def of(
        cls,
        counts: RunCounts,
        gate: Gate,
        batch_ids: Sequence[int],
        elapsed_s: float,
        scheduled: int,
        taken_back: int,
    ) -> BatchResult:
        """The result of a run that has ended."""

        return cls(
            tuple(batch_ids),
            counts.of(TaskState.QUEUED),
            counts.of(TaskState.IN_REVIEW),
            counts.of(TaskState.LIVE),
            counts.of(TaskState.REJECTED),
            counts.of(TaskState.FAILED),
            counts.of(TaskState.UNKNOWN),
            counts.of(TaskState.CANCELLED),
            counts.attempts,
            elapsed_s,
            gate.waited_s,
            gate.ending,
            gate.error,
            scheduled,
            counts.doubles,
            counts.of(TaskState.SENDING),
            taken_back,
        )
