"""The command line as a function, and a practice market in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
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


@pytest.fixture
def store(cli: Cli, market: dict[str, Any], secrets: str) -> str:
    """A connected store; returns its name."""
    said = cli("--json", "store", "add", "Chenfan", "--gateway", market["gateway"], "--secrets", "-", stdin=secrets)
    assert said.code == 0, said.err
    return "Chenfan"


@pytest.fixture
def synced(cli: Cli, store: str) -> str:
    """A connected store with everything the market has."""
    assert cli("store", "sync", store).code == 0
    return store
