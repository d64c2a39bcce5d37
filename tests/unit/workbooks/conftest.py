"""Fixtures of the workbook tests: write something, read it as an import would."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.messages import Messages
from app.services.workbooks import ListingTable, Recognition, WorkbookError, open_workbook, read_listings, recognise
from app.services.workbooks import limits as limits_module
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


MOST_EXTRA_MB = 150


@pytest.fixture
def bounded_memory() -> Iterator[None]:
    """No hostile file, a few megabytes at most, may cost more than this at any moment."""
    before = psutil.Process().memory_info().rss
    _forget_peak()
    yield
    assert (_peak_bytes() - before) / 2**20 < MOST_EXTRA_MB


def _forget_peak() -> None:
    with contextlib.suppress(OSError):  # Linux only, and not in every container: elsewhere what is left over is seen
        Path("/proc/self/clear_refs").write_text("5")


def _peak_bytes() -> int:
    """Most memory held since the peak was forgotten, where the system tells."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return int(psutil.Process().memory_info().rss)


@pytest.fixture
def smaller(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lower some limits, so that a small file exceeds them."""

    usual = limits_module.limits()

    def change(**values: int) -> None:
        lowered = replace(usual, **values)
        for name, module in list(sys.modules.items()):
            if name.startswith("app.services.workbooks.") and callable(getattr(module, "limits", None)):
                monkeypatch.setattr(module, "limits", lambda: lowered)

    return change


def refusal(path: Path) -> WorkbookError:
    """The error that reading *path* ends with; its sentence exists in both languages."""
    with pytest.raises(WorkbookError) as caught, open_workbook(path) as opened:
        read_listings(opened, recognise(opened))
    error = caught.value
    for language in ("zh", "en"):
        sentence = Messages(language).text(error.message_key, **error.params)  # type: ignore[arg-type]
        assert path.name.split("/")[0] in sentence or "header" in sentence or "表头" in sentence
    return error


def code_of(path: Path) -> str:
    return refusal(path).error_code


def codes(table: ListingTable) -> list[tuple[int, str, str]]:
    """(row, column, code) of every refused cell."""
    return [(error.row, error.column, error.code) for error in table.cell_errors]
