"""What of a change is taken back: the chosen part of what no undo that stands took back before.

What an undo left alone stays part of its change and can be taken back later. What it restored is not touched again,
also where somebody edited it since. Undos keep what they did as changes do, so that what is left is a comparison of the
two; the first undo of a change compares nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import orjson
from sqlalchemy import Connection

from app.services.history.columns import COLUMNS, Staged, unpack
from app.services.history.entries import entries_of, reversed_entry
from app.services.history.kept import NOUN as KEPT
from app.services.history.records import SORTED_HERE, Entry
from app.services.listings.service_templates import NOUN as SERVICE

OF_LISTINGS = frozenset({"images", SERVICE, *SORTED_HERE})
"""Nouns of entries that stand for one thing of a listing as a whole: chosen by the noun's name."""
WHOLE = frozenset({KEPT, *OF_LISTINGS})
"""Nouns of entries that are taken back whole or not at all."""
STANDING = (
    "SELECT id FROM change WHERE kind = 'undo' AND undone_ms IS NULL AND id > {id} "
    "AND json_extract(params, '$.of') = {id}"
)
"""Undos of a change that stand. *id*: its number, or a column with it."""
_WHOLE_NOUNS = ", ".join(f"'{noun}'" for noun in sorted(WHOLE))
_SAME = (  # found by its listing (+), as in `entries_of`
    "SELECT 1 FROM change_entry AS back WHERE +back.change_id IN ({undos}) "
    "AND back.listing_id = mine.listing_id AND back.noun = mine.noun AND back.row_id = mine.row_id"
)
_LEFT_ENTRIES = (
    f"SELECT listing_id FROM change_entry AS mine WHERE change_id = {{id}} AND (before IS NULL OR after IS NULL OR "
    f"noun IN ({_WHOLE_NOUNS})) AND NOT EXISTS ({_SAME} "
    "AND (back.before IS NULL) = (mine.after IS NULL) AND (back.after IS NULL) = (mine.before IS NULL)) "
    "UNION ALL SELECT listing_id FROM change_entry AS mine, json_each(mine.after) AS field "
    f"WHERE change_id = {{id}} AND before IS NOT NULL AND after IS NOT NULL AND noun NOT IN ({_WHOLE_NOUNS}) "
    f"AND NOT EXISTS ({_SAME} AND back.after IS NOT NULL AND EXISTS "
    "(SELECT 1 FROM json_each(back.before) AS done WHERE done.key = field.key))"
)
_PACKED = "SELECT value FROM change_column, json_each(row_ids) WHERE change_id {of} AND \"column\" = '{column}'"
_ARRAYS = 'SELECT row_ids, listing_ids FROM change_column WHERE change_id = ? AND "column" = ?'
_OVERLAPPING = (
    'SELECT "column", row_ids, listing_ids, before, after FROM change_column '
    "WHERE change_id = ? AND last_listing_id >= ? AND first_listing_id <= ?"
)
TAKEN_AWAY = "SELECT listing_id FROM change_entry WHERE change_id IN ({ids}) AND noun = 'listing' AND after IS NULL"
"""Listings that undos took away. *ids*: their numbers."""
_LEFT_CREATED = (
    "SELECT listing.id FROM change_range JOIN listing ON listing.id BETWEEN first_listing_id AND last_listing_id "
    f"WHERE change_id = {{id}} AND listing.id NOT IN ({TAKEN_AWAY.format(ids='{undos}')})"
)
_HAS_ROWS = "SELECT 1 FROM change_rows WHERE change_id IN ({ids}) LIMIT 1"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of a change is taken back; None is all. *within*: what this undo of it took back, and nothing else."""

    listing_ids: frozenset[int] | None = None
    fields: frozenset[str] | None = None
    within: int | None = None

    @classmethod
    def of(cls, only: Iterable[int] | None, fields: Iterable[str] | None) -> Chosen:
        """From what a caller gives."""
        named = None if fields is None else frozenset(fields)
        if named is not None and "code" in named:
            named |= {"match_key"}
        return cls(None if only is None else frozenset(only), named)

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self.listing_ids is None and self.fields is None and self.within is None

    def columns(self) -> list[str]:
        """Columns of variants that may be packed."""
        return [name for name in COLUMNS if self.fields is None or name in self.fields]

    def of_entry(self, entry: Entry) -> Entry | None:
        """The chosen part of an entry, None where that is nothing."""
        if self.fields is None:
            return entry
        if entry.noun in OF_LISTINGS:
            return entry if entry.noun in self.fields else None
        if entry.before is None or entry.after is None:
            return None
        return _part(entry, self.fields)


class Left:
    """The chosen part of what is left of a change."""

    def __init__(self, connection: Connection, change_id: int, chosen: Chosen) -> None:
        self._connection, self.change_id, self.chosen = connection, change_id, chosen
        self.undos = tuple(connection.exec_driver_sql(STANDING.format(id=int(change_id))).scalars())

    def entries(self, listing_ids: Sequence[int]) -> list[Entry]:
        """Entries about listings, newest first, without what is not to be taken back."""
        found = self.of(entries_of(self._connection, self.change_id, listing_ids), listing_ids)
        return [part for entry in found if (part := self.chosen.of_entry(entry))]

    def of(self, found: Sequence[Entry], listing_ids: Sequence[int], *, packed: bool = False) -> list[Entry]:
        """What is left of entries about listings. *packed*: `column_entries` are among them."""
        if self.chosen.within is not None:
            inside = _done(self._connection, (self.chosen.within,), listing_ids, packed)
            found = [part for entry in found if (part := _shared(entry, inside, is_in=True))]
        if self.undos:
            done = _done(self._connection, self.undos, listing_ids, packed)
            found = [part for entry in found if (part := _shared(entry, done, is_in=False))]
        return list(found)

    def staged(self) -> list[Staged]:
        """What takes the change's columns back, staged."""
        found = unpack(self._connection, self.change_id, self.chosen.listing_ids, self.chosen.columns())
        for one in found:
            if self.undos:
                self._delete(one, "IN", self.undos)
            if self.chosen.within is not None:
                self._delete(one, "NOT IN", (self.chosen.within,))
        return found

    def _delete(self, staged: Staged, which: str, undos: Sequence[int]) -> None:
        rows = _PACKED.format(of=f"IN ({_listed(undos)})", column=staged.column)
        self._connection.exec_driver_sql(f"DELETE FROM {staged.table} WHERE row_id {which} ({rows})")

    def created_condition(self) -> str:
        """SQL behind a condition on the ids of created listings, `{id}` stands for the column. One that is gone may
        have left its number to another listing."""
        parts = []
        if self.undos:
            parts.append(f" AND {{id}} NOT IN ({TAKEN_AWAY.format(ids=_listed(self.undos))})")
        if self.chosen.within is not None:
            parts.append(f" AND {{id}} IN ({TAKEN_AWAY.format(ids=self.chosen.within)})")
        if self.chosen.listing_ids is not None:
            parts.append(f" AND {{id}} IN ({_listed(sorted(self.chosen.listing_ids))})")
        return "".join(parts)

    def has_rows(self) -> bool:
        """Whether whole rows of tables are to go back: they go all at once."""
        if self.chosen.listing_ids is not None or self.chosen.fields is not None or self._has(self.undos):
            return False
        return self.chosen.within is None or self._has((self.chosen.within,))

    def _has(self, undos: Sequence[int]) -> bool:
        found = self._connection.exec_driver_sql(_HAS_ROWS.format(ids=_listed(undos)))
        return found.first() is not None


