"""What a change did, listing by listing: shown before it is taken back for some of them, or in some fields."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from sqlalchemy import Connection

from app.services.db import Database
from app.services.errors import NotFound
from app.services.history.entries import entries_of, moved_on, reversed_entry
from app.services.history.kept import NOUN as KEPT
from app.services.history.left import Chosen, Left, column_entries
from app.services.history.listing import find_change
from app.services.history.nouns import OWN_ROWS, TABLES
from app.services.history.parts import Part, parts_of
from app.services.history.records import Entry
from app.services.history.sales import stays
from app.services.listings.loading import id_list
from app.services.paging import Query
from app.services.publishing.entries import Reason
from app.services.publishing.sale_changes import NOUN as SALE
from app.services.publishing.sale_changes import OFF_ALREADY, ON_ALREADY
from app.services.tasks import TaskContext

State = Literal["stands", "back", "moved", "no", "created"]
INTERNAL = frozenset(
    {"match_key", "assigned_ms", "error_code", "error_text", "error_field", "sent_hash", "store_id"}
) | {"created_ms", "updated_ms", "synced_ms"}
"""Columns that follow from others, or that nobody typed."""
MOST_VALUES = 100_000
"""No listing has as many values; ids of values are made with it."""
_JSON = frozenset({"attributes", "extra", "properties", "regional_prices"})
_OWN = {str(noun): kind.named_by for noun, kind in OWN_ROWS.items()}
_OWN["warehouse_template"] = "name"
OWN_NOUNS = frozenset(_OWN)
"""Nouns of rows that are no listings and are shown part by part."""
_NAMED_BY = {"listing": "title", "sku": "code", "assignment": "member", "group": "name"} | _OWN
_SHOWN_BY = {"listing": "title", "group": "name", "assignment": "code", KEPT: "name"} | _OWN
_LISTS = {
    "images": "sources",
    "tags": "tags",
    "marketing_group": "marketing_group",
    "apart": "apart",
    "release": "release",
    "hold": "hold",
    "warehouse_kind": "warehouse_kind",
    "sale": "sale",
    "service_template_id": "shown",
}
_IDS = """
SELECT listing_id FROM change_entry WHERE change_id = :id
UNION SELECT value FROM change_column, json_each(listing_ids) WHERE change_id = :id
UNION SELECT listing.id FROM change_range JOIN listing ON listing.id BETWEEN first_listing_id AND last_listing_id
WHERE change_id = :id ORDER BY 1
"""
_FIELDS = """
SELECT noun AS field FROM change_entry WHERE change_id = :id
AND noun IN ('images', 'tags', 'marketing_group', 'apart', 'release', 'hold', 'warehouse_kind', 'sale',
'service_template_id')
UNION SELECT "column" FROM change_column WHERE change_id = :id
UNION SELECT key FROM change_entry, json_each(after)
WHERE change_id = :id AND noun IN ('listing', 'sku') AND before IS NOT NULL AND after IS NOT NULL ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """One value before and after; `code` of the variant, or which part of a row it is (`parts.py`), "" for the
    listing's own. `id` tells it from all others; `field` "" for a variant that was added or removed as a whole; `noun`
    of the row."""

    id: int
    listing_id: int
    field: str
    code: str
    before: Any
    after: Any
    noun: str = "listing"


@dataclass(frozen=True, slots=True)
class ChangedListing:
    """A listing with what a change did to it. `state`: it `stands` · was taken `back` already · was edited since
    (`moved`), and would be left alone · cannot be taken back (`no`), for the reason `why` · was `created`, and would be
    deleted."""

    id: int
    title: str
    code: str
    values: tuple[ChangedValue, ...]
    state: State
    why: Reason | None = None


class ChangeContents:
    """Page source over the listings of one change, in the order of their ids; they unfold to their values.

    Raises: NotFound, from any call, where the change is gone.
    """

    def __init__(self, db: Database, uid: str) -> None:
        self._db, self._uid = db, uid

    def fields(self) -> tuple[str, ...]:
        """Names of what was changed, as `undo` takes them."""
        with self._db.reader.connect() as connection:
            found = connection.exec_driver_sql(_FIELDS, {"id": self._id(connection)}).scalars()
            return tuple(name for name in found if name not in INTERNAL)

    def count(self, query: Query, ctx: TaskContext | None = None) -> int:
        """How many listings."""
        return len(self.ids(query))

    def ids(self, query: Query, ctx: TaskContext | None = None) -> array[int]:
        """All listings."""
        with self._db.reader.connect() as connection:
            return array("q", connection.exec_driver_sql(_IDS, {"id": self._id(connection)}).scalars())

    def rows(self, ids: Sequence[int]) -> dict[int, ChangedListing]:
        """Listings with what was changed in them."""
        if not ids:
            return {}
        with self._db.reader.connect() as connection:
            return {one.id: one for one in _Reader(connection, self._id(connection)).listings(ids)}

    def first_page(self, query: Query, limit: int) -> list[ChangedListing]:
        """The first listings."""
        ids = self.ids(query)[:limit]
        rows = self.rows(ids)
        return [rows[id] for id in ids]

    def children(self, id: int) -> tuple[ChangedValue, ...]:
        """The values of one listing."""
        return self.rows([id])[id].values

    def _id(self, connection: Connection) -> int:
        found = find_change(connection, self._uid)
        if found is None:
            raise NotFound("undo.not_found", name=self._uid)
        return found[0]


