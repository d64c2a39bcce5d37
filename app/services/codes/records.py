"""What reading a code yields."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a code stands for (domain.md 7.2 step 10)."""

    SINGLE = "single"
    MULTIPACK = "multipack"
    COMBINATION = "combination"
    ERROR = "error"


class Component(NamedTuple):
    """So many pieces of one stock item."""

    base: str
    quantity: int = 1

    def __str__(self) -> str:
        return self.base if self.quantity == 1 else f"{self.base}*{self.quantity}"


class Doubt(NamedTuple):
    """A warning: `code` names its sentence `code.<code>`, `subject` what it is about (a stock item, or a length)."""

    code: str
    subject: str


UNKNOWN_ITEM = "unknown_item"
UNKNOWN_VIRTUAL = "unknown_virtual"
TOO_LONG = "too_long"


class Reading(NamedTuple):
    """One code, read.

    Attributes:
        code: as it was found.
        components: stock items in the order in which they first appear; empty where `error` says why.
        ships_from: the dispatch country, "" where the code cannot be read.
        match_key: the same for every writing of the same goods, whatever their country or order; "" with an error.
        warnings: what is odd but readable.
        error: "" or the name of the sentence `code.<error>`.
    """

    code: str
    components: tuple[Component, ...]
    ships_from: str
    kind: Kind
    match_key: str
    warnings: tuple[Doubt, ...] = ()
    error: str = ""
