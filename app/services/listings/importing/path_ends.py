"""Files that were dropped along with a sheet, found by what the sheet says of their paths.

Suppliers number their pictures: every product's folder has its own `1.jpg`. A name that several pictures share is
therefore never guessed, for a listing would show somebody else's goods.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Found = TypeVar("Found")


class PathEnds(Generic[Found]):
    """Files by every end of their paths: `lamp/1.jpg` finds `package/images/lamp/1.jpg`.

    Args:
        are_alike: whether two files of one name are the same picture, so that either will do.
    """

    def __init__(self, are_alike: Callable[[Found, Found], bool]) -> None:
        self._are_alike = are_alike
        self._written: dict[str, list[tuple[int, Found]]] = {}
        self._folded: dict[str, list[tuple[int, Found]]] = {}

    def add(self, path: str, found: Found) -> None:
        """Take a file in; *path* with `/`."""
        parts = path.split("/")
        for at in range(len(parts)):
            end = "/".join(parts[at:])
            self._written.setdefault(end, []).append((at, found))
            self._folded.setdefault(end.casefold(), []).append((at, found))

    def knows(self, name: str) -> bool:
        """Whether any file is called *name*, however it is capitalised."""
        return name.casefold() in self._folded

    def find(self, said: str) -> Found | None:
        """The file that *said* means: the whole path, else as much of its end as there is. Of several that fit the
        whole, the one that is capitalised alike and the least deep counts; None where that leaves several pictures."""
        parts = [part for part in said.split("/") if part not in ("", ".")]
        for at in range(len(parts)):
            end = "/".join(parts[at:])
            candidates = self._written.get(end) or self._folded.get(end.casefold())
            if candidates:
                return self._only(candidates if at else _least_deep(candidates))
        return None

    def _only(self, candidates: list[tuple[int, Found]]) -> Found | None:
        first, *others = [found for _, found in candidates]
        return first if all(self._are_alike(first, other) for other in others) else None


def _least_deep(candidates: list[tuple[int, Found]]) -> list[tuple[int, Found]]:
    least = min(depth for depth, _ in candidates)
    return [one for one in candidates if one[0] == least]
