"""The market's own facts, read once from `data/`: rules, refusals, categories, stores, listings."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson

DATA = Path(__file__).parent / "data"


@cache
def load(name: str) -> Any:
    """The content of `data/<name>.json`; shared, so callers must not change it."""
    return orjson.loads((DATA / f"{name}.json").read_bytes())


def stores() -> list[dict[str, Any]]:
    """The stores of a market: one's own, then the colleague's, which only a shared code opens."""
    found: list[dict[str, Any]] = [*load("stores"), load("neighbour")["store"]]
    return found


def rules() -> dict[str, Any]:
    """Limits and lists of the platform (aliexpress-open-platform.md, domain.md 5.1)."""
    found: dict[str, Any] = load("rules")
    return found
