"""Fixtures of the workbook tests: write something, read it as an import would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.services.workbooks import ListingTable, Recognition, open_workbook, read_listings, recognise
from tests.unit.workbooks.makers import write_rows, write_text


@pytest.fixture
def read() -> Callable[..., ListingTable]:
    """Read a file as listings; keyword arguments go to `recognise`."""

    def read_file(path: Path, **how: Any) -> ListingTable:
        with open_workbook(path) as opened:
            return read_listings(opened, recognise(opened, **how))

    return read_file


@pytest.fixture
def see() -> Callable[..., Recognition]:
    """Recognise a file; keyword arguments go to `recognise`."""

    def see_file(path: Path, **how: Any) -> Recognition:
        with open_workbook(path) as opened:
            return recognise(opened, **how)

    return see_file


@pytest.fixture
def table(tmp_path: Path, read: Callable[..., ListingTable]) -> Callable[..., ListingTable]:
    """Write rows as an .xlsx and read them back as listings."""

    def make(*rows: Sequence[Any], **how: Any) -> ListingTable:
        return read(write_rows(tmp_path / "sheet.xlsx", rows), **how)

    return make


@pytest.fixture
def text_table(tmp_path: Path, read: Callable[..., ListingTable]) -> Callable[..., ListingTable]:
    """Write rows as a CSV and read them back as listings."""

    def make(*rows: Sequence[Any], **how: Any) -> ListingTable:
        return read(write_text(tmp_path / "sheet.csv", rows), **how)

    return make


def codes(table: ListingTable) -> list[tuple[int, str, str]]:
    """(row, column, code) of every refused cell."""
    return [(error.row, error.column, error.code) for error in table.cell_errors]
