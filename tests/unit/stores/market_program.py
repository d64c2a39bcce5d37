"""The practice market as a program of its own, for tests of the stores' services over real HTTP."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from app.services.marketplace.port import StoreCredentials

ROOT = Path(__file__).resolve().parents[3]
DAY_MS = 86_400_000


@dataclass(frozen=True)
class Market:
    """A running market: what it announced, and its own file."""

    announced: dict[str, Any]
    database: Path

    @property
    def gateway(self) -> str:
        """Its address."""
        return str(self.announced["gateway"])

    def credentials(self, number: int = 0) -> StoreCredentials:
        """Tokens of one of its stores."""
        offered = self.announced["stores"][number]
        return StoreCredentials(
            self.announced["app_key"],
            self.announced["app_secret"],
            offered["access_token"],
            offered["refresh_token"],
        )

    def store_id(self, number: int = 0) -> int:
        """The number of one of its stores, in the order they were announced."""
        with closing(sqlite3.connect(self.database)) as connection:
            token = self.announced["stores"][number]["access_token"]
            found = connection.execute("SELECT store_id FROM token WHERE access_token = ?", (token,)).fetchone()
            return int(found[0])

    def change(self, sql: str, *params: Any) -> None:
        """Change something behind the market's back."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(sql, params)

    def let_tokens_die(self, days: int = 40) -> None:
        """Let so many days pass for every token: after forty the access tokens are dead, their renewers are not."""
        self.change("UPDATE token SET issued_ms = issued_ms - ?", days * DAY_MS)

    def set_faults(self, **switches: Any) -> None:
        """Throw switches."""
        self._post("faults", switches)

    def calls(self) -> dict[str, int]:
        """How often each method was called."""
        with urlopen(f"{self.gateway}/practice/state") as answer:
            return dict(json.load(answer)["calls"])

    def issue_code(self, number: int = 0) -> str:
        """A shared-store code of one of its stores."""
        return str(self._post("codes", {"store": self.store_id(number)})["code"])

    def withdraw_code(self, code: str) -> None:
        """Make a shared-store code worthless, with all it opened."""
        self._post("codes/withdraw", {"code": code})

    def _post(self, path: str, document: dict[str, Any]) -> Any:
        body = json.dumps(document).encode()
        request = Request(f"{self.gateway}/practice/{path}", body, {"Content-Type": "application/json"})
        with urlopen(request) as answer:
            return json.load(answer)


@contextmanager
def running_market(folder: Path) -> Iterator[Market]:
    """Start it in *folder*, end it afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "--data", str(folder), "market", "--port", "0", "--seed"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    try:
        yield Market(json.loads(process.stdout.readline()), folder / "market.db")
    finally:
        process.terminate()
        process.communicate(timeout=20)
