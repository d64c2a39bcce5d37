"""Which rows a table has: questions, answers, pages, unfolded children. How they look is `paged_table_model`."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, QTimer, Signal

from app.services.paging import PAGE_ROWS, Group, Query
from app.views.cells import Column, RowCells
from app.views.page_cache import Entry, PageCache
from app.views.page_loader import Head, Order, PageLoader, place_in
from app.views.refused_cells import RefusedCells
from app.views.row_layout import Place, RowLayout

if TYPE_CHECKING:
    from app.views.task_runner import TaskHandle, TaskRunner

STALE_MS = 250
FEW = 32
AHEAD = 32
"""A page is fetched when the eye is this many rows away from it."""


class PagedRows(QAbstractTableModel):
    """Rows of one question to a `PageSource`; half of a model, `PagedTableModel` is the other.

    Attributes:
        refused: what was typed into cells and could not be stored.

    Emits:
        replacing, replaced: around a change of all rows; a view keeps selection and place by id in between.
        counted: the number of top-level rows is exact now.
        ordered: every row's id is known now.
        load_failed: the exception; rows shown before stay.
        busy_changed: whether answers are under way.
    """

    replacing = Signal()
    replaced = Signal()
    counted = Signal(int)
    ordered = Signal()
    load_failed = Signal(object)
    busy_changed = Signal(bool)

    def __init__(
        self, source: Any, columns: Sequence[Column], runner: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self.query = Query()
        self.refused = RefusedCells()
        self._runner = runner
        self._cache = PageCache()
        self._layout = RowLayout()
        self._ids: array[int] | None = None
        self._order: Order | None = None
        self._first_ids: list[int] = []
        self._children: dict[int, list[Entry]] = {}
        self._is_exact = False
        self._asked = False
        self._refreshing = False
        self._stale_ids: set[int] | None = set()
        self._loader = PageLoader(source, runner, self)
        self._loader.headed.connect(self._on_headed)
        self._loader.counted.connect(self._on_counted)
        self._loader.ordered.connect(self._on_ordered)
        self._loader.paged.connect(self._on_paged)
        self._loader.failed.connect(self.load_failed)
        self._loader.settled.connect(lambda: self.busy_changed.emit(False))
        self._stale_timer = QTimer(self, interval=STALE_MS, singleShot=True)
        self._stale_timer.timeout.connect(self._reload_stale)

    # -- questions ---------------------------------------------------------------------------------------------

    @property
    def source(self) -> Any:
        """Who answers."""
        return self._loader.source

    @property
    def total(self) -> int:
        """Top-level rows that match, as far as known."""
        return self._layout.total

    @property
    def is_exact(self) -> bool:
        """Whether `total` is the exact count."""
        return self._is_exact

    @property
    def is_ordered(self) -> bool:
        """Whether the place of every row is known, and with it where an id stands."""
        return self._ids is not None and not self._asked

    @property
    def is_loaded(self) -> bool:
        """Whether a first answer came for the current question."""
        return not self._asked

    def ask(self, query: Query) -> None:
        """Show the answer to *query*; the rows of the question before stay until first rows arrive."""
        self.query = query
        self._asked, self._refreshing = True, False
        self.busy_changed.emit(True)
        self._loader.ask(query)

    def reload(self) -> None:
        """Ask the same again, keeping selection and place; without a visible step in between."""
        if self._asked or self._ids is None:
            self.ask(self.query)
            return
        self._refreshing = True
        self.busy_changed.emit(True)
        self._loader.order(self.query)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column of the source; a column without a sort key changes nothing."""
        key = self.columns[column].sort_key if column >= 0 else ""
        if key or column < 0:
            descending = order == Qt.SortOrder.DescendingOrder
            self.ask(replace(self.query, sort=key, descending=descending, then="", then_descending=False))

    def mark_stale(self, ids: Iterable[int] | None = None) -> None:
        """Read rows *ids* (None: all) again when they are next looked at; calls are collected for 250 ms."""
        if ids is None:
            self._stale_ids = None
        elif self._stale_ids is not None:
            self._stale_ids.update(ids)
        if not self._stale_timer.isActive():
            self._stale_timer.start()

    def call(self, fn: Any, /, *args: Any) -> TaskHandle:
        """Run a short function on a worker thread of this model's runner."""
        return self._runner.call(fn, *args)

    def stop(self) -> None:
        """Drop answers under way: the window closes."""
        self._stale_timer.stop()
        self._loader.stop()

    # -- rows --------------------------------------------------------------------------------------------------

    @property
    def is_flat(self) -> bool:
        """Whether every visible row is a top-level row: no headings, nothing unfolded."""
        return self._layout.is_plain

    def place(self, row: int) -> Place:
        """What visible row *row* is."""
        return self._layout.place(row)

    def row_of(self, at: int) -> int:
        """Visible row of top-level row *at*; -1 while its group is folded."""
        return self._layout.row_of(at)

    def group(self, number: int) -> Group:
        """The heading called group *number* in a `Place`."""
        return self._layout.groups[number]

    def entry(self, row: int) -> Entry | None:
        """Record and cells of visible row *row*; asks for its page if it is not here. None for a heading, too."""
        place = self._layout.place(row)
        if place.kind == "row":
            return self._top_entry(place.at)
        if place.kind == "child":
            children = self._children.get(place.at, ())
            return children[place.child] if place.child < len(children) else None
        return None

    def look_at(self, first: int, last: int) -> None:
        """Ask for what is missing of the rows that came into view, all at once and before they are painted."""
        missing = [page for page in self._pages_of(first, last) if not self._is_here(page)]
        if wishes := {page: ids for page in missing if (ids := self._ids_of(page))}:
            self._loader.want(wishes)

    def has(self, first: int, last: int) -> bool:
        """Whether the rows *first* to *last*, not more than a view shows, can be painted."""
        return all(page in self._cache for page in self._pages_of(first, last))

    def _pages_of(self, first: int, last: int) -> list[int]:
        """The pages of these rows, the last one first; of rows with folded ones in between those of both ends."""
        ends = [place.at // PAGE_ROWS for place in map(self._layout.place, (first, last)) if place.kind != "group"]
        if ends and max(ends) - min(ends) <= (last - first) // PAGE_ROWS + 1:
            return list(range(max(ends), min(ends) - 1, -1))
        return sorted(set(ends), reverse=True)

    def record(self, row: int) -> Any | None:
        """The row record of visible row *row*, if it is here."""
        entry = self.entry(row)
        return entry.row if entry is not None else None

    def cells(self, row: int) -> RowCells | None:
        """The cells of visible row *row* in the order of `columns`; None while it is under way or for a heading."""
        entry = self.entry(row)
        if entry is None:
            return None
        if entry.cells is None:
            is_child = self._layout.place(row).kind == "child"
            entry.cells = RowCells(self.columns, entry.row, is_child=is_child)
            self.refused.lay_over(entry.cells, self.columns, entry.row)
        return entry.cells

    def id_at(self, row: int) -> int | None:
        """Id of visible row *row*; None for a heading or before the order is known."""
        place = self._layout.place(row)
        if place.kind == "child":
            entry = self.entry(row)
            return entry.row.id if entry is not None else None
        return self._top_id(place.at) if place.kind == "row" else None

    def position_of(self, id: int) -> int | None:
        """Place of the top-level row *id* in the answer; None if it is not in it, or not known yet."""
        if self._order is not None and id in self._order.wanted:
            return self._order.places.get(id)
        if self._ids is not None:
            return place_in(self._ids, id)
        return self._first_ids.index(id) if id in self._first_ids else None

    def keep_findable(self, wanted: Callable[[], Collection[int]]) -> None:
        """Let the places of `wanted()` be looked up with the next order, off the GUI thread."""
        self._loader.wanted = wanted

    def show_at_once(self, in_view: Callable[[], int], is_painted: Callable[[], bool]) -> None:
        """Let first answers have the `in_view()` rows that a view shows, and what follows them wait for it to call
        `painted`, if it `is_painted()` at all."""
        self._loader.in_view = in_view
        self._loader.is_painted = is_painted

    def painted(self) -> None:
        """A view painted the rows it shows."""
        self._loader.painted()

    def positions_of(self, ids: Collection[int]) -> list[int]:
        """Places of top-level rows in the answer, in order; those not in it are left out."""
        order = self._order
        if order is not None and all(id in order.wanted for id in ids):
            return sorted(order.places[id] for id in ids if id in order.places)
        if len(ids) <= FEW:
            return sorted(at for at in (self.position_of(id) for id in ids) if at is not None)
        return [at for at, id in enumerate(self.ids_between(0, self.total - 1)) if id in ids]

    def ids_between(self, first: int, last: int) -> Sequence[int]:
        """Ids of top-level places *first* to *last*, as far as known."""
        known = self._ids if self._ids is not None else self._first_ids
        return known[first : last + 1]

    # -- unfolding ---------------------------------------------------------------------------------------------

    @property
    def unfolds(self) -> bool:
        """Whether rows have children to unfold."""
        return hasattr(self.source, "children")

    def is_unfolded(self, row: int) -> bool:
        """Whether the children of visible row *row* are shown."""
        place = self._layout.place(row)
        return place.kind == "row" and place.at in self._layout.children

    def unfold(self, row: int) -> None:
        """Show the children of visible row *row*, once they were fetched."""
        place = self._layout.place(row)
        id = self._top_id(place.at) if place.kind == "row" else None
        if id is None or place.at in self._layout.children or not self.unfolds:
            return
        handle = self._runner.call(self.source.children, id)
        handle.succeeded.connect(lambda rows: self._insert_children(id, rows))
        handle.failed.connect(self.load_failed)

    def fold(self, row: int) -> None:
        """Hide the children of visible row *row*."""
        place = self._layout.place(row)
        count = self._layout.children.get(place.at, 0) if place.kind == "row" else 0
        if count:
            self.beginRemoveRows(QModelIndex(), row + 1, row + count)
            del self._layout.children[place.at]
            self._children.pop(place.at, None)
            self._layout.rebuild()
            self.endRemoveRows()

    def fold_group(self, number: int, folded: bool) -> None:
        """Hide or show the rows under a heading."""
        group = self.group(number)
        if (group.key in self._layout.folded) == folded:
            return
        self.replacing.emit()
        self.beginResetModel()
        (self._layout.folded.add if folded else self._layout.folded.discard)(group.key)
        self._layout.rebuild()
        self.endResetModel()
        self.replaced.emit()

    def is_group_folded(self, number: int) -> bool:
        """Whether the rows under a heading are hidden."""
        return self.group(number).key in self._layout.folded

    def _insert_children(self, id: int, rows: Sequence[Any]) -> None:
        at = self.position_of(id)
        row = self._layout.row_of(at) if at is not None else -1
        if at is None or row < 0 or at in self._layout.children or not rows:
            return
        self.beginInsertRows(QModelIndex(), row + 1, row + len(rows))
        self._children[at] = [Entry(child) for child in rows]
        self._layout.children[at] = len(rows)
        self._layout.rebuild()
        self.endInsertRows()

    # -- answers -----------------------------------------------------------------------------------------------

    def _on_headed(self, head: Head) -> None:
        self._asked = False
        total = sum(group.count for group in head.groups) or len(head.rows)
        with _Swap(self):
            folded = self._layout.folded
            self._layout = RowLayout(total, head.groups)
            self._layout.folded = folded
            self._layout.rebuild()
            self._children.clear()
            self._cache.clear()
            for start in range(0, len(head.rows), PAGE_ROWS):
                self._cache.put(start // PAGE_ROWS, head.rows[start : start + PAGE_ROWS])
            self._order = None
            self._first_ids = [row.id for row in head.rows]
            self._ids = array("q", self._first_ids) if head.total is not None else None
            self._is_exact = head.total is not None
        if head.total is not None:
            self.counted.emit(total)
            self.ordered.emit()

    def _on_counted(self, total: int) -> None:
        if self._ids is None:
            self._grow(total)
            self._is_exact = True
            self.counted.emit(total)

    def _on_ordered(self, order: Order) -> None:
        ids, groups = order.ids, order.groups
        self._order = order
        is_same = self._ids == ids if self._refreshing else self._starts_alike(ids)
        if is_same and list(groups) == self._layout.groups:
            self._grow(len(ids))
            self._ids = ids
            if self._refreshing:
                self.mark_stale()
        else:
            self._replace_all(ids, groups)
        self._refreshing, self._is_exact = False, True
        self.counted.emit(len(ids))
        self.ordered.emit()

    def _starts_alike(self, ids: array[int]) -> bool:
        return list(ids[: len(self._first_ids)]) == self._first_ids

    def _replace_all(self, ids: array[int], groups: Sequence[Group]) -> None:
        """Rows came, went or moved: keep the records we have, under their new places."""
        known = {entry.row.id: entry.row for page in self._cache.pages() for entry in self._cache.entries(page)}
        unfolded = {self._top_id(at): children for at, children in self._children.items()}
        with _Swap(self):
            folded = self._layout.folded
            self._ids = ids
            self._layout = RowLayout(len(ids), groups)
            self._layout.folded = folded
            self._children = {}
            for id, children in unfolded.items():
                at = self.position_of(id) if id is not None else None
                if at is not None:
                    self._children[at], self._layout.children[at] = children, len(children)
            self._layout.rebuild()
            self._cache.clear()
            self._first_ids = list(ids[:PAGE_ROWS])
            first = [known.get(id) for id in self._first_ids]
            if all(row is not None for row in first):
                self._cache.put(0, first)
                self._cache.stale.add(0)

    def _grow(self, total: int) -> None:
        """Make room for rows not fetched yet, at the end; groups know their counts from the start."""
        before = self._layout.count
        if total < self._layout.total:
            self._replace_all(self._ids or array("q", self._first_ids[:total]), self._layout.groups)
        elif total > self._layout.total:
            wider = RowLayout(total, self._layout.groups)
            wider.folded, wider.children = self._layout.folded, self._layout.children
            wider.rebuild()
            if wider.count > before:
                self.beginInsertRows(QModelIndex(), before, wider.count - 1)
                self._layout = wider
                self.endInsertRows()
            else:
                self._layout = wider

    def _on_paged(self, page: int, rows: list[Any]) -> None:
        self._cache.put(page, rows)
        self._tell_changed(page * PAGE_ROWS, page * PAGE_ROWS + len(rows) - 1)

    def _tell_changed(self, first: int, last: int) -> None:
        shown = [row for row in (self._layout.row_of(at) for at in (first, min(last, self.total - 1))) if row >= 0]
        if shown:
            last_column = self.columnCount() - 1
            self.dataChanged.emit(self.index(shown[0], 0), self.index(shown[-1], last_column))

    def _top_id(self, at: int) -> int | None:
        known = self._ids if self._ids is not None else self._first_ids
        return known[at] if at < len(known) else None

    def _top_entry(self, at: int) -> Entry | None:
        page = at // PAGE_ROWS
        self._want(page)
        for near in (max(at - AHEAD, 0) // PAGE_ROWS, min(at + AHEAD, self.total - 1) // PAGE_ROWS):
            if near != page:
                self._want(near, is_ahead=True)
        return self._cache.entry(at)

    def _want(self, page: int, *, is_ahead: bool = False) -> None:
        if not self._is_here(page) and not self._loader.awaits(page, is_ahead=is_ahead) and (ids := self._ids_of(page)):
            self._loader.want({page: ids}, is_ahead=is_ahead)

    def _is_here(self, page: int) -> bool:
        return page in self._cache and page not in self._cache.stale

    def _ids_of(self, page: int) -> Sequence[int]:
        known = self._ids if self._ids is not None else self._first_ids
        return known[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]

    def _reload_stale(self) -> None:
        ids, self._stale_ids = self._stale_ids, set()
        for page in self._cache.pages():
            if ids is None or any(entry.row.id in ids for entry in self._cache.entries(page)):
                self._cache.stale.add(page)
        for at in [at for at in self._children if ids is None or self._top_id(at) in ids]:
            self._refetch_children(at)
        if self._layout.count:
            self.dataChanged.emit(self.index(0, 0), self.index(self._layout.count - 1, self.columnCount() - 1))

    def _refetch_children(self, at: int) -> None:
        id = self._top_id(at)
        handle = self._runner.call(self.source.children, id)
        handle.succeeded.connect(lambda rows: self._renew_children(id, rows))

    def _renew_children(self, id: int, rows: Sequence[Any]) -> None:
        at = self.position_of(id)
        if at is None or at not in self._children:
            return
        if len(rows) == len(self._children[at]):
            self._children[at] = [Entry(child) for child in rows]
            row = self._layout.row_of(at)
            last = self.index(row + len(rows), self.columnCount() - 1)
            self.dataChanged.emit(self.index(row + 1, 0), last)
        else:
            self.fold(self._layout.row_of(at))
            self._insert_children(id, rows)


class _Swap:
    """Around a change of all rows: views remember place and selection, then the model resets."""

    def __init__(self, model: PagedRows) -> None:
        self._model = model

    def __enter__(self) -> None:
        self._model.replacing.emit()
        self._model.beginResetModel()

    def __exit__(self, *_: object) -> None:
        self._model.endResetModel()
        self._model.replaced.emit()
