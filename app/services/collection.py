"""Python's collector of circular garbage, put to rest where there is none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_has_frozen = False


def freeze_for_good() -> None:
    """Never look through again what there is now: code, widgets."""
    global _has_frozen
    _has_frozen = True
    gc.freeze()


@contextmanager
def without_collection() -> Iterator[None]:
    """Rows are many short-lived lists without circles; looking for circles among them costs a fifth of the time.

    What is left of them afterwards counts as old: it is looked through with everything else, when that is due, and not
    at the first chance. Not where something is frozen for good, which would be thawed.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not _has_frozen:  # to ask Python itself means to count all that is frozen
                gc.freeze()  # and back, into the oldest generation: nothing is looked at for it
                gc.unfreeze()
            gc.enable()
