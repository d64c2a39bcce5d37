"""Giving very many variants new numbers, and their listings what follows from them.

First variants, block by block, then their listings, block by block, so that each table is gone through once in its
order. SQLite writes a changed page it has no room for into its log at once. One that is changed again is overwritten
there, and at the commit everything behind it is read and summed up once more. In turns, a block of variants and its
listings, that was all of the log: the pages of `ix_listing_price` come again at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from app.services.compliance.number_looks import number_limits, number_suspects
from app.services.compliance.rule_data import Limits
from app.services.db import roomy
from app.services.history.columns import Staged, blocks, moved_listings, write_column
from app.services.listings.numbers import (
    RENEWED,
    find_foreseen,
    find_renewed,
    forget_noted,
    forget_renewed,
    note_numbers,
    renew_numbers,
    reopen,
)

PASS_BLOCKS = 100
"""A million variants; what follows from them is kept in memory until their listings' turn, some twenty megabytes."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How staged columns are written.

    Attributes:
        leave_out: takes listings that moved on out of the stage, and out of `foreseen`.
        keep: is given each column of each block that was written.
        foreseen: a table of what follows for the listings, worked out before (`numbers.FORESEEN`). Of a block in which
            some have other numbers than they had then it is worked out here.
        keep_following: is given a table of what was and is said of the listings of each block, columns as `FORESEEN`.
        is_as_planned: the database is in the state in which all of it was worked out: no listing moved on.
        suspects: listings of which findings may be others once `foreseen` is so, if that was asked in this state.
    """

    leave_out: Callable[[set[int]], None]
    keep: Callable[[Staged], None] | None = None
    foreseen: str | None = None
    keep_following: Callable[[str], None] | None = None
    is_as_planned: bool = False
    suspects: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What came of writing columns.

    Attributes:
        suspects: listings to check anew.
        by_numbers: others, of which only rules about prices and stocks may say something else (`recheck_numbers`).
        moved: listings that moved on and were left out.
    """

    suspects: set[int]
    by_numbers: set[int]
    moved: set[int]


def write_columns(connection: Connection, staged: Sequence[Staged], moment_ms: int, how: Writing) -> Written:
    """Give staged variants their new values and bring their listings in step, but for listings that moved on."""
    suspects, by_numbers, moved = set[int](), set(how.suspects or ()), set[int]()
    limits = number_limits(connection)
    coming = blocks(connection, staged)
    with roomy(connection):
        while some := list(_written(connection, islice(coming, PASS_BLOCKS), moved, how)):
            for block in some:
                suspects.update(reopen(connection, block))
                by_numbers.update(_renewed(connection, block, moment_ms, limits, how))
            forget_noted(connection)
    return Written(suspects, by_numbers - suspects - moved, moved)


def _written(
    connection: Connection, coming: Iterable[list[Staged]], moved: set[int], how: Writing
) -> Iterator[list[Staged]]:
    """Each block of *coming* once its variants are written; listings that moved on are added to *moved*."""
    for block in coming:
        if not how.is_as_planned and (gone := {number for one in block for number in moved_listings(connection, one)}):
            how.leave_out(gone)
            moved |= gone
        for one in block:
            write_column(connection, one)
            if how.keep is not None:
                how.keep(one)
        if how.foreseen is None:  # now that their pages are in memory
            note_numbers(connection, block)
        yield block


def _renewed(
    connection: Connection, block: Sequence[Staged], moment_ms: int, limits: Limits, how: Writing
) -> list[int]:
    """Bring the listings of a block in step. Returns: those of which findings may be others now."""
    is_foreseen = how.foreseen is not None and find_foreseen(connection, block, how.foreseen)
    if not is_foreseen:
        if how.foreseen is not None:
            note_numbers(connection, block)
        find_renewed(connection, block)
    renew_numbers(connection, block, moment_ms)
    is_told = is_foreseen and how.suspects is not None
    suspects = [] if is_told else number_suspects(connection, block, RENEWED, limits)
    if how.keep_following is not None:
        how.keep_following(RENEWED)
    forget_renewed(connection)
    return suspects
