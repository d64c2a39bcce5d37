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
from app.services.pricing.given import UNKNOWN, Given, reason
from app.services.pricing.given_reading import GivenReader
from app.services.pricing.inputs import InputReader, Missing
from app.services.pricing.reckoning import given_again, ids_of
from app.services.pricing.sku_columns import clear_numbers, store_numbers
from app.services.pricing.watching import is_waiting
from app.services.sql_ids import collected
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

PIECE, AGAIN_PIECE = 2_000, 10_000
"""Listings a transaction: of those that are read, and of those that are only reckoned again."""
_HIGHEST = frozenset({"cost_micro", "freight_micro", "fees_minor", "even_minor"})
"""Figures of which a listing shows its variants' highest; of the others the lowest."""
_LISTING_COLUMNS = ("listing_id", "generation", *COLUMNS, "unknown", "why", "first_sku", "last_sku")
_LISTING = "INSERT OR REPLACE INTO listing_figure ({}) VALUES ({})".format(
    ", ".join(_LISTING_COLUMNS), ", ".join("?" * len(_LISTING_COLUMNS))
)
_AGAIN = (
    "SELECT listing_id AS id FROM listing_figure WHERE generation >= ? AND generation < ? "
    "AND listing_id NOT IN (SELECT listing_id FROM figure_due)"
)
_WAITING = (
    "SELECT listing_id AS id FROM figure_due UNION SELECT listing_id AS id FROM listing_figure "
    "WHERE generation <> (SELECT generation FROM figure_state) ORDER BY id"
)
"""In the order of the listings: what is worked out together stands together in the columns."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """How many listings got new figures."""

    listings: int


@dataclass(frozen=True, slots=True)
class _State:
    """The row of `figure_state`."""

    generation: int
    inputs: int
    rates: int


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
            state = _state(connection)
            sql = f"{_AGAIN} ORDER BY listing_id"
            again = collected(connection, sql, (state.inputs, state.generation), ctx)
        done += _reckon_again(db, again, state, ctx)
        with db.reader.connect() as connection:
            waiting = collected(connection, _WAITING, (), ctx)
        done += _renew(db, waiting, state, ctx)


def _reckon_again(db: Database, waiting: array[int], state: _State, ctx: TaskContext) -> int:
    """As `_renew`, for listings whose costs and routes are as they were; some may be left over."""
    reader: InputReader | None = None
    done = 0
    for start in range(0, len(waiting), AGAIN_PIECE):
        ctx.checkpoint()
        ctx.report(start, len(waiting), note="figures.renewing")
        with db.bulk() as connection:
            if _state(connection) != state:
                break
            reader = InputReader.of(connection) if reader is None else reader.on(connection)
            done += _reckon_piece(reader, waiting[start : start + AGAIN_PIECE], state)
    return done


def _reckon_piece(reader: InputReader, piece: Sequence[int], state: _State) -> int:
    """Store the figures of these listings, reckoned again, in the caller's transaction. Returns: of how many."""
    connection = reader.connection
    still = f"{_AGAIN} AND listing_id IN ({id_list(piece)}) ORDER BY listing_id"  # one may have changed meanwhile
    listing_ids = connection.exec_driver_sql(still, (state.inputs, state.generation)).scalars().all()
    oldest = f"SELECT min(generation) FROM listing_figure WHERE listing_id IN ({id_list(listing_ids)})"
    with_rates = (connection.exec_driver_sql(oldest).scalar() or 0) < state.rates
    given = given_again(reader, listing_ids, with_rates=with_rates)
    if given is None:
        return 0
    return _store(connection, given, FigureColumns(given, reader.settings), given.sku_id[:0], state.generation)


