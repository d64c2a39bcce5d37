"""What leads back to a point in time: which changes, undos and redos since then are reversed, the newest first.

A change made since and undone since cancel out, and so do an undo that was done again and a later one like it. An undo
made since of an older change is taken back; one that was done again since is made anew. Where something that stands
lies between the two of a pair and is about the same, both are gone through: what was there then does not fit otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from math import inf

from sqlalchemy import Connection

from app.services.history.records import RIGHT

At = tuple[int, float]
"""A moment, and the number of the change that was made then: several may be made in one millisecond."""
_MADE = (
    "SELECT id, created_ms, undone_ms FROM change "
    f"WHERE kind NOT IN ('undo', '{RIGHT}') AND listing_count > 0 AND created_ms > ?"
)
_UNDOS = (
    "SELECT undo.id, undo.created_ms, undo.undone_ms, of.id, of.created_ms, of.kind = 'undo' "
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
_SHARED = """
SELECT 1 FROM (SELECT listing_id FROM change_entry WHERE change_id = {undo}
UNION ALL SELECT value FROM change_column, json_each(listing_ids) WHERE change_id = {undo}) AS mine
WHERE EXISTS (SELECT 1 FROM change_entry WHERE listing_id = mine.listing_id AND +change_id IN ({others}))
OR mine.listing_id IN (SELECT value FROM change_column, json_each(listing_ids) WHERE change_id IN ({others})) LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Step:
    """What is reversed: the `change` since `at`, or an undo; `anew`: what this undo of the change took back, which was
    done again since."""

    at: At
    change: int
    anew: int | None = None


