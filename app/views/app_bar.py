"""The top of the window: mark, tabs, store picker, command box, bell, help, settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractButton, QLabel, QSizePolicy

from app.messages import tr
from app.views.elide import elided
from app.views.icons import app_mark, pixmap
from app.views.store_picker import StorePicker
from app.views.theme import current_theme
from app.views.widgets.badge import CountBadge
from app.views.widgets.buttons import IconButton
from app.views.widgets.ground import Bar
from app.views.widgets.keycap import paint_keycap
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

EDGE = 12
LINE = 3
MARK = 24


class TabButton(Live, QAbstractButton):
    """A tab's name: icon, text, badge, and a line under the chosen one."""

    def __init__(self, key: str, icon_name: str, shortcut: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self._icon_name, self._shortcut = icon_name, shortcut
        self._is_compact = False
        self.badge = CountBadge(parent=self)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.dress()

    def show_badge(self, count: int, tone: str = "gray") -> None:
        """How many wait on this tab; 0 for none."""
        self.badge.show_count(count, tone)
        self.retranslate()

    def set_compact(self, compact: bool) -> None:
        """Icon alone, unless it is the tab in view; the name stays in the tip."""
        if compact != self._is_compact:
            self._is_compact = compact
            self.restyle()

    @property
    def shows_text(self) -> bool:
        """Whether the name is drawn."""
        return not self._is_compact or self.isChecked()

    def checkStateSet(self) -> None:
        """Qt's hook for a change of the tab in view."""
        super().checkStateSet()
        self.updateGeometry()

    def nextCheckState(self) -> None:
        """Qt's hook for a click."""
        super().nextCheckState()
        self.updateGeometry()

    def retranslate(self) -> None:
        """Name, tip."""
        name = tr(f"tab.{self.key}")
        self.setText(name)
        self.setToolTip(f"{name}  {self._shortcut}")
        self.setAccessibleName(f"{name} {self.badge.text}".strip())
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        """Size follows the font."""
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Icon, text in its wider weight, badge, padding."""
        return QSize(self.width_as(self._is_compact), current_theme().height(44))

    def width_as(self, compact: bool) -> int:
        """Pixels it takes with or without its name."""
        width = 2 * EDGE + 16
        if not compact or self.isChecked():
            width += 8 + current_theme().metrics("body", strong=True).horizontalAdvance(self.text())
        if self.badge.text:
            width += 8 + self.badge.sizeHint().width()
        return width

    def resizeEvent(self, event: object) -> None:
        """The badge stands after the text."""
        size = self.badge.sizeHint()
        self.badge.setGeometry(
            QRect(QPoint(self.width() - EDGE - size.width(), (self.height() - size.height()) // 2), size)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Icon, text, line."""
        theme, painter = current_theme(), QPainter(self)
        if self.underMouse() and not self.isChecked():
            painter.fillRect(self.rect().adjusted(0, 0, 0, -1), theme.color("hover"))
        ink = "text" if self.isChecked() else "text2"
        top = (self.height() - 16) // 2
        painter.drawPixmap(EDGE, top, pixmap(self._icon_name, 16, "accentText" if self.isChecked() else "text2"))
        painter.setFont(theme.font("body", strong=self.isChecked()))
        painter.setPen(theme.color(ink))
        if self.shows_text:
            box = self.rect().adjusted(EDGE + 24, 0, 0, 0)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), self.text())
        if self.isChecked():
            painter.fillRect(EDGE, self.height() - LINE, self.width() - 2 * EDGE, LINE, theme.color("accentText"))
        if self.hasFocus():
            painter.setPen(theme.pen("accentText", 2.0))
            painter.drawRoundedRect(self.rect().adjusted(2, 4, -2, -6), 4, 4)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class CommandBox(Live, QAbstractButton):
    """Looks like a search box and opens the palette."""

    def __init__(self, shortcut: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = shortcut.replace("+", " ")
        self._is_compact = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.dress()

    def retranslate(self) -> None:
        """Hint and name."""
        self.setText(tr("palette.hint"))
        self.setAccessibleName(tr("palette.hint"))
        self.setToolTip(f"{tr('palette.hint')}  {self._keys}")

    def set_compact(self, compact: bool) -> None:
        """The magnifier alone."""
        if compact != self._is_compact:
            self._is_compact = compact
            self.restyle()

    def least_width(self, compact: bool) -> int:
        """Pixels it needs with or without its hint."""
        return current_theme().height(28) + 6 if compact else current_theme().height(120)

    def restyle(self) -> None:
        """Height of a control."""
        side = current_theme().height(28)
        self.setFixedHeight(side)
        self.setMinimumWidth(self.least_width(self._is_compact))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """264 at 100 %."""
        return QSize(self.minimumWidth() if self._is_compact else current_theme().height(264), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frame, magnifier, hint, key."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("accentText" if self.hasFocus() else "line2", 2.0 if self.hasFocus() else 1.2))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawPixmap(9, (self.height() - 16) // 2, pixmap("search", 16))
        if not self._is_compact:
            self._paint_text(painter)
        painter.end()

    def _paint_text(self, painter: QPainter) -> None:
        theme = current_theme()
        width = theme.metrics("micro", strong=True).horizontalAdvance(self._keys) + 10
        height = theme.metrics("micro").height() + 3
        cap = QRectF(self.width() - width - 6, (self.height() - height) / 2, width, height)
        box = self.rect().adjusted(32, 0, -width - 12, 0)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text3"))
        text = elided(theme.metrics(), self.text(), box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)
        paint_keycap(painter, cap, self._keys)


class AppBar(Bar):
    """Emits:
    tab_wanted: key of a tab.
    palette_wanted, bell_wanted, guide_wanted, settings_wanted: the buttons at the right.
    """

    tab_wanted = Signal(str)
    palette_wanted = Signal()
    bell_wanted = Signal()
    guide_wanted = Signal()
    settings_wanted = Signal()

    def __init__(self, tabs: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(44, "bar", "bottom", parent=parent)
        self.tabs: dict[str, TabButton] = {}
        self._mark = QLabel()
        self.stores = StorePicker()
        self.command = CommandBox("Ctrl+K")
        self.bell = IconButton("bell", "window.notices")
        self.unread = CountBadge("red", self.bell)
        self.help = IconButton("help", "action.guide", shortcut="F1")
        self.settings = IconButton("settings", "action.settings", shortcut="Ctrl+,")
        self._build(tabs)
        self.restyle()

    def _build(self, tabs: Sequence[tuple[str, str]]) -> None:
        self.row.addWidget(self._mark)
        self.row.addSpacing(6)
        for number, (key, icon_name) in enumerate(tabs, 1):
            button = TabButton(key, icon_name, f"Ctrl+{number}")
            button.clicked.connect(lambda _=False, key=key: self.tab_wanted.emit(key))
            self.tabs[key] = button
            self.row.addWidget(button)
        self.row.addStretch(1)
        for widget in (self.stores, self.command, self.bell, self.help, self.settings):
            self.row.addWidget(widget)
        self.command.clicked.connect(self.palette_wanted)
        self.bell.clicked.connect(self.bell_wanted)
        self.help.clicked.connect(self.guide_wanted)
        self.settings.clicked.connect(self.settings_wanted)

    def show_tab(self, key: str) -> None:
        """Mark the tab in view."""
        self.tabs[key].setChecked(True)
        self.fold()

    def fold(self) -> None:
        """In a narrow window first the command box, then the names of the other tabs become icons."""
        levels = ((False, False), (True, False), (True, True))
        is_box_small, are_tabs_small = next((lv for lv in levels if self._needed(*lv) <= self.width()), levels[-1])
        self.command.set_compact(is_box_small)
        for button in self.tabs.values():
            button.set_compact(are_tabs_small)

    def _needed(self, is_box_small: bool, are_tabs_small: bool) -> int:
        others = [self.stores, self.bell, self.help, self.settings]
        width = sum(button.width_as(are_tabs_small) for button in self.tabs.values())
        width += sum(button.sizeHint().width() for button in others) + self.command.least_width(is_box_small) + MARK
        return width + 2 * 12 + 6 + self.row.spacing() * (len(others) + len(self.tabs) + 3)

    def event(self, event: QEvent) -> bool:
        """Fold what does not fit after a change of width, language, badge or store."""
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self.fold()
        return done

    def show_unread(self, count: int) -> None:
        """How many notices came since the bell was opened."""
        self.unread.show_count(count)
        size = self.unread.sizeHint()
        self.unread.setGeometry(self.bell.width() - size.width(), 0, size.width(), size.height())

    def restyle(self) -> None:
        """The mark and the height."""
        super().restyle()
        if hasattr(self, "_mark"):
            self._mark.setPixmap(app_mark(MARK))
            self._mark.setAccessibleName(tr("window.title"))
            self.fold()
