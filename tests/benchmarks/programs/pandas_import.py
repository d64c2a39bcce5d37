"""What people write first: `pandas.read_excel` with openpyxl, then `to_sql`.

`python -m tests.benchmarks.programs.pandas_import SHEET DATABASE`; the database must not exist.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing

import openpyxl  # noqa: F401 - loaded before the clock starts, like pandas itself
import pandas

from tests.benchmarks.measuring import clocked, cpu_s, peak_mb, tell

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

MEMORY_MAX = 12 << 30
"""Bytes; rather an error than a machine that swaps."""


def pandas_import(sheet: str, database: str) -> None:
    """Read the first sheet into a frame, write the frame into one table."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        pandas.read_excel(sheet, engine="openpyxl").to_sql("cells", connection, index=False)
        connection.commit()


if __name__ == "__main__":
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    before = cpu_s()
    seconds = clocked(lambda: pandas_import(*sys.argv[1:]))
    tell(seconds=seconds, cpu=cpu_s() - before, peak=peak_mb())
