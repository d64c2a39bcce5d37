"""The dispatch countries of a template as a small table that is typed into."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.messages import messages, tr
from app.services.warehouses.countries import countries
from app.services.warehouses.records import WarehouseCountryRecord
from app.views.listings.bulk_edit.parts import Unfit
from app.views.listings.lines import refusal
from app.views.listings.plain_table import dress_table
from app.views.numbers import parse_decimal, plain_money
from app.views.theme import current_theme
from app.views.widgets.live import Live

FIELDS = ("country", "stock", "surcharge", "formula", "mark", "ships_from_id")
WIDTHS = {"country": 62, "stock": 60, "surcharge": 72, "mark": 70}
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CODE = Qt.ItemDataRole.UserRole


class CountryTable(Live, QTableWidget):
    """One row a country; an empty cell is "not said".

    Emits:
        changed: something was typed.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(0, len(FIELDS))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        dress_table(self, row=26)
        self.horizontalHeader().setSectionResizeMode(FIELDS.index("ships_from_id"), QHeaderView.ResizeMode.Stretch)
        self.setColumnHidden(FIELDS.index("formula"), True)  # too long for a cell: it has a line of its own
        self.itemChanged.connect(lambda _: self.changed.emit())
        self.dress()

    def retranslate(self) -> None:
        """Names of the columns, and of the countries."""
        self.setHorizontalHeaderLabels([tr(f"warehouses.field.{name}") for name in FIELDS])
        for name in ("stock", "surcharge"):
            self.horizontalHeaderItem(FIELDS.index(name)).setTextAlignment(RIGHT)
        self.setAccessibleName(tr("warehouses.section.countries"))
        before = self.blockSignals(True)
        for row in range(self.rowCount()):
            item = self.item(row, 0)
            item.setToolTip(countries().name(str(item.data(CODE)), messages.language))
        self.blockSignals(before)

    def restyle(self) -> None:
        """Widths follow the text size."""
        theme = current_theme()
        self.verticalHeader().setDefaultSectionSize(theme.height(26))
        for name, width in WIDTHS.items():
            self.horizontalHeader().resizeSection(FIELDS.index(name), theme.height(width))
        self._fit()

    def show_countries(self, entries: Sequence[WarehouseCountryRecord]) -> None:
        """Show these."""
        before = self.blockSignals(True)
        self.setRowCount(0)
        for entry in entries:
            self._add(entry)
        self.blockSignals(before)
        self.setCurrentCell(0 if entries else -1, 0)
        self._fit()

    def add(self, entry: WarehouseCountryRecord) -> None:
        """One more, unless it is there already."""
        if entry.country not in self.codes():
            self._add(entry)
            self._fit()
            self.changed.emit()

    def remove_current(self) -> None:
        """Take the chosen country away."""
        if self.currentRow() >= 0:
            self.removeRow(self.currentRow())
            self._fit()
            self.changed.emit()

    @property
    def formula(self) -> str:
        """The formula of the current country."""
        item = self.item(self.currentRow(), FIELDS.index("formula"))
        return "" if item is None else item.text()

    def put_formula(self, text: str) -> None:
        """Give the current country a formula."""
        item = self.item(self.currentRow(), FIELDS.index("formula"))
        if item is not None:
            item.setText(text)

    @property
    def current_code(self) -> str:
        """The current country, "" for none."""
        item = self.item(self.currentRow(), 0)
        return "" if item is None else str(item.data(CODE))

    def codes(self) -> list[str]:
        """The countries, in their order."""
        return [str(self.item(row, 0).data(CODE)) for row in range(self.rowCount())]

    def entries(self) -> tuple[WarehouseCountryRecord, ...]:
        """What is typed. Raises: Unfit."""
        return tuple(self._entry(row) for row in range(self.rowCount()))

    def _add(self, entry: WarehouseCountryRecord) -> None:
        row = self.rowCount()
        self.insertRow(row)
        texts = (
            entry.country,
            "" if entry.stock is None else str(entry.stock),
            "" if entry.surcharge_minor is None else plain_money(entry.surcharge_minor),
            entry.formula,
            entry.mark,
            entry.ships_from_id,
        )
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if FIELDS[column] == "country":
                item.setData(CODE, entry.country)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                item.setToolTip(countries().name(entry.country, messages.language))
            if FIELDS[column] in ("stock", "surcharge"):
                item.setTextAlignment(RIGHT)
            self.setItem(row, column, item)

    def _fit(self) -> None:
        """As high as its rows, up to nine."""
        rows = min(max(self.rowCount(), 2), 9)
        height = self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(rows * height + self.horizontalHeader().sizeHint().height() + 2)

    def _entry(self, row: int) -> WarehouseCountryRecord:
        texts = {name: self.item(row, column).text().strip() for column, name in enumerate(FIELDS)}
        return WarehouseCountryRecord(
            str(self.item(row, 0).data(CODE)),
            texts["ships_from_id"],
            texts["mark"],
            _whole(texts["stock"], 1),
            _whole(texts["surcharge"], 100),
            texts["formula"],
        )


def _whole(text: str, unit: int) -> int | None:
    """What is typed in whole units of 1/*unit*. Raises: Unfit."""
    try:
        number = parse_decimal(text, signs="$")
    except ValueError:
        raise Unfit("countries", refusal(text)) from None
    if number is None:
        return None
    if number * unit != int(number * unit):
        raise Unfit("countries", refusal(text))
    return int(number * unit)
