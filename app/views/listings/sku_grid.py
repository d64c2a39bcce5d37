"""The variants of one listing as a small grid with real cell editing, copying and pasting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelection, QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QMenu,
    QTableView,
    QWidget,
)

from app.messages import tr
from app.views.listings.plain_table import PAD
from app.views.listings.sku_cells import EDGE, SkuCells, SkuHeader
from app.views.listings.sku_model import COLUMNS, EDITABLE, Cell, SkuModel
from app.views.table_copy import from_tsv, repeated, to_tsv
from app.views.theme import current_theme
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from app.services.listings.records import SkuRecord

Key = Qt.Key
Std = QKeySequence.StandardKey
MOST_ROWS_SHOWN = 10
SAMPLES = {"code": "LM4402-WH_CES", "price_minor": "1,000.00", "stock": "99,999"}
"""Columns are at least as wide as these; a wider value widens its column."""
WIDEST_CODE = "LM4402-WH*2_CES-1234"


class SkuGrid(Live, QTableView):
    """Shows a `SkuModel`; as high as its rows, up to ten, then it scrolls.

    Emits:
        properties_wanted: Enter or a double click on what tells a variant from its siblings.
        rows_chosen: other rows are chosen.
        explain_wanted: the code whose meaning is asked for.
        price_wanted: id of the variant whose price is asked about.
    """

    explain_wanted = Signal(str)
    price_wanted = Signal(int)
    properties_wanted = Signal()
    rows_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.skus = SkuModel(self)
        self._held: tuple[Any, ...] | None = None
        self.setHorizontalHeader(SkuHeader(self))
        self.setModel(self.skus)
        self.setItemDelegate(SkuCells(self))
        self._set_up()
        self.dress()

    def _set_up(self) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubleClicked.connect(self._on_double_click)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell that other rows are chosen."""
        super().selectionChanged(selected, deselected)
        self.rows_chosen.emit()

    @property
    def chosen_rows(self) -> list[int]:
        """Rows with a chosen cell, the current one alone without any."""
        rows = sorted({index.row() for index in self.selectionModel().selectedIndexes()})
        current = self.currentIndex().row()
        return rows or ([current] if current >= 0 else [])

    def choose(self, row: int, name: str = "label") -> None:
        """Make a cell the current one."""
        self.setCurrentIndex(self.skus.index(row, COLUMNS.index(name)))

    def _on_double_click(self, index: QModelIndex) -> None:
        if COLUMNS[index.column()] == "label":
            self.properties_wanted.emit()

    # -- showing -----------------------------------------------------------------------------------------------

    @property
    def is_editing(self) -> bool:
        """Whether a cell editor is open."""
        return self.state() == QAbstractItemView.State.EditingState

    def show_skus(
        self,
        skus: Sequence[SkuRecord],
        wrong: dict[Cell, str],
        *,
        currency: str = "USD",
        is_live: bool = False,
        is_other: bool = False,
        labels: Sequence[str] = (),
    ) -> None:
        """Show these variants; while a cell is being edited they wait, unless they are of another listing."""
        if self.is_editing and not is_other:
            self._held = (skus, wrong, currency, is_live, labels)
            return
        self._held = None
        at, name = self.currentIndex().row(), self.currentIndex().column()
        self.skus.show_skus(skus, wrong, currency=currency, is_live=is_live, labels=labels)
        if at >= 0 and skus and not is_other and not self.currentIndex().isValid():
            self.setCurrentIndex(self.skus.index(min(at, len(skus) - 1), name))
        self._fit_columns()
        self._fit()

    def set_locked(self, locked: bool) -> None:
        """Show the cells without a way to change them."""
        self.skus.is_locked = locked

    def commit_open(self) -> None:
        """Take what stands in an open cell editor: the row is being left."""
        editor = self.viewport().findChild(QLineEdit) if self.is_editing else None
        if editor is not None:
            self.commitData(editor)
            self.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Enter goes down a row; what waited for the end of editing is shown."""
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            below = self.currentIndex().siblingAtRow(self.currentIndex().row() + 1)
            if below.isValid():
                self.setCurrentIndex(below)
        if self._held is not None and not self.is_editing:
            skus, wrong, currency, is_live, labels = self._held
            self.show_skus(skus, wrong, currency=currency, is_live=is_live, labels=labels)

    def retranslate(self) -> None:
        """Headers and name."""
        self.skus.retranslate()
        self.setAccessibleName(tr("listings.section.skus"))

    def restyle(self) -> None:
        """Row height, column widths and colours follow theme and text size."""
        theme = current_theme()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(theme.height(26))
        self._fit_columns()
        self._fit()

    def _fit_columns(self) -> None:
        """Numbers are never cut; a long code is cut in the middle, and the label takes what is left."""
        body, small = current_theme().metrics("body"), current_theme().metrics("small")
        for at, name in enumerate(COLUMNS):
            if name not in SAMPLES:
                continue
            texts = [SAMPLES[name], *(self.skus.index(row, at).data() for row in range(self.skus.rowCount()))]
            width = max(map(body.horizontalAdvance, texts))
            if name == "code":
                width = min(width, body.horizontalAdvance(WIDEST_CODE))
            title = small.horizontalAdvance(str(self.skus.headerData(at, Qt.Orientation.Horizontal)))
            self.setColumnWidth(at, max(width, title) + PAD + (EDGE if at == len(COLUMNS) - 1 else PAD) + 2)

    def _fit(self) -> None:
        rows = min(max(self.skus.rowCount(), 1), MOST_ROWS_SHOWN)
        header = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(header + rows * self.verticalHeader().defaultSectionSize() + 2)

    def cell_rect(self, row: int, name: str) -> QRect:
        """Where a cell is."""
        return self.visualRect(self.skus.index(row, COLUMNS.index(name)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be asked about the variant below the pointer, or the current one."""
        index = self.indexAt(event.pos())
        row = index.row() if index.isValid() else self.currentIndex().row()
        if 0 <= row < len(self.skus.skus):
            code, number = self.skus.skus[row].code, self.skus.skus[row].id
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction(tr("codes.explain"), lambda: self.explain_wanted.emit(code))
            if number is not None:
                menu.addAction(tr("listings.action.explain_price"), lambda: self.price_wanted.emit(number))
            menu.popup(event.globalPos())

    # -- keys --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As in the big table (interface.md 9)."""
        if self.is_editing or not self._press(event):
            super().keyPressEvent(event)

    def _press(self, event: QKeyEvent) -> bool:
        index = self.currentIndex()
        if event.matches(Std.Copy):
            self.copy()
        elif event.matches(Std.Paste):
            self.paste()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() == Key.Key_D:
            self.fill_down()
        elif event.matches(Std.Delete):
            self.skus.put({cell: "" for cell in self._chosen() if cell[1] in EDITABLE})
        elif event.key() in (Key.Key_Return, Key.Key_Enter, Key.Key_F2) and not event.modifiers() and index.isValid():
            if COLUMNS[index.column()] == "label":
                self.properties_wanted.emit()
            else:
                self.edit(index)
        else:
            return False
        return True

    def keyboardSearch(self, search: str) -> None:
        """Nothing: letters begin an edit."""

    def _chosen(self) -> list[Cell]:
        """Chosen cells, row by row; the current one alone without any."""
        indexes = self.selectionModel().selectedIndexes() or [self.currentIndex()]
        return [
            (index.row(), COLUMNS[index.column()])
            for index in sorted(indexes, key=lambda i: (i.row(), i.column()))
            if index.isValid()
        ]

    def copy(self) -> None:
        """Put the chosen cells on the clipboard as Excel takes them."""
        lines: dict[int, list[str]] = {}
        for row, name in self._chosen():
            role = Qt.ItemDataRole.DisplayRole if name == "label" else Qt.ItemDataRole.EditRole
            lines.setdefault(row, []).append(str(self.skus.index(row, COLUMNS.index(name)).data(role) or ""))
        if lines:
            QGuiApplication.clipboard().setText(to_tsv(lines.values()))

    def paste(self) -> None:
        """Put the clipboard's block over the chosen cells, from their top left on, as often as it goes into them; a
        single value fills all of them. Rows of it that have no variant are told."""
        lines, chosen = from_tsv(QGuiApplication.clipboard().text()), self._chosen()
        if not chosen:
            return
        if len(lines) == 1 and len(lines[0]) == 1:
            self.skus.put(dict.fromkeys([cell for cell in chosen if cell[1] in EDITABLE], lines[0][0]))
            return
        rows, columns = len({row for row, _ in chosen}), len({name for _, name in chosen})
        top, left = chosen[0][0], COLUMNS.index(chosen[0][1])
        block = repeated(lines, rows, columns)
        texts = {
            (top + down, name): text
            for down, line in enumerate(block)
            for name, text in zip(COLUMNS[left:], line, strict=False)
            if name in EDITABLE
        }
        beyond = top + len(block) - self.skus.rowCount()
        if self.skus.put(texts) and beyond > 0:
            self.skus.refused.emit(tr("listings.skus.beyond", n=beyond))

    def fill_down(self) -> None:
        """Give the chosen cells of each column the value of their first one; those of one row what stands above."""
        chosen = [cell for cell in self._chosen() if cell[1] in EDITABLE]
        rows = [row for row, _ in chosen]
        source = min(rows, default=0) - (len(set(rows)) == 1)
        if source < 0:
            self.skus.refused.emit(tr("listings.cells.nothing_above"))
            return
        self.skus.put({(row, name): self._text_at(source, name) for row, name in chosen if row != source})

    def _text_at(self, row: int, name: str) -> str:
        return str(self.skus.index(row, COLUMNS.index(name)).data(Qt.ItemDataRole.EditRole))
