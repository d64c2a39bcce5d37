"""Variants of a mask in the order a table asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection

from app.services.listings.shown_orders import OF_WORDS
from app.services.listings.variant_masks import FEW, STORED, Variants
from app.services.sql_classes import some_values
from app.services.sql_ids import numbers_in, read_numbers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from app.services.listings.source import ListingSource

    Mask = NDArray[np.bool_]
    Whole = NDArray[np.int64]
    Numbers = NDArray[Any]

SOME = 1_000
"""So many times as many values as are wanted show how low these are."""
EDGE = 20
"""One of so many texts that were looked at, the first ones, is where the first rows end."""
WALKED = 4_000
"""So many variants are looked at first along an order that only the tables have; then eight times as many."""


@dataclass(frozen=True, slots=True)
class Key:
    """What rows are sorted by: an SQL expression over `sku`, a column of `Variants` that has the same, or where their
    listings stand in an order of listings (`listing_places`). `is_bare_text`: a text that no index has, "" for none."""

    sql: str
    descending: bool = False
    column: str = ""
    places: Whole | None = None
    is_bare_text: bool = False

    @property
    def is_in_memory(self) -> bool:
        """Whether it is known without the tables."""
        return bool(self.column) or self.places is not None

    @property
    def is_in_tables(self) -> bool:
        """Whether the tables have it, too; figures are in the columns alone."""
        return self.column in ("", *STORED) and self.places is None


def listing_places(connection: Connection, listings: ListingSource, name: str, *, are_ties_told: bool) -> Whole:
    """By the id of a listing where it stands in the order of the field *name*; *are_ties_told*: those with one value
    stand at one place, which takes longer than one after the other."""
    import numpy as np

    order, table = listings.sorted_by(name), listings.read_in_order(name)
    if name in OF_WORDS or are_ties_told:
        place = order if name in OF_WORDS else f"dense_rank() OVER (ORDER BY {order})"
        sql = f"SELECT group_concat(id), group_concat(place) FROM (SELECT id, {place} AS place FROM {table})"
        told, stands = connection.exec_driver_sql(sql).one()
        ids, at = numbers_in(told or ""), numbers_in("" if stands is None else stands)
        if not are_ties_told:
            ids = ids[np.lexsort((ids, at))]
    else:
        ids = read_numbers(connection, f"SELECT id FROM {table} ORDER BY {order}, id")
    if not are_ties_told:
        at = np.arange(1, len(ids) + 1)
    places: Whole = np.zeros(int(ids.max(initial=0)) + 1, np.int64)
    places[ids] = at
    return places


def ids_in_order(
    connection: Connection, variants: Variants, found: Mask, keys: Sequence[Key], last: bool, limit: int | None = None
) -> Whole:
    """The ids of the variants of *found* in the order of *keys*, or the first *limit* of them; what nobody knows is
    the lowest.

    Args:
        last: whether ties go by descending id.
    """
    import numpy as np

    places = np.flatnonzero(found)
    if all(key.is_in_memory for key in keys) or (keys[0].is_in_memory and limit is not None):
        if limit is not None:
            places = places[_first(_directed(variants, keys[0], places), limit)]
        if all(key.is_in_memory for key in keys):
            columns = [_whole(variants, key, places) for key in keys]
            ids = variants.ids(places)
            return ids[np.lexsort((~ids if last else ids, *reversed(columns)))][:limit]
    elif len(places) > FEW and all(key.is_in_tables for key in keys):
        return _walked(connection, variants, found, keys, last, limit)
    return _in_sql(connection, variants, places, keys, last)[:limit]


def _directed(variants: Variants, key: Key, places: Whole) -> Numbers:
    """The numbers to sort by, upwards."""
    if key.places is not None:
        values: Numbers = key.places[variants.listings[places]]
    else:
        values = variants.numbers(key.column)[0][places]
    return ~values if key.descending else values


def _whole(variants: Variants, key: Key, places: Whole) -> Whole:
    """The same of few places, as whole numbers."""
    if key.places is not None:
        return _directed(variants, key, places)
    values = variants.whole_at(key.column, places)
    return ~values if key.descending else values


def _first(values: Numbers, limit: int) -> Whole:
    """Where the *limit* lowest are, and all that are as low as the highest of them. As many of a part of the values
    are no lower than theirs: only what is as low as those need be sorted."""
    import numpy as np

    if len(values) <= limit:
        return np.arange(len(values))
    some = values[:: max(1, len(values) // (SOME * limit))]
    low = np.flatnonzero(values <= np.partition(some, limit - 1)[limit - 1])
    among = values[low]
    first: Whole = low[among <= np.partition(among, limit - 1)[limit - 1]]
    return first


def _in_sql(connection: Connection, variants: Variants, places: Whole, keys: Sequence[Key], last: bool) -> Whole:
    """Sorted by the tables; numbers they do not have are given to them."""
    import numpy as np

    columns = [_directed(variants, key, places).astype(np.int64) for key in keys if key.is_in_memory]
    given = [variants.ids(places), *columns]
    rows = orjson.dumps(np.stack(given, axis=1).tolist()).decode()
    numbers = iter(range(1, len(given)))
    order = [
        f"json_extract(one.value, '$[{next(numbers)}]')" if key.is_in_memory else _sql(key)
        for key in (*keys, Key("sku.id", last))
    ]
    sql = "SELECT sku.id AS id FROM json_each(?) AS one JOIN sku ON sku.id = json_extract(one.value, '$[0]') ORDER BY "
    return read_numbers(connection, sql + ", ".join(order), (rows,))


def _walked(
    connection: Connection, variants: Variants, found: Mask, keys: Sequence[Key], last: bool, limit: int | None
) -> Whole:
    """Very many hits, or the first of them: along all variants, until enough are met."""
    order, looked_at = (*keys, Key("sku.id", last)), -1 if limit is None else WALKED
    while True:
        ids = _first_of_all(connection, order, looked_at)
        met = variants.within(ids, found)
        if limit is None or len(met) >= limit or len(ids) < looked_at:
            return met[:limit]
        looked_at *= 8


def _first_of_all(connection: Connection, keys: Sequence[Key], limit: int) -> Whole:
    """The first of all variants in the order of *keys*, -1 for all of them."""
    if limit > 0 and keys[0].is_bare_text:
        ids = _first_of_texts(connection, keys, limit)
        if len(ids) == limit:
            return ids
    return _read(connection, keys, limit)


def _first_of_texts(connection: Connection, keys: Sequence[Key], limit: int) -> Whole:
    """The first, or fewer of them, where the first key is a text that no index has. Most of the time goes into rows
    that are put among the first and pushed out again: some texts show beyond which one none of the first can be."""
    import numpy as np

    text, *others = keys
    highest = int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM sku").scalar_one())
    some = sorted((one or "" for one in some_values(connection, "sku", text.sql, highest)), reverse=text.descending)
    edge = some[len(some) // EDGE] if some else ""
    if edge:
        return _read(connection, keys, limit, f"{text.sql} {'>=' if text.descending else '<='} ?", (edge,))
    parts = [(others, f"{text.sql} = ''"), (keys, f"{text.sql} > ''")]
    ids: Whole = np.empty(0, np.int64)
    for order, wanted in reversed(parts) if text.descending else parts:
        if len(ids) < limit:
            ids = np.concatenate((ids, _read(connection, order, limit - len(ids), wanted)))
    return ids


def _read(
    connection: Connection, keys: Sequence[Key], limit: int, wanted: str = "true", params: tuple[str, ...] = ()
) -> Whole:
    """The first variants that are as *wanted*, in the order of *keys*."""
    order = ", ".join(map(_sql, keys))
    return read_numbers(connection, f"SELECT id FROM sku WHERE {wanted} ORDER BY {order} LIMIT {limit}", params)


def _sql(key: Key) -> str:
    return f"{key.sql} {'DESC' if key.descending else 'ASC'}"
