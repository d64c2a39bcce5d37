"""What a long command waits for, told while it waits: one line on standard error."""

from __future__ import annotations

import sys

from app.messages import tr
from app.services.publishing.waits import WAITS
from app.services.tasks import TaskContext


class Spoken(TaskContext):
    """Says each wait once, in words and until when; counts and seconds that tick are not repeated."""

    def __init__(self) -> None:
        super().__init__()
        self._said = ""

    def report(self, done: int, total: int | None = None, *, failed: int = 0, note: str = "", **params: object) -> None:
        """Keep the progress; say a new wait."""
        super().report(done, total, failed=failed, note=note, **params)
        if note != self._said and note in WAITS:
            sys.stderr.write(tr(note, **params) + "\n")
            sys.stderr.flush()
        if note:
            self._said = note
