"""Which store the pages show: one, or all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from app.messages import tr
from app.views.elide import elided
from app.views.icons import pixmap
from app.views.theme import current_theme
from app.views.theme.apply import device_ratio
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QIcon, QPaintEvent
    from PySide6.QtWidgets import QMenu, QWidget

SQUARE = 10


class StoreEntry(NamedTuple):
    """A store as the picker shows it; `color` numbers one of the theme's ten hues."""

    id: int
    name: str
    color: int = 0
    detail: str = ""


class StorePicker(Live, QAbstractButton):
    """A coloured square and a name; a click lists the stores.

    Emits:
        chosen: ids of the chosen store, empty for all.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stores: list[StoreEntry] = []
        self._current: int | None = None
        self._is_waiting = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open_menu)
        self.dress()

    @property
    def stores(self) -> list[StoreEntry]:
        """All stores, in the order they are listed."""
        return list(self._stores)

    @property
    def store_ids(self) -> tuple[int, ...]:
        """The chosen store, empty for all."""
        return () if self._current is None else (self._current,)

    @property
    def current(self) -> StoreEntry | None:
        """The chosen store; None for all."""
        return next((store for store in self._stores if store.id == self._current), None)

    def wait(self) -> None:
        """Nobody knows yet whether there are any: do not say that there are none."""
        self._is_waiting = True
        self.retranslate()

    def set_stores(self, stores: Sequence[StoreEntry]) -> None:
        """The stores there are; a chosen one that is gone falls back to all, and tells."""
        self._stores, self._is_waiting = list(stores), False
        was, gone = self._current, self._current is not None and self.current is None
        if len(stores) == 1:
            self._current = stores[0].id
        elif gone:
            self._current = None
        self.retranslate()
        if self._current != was:
            self.chosen.emit(self.store_ids)

    def choose(self, id: int | None) -> None:
        """Choose a store, or all, and tell."""
        if id != self._current:
            self._current = id
            self.retranslate()
            self.chosen.emit(self.store_ids)

    def make_menu(self) -> QMenu:
        """All stores, then each."""
        from PySide6.QtGui import QAction, QActionGroup
        from PySide6.QtWidgets import QMenu

        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        entries = [StoreEntry(-1, tr("window.all_stores")), *self._stores]
        for store in entries:
            action = QAction(store.name, menu, checkable=True)
            id = None if store.id == -1 else store.id
            action.setChecked(id == self._current)
            action.triggered.connect(lambda _=False, id=id: self.choose(id))
            if id is not None:
                action.setIcon(_square(current_theme().store_color(store.color)))
            group.addAction(action)
            menu.addAction(action)
        return menu

    def open_menu(self) -> None:
        """List the stores below the button."""
        if self._stores:
            self.make_menu().popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def retranslate(self) -> None:
        """The name shown."""
        store = self.current
        of_all = tr("window.all_stores" if self._stores or self._is_waiting else "window.no_store")
        name = store.name if store else of_all
        self.setText(name)
        self.setAccessibleName(tr("window.store_is", name=name))
        self.setToolTip(name)
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        """Height of a control."""
        self.setFixedHeight(current_theme().height(28))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Square, name, arrows; at most 220."""
        width = 10 + SQUARE + 8 + current_theme().metrics("body", strong=True).horizontalAdvance(self.text()) + 34
        return QSize(min(max(width, 130), current_theme().height(220)), current_theme().height(28))

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        return QSize(90, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frame, square, name, arrows."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("accentText" if self.hasFocus() else "line2", 2.0 if self.hasFocus() else 1.2))
        painter.setBrush(theme.color("hover" if self.underMouse() else "raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        store = self.current
        painter.setBrush(theme.store_color(store.color) if store else theme.color("edge"))
        painter.drawRoundedRect(QRectF(10, (self.height() - SQUARE) / 2, SQUARE, SQUARE), 2, 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        box = self.rect().adjusted(10 + SQUARE + 8, 0, -26, 0)
        painter.setFont(theme.font("body", strong=True))
        painter.setPen(theme.color("text"))
        name = elided(theme.metrics("body", strong=True), self.text(), box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), name)
        painter.drawPixmap(self.width() - 22, (self.height() - 14) // 2, pixmap("selector", 14))
        painter.end()


def _square(color: QColor) -> QIcon:
    from PySide6.QtGui import QIcon, QPixmap

    ratio = device_ratio()
    picture = QPixmap(QSize(round(16 * ratio), round(16 * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(3, 3, SQUARE, SQUARE), 2, 2)
    painter.end()
    return QIcon(picture)
