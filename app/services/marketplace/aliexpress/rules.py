"""The rule data of this adapter: `resources/rules/aliexpress_*.json`, read once."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson

from app.paths import resources


@cache
def rules(name: str) -> dict[str, Any]:
    """The rule file *name*: `errors`, `limits`, `trace` or `wire`. Not to be changed by the caller."""
    data: dict[str, Any] = orjson.loads((resources() / "rules" / f"aliexpress_{name}.json").read_bytes())
    return data
