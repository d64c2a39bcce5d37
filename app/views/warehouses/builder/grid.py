"""The grid of the builder: modes as segments, the paged table, or why there are no rows."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu

from app.services.paging import Query
from app.services.warehouses.overseas.desk import GridLines
from app.services.warehouses.overseas.grid import GridLine
from app.services.warehouses.overseas.remedies import remedies_of_cell, remedies_of_line
from app.services.warehouses.overseas.session import BuildHead
from app.views.context import ViewContext
from app.views.preview_rows import PreviewRows
from app.views.theme import Density
from app.views.theme.density import TWO_LINE
from app.views.warehouses.builder.columns import MODES, columns
from app.views.warehouses.builder.remedy_bar import RemedyBar, fill_menu
from app.views.widgets.label import Label

PARTS = tuple((mode, f"overseas.mode.{mode}", "") for mode in MODES)


class Grid(PreviewRows):
    """Rows of a build.

    Emits:
        priced: (match key, country, text) typed into a price.
        remedied: the `Remedy` somebody chose for the current cell.
    """

    priced = Signal(str, str, str)
    remedied = Signal(object)
    density: ClassVar[str | Density] = TWO_LINE

    def __init__(self, context: ViewContext) -> None:
        self._source: GridLines | None = None  # before all else: a widget that is dressed asks for its texts
        super().__init__(context, "overseas", PARTS, "overseas.grid")
        self.counts = Label(role="small", ink="text2")
        self.tools.addWidget(self.segments)
        self.tools.addWidget(self.counts)
        self.segments.chosen.connect(lambda _: self._make())
        self.bar = RemedyBar()
        self._whole.addWidget(self.bar)
        self.bar.chosen.connect(self.remedied)

    def show_working(self) -> None:
        """A build is being worked out and there is nothing to show of it yet."""
        self.state.show_working("wand", "overseas.working")
        self._show(self.state)

    def show_head(self, head: BuildHead, source: GridLines) -> None:
        """Show the lines of a build; place and selection stay where only prices changed."""
        is_same = self._source is not None and self._source.head.countries == head.countries
        self.counts.say(
            "overseas.counts",
            products=head.counts["products"],
            variants=head.counts["variants"],
            countries=len(head.countries),
            added=head.counts["added"],
        )
        if is_same and self._source is not None and self.table is not None:
            self._source.head = head
            self.table.paged.reload()
            self.table.horizontalHeader().viewport().update()
        else:
            self._source = source
            self._make()
        if self.table is not None:
            self._show(self.table)

    def _head(self) -> BuildHead:
        assert self._source is not None
        return self._source.head

    def _make(self) -> None:
        """A table in the mode that is chosen."""
        if self._source is None:
            return
        table = self._new_table(self._source, columns(self._head, self.segments.current))
        table.paged.edited.connect(self._on_edited)
        table.selectionModel().currentChanged.connect(lambda *_: self._show_remedies())
        table.current_changed.connect(lambda _: self._show_remedies())
        table.menu_wanted.connect(self._show_menu)
        table.paged.ask(Query())
        self._show(table)

    def retranslate(self) -> None:
        """Names of the countries in the header."""
        self._make()

    # -- remedies ----------------------------------------------------------------------------------------------

    def _current(self) -> tuple[GridLine | None, str]:
        """The current line, and the country of the current cell, "" beside them."""
        if self.table is None:
            return None, ""
        index = self.table.currentIndex()
        key = self.table.paged.columns[index.column()].key if index.isValid() else ""
        return self.table.current_record(), key.partition(".")[2]

    def _show_remedies(self) -> None:
        self.bar.show_cell(*self._current())

    def _show_menu(self, at: QPoint) -> None:
        line, country = self._current()
        if line is None:
            return
        found = remedies_of_cell(line, country) if country else remedies_of_line(line)
        if found:
            menu = QMenu(self)
            fill_menu(menu, found, self.remedied.emit)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(at)

    def go_to(self, line: int, country: str) -> None:
        """Make a cell the current one, so that what can be done about it is in view."""
        table = self.table
        if table is None:
            return
        keys = [column.key for column in table.paged.columns]
        name = f"country.{country}"
        table.setCurrentIndex(table.paged.index(line, keys.index(name) if name in keys else keys.index("code")))
        table.setFocus()
        self._show_remedies()

    def _on_edited(self, line_id: int, key: str, text: str) -> None:
        record = (
            self.table.paged.record(line_id) if self.table is not None else None
        )  # lines are numbered as they stand
        if record is not None:
            self.priced.emit(record.key, key.partition(".")[2], text)

    def show_hint(self, key: str) -> None:
        """What is to be chosen before there are rows."""
        self.nothing.show_state("wand", key)
        self._source = None
        self.bar.show_cell(None, "")
        self.drop_table()
        self._show(self.nothing)
        self._top.hide()
