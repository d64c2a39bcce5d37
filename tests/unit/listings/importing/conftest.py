"""Sheets written for a test, and the first look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.services.db import Database
from app.services.listings.importing import session
from app.services.listings.importing.preview import ImportHead, ImportRequest
from app.services.tasks import TaskContext

HEADERS = ("Product key", "Title", "SKU", "Price USD", "Stock", "Weight (g)")
LAMP = ("LM4402", "Bedside Table Lamp Dimmable Touch Control", "LM4402-WH", 18.9, 120, 840)
Sheet = Callable[..., str]
Prepare = Callable[..., ImportHead]


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    def write(*rows: Any, headers: Any = HEADERS, name: str = "quote.xlsx") -> str:
        book = openpyxl.Workbook()
        for row in (headers, *rows):
            book.active.append(list(row))
        path = tmp_path / name
        book.save(path)
        return str(path)

    return write


@pytest.fixture
def prepare(db: Database, tmp_path: Path) -> Iterator[Prepare]:
    """`prepare(path, …, fixes=…)` of store 1."""

    def run(*paths: str, **wanted: Any) -> ImportHead:
        return session.prepare(tmp_path / "shangjia.db", ImportRequest(paths, 1, **wanted), ctx=TaskContext())

    yield run
    session._plans.clear()
    known = session._databases.pop(tmp_path / "shangjia.db", None)
    if known is not None:
        known.dispose()
