"""Driving the program from outside: processes, their JSON, and the market's own word on what arrived."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120.0


def environment() -> dict[str, str]:
    """The environment of a child: the checkout on its path, English, no window."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}


def start(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    """Start `python -m app …`."""
    command = [sys.executable, "-m", "app", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment(), text=True, encoding="utf-8", stdout=subprocess.PIPE, **options
    )


class Desk:
    """One data folder and what is done in it by commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: object, text: str | None = None, code: int = 0) -> dict[str, Any]:
        """Run a command with `--json`; the exit code must be *code*. Returns: the object on the last line."""
        command = [sys.executable, "-m", "app", "--data", str(self.folder), "--json", *map(str, arguments)]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(),
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stdout + done.stderr
        result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return result

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        return start("--data", self.folder, "--json", *arguments, stderr=subprocess.DEVNULL)

    def add_store(self, market: Market, at: int = 0) -> str:
        """Connect a store of the market. Returns: its name."""
        offered = market.stores[at]
        secrets = {
            "app_key": market.told["app_key"],
            "app_secret": market.told["app_secret"],
            "access_token": offered["access_token"],
            "refresh_token": offered["refresh_token"],
        }
        name = offered["name"]
        self.run("store", "add", name, "--gateway", market.gateway, "--secrets", "-", text=json.dumps(secrets))
        return str(name)


class Market:
    """A running practice market, by its announcement."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.told = told
        self.gateway: str = told["gateway"]
        self.stores: list[dict[str, str]] = told["stores"]

    def state(self) -> dict[str, Any]:
        """What the market counted so far."""
        with urlopen(f"{self.gateway}/practice/state", timeout=10) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found

    def wait_for_creates(self, count: int, process: subprocess.Popen[str]) -> None:
        """Until so many listings were created, or *process* ended."""
        deadline = time.monotonic() + PATIENCE_S
        while self.state()["creates"] < count and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)  # how often the market is asked, not how long it may take


@contextmanager
def market(folder: Path, faults: dict[str, Any] | None = None) -> Iterator[Market]:
    """`market --port 0 --seed` as a process of its own."""
    arguments: list[object] = ["--data", folder, "market", "--port", 0, "--seed"]
    if faults is not None:
        file = folder / "faults.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(faults), "utf-8")
        arguments += ["--faults", file]
    process = start(*arguments, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        yield Market(json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()
