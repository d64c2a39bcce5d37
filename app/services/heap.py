"""Memory that is not needed any more, given back to the operating system."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import cache

QUIET_S = 0.5
"""Memory is given back so long after it was let go of. Whoever asks the next question sooner, a keystroke later, would
have to be given it anew by the system, page by page: a fifth of the time to its rows."""


class Debt:
    """Memory that was let go of and not given back yet. Threads: any.

    Args:
        clock: seconds that only go on.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is any."""
        return self._since is not None

    def note(self) -> None:
        """Something large was let go of just now."""
        self._since = self._clock()

    def is_due(self) -> bool:
        """Whether it is time to give it back; whoever asks does so then, and it is open no more."""
        if self._since is None or self._clock() - self._since < QUIET_S:
            return False
        self._since = None
        return True


DEBT = Debt()
"""Of this process."""


def give_back() -> None:
    """Give back what is free. After work that took a hundred megabytes in small pieces, such as sorting a million rows
    in SQLite, the C library would keep them for later. Does nothing where it needs no telling. Threads: any."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    """`malloc_trim` of glibc; None on other systems."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    return getattr(ctypes.CDLL(None), "malloc_trim", None)
