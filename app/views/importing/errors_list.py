"""Refused cells as place, reason, remedy; the one obvious correction is a button."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from app.messages import tr
from app.services.workbooks import CellError
from app.views.importing.columns import field_name
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import ElidedLabel, IconLabel, Label

SHOWN = 40
"""Lines; the "refused" rows of the preview show all of them."""
LINE = 30
LINES = 5
WIDEST_PLACE = 300


def place_of(error: CellError) -> str:
    """Row, column and field of a refused cell."""
    name = field_name(error.field) if error.field else error.header
    return tr("import.place", row=str(error.row), column=error.column or "–", name=name)


def reason_of(error: CellError) -> str:
    """The sentence without its beginning, which names the place once more."""
    said = error.message(tr)
    place = error.message_params
    rest = said.removeprefix(tr("import.cell_place", **{name: place[name] for name in ("row", "column", "header")}))
    return rest[:1].upper() + rest[1:]


FIX_CHARS = 28
"""Of a proposal on its button; a repaired cell of a data package has thousands."""


def _short(text: str) -> str:
    return text if len(text) <= FIX_CHARS else f"{text[: FIX_CHARS - 1]}…"


class ErrorLine(Ground):
    """One refused cell.

    Emits:
        pressed: go to the cell.
        fix_pressed: take the proposal.
    """

    pressed = Signal()
    fix_pressed = Signal()

    def __init__(self, tone: str = "red", parent: QWidget | None = None) -> None:
        super().__init__(f"{tone}Soft", "top", parent)
        self.error: CellError | None = None
        self.is_current = False
        line = row(self, edges=14, gap=10)
        self.place, self.reason = ElidedLabel(strong=True), Label(wrap=True)
        self.fix = Button(kind="small")
        self.fix.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Alt+Enter takes it; fifty stops on the way would be no help
        self.fix.clicked.connect(self.fix_pressed)
        line.addWidget(self.place)
        line.addWidget(self.reason, 1)
        line.addWidget(self.fix)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_error(self, error: CellError) -> None:
        """Show *error*."""
        self.error = error
        self.retranslate()
        self.restyle()

    def retranslate(self) -> None:
        """Sentences in the user's language."""
        error = getattr(self, "error", None)
        if error is None:
            return
        self.place.setText(place_of(error))
        self.reason.setText(reason_of(error))
        self.fix.setVisible(bool(error.fix and error.column))
        self.fix.setText(tr("import.use_fix", value=_short(error.fix or "")))
        self.setAccessibleName(error.message(tr))

    def restyle(self) -> None:
        """As high as the text asks for."""
        super().restyle()
        self.setMinimumHeight(current_theme().height(LINE))

    @property
    def place_width(self) -> int:
        """Pixels the place needs."""
        return self.place.fontMetrics().horizontalAdvance(self.place.text()) + 2

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click goes to the cell."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ring around the current line."""
        super().paintEvent(event)
        if self.is_current:
            painter = QPainter(self)
            painter.setPen(current_theme().pen("accentText", 2.0))
            painter.drawRect(self.rect().adjusted(1, 2, -1, -1))
            painter.end()


