"""What leads back to a point in time: which changes, undos and redos since then are reversed, the newest first.

A change made since and undone since cancel out, and so do an undo that was done again and a later one like it. An undo
made since of an older change is taken back; one that was done again since is made anew. Where something that stands
lies between the two of a pair and is about the same, both are gone through: what was there then does not fit otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
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
_ENTRIES = "SELECT noun, row_id, listing_id, before, after FROM change_entry WHERE change_id = {}"
_COLUMNS = 'SELECT "column", row_ids, before, after FROM change_column WHERE change_id = {}'
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

    def step(self) -> Step:
        """What reverses its last turn."""
        at, stands = self.turns[-1]
        return Step(at, self.id) if stands else Step(at, self.of, self.id)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Steps that cancel out, and the undo that is one of them."""

    undo: int
    older: Step
    newer: Step


def steps_since(connection: Connection, moment_ms: int) -> list[Step]:
    """What leads back to a moment, the newest first; nothing where all is as it was."""
    made = {number: (created, undone) for number, created, undone in connection.exec_driver_sql(_MADE, (moment_ms,))}
    steps = {Step((made[number][0], number), number) for number in made if made[number][1] is None}
    pairs: list[_Pair] = []
    turned: defaultdict[int, list[_Undo]] = defaultdict(list)
    for undo in _undos(connection):
        if undo.of in made:
            if undo.stood(inf):
                pairs.append(_Pair(undo.id, Step((made[undo.of][0], undo.of), undo.of), undo.step()))
        elif undo.stood(moment_ms) is not undo.stood(inf):
            turned[undo.of].append(undo)
    for undos in turned.values():
        pairs += _equal(connection, undos)
        steps.update(undo.step() for undo in undos)
    return sorted(_with_tied(connection, steps, pairs), key=lambda step: step.at, reverse=True)


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


def _equal(connection: Connection, undos: list[_Undo]) -> list[_Pair]:
    """Take undos of one change that were done again out, with later ones that did the same."""
    pairs = []
    again = [undo for undo in undos if not undo.stood(inf)]
    for older in again:
        for newer in [undo for undo in undos if undo.stood(inf)]:
            if _are_equal(connection, older.id, newer.id):
                pairs.append(_Pair(newer.id, *sorted((older.step(), newer.step()), key=lambda step: step.at)))
                undos.remove(older)
                undos.remove(newer)
                break
    return pairs


def _are_equal(connection: Connection, one: int, other: int) -> bool:
    """Whether two undos did the same."""
    return not any(
        connection.exec_driver_sql(f"{sql.format(a)} EXCEPT {sql.format(b)} LIMIT 1").first()
        for sql in (_ENTRIES, _COLUMNS)
        for a, b in ((one, other), (other, one))
    )


def _with_tied(connection: Connection, steps: set[Step], pairs: Iterable[_Pair]) -> set[Step]:
    """*steps*, and those of pairs that something lies between."""
    about: dict[int, set[tuple[str, str]]] = {}
    open_pairs, is_new = list(pairs), True
    while is_new:
        is_new = False
        for pair in list(open_pairs):
            between = [step.change for step in steps if pair.older.at < step.at < pair.newer.at]
            if between and _is_shared(connection, pair.undo, between, about):
                steps |= {pair.older, pair.newer}
                open_pairs.remove(pair)
                is_new = True
    return steps


def _is_shared(connection: Connection, undo: int, others: list[int], about: dict[int, set[tuple[str, str]]]) -> bool:
    """Whether an undo is about something that one of *others* is about, too: the same fields of the same listings."""
    for number in (undo, *others):
        if number not in about:
            about[number] = {(row[0], row[1]) for row in connection.exec_driver_sql(_ABOUT, (number,))}
    mine = about[undo]
    nouns = {noun for noun, name in mine if not name}
    alike = [
        other
        for other in others
        if any(
            one in mine or one[0] in nouns or (not one[1] and one[0] in {noun for noun, _ in mine})
            for one in about[other]
        )
    ]
    if not alike:
        return False
    listed = ", ".join(map(str, alike))
    return connection.exec_driver_sql(_SHARED.format(undo=undo, others=listed)).first() is not None
