"""The inbox with a product table of half a million rows: new, tomorrow's, the same again, taken back; and codes read
with as many known stock items."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from python_calamine import CalamineWorkbook

from app.services.codes.known import code_rules
from app.services.codes.reading import read_codes
from app.services.collection import without_collection
from app.services.company_tables.importing import import_tables
from app.services.db import Database
from app.services.history.undo import undo
from app.services.upgrade import open_database
from app.services.workbooks import OutColumn, OutSheet, write_xlsx
from tests.benchmarks.ground import NAME, Ground
from tests.benchmarks.measuring import Measurement

ROWS = 500_000
CODES, AT_ONCE = 200_000, 20_000
CHANGED = 100
"""Every so many-th row has another cost tomorrow."""
HEAD = ("SKU", "中文名称", "成本价", "重量(g)", "物流属性")
MB = 1 << 20


def measure(ground: Ground) -> Iterator[Measurement]:
    """Processor seconds, which hardly depend on who else works here; all in one process, one after the other."""
    rows = int(ROWS * ground.sizes.listings / 1_000_000)
    folder = ground.new_folder("tables")
    today, tomorrow = folder / "today.xlsx", folder / "tomorrow.xlsx"
    _write(today, rows, 0)
    _write(tomorrow, rows, 1)
    floors, news, agains, changes, undos = [], [], [], [], []
    db: Database | None = None
    for number in range(ground.sizes.repeats):
        floors.append(_processor_s(lambda number=number: _bare(today, folder / f"bare-{number}.db")))
        db = open_database(folder / f"{number}-{NAME}")
        news.append(_processor_s(lambda db=db: _stored(db, today, rows)))
        agains.append(_processor_s(lambda db=db: import_tables(db, [today])))
        changes.append(_processor_s(lambda db=db: _stored(db, tomorrow, 0)))
        undos.append(_processor_s(lambda db=db: undo(db)))
    floor, told = median(floors), f"{rows} rows × {len(HEAD)} columns of .xlsx"
    bare = "floor: calamine's rows into one executemany of a table of five columns, committed"
    for name, values, what in (
        ("new", news, "all new: recognised, checked, stored, undoable"),
        ("tomorrow", changes, f"every {CHANGED}th cost another one: read, compared, the changed ones stored"),
        ("again", agains, "the very same file: known by its digest"),
        ("undo", undos, "yesterday's brought back"),
    ):
        yield Measurement(f"tables.{name}", median(values), "s", f"{told}, {what}; {bare}", floor=floor)
    peak = psutil.Process().memory_info().rss / MB
    yield Measurement("tables.memory", peak, "MB", "of the process that did all of this")
    assert db is not None
    yield from _codes(db, rows)
    db.dispose()


def _codes(db: Database, rows: int) -> Iterator[Measurement]:
    chance = random.Random(5)
    codes = [f"{_code(chance.randrange(rows))}*{chance.randint(1, 3)}_CUS" for _ in range(CODES)]
    batches = [codes[at : at + AT_ONCE] for at in range(0, len(codes), AT_ONCE)]
    seconds = _processor_s(lambda: [read_codes(batch, code_rules(db, texts=batch)) for batch in batches])
    how = f"{CODES} different codes in batches of {AT_ONCE}, each with the items of {rows} that may be meant looked up"
    yield Measurement("tables.read_known", CODES / seconds, "codes/s", how)


def _code(number: int) -> str:
    return f"{'ABCDEFGHJK'[number % 10]}{'XYZWV'[number % 5]}{number:06d}"


def _write(path: Path, rows: int, day: int) -> None:
    def cells() -> Iterator[tuple[Any, ...]]:
        for number in range(rows):
            cost = number * 7 % 9000 / 100 + 1 + (0.5 if day and number % CHANGED == 0 else 0)
            yield _code(number), f"Item {number % 1000}", cost, number % 2000 + 5, "带电" if number % 9 == 0 else "普货"

    write_xlsx(path, [OutSheet("统表", [OutColumn(name) for name in HEAD], cells())])


def _stored(db: Database, path: Path, new: int) -> None:
    """Store it. Raises: RuntimeError where it did not do what it should."""
    done = import_tables(db, [path])
    if done.failed or done.tables[0].differences.new != new:
        raise RuntimeError(f"the table did something else: {done}")


def _bare(path: Path, database: Path) -> None:
    with without_collection(), closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE item (code TEXT PRIMARY KEY, name, cost, weight, attributes)")
        rows = iter(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows())
        next(rows)
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?)", rows)
        connection.execute("COMMIT")


def _processor_s(act: Callable[[], Any]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started
