"""A store's health as lines: glyph, what, why, and the button that helps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.stores.records import Check
from app.views.numbers import moment
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import IconLabel, Label

ICONS = {"ok": ("circle-check", "green"), "warn": ("alert-triangle", "amber"), "bad": ("circle-x", "red")}


class CheckList(Ground):
    """The checklist of the side panel.

    Emits:
        remedy_wanted: name of what helps, as in `Check.remedy`.
    """

    remedy_wanted = Signal(str)

    def __init__(self, checks: Sequence[Check], parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self.buttons: dict[str, Button] = {}
        lines = column(self, gap=8)
        lines.setContentsMargins(14, 6, 14, 12)
        for check in checks:
            lines.addWidget(self._line(check))

    def _line(self, check: Check) -> QWidget:
        widget, (icon, tone) = QWidget(), ICONS[check.level]
        line = row(widget, gap=8)
        texts = column(gap=1)
        title, detail = Label(strong=True, wrap=True), Label(role="small", ink="text2", wrap=True)
        params = shown_params(check.params)
        title.setText(tr(check.title, **params))
        detail.setText(tr(check.text, **params))
        texts.addWidget(title)
        texts.addWidget(detail)
        line.addWidget(IconLabel(icon, 16, tone), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(texts, 1)
        if check.remedy:
            button = Button(f"stores.remedy.{check.remedy}", kind="small")
            button.clicked.connect(lambda: self.remedy_wanted.emit(check.remedy))
            self.buttons[check.remedy] = button
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return widget


def shown_params(params: Any) -> dict[str, Any]:
    """The parameters with moments as a person reads them."""
    return {name: moment(value) if name == "since" else value for name, value in params.items()}
