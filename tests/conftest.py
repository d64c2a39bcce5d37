"""What holds for every test: its own data folder, no network but this machine, nothing left running, no error logged.

The clock stands in a zone no office uses, so that a local time taken for UTC shows.
"""

from __future__ import annotations

import gc
import ipaddress
import logging
import multiprocessing.forkserver
import multiprocessing.resource_tracker
import os
import shutil
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # `pytest` alone, unlike `python -m pytest`, leaves the checkout off the path

# Before anything imports Qt or keyring: no window, no real credential store, no zone of the developer's.
os.environ["QT_QPA_PLATFORM"] = os.environ.get("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
os.environ["TZ"] = "<+1245>-12:45"
if hasattr(time, "tzset"):
    time.tzset()

import psutil  # noqa: E402
import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402
from xdist.remote import Producer  # noqa: E402
from xdist.scheduler import LoadFileScheduling  # noqa: E402

from app.services import upgrade  # noqa: E402
from app.services.collection import freeze_for_good  # noqa: E402
from app.services.db import Database  # noqa: E402
from app.services.settings import SETTINGS_NAME  # noqa: E402

SOURCE_READERS = "tests/architecture/"
TASKS = Path("/proc/self/task")
PATIENCE_S = 5
"""How long a thread or process that was told to stop may take."""

_numbers = count()

settings.register_profile("shangjia", derandomize=True, deadline=None, database=None, print_blob=True)
settings.load_profile("shangjia")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "logs_errors: the test provokes errors that are logged")


class OneReader(LoadFileScheduling):
    """A file's tests go to one process, and so do those that read the program's own source: it is parsed once."""

    def _split_scope(self, nodeid: str) -> str:
        return SOURCE_READERS if nodeid.startswith(SOURCE_READERS) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneReader | None:
    return OneReader(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection(session: pytest.Session) -> None:
    """Hardly anything made while tests are collected is garbage: looking for it would take a tenth of the time."""
    if not session.config.pluginmanager.hasplugin("dsession"):  # which has others collect
        gc.disable()


def pytest_collection_finish() -> None:
    """Thousands of tests wait in memory: no collection of garbage need look at them."""
    gc.collect()
    freeze_for_good()
    gc.enable()


@pytest.fixture
def own_data_folder(tmp_path: Path) -> Path:
    """The program's data folder during the test; like a new user's it is not there yet."""
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def no_data_of_others(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program's data folder is the test's own.

    Pytest makes the folder of `tmp_path` at once and looks through all it made before: the thousands of tests that
    write nothing are given only a name.
    """
    if "tmp_path" in request.fixturenames:
        folder = request.getfixturevalue("own_data_folder")
    else:
        folder = tmp_path_factory.getbasetemp() / "unwritten" / str(next(_numbers)) / "data"
    monkeypatch.setenv("SHANGJIA_DATA", str(folder))
    monkeypatch.delenv("SHANGJIA_VAULT_KEY", raising=False)


@pytest.fixture(autouse=True, scope="session")
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The migrations of a new file run once in each process; later new files are copies of what they made, because a
    hundred tests begin with a new file and the migrations take longer than most of them.
    """
    migrate, kept, copying = upgrade.upgrade, tmp_path_factory.mktemp("migrated") / "kept.db", threading.Lock()

    def copied(database: Database, target: str = upgrade.HEAD) -> None:
        with copying:
            if target != upgrade.HEAD or not _has_nothing(database.path):
                migrate(database, target)
                return
            if not kept.exists():
                first = Database(kept.with_name("first.db"))
                migrate(first)
                first.dispose()
                with closing(sqlite3.connect(first.path)) as connection:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                first.path.rename(kept)
            shutil.copyfile(kept, database.path)

    upgrade.upgrade = copied
    yield
    upgrade.upgrade = migrate


def _has_nothing(path: Path) -> bool:
    """Whether neither the file nor older settings beside it hold what a migration would take over."""
    from app.services.pricing.starting import OLD_SETTING

    settings = path.with_name(SETTINGS_NAME)
    is_first_rate_told = settings.exists() and OLD_SETTING in settings.read_text("utf-8")
    return path.stat().st_size == 0 and not is_first_rate_told


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """A thread or a child process that the test started and did not end fails it."""
    threads, children = set(threading.enumerate()), _children()
    yield
    left_threads = [thread for thread in threading.enumerate() if thread not in threads]
    for thread in left_threads:
        thread.join(PATIENCE_S)
    left_threads = [thread for thread in left_threads if thread.is_alive()]
    new = [psutil.Process(pid) for pid in _children() - children if psutil.pid_exists(pid)]
    left_children = psutil.wait_procs(new, PATIENCE_S)[1] if new else []
    assert not left_threads, f"threads left running: {left_threads}"
    assert not left_children, f"processes left running: {left_children}"


def _children() -> set[int]:
    """Ids of our child processes, without those `multiprocessing` keeps for itself and zombies."""
    tracker = getattr(multiprocessing.resource_tracker._resource_tracker, "_pid", None)
    server = getattr(getattr(multiprocessing.forkserver, "_forkserver", None), "_forkserver_pid", None)
    return {pid for pid in _child_ids() if pid not in (tracker, server) and _is_alive(pid)}


def _child_ids() -> list[int]:
    """Of our children and zombies; asked after every test, so where the system tells ours apart only they are read."""
    if (TASKS / str(os.getpid()) / "children").exists():
        return [int(pid) for task in TASKS.iterdir() for pid in _started_by(task).split()]
    return [child.pid for child in psutil.Process().children()]


def _started_by(task: Path) -> str:
    """Children of one thread of ours, which may have ended meanwhile: its children are another one's then."""
    try:
        return (task / "children").read_text()
    except OSError:
        return ""


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        loud = logging.WARNING if record.name.startswith(("asyncio", "qasync", "py.warnings")) else logging.ERROR
        if record.levelno >= loud:
            self.records.append(record)


@pytest.fixture(autouse=True)
def no_error_logged(request: pytest.FixtureRequest) -> Iterator[None]:
    """An error in the log, or a warning of the event loop, fails the test, unless it looks at the log itself
    (`caplog`) or is marked `logs_errors`.
    """
    if "caplog" in request.fixturenames or request.node.get_closest_marker("logs_errors"):
        yield
        return
    kept = _Kept()
    logging.getLogger().addHandler(kept)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(kept)
    said = [f"{record.levelname} {record.name}: {record.getMessage()}" for record in kept.records]
    assert not said, "logged: " + " · ".join(said)


@pytest.fixture(autouse=True, scope="session")
def only_this_machine() -> Iterator[None]:
    """A connection to anywhere but this machine fails, so that no test depends on the Internet or disturbs anybody."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def checked(sock: socket.socket, address: object) -> None:
        if sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(str(address[0])):  # type: ignore[index]
            raise AssertionError(f"a test connects to {address}")
        connect(sock, address)  # type: ignore[arg-type]

    def checked_ex(sock: socket.socket, address: object) -> int:
        if sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(str(address[0])):  # type: ignore[index]
            raise AssertionError(f"a test connects to {address}")
        return connect_ex(sock, address)  # type: ignore[arg-type]

    socket.socket.connect, socket.socket.connect_ex = checked, checked_ex  # type: ignore[method-assign]
    yield
    socket.socket.connect, socket.socket.connect_ex = connect, connect_ex  # type: ignore[method-assign]


def _is_local(host: str) -> bool:
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
