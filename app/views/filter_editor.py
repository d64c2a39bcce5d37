"""The small window in which a chip is made or changed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.messages import tr
from app.services.listings.text import fold
from app.services.listings.typed import moments
from app.services.paging import Filter
from app.views.filter_fields import PRESENCE, FilterField
from app.views.language import say
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.form import mark_bad
from app.views.widgets.ground import column, row
from app.views.widgets.label import Label
from app.views.widgets.popup import Popup

VALUE_ROLE = Qt.ItemDataRole.UserRole
LONG_LIST = 8
"""Lists of more values than this are searched by typing."""
ROW = 24


class FilterEditor(Popup):
    """A pop-up with the operator and the value of one condition; Enter takes it, Escape leaves.

    Args:
        condition: one that *field* shows, or None for a new one.

    Emits:
        accepted: the `Filter`; *condition* as it came if nothing was changed.
    """

    accepted = Signal(object)

    def __init__(self, field: FilterField, condition: Filter | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._field, self._condition = field, condition
        self._is_list = field.kind in ("choice", "flag")
        self.operator = QComboBox()
        self.value = QLineEdit()
        self.list = QListWidget()
        self.problem = Label(role="small", ink="red", wrap=True)
        self.apply = Button("filter.apply", kind="primary")
        self._build()
        self._fill(None if condition is None else field.as_edited(condition))
        self._opened = self._state()

    def _build(self) -> None:
        layout = column(self, edges=12, gap=8)
        layout.addWidget(Label(self._field.key, role="small", strong=True))
        for sign in self._field.operators:
            self.operator.addItem(tr(f"filter.operator.{sign}"), sign)
        self.operator.setAccessibleName(tr("filter.operator"))
        self.operator.currentIndexChanged.connect(self._on_operator)
        self.value.setAccessibleName(tr(self._field.key))
        self.list.setAccessibleName(tr(self._field.key))
        line = row(gap=8)
        line.addWidget(self.operator)
        line.addWidget(self.value, 1)
        if self._field.unit_key:
            line.addWidget(Label(self._field.unit_key, role="small", ink="text2"))
        layout.addLayout(line)
        layout.addWidget(self.list)
        layout.addWidget(self.problem)
        self.problem.hide()
        layout.addWidget(self.apply, 0, Qt.AlignmentFlag.AlignRight)
        self.apply.clicked.connect(self.accept)
        self.list.setVisible(self._is_list)
        self.value.setVisible(not self._is_list)
        self.operator.setVisible(self._field.kind != "flag")
        self.setMinimumWidth(current_theme().height(260))

    def _fill(self, condition: Filter | None) -> None:
        chosen = _as_tuple(condition.value) if condition is not None else ()
        for value, label in self._choices(chosen):
            item = QListWidgetItem(label, self.list)
            item.setData(VALUE_ROLE, value)
            item.setSizeHint(QSize(0, current_theme().height(ROW)))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if value in chosen else Qt.CheckState.Unchecked)
        if self._field.kind == "flag":
            self.list.itemChanged.connect(self._keep_one)
        elif self.list.count() > LONG_LIST:
            say(self.value, "filter.find_value", "placeholderText")
            self.value.textChanged.connect(self._narrow)
            self.value.show()
        if condition is not None:
            self.operator.setCurrentIndex(self.operator.findData(condition.operator))
            if not isinstance(condition.value, tuple) and condition.value is not None:
                self.value.setText(str(condition.value))
                self.value.selectAll()
        self._on_operator()

    def _choices(self, chosen: Sequence[Any]) -> list[tuple[Any, str]]:
        """What there is to tick; of a choice first what was chosen and is offered no more, so that it is not lost."""
        if self._field.kind == "flag":
            return [(True, tr("filter.yes")), (False, tr("filter.no"))]
        if self._field.kind != "choice":
            return []
        labels = self._field.labels()
        gone = [(value, str(value)) for value in dict.fromkeys(chosen) if value not in labels]
        return [*gone, *labels.items()]

    def _narrow(self, text: str) -> None:
        """Only values with *text* in their name are in view; the ticks of the others stay."""
        for at in range(self.list.count()):
            self.list.item(at).setHidden(fold(text) not in fold(self.list.item(at).text()))

    def _keep_one(self, changed: QListWidgetItem) -> None:
        """Yes and no exclude each other."""
        if changed.checkState() == Qt.CheckState.Checked:
            for at in range(self.list.count()):
                if self.list.item(at) is not changed:
                    self.list.item(at).setCheckState(Qt.CheckState.Unchecked)

    def _on_operator(self) -> None:
        """There is nothing to enter where it is only asked whether there is a value."""
        for control in (self.value, self.list):
            control.setEnabled(self.operator.currentData() not in PRESENCE)

    def popup(self, at: QPoint) -> None:
        """Open with its top left corner at *at* (global) and the focus in the value, with what is ticked in view."""
        value = self.value if self.value.isVisibleTo(self) else self.list
        self.open_at(at, value if value.isEnabled() else self.operator)
        ticked = self._ticked()
        if ticked:
            self.list.scrollToItem(ticked[0])

    def accept(self) -> None:
        """Tell the condition and close; a number that is none is marked and stays."""
        condition = self._read()
        if condition is not None:
            is_same = self._condition is not None and self._state() == self._opened
            self.accepted.emit(self._condition if is_same else condition)
            self.close()

    def _ticked(self) -> list[QListWidgetItem]:
        items = [self.list.item(at) for at in range(self.list.count())]
        return [item for item in items if item.checkState() == Qt.CheckState.Checked]

    def _state(self) -> tuple[Any, ...]:
        """What was entered; words to find a value with are not."""
        values = [item.data(VALUE_ROLE) for item in self._ticked()]
        return self.operator.currentData(), values if self._is_list else self.value.text()

    def _read(self) -> Filter | None:
        name, operator = self._field.name, self.operator.currentData()
        if operator in PRESENCE:
            return Filter(name, operator)
        if self._is_list:
            values = tuple(item.data(VALUE_ROLE) for item in self._ticked())
            if not values:
                self._refuse("filter.choose_one")
                return None
            return Filter(name, operator, values[0] if self._field.kind == "flag" else values)
        text = self.value.text().strip()
        if not text:
            self._refuse("filter.enter_value")
            return None
        value: Any = to_number(text) if self._field.kind == "number" else text
        if value is None:
            self._refuse("filter.not_a_number", text=text)
            return None
        if self._field.kind == "date" and not _is_day(text):
            self._refuse("filter.not_a_date", text=text)
            return None
        return Filter(name, operator, value)

    def _refuse(self, key: str, **params: str) -> None:
        """Say why and stay."""
        self.problem.say(key, **params)
        self.problem.show()
        mark_bad(self.value, True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the condition; in a list it ticks first."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        else:
            super().keyPressEvent(event)


def to_number(text: str) -> int | float | None:
    """What people paste as a number: full-width digits, spaces, currency and percent signs; None if it is none."""
    plain = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    plain = plain.strip().strip("$¥€%").replace(" ", "").replace("\u00a0", "").replace("\u2212", "-")
    if "," in plain and "." not in plain and len(plain.rsplit(",", 1)[1]) != 3:
        plain = plain.replace(",", ".")  # 12,5 is twelve and a half, 1,200 is not
    try:
        number = float(plain.replace(",", ""))
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def _is_day(text: str) -> bool:
    try:
        moments(text)
    except ValueError:
        return False
    return True


def _as_tuple(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)
