"""The five tables, one a row: source, age, rows, what changed, how many listings are hit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.messages import tr
from app.services.clock import now_ms
from app.services.company_tables.kinds import TableKind
from app.services.company_tables.records import InboxRow
from app.services.company_tables.wording import age_text, differences_text, kind_text
from app.views.listings.plain_table import dress_table, set_ink
from app.views.numbers import MISSING, integer, moment_tip
from app.views.theme import current_theme
from app.views.widgets.live import Live

COLUMNS = (("kind", 210), ("source", 0), ("age", 180), ("rows", 90), ("changes", 330), ("hits", 80))
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
NUMBERS = (3, 5)
ROW = 28


class TableRows(Live, QTableWidget):
    """Read only; the current row chooses the table whose hits are shown."""

    def __init__(self) -> None:
        super().__init__(0, len(COLUMNS))
        self._rows: Sequence[InboxRow] = ()
        self._hits: Mapping[TableKind, int] = {}
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        dress_table(self, row=ROW)
        self.dress()

    @property
    def row_in_view(self) -> InboxRow | None:
        """The current table, None before the first look."""
        at = self.currentRow()
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def show_tables(self, rows: Sequence[InboxRow]) -> None:
        """Show these; the current one stays."""
        at = max(0, self.currentRow())
        self._rows = list(rows)
        self.setRowCount(len(rows))
        self._fill()
        self.setCurrentCell(at, 0)
        self.restyle()

    def show_hits(self, hits: Mapping[TableKind, int]) -> None:
        """How many listings each table hits."""
        self._hits = dict(hits)
        self._fill()

    def choose(self, kind: TableKind) -> None:
        """Make the table of *kind* the current one."""
        for at, row in enumerate(self._rows):
            if row.kind is kind:
                self.setCurrentCell(at, 0)

    def retranslate(self) -> None:
        """Names of columns and tables."""
        self.setHorizontalHeaderLabels([tr(f"tables.column.{name}") for name, _ in COLUMNS])
        for column in NUMBERS:
            self.horizontalHeaderItem(column).setTextAlignment(RIGHT)
        self.setAccessibleName(tr("tables.sheet"))
        if hasattr(self, "_rows"):
            self._fill()

    def restyle(self) -> None:
        """Widths follow the text size; the source takes what is left. All rows are always in view."""
        theme = current_theme()
        self.verticalHeader().setDefaultSectionSize(theme.height(ROW))
        for at, (_, wide) in enumerate(COLUMNS):
            if wide:
                self.horizontalHeader().resizeSection(at, theme.height(wide))
            else:
                self.horizontalHeader().setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
        height = self.horizontalHeader().sizeHint().height() + theme.height(ROW) * max(len(TableKind), 1)
        self.setFixedHeight(height + 2)
        if hasattr(self, "_rows"):
            self._fill()

    def _fill(self) -> None:
        now = now_ms()
        for at, row in enumerate(self._rows):
            hits = self._hits.get(row.kind)
            texts = (
                kind_text(row.kind),
                " · ".join(filter(None, (row.source, row.as_of))) or MISSING,
                age_text(row, now),
                integer(row.rows) if row.source else MISSING,
                differences_text(row.differences) or MISSING,
                MISSING if hits is None or not row.source else integer(hits),
            )
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(moment_tip(row.received_ms) if column == 2 and row.received_ms else text)
                if column in NUMBERS:
                    item.setTextAlignment(RIGHT)
                if column == 2 and row.is_old and row.source:
                    set_ink(item, "amber")
                if column == 5 and hits:
                    set_ink(item, "red")
                self.setItem(at, column, item)
