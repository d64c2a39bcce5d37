"""What leads back to a point in time: which changes, undos and redos since then are reversed, the newest first.

All that happened since is gone through in order. What takes back something before it, and shares nothing with what lies
between the two, goes with it: a change and its undo, an undo and its redo, a redo and another undo of the same. What
remains, reversed from its end, meets everything as it left it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf

from sqlalchemy import Connection

from app.services.history.left import STANDING, TAKEN_AWAY, is_left
from app.services.history.records import RIGHT

At = tuple[int, float]
"""A moment, and the number of the change that was made then: several may be made in one millisecond."""
_MADE = (
    "SELECT id, created_ms, undone_ms FROM change "
    f"WHERE kind NOT IN ('undo', '{RIGHT}') AND listing_count > 0 AND created_ms > ?"
)
_UNDOS = (
    "SELECT undo.id, undo.created_ms, undo.undone_ms, of.id, of.kind = 'undo' "
    "FROM change AS undo JOIN change AS of ON of.id = json_extract(undo.params, '$.of') "
    "WHERE undo.kind = 'undo' AND undo.listing_count > 0 ORDER BY undo.id"
)
_ENTRIES = (
    "SELECT noun, row_id, after IS NULL, iif(after IS NULL OR before IS NULL, '', key) "
    "FROM change_entry, json_each(coalesce(after, before)) WHERE change_id = {}"
)
_COLUMNS = 'SELECT "column", row_ids FROM change_column WHERE change_id = {}'
_ABOUT = """
SELECT DISTINCT noun, key FROM change_entry, json_each(after)
WHERE change_id = ?1 AND before IS NOT NULL AND after IS NOT NULL
UNION SELECT noun, '' FROM change_entry WHERE change_id = ?1 AND (before IS NULL OR after IS NULL)
UNION SELECT 'sku', "column" FROM change_column WHERE change_id = ?1
"""
_TOUCHED = """
SELECT listing_id FROM change_entry WHERE change_id = {undo}
UNION ALL SELECT value FROM change_column, json_each(listing_ids) WHERE change_id = {undo}
"""
_SHARED = """
SELECT 1 FROM ({mine}) AS mine
WHERE EXISTS (SELECT 1 FROM change_entry WHERE listing_id = mine.listing_id AND +change_id IN ({others}))
OR mine.listing_id IN (SELECT value FROM change_column, json_each(listing_ids) WHERE change_id IN ({others})) LIMIT 1
"""
_TAKEN_BESIDE = f"""
{TAKEN_AWAY.format(ids="SELECT id FROM change WHERE kind = 'undo' AND json_extract(params, '$.of') = {of}")}
EXCEPT {TAKEN_AWAY.format(ids="{undos}")} LIMIT 1
"""
_LOST = "SELECT json_extract(params, '$.of') FROM change WHERE id = ? AND kind = 'undo' AND undone_ms IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Step:
    """What is reversed: the `change`, or an undo; `anew`: what this undo of the change took back, which was done again
    since."""

    change: int
    anew: int | None = None


@dataclass(slots=True)
class _Event:
    """A change was made; or an undo of one came to stand, or ceased to. `gone`: undos of a change made since that took
    parts of it out; `is_empty`: whether these took all of it, None where that is not known yet."""

    at: At
    change: int
    undo: int | None = None
    is_back: bool = False
    gone: set[int] = field(default_factory=set)
    is_empty: bool | None = False

    @property
    def number(self) -> int:
        """What says what it is about."""
        return self.change if self.undo is None else self.undo

    def step(self) -> Step:
        """What reverses it."""
        return Step(self.change, self.undo) if self.is_back else Step(self.number)


def steps_since(connection: Connection, moment_ms: int) -> list[Step]:
    """What leads back to a moment, the newest first; nothing where all is as it was."""
    return _Reader(connection, moment_ms).steps()


def standing(connection: Connection, number: int) -> int | None:
    """What stands for a change or an undo that is to be reversed: for an undo that does not, a later one that took back
    the same."""
    lost = connection.exec_driver_sql(_LOST, (number,)).scalar()
    if lost is None:
        return number
    others = connection.exec_driver_sql(f"{STANDING.format(id=int(lost))} ORDER BY id DESC").scalars().all()
    return next((int(other) for other in others if _are_equal(connection, number, other)), None)


def touched_by(connection: Connection, undo: int) -> set[int]:
    """Listings an undo took something back of."""
    return set(connection.exec_driver_sql(_TOUCHED.format(undo=undo)).scalars())


def _are_equal(connection: Connection, one: int, other: int) -> bool:
    """Whether two undos of a change took the same of it back."""
    return not any(
        connection.exec_driver_sql(f"{sql.format(a)} EXCEPT {sql.format(b)} LIMIT 1").first()
        for sql in (_ENTRIES, _COLUMNS)
        for a, b in ((one, other), (other, one))
    )


class _Reader:
    """Looks at what happened since a moment."""

    def __init__(self, connection: Connection, moment_ms: int) -> None:
        self._connection, self._moment_ms = connection, moment_ms
        self._about: dict[int, set[tuple[str, str]]] = {}
        self._undone: dict[int, bool] = {}
        self._standing: defaultdict[int, set[int]] = defaultdict(set)

    def steps(self) -> list[Step]:
        """As `steps_since`."""
        left: list[_Event] = []
        for event in sorted(self._events(), key=lambda event: event.at):
            self._add(left, event)
        return [event.step() for event in reversed(left) if not self._is_empty(event)]

    def _events(self) -> Iterator[_Event]:
        for number, created, undone in self._connection.exec_driver_sql(_MADE, (self._moment_ms,)):
            self._undone[number] = undone is not None
            yield _Event((created, number), number)
        for undo, of, turns in _undos(self._connection):
            if turns[-1][1]:
                self._standing[of].add(undo)
            yield from (_Event(at, of, undo, not stands) for at, stands in turns if at[0] > self._moment_ms)

    def _add(self, left: list[_Event], event: _Event) -> None:
        """Put an event behind those that are left, or let it go with the one it takes back."""
        place = None if event.undo is None else self._place(left, event)
        if event.undo is None or place is None or self._is_shared(event.undo, left[place + 1 :]):
            left.append(event)
            return
        taken_back = left[place]
        if taken_back.undo is not None:
            del left[place]
        else:
            taken_back.gone ^= {event.undo}
            taken_back.is_empty = None if taken_back.gone else False

    def _place(self, left: list[_Event], event: _Event) -> int | None:
        """Where the newest stands that an event takes back."""
        for place in reversed(range(len(left))):
            one = left[place]
            if one.change == event.change and self._takes_back(event, one):
                return place
        return None

    def _takes_back(self, event: _Event, one: _Event) -> bool:
        """Whether an undo that came to stand or ceased to takes back what happened to the same change before."""
        if one.undo is None:
            return not event.is_back or event.undo in one.gone
        if event.undo is None or one.is_back is event.is_back:
            return False
        return one.undo == event.undo or _are_equal(self._connection, one.undo, event.undo)

    def _is_empty(self, event: _Event) -> bool:
        """Whether undos took all of a change."""
        if event.is_empty is None:
            event.is_empty = self._is_gone(event.change, event.gone)
        return event.is_empty

    def _is_gone(self, change: int, undos: set[int]) -> bool:
        if undos == self._standing[change]:
            return self._undone[change]
        taken = _TAKEN_BESIDE.format(of=change, undos=", ".join(map(str, undos)))
        return not is_left(self._connection, change, undos) and not self._connection.exec_driver_sql(taken).first()

    def _is_shared(self, undo: int, others: Iterable[_Event]) -> bool:
        """Whether an undo is about something that one of *others* is about, too: the same fields, some listings."""
        alike = [
            str(other.number)
            for other in others
            if not other.is_empty
            and _are_alike(self._fields(undo), self._fields(other.number))
            and not self._is_empty(other)
        ]
        if not alike:
            return False
        sql = _SHARED.format(mine=_TOUCHED.format(undo=undo), others=", ".join(alike))
        return self._connection.exec_driver_sql(sql).first() is not None

    def _fields(self, number: int) -> set[tuple[str, str]]:
        """What a change is about: nouns with their fields, "" for rows that came or went."""
        if number not in self._about:
            found = self._connection.exec_driver_sql(_ABOUT, (number,))
            self._about[number] = {(noun, name) for noun, name in found}
        return self._about[number]


def _are_alike(one: set[tuple[str, str]], other: set[tuple[str, str]]) -> bool:
    """Whether two share a field; rows that came or went have all, listings that did have everything."""
    return bool(one & other) or any(
        (noun, name) == ("listing", "") or noun in {each for each, _ in rest}
        for some, rest in ((one, other), (other, one))
        if rest
        for noun, name in some
        if not name
    )


_Turns = list[tuple[At, bool]]
"""Since when an undo stands, or does not."""


def _undos(connection: Connection) -> Iterator[tuple[int, int, _Turns]]:
    """All undos of changes: their numbers, of which change, their turns. What takes one back is an undo as well, and of
    no change, where it can be taken back itself; otherwise the undo alone says when it was done again."""
    rows = connection.exec_driver_sql(_UNDOS).all()
    found: dict[int, tuple[int, _Turns]] = {}
    undone: dict[int, int | None] = {}
    for number, created, undone_ms, of, is_back in rows:
        if not is_back:
            found[number] = (of, [((created, number), True)])
            undone[number] = undone_ms
        elif of in found:
            turns = found[of][1]
            turns.append(((created, number), False))
            if undone_ms is None:
                undone[of] = None  # that is why it does not stand
            else:
                turns.append(((undone_ms, inf), True))
    for number, (of, turns) in found.items():
        if (moment := undone[number]) is not None:
            turns.append(((moment, inf), False))
        yield number, of, sorted(turns)
