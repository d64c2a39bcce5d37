"""The variants of a delisting plan as a table: those that need a person first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.messages import tr
from app.services.listings.delisting.records import DelistRow, Step
from app.views.listings.plain_table import dress_table, set_ink
from app.views.numbers import MISSING, integer
from app.views.theme import current_theme
from app.views.widgets.live import Live

MOST_SHOWN = 500
WIDEST = 260
"""No column but the listing's takes more; the tooltip has the rest."""
EDGES = 24
"""Lines of the table; all of them count, and the export has them all."""
COLUMNS = (("store", 84), ("listing", 0), ("code", 132), ("because", 104), ("stock", 80), ("step", 178))
ORDER = (Step.UNREADABLE, Step.LOCKED, Step.OFF, Step.ZERO, Step.UNSENT, Step.DONE)
TONES = {Step.UNREADABLE: "red", Step.LOCKED: "amber", Step.OFF: "amber"}
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class DelistRows(Live, QTableWidget):
    """Read only; the rows are those of a `DelistPlan`."""

    def __init__(self) -> None:
        super().__init__(0, len(COLUMNS))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        dress_table(self, row=26)
        self.dress()

    def retranslate(self) -> None:
        """Names of the columns."""
        self.setHorizontalHeaderLabels([tr(f"delist.column.{name}") for name, _ in COLUMNS])
        self.horizontalHeaderItem(4).setTextAlignment(RIGHT)
        self.setAccessibleName(tr("delist.sheet"))

    def restyle(self) -> None:
        """Widths follow the text size; the listing takes what is left."""
        theme = current_theme()
        self.verticalHeader().setDefaultSectionSize(theme.height(26))
        for at, (_, wide) in enumerate(COLUMNS):
            if wide:
                self.horizontalHeader().resizeSection(at, theme.height(wide))
            else:
                self.horizontalHeader().setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)

    def show_rows(self, rows: Sequence[DelistRow]) -> None:
        """Show these, the first few hundred."""
        shown = sorted(rows, key=lambda row: ORDER.index(row.step))[:MOST_SHOWN]
        self.setRowCount(len(shown))
        for at, row in enumerate(shown):
            stock = MISSING if row.stock is None else integer(row.stock)
            step = tr(f"delist.step.{row.step}")
            for column, text in enumerate((row.store, row.listing, row.code, row.because, stock, step)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if column == 4:
                    item.setTextAlignment(RIGHT)
                if column == 5 and row.step in TONES:
                    set_ink(item, TONES[row.step])
                self.setItem(at, column, item)
        self._fit()

    def _fit(self) -> None:
        """Columns as wide as what stands in them, between their usual width and the widest."""
        theme = current_theme()
        metrics = theme.metrics("body")
        for column, (name, usual) in enumerate(COLUMNS):
            texts = {tr(f"delist.column.{name}")}
            texts.update(item.text() for at in range(self.rowCount()) if (item := self.item(at, column)) is not None)
            if usual:
                wanted = max(map(metrics.horizontalAdvance, texts)) + EDGES
                size = min(max(wanted, theme.height(usual)), theme.height(WIDEST))
                self.horizontalHeader().resizeSection(column, size)
