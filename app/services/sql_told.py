"""Rows of a table told by a byte each, joined by `and` and `or` in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.services.expressions.conditions import Sql
from app.services.listings.loading import id_list

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Bools = NDArray[np.bool_]

FEW = 2_000
"""So few rows are named one by one: SQLite goes straight to them."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Rows of a table: those whose id has a place in `rows` that is true, or, if `is_rest`, all others."""

    rows: Bools
    is_rest: bool = False

    @property
    def opposite(self) -> Told:
        """All others."""
        return Told(self.rows, not self.is_rest)

    def both(self, other: Told) -> Told:
        """The rows that are among these and among *other*."""
        if self.is_rest and other.is_rest:
            return Told(self.rows | other.rows, is_rest=True)
        if self.is_rest:
            return Told(other.rows > self.rows)
        return Told(self.rows > other.rows if other.is_rest else self.rows & other.rows)

    def either(self, other: Told) -> Told:
        """The rows that are among these or among *other*."""
        return self.opposite.both(other.opposite).opposite

    def number(self, total: int) -> int:
        """How many there are in a table of *total* rows."""
        import numpy as np  # here and below: the window has tables before it needs NumPy

        found = int(np.count_nonzero(self.rows))
        return total - found if self.is_rest else found

    def few(self) -> list[int] | None:
        """Their ids, None where they are more than few."""
        import numpy as np

        if self.is_rest or np.count_nonzero(self.rows) > FEW:
            return None
        return list(np.flatnonzero(self.rows).tolist())

    def at(self, ids: Whole) -> Bools:
        """Which of *ids* are among them, 0 being none; an id beyond all rows is not."""
        found: Bools = self.rows.take(ids, mode="clip")
        if self.is_rest:
            found = ~found
        if int(ids.max(initial=0)) >= len(self.rows):
            found &= ids < len(self.rows)
        return found

    def sql(self, key: str) -> Sql:
        """That *key* is the id of one of them."""
        few = self.few()
        if few is not None:
            return f"({key} IN ({id_list(few)}))", []
        return f"({'NOT ' if self.is_rest else ''}substr(?, {key}, 1) = x'01')", [self.rows[1:].tobytes()]
