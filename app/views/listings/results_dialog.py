"""Results of earlier batches: chosen from a list, also after the window was closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.messages import tr
from app.views.listings.plain_table import LEFT, dress_table, set_ink
from app.views.numbers import integer, moment
from app.views.status import status
from app.views.theme import current_theme
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column

if TYPE_CHECKING:
    from app.services.publishing.recent import RecentBatch

HEADERS = (
    "publish.results.time",
    "publish.results.store",
    "publish.results.state",
    "publish.results.total",
    "publish.part.on_platform",
    "publish.part.failed",
    "publish.part.unknown",
)
FIRST_FIGURE = 3
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ResultsDialog(Dialog):
    """The newest batches, newest first.

    Emits:
        chosen: number of a batch.
    """

    chosen = Signal(int)

    def __init__(self, batches: Sequence[RecentBatch], parent: QWidget) -> None:
        super().__init__("publish.results.title", parent, size=QSize(820, 440))
        self._batches = batches
        self.table = QTableWidget(len(batches), len(HEADERS))
        column(self.body, edges=16).addWidget(self.table)
        self._dress_table()
        self._fill()
        self.primary = self.add_buttons("publish.show_result", cancel_key="dialog.close")
        self.table.doubleClicked.connect(lambda _: self.accept())
        self.accepted.connect(self._tell)

    def retranslate(self) -> None:
        """Heads, states and times in the new language."""
        if hasattr(self, "primary"):
            at = self.table.currentRow()
            self._fill()
            self.table.setCurrentCell(at, 0)

    def _dress_table(self) -> None:
        """Once: a header that is put in later stays hidden."""
        table = self.table
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        dress_table(table)
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)

    def _fill(self) -> None:
        table, theme = self.table, current_theme()
        for at, key in enumerate(HEADERS):
            header = QTableWidgetItem(tr(key))
            header.setTextAlignment(RIGHT if at >= FIRST_FIGURE else LEFT)
            table.setHorizontalHeaderItem(at, header)
        for at, batch in enumerate(self._batches):
            figures = (batch.total, batch.on_platform, batch.failed, batch.unknown)
            texts = (moment(batch.created_ms), batch.store_name, status(f"job.{batch.state}").word)
            for place, text in enumerate((*texts, *map(integer, figures))):
                item = QTableWidgetItem(text)
                item.setTextAlignment(RIGHT if place >= FIRST_FIGURE else LEFT)
                if place == len(HEADERS) - 2 and batch.failed:
                    set_ink(item, "red")
                table.setItem(at, place, item)
        metrics = theme.metrics("body")
        for at in range(len(HEADERS)):
            texts = [tr(HEADERS[at]), *(table.item(row, at).text() for row in range(len(self._batches)))]
            table.setColumnWidth(at, max(map(metrics.horizontalAdvance, texts)) + 24)
        table.setCurrentCell(0, 0)

    def _tell(self) -> None:
        at = self.table.currentRow()
        if 0 <= at < len(self._batches):
            self.chosen.emit(self._batches[at].batch_id)
