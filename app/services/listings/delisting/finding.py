"""Which variants contain a discontinued code, among millions: asked through the indexes over match keys and bundles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection

from app.services.codes.bundles import items_in
from app.services.codes.keys import match_key
from app.services.codes.known import Virtual, store_marks, virtual_codes
from app.services.codes.reading import Reader
from app.services.codes.records import Reading
from app.services.codes.rules import PLAIN_STORE, CodeRules, signs
from app.services.tasks import TaskContext

KEYS_AT_ONCE = 2_000
_LIST = "(SELECT value FROM json_each(?))"
_BUNDLES = f"SELECT DISTINCT match_key FROM bundle_item WHERE base IN {_LIST}"
_SKUS = f"""
SELECT sku.id, sku.listing_id, listing.store_id, sku.code, sku.stock,
       coalesce(nullif(listing.title, ''), nullif(listing.product_key, ''), listing.product_id, ''),
       listing.status, listing.product_id, sku.price_minor, listing.currency
FROM {_LIST} AS wanted CROSS JOIN sku ON sku.match_key = wanted.value JOIN listing ON listing.id = sku.listing_id
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A variant that contains the discontinued code `because`, "" where its code cannot be read; `price_minor` is its
    list price in `currency`."""

    sku_id: int
    listing_id: int
    store_id: int
    code: str
    stock: int | None
    title: str
    status: str
    product_id: str | None
    price_minor: int | None
    currency: str
    because: str
    is_doubtful: bool


class Wanted:
    """The discontinued codes, ready to be compared: stock items, whole bundles, those of one warehouse only."""

    def __init__(self, codes: Mapping[str, Reading], virtual: Virtual) -> None:
        self.items: dict[str, str] = {}
        self._keys: dict[str, list[tuple[str, str]]] = {}
        home = signs().home
        for code, reading in codes.items():
            country = "" if reading.ships_from == home else reading.ships_from
            first = reading.components[0]
            if len(reading.components) == 1 and first.quantity == 1 and not country:
                self.items[first.base] = code
            else:
                self._keys.setdefault(reading.match_key, []).append((country, code))
        firsts = {reading.components[0].base for reading in codes.values()}
        self._asked = firsts.union(name for name, items in virtual.items() if any(one.base in firsts for one in items))

    def lookups(self) -> tuple[list[str], list[str]]:
        """Stock items, and match keys to look up."""
        return sorted(self._asked), sorted({*self._asked, *self._keys})

    def is_in(self, code: str) -> bool:
        """Whether a code that cannot be read has a discontinued stock item in it."""
        key = match_key(code)
        return not self.items.keys().isdisjoint({key, *items_in(key)})

    def reason(self, reading: Reading, plain: Reading) -> str | None:
        """The discontinued code that a variant contains, None where it contains none; *plain*: read by its text alone,
        with virtual codes as they are written."""
        for one in (*reading.components, *plain.components):
            if one.base in self.items:
                return self.items[one.base]
        for key in (reading.match_key, plain.match_key):
            for country, code in self._keys.get(key, ()):
                if country in ("", reading.ships_from):
                    return code
        return None


def find_variants(
    connection: Connection, codes: Mapping[str, Reading], store_ids: Iterable[int] | None, ctx: TaskContext
) -> Iterator[Hit]:
    """Every variant that contains one of *codes*, in these stores or in all; a virtual code contains what it stands
    for. A variant whose code cannot be read, but has a discontinued code in it, comes without a reason.

    Raises:
        TaskCancelled.
    """
    virtual = virtual_codes(connection)
    wanted, readers = Wanted(codes, virtual), _Readers(connection, virtual, codes)
    items, keys = wanted.lookups()
    found = set(keys)
    for chunk in _pieces(items):
        found.update(connection.exec_driver_sql(_BUNDLES, (_json(chunk),)).scalars())
    stores = None if store_ids is None else frozenset(store_ids)
    ordered = sorted(found)
    for done, chunk in enumerate(_pieces(ordered)):
        ctx.checkpoint()
        ctx.report(done * KEYS_AT_ONCE, len(ordered), note="delist.looking")
        for row in connection.exec_driver_sql(_SKUS, (_json(chunk),)):
            if (stores is None or row[2] in stores) and (hit := _hit(row, wanted, readers)):
                yield hit


class _Readers:
    """A reader for each way in which stores write their codes. The discontinued items are the ones it knows."""

    def __init__(self, connection: Connection, virtual: Virtual, codes: Mapping[str, Reading]) -> None:
        self._virtual, self._marks = virtual, store_marks(connection)
        self._known = frozenset(one.base for reading in codes.values() for one in reading.components)
        self._made: dict[int, Reader] = {}
        self.plain = Reader()

    def of(self, store_id: int) -> Reader:
        at = store_id if store_id in self._marks else 0
        if at not in self._made:
            self._made[at] = Reader(CodeRules(self._known, self._virtual, self._marks.get(at, PLAIN_STORE)))
        return self._made[at]


def _hit(row: Sequence[Any], wanted: Wanted, readers: _Readers) -> Hit | None:
    store_id, code = row[2], row[3]
    reading, plain = readers.of(store_id).read(code), readers.plain.read(code)
    because = wanted.reason(reading, plain) if not reading.error else "" if wanted.is_in(code) else None
    if because is None:
        return None
    is_doubtful = any(because in _split_at_x(one.base) for one in plain.components if because != one.base)
    return Hit(*(*row, because, is_doubtful))


def _split_at_x(base: str) -> set[str]:
    """What stands before and behind an X of *base*."""
    return {text for at, sign in enumerate(base) if sign == "X" for text in (base[:at], base[at + 1 :])}


def _pieces(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[at : at + KEYS_AT_ONCE] for at in range(0, len(names), KEYS_AT_ONCE))


def _json(names: Sequence[str]) -> str:
    return orjson.dumps(list(names)).decode()
