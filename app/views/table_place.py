"""Keeps what was chosen, the current row and the scroll place by id while all rows are replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QObject, Signal
from PySide6.QtWidgets import QTableView

from app.services.paging import Query
from app.views.table_selection import Selection, chosen_rows, read_selection, rows_of, select_rows

if TYPE_CHECKING:
    from app.views.paged_rows import PagedRows

NO_SORT = {"sort": "", "descending": False, "then": "", "then_descending": False}


class PlaceKeeper(QObject):
    """Between the model's `replacing` and `replaced`; what is not known yet is put back when it is `ordered`.

    Emits:
        restored: rows were replaced and the selection is what it can be.
        findable: the order is known now, and with it where the id of `go_later` stands, if anywhere.
    """

    restored = Signal()
    findable = Signal(object)

    def __init__(self, view: QTableView, model: PagedRows) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._shown_query: Query | None = None
        self._kept = Selection(Query())
        self._current: tuple[int, int] | None = None
        self._top: tuple[int, int] | None = None
        self._wanted: tuple[int, ...] = ()
        self._goal: int | None = None
        self._asked_of = Query()
        model.keep_findable(self._ids_to_find)
        model.replacing.connect(self._remember)
        model.replaced.connect(self._restore)
        model.ordered.connect(self._complete)

    def choose(self, ids: Sequence[int]) -> None:
        """Choose exactly these top-level rows; those whose place is not known yet when the order of all rows is."""
        self._wanted = () if self._model.is_ordered else tuple(ids)
        self._asked_of = self._model.query
        self._kept = Selection(self._model.query)  # what was chosen before is not put back over it
        ranges = rows_of(self._model, ids)
        select_rows(self._model, self._view.selectionModel(), ranges)
        if ranges and not self._view.currentIndex().isValid():
            self._make_current(ranges[0][0], 0)

    def go_later(self, id: int | None) -> bool:
        """Go to row *id* as soon as the order of all rows is known; None takes it back. False: it is known already,
        and that row is not in the answer."""
        self._goal = None if self._model.is_ordered else id
        self._asked_of = self._model.query
        return self._goal is not None

    def drop_wishes(self) -> None:
        """The user goes elsewhere: what was to be chosen or gone to later is not."""
        self._wanted, self._goal = (), None

    def _fulfil(self) -> None:
        """The order is known: do what was asked for before, unless another question was asked since."""
        wanted, goal = self._wanted, self._goal
        self.drop_wishes()
        if replace(self._model.query, **NO_SORT) != replace(self._asked_of, **NO_SORT):
            return
        if goal is not None:
            self.findable.emit(goal)
        if wanted:
            self.choose(wanted)

    def _ids_to_find(self) -> frozenset[int]:
        """What will have to be found in the next order: what is chosen, the current row, the one at the top."""
        chosen: Sequence[int] = self._wanted
        if not chosen:
            chosen = (self._kept or read_selection(self._model, self._view.selectionModel().selection())).ids
        places = self._current or self._current_place(), self._top or self._top_place()
        return frozenset(chosen) | {place[0] for place in places if place is not None}

    def _remember(self) -> None:
        if self._kept or self._current is not None:
            return  # not put back yet: the second replacement of one answer
        view, model = self._view, self._model
        self._kept = read_selection(model, view.selectionModel().selection())
        self._current, self._top = None, None
        if not model.rowCount():
            return
        self._current, self._top = self._current_place(), self._top_place()

    def _current_place(self) -> tuple[int, int] | None:
        """Id and column of the current cell."""
        index = self._view.currentIndex()
        id = self._model.id_at(index.row()) if index.isValid() else None
        return (id, index.column()) if id is not None else None

    def _top_place(self) -> tuple[int, int] | None:
        """Id and place of the topmost row in view, unless it is the very first: there one sees what is new."""
        view = self._view
        row = view.rowAt(0) if view.verticalScrollBar().value() else -1
        id = self._model.id_at(row) if row >= 0 else None
        return (id, view.rowViewportPosition(row)) if id is not None else None

    def _restore(self) -> None:
        query, before = self._model.query, self._shown_query
        self._shown_query = query
        if before is not None and replace(query, **NO_SORT) != replace(before, **NO_SORT):
            self._kept = Selection(query)  # another filter: other rows
        if before != query:
            self._top = None
            self._view.verticalScrollBar().setValue(0)
        self._put_back()
        self.restored.emit()

    def _complete(self) -> None:
        """Every id is known now: choose what was not in the first page."""
        if self._kept or self._current is not None:
            self._put_back()
            self.restored.emit()
        self._kept, self._current, self._top = Selection(self._model.query), None, None
        self._fulfil()

    def _put_back(self) -> None:
        view, model = self._view, self._model
        if self._kept.is_all:
            select_rows(model, view.selectionModel(), [(0, model.rowCount() - 1)] if model.rowCount() else [])
        elif self._kept.ids:
            select_rows(model, view.selectionModel(), rows_of(model, self._kept.ids))
        if self._current is not None:
            at = model.position_of(self._current[0])
            if at is not None and model.row_of(at) >= 0:
                self._make_current(model.row_of(at), self._current[1])
        if self._top is not None:
            at = model.position_of(self._top[0])
            row = model.row_of(at) if at is not None else -1
            if row >= 0:
                view.executeDelayedItemsLayout()  # else the scroll bar still has the range of the rows before
                height = view.verticalHeader().defaultSectionSize()
                view.verticalScrollBar().setValue(row * height - self._top[1])

    def _make_current(self, row: int, column: int) -> None:
        index = self._model.index(row, column)
        flags = QItemSelectionModel.SelectionFlag.NoUpdate
        if not chosen_rows(self._view.selectionModel().selection()) and self._kept:
            flags = QItemSelectionModel.SelectionFlag.Select
        self._view.setAutoScroll(False)  # the place is put back by its own rule
        self._view.selectionModel().setCurrentIndex(index, flags)
        self._view.setAutoScroll(True)
