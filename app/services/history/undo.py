"""Taking changes back, and taking that back. A row that moved on since is named and left alone.

Undoing is itself a change of the kind `undo`, so that redo is nothing but undoing the undo, also after a restart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from sqlalchemy import Connection

from app.services.clock import now_ms
from app.services.compliance.word_lists import note_change
from app.services.db import Database
from app.services.errors import NotFound
from app.services.history.column_writing import Writing, Written, write_columns
from app.services.history.columns import (
    Staged,
    blocks,
    forget,
    leave_out,
    moved_listings,
    pack,
    pack_reversed,
    staged_listings,
)
from app.services.history.contents import names_of
from app.services.history.created import take_back_created
from app.services.history.entries import moved_on, put_back, reversed_entry
from app.services.history.fields_back import fields_only, restore_fields
from app.services.history.following import foresee, forget_foreseen, keep_following_reversed
from app.services.history.left import Chosen, Left, is_left
from app.services.history.listing import find_change, newest_to_redo, newest_to_undo, numbered_change
from app.services.history.recording import add_entries, record_change
from app.services.history.records import GUARD_LABEL, SORTED_HERE, WORDS_LABEL, ChangeRecord, Entry, UndoResult
from app.services.history.rows import demand_newest, swap_rows
from app.services.history.rows_touched import swapped_suspects
from app.services.history.sales import SalesBack
from app.services.listings.loading import CHUNK, chunks, load_listings
from app.services.listings.search_index import MANY, reindexed_at_once
from app.services.listings.writing import refresh_derived
from app.services.roles import Right, Role, ensure
from app.services.sql_ids import interruptible
from app.services.tasks import TaskContext

UNDO = "undo"
KEPT_IN = ("change_entry", "change_column", "change_following", "change_rows")
"""Tables with what an undo keeps."""


def undo(
    db: Database,
    uid: str | None = None,
    *,
    only: Iterable[int] | None = None,
    fields: Iterable[str] | None = None,
    ctx: TaskContext | None = None,
    role: str = Role.SUPERVISOR,
) -> UndoResult:
    """Take back the change *uid*, or the newest one that is not undone; with *only*, for those listings.

    Args:
        fields: only these columns, of listings or variants, or nouns of `OF_LISTINGS`; rows the change made or deleted
            stay.
        role: of the person who does it.

    Raises:
        NotFound: no such change, or nothing left to undo.
        NotAllowed: the role may not have made the change either.
        TaskCancelled: stopped; nothing was written.
    """
    with db.bulk() as connection:
        return reverse(connection, _found(connection, uid, newest_to_undo), Chosen.of(only, fields), ctx, role)


def redo(db: Database, *, ctx: TaskContext | None = None, role: str = Role.SUPERVISOR) -> UndoResult:
    """Take back the newest undo, as long as nothing was changed after it.

    Raises:
        NotFound: nothing to redo.
        NotAllowed: as `undo`.
    """
    with db.bulk() as connection:
        found = _found(connection, None, newest_to_redo)
        undone = numbered_change(connection, found[1].params["of"])
        if undone[1].kind != UNDO:
            return reverse(connection, found, Chosen(), ctx, role)
        return _undo_anew(connection, found[0], undone, ctx, role)


def _undo_anew(
    connection: Connection, back_id: int, undone: tuple[int, ChangeRecord], ctx: TaskContext | None, role: str
) -> UndoResult:
    """Do what an undo did once more, which was taken back on the way to a point in time. The undo stands again, with
    what it took back now, where it stood among the others: those after it can be redone next."""
    number, undo_of = undone
    done = reverse(connection, numbered_change(connection, undo_of.params["of"]), Chosen(within=number), ctx, role)
    if done.restored:
        anew, moment = connection.exec_driver_sql("SELECT id, created_ms FROM change ORDER BY id DESC LIMIT 1").one()
        connection.exec_driver_sql("UPDATE change SET undone_ms = ? WHERE id = ?", (moment, back_id))
        for table in KEPT_IN:
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE change_id = ?", (number,))
            connection.exec_driver_sql(f"UPDATE {table} SET change_id = ? WHERE change_id = ?", (number, anew))
        again = "UPDATE change SET undone_ms = NULL, listing_count = ? WHERE id = ?"
        connection.exec_driver_sql(again, (done.restored, number))
        connection.exec_driver_sql("DELETE FROM change WHERE id = ?", (anew,))
    return done


def _found(connection: Connection, uid: str | None, newest: Any) -> tuple[int, ChangeRecord]:
    found = find_change(connection, uid) if uid else newest(connection)
    if found is None or found[1].is_undone:
        raise NotFound("undo.nothing" if uid is None else "undo.not_found", name=uid or "")
    return found[0], found[1]


def reverse(
    connection: Connection,
    found: tuple[int, ChangeRecord],
    chosen: Chosen,
    ctx: TaskContext | None,
    role: str = Role.SUPERVISOR,
    *,
    is_kept: bool = False,
) -> UndoResult:
    """Take a change back in the caller's transaction, as a change of its own. *is_kept*: also where it takes an undo
    back, so that this can be taken back in turn."""
    moment = now_ms()
    change_id, change = found
    left = Left(connection, change_id, chosen)  # before this undo counts itself
    undo_id = _begun(connection, found, moment, role)
    _expect_all(connection, change_id, chosen, moment)
    from app.services.price_guard.suspects import asks_now, price_suspects  # the guard notes its own history

    asked = asks_now(connection)
    staged = left.staged()
    moved = _moved_beside_entries(connection, change_id, staged)
    sales = SalesBack(connection, change)
    restored, conflicts, suspects = _restore(connection, left, undo_id, moment, moved, sales, ctx)
    by_numbers = set[int]()
    if staged:
        is_known = chosen.fields is None and chosen.within is None and not left.undos
        foreseen = foresee(connection, change_id, chosen.listing_ids) if is_known else None
        written = _restore_columns(connection, staged, foreseen, moment, restored, conflicts, ctx)
        suspects |= written.suspects
        by_numbers = written.by_numbers
        is_whole = is_known and not conflicts and chosen.listing_ids is None
        _pack_back(connection, change_id, undo_id, staged, is_whole=is_whole)
        forget(connection, staged)
        forget_foreseen(connection)
    if restored and change.label == WORDS_LABEL:
        note_change(connection)
    created, stuck = 0, set[int]()
    if chosen.fields is None:
        created, stuck = take_back_created(connection, undo_id, change, left)
    if left.has_rows() and swap_rows(connection, change_id, undo_id):
        created += 1
        suspects |= swapped_suspects(connection, change_id)
    suspects |= price_suspects(connection, change_id, restored, asked_costs=asked)
    done = len(restored) + created
    alone = tuple(sorted({*conflicts, *stuck}))
    names = names_of(connection, change_id, [number for number in alone if number < 0])
    is_undone = _is_undone(connection, change, left, alone) if done else change.is_undone
    _settle(connection, found, undo_id, done, moment if is_undone else None)
    if change.kind == UNDO:
        _reopen(connection, change.params["of"], undo_id, done, is_kept=is_kept)
    by_numbers -= suspects
    anew = (tuple(sorted(suspects | by_numbers)), names, tuple(sorted(by_numbers)))
    return sales.told(UndoResult(change, done, alone, tuple(sorted(restored)), *anew))


def _is_undone(connection: Connection, change: ChangeRecord, left: Left, alone: Collection[int]) -> bool:
    """Whether nothing of a change stands any more, part of which was just taken back. An undo is done with at once:
    what it did and could not be done again now is part of its change again."""
    if change.kind == UNDO:
        return True
    return not alone if left.chosen.is_all else not is_left(connection, left.change_id)


def _begun(connection: Connection, found: tuple[int, ChangeRecord], moment_ms: int, role: str) -> int:
    """Make sure that the change may be taken back. Returns: the number of the change that does it.

    Raises: NotAllowed, NewerTable.
    """
    change_id, change = found
    if change.label == GUARD_LABEL:
        ensure(role, Right.SET_GUARD)
    demand_newest(connection, change)
    undo_id, _ = record_change(
        connection,
        kind=UNDO,
        label=change.label,
        params={**change.params, "of": change_id},
        listing_count=change.listing_count,
        store_id=change.store_id,
        moment_ms=moment_ms,
    )
    return undo_id


def _expect_all(connection: Connection, change_id: int, chosen: Chosen, moment_ms: int) -> None:
    """Write down how it will most likely end; `_settle` says otherwise where it did not. A page that changes at both
    ends of a large transaction makes SQLite sum up its whole log twice; setting what stands there changes none."""
    if chosen.is_all:
        connection.exec_driver_sql("UPDATE change SET undone_ms = ? WHERE id = ?", (moment_ms, change_id))


def _settle(
    connection: Connection, found: tuple[int, ChangeRecord], undo_id: int, done: int, undone_ms: int | None
) -> None:
    """What both changes say at the end: how many listings came back, and since when nothing of the first one stands."""
    change_id, change = found
    connection.exec_driver_sql("UPDATE change SET listing_count = ? WHERE id = ?", (done, undo_id))
    connection.exec_driver_sql("UPDATE change SET undone_ms = ? WHERE id = ?", (undone_ms, change_id))
    if change.kind != UNDO and not done:
        connection.exec_driver_sql("DELETE FROM change WHERE id = ?", (undo_id,))


def _moved_beside_entries(connection: Connection, change_id: int, staged: Sequence[Staged]) -> set[int]:
    """Listings of which a staged variant moved on, where the change has entries too: a listing moves back as a whole
    or not at all."""
    entries = connection.exec_driver_sql("SELECT 1 FROM change_entry WHERE change_id = ? LIMIT 1", (change_id,))
    if entries.first() is None:
        return set()
    return {number for one in staged for number in moved_listings(connection, one)}


def _pack_back(
    connection: Connection, change_id: int, undo_id: int, staged: Sequence[Staged], *, is_whole: bool
) -> None:
    """Keep what takes the undo back: as the change keeps it where all of it was taken back."""
    if is_whole:
        keep_following_reversed(connection, undo_id, change_id)
    for one in staged:
        if is_whole:
            pack_reversed(connection, undo_id, one, change_id)
            continue
        for block in blocks(connection, [one]):
            pack(connection, undo_id, block[0])


def _reopen(connection: Connection, change_id: int, redo_id: int, done: int, *, is_kept: bool) -> None:
    """After a redo the original stands again and can be undone anew; the redo itself leaves no trace, unless it is to
    be taken back itself."""
    if done:
        connection.exec_driver_sql("UPDATE change SET undone_ms = NULL WHERE id = ?", (change_id,))
    if not (is_kept and done):
        connection.exec_driver_sql("DELETE FROM change WHERE id = ?", (redo_id,))


def _restore_columns(
    connection: Connection,
    staged: Sequence[Staged],
    foreseen: str | None,
    moment_ms: int,
    restored: set[int],
    conflicts: set[int],
    ctx: TaskContext | None,
) -> Written:
    """Put columns back, but for *conflicts* and listings that moved on, which leave the stage and become conflicts;
    what is on the stage then is added to *restored*.

    Raises:
        TaskCancelled: stopped, also in the middle of a statement.
    """

    def out(gone: set[int]) -> None:
        for table in (*(one.table for one in staged), *([foreseen] if foreseen else [])):
            leave_out(connection, table, sorted(gone))

    out(conflicts)
    with interruptible(connection, ctx):
        written = write_columns(connection, staged, moment_ms, Writing(out, foreseen=foreseen))
    conflicts |= written.moved
    restored.update(staged_listings(connection, staged))
    return written


def _restore(
    connection: Connection,
    left: Left,
    undo_id: int,
    moment_ms: int,
    moved: set[int],
    sales: SalesBack,
    ctx: TaskContext | None,
) -> tuple[set[int], set[int], set[int]]:
    """Put the before-images of what is left back, listing by listing, but for listings that *moved* already; nothing
    but fields of very many listings, and the sale of any, all at once.

    Returns: restored and conflicting listing ids, and those to check anew.
    """
    change_id, only = left.change_id, left.chosen.listing_ids
    found = "SELECT DISTINCT listing_id FROM change_entry WHERE change_id = ? ORDER BY listing_id"
    stored = connection.exec_driver_sql(found, (change_id,)).scalars()
    listing_ids = [number for number in stored if only is None or number in only]
    if len(listing_ids) >= MANY and (fields := fields_only(connection, change_id)):
        return restore_fields(connection, undo_id, moment_ms, fields, left.entries, listing_ids, moved, ctx)
    restored: set[int] = set()
    conflicts = set(moved)
    with _indexing(connection, change_id, len(listing_ids)):
        for chunk in chunks(listing_ids, CHUNK):
            if ctx is not None:
                ctx.checkpoint()
            entries = left.entries(chunk)
            sales.look(entries)
            conflicts |= moved_on(connection, entries)
            kept = [entry for entry in entries if entry.listing_id not in conflicts]
            for entry in sorted(kept, key=lambda entry: entry.noun != "listing" or entry.after is not None):
                put_back(connection, entry)  # a listing must be there before its SKUs come back
            sales.note(kept)
            restored |= {entry.listing_id for entry in kept}
            add_entries(connection, undo_id, [reversed_entry(entry) for entry in reversed(kept)])
            written = {entry.listing_id for entry in kept if entry.noun not in SORTED_HERE}
            refresh_derived(connection, load_listings(connection, written), moment_ms)
            _put_back_moments(connection, kept)
            if ctx is not None:
                ctx.report(len(restored) + len(conflicts), len(listing_ids))
    sales.put()
    return restored, conflicts, set(restored)


def _put_back_moments(connection: Connection, entries: Sequence[Entry]) -> None:
    """A listing that comes back whole was not worked on: it can go again, its time of change says so."""
    rows = [
        (entry.before["updated_ms"], entry.row_id)
        for entry in entries
        if entry.noun == "listing" and entry.after is None and entry.before
    ]
    if rows:
        connection.exec_driver_sql("UPDATE listing SET updated_ms = ? WHERE id = ?", rows)


def _indexing(connection: Connection, change_id: int, count: int) -> AbstractContextManager[None]:
    """How the search tables follow: all at once where very many listings get texts back and none comes or goes."""
    born = "SELECT 1 FROM change_entry WHERE change_id = ? AND noun = 'listing' AND (before IS NULL OR after IS NULL)"
    if count < MANY or connection.exec_driver_sql(f"{born} LIMIT 1", (change_id,)).first() is not None:
        return nullcontext()
    return reindexed_at_once(connection, f"SELECT listing_id FROM change_entry WHERE change_id = {change_id}")
