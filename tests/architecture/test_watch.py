"""The watch over every test (`tests/conftest.py`) must itself bark: each of these tests would pass without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

WATCHED = """
import logging, multiprocessing, os, socket, subprocess, sys, threading, time
import pytest

kept = threading.Event()

def test_thread():
    threading.Thread(target=kept.wait, daemon=True, name="forgotten").start()

def test_process():
    global child
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)

def test_error_logged():
    logging.getLogger("app.services").error("went wrong")

def test_loop_warning_logged():
    logging.getLogger("asyncio").warning("Task exception was never retrieved")

def test_far_connection():
    with socket.socket() as sock:
        sock.settimeout(0.1)
        sock.connect(("192.0.2.1", 9))

def test_far_connection_ex():
    with socket.socket() as sock:
        sock.settimeout(0.1)
        sock.connect_ex(("192.0.2.1", 9))

def test_fine_thread_that_ends():
    threading.Thread(target=time.monotonic).start()

def test_fine_process_that_ends():
    subprocess.run([sys.executable, "-c", ""], check=True)

def test_fine_warning_of_ours():
    logging.getLogger("app.services").warning("retry")

@pytest.mark.logs_errors
def test_fine_marked():
    logging.getLogger("app.services").error("meant to")

def test_fine_looks_itself(caplog):
    logging.getLogger("app.services").error("meant to")
    assert caplog.messages == ["meant to"]

def test_fine_near_connection():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as sock:
        assert sock.getpeername() == server.getsockname()

def test_fine_surroundings(tmp_path):
    assert os.environ["SHANGJIA_DATA"] == str(tmp_path / "data")
    assert "SHANGJIA_VAULT_KEY" not in os.environ
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    if hasattr(time, "tzset"):
        assert time.localtime(0).tm_gmtoff == 12 * 3600 + 45 * 60
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Outcome of each test above: passed, or what it failed of."""
    folder = tmp_path_factory.mktemp("watched")
    (folder / "test_watched.py").write_text(WATCHED, "utf-8")
    (folder / "conftest.py").write_text("import tests.conftest\ntests.conftest.PATIENCE_S = 0.3\n", "utf-8")
    variables = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    variables |= {"PYTHONPATH": str(ROOT), "SHANGJIA_VAULT_KEY": "x", "PYTEST_ADDOPTS": "", "COLUMNS": "500"}
    options = ["-p", "tests.conftest", "-p", "no:cacheprovider", "-rA", "-q", "--rootdir", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(folder)],
        cwd=folder,
        env=variables,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    said = {}
    for line in done.stdout.splitlines():
        word, _, rest = line.partition(" ")
        if word in ("PASSED", "FAILED", "ERROR") and "::" in rest:
            name, _, reason = rest.partition("::")[2].partition(" - ")
            said[name] = "passed" if word == "PASSED" and name not in said else reason or said.get(name, "")
    assert said, done.stdout + done.stderr
    return said


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("test_thread", "threads left running"),
        ("test_process", "processes left running"),
        ("test_error_logged", "logged: ERROR"),
        ("test_loop_warning_logged", "logged: WARNING"),
        ("test_far_connection", "a test connects to"),
        ("test_far_connection_ex", "a test connects to"),
    ],
)
def test_what_is_left_behind_fails(outcomes: dict[str, str], name: str, reason: str) -> None:
    assert reason in outcomes[name]


def test_what_is_in_order_passes(outcomes: dict[str, str]) -> None:
    fine = {name: outcome for name, outcome in outcomes.items() if name.startswith("test_fine")}
    assert len(fine) == 7
    assert set(fine.values()) == {"passed"}


def test_watched_file_lies_elsewhere(tmp_path: Path) -> None:
    """Else the ordinary conftest would be found twice and the watch prove itself by accident."""
    assert not tmp_path.is_relative_to(ROOT)
