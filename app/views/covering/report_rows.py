"""The table of a cover report: every replacement, and everything that needs a person."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.covering.report import KINDS_OF_LINE, ReportLine, field_name, said
from app.services.listings.text import fold
from app.services.paging import Filter, Query
from app.services.tasks import TaskContext
from app.views.cells import Cell, Column
from app.views.context import ViewContext
from app.views.importing.save_file import ask_where
from app.views.preview_rows import PreviewRows
from app.views.widgets.buttons import Button
from app.views.widgets.search_box import SearchBox

TONES = {"replaced": "", "unmapped": "amber", "skipped": "", "failed": "red", "junk": "amber"}
SEGMENTS = (("all", "cover.segment.all", ""), *((kind, f"cover.kind.{kind}", TONES[kind]) for kind in KINDS_OF_LINE))
SEARCH_WIDTH = 180
KIND = "kind"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A line by its place."""

    id: int
    line: ReportLine


class ReportRows:
    """Page source over the lines of a report in memory."""

    def __init__(self, lines: Sequence[ReportLine]) -> None:
        self.lines = list(lines)

    def _matching(self, query: Query) -> list[int]:
        kinds = {one.value for one in query.filters if one.field == KIND}
        words = fold(query.text).split()
        return [
            at
            for at, line in enumerate(self.lines)
            if (not kinds or line.kind in kinds) and (not words or all(word in _searched(line) for word in words))
        ]

    def count(self, query: Query, ctx: TaskContext | None = None) -> int:
        """How many lines match."""
        return len(self._matching(query))

    def ids(self, query: Query, ctx: TaskContext | None = None) -> array[int]:
        """Places of the lines that match."""
        return array("q", self._matching(query))

    def rows(self, ids: Sequence[int]) -> dict[int, ReportRow]:
        """The lines at these places."""
        return {number: ReportRow(number, self.lines[number]) for number in ids if number < len(self.lines)}

    def first_page(self, query: Query, limit: int) -> list[ReportRow]:
        """The first lines."""
        return [ReportRow(number, self.lines[number]) for number in self._matching(query)[:limit]]


def _searched(line: ReportLine) -> str:
    return fold(f"{line.product_id} {line.title} {line.code} {line.before} {line.after}")


def _kind(row: ReportRow) -> Cell:
    return Cell(tr(f"cover.kind.{row.line.kind}"), tone=TONES[row.line.kind] or "text2")


def _product(row: ReportRow) -> Cell:
    return Cell(row.line.product_id, second=row.line.title, tip=row.line.title)


def _field(row: ReportRow) -> Cell:
    name = field_name(row.line.field)
    return Cell(f"{name} · {row.line.code}" if row.line.code and name else name or row.line.code)


def _why(row: ReportRow) -> Cell:
    text = said(row.line)
    return Cell(text, tone="text2", tip=text)


COLUMNS = (
    Column("kind", "cover.column.kind", _kind, width=100, fixed=True),
    Column("product", "cover.column.product", _product, width=148, elide="middle"),
    Column("field", "cover.column.field", _field, width=150),
    Column("before", "cover.column.before", lambda row: Cell(row.line.before, tip=row.line.before), width=136),
    Column("after", "cover.column.after", lambda row: Cell(row.line.after, tip=row.line.after, strong=True), width=136),
    Column("why", "cover.column.why", _why, width=200, stretch=True),
)


class ReportPane(PreviewRows):
    """Lines with segments by kind, a search box and the way into a workbook.

    Emits:
        export_wanted: the name of a workbook.
        opened: id of the listing of a line.
    """

    export_wanted = Signal(str)
    opened = Signal(int)

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "cover_report", SEGMENTS, "cover.report", parent)
        self.search = SearchBox("cover.search", SEARCH_WIDTH)
        self.export = Button("cover.export", icon_name="download", kind="small")
        for widget in (self.segments, self.search, self.export):
            self.tools.addWidget(widget)
        self.segments.chosen.connect(lambda _: self._ask())
        self.search.searched.connect(lambda _: self._ask())
        self.export.clicked.connect(self.ask_where)
        self.nothing.acted.connect(self._show_all)
        self.lines: list[ReportLine] = []

    def show_lines(self, lines: Sequence[ReportLine]) -> None:
        """Show other lines; segment and search stay."""
        self.lines = list(lines)
        kinds = Counter(line.kind for line in lines)
        counts = {kind: kinds[kind] for kind in KINDS_OF_LINE if kinds[kind]}
        self.segments.set_parts([part for part in SEGMENTS if part[0] == "all" or part[0] in counts])
        self.segments.show_counts({**counts, "all": len(self.lines)})
        table = self._new_table(ReportRows(self.lines), COLUMNS)
        table.paged.counted.connect(self._on_counted)
        table.opened.connect(self._on_opened)
        self._ask()
        self._show(table)

    def show_working(self, title_key: str, action_key: str = "") -> None:
        """Something is under way; its rows come next."""
        self.drop_table()
        self.state.show_working("building-store", title_key, action_key)
        self._show(self.state)

    def _ask(self) -> None:
        if self.table is not None:
            kind = self.segments.current
            filters = () if kind == "all" else (Filter(KIND, "=", kind),)
            self.table.paged.ask(Query(self.search.text(), filters))

    def _on_counted(self, total: int) -> None:
        if self.table is None:
            return
        if not total:
            key = "cover.nothing_replaced" if not self.lines else "cover.no_line"
            self.nothing.show_state(
                "search", key, action_key="import.show_everything" if self.lines else "", primary=False
            )
        self._show(self.table if total else self.nothing)

    def _show_all(self) -> None:
        self.search.clear()
        self.segments.choose("all")

    def _on_opened(self, number: int) -> None:
        if self.lines[number].listing_id:
            self.opened.emit(self.lines[number].listing_id)

    def ask_where(self) -> None:
        """Ask for the workbook of the report."""
        ask_where(self, "cover.export_title", Path.home() / f"{tr('cover.sheet')}.xlsx", self.export_wanted.emit)
