"""One choice of a few, side by side, with counts: the axis a page always uses."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.messages import tr
from app.views.theme import current_theme
from app.views.widgets.live import Live

EDGE = 12
Part = tuple[str, str, str]


class Segments(Live, QWidget):
    """Segments as (key, message key, tone of the count); arrow keys move.

    Emits:
        chosen: key of the segment the user chose.
    """

    chosen = Signal(str)

    def __init__(self, parts: Sequence[Part], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = list(parts)
        self._counts: dict[str, int] = {}
        self._current = parts[0][0] if parts else ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.dress()

    @property
    def current(self) -> str:
        """Key of the chosen segment."""
        return self._current

    def set_parts(self, parts: Sequence[Part]) -> None:
        """Other segments; the chosen one stays if it is among them."""
        self._parts = list(parts)
        if self._current not in [key for key, _, _ in parts]:
            self._current = parts[0][0] if parts else ""
        self.retranslate()

    def set_current(self, key: str) -> None:
        """Choose without telling."""
        self._current = key
        self.retranslate()

    def show_counts(self, counts: dict[str, int]) -> None:
        """Counts by segment key; a missing one shows none."""
        if counts != self._counts:
            self._counts = dict(counts)
            self.retranslate()

    def choose(self, key: str) -> None:
        """Choose and tell, as a click does."""
        if key != self._current:
            self.set_current(key)
            self.chosen.emit(key)

    def retranslate(self) -> None:
        """Names for screen readers and sizes."""
        names = [tr(title) for key, title, _ in self._parts if key == self._current]
        self.setAccessibleName(names[0] if names else "")
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        """Sizes follow the font."""
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """All segments side by side."""
        return QSize(sum(self._widths()), current_theme().height(28))

    def minimumSizeHint(self) -> QSize:
        """Segments are not squeezed."""
        return self.sizeHint()

    def _count_text(self, key: str) -> str:
        return f"{self._counts[key]:,}" if key in self._counts else ""

    def _widths(self) -> list[int]:
        theme = current_theme()
        strong, small = theme.metrics("small", strong=True), theme.metrics("small")
        widths = []
        for key, title, _ in self._parts:
            count = self._count_text(key)
            extra = small.horizontalAdvance(count) + 6 if count else 0
            widths.append(strong.horizontalAdvance(tr(title)) + extra + 2 * EDGE)
        return widths

    def part_rect(self, key: str) -> QRect:
        """Where the segment *key* is. Raises ValueError for an unknown one."""
        at = [part[0] for part in self._parts].index(key)
        widths = self._widths()
        return QRect(sum(widths[:at]), 0, widths[at], self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """One frame, the chosen segment filled."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(theme.pen("line2", 1.2))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(frame, 5, 5)
        left = 0
        for part, width in zip(self._parts, self._widths(), strict=True):
            self._paint_part(painter, QRect(left, 0, width, self.height()), part)
            left += width
        painter.end()

    def _paint_part(self, painter: QPainter, rect: QRect, part: Part) -> None:
        theme, (key, title, tone) = current_theme(), part
        is_current = key == self._current
        if is_current:
            width = 2.0 if self.hasFocus() else 1.2
            painter.setPen(theme.pen("accentText", width))
            painter.setBrush(theme.color("accSoft"))
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 5, 5)
        metrics = theme.metrics("small", strong=is_current)
        text, count = tr(title), self._count_text(key)
        small = theme.metrics("small")
        width = metrics.horizontalAdvance(text) + (small.horizontalAdvance(count) + 6 if count else 0)
        at = rect.adjusted((rect.width() - width) // 2, 0, 0, 0)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(theme.font("small", strong=is_current))
        painter.setPen(theme.color("text" if is_current else "text2"))
        painter.drawText(at, middle, text)
        if count:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.ink(tone or "text3"))
            painter.drawText(at.adjusted(metrics.horizontalAdvance(text) + 6, 0, 0, 0), middle, count)

    # -- pointer and keys --------------------------------------------------------------------------------------

    def _key_at(self, at: QPoint) -> str:
        left = 0
        for (key, _, _), width in zip(self._parts, self._widths(), strict=True):
            if left <= at.x() < left + width:
                return key
            left += width
        return ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses."""
        key = self._key_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and key:
            self.choose(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose the neighbour."""
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        keys = [key for key, _, _ in self._parts]
        if by is None or self._current not in keys:
            super().keyPressEvent(event)
            return
        self.choose(keys[min(max(keys.index(self._current) + by, 0), len(keys) - 1)])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.update()
