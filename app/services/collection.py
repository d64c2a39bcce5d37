"""Python's collector of circular garbage, put to rest where there is none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Rows are many short-lived lists without circles; looking for circles among them costs a fifth of the time.

    What is left of them afterwards counts as old: it is looked through with everything else, when that is due, and not
    at the first chance.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():
                gc.freeze()  # and back, into the oldest generation: nothing is looked at for it
                gc.unfreeze()
            gc.enable()
