"""Which visible row shows what: top-level rows, unfolded child rows below them, group headings between them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from app.services.paging import Group

Kind = Literal["row", "child", "group"]


class Place(NamedTuple):
    """What a visible row is: top-level row number `at`, child `child` of it, or group number `at`."""

    kind: Kind
    at: int
    child: int = -1


class RowLayout:
    """Maps visible rows to places and back. Runs of rows are kept, not rows: a million cost nothing."""

    def __init__(self, total: int = 0, groups: Sequence[Group] = ()) -> None:
        self.total = total
        self.groups = list(groups)
        self.folded: set[str] = set()
        self.children: dict[int, int] = {}
        self.rebuild()

    @property
    def count(self) -> int:
        """Visible rows."""
        return self._count

    def place(self, row: int) -> Place:
        """What visible row *row* shows; *row* must be below `count`."""
        if self.is_plain:
            return Place("row", row)
        run = bisect_right(self._starts, row) - 1
        kind, first = self._runs[run]
        offset = row - self._starts[run]
        if kind == "row":
            return Place("row", first + offset)
        return Place("child", first, offset) if kind == "child" else Place("group", first)

    def row_of(self, at: int) -> int:
        """Visible row of top-level row *at*; -1 while its group is folded."""
        if self.is_plain:
            return at if at < self.total else -1
        run = bisect_right(self._firsts, at) - 1
        if run < 0:
            return -1
        start, first, length = self._row_runs[run]
        return start + at - first if at - first < length else -1

    def group_row(self, number: int) -> int:
        """Visible row of the heading of group *number*."""
        return self._starts[self._runs.index(("group", number))]

    def rebuild(self) -> None:
        """Make the runs again after `total`, `groups`, `folded` or `children` changed."""
        self.is_plain = not self.groups and not self.children
        self._starts: list[int] = []
        self._runs: list[tuple[Kind, int]] = []
        self._row_runs: list[tuple[int, int, int]] = []
        self._count = self.total
        if not self.is_plain:
            self._count = 0
            self._add_all()
        self._firsts = [first for _, first, _ in self._row_runs]

    def _add_all(self) -> None:
        unfolded = sorted(self.children)
        at = 0
        for number, group in enumerate(self.groups):
            self._add("group", number, 1)
            end = min(at + group.count, self.total)
            if group.key not in self.folded:
                self._add_rows(at, end, unfolded)
            at = end
        if at < self.total:
            self._add_rows(at, self.total, unfolded)

    def _add_rows(self, at: int, end: int, unfolded: list[int]) -> None:
        for parent in unfolded:
            if at <= parent < end:
                self._add("row", at, parent + 1 - at)
                self._add("child", parent, self.children[parent])
                at = parent + 1
        if at < end:
            self._add("row", at, end - at)

    def _add(self, kind: Kind, first: int, length: int) -> None:
        if length <= 0:
            return
        if kind == "row":
            self._row_runs.append((self._count, first, length))
        self._starts.append(self._count)
        self._runs.append((kind, first))
        self._count += length