class _Lines(QWidget):
    """The lines as one stop of the focus: arrows move, Enter goes to the cell, Alt+Enter takes the proposal.

    Emits:
        pressed, fix_pressed: number of a line.
        moved: the current line, to be scrolled to.
    """

    pressed = Signal(int)
    fix_pressed = Signal(int)
    moved = Signal(object)

    def __init__(self, tone: str) -> None:
        super().__init__()
        self._tone = tone
        self.lines: list[ErrorLine] = []
        self._count = 0
        self._at = 0
        self._column = column(self, gap=0)
        self._column.addStretch(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_errors(self, errors: Sequence[CellError]) -> None:
        """One line an error."""
        self._count = len(errors)
        while len(self.lines) < len(errors):
            line = ErrorLine(self._tone)
            line.pressed.connect(partial(self._press, len(self.lines)))
            line.fix_pressed.connect(partial(self.fix_pressed.emit, len(self.lines)))
            self._column.insertWidget(len(self.lines), line)
            self.lines.append(line)
        for at, line in enumerate(self.lines):
            line.setVisible(at < len(errors))
            if at < len(errors):
                line.show_error(errors[at])
        self.align()
        self._go(min(self._at, max(0, len(errors) - 1)))

    def align(self) -> None:
        """Reasons stand below each other, after the widest place."""
        lines = self.lines[: self._count]
        width = min(max((line.place_width for line in lines), default=0), WIDEST_PLACE)
        for line in lines:
            line.place.setFixedWidth(width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Enter, Alt+Enter."""
        key, step = event.key(), {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and self._count:
            self._go(min(max(self._at + step, 0), self._count - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._count:
            is_fix = event.modifiers() & Qt.KeyboardModifier.AltModifier
            (self.fix_pressed if is_fix else self.pressed).emit(self._at)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        """Show the current line."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        self._go(self._at)

    def focusOutEvent(self, event: object) -> None:
        """Hide it."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self._go(self._at)

    def _press(self, at: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._go(at)
        self.pressed.emit(at)

    def _go(self, at: int) -> None:
        self._at = at
        for number, line in enumerate(self.lines):
            line.is_current = number == at and self.hasFocus()
            line.update()
        if at < self._count:
            self.setAccessibleName(self.lines[at].accessibleName())
            if self.hasFocus():
                self.moved.emit(self.lines[at])


class ErrorsList(Ground):
    """What is wrong in a sheet: cells that were refused, or (`is_refusal` False) cells that nobody reads.

    Emits:
    fix_wanted: (row, column letter, text): take the proposal.
    go_wanted: (row, column letter) of an error that was chosen.
    all_wanted: show all refused rows.
    save_wanted: the user's own sheet with the cells marked.
    """

    fix_wanted = Signal(int, str, str)
    go_wanted = Signal(int, str)
    all_wanted = Signal()
    save_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, *, is_refusal: bool = True) -> None:
        tone = "red" if is_refusal else "amber"
        super().__init__(f"{tone}Soft", "top", parent)
        self._is_refusal = is_refusal
        self._errors: list[CellError] = []
        self._room = LINES * LINE
        whole = column(self, gap=0)
        self._head = row(gap=8)
        self._head.setContentsMargins(14, 6, 14, 6)
        self.title = Label(ink=tone, strong=True)
        self._hint_key = "import.errors_hint" if is_refusal else "import.overruled_hint"
        self.hint = ElidedLabel(self._hint_key, role="small", ink="text2")
        self.more = Button(kind="link")
        self.more.clicked.connect(self.all_wanted)
        self.save = Button("import.save_marked", icon_name="download", kind="small")
        self.save.clicked.connect(self.save_wanted)
        for widget in (IconLabel("alert-octagon" if is_refusal else "alert-triangle", 16, tone), self.title):
            self._head.addWidget(widget)
        self._head.addWidget(self.hint, 1)
        self._head.addWidget(self.more)
        self._head.addWidget(self.save)
        whole.addLayout(self._head)
        self._body = _Lines(tone)
        self._body.pressed.connect(self._go)
        self._body.fix_pressed.connect(self._fix)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.viewport().setAutoFillBackground(False)
        self._body.setAutoFillBackground(False)
        self._area.setWidget(self._body)
        self._body.moved.connect(self._area.ensureWidgetVisible)
        whole.addWidget(self._area)

    @property
    def lines(self) -> list[ErrorLine]:
        """The lines in use."""
        return self._body.lines[: len(self._errors)]

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        return [self.more, self.save, self._body]

    def show_errors(self, errors: Sequence[CellError], total: int) -> None:
        """Show the first ones, and how many there are in all."""
        self._errors = list(errors[:SHOWN])
        self.setVisible(total > 0)
        self.title.say("import.errors" if self._is_refusal else "import.overruled", n=total)
        self.hint.say(self._hint_key)
        self.more.setVisible(self._is_refusal and total > len(self._errors))
        self.save.setVisible(self._is_refusal)
        self._body.show_errors(self._errors)
        self.restyle()
        self.retranslate()

    def say_saved(self, file: str) -> None:
        """The marked copy is there."""
        self.hint.say("import.marked_saved", file=file)

    def say_problem(self, error: Exception) -> None:
        """The copy could not be written."""
        self.hint.tell(error)

    def fit(self, room: int) -> None:
        """Use at most *room* pixels: few lines where the dialog is low."""
        self._room = room
        line = current_theme().height(LINE)
        needed = self._body.heightForWidth(self._area.viewport().width()) if self._errors else line
        self._area.setFixedHeight(max(min(needed, room, LINES * line), line))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sentences wrap anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit(self._room)

    def retranslate(self) -> None:
        """How many more there are."""
        if hasattr(self, "_errors"):
            self.more.setText(tr("import.show_all_refused"))
            self._body.align()

    def restyle(self) -> None:
        """Lines as high as the text asks for."""
        super().restyle()
        if hasattr(self, "_area"):
            self._body.align()
            self.fit(self._room)

    def _go(self, at: int) -> None:
        error = self._errors[at]
        self.go_wanted.emit(error.row, error.column)

    def _fix(self, at: int) -> None:
        error = self._errors[at]
        if error.fix and error.column:
            self.fix_wanted.emit(error.row, error.column, error.fix)
