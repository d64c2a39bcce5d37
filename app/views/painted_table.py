"""A table that paints its rows itself, in the theme, density and language in force."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QTableView, QToolTip, QWidget

from app.views.cell_editor import CellEditors
from app.views.cell_painter import CellPainter
from app.views.page_loader import USUAL_VIEW
from app.views.row_painter import Line, RowLook, RowPainter, Span
from app.views.status import status
from app.views.table_header import TableHeader
from app.views.table_memory import TableMemory
from app.views.table_selection import Ranges, chosen_rows
from app.views.theme import Density, current_theme, density
from app.views.theme.density import stepped
from app.views.view_settings import MemorySettings, ViewSettings
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from app.views.cells import Cell, Column
    from app.views.paged_table_model import PagedTableModel
    from app.views.thumbnails import Thumbnails

SKELETON_MS = 300
HELD_MS = 50
"""So long the rows of before stay in view while those jumped to are read: they nearly always come sooner, and painting
an empty view in between would hold them up."""


class PaintedTable(Live, QTableView):
    """Rows of a `PagedTableModel`, painted; `PagedTable` adds what a user does with them.

    Emits:
        density_changed: key of the new density.
    """

    density_changed = Signal(str)

    def __init__(
        self,
        model: PagedTableModel,
        name: str,
        *,
        settings: ViewSettings | None = None,
        thumbnails: Thumbnails | None = None,
        default_density: str | Density = "standard",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.paged = model
        self.memory = TableMemory(settings if settings is not None else MemorySettings(), name, model.columns)
        self._default_density = default_density
        self._density = self._remembered_density()
        self._thumbnails = thumbnails
        self._hovered = -1
        self._is_late = False
        self._painter = self._make_painter()
        self._set_up_view()
        self.header = TableHeader(model.columns, self)
        self.header.lead = self._painter.lead
        self.setHorizontalHeader(self.header)
        for signal in (self.header.sectionPressed, self.header.sectionEntered):
            signal.disconnect()  # Qt chooses the column: here a click sorts, and what was chosen stays chosen
        self.setModel(model)
        model.show_at_once(self._rows_in_view, self.isVisible)
        self._chosen_ranges: Ranges | None = None
        self.selectionModel().selectionChanged.connect(self._forget_chosen)
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._forget_chosen)
        model.modelReset.connect(self.executeDelayedItemsLayout)  # else in the middle of a painting, which is repeated
        model.rowsInserted.connect(self._on_inserted)
        self._late = QTimer(self, interval=SKELETON_MS, singleShot=True)
        self._late.timeout.connect(self._on_late)
        self._held = QTimer(self, interval=HELD_MS, singleShot=True)
        self._held.timeout.connect(self.viewport().update)
        if thumbnails is not None:
            thumbnails.arrived.connect(self._on_picture)
        self._new_pictures: set[str] = set()
        self._show_soon = QTimer(self, interval=0, singleShot=True)
        self._show_soon.timeout.connect(self._show_pictures)

    def _set_up_view(self) -> None:
        self.setItemDelegate(CellEditors(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        # every pixel is painted here: scrolling moves what is there and paints only the rows that came into view
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(self.verticalHeader().ResizeMode.Fixed)

    # -- look --------------------------------------------------------------------------------------------------

    @property
    def density(self) -> Density:
        """The density in force."""
        return self._density

    def set_density(self, key: str) -> None:
        """Change the density and remember it for this table."""
        self._density = density(key)
        self.memory.put(density=key)
        self.restyle()
        self.density_changed.emit(key)

    def step_density(self, by: int) -> None:
        """One step roomier (+1) or tighter (−1); 0 for the table's default."""
        default = self._default_density
        if by == 0 and isinstance(default, Density):
            self.memory.put(density=None)
            self._density = default
            self.restyle()
        else:
            self.set_density(default if by == 0 else stepped(self._density.key, by).key)

    def _remembered_density(self) -> Density:
        key = self.memory.state.get("density")
        default = self._default_density
        return density(key) if key else default if isinstance(default, Density) else density(default)

    def retranslate(self) -> None:
        """Format the cells anew."""
        self.paged.retranslate()
        self.viewport().update()

    def restyle(self) -> None:
        """Rows as high as density and text size ask for."""
        self._painter = self._make_painter()
        theme, step = current_theme(), self._density
        lines = theme.metrics().height() + (theme.metrics("small").height() if step.second_line else 0)
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(max(theme.height(step.row), lines + 4))
        self.header.updateGeometry()
        self.updateGeometries()
        self.viewport().update()

    def _make_painter(self) -> RowPainter:
        cells = CellPainter(current_theme(), self._density, self._picture)
        return RowPainter(cells, self.paged.columns, self.paged.unfolds)

    def _picture(self, key: str, size: int) -> QPixmap | None:
        return self._thumbnails.get(key, size) if self._thumbnails is not None else None

    # -- painting ----------------------------------------------------------------------------------------------

    def spans(self) -> list[Span]:
        """The shown columns, left to right, in viewport pixels."""
        header = self.header
        shown = (header.logicalIndex(visual) for visual in range(header.count()))
        return [
            Span(at, header.sectionViewportPosition(at), header.sectionSize(at))
            for at in shown
            if not header.isSectionHidden(at)
        ]

    def _rows_in_view(self) -> int:
        """How many rows there is room for."""
        height = self.viewport().height() if self.isVisible() else 0
        return height // max(1, self.verticalHeader().defaultSectionSize()) + 1 if height else USUAL_VIEW

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Ask for the rows that come into view."""
        super().scrollContentsBy(dx, dy)
        if dy and (first := self.rowAt(0)) >= 0:
            last = self._last_row(self.viewport().height() - 1)
            self.paged.look_at(first, last)
            is_whole = not (self._late.isActive() or self._is_late)  # else nothing is in view that could stay
            if is_whole and abs(dy) >= self.viewport().height() and not self.paged.has(first, last):
                self._held.start()

    def _last_row(self, y: int) -> int:
        """The row at *y*, or the last one of all where none is."""
        row = self.rowAt(y)
        return row if row >= 0 else self.paged.rowCount() - 1

    def dataChanged(self, first: QModelIndex, last: QModelIndex, roles: Sequence[int] = ()) -> None:
        """Paint what changed anew, if it is in view: Qt paints all that is, also for a page that was read ahead."""
        if self._held.isActive():
            self.viewport().update()  # all of it shows other rows
        if self.state() == QAbstractItemView.State.EditingState or QAccessible.isActive() or not last.isValid():
            super().dataChanged(first, last, list(roles))
            return
        top = self.rowViewportPosition(first.row())
        below = self.rowViewportPosition(last.row()) + self.rowHeight(last.row())
        self.viewport().update(QRect(0, top, self.viewport().width(), below - top))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that are in view; see `row_painter` for why not through a delegate."""
        if self._is_held():
            self._watch_waiting(True)
            return
        viewport, area = self.viewport(), event.rect()
        painter = QPainter(viewport)
        painter.fillRect(area, current_theme().brushes["surface"])
        self._painter.cells.begin()
        count = self.paged.rowCount()
        first = self.rowAt(area.top())
        if count and first >= 0:
            last = self._last_row(area.bottom())
            spans = [
                span for span in self.spans() if span.left <= area.right() and span.left + span.width > area.left()
            ]
            is_waiting = self._paint_rows(painter, first, last, spans)
            self._watch_waiting(is_waiting)
        painter.end()
        self.paged.painted()
        if self._painter.cells.needed:
            QTimer.singleShot(0, self, self._widen)

    def _is_held(self) -> bool:
        """Whether what is in view stays for a moment: the rows jumped to are under way."""
        if not self._held.isActive():
            return False
        first = self.rowAt(0)
        if first >= 0 and not self.paged.has(first, self._last_row(self.viewport().height() - 1)):
            return True
        self._held.stop()
        return False

    def _paint_rows(self, painter: QPainter, first: int, last: int, spans: Sequence[Span]) -> bool:
        chosen = self._rows_chosen(first, last)
        current = self.currentIndex()
        width, is_waiting = self.viewport().width(), False
        is_active = self.isActiveWindow()
        lines: list[Line] = []
        top, height = self.rowViewportPosition(first), self.verticalHeader().defaultSectionSize()
        for row in range(first, last + 1):
            rect = QRect(0, top + (row - first) * height, width, height)
            place = self.paged.place(row)
            if place.kind == "group":
                is_folded = self.paged.is_group_folded(place.at)
                self._painter.paint_group(painter, rect, self.paged.group(place.at), is_folded)
                continue
            cells = self.paged.cells(row)
            look = RowLook(
                is_selected=row in chosen,
                is_hovered=row == self._hovered,
                is_child=place.kind == "child",
                is_unfolded=self._painter.unfolds and self.paged.is_unfolded(row),
                is_active=is_active,
            )
            self._painter.paint_ground(painter, rect, look)
            if cells is not None:
                lines.append(Line(rect, cells, look))
                continue
            is_waiting = True
            if self._is_late:
                self._painter.paint_waiting(painter, rect, spans)
        self._painter.paint(painter, spans, lines)
        if first <= current.row() <= last and self.paged.place(current.row()).kind != "group":
            self._painter.paint_bar(painter, QRect(0, top + (current.row() - first) * height, width, height))
        self._paint_focus(painter, current)
        return is_waiting

    def _rows_chosen(self, first: int, last: int) -> set[int]:
        """Chosen rows from *first* to *last*; the ranges are merged once for each change of the selection."""
        if self._chosen_ranges is None:
            self._chosen_ranges = chosen_rows(self.selectionModel().selection())
        ranges, chosen = self._chosen_ranges, set()
        at = bisect_left(ranges, first, key=lambda part: part[1])
        while at < len(ranges) and ranges[at][0] <= last:
            chosen.update(range(max(ranges[at][0], first), min(ranges[at][1], last) + 1))
            at += 1
        return chosen

    def _forget_chosen(self, *_: object) -> None:
        self._chosen_ranges = None

    def _paint_focus(self, painter: QPainter, current: QModelIndex) -> None:
        """A 1 px frame around the current cell, and around a block of chosen cells."""
        if not self.hasFocus() or not current.isValid():
            return
        painter.setPen(current_theme().pen("accentText"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.visualRect(current).adjusted(0, 0, -1, -2))
        parts = self.selectionModel().selection()
        last_column = self.paged.columnCount() - 1
        if len(parts) == 1 and (parts[0].left() > 0 or parts[0].right() < last_column):
            top = self.visualRect(parts[0].topLeft())
            painter.drawRect(top.united(self.visualRect(parts[0].bottomRight())).adjusted(0, 0, -1, -2))

    def _watch_waiting(self, is_waiting: bool) -> None:
        if is_waiting and not self._late.isActive() and not self._is_late:
            self._late.start()
        elif not is_waiting:
            self._late.stop()
            self._is_late = False

    def _on_inserted(self, _parent: QModelIndex, first: int, _last: int) -> None:
        """Make room for new rows at once; where they came below those in view, as all do that were counted after the
        first ones were shown, nothing is painted anew."""
        viewport = self.viewport()
        size = viewport.size()
        viewport.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, True)
        self.executeDelayedItemsLayout()
        viewport.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, False)
        if viewport.size() != size or self.rowViewportPosition(first) < size.height():
            viewport.update()

    def _on_picture(self, key: str) -> None:
        """Several come together: they are looked for in the rows once."""
        self._new_pictures.add(key)
        if not self._show_soon.isActive():
            self._show_soon.start()

    def _show_pictures(self) -> None:
        """Paint the cells in view that wait for the pictures that came."""
        keys, self._new_pictures = self._new_pictures, set()
        spans, height = self.spans(), self.viewport().height()
        for row in range(max(0, self.rowAt(0)), self.paged.rowCount()):
            top = self.rowViewportPosition(row)
            if top >= height:
                break
            cells = self.paged.cells(row)
            for span in spans:
                if cells is not None and cells[span.logical].image in keys:
                    self.viewport().update(span.left, top, span.width, self.rowHeight(row))

    def _on_late(self) -> None:
        self._is_late = True
        self.viewport().update()

    def _widen(self) -> None:
        """Numbers are never cut: give their columns what the widest one needed."""
        needed, self._painter.cells.needed = self._painter.cells.needed, {}
        for at, column in enumerate(self.paged.columns):
            if needed.get(column.key, 0) > self.header.sectionSize(at):
                self.header.resizeSection(at, needed[column.key])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tint the row under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the pointer."""
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            before, self._hovered = self._hovered, row
            for changed in (before, row):
                if changed >= 0:
                    self.viewport().update(0, self.rowViewportPosition(changed), self.width(), self.rowHeight(changed))

    def viewportEvent(self, event: QEvent) -> bool:
        """Tool tip: the cell's own, or the whole text if it was cut."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            text = self.tip_of(index) if index.isValid() else ""
            if text:
                QToolTip.showText(event.globalPos(), text, self.viewport(), self.visualRect(index))
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def tip_of(self, index: QModelIndex) -> str:
        """The cell's tip, or its text if that does not fit; else nothing."""
        if self.paged.place(index.row()).kind == "group":
            return ""
        cell, column = self.paged.cell(index), self.paged.columns[index.column()]
        lead = self._painter.lead if index.column() == 0 else 0
        is_cut = self.cell_width(cell, column) + lead > self.header.sectionSize(index.column())
        return self.paged.tip(index) or (cell.text if is_cut else "")

    def cell_width(self, cell: Cell, column: Column) -> int:
        """Pixels *cell* needs to be shown whole, without what stands before the first column."""
        width = 16 + current_theme().metrics(column.role, strong=cell.strong).horizontalAdvance(cell.text)
        if cell.status:
            known = status(cell.status)
            word = current_theme().metrics("small" if known.filled else "body", strong=known.filled)
            width = 16 + 2 * 7 + 14 + word.horizontalAdvance(cell.text or known.word)
        width += sum(self._painter.cells.badge_width(badge) + 6 for badge in cell.badges)
        width += self._density.thumbnail + 8 if cell.image or cell.tile else 0
        width += 22 if cell.is_checked is not None else 0
        width += 22 if cell.icon else 0
        width += 40 if cell.share is not None else 0
        return width
