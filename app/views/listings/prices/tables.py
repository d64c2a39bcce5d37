"""Read-only tables of the price dialogs: names and widths of columns as data, numbers to the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.messages import tr
from app.views.listings.plain_table import dress_table, fit_columns, set_ink
from app.views.theme import current_theme
from app.views.widgets.live import Live

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEAST_NAME = 90
"""Width of the column that takes the rest, such as a merchant code."""
Columns = Sequence[tuple[str, int, bool]]
"""Name, width (0: what is left), and whether it holds numbers."""


class PriceTable(Live, QTableWidget):
    """Rows of finished texts; *key_of* gives the message key of a column's head."""

    def __init__(self, key_of: Callable[[str], str], columns: Columns) -> None:
        super().__init__(0, len(columns))
        self._key_of, self._columns = key_of, columns
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        dress_table(self, row=26)
        self.dress()

    def retranslate(self) -> None:
        """Names of the columns."""
        self.setHorizontalHeaderLabels([tr(self._key_of(name)) for name, _, _ in self._columns])
        for at, (_, _, is_number) in enumerate(self._columns):
            if is_number:
                self.horizontalHeaderItem(at).setTextAlignment(RIGHT)

    def restyle(self) -> None:
        """Widths follow the text size."""
        self.verticalHeader().setDefaultSectionSize(current_theme().height(26))
        for at, (_, wide, _) in enumerate(self._columns):
            if not wide:
                self.horizontalHeader().setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width to share."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        fit_columns(self, [wide for _, wide, _ in self._columns], least=LEAST_NAME)

    def show_texts(self, rows: Sequence[Sequence[str]], tones: Sequence[dict[int, str]] = ()) -> None:
        """Show *rows*; *tones* has a colour by column for each."""
        self.setRowCount(len(rows))
        for at, texts in enumerate(rows):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if self._columns[column][2]:
                    item.setTextAlignment(RIGHT)
                self.setItem(at, column, item)
        for at, inks in enumerate(tones):
            for column, ink in inks.items():
                set_ink(self.item(at, column), ink)