class _Reader:
    """Reads a page of listings: few questions for all of them."""

    def __init__(self, connection: Connection, change_id: int) -> None:
        self._connection, self._change_id = connection, change_id
        self._left = Left(connection, change_id, Chosen())

    def listings(self, ids: Sequence[int]) -> Iterator[ChangedListing]:
        """Listings of *ids* in that order."""
        entries = entries_of(self._connection, self._change_id, ids)[::-1] + list(
            column_entries(self._connection, self._change_id, ids)
        )
        left = self._left.of(entries, ids, packed=True)
        whys = {
            number: why
            for number, why in stays(self._connection, left).items()
            if why.code not in (ON_ALREADY, OFF_ALREADY)
        }
        states = self._states(ids, entries, left) | dict.fromkeys(whys, "no")
        names, codes = self._names(ids), self._codes(entries)
        values: defaultdict[int, list[ChangedValue]] = defaultdict(list)
        for entry in entries:
            its = values[entry.listing_id]
            its += _values(entry, codes.get(entry.row_id, ""), len(its))
        for id in ids:
            title, code = names.get(id) or names_of_rows(self._connection, entries, id)
            yield ChangedListing(id, title, code, tuple(values[id]), states[id], whys.get(id))

    def _states(self, ids: Sequence[int], entries: Sequence[Entry], left: Sequence[Entry]) -> dict[int, State]:
        """How listings stand: what undos restored is no part of the change any more, whatever became of it; `left` is
        the rest. A listing that is on sale already, or off, is as an undo would leave it."""
        moved = moved_on(self._connection, left)
        not_back = moved_on(self._connection, [reversed_entry(entry) for entry in left if entry.noun != SALE])
        noted, standing = ({entry.listing_id for entry in some} for some in (entries, left))
        states: dict[int, State] = {}
        for id in ids:
            states[id] = "created" if id not in noted else "stands" if id in standing else "back"
            if id in moved:
                states[id] = "moved" if id in not_back else "back"
        return states

    def _names(self, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        rows = self._connection.exec_driver_sql(f"SELECT id, title, code FROM listing WHERE id IN ({id_list(ids)})")
        return {row[0]: (row[1], row[2]) for row in rows}

    def _codes(self, entries: Sequence[Entry]) -> dict[int, str]:
        ids = sorted({entry.row_id for entry in entries if entry.noun == "sku"})
        rows = self._connection.exec_driver_sql(f"SELECT id, code FROM sku WHERE id IN ({id_list(ids)})")
        return {row[0]: row[1] for row in rows}


def _values(entry: Entry, code: str, first_id: int) -> list[ChangedValue]:
    """What an entry says, value by value; *first_id* counts those of the listing before."""
    pairs: list[tuple[str, Any, Any]] = []
    parts: list[Part] = []
    if entry.noun == KEPT:
        before, after = entry.before or {}, entry.after or {}
        pairs = [(str(after["kind"]), before["shown"], after["shown"])]
    elif entry.noun in _LISTS:
        key = _LISTS[entry.noun]
        pairs = [(entry.noun, *(_listed(entry.noun, (image or {}).get(key)) for image in (entry.before, entry.after)))]
    elif entry.before is None or entry.after is None:
        whole = entry.after or entry.before or {}
        name = str(whole.get(_NAMED_BY[entry.noun], ""))
        pairs = [("", None if entry.before is None else name, None if entry.after is None else name)]
    elif entry.noun in _OWN:
        parts = parts_of(entry.noun, entry.before, {k: v for k, v in entry.after.items() if k not in INTERNAL})
    else:
        shown = [name for name in entry.after if name not in INTERNAL]
        pairs = [(name, _cooked(name, entry.before.get(name)), _cooked(name, entry.after[name])) for name in shown]
    of_variant = code if entry.noun == "sku" else ""
    parts = parts or [Part(name, of_variant, before, after) for name, before, after in pairs]
    first_id += entry.listing_id * MOST_VALUES
    return [ChangedValue(first_id + at, entry.listing_id, *part, entry.noun) for at, part in enumerate(parts, 1)]


def _listed(noun: str, values: Any) -> Any:
    """A stored list as it is shown: of pairs told apart the numbers of the other listings, of a release its comment,
    of a hold its reason."""
    if noun in ("release", "hold"):
        return values["comment" if noun == "release" else "reason"] if values else None
    return [str(one[0]) for one in values or ()] if noun == "apart" else values


def _cooked(name: str, value: Any) -> Any:
    return orjson.loads(value) if name in _JSON and isinstance(value, str) else value


def names_of_rows(connection: Connection, entries: Sequence[Entry], listing_id: int) -> tuple[str, str]:
    """Title of a listing that is gone, or the name of the row that is none, as the change left it or else as it stands
    now; the code that was given to an operator."""
    found = dict.fromkeys(_SHOWN_BY, "")
    own = [one for one in entries if one.listing_id == listing_id and one.noun in found]
    for one in own:
        for image in filter(None, (one.before, None if one.noun == "listing" else one.after)):
            found[one.noun] = str(image.get(_SHOWN_BY[one.noun], found[one.noun]))
        if not found[one.noun] and one.noun in TABLES:
            name = f"SELECT {_SHOWN_BY[one.noun]} FROM {TABLES[one.noun]} WHERE id = ?"
            found[one.noun] = str(connection.exec_driver_sql(name, (one.row_id,)).scalar() or "")
    code = found.pop("assignment")
    return next(filter(None, found.values()), ""), code


def names_of(connection: Connection, change_id: int, ids: Sequence[int]) -> tuple[str, ...]:
    """What the rows of a change that are no listings are called, by the negative ids they stand under."""
    entries = entries_of(connection, change_id, ids) if ids else []
    return tuple(" ".join(filter(None, names_of_rows(connection, entries, id))) for id in ids)
