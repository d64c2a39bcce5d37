"""Variants by the places they ship from: an index has those of each place by their listings, so that two threads read
half of the listings each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.services.moments import halved
from app.services.sql_classes import some_values
from app.services.sql_ids import read_numbers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from app.services.paging import Filter

    Whole = NDArray[np.int64]

MOST_PLACES = 100
"""With more places than that the index is read as it stands."""
_PLACE = "ships_from COLLATE NOCASE"
_EACH = (
    f"WITH RECURSIVE one(place) AS (SELECT '' UNION ALL SELECT (SELECT ships_from FROM sku WHERE {_PLACE} > one.place "
    f"ORDER BY {_PLACE} LIMIT 1) FROM one WHERE one.place IS NOT NULL LIMIT {MOST_PLACES + 2}) "
    "SELECT place FROM one WHERE place > ''"
)
"""Each place but none, found by going from one to the next in the index."""


def rarer(connection: Connection) -> str:
    """Which fewer variants are: "present", those that have a place, or "missing"."""
    highest = int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM sku").scalar_one())
    found = some_values(connection, "sku", "ships_from", highest)
    return "missing" if 2 * sum(map(bool, found)) > len(found) else "present"


def shipped(connection: Connection, condition: Filter, column: str) -> Whole | None:
    """What *column*, `id` or `listing_id`, has of the variants that ship from where *condition* on `ships_from` says,
    in any order; a listing once for each place at most. None where it says anything but one place, any, or of variants
    none."""
    import numpy as np  # here: the window has tables before it needs NumPy

    if condition.operator == "present":
        places = [place for (place,) in connection.exec_driver_sql(_EACH)]
    elif condition.operator == "missing" and column == "id":
        places = [""]
    elif condition.operator == "=":
        places = [str(condition.value)]
    else:
        return None
    if len(places) > MOST_PLACES:
        return None
    middle = int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) / 2 FROM listing").scalar_one())
    each = "DISTINCT " if column == "listing_id" else ""  # of a place they come by listings: equal ones together

    def half(side: str, connection: Connection) -> Whole:
        sql = f"SELECT {each}{column} AS id FROM sku WHERE {_PLACE} = ? AND listing_id {side} ?"
        found = [read_numbers(connection, sql, (place, middle)) for place in places]
        return np.concatenate([np.empty(0, np.int64), *found])

    return np.concatenate(halved(connection, partial(half, "<="), partial(half, ">")))
