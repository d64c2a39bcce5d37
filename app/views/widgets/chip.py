"""A filter chip: field and value; a click edits, × removes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.messages import tr
from app.views.elide import elided
from app.views.icons import pixmap
from app.views.theme import current_theme
from app.views.widgets.live import Live

EDGE = 9
CROSS = 20


class Chip(Live, QAbstractButton):
    """`field value ×`, the value in 600. Checkable without ×: a quick filter that is on or off.

    Emits:
        clicked: edit it (Qt's own).
        removed: × or Delete.
    """

    removed = Signal()

    def __init__(
        self,
        field: str,
        value: str = "",
        *,
        removable: bool = True,
        dashed: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._field, self._value, self._removable, self._dashed = field, value, removable, dashed
        self._key: tuple[str, dict[str, Any]] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.dress()

    def show_parts(self, field: str, value: str = "") -> None:
        """Show other texts."""
        self._field, self._value = field, value
        self.retranslate()

    def say(self, key: str, **params: Any) -> None:
        """Show the sentence *key* in place of the field, in any language."""
        self._key = (key, params)
        self.retranslate()

    def retranslate(self) -> None:
        """Texts, name for screen readers, tip."""
        if self._key is not None:
            self._field = tr(self._key[0], **self._key[1])
        name = f"{self._field} {self._value}".strip()
        self.setText(name)
        self.setAccessibleName(name)
        self.setToolTip(tr("filter.chip_tip", name=name) if self._removable else "")
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        """Size follows the font."""
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """24 high; as wide as its texts, at most 320."""
        theme = current_theme()
        width = theme.metrics("small").horizontalAdvance(self._field)
        if self._value:
            width += theme.metrics("small", strong=True).horizontalAdvance(self._value) + (6 if self._field else 0)
        width += 2 * EDGE + (CROSS - EDGE + 2 if self._removable else 0)
        return QSize(min(width, 320), theme.height(24, "small"))

    def minimumSizeHint(self) -> QSize:
        """Chips are not squeezed."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frame, field, value, ×."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_on = self._removable or self.isChecked()
        pen = theme.pen("accentText" if is_on or self.hasFocus() else "line2", 2.0 if self.hasFocus() else 1.2)
        if self._dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.color("accSoft" if is_on else "hover" if self.underMouse() else "surface"))
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_texts(painter)
        if self._removable:
            painter.drawPixmap(self.width() - CROSS, (self.height() - 14) // 2, pixmap("x", 14))
        painter.end()

    def _paint_texts(self, painter: QPainter) -> None:
        theme, left = current_theme(), EDGE
        room = self.width() - EDGE - (CROSS if self._removable else EDGE)
        middle = Qt.AlignmentFlag.AlignVCenter
        for text, strong in ((self._field, False), (self._value, True)):
            if not text:
                continue
            metrics = theme.metrics("small", strong=strong)
            shown = elided(metrics, text, max(0, room - left + EDGE))
            painter.setFont(theme.font("small", strong=strong))
            painter.setPen(theme.color("text" if strong else "text2"))
            painter.drawText(left, 0, room, self.height(), int(middle), shown)
            left += metrics.horizontalAdvance(shown) + 6

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """On ×: remove instead of click."""
        at = event.position().toPoint()
        if self._removable and at.x() >= self.width() - CROSS - 2 and self.rect().contains(at):
            self.setDown(False)
            self.removed.emit()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace remove, Enter edits."""
        if self._removable and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
