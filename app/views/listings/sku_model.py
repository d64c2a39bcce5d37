"""The variants of one listing as cells that can be edited, one by one or as a block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.listings.source import sku_label
from app.views.listings.values import cell_refusal, cell_text, cell_value
from app.views.numbers import integer, money
from app.views.theme import current_theme

if TYPE_CHECKING:
    from app.services.listings.records import SkuRecord

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("label", "code", "price_minor", "stock")
EDITABLE = ("code", "price_minor", "stock")
NUMBERS = ("price_minor", "stock")
Cell = tuple[int, str]
Values = dict[int, dict[str, Any]]


class SkuModel(QAbstractTableModel):
    """Variants by row.

    Emits:
        edited: new values by SKU id and field; all of one act together.
        refused: the sentence about the newest text that could not be read, "" when all can.
    """

    edited = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._skus: list[SkuRecord] = []
        self._labels: list[str] = []
        self._wrong: dict[Cell, str] = {}
        self._unread: dict[Cell, str] = {}
        self._currency = ""
        self._is_live = False
        self.is_locked = False

    @property
    def skus(self) -> list[SkuRecord]:
        """What is shown."""
        return self._skus

    def show_skus(
        self,
        skus: Sequence[SkuRecord],
        wrong: dict[Cell, str],
        *,
        currency: str = "USD",
        is_live: bool = False,
        labels: Sequence[str] = (),
    ) -> None:
        """Other values; *wrong*: (position, field) → sentence of a finding; *labels*: names of the variants where they
        are known in the user's language.

        A text that could not be read stays where it was typed until it is corrected.
        """
        is_other = [sku.id for sku in skus] != [sku.id for sku in self._skus]
        if is_other:
            self.beginResetModel()
            self._unread.clear()
        self._skus, self._wrong, self._is_live = list(skus), dict(wrong), is_live
        self._labels = list(labels) or [sku_label(sku.properties) for sku in skus]
        if currency != self._currency:
            self._currency = currency
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        if is_other:
            self.endResetModel()
            self.refused.emit("")
        elif skus:
            self.dataChanged.emit(self.index(0, 0), self.index(len(skus) - 1, len(COLUMNS) - 1))

    # -- what Qt asks ------------------------------------------------------------------------------------------

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
        sku, name = self._skus[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.EditRole:
            return self._unread.get((sku.id or 0, name), cell_text(sku, name))
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._shown(index.row(), name)
        reason = self.reason(index.row(), name)
        if role == Qt.ItemDataRole.BackgroundRole:
            return current_theme().tone("red").ground if reason else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._ink(sku, name, reason)
        if role == Qt.ItemDataRole.ToolTipRole:
            return reason or (self._shown(index.row(), name) if name not in NUMBERS else None)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return reason
        return self._alignment(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def reason(self, row: int, name: str) -> str:
        """Why a cell is refused, or nothing."""
        unread = self._unread.get((self._skus[row].id or 0, name))
        return cell_refusal(name, unread) if unread is not None else self._wrong.get((row, name), "")

    def _shown(self, row: int, name: str) -> str:
        sku = self._skus[row]
        unread = self._unread.get((sku.id or 0, name))
        if unread is not None:
            return unread
        if name == "label":
            return self._labels[row] or tr("listings.only_variant")
        if name == "price_minor":
            return money(sku.price_minor)
        return integer(sku.stock) if name == "stock" else sku.code or "–"

    def _ink(self, sku: SkuRecord, name: str, reason: str) -> QColor:
        theme = current_theme()
        if reason or (name == "stock" and sku.stock == 0 and self._is_live):
            return theme.tone("red").text
        return theme.color("text2" if name == "label" else "text")

    @staticmethod
    def _alignment(column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if COLUMNS[column] in NUMBERS else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Everything but the label can be edited in its cell; the label is made of properties, which have lines."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        can_edit = COLUMNS[index.column()] in EDITABLE and not self.is_locked
        return usual | Qt.ItemFlag.ItemIsEditable if can_edit else usual

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns, the currency beside the price."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            name = tr(f"listings.sku.{COLUMNS[section]}")
            return f"{name} {self._currency}" if COLUMNS[section] == "price_minor" else name
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def retranslate(self) -> None:
        """Headers and the name of an only variant in the new language."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        if self._skus:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._skus) - 1, len(COLUMNS) - 1))

    # -- editing -----------------------------------------------------------------------------------------------

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Parse what was typed and tell it; what is no number stays as typed, marked, and is not told."""
        if role != Qt.ItemDataRole.EditRole or not index.flags() & Qt.ItemFlag.ItemIsEditable:
            return False
        return self.put({(index.row(), COLUMNS[index.column()]): str(value)})

    def put(self, texts: dict[Cell, str]) -> bool:
        """New texts by (row, field), told together. Returns: whether all of them could be read."""
        values: Values = {}
        for (row, name), text in texts.items():
            if not 0 <= row < len(self._skus) or name not in EDITABLE or self.is_locked:
                continue
            self._put(self._skus[row], name, text, values)
        self._tell_changed(row for row, _ in texts)
        self.refused.emit(self._newest_refusal())
        if values:
            self.edited.emit(values)
        return not any((self._skus[row].id or 0, name) in self._unread for row, name in texts if row < len(self._skus))

    def _newest_refusal(self) -> str:
        (_, name), text = list(self._unread.items())[-1] if self._unread else ((0, ""), "")
        return cell_refusal(name, text) if name else ""

    def _put(self, sku: SkuRecord, name: str, text: str, values: Values) -> None:
        key = (sku.id or 0, name)
        try:
            new = cell_value(name, text)
        except ValueError:
            self._unread[key] = text.strip()
            return
        self._unread.pop(key, None)
        if new != getattr(sku, name):
            setattr(sku, name, new)
            values.setdefault(sku.id or 0, {})[name] = new

    def show_labels(self, labels: Sequence[str]) -> None:
        """Other names of the same variants."""
        self._labels = list(labels)
        self._tell_changed((0, len(self._skus) - 1))

    def _tell_changed(self, rows: Iterable[int]) -> None:
        shown = [row for row in rows if 0 <= row < len(self._skus)]
        if shown:
            self.dataChanged.emit(self.index(min(shown), 0), self.index(max(shown), len(COLUMNS) - 1))
