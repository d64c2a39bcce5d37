"""The panel at the right with the selected row: head, tabs, a scrolling body, a footer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

from app.messages import tr
from app.views.theme import current_theme
from app.views.widgets.buttons import IconButton
from app.views.widgets.ground import Bar, Ground, column, row
from app.views.widgets.label import ElidedLabel
from app.views.widgets.live import Live

NARROWEST, DEFAULT, WIDEST = 360, 404, 420
GRIP = 5


class TabStrip(Live, QWidget):
    """Texts with a line under the chosen one; arrow keys move.

    Emits:
        chosen: key of the tab.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs: list[tuple[str, str]] = []
        self._counts: dict[str, int] = {}
        self.current = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.dress()

    def add(self, key: str, title_key: str) -> None:
        """One more tab; the first one is chosen."""
        self._tabs.append((key, title_key))
        self.current = self.current or key
        self.update()

    def show_count(self, key: str, count: int) -> None:
        """A red count beside a tab; 0 for none."""
        self._counts[key] = count
        self.update()

    def choose(self, key: str) -> None:
        """Choose and tell."""
        if key != self.current:
            self.current = key
            self.retranslate()
            self.update()
            self.chosen.emit(key)

    def retranslate(self) -> None:
        """The chosen tab's name for screen readers."""
        names = dict(self._tabs)
        self.setAccessibleName(tr(names[self.current]) if self.current in names else "")

    def restyle(self) -> None:
        """As high as the font asks for."""
        self.setFixedHeight(current_theme().height(34))

    def _rects(self) -> list[tuple[str, str, str, int, int]]:
        theme, left, rects = current_theme(), 14, []
        for key, title_key in self._tabs:
            title, count = tr(title_key), self._counts.get(key, 0)
            badge = f"{count:,}" if count else ""
            width = theme.metrics("body", strong=True).horizontalAdvance(title)
            width += theme.metrics("micro", strong=True).horizontalAdvance(badge) + 18 if badge else 0
            rects.append((key, title, badge, left, width))
            left += width + 16
        return rects

    def paintEvent(self, event: QPaintEvent) -> None:
        """Texts, counts, line."""
        theme, painter = current_theme(), QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.color("line"))
        for key, title, badge, left, width in self._rects():
            is_current = key == self.current
            painter.setFont(theme.font("body", strong=is_current))
            painter.setPen(theme.color("text" if is_current else "text2"))
            painter.drawText(left, 0, width, self.height(), int(Qt.AlignmentFlag.AlignVCenter), title)
            if badge:
                self._paint_badge(painter, left + width, badge)
            if is_current:
                painter.fillRect(left, self.height() - 3, width, 3, theme.color("accentText"))
        if self.hasFocus():
            painter.setPen(theme.pen("accentText", 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_badge(self, painter: QPainter, right: int, badge: str) -> None:
        theme = current_theme()
        metrics, ink = theme.metrics("micro", strong=True), theme.tone("red")
        width, height = metrics.horizontalAdvance(badge) + 12, metrics.height()
        top = (self.height() - height) // 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.ground)
        painter.drawRoundedRect(right - width, top, width, height, height / 2, height / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(ink.text)
        painter.setFont(theme.font("micro", strong=True))
        painter.drawText(right - width, top, width, height, int(Qt.AlignmentFlag.AlignCenter), badge)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses."""
        x = event.position().x()
        for key, _, _, left, width in self._rects():
            if left - 8 <= x < left + width + 8:
                self.choose(key)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose the neighbour."""
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        keys = [key for key, _ in self._tabs]
        if by is None or not keys:
            super().keyPressEvent(event)
            return
        self.choose(keys[min(max(keys.index(self.current) + by, 0), len(keys) - 1)])


class SidePanel(Ground):
    """Resizable between 360 and 420 at its left edge.

    Emits:
        closed: × was pressed.
        resized: the width the user dragged it to.
    """

    closed = Signal()
    resized = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", "left", parent)
        self.head = row(edges=14, gap=8)
        self.title = ElidedLabel(role="title", strong=True)
        self.close_button = IconButton("x", "window.close_panel", size=14)
        self.tabs = TabStrip()
        self.banner = column()
        self.footer = Bar(52, "surface", "top", edges=14)
        self._pages = QStackedWidget()
        self._keys: list[str] = []
        self._drag_from: int | None = None
        self._build()

    def _build(self) -> None:
        self.head.setContentsMargins(14, 10, 8, 6)
        self.head.addWidget(self.title, 1)
        self.head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = column(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.addLayout(self.head)
        layout.addWidget(self.tabs)
        layout.addLayout(self.banner)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.footer)
        self.tabs.hide()
        self.footer.hide()
        self.tabs.chosen.connect(self.show_tab)
        self.close_button.clicked.connect(self.closed)
        self.setMouseTracking(True)
        self.setMinimumWidth(NARROWEST)

    def set_head(self, widget: QWidget) -> None:
        """A head of the page's own in place of the title."""
        self.title.hide()
        self.head.insertWidget(0, widget, 1)

    def add_tab(self, key: str, title_key: str, body: QWidget, *, scrolls: bool = True) -> None:
        """One more tab; a single one shows no strip. The body scrolls unless it does so itself."""
        shown: QWidget = body
        if scrolls:
            area = QScrollArea()
            area.setWidgetResizable(True)
            area.setFrameShape(QScrollArea.Shape.NoFrame)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            area.setWidget(body)
            area.viewport().setAutoFillBackground(False)
            body.setAutoFillBackground(False)  # the scroll area had switched it on: the panel's ground shows through
            shown = area
        self._pages.addWidget(shown)
        self._keys.append(key)
        self.tabs.add(key, title_key)
        self.tabs.setVisible(len(self._keys) > 1)

    def show_tab(self, key: str) -> None:
        """Show the tab called *key*. Raises ValueError for an unknown one."""
        self.tabs.current = key
        self.tabs.update()
        self._pages.setCurrentIndex(self._keys.index(key))

    def set_footer(self, *widgets: QWidget) -> None:
        """Buttons or texts below, left to right; a stretch stands after the last."""
        for widget in widgets:
            self.footer.row.addWidget(widget)
        self.footer.row.addStretch(1)
        self.footer.show()

    # -- dragging the left edge --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the edge."""
        if event.button() == Qt.MouseButton.LeftButton and event.position().x() <= GRIP:
            self._drag_from = event.globalPosition().toPoint().x() + self.width()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the edge."""
        near = event.position().x() <= GRIP or self._drag_from is not None
        self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)
        if self._drag_from is not None:
            width = self._drag_from - event.globalPosition().toPoint().x()
            self.resized.emit(min(max(width, NARROWEST), WIDEST))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._drag_from = None

    def leaveEvent(self, event: QEvent) -> None:
        """Back to the usual pointer."""
        super().leaveEvent(event)
        self.unsetCursor()

    def place_over(self, area: QWidget) -> None:
        """Lie over the right part of *area*, for windows below 1280."""
        width = min(self.width(), area.width())
        self.setGeometry(area.mapTo(self.parentWidget(), QPoint(area.width() - width, 0)).x(), 0, width, area.height())
        self.raise_()
