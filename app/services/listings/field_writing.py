"""Giving very many listings other values in fields of their own rows, all at once: texts, keywords, pages, attributes.

As `editing.apply_edits` does it listing by listing, with the same entries and the same columns that follow, but read as
bare rows, written with one statement for all, and looked at by the few rules that read the fields (`FieldLook`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.services.collection import without_collection
from app.services.compliance.context import CheckContext
from app.services.compliance.field_looks import TOLD_APART, FieldLook
from app.services.compliance.loading import load_context
from app.services.compliance.rules.twins import SAME_TITLE
from app.services.compliance.stored_findings import Tally, step_tallies
from app.services.compliance.twins import TwinBook
from app.services.db import roomy
from app.services.history.records import Entry
from app.services.listings.content import HALF, SENT_FIELDS, hash_of_parts
from app.services.listings.loading import PACKED, id_list
from app.services.listings.records import LISTING_FIELDS, ListingRecord
from app.services.listings.search_index import Retold, followed
from app.services.listings.tables import WHOLE, updating
from app.services.listings.text import bigrams, fold, search_text
from app.services.listings.writing import REOPENED, raw
from app.services.pricing.watching import noted_at_once

BLOCK = 10_000
"""Listings after which the search tables follow, and their changed rows leave the memory."""

_COLUMNS = (
    *("id", "store_id", "status", "product_id", *LISTING_FIELDS),
    *("search_text", "bigram_text", "title_folded", "content_hash", "block_count", "hold_count", "warn_count"),
)
_ROWS = f"SELECT {', '.join(_COLUMNS)} FROM {WHOLE} WHERE id IN ({{ids}}) ORDER BY id"
_VARIANTS = (
    "SELECT listing_id, code, properties, barcode, ships_from FROM sku "
    "WHERE listing_id IN ({ids}) ORDER BY listing_id, position"
)
_PICTURES = "SELECT listing_id, source FROM image WHERE listing_id IN ({ids}) ORDER BY listing_id, position"
_FOLLOWING = ("title_folded", "search_text", "bigram_text", "content_hash", "updated_ms")
"""Columns that follow from these and from others, but for the state."""

_RETITLED = "temp.retitled"
_RETITLED_TABLE = (
    f"CREATE TABLE {_RETITLED} (listing_id INTEGER PRIMARY KEY, store_id INTEGER, was TEXT, now TEXT)",
    "CREATE INDEX temp.retitled_was ON retitled (was)",
)
_LIKE_IT = (
    "FROM listing AS other WHERE other.title_folded = own.{title} AND other.id <> own.listing_id "
    "AND other.store_id = own.store_id AND other.status <> 'off'"
)
_HAD = f"""
EXISTS (SELECT 1 {_LIKE_IT.format(title="was")} AND other.id NOT IN (SELECT listing_id FROM {_RETITLED}))
OR EXISTS (SELECT 1 FROM {_RETITLED} AS old JOIN listing AS other ON other.id = old.listing_id AND other.status <> 'off'
           WHERE old.was = own.was AND old.listing_id <> own.listing_id AND old.store_id = own.store_id)
"""
_ALIKE = f"""
SELECT listing_id, store_id, had, is_apart FROM (
    SELECT listing_id, store_id, listing_id IN ({TOLD_APART}) AS is_apart, was <> '' AND ({_HAD}) AS had,
           now <> '' AND EXISTS (SELECT 1 {_LIKE_IT.format(title="now")}) AS has
    FROM (SELECT listing_id, store_id, was, now FROM {_RETITLED} UNION ALL
          SELECT id, store_id, title_folded, title_folded FROM listing
          WHERE title_folded IN (SELECT was FROM {_RETITLED} UNION SELECT now FROM {_RETITLED})
          AND id NOT IN (SELECT listing_id FROM {_RETITLED})) AS own)
