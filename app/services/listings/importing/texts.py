"""JSON texts of values that many rows of a sheet share."""

from __future__ import annotations

from typing import Any

import orjson

REMEMBERED_MAX = 200_000
"""Values whose text is kept; beyond that each is written anew."""


class SharedTexts:
    """The JSON text of a list or dict, made once for each object. The objects must not change any more."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, str]] = {}

    def of(self, value: Any) -> str:
        """The text of *value*."""
        known = self._known.get(id(value))
        if known is not None:
            return known[1]
        text = orjson.dumps(value).decode()
        if len(self._known) < REMEMBERED_MAX:
            self._known[id(value)] = (value, text)  # the value with it: its id must not be given to another
        return text
