"""Dragging the chosen rows out of a table: by the first column of a row that is chosen, so that a drag anywhere else
still chooses cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QDrag, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from app.messages import tr
from app.views.theme import current_theme

if TYPE_CHECKING:
    from app.views.paged_table import PagedTable

ROWS = "application/x-shangjia-rows"
"""Kind of what is dragged. It carries nothing: whoever takes it asks the table what is chosen."""


def carried() -> QMimeData:
    """What a drag of rows carries."""
    data = QMimeData()
    data.setData(ROWS, b"rows")
    return data


class RowDrag(QObject):
    """Watches a table's viewport. A press on a chosen row's first column waits: moved away it is a drag, let go it
    chooses that cell as usual."""

    def __init__(self, table: PagedTable) -> None:
        super().__init__(table)
        self._table = table
        self._pressed: QPoint | None = None
        table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The pointer over the rows."""
        kind = event.type()
        if isinstance(event, QMouseEvent):
            if kind == QEvent.Type.MouseButtonPress:
                self._pressed = event.position().toPoint() if self._begins(event) else None
                return self._pressed is not None
            if self._pressed is not None and kind == QEvent.Type.MouseMove:
                self._move(event.position().toPoint())
                return True
            if self._pressed is not None and kind == QEvent.Type.MouseButtonRelease:
                at, self._pressed = self._pressed, None
                self._table.setCurrentIndex(self._table.indexAt(at))
                self._table.setFocus()
                return True
        return False

    def _begins(self, event: QMouseEvent) -> bool:
        at = event.position().toPoint()
        index, lead = self._table.indexAt(at), self._table.header.lead
        is_plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        if not is_plain or not index.isValid() or index.column() != 0:
            return False
        if at.x() - self._table.header.sectionViewportPosition(0) < lead + 6:
            return False  # the chevron
        chosen = self._table.selectionModel().selection()
        return any(part.top() <= index.row() <= part.bottom() for part in chosen) and self._table.selection().count > 1

    def _move(self, at: QPoint) -> None:
        assert self._pressed is not None
        if (at - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        self._pressed = None
        drag = QDrag(self._table)
        drag.setMimeData(carried())
        drag.setPixmap(self._picture())
        drag.setHotSpot(QPoint(-12, -8))
        drag.exec(Qt.DropAction.MoveAction)

    def _picture(self) -> QPixmap:
        """How many rows are being dragged."""
        theme = current_theme()
        text = tr("groups.dragged", n=self._table.selection().count)
        metrics, scale = theme.metrics("body", strong=True), self._table.devicePixelRatioF()
        size = QRect(0, 0, metrics.horizontalAdvance(text) + 20, metrics.height() + 10)
        picture = QPixmap(size.size() * scale)
        picture.setDevicePixelRatio(scale)
        painter = QPainter(picture)
        painter.fillRect(size, theme.color("accent"))
        painter.setFont(theme.font("body", strong=True))
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(size, int(Qt.AlignmentFlag.AlignCenter), text)
        painter.end()
        return picture
