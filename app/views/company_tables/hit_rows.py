"""The variants that a table hits, those still open first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.messages import tr
from app.services.company_tables.hits import TableHit
from app.services.company_tables.repricing import can_raise
from app.services.company_tables.wording import reason_text, severity_text
from app.views.listings.plain_table import dress_table, fit_columns, set_ink
from app.views.numbers import MISSING, integer, money
from app.views.theme import current_theme
from app.views.widgets.live import Live

MOST_SHOWN = 500
"""Lines of the table; actions without a choice take all open hits."""
COLUMNS = (
    ("store", 90),
    ("listing", 0),
    ("code", 150),
    ("because", 120),
    ("severity", 70),
    ("reason", 250),
    ("price", 130),
    ("stock", 70),
)
TONES = {"block": "red", "hold": "amber", "unknown": "amber"}
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
NUMBERS = (6, 7)
SEVERITY = 4
LISTING = 1


class HitRows(Live, QTableWidget):
    """Read only; several rows may be chosen."""

    def __init__(self) -> None:
        super().__init__(0, len(COLUMNS))
        self._hits: list[TableHit] = []
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        dress_table(self, row=26)
        self.dress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width to share."""
        super().resizeEvent(event)
        fit_columns(self, [wide for _, wide in COLUMNS])

    @property
    def chosen(self) -> list[TableHit]:
        """The chosen hits, else all that are still open."""
        rows = sorted({index.row() for index in self.selectedIndexes()})
        return [self._hits[at] for at in rows] if rows else [hit for hit in self._hits if hit.is_open]

    def show_hits(self, hits: Sequence[TableHit]) -> None:
        """Show these, the first few hundred."""
        self._hits = list(hits)
        self.clearSelection()
        self._fill()
        self.scrollToTop()

    def retranslate(self) -> None:
        """Names of the columns, and sentences."""
        self.setHorizontalHeaderLabels([tr(f"tables.hit.{name}") for name, _ in COLUMNS])
        for column in NUMBERS:
            self.horizontalHeaderItem(column).setTextAlignment(RIGHT)
        self.setAccessibleName(tr("tables.hit_sheet"))
        if hasattr(self, "_hits"):
            self._fill()

    def restyle(self) -> None:
        """Widths follow the text size; the listing takes what is left."""
        self.verticalHeader().setDefaultSectionSize(current_theme().height(26))
        self.horizontalHeader().setSectionResizeMode(LISTING, QHeaderView.ResizeMode.Stretch)
        fit_columns(self, [wide for _, wide in COLUMNS])
        if hasattr(self, "_hits"):
            self._fill()

    def _fill(self) -> None:
        shown = self._hits[:MOST_SHOWN]
        self.setRowCount(len(shown))
        for at, hit in enumerate(shown):
            for column, text in enumerate(_texts(hit)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if column in NUMBERS:
                    item.setTextAlignment(RIGHT)
                if not hit.is_open:
                    set_ink(item, "text3")
                elif column == SEVERITY and hit.severity in TONES:
                    set_ink(item, TONES[hit.severity])
                self.setItem(at, column, item)


def _texts(hit: TableHit) -> tuple[str, ...]:
    price = MISSING
    if hit.price_minor is not None:
        price = money(hit.price_minor)
        if can_raise(hit):
            price = tr("tables.hit.price_to", price=price, lowest=money(hit.floor_price_minor))
    stock = MISSING if hit.stock is None else integer(hit.stock)
    return hit.store, hit.title, hit.code, hit.because, severity_text(hit), reason_text(hit), price, stock
