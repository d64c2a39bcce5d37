"""Variants of listings whose figures are due, read from the tables: what is asked of them, no more, and in pieces.

Mostly they are few. After a large import they are all there are, and five million rows as one text would take more
memory than the whole window.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from app.services.pricing.given import UNKNOWN
from app.services.sql_ids import read_numbers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

PIECE = 20_000
"""So many listings are read at a time: about a megabyte of text."""
_BOUNDS = (
    "SELECT listing_id AS id "
    "FROM (SELECT listing_id, row_number() OVER (ORDER BY listing_id) AS place FROM figure_due "
    "WHERE listing_id > ? AND listing_id <= ?) WHERE place % ? = 0"
)
_OF_DUE = (
    "SELECT {what} AS id FROM figure_due CROSS JOIN sku ON sku.listing_id = figure_due.listing_id "
    "WHERE figure_due.listing_id > ? AND figure_due.listing_id <= ?"
)
_HIGHEST = 2**62


class LateVariants:
    """The variants of due listings, in the order of their ids.

    Attributes:
        ids: theirs.
        listings: whose each is.
    """

    def __init__(self, connection: Connection, after: int = -1, last: int = _HIGHEST) -> None:
        """Of the listings with higher ids than *after*, to *last*."""
        import numpy as np

        self._connection = connection
        bounds = read_numbers(connection, _BOUNDS, (after, last, PIECE)).tolist()
        self._spans = list(zip([after, *bounds], [*bounds, last], strict=True))
        pairs = [_narrow(one).reshape(-1, 2) for one in self._read("sku.id || ',' || sku.listing_id")]
        both = np.concatenate(pairs)
        del pairs
        self._order = _narrow(np.argsort(both[:, 0], kind="stable"))
        self.ids, self.listings = both[self._order, 0], both[self._order, 1]

    def numbers(self, name: str) -> Whole:
        """A number of each, by its name in the table `sku`; `UNKNOWN` for None."""
        import numpy as np

        return np.concatenate(list(self._read(f"coalesce(sku.{name}, {UNKNOWN})")))[self._order]

    def _read(self, what: str) -> Iterator[Whole]:
        sql = _OF_DUE.format(what=what)
        return (read_numbers(self._connection, sql, span) for span in self._spans)


def _narrow(values: Whole) -> Whole:
    """In half the room, where they fit; as ids they mean the same."""
    import numpy as np

    fits = int(values.max(initial=0)) <= np.iinfo(np.int32).max
    found: Whole = values.astype(np.int32 if fits else np.int64)
    return found
