"""Company tables as small files, stored in a database with one store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from app.services.company_tables.importing import Received, import_tables
from app.services.company_tables.records import Imported, TableRead
from app.services.db import Database

Lines = Sequence[str]


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    """Write lines to a CSV."""

    def write(name: str, *lines: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return write


@pytest.fixture
def store_table(db: Database, sheet: Callable[..., Path]) -> Callable[..., Imported]:
    """Store a table of these lines; fails where it is refused."""

    def store(name: str, *lines: str) -> Imported:
        done = import_tables(db, [sheet(name, *lines)])
        assert not done.failed, done.failed
        return done.tables[0]

    return store


@pytest.fixture
def receive(db: Database, sheet: Callable[..., Path]) -> Callable[..., Received]:
    """Store a table of these lines, or hear why not."""
    return lambda name, *lines, **more: import_tables(db, [sheet(name, *lines)], **more)


def refusals(read: TableRead) -> list[tuple[int, str, str]]:
    """Row, column and reason of every refused cell."""
    return [(error.row, error.column, error.code) for error in read.errors]
