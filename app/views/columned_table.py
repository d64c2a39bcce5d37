"""The columns of a table: sorted by a click, chosen with a right-click, as wide as the user left them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QResizeEvent

from app.views.column_menu import column_menu
from app.views.language import say
from app.views.painted_table import PaintedTable

if TYPE_CHECKING:
    from app.services.paging import Query
    from app.views.cells import Column


class ColumnedTable(PaintedTable):
    """A painted table whose columns can be sorted, moved, resized and chosen; all of it is remembered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.memory.dress(self.header)
        say(self.header, "table.columns", "accessibleName")
        self.header.sort_wanted.connect(self.sort_by)
        self.header.menu_wanted.connect(self._show_column_menu)
        self.header.sectionResized.connect(self._on_resized)
        self.header.sectionMoved.connect(self._on_moved)
        self.paged.replaced.connect(self._show_sort)

    def restyle(self) -> None:
        """Rows and columns fit the text size."""
        super().restyle()
        self._fit_stretch()

    # -- columns -----------------------------------------------------------------------------------------------

    def sort_by(self, logical: int, as_second: bool = False) -> None:
        """Sort by a column as a click on its header does: again reverses; *as_second* keeps the first key."""
        column, query = self.paged.columns[logical], self.paged.query
        if not column.sort_key:
            return
        if as_second and query.sort and query.sort != column.sort_key:
            descending = not query.then_descending if query.then == column.sort_key else column.new_value_first
            self._sort(replace(query, then=column.sort_key, then_descending=descending))
            return
        descending = not query.descending if query.sort == column.sort_key else column.new_value_first
        self._sort(replace(query, sort=column.sort_key, descending=descending, then="", then_descending=False))

    def sort_directed(self, logical: int, *, descending: bool) -> None:
        """Sort by a column in one direction."""
        key = self.paged.columns[logical].sort_key
        self._sort(replace(self.paged.query, sort=key, descending=descending, then="", then_descending=False))

    def fit_column(self, logical: int) -> None:
        """As wide as its title and the rows in view need, at most half the table."""
        width = self.header.title_width(logical)
        for row in range(max(0, self.rowAt(0)), self.paged.rowCount()):
            if self.rowViewportPosition(row) > self.viewport().height():
                break
            cells = self.paged.cells(row)
            if cells is not None:
                width = max(width, self.cell_width(cells[logical], self.paged.columns[logical]))
        width = min(width + self.header.lead if logical == 0 else width, self.viewport().width() // 2)
        self.header.resizeSection(logical, max(width, self.paged.columns[logical].min_width))
        self.memory.note_width(logical, self.header.sectionSize(logical))

    def _sort(self, query: Query) -> None:
        self.memory.put(sort=[query.sort, query.descending])
        self.paged.ask(query)
        self._show_sort()

    def remembered_sort(self) -> tuple[str, bool] | None:
        """Sort key and direction of the last time, if its column still exists."""
        stored = self.memory.state.get("sort")
        known = {column.sort_key for column in self.paged.columns if column.sort_key}
        return (stored[0], bool(stored[1])) if stored and stored[0] in known else None

    def _show_sort(self) -> None:
        query = self.paged.query
        keys = {query.sort: query.descending} if query.sort else {}
        self.header.show_sort({**keys, **({query.then: query.then_descending} if query.then else {})})

    def _show_column_menu(self, logical: int, at: QPoint) -> None:
        menu = column_menu(self, logical)
        menu.popup(at)

    def show_column_menu(self) -> None:
        """The column chooser under the right end of the header, with what can be done with the column of the current
        cell: by keyboard there is no header to click."""
        corner = self.header.viewport().rect().bottomRight()
        menu = column_menu(self, self.currentIndex().column())
        menu.popup(self.header.viewport().mapToGlobal(corner - QPoint(menu.sizeHint().width(), 0)))

    def set_column_shown(self, key: str, shown: bool) -> None:
        """Show or hide a column and remember it; a fixed one stays."""
        at = self.column_at(key)
        if not self.paged.columns[at].fixed:
            self.header.setSectionHidden(at, not shown)
            self.memory.note_columns(self.header)
            self._fit_stretch()

    def is_column_shown(self, key: str) -> bool:
        """Whether a column is shown."""
        return not self.header.isSectionHidden(self.column_at(key))

    def column_at(self, key: str) -> int:
        """Place of a column among all, by key. Raises ValueError for an unknown one."""
        return [column.key for column in self.paged.columns].index(key)

    def reset_columns(self) -> None:
        """Default widths, order and columns."""
        self.memory.forget()
        self.memory.dress(self.header)
        self._fit_stretch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The stretching column takes the room that is left."""
        super().resizeEvent(event)
        self._fit_stretch()

    def _fit_stretch(self) -> None:
        stretching = [at for at, column in enumerate(self.paged.columns) if column.stretch]
        for at in stretching:
            if not self.header.isSectionHidden(at) and not self.memory.has_width(at):
                others = self.header.length() - self.header.sectionSize(at)
                wanted = max(self.paged.columns[at].min_width, self.viewport().width() - others)
                self._resize_quietly(at, wanted)

    def _on_moved(self, *_: int) -> None:
        self.memory.note_columns(self.header)

    def _resize_quietly(self, at: int, width: int) -> None:
        self.header.blockSignals(True)
        self.header.resizeSection(at, width)
        self.header.blockSignals(False)
        self.updateGeometries()
        self.viewport().update()
        self.header.viewport().update()

    def _on_resized(self, logical: int, _old: int, width: int) -> None:
        column: Column = self.paged.columns[logical]
        if width and self.header.was_dragged:
            self.memory.note_width(logical, width)
        if not column.stretch:
            self._fit_stretch()
