"""A layout that goes on in the next line, for chips: a bar wraps, it never scrolls sideways."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from app.views.widgets.ground import Separator


class FlowLayout(QLayout):
    """Items left to right, centred in their line, wrapping at the right edge. A divider is not seen at an end of a
    line: it stands between two things or nowhere."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 6, line_gap: int = 4) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap, self._line_gap = gap, line_gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Qt's hook for `addWidget`."""
        self._items.append(item)

    def insert_widget(self, at: int, widget: QWidget) -> None:
        """Put *widget* before item number *at*."""
        self.addWidget(widget)
        self._items.insert(at, self._items.pop())
        self.invalidate()

    def count(self) -> int:
        """Items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Item number *index*, or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove item number *index*."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """None by itself."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of all lines at *width*."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place the items in *rect*."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in sizes) + self._gap * max(0, len(sizes) - 1)
        return QSize(width, max((size.height() for size in sizes), default=0)).grownBy(self.contentsMargins())

    def minimumSize(self) -> QSize:
        """The widest item."""
        sizes = [item.minimumSize() for item in self._items if not item.isEmpty()]
        widest, highest = max((s.width() for s in sizes), default=0), max((s.height() for s in sizes), default=0)
        return QSize(widest, highest).grownBy(self.contentsMargins())

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        edges = self.contentsMargins()
        rect = rect.adjusted(edges.left(), edges.top(), -edges.right(), 0)
        lines: list[list[QLayoutItem]] = [[]]
        at = 0
        for item in self._items:
            if item.isEmpty():
                continue
            width = item.sizeHint().width()
            if lines[-1] and at + width > rect.width():
                lines.append([])
                at = 0
            lines[-1].append(item)
            at += width + self._gap
        top = rect.top()
        for line in lines:
            self._put_aside(line, move=move)
            height = max((item.sizeHint().height() for item in line), default=0)
            if move:
                self._place(line, rect.left(), top, height, rect.width())
            top += height + self._line_gap if line else 0
        return edges.top() + max(0, top - self._line_gap - rect.top()) + edges.bottom()

    @staticmethod
    def _put_aside(line: list[QLayoutItem], *, move: bool) -> None:
        """Take dividers off the ends of *line*."""
        for end in (0, -1):
            while line and isinstance(line[end].widget(), Separator):
                divider = line.pop(end).widget()
                if move and divider is not None:
                    divider.move(-divider.width(), -divider.height())

    def _place(self, line: list[QLayoutItem], left: int, top: int, height: int, room: int) -> None:
        for item in line:
            size = item.sizeHint()
            width = min(size.width(), room)
            item.setGeometry(QRect(QPoint(left, top + (height - size.height()) // 2), QSize(width, size.height())))
            left += width + self._gap
