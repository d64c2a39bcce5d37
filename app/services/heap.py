"""Memory that is not needed any more, given back to the operating system."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache


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
