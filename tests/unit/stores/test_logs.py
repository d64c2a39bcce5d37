"""The log goes to the data folder, warnings to standard error, secrets nowhere."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from app.services.logs import log_path, secrets, start_logging, stop_logging


def test_nothing_is_made_before_the_first_line(tmp_path: Path) -> None:
    start_logging(tmp_path / "data")
    stop_logging()
    assert list(tmp_path.iterdir()) == []


def test_the_file_gets_all_and_standard_error_the_warnings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start_logging(tmp_path)
    start_logging(tmp_path)
    secrets.register(["tok-0123456789", "ab"])
    log = logging.getLogger("app.services.stores")
    log.info("read %s rows", 3)
    log.warning("refused tok-0123456789 of ab")
    stop_logging()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "WARNING app.services.stores: refused *** of ab\n"
    lines = log_path(tmp_path).read_text("utf-8").splitlines()
    assert len(lines) == 2
    assert lines[0].endswith("read 3 rows")
    assert lines[1].endswith("refused *** of ab")


def test_a_folder_that_cannot_be_written_only_costs_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("in the way")
    start_logging(tmp_path, verbose=True)
    logging.getLogger("app.x").info("still here")
    stop_logging()
    shown = capsys.readouterr().err
    assert "no log file" in shown
    assert "still here" in shown
    assert logging.getLogger("app").handlers == []
