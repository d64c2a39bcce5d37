"""Finding the one thing that a text of a sheet means: by id, or by a name in either language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.services.listings.text import fold

_PARTS = re.compile(r"[/|,，、()（）\[\]【】·;；]+")


class NameIndex:
    """Names → ids, compared folded. A name that stands for two ids finds neither: guessing is worse than asking."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._ids: dict[str, str | None] = {}
        for name, found_id in pairs:
            self.add(name, found_id)

    def add(self, name: str, found_id: str) -> None:
        """Let *name* mean *found_id*, too."""
        key = fold(name)
        if key and self._ids.setdefault(key, found_id) != found_id:
            self._ids[key] = None

    def find(self, text: str) -> str | None:
        """The id *text* means: itself, or, of `件/个 (piece)`, every one of its parts."""
        key = fold(text)
        if key in self._ids:
            return self._ids[key]
        parts = [part for part in map(str.strip, _PARTS.split(key)) if part]
        if len(parts) < 2:
            return None
        found = {self._ids.get(part) for part in parts}
        return found.pop() if len(found) == 1 else None
