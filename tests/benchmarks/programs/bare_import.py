"""The floor of an import: calamine's rows put into one SQLite table with one `executemany`, nothing looked at.

`python -m tests.benchmarks.programs.bare_import SHEET DATABASE`; the database must not exist.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing

from python_calamine import CalamineWorkbook

from tests.benchmarks.measuring import clocked, cpu_s, peak_mb, tell


def bare_import(sheet: str, database: str) -> None:
    """Parse the first sheet, row by row as calamine gives them, and commit them in WAL mode."""
    rows = CalamineWorkbook.from_path(sheet).get_sheet_by_index(0).iter_rows()
    width = len(next(rows))
    names = ", ".join(f"c{number}" for number in range(width))
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("BEGIN")
        connection.execute(f"CREATE TABLE cells ({names})")
        connection.executemany(f"INSERT INTO cells VALUES ({', '.join('?' * width)})", rows)
        connection.execute("COMMIT")


if __name__ == "__main__":
    before = cpu_s()
    seconds = clocked(lambda: bare_import(*sys.argv[1:]))
    tell(seconds=seconds, cpu=cpu_s() - before, peak=peak_mb())