def column_entries(connection: Connection, change_id: int, listing_ids: Sequence[int]) -> Iterator[Entry]:
    """Packed columns of a change, as entries about single variants of a page of listings."""
    wanted = set(listing_ids)
    rows = connection.exec_driver_sql(_OVERLAPPING, (change_id, min(wanted), max(wanted)))
    for column, *arrays in rows:
        assert column in COLUMNS
        for row_id, listing_id, before, after in zip(*map(orjson.loads, arrays), strict=True):
            if listing_id in wanted:
                yield Entry("sku", row_id, listing_id, {column: before}, {column: after})


def left_listings(connection: Connection, change_id: int) -> set[int]:
    """Listings of which something of a change stands; those it created not among them."""
    number = int(change_id)
    undos = STANDING.format(id=number)
    found = set(connection.exec_driver_sql(_LEFT_ENTRIES.format(id=number, undos=undos)).scalars())
    for column in COLUMNS:
        back = set(connection.exec_driver_sql(_PACKED.format(of=f"IN ({undos})", column=column)).scalars())
        for arrays in connection.exec_driver_sql(_ARRAYS, (number, column)):
            pairs = zip(*map(orjson.loads, arrays), strict=True)
            found.update(listing_id for row_id, listing_id in pairs if row_id not in back)
    return found


def is_left(connection: Connection, change_id: int, undos: Iterable[int] | None = None) -> bool:
    """Whether anything of a change is left beside what *undos* took back, by default those that stand."""
    number = int(change_id)
    those = STANDING.format(id=number) if undos is None else _listed(undos)
    packed = [
        f"{_PACKED.format(of='= {id}', column=one)} EXCEPT {_PACKED.format(of='IN ({undos})', column=one)}"
        for one in COLUMNS
    ]
    rows = f"SELECT 1 FROM change_rows WHERE change_id = {{id}} AND NOT EXISTS ({_HAS_ROWS.format(ids='{undos}')})"
    for sql in (_LEFT_ENTRIES, *packed, _LEFT_CREATED, rows):
        if connection.exec_driver_sql(f"{sql} LIMIT 1".format(id=number, undos=those)).first() is not None:
            return True
    return False


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(int(number)) for number in numbers)


Done = defaultdict[tuple[str, int], set[str]]
"""By noun and row the fields that undos took back; "" for a row that came, went or is an entry of `WHOLE`."""


def _done(connection: Connection, undos: Sequence[int], listing_ids: Sequence[int], packed: bool) -> Done:
    found: Done = defaultdict(set)
    for undo_id in undos:
        columns = column_entries(connection, undo_id, listing_ids) if packed else ()
        for entry in map(reversed_entry, (*entries_of(connection, undo_id, listing_ids), *columns)):
            found[entry.noun, entry.row_id] |= _fields(entry)
    return found


def _fields(entry: Entry) -> set[str]:
    if entry.noun in WHOLE or entry.before is None or entry.after is None:
        return {""}
    return set(entry.after)


def _shared(entry: Entry, done: Done, *, is_in: bool) -> Entry | None:
    """What of an entry is in *done*, or what is not; None where that is nothing."""
    names, known = _fields(entry), done.get((entry.noun, entry.row_id), set[str]())
    wanted = names & known if is_in else names - known
    if wanted == names:
        return entry
    return _part(entry, frozenset(wanted)) if wanted else None


def _part(entry: Entry, fields: frozenset[str]) -> Entry | None:
    """Some fields of an entry; None where it has none of them."""
    before = {name: value for name, value in (entry.before or {}).items() if name in fields}
    after = {name: value for name, value in (entry.after or {}).items() if name in fields}
    return replace(entry, before=before, after=after) if after else None
