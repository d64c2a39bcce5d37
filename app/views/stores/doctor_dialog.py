"""Whether a store can be worked, in one screen: an icon, what was found and what helps, a line a check."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from app.services.stores.doctor import Diagnosis
from app.services.stores.wire_check import SIGNS, Line
from app.views.language import language
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import Ground, column, emptied
from app.views.widgets.label import IconLabel, Label

ICONS = {
    "ok": ("circle-check", "green"),
    "warn": ("alert-triangle", "amber"),
    "bad": ("circle-x", "red"),
    "skipped": ("dots", "text3"),
}
TITLE_WIDTH = {"zh": 108, "en": 176}
INK = {"bad": "red", "skipped": "text3"}


class DoctorLines(Ground):
    """The lines below each other, in the user's language.

    Emits:
        action_wanted: what a line's button does: `sign_in` or `settings`.
    """

    action_wanted = Signal(str)

    def __init__(self, lines: Sequence[Line] = (), parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self.buttons: dict[str, Button] = {}
        self._lines: Sequence[Line] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(2, 1)
        self.show_lines(lines)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these instead."""
        self._lines = lines
        self.retranslate()

    @property
    def text(self) -> str:
        """All of it as plain text: to copy, and for screen readers. There is no secret in it."""
        return "\n".join(f"{SIGNS[line.level]} {line.title}: {line.text}" for line in self._lines)

    def retranslate(self) -> None:
        """Every line anew."""
        if not hasattr(self, "_grid"):
            return
        emptied(self._grid)
        self.buttons.clear()
        for number, line in enumerate(self._lines):
            self._add(number, line)
        self.setAccessibleDescription(self.text)

    def _add(self, number: int, line: Line) -> None:
        top = Qt.AlignmentFlag.AlignTop
        title, text = Label(strong=True), Label(ink=INK.get(line.level, "text2"), wrap=True)
        title.setText(line.title)
        text.setText(line.text)
        title.setFixedWidth(current_theme().height(TITLE_WIDTH[language.code]))
        self._grid.addWidget(IconLabel(*_icon(line)), number, 0, top)
        self._grid.addWidget(title, number, 1, top)
        self._grid.addWidget(text, number, 2, top)
        if line.action and line.level != "ok":
            button = Button(f"doctor.action.{line.action}", kind="small")
            button.clicked.connect(lambda: self.action_wanted.emit(line.action))
            self.buttons[line.action] = button
            self._grid.addWidget(button, number, 3, top)


def _icon(line: Line) -> tuple[str, int, str]:
    name, tone = ICONS[line.level]
    return name, 16, tone


class DoctorDialog(Dialog):
    """What an examination of one store found.

    Emits:
        action_wanted: as `DoctorLines`; the dialog closes then.
    """

    action_wanted = Signal(str)

    def __init__(self, parent: QWidget, report: Diagnosis) -> None:
        super().__init__("doctor.title", parent, size=QSize(760, 660), name=report.store.name)
        lines = column(self.body, gap=10)
        lines.setContentsMargins(20, 16, 20, 8)
        head = "doctor.works" if report.works else "doctor.fails"
        self.head = Label(head, role="title", strong=True, wrap=True)
        lines.addWidget(self.head)
        self.lines = DoctorLines(report.lines)
        self.lines.action_wanted.connect(self._act)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        held = Ground("surface")
        inside = column(held)
        inside.addWidget(self.lines)
        inside.addStretch(1)
        area.setWidget(held)
        lines.addWidget(area, 1)
        self.hint.say("doctor.hint")
        copy = Button("doctor.copy", icon_name="copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text))
        close = Button("dialog.close", kind="primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        self.copy_button = copy
        for button in (copy, close):
            self.footer.row.addWidget(button)

    @property
    def text(self) -> str:
        """The whole report, to send to somebody who helps."""
        return f"{self.windowTitle()}\n{self.head.text()}\n{self.lines.text}"

    def _act(self, action: str) -> None:
        self.accept()
        self.action_wanted.emit(action)
