"""The command line as a function, and a practice market in a process of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import run
from app.messages import messages
from app.services import keyring_store

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Said:
    """What one command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The object on the last line of standard output."""
        found: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return found


Cli = Callable[..., Said]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An English system without a credential store; the language is put back."""
    monkeypatch.setattr("app.cli.main.system_language", lambda: "en")
    monkeypatch.setattr(keyring_store, "system_keyring", lambda: None)
    before = messages.language
    yield
    messages.language = before


@pytest.fixture
def cli(own_data_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run one command in the test's data folder; `stdin` is what it reads."""

    def go(*arguments: str, stdin: str = "", data: Path | None = None) -> Said:
        monkeypatch.setattr(sys, "stdin", StringIO(stdin))
        capsys.readouterr()
        code = run(["--data", str(data or own_data_folder), *map(str, arguments)])
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return go


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """`market --port 0 --seed` as a subprocess: what it announced."""
    folder = tmp_path_factory.mktemp("market")
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "--data", str(folder), "market", "--port", "0", "--seed"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        yield json.loads(line)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def secrets_of(market: dict[str, Any], number: int = 0) -> str:
    """What `store add --secrets -` reads, of one of the market's stores."""
    offered = market["stores"][number]
    return json.dumps(
        {
            "app_key": market["app_key"],
            "app_secret": market["app_secret"],
            "access_token": offered["access_token"],
            "refresh_token": offered["refresh_token"],
        }
    )


@pytest.fixture
def secrets(market: dict[str, Any]) -> str:
    """Secrets of the market's first store."""
    return secrets_of(market)


@pytest.fixture
def other_secrets(market: dict[str, Any]) -> str:
    """Secrets of the market's second store."""
    return secrets_of(market, 1)


def _prepare(folder: Path, *arguments: str, stdin: str = "") -> None:
    """Run one command in *folder* for all tests of a file, on a system without a credential store."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()), redirect_stderr(StringIO()) as said:
        patch.setattr(keyring_store, "system_keyring", lambda: None)
        patch.setattr(sys, "stdin", StringIO(stdin))
        assert run(["--data", str(folder), *arguments]) == 0, said.getvalue()


@pytest.fixture(scope="module")
def added(market: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one connected store; made once, because a migration and a sign-in take longer than a test."""
    folder = tmp_path_factory.mktemp("added")
    _prepare(
        folder, "store", "add", "Chenfan", "--gateway", market["gateway"], "--secrets", "-", stdin=secrets_of(market)
    )
    return folder


@pytest.fixture(scope="module")
def filled(added: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with everything the market had when the file of tests began."""
    folder = tmp_path_factory.mktemp("filled")
    shutil.copytree(added, folder, dirs_exist_ok=True)
    _prepare(folder, "store", "sync", "Chenfan")
    return folder


@pytest.fixture
def store(added: Path, own_data_folder: Path) -> str:
    """A connected store; returns its name."""
    shutil.copytree(added, own_data_folder, dirs_exist_ok=True)
    return "Chenfan"


@pytest.fixture
def synced(filled: Path, own_data_folder: Path) -> str:
    """A connected store with everything the market has."""
    shutil.copytree(filled, own_data_folder, dirs_exist_ok=True)
    return "Chenfan"
