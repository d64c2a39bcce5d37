"""What the practice market says about a run: asked over its practice addresses and read in its own file."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

FILE = "practice-market.db"


def state(gateway: str) -> dict[str, Any]:
    """Its counters since it started."""
    with urlopen(f"{gateway}/practice/state", timeout=30) as answer:
        return dict(json.load(answer))


def change_faults(gateway: str, switches: dict[str, Any]) -> None:
    """Change its switches."""
    body = json.dumps(switches).encode()
    request = Request(f"{gateway}/practice/faults", data=body, headers={"Content-Type": "application/json"})
    with urlopen(request, timeout=30):
        return


def seen(folder: Path, gateway: str, since_ms: float) -> dict[str, Any]:
    """What arrived since *since_ms* at the market whose file lies in *folder*.

    Returns: `creates`, `calls` of any kind, `span_s` from the first create to the last, `rate` of creates a second,
        `refusals` for a limit.
    """
    told = state(gateway)
    moments = _arrivals(folder, since_ms)
    span_s = (moments[-1] - moments[0]) / 1000
    return {
        "creates": len(moments),
        "calls": sum(told["calls"].values()),
        "span_s": span_s,
        "rate": (len(moments) - 1) / span_s,
        "refusals": sum(told["refusals"].values()),
    }


def _arrivals(folder: Path, since_ms: float) -> list[int]:
    """When each listing since then was created there, epoch milliseconds, ascending."""
    with closing(sqlite3.connect(folder / FILE)) as connection:
        rows = connection.execute(
            "SELECT created_ms FROM product WHERE created_ms >= ? ORDER BY created_ms", (int(since_ms),)
        )
        return [moment for (moment,) in rows]
