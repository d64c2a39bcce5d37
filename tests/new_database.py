"""A new database of the program's, without the migrations: they take longer than most tests."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from app.messages import messages
from app.services.db import Database
from app.services.upgrade import open_database


def lay_database(path: Path) -> None:
    """Write to *path* what the program makes of a file that is not there, in the language that is set."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_made(messages.language))


def new_database(path: Path) -> Database:
    """Such a database, open."""
    lay_database(path)
    return open_database(path)


@cache
def _made(language: str) -> bytes:
    """*language* is that of the names in it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "shangjia.db"
        open_database(path).dispose()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()
