"""The header of a paged table: name, unit, arrow on the sorted column; click sorts, right-click chooses columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from app.messages import tr
from app.views.elide import elided
from app.views.icons import pixmap
from app.views.theme import current_theme

if TYPE_CHECKING:
    from app.views.cells import Column

PAD = 8
HEIGHT = 28
TWO_LINES = 42


class TableHeader(QHeaderView):
    """Painted from `Column`s.

    Emits:
        sort_wanted: (logical column, whether Shift was held: as second key).
        menu_wanted: (logical column under the pointer, global position).
    """

    sort_wanted = Signal(int, bool)
    menu_wanted = Signal(int, object)

    def __init__(self, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._columns = columns
        self._sorted: dict[str, bool] = {}
        self._pressed: tuple[int, int] | None = None
        self._was_resized = False
        self.lead = 0
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(False)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(36)
        self.setSortIndicatorShown(False)
        self.sectionResized.connect(self._on_resized)

    def show_sort(self, keys: dict[str, bool]) -> None:
        """Mark the sorted columns: sort key → descending, the first key first."""
        if list(keys.items()) != list(self._sorted.items()):
            self._sorted = keys
            self.viewport().update()

    def doItemsLayout(self) -> None:
        """Other rows: Qt would paint the header anew, and all that lies below it, though its columns are the same."""
        viewport, before = self.viewport(), (self.count(), self.length())
        viewport.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, True)
        super().doItemsLayout()
        viewport.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, False)
        if (self.count(), self.length()) != before:
            viewport.update()

    def sizeHint(self) -> QSize:
        """28 high, 42 with a second line, more with larger text."""
        return QSize(super().sizeHint().width(), self._wanted_height())

    def _wanted_height(self) -> int:
        has_second = any(column.subtitle is not None for column in self._columns)
        line = current_theme().metrics("small").height()
        return max(TWO_LINES, 2 * line + 6) if has_second else max(HEIGHT, line + 8)

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """Qt asks for each section."""
        theme, column = current_theme(), self._columns[logical]
        painter.fillRect(rect, theme.brushes["header"])
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.brushes["line"])
        first = rect.adjusted(PAD + (self.lead if logical == 0 else 0), 0, -PAD, -1)
        if column.subtitle is not None:
            half = rect.height() // 2
            below = first.adjusted(0, half - 1, 0, -2)
            self._paint_text(painter, below, column, column.subtitle(), "text3")
            first = first.adjusted(0, 2, 0, -half)
        elif self._wanted_height() >= TWO_LINES:
            first = first.adjusted(0, 2, 0, -(rect.height() // 2))
        self._paint_title(painter, first, column)

    def _paint_text(self, painter: QPainter, rect: QRect, column: Column, text: str, color: str) -> None:
        theme = current_theme()
        align = Qt.AlignmentFlag.AlignRight if column.align == "right" else Qt.AlignmentFlag.AlignLeft
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color(color))
        text = elided(theme.metrics("small"), text, rect.width())
        painter.drawText(rect, int(align | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_title(self, painter: QPainter, rect: QRect, column: Column) -> None:
        theme = current_theme()
        is_sorted = bool(column.sort_key) and column.sort_key in self._sorted
        title, unit = column.title, tr(column.unit_key) if column.unit_key else ""
        metrics, small = theme.metrics("small", strong=is_sorted), theme.metrics("micro")
        extra = (small.horizontalAdvance(unit) + 4 if unit else 0) + (16 if is_sorted else 0)
        title = elided(metrics, title, max(0, rect.width() - extra))
        width = metrics.horizontalAdvance(title) + extra
        left = rect.right() + 1 - width if column.align == "right" else rect.left()
        base = rect.top() + (rect.height() + metrics.ascent() - metrics.descent()) // 2
        painter.setFont(theme.font("small", strong=is_sorted))
        painter.setPen(theme.color("text" if is_sorted else "text2"))
        painter.drawText(left, base, title)
        left += metrics.horizontalAdvance(title) + 4
        if unit:
            painter.setFont(theme.font("micro"))
            painter.setPen(theme.color("text3"))
            painter.drawText(left, base, unit)
            left += small.horizontalAdvance(unit) + 4
        if is_sorted:
            name = "arrow-down" if self._sorted[column.sort_key] else "arrow-up"
            painter.drawPixmap(left - 2, rect.center().y() - 6, pixmap(name, 14, "accentText"))

    def title_width(self, logical: int) -> int:
        """Pixels the title needs with unit and arrow."""
        column, theme = self._columns[logical], current_theme()
        unit = theme.metrics("micro").horizontalAdvance(tr(column.unit_key)) + 4 if column.unit_key else 0
        return theme.metrics("small", strong=True).horizontalAdvance(column.title) + unit + 16 + 2 * PAD

    @property
    def was_dragged(self) -> bool:
        """Whether the user is dragging an edge just now, as opposed to a width set by the program."""
        return self._pressed is not None

    # -- the pointer -------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a click began: a drag resizes or moves instead of sorting."""
        self._was_resized = False
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = (self.logicalIndexAt(event.position().toPoint()), event.position().toPoint().x())
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click that stayed on its column sorts by it."""
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        at = event.position().toPoint()
        if pressed is None or self._was_resized or abs(at.x() - pressed[1]) > 4:
            return
        if self.logicalIndexAt(at) == pressed[0] >= 0 and self._columns[pressed[0]].sort_key:
            self.sort_wanted.emit(pressed[0], bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the column chooser."""
        self.menu_wanted.emit(self.logicalIndexAt(event.pos()), event.globalPos())

    def _on_resized(self, *_: int) -> None:
        self._was_resized = self._pressed is not None