WHERE had <> has OR is_apart
"""
"""Listings, edited or not, of which another one on sale had the title and has no more, or the reverse; and all with
these titles that a person told apart from any."""

Follow = Callable[[Sequence[Retold], Sequence[Retold]], None]
Wanted = Mapping[int, Mapping[str, Any]]
"""By listing the new values of its fields, as records have them."""
Kept = Mapping[int, Mapping[str, Any]]
"""The same as they are kept."""


@dataclass(slots=True)
class _Stored:
    """A listing as it stands: `values` of `_COLUMNS` as records have them, `packed` those that are kept as JSON as
    they are kept; of its variants the rows, of its pictures the sources."""

    values: dict[str, Any]
    packed: dict[str, Any]
    variants: Sequence[Any]
    pictures: Sequence[str]

    def is_as(self, expected: Mapping[str, Any]) -> bool:
        """Whether these values, as they are kept, stand there."""
        return all((self.packed if name in PACKED else self.values)[name] == was for name, was in expected.items())


class FieldWriter:
    """Writes fields within `fields_written_at_once`.

    Attributes:
        suspects: of the listings written so far, those whose findings or state may be others now. All of them are
            known at the end of the block.
        moved: listings that were to be written and are gone, or stand otherwise than was expected.
    """

    def __init__(self, connection: Connection, fields: Set[str], moment_ms: int, follow: Follow) -> None:
        self._connection, self._moment, self._follow = connection, moment_ms, follow
        self._driver: Any = connection.connection.driver_connection
        self._fields = [name for name in LISTING_FIELDS if name in fields]
        self._look = FieldLook(fields)
        self._needs = [name for name in self._look.needs if name not in ("id", "store_id")]
        self._session, self._contexts = Session(bind=connection), dict[int, CheckContext]()
        self._texts: list[Retold] = []
        self._pairs: list[Retold] = []
        self._steps: dict[int, tuple[Tally, Tally]] = {}
        self._updates = updating((*self._fields, *_FOLLOWING), "UPDATE OR FAIL")
        self.suspects: set[int] = set()
        self.moved: set[int] = set()

    def write(self, wanted: Wanted, expected: Kept | None = None) -> list[Entry]:
        """Give listings, by ids that grow from call to call, new values.

        Args:
            expected: what must stand in their fields now; of `wanted` what does not is left alone.

        Returns: what was there before, of listings that are there and get other values.
        """
        entries: list[Entry] = []
        rows: list[tuple[Any, ...]] = []
        retitled: list[tuple[Any, ...]] = []
        reopened: list[tuple[str, int]] = []
        missing = set(wanted)
        for stored in self._stored(sorted(wanted)):
            values, number = stored.values, stored.values["id"]
            if expected is not None and not stored.is_as(expected[number]):
                continue
            missing.remove(number)
            new = {name: value for name, value in wanted[number].items() if value != values[name]}
            if not new:
                continue
            before, after = ({name: raw(name, one[name]) for name in new} for one in (values, new))
            entries.append(Entry("listing", number, number, before, after))
            self._judge(values, new)
            following = self._following({**values, **new}, stored)
            kept = {**stored.packed, **after}
            rows.append((*(kept.get(name, values[name]) for name in self._fields), *following, number))
            if (title := following[0]) != values["title_folded"]:
                retitled.append((number, values["store_id"], values["title_folded"], title))
            if (status := REOPENED.get(values["status"])) is not None:
                reopened.append((str(status), number))
        self.moved |= missing
        for sql, pick in self._updates:
            self._driver.executemany(sql, list(map(pick, rows)))
        self._driver.executemany("UPDATE listing SET status = ? WHERE id = ?", reopened)
        self._driver.executemany(f"INSERT INTO {_RETITLED} VALUES (?, ?, ?, ?)", retitled)
        self.suspects.update(number for _, number in reopened)
        if len(self._texts) >= BLOCK:
            self.flush()
        return entries

    def flush(self) -> None:
        """Let the search tables follow what was written."""
        self._follow(self._texts, self._pairs)
        self._texts, self._pairs = [], []

    def _stored(self, ids: Sequence[int]) -> Iterator[_Stored]:
        """Listings as they stand, by their ids."""
        run, inside = self._driver.execute, id_list(ids)
        variants, pictures = defaultdict[int, list[Any]](list), defaultdict[int, list[str]](list)
        for row in run(_VARIANTS.format(ids=inside)):
            variants[row[0]].append(row)
        for number, source in run(_PICTURES.format(ids=inside)):
            pictures[number].append(source)
        for row in run(_ROWS.format(ids=inside)).fetchall():
            values = dict(zip(_COLUMNS, row, strict=True))
            packed = {name: values[name] for name in PACKED}
            values |= {name: None if text is None else orjson.loads(text) for name, text in packed.items()}
            yield _Stored(values, packed, variants[row[0]], pictures[row[0]])

    def _judge(self, values: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """Note whether what the checker finds is other than before, equal titles of other listings aside."""
        number = values["id"]
        if not self._look.is_own:
            self.suspects.add(number)
        if not (self._look.is_own and self._needs):
            return
        context = self._context(values["store_id"])
        record = ListingRecord(number, values["store_id"], **{name: values[name] for name in self._needs})
        for name in (changed := new.keys() & self._look.needs):
            setattr(record, name, new[name])
        after = self._look.tally(record, context)
        if not after and not (values["block_count"] or values["hold_count"] or values["warn_count"]):
            return  # nothing was found, and nothing is: what these rules said before was nothing, too
        for name in changed:
            setattr(record, name, values[name])
        before = self._look.tally(record, context)
        if before != after:
            self._steps[number] = before, after

    def finish(self) -> None:
        """Bring what is stored of findings in step, where it is clear; the rest are suspects."""
        self.flush()
        self._count_alike()
        clear = {number: step for number, step in self._steps.items() if number not in self.suspects}
        self.suspects |= step_tallies(self._connection, clear)

    def _count_alike(self) -> None:
        """Add the rule about equal titles to what was found before and after."""
        for number, store_id, had, is_apart in self._connection.exec_driver_sql(_ALIKE).all():
            severity = self._context(store_id).severities.get(SAME_TITLE)
            if is_apart:
                self.suspects.add(number)
            elif severity is not None:
                before, after = map(Counter, self._steps.get(number, ({}, {})))
                (before if had else after)[SAME_TITLE, severity.value] += 1
                self._steps[number] = before, after

    def _following(self, values: Mapping[str, Any], stored: _Stored) -> tuple[Any, ...]:
        """Values of `_FOLLOWING`."""
        codes = [row[1] for row in stored.variants if row[1]]
        searched = search_text(values["title"], values["product_key"], values["product_id"], codes, values["keywords"])
        pairs = bigrams(searched)
        self._texts.append((values["id"], values["search_text"], searched))
        self._pairs.append((values["id"], values["bigram_text"], pairs))
        variants = [(code, orjson.loads(parts), *rest) for _, code, parts, *rest in stored.variants]
        sent = [values[name] for name in SENT_FIELDS]
        numbers = values["content_hash"][HALF:]  # no price and no stock is another
        hashed = hash_of_parts(sent, variants, stored.pictures, values["regional_prices"], numbers)
        return fold(values["title"]), searched, pairs, hashed, self._moment

    def _context(self, store_id: int) -> CheckContext:
        if store_id not in self._contexts:
            self._contexts[store_id] = context = load_context(self._session, store_id)
            context.twins = TwinBook()  # who has the same title is asked of all at once, in the end
        return self._contexts[store_id]


@contextmanager
def fields_written_at_once(
    connection: Connection, fields: Set[str], chosen: str, moment_ms: int
) -> Iterator[FieldWriter]:
    """Within the block, *fields* (of `LISTING_FIELDS`) of the listings of *chosen*, a SELECT of ids that stays the
    same, are written by what is yielded, and nothing else be done to listings. On an exception the transaction must be
    rolled back.
    """
    for sql in _RETITLED_TABLE:
        connection.exec_driver_sql(sql)
    with without_collection(), roomy(connection), noted_at_once(connection, chosen), followed(connection) as follow:
        writer = FieldWriter(connection, fields, moment_ms, follow)
        yield writer
        writer.finish()
    connection.exec_driver_sql(f"DROP TABLE {_RETITLED}")
