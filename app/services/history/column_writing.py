"""Giving very many variants new numbers, and their listings what follows from them.

First variants, block by block, then their listings, block by block, so that each table is gone through once in its
order. SQLite writes a changed page it has no room for into its log at once. One that is changed again is overwritten
there, and at the commit everything behind it is read and summed up once more. In turns, a block of variants and its
listings, that was all of the log: the pages of `ix_listing_price` come again at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import Connection

from app.services.compliance.number_looks import number_limits, number_suspects
from app.services.db import roomy
from app.services.history.columns import Staged, blocks, moved_listings, write_column
from app.services.listings.numbers import forget_noted, forget_renewed, note_numbers, renew_numbers

PASS_BLOCKS = 100
"""A million variants; what follows from them is kept in memory until their listings' turn, some twenty megabytes."""


def write_columns(
    connection: Connection,
    staged: Sequence[Staged],
    moment_ms: int,
    leave_out: Callable[[set[int]], None],
    keep: Callable[[Staged], None] | None = None,
) -> tuple[set[int], set[int]]:
    """Give staged variants their new values and bring their listings in step, but for listings that moved on.

    Args:
        leave_out: takes listings that moved on out of the stage.
        keep: is given each column of each block that was written.

    Returns: listings to check anew, and those that moved on.
    """
    suspects: set[int] = set()
    moved: set[int] = set()
    limits = number_limits(connection)
    coming = blocks(connection, staged)
    with roomy(connection):
        while some := list(_written(connection, islice(coming, PASS_BLOCKS), moved, leave_out, keep)):
            for block in some:
                renew_numbers(connection, block, moment_ms)
                suspects.update(number_suspects(connection, block, limits))
                forget_renewed(connection)
            forget_noted(connection)
    return suspects, moved


def _written(
    connection: Connection,
    coming: Iterable[list[Staged]],
    moved: set[int],
    leave_out: Callable[[set[int]], None],
    keep: Callable[[Staged], None] | None,
) -> Iterator[list[Staged]]:
    """Each block of *coming* once its variants are written; listings that moved on are added to *moved*."""
    for block in coming:
        if gone := {number for one in block for number in moved_listings(connection, one)}:
            leave_out(gone)
            moved |= gone
        for one in block:
            write_column(connection, one)
            if keep is not None:
                keep(one)
        note_numbers(connection, block)
        yield block
