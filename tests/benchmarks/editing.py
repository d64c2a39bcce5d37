"""Bulk edits on a million listings: price × 1.1 on half a million variants, a pattern over titles, undoing both.

The edit runs in a worker process as the window has it done. A plain UPDATE is the floor, told twice: of the prices
alone, and with the price range and the time of the last change of the listings, which every writer must keep in step
because the table sorts by them. The log is emptied between the acts, outside their time. A floor carries its log into
the file within its COMMIT, the product's acts do so behind theirs: they are told with and without.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import sleep
from typing import Any

import psutil

from app.services.clock import now_ms
from app.services.db import Database
from app.services.history.undo import undo
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import ChangeNumber, Operation, ReplaceText
from app.services.worker import WorkerProcess
from tests.benchmarks.ground import NAME, Ground
from tests.benchmarks.measuring import Measurement, clocked, cpu_s, peak_mb

SESSION = "app.services.listings.bulk_edit.session"
EVERY = 10
"""Every tenth listing is edited, as a filter by category or template picks them."""
SAMPLE = 10_000
"""Listings the ORM edits; of so many a variant takes as long as of all hundred thousand."""
RAISED = "(price_{which} * 11 + 5) / 10"

TOUCHED = {
    "sku": ("listing_id", ("price_minor",)),
    "listing": ("id", ("title", "price_min_minor", "price_max_minor", "updated_ms")),
}
"""What the floors write, and by which column listings are chosen there."""

Figures = dict[str, float]


def measure(ground: Ground) -> Iterator[Measurement]:
    """Wall time of each act, processor time beside it."""
    folder = ground.new_folder("edit")
    shutil.copyfile(ground.million / NAME, folder / NAME)
    db = Database(folder / NAME)
    try:
        ids = _ids(db)
        skus = _count(db, ids)
        runs = [_run(db, ground.million / NAME, ids) for _ in range(ground.sizes.repeats)]
        orm = {name: _orm(db, _sample(ids), act) for name, act in _OF_OBJECTS.items()}
    finally:
        db.dispose()
    found = {name: median(run[name] for run in runs) for name in runs[0]}
    yield from _prices(found, skus, len(ids), orm)
    yield from _titles(found, len(ids))
    yield Measurement("edit.peak", found["peak"], "MB", "most memory of the worker that planned and stored all of it")


def _prices(found: Figures, skus: int, listings: int, orm: Figures) -> Iterator[Measurement]:
    what = f"price × 1.1 on {skus} variants of {listings} listings"
    kept = "plain UPDATE of the prices, of the listings' price range and time of change, committed"
    bare = "plain UPDATE of the prices alone, after which the table sorts by wrong prices"
    acts = {
        "price": f"{what}: stored with its undo record, hashes, price ranges, counts of findings, nobody having "
        "written since the preview",
        "undo": f"{what}: taken back, with the record for doing it again",
    }
    for name, how in acts.items():
        yield Measurement(f"edit.{name}", found[name], "s", f"{how}; floor: {kept}", found["kept"], 2.0)
        cpu, floor = found[f"{name}_cpu"], found["kept_cpu"]
        yield Measurement(f"edit.{name}_cpu", cpu, "s", f"{how}; processor seconds; floor: {kept}", floor)
        yield Measurement(f"edit.{name}_bare", found[name], "s", f"{how}; floor: {bare}", found["bare"])
        whole = f"{how}, and until its log is in the file, as the floor's is at its end; floor: {kept}"
        yield Measurement(f"edit.{name}_whole", found[name] + found[f"{name}_log"], "s", whole, found["kept"])
    how = f"{what}: every line before → after worked out in a file, checked, put in order, before anything is stored"
    yield Measurement("edit.price_plan", found["price_plan"], "s", f"{how}; floor: {kept}", found["kept"])
    by_objects = f"ORM objects with change entries and price ranges, measured on {SAMPLE} listings, a variant"
    whole = found["price_plan"] + found["price"]
    how = f"{by_objects}; with hashes, and checked; floor: ours worked out, checked and stored"
    yield Measurement("edit.orm", orm["whole"] * 1e6, "µs", how, whole / skus * 1e6, 20.0, at_least=True)
    how = f"{by_objects}; hashes and counts of findings left behind; floor: ours stored, with these"
    yield Measurement("edit.orm_bare", orm["bare"] * 1e6, "µs", how, found["price"] / skus * 1e6)


def _titles(found: Figures, listings: int) -> Iterator[Measurement]:
    what = f"a regular expression over {listings} titles"
    plain = "plain UPDATE of the titles by SQLite's replace(), search index left behind"
    yield Measurement("edit.titles_plan", found["titles_plan"], "s", f"{what}: worked out and checked")
    how = f"{what}: stored with undo record, search index, hashes, and checked anew; floor: {plain}"
    yield Measurement("edit.titles", found["titles"], "s", how, found["titles_bare"])
    how = f"{what}: taken back, with the record for doing it again, and checked anew; floor: {plain}"
    yield Measurement("edit.titles_undo", found["titles_undo"], "s", how, found["titles_bare"])
    for name in ("titles", "titles_undo"):
        how = f"edit.{name} in processor seconds; floor: {plain}, too"
        yield Measurement(f"edit.{name}_cpu", found[f"{name}_cpu"], "s", how, found["titles_bare_cpu"])


def _run(db: Database, ground: Path, ids: list[int]) -> Figures:
    """All acts once, in turns with their floors. *ground*: what *db* was copied from."""
    tenth = ChangeNumber("price_minor", "multiply", Decimal("1.1"))
    found: Figures = {}
    renamed = "UPDATE listing SET title = replace(title, 'No. ', '# ')"
    with _worker() as (call, pid):
        found |= _clocked_floor(db, ground, ids, "bare", _kept()[:1])
        found |= _edited(db, ids, "price", call, pid, tenth)
        used = cpu_s()
        found["undo"] = clocked(lambda: undo(db))
        found["undo_cpu"] = cpu_s() - used
        found["undo_log"] = clocked(lambda: _empty_log(db))
        found |= _clocked_floor(db, ground, ids, "kept", _kept())
        found |= _edited(db, ids, "titles", call, pid, ReplaceText("title", r"(\d+)$", r"No. \1", is_regex=True))
        found |= _undone(db, "titles", call, pid)
        found |= _clocked_floor(db, ground, ids, "titles_bare", [renamed])
        found["peak"] = peak_mb(pid)
    return found


def _undone(db: Database, name: str, call: Callable[..., Any], pid: int) -> Figures:
    """The newest change taken back as the window has it done: by the worker, and judged anew."""
    used = cpu_s(pid)
    seconds = clocked(lambda: call("take_back", db.path, None))
    cpu = cpu_s(pid) - used
    _empty_log(db)
    return {f"{name}_undo": seconds, f"{name}_undo_cpu": cpu}


def _kept() -> list[str]:
    low, high = (RAISED.format(which=f"{which}_minor") for which in ("min", "max"))
    return [
        f"UPDATE sku SET price_minor = {RAISED.format(which='minor')}",
        f"UPDATE listing SET price_min_minor = {low}, price_max_minor = {high}, updated_ms = {now_ms()}",
    ]


def _edited(
    db: Database, ids: list[int], name: str, call: Callable[..., Any], pid: int, operation: Operation
) -> Figures:
    """One bulk edit: planned, then stored. Raises: RuntimeError where it did something else."""
    heads: list[Any] = []
    planned = clocked(lambda: heads.append(call("prepare", db.path, BulkEdit((operation,)), ids)))
    used = cpu_s(pid)
    stored = clocked(lambda: heads.append(call("apply", heads[0].token)))
    cpu = cpu_s(pid) - used
    if heads[1].changed != len(ids) or heads[1].moved:
        raise RuntimeError(f"{name}: {heads[0].counts}")
    log = clocked(lambda: _empty_log(db))
    return {f"{name}_plan": planned, name: stored, f"{name}_cpu": cpu, f"{name}_log": log}


def _clocked_floor(db: Database, ground: Path, ids: list[int], name: str, statements: list[str]) -> Figures:
    """Plain statements over the chosen listings, in one transaction of the product's own writer; taken back outside
    their time, to what stands in *ground*: prices that drift away from what the marketplace has would be told, and
    checked, in the next turn."""
    with db.writer.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY)")
        driver.executemany("INSERT INTO chosen VALUES (?)", ((number,) for number in ids))

        def act() -> None:
            driver.execute("BEGIN IMMEDIATE")
            for sql in statements:
                key, _ = TOUCHED[sql.split()[1]]
                driver.execute(f"{sql} WHERE {key} IN (SELECT id FROM chosen)")
            driver.execute("COMMIT")

        used = cpu_s()
        seconds = clocked(act)
        cpu = cpu_s() - used
        driver.execute("ATTACH ? AS ground", (str(ground),))
        for table in dict.fromkeys(sql.split()[1] for sql in statements):
            key, columns = TOUCHED[table]
            before = ", ".join(f"{column} = before.{column}" for column in columns)
            among = f"before.id = {table}.id AND {table}.{key} IN (SELECT id FROM chosen)"
            driver.execute(f"UPDATE main.{table} SET {before} FROM ground.{table} AS before WHERE {among}")
        driver.execute("DETACH ground")
        driver.execute("DROP TABLE chosen")
    _empty_log(db)
    return {name: seconds, f"{name}_cpu": cpu}


def _orm(db: Database, ids: list[int], act: Callable[[Any, list[int]], None]) -> float:
    """Seconds a variant takes as ORM objects, committed."""

    def edit() -> None:
        with db.write() as session:
            act(session, ids)

    return clocked(edit) / _count(db, ids)


def _edit_objects(session: Any, ids: list[int]) -> None:
    """Load, change, remember, renew price ranges."""
    from sqlalchemy import select

    from app.models import Change, Listing

    change = Change(uid=f"orm-{now_ms()}", kind="edit", label="change.bulk_edit", created_ms=now_ms())
    session.add(change)
    session.flush()
    for listing in session.scalars(select(Listing).where(Listing.id.in_(ids))):
        _raise_prices(session, change.id, listing)
    session.flush()


def _edit_and_check(session: Any, ids: list[int]) -> None:
    """The same, then hashes and counts of findings by what the product has for single listings."""
    from app.models import Listing
    from app.services.compliance.recheck import check_listings
    from app.services.compliance.stored_findings import counted, state_of, tally
    from app.services.listings.content import content_hash

    _edit_objects(session, ids)
    for record, findings in check_listings(session, ids):
        listing, found = session.get(Listing, record.id), tally(findings)
        listing.content_hash = content_hash(record)
        listing.block_count, listing.hold_count, listing.warn_count = counted(found)
        listing.status = state_of(record.status, found)


_OF_OBJECTS = {"bare": _edit_objects, "whole": _edit_and_check}


def _raise_prices(session: Any, change_id: int, listing: Any) -> None:
    from sqlalchemy import select

    from app.models import ChangeEntry, Sku

    prices = []
    for sku in session.scalars(select(Sku).where(Sku.listing_id == listing.id)):
        before, sku.price_minor = sku.price_minor, ((sku.price_minor or 0) * 11 + 5) // 10
        prices.append(sku.price_minor)
        entry = {"before": {"price_minor": before}, "after": {"price_minor": sku.price_minor}}
        session.add(ChangeEntry(change_id=change_id, noun="sku", row_id=sku.id, listing_id=listing.id, **entry))
    listing.price_min_minor, listing.price_max_minor = min(prices), max(prices)
    listing.updated_ms = now_ms()


def _sample(ids: list[int]) -> list[int]:
    """Some of the edited listings, from all over the table."""
    return ids[:: max(1, len(ids) // SAMPLE)]


def _ids(db: Database) -> list[int]:
    with db.reader.connect() as connection:
        sql = f"SELECT id FROM listing WHERE product_key LIKE 'K%' AND id % {EVERY} = 3 ORDER BY id"
        return list(connection.exec_driver_sql(sql).scalars())


def _count(db: Database, ids: list[int]) -> int:
    with db.reader.connect() as connection:
        sql = "SELECT count(*) FROM sku WHERE listing_id IN (SELECT value FROM json_each(?))"
        return int(connection.exec_driver_sql(sql, (str(ids),)).scalar_one())


def _empty_log(db: Database) -> None:
    """Carry the log over, or wait for the thread that is at it: it may be the worker's."""
    with closing(db.writer.raw_connection()) as connection:
        while connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            sleep(0.01)


@contextmanager
def _worker() -> Iterator[tuple[Callable[..., Any], int]]:
    """A fresh worker process with the modules of bulk edits loaded."""
    worker, others = WorkerProcess(), set(psutil.Process().children())
    try:

        def call(name: str, *arguments: Any) -> Any:
            return worker.submit(f"{SESSION}:{name}", *arguments).result()

        call("discard", "none")
        (process,) = [
            one for one in set(psutil.Process().children()) - others if "spawn_main" in " ".join(one.cmdline())
        ]
        yield call, process.pid
    finally:
        worker.close()
