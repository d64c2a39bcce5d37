"""The list behind "+ Filter": fields to narrow a page by, found by any part of their name in either language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.messages import Messages, tr
from app.services.listings.text import fold
from app.views.language import say
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.ground import column
from app.views.widgets.label import Label
from app.views.widgets.popup import Popup

if TYPE_CHECKING:
    from app.views.filter_fields import FilterField

FIELD_ROLE = Qt.ItemDataRole.UserRole
SHOWN, ROW = 12, 24
"""Rows in view, more are scrolled to; and their height."""
STEPS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class FieldPicker(Popup):
    """A line to type in and the fields that fit; arrows move, Enter or a click chooses, Escape leaves.

    Emits:
        chosen: the `FilterField`.
    """

    chosen = Signal(object)

    def __init__(self, fields: Iterable[FilterField], in_use: Iterable[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._fields, self._in_use = tuple(fields), frozenset(in_use)
        self.line, self.list = QLineEdit(), QListWidget()
        self.nothing = Label("filter.no_field", role="small", ink="text2", wrap=True)
        say(self.line, "filter.find_field", "placeholderText")
        say(self.line, "filter.find_field", "accessibleName")
        say(self.list, "filter.find_field", "accessibleName")
        layout = column(self, edges=8, gap=6)
        for widget in (self.line, self.list, self.nothing):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.line.textChanged.connect(self._show_fitting)
        self.line.installEventFilter(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.itemClicked.connect(self._choose)
        self._show_fitting("")
        theme = current_theme()
        self.setFixedWidth(theme.height(240))
        self.list.setFixedHeight(min(SHOWN, len(self._fields)) * theme.height(ROW) + 4)

    def offer_writing(self, write: Callable[[], None]) -> None:
        """A button below the list that closes it and calls *write*: the filter is written as an expression."""
        button = Button("filter.write", kind="link")
        button.clicked.connect(self.close)
        button.clicked.connect(write)
        self.layout().addWidget(button)

    def popup(self, at: QPoint) -> None:
        """Open at *at* (global) with the focus in the line."""
        self.open_at(at, self.line)

    @property
    def names(self) -> list[str]:
        """What the list offers."""
        return [self.list.item(at).text() for at in range(self.list.count())]

    def _show_fitting(self, text: str) -> None:
        self.list.clear()
        for field in fitting(self._fields, text):
            item = QListWidgetItem(tr(field.key), self.list)
            item.setData(FIELD_ROLE, field)
            item.setSizeHint(QSize(0, current_theme().height(ROW)))
            if field.name in self._in_use:
                item.setFont(current_theme().font("body", strong=True))
                item.setToolTip(tr("filter.in_use"))
                item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, tr("filter.in_use"))
        self.list.setCurrentRow(0)
        self.list.setVisible(self.list.count() > 0)
        self.nothing.setVisible(self.list.count() == 0)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            field = item.data(FIELD_ROLE)
            self.close()
            self.chosen.emit(field)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that move or choose while the letters go into the line."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in STEPS:
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)


def fitting(fields: Sequence[FilterField], text: str) -> list[FilterField]:
    """The fields with *text* in a name, those that begin with it first; all of them for no text."""
    wanted = fold(text)
    found = [(field, [fold(name) for name in _names(field)]) for field in fields]
    found = [(field, names) for field, names in found if any(wanted in name for name in names)]
    if wanted:
        found.sort(key=lambda pair: not any(name.startswith(wanted) for name in pair[1]))
    return [field for field, _ in found]


def _names(field: FilterField) -> tuple[str, ...]:
    """In both languages, and as an expression spells it."""
    return Messages("zh").text(field.key), Messages("en").text(field.key), field.name
