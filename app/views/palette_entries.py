"""Lines of the command palette, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

GROUPS = ("commands", "filters", "listings", "stores", "settings")


@dataclass(frozen=True)
class PaletteEntry:
    """A line.

    Attributes:
        group: one of `GROUPS`; its heading is the text `palette.<group>`.
        text: what it does, in the user's language.
        do: called when the line is chosen.
        detail: on what it acts, or a count.
        icon: name of an icon.
        keys: shortcut shown at the right.
        do_on_all: called instead of `do` at Ctrl+Enter: acts on the whole filter.
        why_not: reason it cannot be chosen now; shown in place of the detail.
    """

    group: str
    text: str
    do: Callable[[], object]
    detail: str = ""
    icon: str = ""
    keys: str = ""
    do_on_all: Callable[[], object] | None = None
    why_not: str = ""


def match(text: str, wanted: str) -> list[tuple[int, int]] | None:
    """Where the words of *wanted* stand in *text* as (start, length); None if one is missing. Case does not matter."""
    found, folded = [], text.casefold()
    for word in wanted.casefold().split():
        at = folded.find(word)
        if at < 0:
            return None
        found.append((at, len(word)))
    return sorted(found)
