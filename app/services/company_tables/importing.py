"""From dropped files to stored tables and checked listings; in the worker, file by file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from app.services.company_tables.kinds import TableKind
from app.services.company_tables.reading import file_digest, read_company_table
from app.services.company_tables.records import Differences, Failed, Imported, TableRead
from app.services.company_tables.storing import store_table
from app.services.company_tables.word_storing import LIST_KEY
from app.services.compliance.recheck import recheck
from app.services.compliance.word_lists import Entry
from app.services.db import Database
from app.services.errors import InputError
from app.services.history.listing import find_change
from app.services.history.rows import kept_keys
from app.services.history.rows_touched import changed_goods, listings_with
from app.services.listings.importing.dropped import sheets_in
from app.services.listings.words_recheck import carrying
from app.services.price_guard.suspects import asks_now
from app.services.tasks import TaskContext
from app.services.upgrade import open_database
from app.services.workbooks.sniff import open_workbook

_NEWEST = "SELECT id, sha256, as_of, row_count FROM company_table WHERE kind = ? ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Received:
    """What became of the files: `tables` stored (or known already), `failed` with the reason."""

    tables: tuple[Imported, ...] = ()
    failed: tuple[Failed, ...] = ()


def import_tables(
    db: Database,
    paths: Sequence[Path],
    kind: TableKind | None = None,
    *,
    may_shrink: bool = False,
    ctx: TaskContext | None = None,
) -> Received:
    """Store the tables in these files and folders, each in a transaction of its own; one that cannot be read does not
    stop the others. Listings that hold goods of which something else is said now are checked anew; all of them where
    the price guard begins to ask for costs, as it does with the first product table that has any, or ceases to.

    Args:
        kind: what a person says the files are.
        may_shrink: also store a table that lost most of its rows.

    Raises:
        TaskCancelled: stopped; tables stored until then stay.
    """
    ctx = ctx or TaskContext()
    tables: list[Imported] = []
    failed: list[Failed] = []
    for path in files_in(paths):
        ctx.checkpoint()
        try:
            tables.append(_import_one(db, path, kind, may_shrink, ctx))
        except InputError as error:
            failed.append(Failed(path, error))
    return Received(tuple(tables), tuple(failed))


def import_in_worker(
    database: Path, paths: Sequence[Path], kind: TableKind | None, may_shrink: bool, *, ctx: TaskContext
) -> Received:
    """As `import_tables`, in the worker process."""
    db = open_database(database)
    try:
        return import_tables(db, paths, kind, may_shrink=may_shrink, ctx=ctx)
    finally:
        db.dispose()


def files_in(paths: Sequence[Path]) -> Iterator[Path]:
    """The files themselves, and those in dropped folders that may be sheets, by name."""
    for path in dict.fromkeys(paths):
        if path.is_dir():
            yield from sheets_in(path)
        else:
            yield path


def _import_one(db: Database, path: Path, kind: TableKind | None, may_shrink: bool, ctx: TaskContext) -> Imported:
    known = _stored_before(db, path, kind)
    if known is not None:
        return known
    read = read_company_table(path, kind, ctx)
    ctx.report(0, None, note="tables.storing", file=path.name)
    with db.bulk() as connection:
        asked = asks_now(connection)
        change, differences = store_table(connection, read, may_shrink=may_shrink)
        asks = asks_now(connection)
        found = find_change(connection, change.uid)
        assert found is not None
        touched = _touched(connection, found[0])
        words = _touched_words(connection, found[0])
    if words:
        touched |= set(carrying(db, words, ctx))
    is_other = asks != asked
    rechecked = recheck(db, None if is_other else sorted(touched), ctx).checked if touched or is_other else 0
    told = asks if is_other else None
    return replace(_imported(read, differences), change=change, rechecked=rechecked, asks_costs=told)


def _stored_before(db: Database, path: Path, kind: TableKind | None) -> Imported | None:
    """The newest table of its kind where it came from the very same file: nothing is to be read then."""
    try:
        digest = file_digest(path)
    except OSError:
        return None  # reading says what is wrong with it
    kinds = [kind] if kind is not None else list(TableKind)
    with db.reader.connect() as connection:
        for one in kinds:
            row = connection.exec_driver_sql(_NEWEST, (str(one),)).first()
            if row is not None and row[1] == digest:
                differences = Differences(same=row[3])
                return Imported(one, path.name, row[2], row[3], 0, differences, (), 0, None, is_same_file=True)
    return None


def _touched(connection: Connection, change_id: int) -> set[int]:
    goods = changed_goods(connection, change_id)
    return listings_with(connection, goods) if goods else set()


def _touched_words(connection: Connection, change_id: int) -> list[Entry]:
    """Words that came, went, or are judged otherwise now."""
    numbers = set(kept_keys(connection, change_id, "listed_word"))
    if not numbers:
        return []
    gone = connection.exec_driver_sql(
        "SELECT json_extract(value, '$[2]') FROM change_rows, json_each(before) "
        "WHERE change_id = ? AND table_name = 'listed_word'",
        (change_id,),
    ).scalars()
    stored = connection.exec_driver_sql("SELECT id, word FROM listed_word WHERE list_key = ?", (LIST_KEY,))
    words = {*gone, *(word for number, word in stored if number in numbers)}
    return [Entry(LIST_KEY, word) for word in sorted(words)]


def _imported(read: TableRead, differences: Differences) -> Imported:
    return Imported(
        kind=read.kind,
        file=read.file,
        as_of=read.as_of,
        rows=read.row_count,
        refused=read.refused,
        differences=differences,
        errors=tuple(read.errors),
        error_count=read.error_count,
        change=None,
    )


def looks_like_table(path: Path) -> bool:
    """Whether a dropped file is a company table beyond doubt; a supplier's sheet with costs is none."""
    from app.services.company_tables.recognising import recognise_table
    from app.services.workbooks.headers import recognise

    try:
        with open_workbook(path) as opened:
            known = recognise_table(opened)
            if known.kind is not TableKind.PRODUCTS:
                return True
            return not recognise(opened).has("price")
    except (InputError, OSError):
        return False