def _renew(db: Database, waiting: array[int], state: _State, ctx: TaskContext) -> int:
    """Work through *waiting*, until a rate or a table becomes another. Returns: how many listings were done."""
    reader: GivenReader | None = None
    done = 0
    for start in range(0, len(waiting), PIECE):
        ctx.checkpoint()
        ctx.report(start, len(waiting), note="figures.renewing")
        piece = waiting[start : start + PIECE]
        with db.bulk() as connection:
            if _state(connection) != state:
                return done
            reader = GivenReader(InputReader.of(connection)) if reader is None else reader.on(connection)
            done += renew_piece(connection, reader, piece, state.generation)
    ctx.report(len(waiting), len(waiting), note="figures.renewing")
    with db.bulk() as connection:
        settled = "UPDATE figure_state SET renewed = ? WHERE generation = ?"
        connection.exec_driver_sql(settled, (state.generation, state.generation))
    return done


def _state(connection: Connection) -> _State:
    return _State(*connection.exec_driver_sql("SELECT generation, inputs, rates FROM figure_state").one())


def renew_piece(connection: Connection, reader: GivenReader, listing_ids: Sequence[int], generation: int) -> int:
    """Store the figures of these listings in the caller's transaction. Returns: how many of them there are."""
    import numpy as np

    ids, given, stored = id_list(listing_ids), reader.read(listing_ids), 0
    there = given.sku_id if given is not None else np.empty(0, np.int64)
    gone = np.setdiff1d(ids_of(connection, listing_ids), there)
    having: set[int] = set()
    if given is not None:
        stored = _store(connection, given, FigureColumns(given, reader.reader.settings), gone, generation)
        having.update(given.listing_id.tolist())
    else:
        clear_numbers(connection, gone)
    rest = id_list(sorted(set(listing_ids) - having))
    empty = connection.exec_driver_sql(f"SELECT id FROM listing WHERE id IN ({rest})").scalars().all()
    connection.exec_driver_sql(f"DELETE FROM listing_figure WHERE listing_id IN ({rest})")
    unknown = (None,) * len(COLUMNS)
    _many(connection, _LISTING, [(one, generation, *unknown, 0, Missing.PRICE.value, None, None) for one in empty])
    connection.exec_driver_sql(f"DELETE FROM figure_due WHERE listing_id IN ({ids})")
    return stored + len(empty)


def _store(connection: Connection, given: Given, columns: FigureColumns, gone: Whole, generation: int) -> int:
    """Write figures of variants, without those that are *gone*, and of their listings. Returns: of how many."""
    numbers = {name: columns.values[name] for name in COLUMNS} | {"lacking": given.lacking}
    if given.beside:
        numbers |= {"listing": given.listing_id, "price": given.price_minor, "buyer": given.buyer_minor, **given.beside}
    store_numbers(connection, given.sku_id, numbers, gone, given.codes)
    rows = list(_of_listings(given, columns, generation))
    _many(connection, _LISTING, rows)
    return len(rows)


def _of_listings(given: Given, columns: FigureColumns, generation: int) -> Any:
    """A row for each listing: the least favourable of its variants."""
    import numpy as np

    owners = given.listing_id
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
    found = [_known(_extreme(columns.values[name], starts, name)) for name in COLUMNS]
    lacking = given.lacking != 0
    unknown = np.add.reduceat(lacking.astype(np.int64), starts).tolist()
    reasons = dict[int, str]()
    for at in np.flatnonzero(lacking).tolist():
        reasons.setdefault(int(owners[at]), reason(int(given.lacking[at])))
    numbers: list[int] = owners[starts].tolist()
    whys = [reasons.get(one, "") for one in numbers] if reasons else repeat("")
    spans = [each.reduceat(given.sku_id, starts).tolist() for each in (np.minimum, np.maximum)]
    return zip(numbers, repeat(generation), *found, unknown, whys, *spans, strict=False)


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
    """Straight to the driver: nothing looks at a million tuples on the way."""
    driver: Any = connection.connection.driver_connection
    driver.executemany(sql, rows)


def renew_stored(path: Path, *, ctx: TaskContext) -> Renewed:
    """`renew_figures` for the worker process. Raises: TaskCancelled."""
    db = Database(path)
    try:
        return renew_figures(db, ctx)
    finally:
        db.dispose()
