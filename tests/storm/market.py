"""The practice market as a process that can be killed and comes back on the same address."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import orjson

ROOT = Path(__file__).resolve().parents[2]
_FIRST_STORE = "store_id = (SELECT min(store_id) FROM store)"


@dataclass(frozen=True, slots=True, order=True)
class Product:
    """What the market holds of a listing; `variants` are (code, cents, stock)."""

    title: str
    variants: tuple[tuple[str, int, int], ...]
    pictures: int
    category_id: str
    handling_days: int
    product_id: str = ""


@dataclass(frozen=True, slots=True)
class Twice:
    """What came of a call that the market, by its own fault, carried out `repeats` times more than it was asked to."""

    products: frozenset[str]
    repeats: int


class StormMarket:
    """Use as a context manager. `faults_met` counts what the market did wrong on purpose, over all its lives."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "market.db"
        self.told: dict[str, Any] = {}
        self.faults_met: Counter[str] = Counter()
        self.lives = 0
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self._switches: dict[str, Any] = {}

    def __enter__(self) -> StormMarket:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def gateway(self) -> str:
        """Its address, the same in every life."""
        return str(self.told["gateway"])

    def start(self) -> None:
        """Open, or open again."""
        command = [sys.executable, "-m", "app.practice_market", "--port", self._port, "--database", self.database]
        self._process = subprocess.Popen(
            list(map(str, command)), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        self.told = json.loads(self._process.stdout.readline())
        self._port = int(self.gateway.rpartition(":")[2])
        self.lives += 1
        if self._switches:
            self.switch(self._switches)

    def kill(self) -> None:
        """`kill -9`: requests under way are cut, whatever was committed stays."""
        if self._process is not None:
            self.faults_met.update(self.state()["faults"])
            self._process.kill()
            self._process.wait(20)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def switch(self, document: dict[str, Any]) -> None:
        """Change the weather."""
        self._switches = document
        request = Request(
            f"{self.gateway}/practice/faults", orjson.dumps(document), {"Content-Type": "application/json"}
        )
        with urlopen(request, timeout=20):
            pass

    def state(self) -> dict[str, Any]:
        """What it counted in this life."""
        with urlopen(f"{self.gateway}/practice/state", timeout=20) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found

    def calls(self) -> int:
        """Calls answered in this life."""
        return int(sum(self.state()["calls"].values()))

    def feeds(self) -> int:
        """Create feeds the first store handed over."""
        return int(self._read(f"SELECT count(*) FROM feed_job WHERE {_FIRST_STORE}")[0][0])

    def products(self) -> list[Product]:
        """Its own record of what the first store has, read from its file."""
        sql = f"SELECT product_id, title, category_id, record FROM product WHERE {_FIRST_STORE} ORDER BY product_id"
        return [_product(*row) for row in self._read(sql)]

    def made_twice(self) -> list[Twice]:
        """Calls of the first store that its record says it carried out more often than it was asked to: one create, or
        one item of a feed."""
        rows = self._read(
            "SELECT group_concat(subject), sum(is_repeat) FROM accepted_write "
            f"WHERE kind = 'create' AND request_id <> '' AND {_FIRST_STORE} "
            "GROUP BY request_id, feed_item HAVING max(is_repeat) ORDER BY min(write_id)"
        )
        return [Twice(frozenset(subjects.split(",")), repeats) for subjects, repeats in rows]

    def _read(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchall()


def _product(product_id: int, title: str, category_id: int, record: bytes) -> Product:
    kept = orjson.loads(record)
    variants = sorted(
        (sku["sku_code"], round(float(sku["sku_price"]) * 100), sku["ipm_sku_stock"])
        for sku in kept["aeop_ae_product_s_k_us"]
    )
    pictures = len(kept["image_urls"])
    return Product(title, tuple(variants), pictures, str(category_id), kept["delivery_time"], str(product_id))
