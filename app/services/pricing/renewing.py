"""Keeping the stored figures of a million listings of today, in pieces, so that nobody waits for it.

A piece is read, worked out and written in one short transaction: figures always belong to the prices beside them, an
edit waits for a tenth of a second at most, and a stop loses nothing. What is left to do is in the database
(`watching`), so that it goes on after a crash, by whichever program runs.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from app.services.db import Database
from app.services.listings.loading import id_list
from app.services.pricing.figures import COLUMNS, FigureColumns
from app.services.pricing.given import UNKNOWN, Given
from app.services.pricing.given_reading import GivenReader
from app.services.pricing.inputs import InputReader, Missing
from app.services.pricing.watching import is_waiting
from app.services.sql_ids import collected
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

PIECE = 2_000
"""Listings a transaction."""
_HIGHEST = frozenset({"cost_micro", "freight_micro", "fees_minor", "even_minor"})
"""Figures of which a listing shows its variants' highest; of the others the lowest."""
_SKU = "INSERT INTO sku_figure (listing_id, sku_id, generation, {}, why) VALUES ({})".format(
    ", ".join(COLUMNS), ", ".join("?" * (len(COLUMNS) + 4))
)
_LISTING = "INSERT OR REPLACE INTO listing_figure (listing_id, generation, {}, unknown, why) VALUES ({})".format(
    ", ".join(COLUMNS), ", ".join("?" * (len(COLUMNS) + 4))
)
_WAITING = (
    "SELECT listing_id AS id FROM figure_due UNION ALL SELECT listing_id AS id FROM listing_figure "
    "WHERE generation <> (SELECT generation FROM figure_state) "
    "AND listing_id NOT IN (SELECT listing_id FROM figure_due)"
)


@dataclass(frozen=True, slots=True)
class Renewed:
    """How many listings got new figures."""

    listings: int


def renew_figures(db: Database, ctx: TaskContext | None = None) -> Renewed:
    """Work out everything that is of yesterday.

    Raises:
        TaskCancelled: stopped between two pieces; what was worked out is stored.
    """
    ctx = ctx or TaskContext()
    done = 0
    while True:
        with db.reader.connect() as connection:
            if not is_waiting(connection):
                return Renewed(done)
            generation = _generation(connection)
            waiting = collected(connection, _WAITING, (), ctx)
        done += _renew(db, waiting, generation, ctx)


def _renew(db: Database, waiting: array[int], generation: int, ctx: TaskContext) -> int:
    """Work through *waiting*, until a rate or a table becomes another. Returns: how many listings were done."""
    reader: GivenReader | None = None
    for start in range(0, len(waiting), PIECE):
        ctx.checkpoint()
        ctx.report(start, len(waiting), note="figures.renewing")
        piece = waiting[start : start + PIECE]
        with db.bulk() as connection:
            if _generation(connection) != generation:
                return start
            reader = GivenReader(InputReader.of(connection)) if reader is None else reader.on(connection)
            renew_piece(connection, reader, piece, generation)
    ctx.report(len(waiting), len(waiting), note="figures.renewing")
    with db.bulk() as connection:
        connection.exec_driver_sql("UPDATE figure_state SET renewed = ? WHERE generation = ?", (generation, generation))
    return len(waiting)


def _generation(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT generation FROM figure_state").scalar_one())


def renew_piece(connection: Connection, reader: GivenReader, listing_ids: Sequence[int], generation: int) -> None:
    """Store the figures of these listings in the caller's transaction."""
    ids = id_list(listing_ids)
    given = reader.read(listing_ids)
    connection.exec_driver_sql(f"DELETE FROM sku_figure WHERE listing_id IN ({ids})")
    having: set[int] = set()
    if given is not None:
        columns = FigureColumns(given, reader.reader.settings)
        whys = given.whys()
        listings: list[int] = given.listing_id.tolist()
        having.update(listings)
        found = (columns.known(name) for name in COLUMNS)
        _many(connection, _SKU, zip(listings, given.sku_id.tolist(), repeat(generation), *found, whys, strict=False))
        _many(connection, _LISTING, _of_listings(given, columns, whys, generation))
    gone = sorted(set(listing_ids) - having)
    there = connection.exec_driver_sql(f"SELECT id FROM listing WHERE id IN ({id_list(gone)})").scalars().all()
    empty = (None,) * len(COLUMNS)
    _many(connection, _LISTING, [(number, generation, *empty, 0, Missing.PRICE.value) for number in there])
    connection.exec_driver_sql(f"DELETE FROM figure_due WHERE listing_id IN ({ids})")


def _of_listings(given: Given, columns: FigureColumns, whys: Sequence[str], generation: int) -> Any:
    """A row for each listing: the least favourable of its variants."""
    import numpy as np

    owners = given.listing_id
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
    found = [_known(_extreme(columns.values[name], starts, name)) for name in COLUMNS]
    lacking = given.lacking != 0
    unknown = np.add.reduceat(lacking.astype(np.int64), starts).tolist()
    reasons = dict[int, str]()
    for at in np.flatnonzero(lacking).tolist():
        reasons.setdefault(int(owners[at]), whys[at])
    numbers: list[int] = owners[starts].tolist()
    return zip(numbers, repeat(generation), *found, unknown, [reasons.get(one, "") for one in numbers], strict=False)


def _extreme(values: Whole, starts: Whole, name: str) -> Whole:
    import numpy as np

    if name in _HIGHEST:
        return np.maximum.reduceat(values, starts)
    found = np.minimum.reduceat(np.where(values == UNKNOWN, -UNKNOWN, values), starts)
    return np.where(found == -UNKNOWN, UNKNOWN, found)


def _known(values: Whole) -> list[int | None]:
    """As SQLite keeps it."""
    found: list[int | None] = values.tolist()
    return [None if value == UNKNOWN else value for value in found] if (values == UNKNOWN).any() else found


def _many(connection: Connection, sql: str, rows: Any) -> None:
    """Straight to the driver: nothing looks at five million tuples on the way."""
    driver: Any = connection.connection.driver_connection
    driver.executemany(sql, rows)


def renew_stored(path: Path, *, ctx: TaskContext) -> Renewed:
    """`renew_figures` for the worker process. Raises: TaskCancelled."""
    db = Database(path)
    try:
        return renew_figures(db, ctx)
    finally:
        db.dispose()
