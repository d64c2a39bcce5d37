"""What delisting finds and does."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.services.history.records import ChangeRecord
from app.services.listings.delisting.pasted import Junk
from app.services.publishing.entries import Waiting


class Step(StrEnum):
    """What becomes of a variant."""

    ZERO = "zero"
    """Its stock goes to 0."""
    OFF = "off"
    """The whole listing goes off sale."""
    UNSENT = "unsent"
    """Its stock is 0 here, but the marketplace was not told yet: it is told now."""
    DONE = "done"
    """Its stock is 0 already, or its listing is off sale."""
    UNREADABLE = "unreadable"
    """Its code cannot be read: a person must look."""
    LOCKED = "locked"
    """Its listing is being sent just now, or its store can only be read."""


TO_DO = (Step.ZERO, Step.OFF, Step.UNSENT)


@dataclass(frozen=True, slots=True)
class DelistRow:
    """One variant that contains a discontinued code.

    Attributes:
        code: as written in the listing.
        because: the discontinued code.
        stock: before; None is unknown.
        is_doubtful: an X in the code was taken for a quantity; only the list of stock items could tell.
    """

    sku_id: int
    listing_id: int
    store_id: int
    store: str
    listing: str
    code: str
    because: str
    stock: int | None
    step: Step
    is_doubtful: bool = False


@dataclass(slots=True)
class DelistPlan:
    """What delisting would do. `unknown`: codes that stand in no listing of these stores; `columns`: see `Pasted`."""

    rows: list[DelistRow] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    junk: list[Junk] = field(default_factory=list)
    codes: int = 0
    takes_off: bool = False
    columns: tuple[str, ...] = ()

    def of(self, step: Step) -> list[DelistRow]:
        """The variants of one step."""
        return [row for row in self.rows if row.step is step]

    def listings(self, *steps: Step) -> dict[int, int]:
        """Listings with variants of these steps, each with its store."""
        return {row.listing_id: row.store_id for row in self.rows if row.step in steps}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not any(row.step in TO_DO for row in self.rows)


@dataclass(frozen=True, slots=True)
class Delisted:
    """What was done: the change (None where no stock changed and nothing goes off sale that was not going before), what
    waits in the queue, and by listing why it could not be queued."""

    change: ChangeRecord | None
    skus: int
    listings: int
    off: int
    waiting: tuple[Waiting, ...] = ()
    skipped: dict[int, str] = field(default_factory=dict)
