"""What is said of listings before and after their variants got other numbers, kept beside the numbers themselves.

Taking half a million prices back then need not read all variants of their listings to say the price range, the stock
and the hash anew: a listing whose hash is the one the change left behind has the numbers the change left behind, and so
what was said before it holds again. A listing that was changed since is worked out from its variants.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.history.columns import stage_rows, stores_in
from app.services.listings.numbers import FORESEEN

_FORESEEN = "temp.foreseen"
_KEPT = "(change_id, store_id, listing_ids, before, after)"
_BEFORE, _AFTER = "json_array(was, old_low, old_high, old_total)", "json_array(numbers, low, high, total)"


def keep_following(connection: Connection, change_id: int, rows: str) -> None:
    """Keep what was and is said of the listings of a block as part of a change.

    *rows*: what stands behind FROM to read it, columns as `FORESEEN`.
    """
    for store_id in stores_in(connection, rows):
        connection.exec_driver_sql(
            f"INSERT INTO change_following {_KEPT} SELECT ?, ?, json_group_array(listing_id), "
            f"json_group_array({_BEFORE}), json_group_array({_AFTER}) FROM {rows} WHERE store_id = ?",
            (change_id, store_id, store_id),
        )


def keep_following_reversed(connection: Connection, change_id: int, of_change: int) -> None:
    """Keep the whole of it as part of the change that takes all of *of_change* back."""
    connection.exec_driver_sql(
        f"INSERT INTO change_following {_KEPT} SELECT ?, store_id, listing_ids, after, before FROM change_following "
        "WHERE change_id = ? ORDER BY id",
        (change_id, of_change),
    )


def foresee(connection: Connection, change_id: int, only: frozenset[int] | None) -> str | None:
    """Stage what is said once all columns of a change went back, of the listings *only* or of all.

    Returns: the table, `forget_foreseen` drops it; None where the change keeps nothing of it.
    """
    kept = connection.exec_driver_sql(
        "SELECT store_id, listing_ids, after, before FROM change_following WHERE change_id = ? ORDER BY id",
        (change_id,),
    ).all()
    if not kept:
        return None
    connection.exec_driver_sql(f"CREATE TABLE {_FORESEEN} {FORESEEN}")
    rows = chain.from_iterable(_rows(*one) for one in kept)
    stage_rows(connection, _FORESEEN, rows if only is None else (row for row in rows if row[0] in only))
    return _FORESEEN


def _rows(store_id: int, *arrays: str) -> Iterator[tuple[Any, ...]]:
    """In the order of `FORESEEN`: what the change left behind is what was."""
    for number, (was, *old), (numbers, *new) in zip(*map(orjson.loads, arrays), strict=True):
        yield (number, store_id, *old, was, *new, numbers)


def forget_foreseen(connection: Connection) -> None:
    """Drop what `foresee` left. Safe to call without."""
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {_FORESEEN}")
