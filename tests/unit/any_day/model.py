"""The simple model: listings as dicts, and what each change did to them, cell by cell."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.unit.any_day.fields import as_read, is_same
from tests.unit.any_day.world import Row, copied

Cell = tuple[str, ...]
"""`("title",)`, or `("price_minor", code)` of a variant."""
Cells = dict[int, dict[Cell, tuple[Any, Any]]]
"""By listing id and cell: before and after."""
SKU_CELLS = ("price_minor", "stock")


@dataclass
class Deed:
    """One change: cells it changed, whole listings it made (or, of an undo, took away)."""

    uid: str
    cells: Cells
    made: dict[int, Row] = field(default_factory=dict)
    is_undone: bool = False
    of: Deed | None = None
    """Of an undo, what it took back."""
    at: int = 0
    """The model's tick when it was made."""
    turns: list[tuple[int, bool]] = field(default_factory=list)
    """Since when it stands, or does not."""

    def stood(self, tick: int = sys.maxsize) -> bool:
        """Whether an undo stood then."""
        return next((stood for at, stood in reversed(self.turns) if at <= tick), False)


@dataclass(frozen=True)
class Reversed:
    """What taking a change back does: listings put back or taken away, and those that moved on."""

    restored: set[int]
    conflicts: set[int]


class Model:
    """`rows` by listing id; `deeds` in their order, undos among them; `there` what the platform has, `known` what we
    believe it has, `said` what it said when it was last read, all by listing id."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}
        self.keys: dict[int, str] = {}
        self.deeds: list[Deed] = []
        self.there: dict[int, Row] = {}
        self.known: dict[int, Row] = {}
        self.said: dict[int, Row] = {}
        self.tick = 0

    # -- reading -------------------------------------------------------------------------------------------------

    def cell(self, listing_id: int, cell: Cell) -> Any:
        """What stands there."""
        row = self.rows[listing_id]
        return row["skus"][cell[1]][SKU_CELLS.index(cell[0])] if len(cell) > 1 else row[cell[0]]

    def to_undo(self) -> Deed | None:
        """The newest change that stands."""
        return next((one for one in reversed(self.deeds) if one.of is None and not one.is_undone), None)

    def to_redo(self) -> Deed | None:
        """The newest undo, unless something was changed after it."""
        for one in reversed(self.deeds):
            if one.of is None:
                return None
            if not one.is_undone:
                return one  # also one that took an undo back while going back in time
        return None

    def is_unsent(self, listing_id: int) -> bool:
        """Whether the platform has, as far as we know, something else."""
        return sendable(self.rows[listing_id]) != sendable(self.known.get(listing_id))

    # -- changing ------------------------------------------------------------------------------------------------

    def read(self, number: int, there: Row) -> None:
        """A sync reads what the platform has: what is unsent stays, and is compared with what was sent unless the
        platform says something new."""
        ours = self.rows.get(number, there)
        merged = as_read(there, ours) | {"tags": ours["tags"]}
        is_new = not is_same(self.said.get(number), there)
        self.said[number] = there
        if not self.is_unsent(number) or sendable(merged) == sendable(ours):
            self.rows[number] = self.known[number] = merged
        elif is_new:
            self.known[number] = merged

    def change(self, uid: str | None, after: dict[int, Row], made: Collection[int] = ()) -> Deed | None:
        """The rows are now as *after* says; *made* of them are new."""
        cells: Cells = {}
        for number, row in after.items():
            if number not in made and (found := _differences(self.rows[number], row)):
                cells[number] = found
        assert (uid is None) is (not cells and not made), (uid, cells)
        self.rows |= copied(after)
        if uid is None:
            return None
        deed = Deed(uid, cells, {number: after[number] for number in made})
        self._add(deed)
        return deed

    def _add(self, deed: Deed) -> None:
        self.tick += 1
        deed.at = self.tick
        deed.turns.append((self.tick, True))
        self.deeds.append(deed)

    def go_on(self, deed: Deed, after: dict[int, Row]) -> None:
        """The same typing goes on: what was there before the change stays what it brings back."""
        self.tick += 1
        for number, row in after.items():
            for cell, (before, now) in _differences(self.rows[number], row).items():
                cells = deed.cells.setdefault(number, {})
                cells[cell] = (cells[cell][0] if cell in cells else before, now)
            self.rows[number] = row

    def reverse(
        self,
        deed: Deed,
        only: Collection[int] | None = None,
        fields: Collection[str] | None = None,
        *,
        within: Deed | None = None,
        is_kept: bool = False,
    ) -> Reversed:
        """Take back what is left of a change; a listing moves back as a whole or not at all.

        Args:
            within: only what this undo of it took back.
            is_kept: also of an undo, so that it can be taken back in turn.
        """
        back: Cells = {}
        conflicts: set[int] = set()
        done, taken = self.done(deed)
        for number, cells in deed.cells.items():
            chosen = {
                cell: pair
                for cell, pair in cells.items()
                if (number, cell) not in done
                and (fields is None or cell[0] in fields)
                and (within is None or cell in within.cells.get(number, {}))
            }
            if not chosen or (only is not None and number not in only):
                continue
            if number not in self.rows or any(self.cell(number, cell) != pair[1] for cell, pair in chosen.items()):
                conflicts.add(number)
                continue
            back[number] = {cell: (after, before) for cell, (before, after) in chosen.items()}
            self._put(number, {cell: pair[1] for cell, pair in back[number].items()})
        gone: dict[int, Row] = {}
        for number in deed.made if fields is None else ():
            if number not in taken and (only is None or number in only) and (within is None or number in within.made):
                self._take_away(deed, number, gone, conflicts)
        restored = back.keys() | gone.keys()
        if restored:
            self._note(deed, Deed("", back, gone, of=deed), is_kept)
        return Reversed(set(restored), conflicts)

    def redo(self, deed: Deed) -> Reversed:
        """Take an undo back; one of an undo, made while going back in time, by undoing the change anew."""
        undo = deed.of
        assert undo is not None
        if undo.of is None:
            return self.reverse(deed)
        done = self.reverse(undo.of, within=undo)
        if done.restored:
            deed.is_undone = True
            anew = self.deeds.pop()
            undo.cells, undo.made = anew.cells, anew.made
            self._turn(undo, True)
        return done

    def _take_away(self, deed: Deed, number: int, gone: dict[int, Row], conflicts: set[int]) -> None:
        """A listing that was made goes, unless it was worked on or sent since; one that was taken away comes back."""
        if deed.of is not None:
            self.rows[number] = gone[number] = deed.made[number]
        elif number in self.rows:
            if number in self.known or self._was_worked_on(deed, number):
                conflicts.add(number)
            else:
                gone[number] = self.rows.pop(number)

    def _was_worked_on(self, deed: Deed, number: int) -> bool:
        later = self.deeds[self.deeds.index(deed) + 1 :]
        standing = [one for one in later if one.of is None and number in one.cells]
        return any({(number, cell) for cell in one.cells[number]} - self.done(one)[0] for one in standing)

    def done(self, deed: Deed) -> tuple[set[tuple[int, Cell]], set[int]]:
        """Cells that undos took back, and listings they took away."""
        undos = [one for one in self.deeds if one.of is deed and not one.is_undone]
        cells = {(number, cell) for one in undos for number, its in one.cells.items() for cell in its}
        return cells, {number for one in undos for number in one.made}

    def _note(self, deed: Deed, undo: Deed, is_kept: bool) -> None:
        """A redo leaves no trace but that the change stands again, unless it is kept to be taken back itself."""
        if deed.of is not None:
            self._turn(deed, False)
            self._turn(deed.of, True)
            if not is_kept:
                return
        self._add(undo)
        if deed.of is None:
            self._sum_up(deed)

    def _turn(self, deed: Deed, stands: bool) -> None:
        self.tick += 1
        deed.is_undone = not stands
        deed.turns.append((self.tick, stands))

    def _sum_up(self, deed: Deed) -> None:
        """Whether anything of a change is left."""
        done, taken = self.done(deed)
        cells = {(number, cell) for number, its in deed.cells.items() for cell in its}
        deed.is_undone = cells <= done and not (deed.made.keys() & self.rows.keys()) - taken

    def _put(self, number: int, cells: dict[Cell, Any]) -> None:
        row = self.rows[number] = copied({0: self.rows[number]})[0]  # type: ignore[dict-item, index]
        for cell, value in cells.items():
            if len(cell) > 1:
                pair = list(row["skus"][cell[1]])
                pair[SKU_CELLS.index(cell[0])] = value
                row["skus"][cell[1]] = tuple(pair)
            else:
                row[cell[0]] = value


def sendable(row: Row | None) -> Row | None:
    """A row without what the platform never sees."""
    return None if row is None else {name: value for name, value in row.items() if name not in ("tags", "keywords")}


def _differences(before: Row, after: Row) -> dict[Cell, tuple[Any, Any]]:
    found: dict[Cell, tuple[Any, Any]] = {
        (name,): (before[name], after[name]) for name in before if name != "skus" and before[name] != after[name]
    }
    for code, old in before["skus"].items():
        for name, one, other in zip(SKU_CELLS, old, after["skus"][code], strict=True):
            if one != other:
                found[name, code] = (one, other)
    return found


def fields_of(deeds: Iterable[Deed]) -> list[str]:
    """Names of the fields that these changed."""
    return sorted({cell[0] for deed in deeds for cells in deed.cells.values() for cell in cells})