@dataclass(slots=True)
class _Undo:
    """An undo of a change; it stands from each moment of `turns` that is True to the next."""

    id: int
    of: int
    of_ms: int
    turns: list[tuple[At, bool]] = field(default_factory=list)

    def stood(self, moment_ms: float) -> bool:
        """Whether it stood then."""
        return next((stood for at, stood in reversed(self.turns) if at[0] <= moment_ms), False)

    def step(self, moment_ms: int) -> Step:
        """What makes up for its turns since a moment. That it was taken back on the way to another point in time, and
        this was taken back in turn, went with all that came after it: such a pair is left out."""
        if self.turns[-1][1]:
            return Step(next(at for at, stands in self.turns if stands and at[0] > moment_ms), self.id)
        return Step(self.turns[-1][0], self.of, self.id)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Steps that cancel out, and the undo that is one of them."""

    undo: int
    older: Step
    newer: Step


def steps_since(connection: Connection, moment_ms: int) -> list[Step]:
    """What leads back to a moment, the newest first; nothing where all is as it was."""
    return _Reader(connection, moment_ms).steps()


class _Reader:
    """Looks at what happened since a moment."""

    def __init__(self, connection: Connection, moment_ms: int) -> None:
        self._connection, self._moment_ms = connection, moment_ms
        self._about: dict[int, set[tuple[str, str]]] = {}

    def steps(self) -> list[Step]:
        """As `steps_since`."""
        rows = self._connection.exec_driver_sql(_MADE, (self._moment_ms,))
        made = {number: (Step((created, number), number), undone) for number, created, undone in rows}
        steps = {step for step, undone in made.values() if undone is None}
        pairs: list[_Pair] = []
        of_older: defaultdict[int, list[_Undo]] = defaultdict(list)
        for undo in _undos(self._connection):
            if undo.of not in made:
                of_older[undo.of].append(undo)
            elif undo.stood(inf):
                pairs.append(_Pair(undo.id, made[undo.of][0], undo.step(self._moment_ms)))
        for undos in of_older.values():
            turned = [undo for undo in undos if undo.stood(self._moment_ms) is not undo.stood(inf)]
            pairs += self._without_equal(turned)
            steps.update(self._last(undo, undos) for undo in turned)
        return sorted(self._with_tied(steps, pairs), key=lambda step: step.at, reverse=True)

    def _last(self, undo: _Undo, undos: list[_Undo]) -> Step:
        """What reverses an undo's last turn. What was done again may have been undone and done again since: that came
        after what was changed in between."""
        step = undo.step(self._moment_ms)
        later = [one for one in undos if not one.stood(inf) and one.turns[-1][0] > step.at]
        if step.anew is not None and later:
            later = [one for one in later if self._is_shared(undo.id, [one.id])]
        return replace(step, at=max((one.turns[-1][0] for one in later), default=step.at)) if step.anew else step

    def _without_equal(self, undos: list[_Undo]) -> list[_Pair]:
        """Take undos of one change that were done again out of *undos*, with later ones that did the same."""
        pairs = []
        for older in [undo for undo in undos if not undo.stood(inf)]:
            for newer in [undo for undo in undos if undo.stood(inf)]:
                if self._are_equal(older.id, newer.id):
                    first, last = sorted(
                        (older.step(self._moment_ms), newer.step(self._moment_ms)), key=lambda step: step.at
                    )
                    pairs.append(_Pair(newer.id, first, last))
                    undos.remove(older)
                    undos.remove(newer)
                    break
        return pairs

    def _are_equal(self, one: int, other: int) -> bool:
        """Whether two undos of a change took the same of it back."""
        return not any(
            self._connection.exec_driver_sql(f"{sql.format(a)} EXCEPT {sql.format(b)} LIMIT 1").first()
            for sql in (_ENTRIES, _COLUMNS)
            for a, b in ((one, other), (other, one))
        )

    def _with_tied(self, steps: set[Step], pairs: Iterable[_Pair]) -> set[Step]:
        """*steps*, and those of pairs that something lies between."""
        left = list(pairs)
        while tied := [pair for pair in left if self._is_tied(pair, steps)]:
            left = [pair for pair in left if pair not in tied]
            steps = steps.union(*((pair.older, pair.newer) for pair in tied))
        return steps

    def _is_tied(self, pair: _Pair, steps: Iterable[Step]) -> bool:
        between = [step.change for step in steps if pair.older.at < step.at < pair.newer.at]
        return bool(between) and self._is_shared(pair.undo, between)

    def _is_shared(self, undo: int, others: Iterable[int]) -> bool:
        """Whether an undo is about something that one of *others* is about, too: the same fields, some listings."""
        alike = [str(other) for other in others if _are_alike(self._fields(undo), self._fields(other))]
        if not alike:
            return False
        sql = _SHARED.format(undo=undo, others=", ".join(alike))
        return self._connection.exec_driver_sql(sql).first() is not None

    def _fields(self, number: int) -> set[tuple[str, str]]:
        """What a change is about: nouns with their fields, "" for rows that came or went."""
        if number not in self._about:
            found = self._connection.exec_driver_sql(_ABOUT, (number,))
            self._about[number] = {(noun, name) for noun, name in found}
        return self._about[number]


def _are_alike(one: set[tuple[str, str]], other: set[tuple[str, str]]) -> bool:
    """Whether two share a field; rows that came or went have all."""
    return bool(one & other) or any(
        noun in {each for each, _ in rest}
        for some, rest in ((one, other), (other, one))
        for noun, name in some
        if not name
    )


def _undos(connection: Connection) -> Iterator[_Undo]:
    """All undos of changes. What takes one back is an undo as well, and of no change, where it can be taken back
    itself; otherwise the undo alone says when it was done again."""
    rows = connection.exec_driver_sql(_UNDOS).all()
    found: dict[int, _Undo] = {}
    undone: dict[int, int | None] = {}
    for number, created, undone_ms, of, of_ms, is_back in rows:
        if not is_back:
            found[number] = _Undo(number, of, of_ms, [((created, number), True)])
            undone[number] = undone_ms
        elif of in found:
            found[of].turns.append(((created, number), False))
            if undone_ms is None:
                undone[of] = None  # that is why it does not stand
            else:
                found[of].turns.append(((undone_ms, inf), True))
    for number, undo in found.items():
        if (moment := undone[number]) is not None:
            undo.turns.append(((moment, inf), False))
        undo.turns.sort()
        yield undo
