"""Codes and titles an import brings twice, in one sheet or beside what the store has: counted when it is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import event, text

from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.listings.importing import session
from app.services.listings.importing.preview import ImportRequest
from app.services.tasks import TaskContext

HEADERS = ("Product key", "Title", "SKU", "Price USD", "Stock", "Weight (g)")
Bring = Callable[..., dict[str, tuple[int, int]]]


@pytest.fixture
def bring(db: Database, tmp_path: Path) -> Iterator[Bring]:
    """Import rows of (key, title, code) into store 1; tells hold and warn counts of every listing by key."""

    def run(*rows: tuple[str, str, str]) -> dict[str, tuple[int, int]]:
        book: Any = openpyxl.Workbook()
        for row in (HEADERS, *((*row, 18.9, 120, 840) for row in rows)):
            book.active.append(list(row))
        path = tmp_path / f"{rows[0][0]}.xlsx"
        book.save(path)
        head = session.prepare(tmp_path / "shangjia.db", ImportRequest((str(path),), 1), ctx=TaskContext())
        session.apply(head.token, ctx=TaskContext())
        return counts(db)

    yield run
    session._plans.clear()
    known = session._databases.pop(tmp_path / "shangjia.db", None)
    if known is not None:
        known.dispose()


def counts(db: Database) -> dict[str, tuple[int, int]]:
    with db.read() as reading:
        rows = reading.execute(text("SELECT product_key, hold_count, warn_count FROM listing ORDER BY id"))
        return {key: (hold, warn) for key, hold, warn in rows}


def test_a_code_twice_in_one_sheet(bring: Bring, db: Database) -> None:
    after = bring(("P1", "Bedside Table Lamp", "C1"), ("P2", "Coffee Mug", "c1"), ("P3", "Cable", "C3"))
    hold, warn = after["P3"]
    assert (after["P1"], after["P2"]) == ((hold, warn + 1), (hold + 1, warn)), "the older one may go, the other waits"
    recheck(db, store_id=1)
    assert counts(db) == after


def test_a_title_twice_in_one_sheet(bring: Bring, db: Database) -> None:
    after = bring(("P1", "Bedside Table Lamp", "C1"), ("P2", "bedside  table lamp", "C2"), ("P3", "Cable", "C3"))
    assert after["P1"][1] == after["P2"][1] == after["P3"][1] + 1
    recheck(db, store_id=1)
    assert counts(db) == after


def test_a_code_the_store_has_already(bring: Bring, db: Database) -> None:
    """The listing that was there first is counted anew, too."""
    hold, warn = bring(("P1", "Bedside Table Lamp", "C1"))["P1"]
    after = bring(("P2", "Coffee Mug", "C1"))
    assert (after["P1"], after["P2"]) == ((hold, warn + 1), (hold + 1, warn))


def test_a_first_import_asks_the_database_for_no_twins(bring: Bring, db: Database) -> None:
    asked: list[str] = []
    own = session._database(db.path)
    event.listen(own.reader, "before_cursor_execute", lambda *args: asked.append(args[2]))
    bring(("P1", "Bedside Table Lamp", "C1"), ("P2", "Coffee Mug", "C2"))
    assert asked
    assert not [query for query in asked if "AS other" in query]
