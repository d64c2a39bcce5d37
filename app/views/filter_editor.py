"""The small window in which a chip is made or changed."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.messages import tr
from app.services.listings.text import fold
from app.services.listings.typed import moments
from app.services.paging import Filter
from app.views.filter_fields import OPERATORS, FilterField
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

    Emits:
        accepted: the `Filter`.
    """

    accepted = Signal(object)

    def __init__(self, field: FilterField, condition: Filter | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._field = field
        self.operator = QComboBox()
        self.value = QLineEdit()
        self.list = QListWidget()
        self.problem = Label(role="small", ink="red", wrap=True)
        self.apply = Button("filter.apply", kind="primary")
        self._build()
        self._fill(condition)

    def _build(self) -> None:
        layout = column(self, edges=12, gap=8)
        layout.addWidget(Label(self._field.key, role="small", strong=True))
        for sign in OPERATORS[self._field.kind]:
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
        is_list = self._field.kind in ("choice", "flag")
        self.list.setVisible(is_list)
        self.value.setVisible(not is_list)
        self.operator.setVisible(self._field.kind != "flag")
        self.setMinimumWidth(current_theme().height(260))

    def _fill(self, condition: Filter | None) -> None:
        chosen = _as_set(condition.value) if condition is not None else set()
        for value, label in self._choices():
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

    def _choices(self) -> list[tuple[Any, str]]:
        if self._field.kind == "flag":
            return [(True, tr("filter.yes")), (False, tr("filter.no"))]
        return list(self._field.choices()) if self._field.choices else []

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
        self.value.setEnabled(self.operator.currentData() not in ("missing", "present"))

    def popup(self, at: QPoint) -> None:
        """Open with its top left corner at *at* (global) and the focus in the value."""
        self.open_at(at, self.value if self.value.isVisibleTo(self) else self.list)

    def accept(self) -> None:
        """Tell the condition and close; a number that is none is marked and stays."""
        condition = self._read()
        if condition is not None:
            self.accepted.emit(condition)
            self.close()

    def _read(self) -> Filter | None:
        name, operator = self._field.name, self.operator.currentData()
        if operator in ("missing", "present"):
            return Filter(name, operator)
        if self._field.kind in ("choice", "flag"):
            items = [self.list.item(at) for at in range(self.list.count())]
            values = tuple(item.data(VALUE_ROLE) for item in items if item.checkState() == Qt.CheckState.Checked)
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


def _as_set(value: Any) -> set[Any]:
    return set(value) if isinstance(value, tuple) else {value}
