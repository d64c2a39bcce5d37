"""The variants of one listing as a small grid with real cell editing."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.messages import tr
from app.services.listings.records import SkuRecord
from app.services.listings.source import sku_label
from app.views.numbers import integer, money, parse_decimal, parse_money, plain_money
from app.views.theme import current_theme
from app.views.widgets.live import Live

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("label", "code", "price_minor", "stock")
NUMBERS = ("price_minor", "stock")
MOST_ROWS_SHOWN = 10


class SkuModel(QAbstractTableModel):
    """Variants by row.

    Emits:
        edited: (SKU id, field, new value).
        refused: a sentence about what was typed.
    """

    edited = Signal(int, str, object)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skus: list[SkuRecord] = []
        self._wrong: dict[tuple[int, str], str] = {}

    def show_skus(self, skus: list[SkuRecord], wrong: dict[tuple[int, str], str]) -> None:
        """Other variants; *wrong*: (position, field) → sentence of a finding."""
        if len(skus) != len(self._skus):
            self.beginResetModel()
            self._skus, self._wrong = skus, wrong
            self.endResetModel()
            return
        self._skus, self._wrong = skus, wrong
        if skus:
            self.dataChanged.emit(self.index(0, 0), self.index(len(skus) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Variants."""
        return 0 if parent.isValid() else len(self._skus)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Label, code, price, stock."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, colours of what is wrong, alignment."""
        if not index.isValid():
            return None
        name = COLUMNS[index.column()]
        reason = self._wrong.get((index.row(), name))
        theme = current_theme()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text(self._skus[index.row()], name, for_edit=role == Qt.ItemDataRole.EditRole)
        if role == Qt.ItemDataRole.BackgroundRole and reason:
            return theme.tone("red").ground
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._ink(name, reason)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return reason
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if name in NUMBERS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def _ink(self, name: str, reason: str | None) -> QColor:
        theme = current_theme()
        if reason:
            return theme.tone("red").text
        return theme.color("text2" if name == "label" else "text")

    @staticmethod
    def _text(sku: SkuRecord, name: str, *, for_edit: bool) -> str:
        if name == "label":
            return sku_label(sku.properties) or tr("listings.only_variant")
        if name == "price_minor":
            return plain_money(sku.price_minor) if for_edit else money(sku.price_minor)
        if name == "stock":
            return ("" if sku.stock is None else str(sku.stock)) if for_edit else integer(sku.stock)
        return sku.code

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Parse what was typed and tell it; a text that is no number is refused with a reason."""
        if role != Qt.ItemDataRole.EditRole:
            return False
        sku, name, text = self._skus[index.row()], COLUMNS[index.column()], str(value).strip()
        try:
            new = self._parsed(name, text)
        except ValueError:
            self.refused.emit(tr("listings.not_a_number", value=text))
            return False
        if new != getattr(sku, name):
            setattr(sku, name, new)
            self.dataChanged.emit(index, index)
            self.edited.emit(sku.id or 0, name, new)
        return True

    @staticmethod
    def _parsed(name: str, text: str) -> Any:
        if name == "price_minor":
            return parse_money(text)
        if name == "stock":
            number = parse_decimal(text)
            if number is None:
                return None
            if number != number.to_integral_value() or number < 0:
                raise ValueError(text)
            return int(number)
        return text

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Everything but the label can be edited."""
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usual if COLUMNS[index.column()] == "label" else usual | Qt.ItemFlag.ItemIsEditable

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(f"listings.sku.{COLUMNS[section]}")
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if COLUMNS[section] in NUMBERS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def retranslate(self) -> None:
        """Headers in the new language."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)


class SkuGrid(Live, QTableView):
    """Shows a `SkuModel`; as high as its rows, up to ten, then it scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.skus = SkuModel(self)
        self.setModel(self.skus)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.dress()

    def show_skus(self, skus: list[SkuRecord], wrong: dict[tuple[int, str], str]) -> None:
        """Show these variants, with the reasons of refused cells."""
        if self.state() == QAbstractItemView.State.EditingState:
            return  # somebody types; the next answer shows it
        self.skus.show_skus(skus, wrong)
        self._fit()

    def retranslate(self) -> None:
        """Headers and name."""
        self.skus.retranslate()
        self.setAccessibleName(tr("listings.section.skus"))

    def restyle(self) -> None:
        """Row height and column widths follow the text size."""
        theme = current_theme()
        self.setFont(theme.font("body"))
        self.verticalHeader().setDefaultSectionSize(theme.height(26))
        metrics = theme.metrics("body")
        for column, sample in ((1, "LM4402-WH*2_CES"), (2, "100,000.00"), (3, "999,999")):
            self.setColumnWidth(column, metrics.horizontalAdvance(sample) + 18)
        self._fit()

    def _fit(self) -> None:
        rows = min(max(self.skus.rowCount(), 1), MOST_ROWS_SHOWN)
        self.setFixedHeight(
            self.horizontalHeader().sizeHint().height() + rows * self.verticalHeader().defaultSectionSize() + 4
        )

    def cell_rect(self, row: int, name: str) -> QRect:
        """Where a cell is, for tests and guides."""
        return self.visualRect(self.skus.index(row, COLUMNS.index(name)))
