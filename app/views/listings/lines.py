"""Controls of the editor: each shows a stored value, tells what is typed, and is never overwritten while typing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.messages import tr
from app.views.numbers import OTHER_SIGNS, parse_amount, parse_decimal

if TYPE_CHECKING:
    from app.services.listings.details import Choice

LONGEST_TEXT = 2_000
LARGEST_NUMBER = 1_000_000_000
LONGEST_WHOLE = 7
"""Digits before the point from which on a number is refused for its size: prices are counted in cents."""
_AMBIGUOUS = re.compile(r"^\D{0,2}\d{1,3},\d{3}\D{0,2}$")


def refusal(text: str) -> str:
    """Why *text* is no number, or none that is taken, with the remedy."""
    return tr(f"listings.{_problem(text)}", value=text.strip())


def _problem(text: str) -> str:
    if _AMBIGUOUS.match(text.strip()):
        return "ambiguous_number"
    if any(sign in text for sign in OTHER_SIGNS):
        return "other_currency"
    try:
        number = parse_amount(text)
    except ValueError:
        number = None
    if number is None:
        return "not_a_number"
    if number < 0:
        return "negative_number"
    whole, _, decimals = f"{number:f}".partition(".")
    if len(whole) > LONGEST_WHOLE:
        return "large_number"
    return "many_decimals" if decimals else "unfit_number"


def whole_number(text: str, *, scale: int = 1) -> int | None:
    """What was typed, times *scale* (1000: kilograms to grams); None for an empty text.

    Raises:
        ValueError: no number, a negative one, one with too many decimals, or one beyond reason.
    """
    number = parse_decimal(text)
    if number is None:
        return None
    scaled = number * scale
    if scaled != scaled.to_integral_value() or not 0 <= scaled <= LARGEST_NUMBER:
        raise ValueError(text)
    return int(scaled)


class TextLine(QLineEdit):
    """A text as it is stored: without blanks at its ends.

    Emits:
        typed: the value, after every key.
        left: the focus is gone, or Enter was pressed.
    """

    typed = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxLength(LONGEST_TEXT)
        self._is_composing = False
        self.textEdited.connect(self._on_edited)
        self.editingFinished.connect(self._on_finished)

    @property
    def value(self) -> Any:
        """What is typed, as it is stored."""
        return self.text().strip()

    def show_value(self, value: Any, *, is_other: bool) -> None:
        """Show what is stored. What says the same stays as it is typed; *is_other*: of another listing."""
        if self._is_composing and not is_other:
            return  # Chinese letters that are not chosen yet
        text = self._text_of(value)
        if not is_other and self.hasFocus() and self._says(value):
            return
        if text != self.text():
            at = self.cursorPosition() if self.hasFocus() and not is_other else 0
            self.setText(text)
            self.setCursorPosition(min(at, len(text)))

    def _says(self, value: Any) -> bool:
        return bool(self.value == value)

    def _text_of(self, value: Any) -> str:
        return str(value)

    def _on_edited(self, _text: str) -> None:
        self.typed.emit(self.value)

    def _on_finished(self) -> None:
        self.left.emit()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Know whether letters are being composed."""
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)


class NumberLine(TextLine):
    """A number; what is none is told and not stored. Leaving it shows the normal form.

    Emits:
        refused: the sentence, "" when it can be read again.
    """

    refused = Signal(str)

    def __init__(self, parse: Callable[[str], Any], show: Callable[[Any], str], *, needs_value: bool = False) -> None:
        super().__init__()
        self._parse, self._show, self._needs_value = parse, show, needs_value
        self._stored: Any = None
        self._origin: Any = None
        self._is_typing = False
        self.problem = ""
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    @property
    def value(self) -> Any:
        """The number. Raises ValueError where there is none."""
        return self._parse(self.text())

    def show_value(self, value: Any, *, is_other: bool) -> None:
        """As a text line; a text that could not be read stays until it is corrected."""
        self._stored = value
        if is_other:
            self._is_typing = False
            self._tell("")
        elif self.problem:
            return
        super().show_value(value, is_other=is_other)

    def put_wrong(self, text: str) -> None:
        """Show again what could not be read when this listing was left."""
        self.setText(text)
        self._tell(refusal(text))

    def _says(self, value: Any) -> bool:
        try:
            return bool(self.value == value)
        except ValueError:
            return False

    def _text_of(self, value: Any) -> str:
        return "" if value is None else self._show(value)

    def _on_edited(self, text: str) -> None:
        if not self._is_typing:
            self._is_typing, self._origin = True, self._stored
        try:
            value = self.value
        except ValueError:
            self._tell(refusal(text))
            self.typed.emit(self._origin)  # a beginning of it may have been stored as if it were the number
            return
        if value is None and self._needs_value:
            return  # an empty text on the way to another number
        self._tell("")
        self.typed.emit(value)

    def _on_finished(self) -> None:
        self._is_typing = False
        if not self.problem:
            if not self.text().strip() and self._needs_value:
                self.setText(self._text_of(self._stored))
            else:
                self.setText(self._text_of(self.value))
        super()._on_finished()

    def _tell(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            self.refused.emit(problem)


class ChoiceBox(QComboBox):
    """One of a list by id. The wheel scrolls the panel and never changes a value in passing.

    Emits:
        chosen: id of what the user chose.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[Choice, ...], str, bool] | None = None
        self._is_locked = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMaxVisibleItems(16)
        self.activated.connect(self._on_activated)

    @property
    def value(self) -> str:
        """Id of what is shown."""
        return str(self.currentData() or "")

    def show_choices(self, choices: Sequence[Choice], current: str, *, may_be_empty: bool = False) -> None:
        """These choices with *current* chosen; a text nothing matched stays visible until it is replaced."""
        wanted = (tuple(choices), current, may_be_empty)
        if (wanted == self._shown and self.value == current) or self.view().isVisible():
            return
        before, self._shown = self._shown, wanted
        if before is not None and before[::2] == wanted[::2] and self._has(before[1]) and self._has(current):
            self._choose(current)
            return
        self.clear()
        if may_be_empty or not current:
            self.addItem("–", "")
        for choice in choices:
            self.addItem(choice.name, choice.id)
        if self.findData(current) < 0 and current:
            self.insertItem(0, current, current)
        self._choose(current)

    def _has(self, id: str) -> bool:
        """Whether the items are the same with this one chosen as with any other of the list."""
        assert self._shown is not None
        choices, _, may_be_empty = self._shown
        return any(choice.id == id for choice in choices) if id else may_be_empty

    def _choose(self, current: str) -> None:
        self.setCurrentIndex(max(self.findData(current), 0))
        self.setToolTip(self.currentText())

    def set_locked(self, locked: bool) -> None:
        """Show it readable but unchangeable."""
        self._is_locked = locked

    def showPopup(self) -> None:
        """Not while locked."""
        if not self._is_locked:
            super().showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys change the choice, unless it is locked."""
        if self._is_locked:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The panel scrolls."""
        event.ignore()

    def _on_activated(self, _at: int) -> None:
        shown = self._shown
        if shown is not None and self.value != shown[1]:
            self._shown = (shown[0], self.value, shown[2])
            self.setToolTip(self.currentText())
            self.chosen.emit(self.value)


class HtmlBox(QPlainTextEdit):
    """The detail page as HTML source.

    Emits:
        typed: the text, after every key.
        left: the focus is gone.
    """

    typed = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_filling = False
        self.setTabChangesFocus(True)
        self.textChanged.connect(self._on_changed)

    @property
    def value(self) -> str:
        """The text with its no-break spaces, which Qt's plain text would lose."""
        return self.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def show_value(self, value: str, *, is_other: bool) -> None:
        """Show what is stored, unless it says the same; line ends are all one here."""
        if self.value == value.replace("\r\n", "\n").replace("\r", "\n"):
            return
        at = 0 if is_other or not self.hasFocus() else self.textCursor().position()
        self._is_filling = True
        self.setPlainText(value)
        self._is_filling = False
        cursor = self.textCursor()
        cursor.setPosition(min(at, len(self.value)))
        self.setTextCursor(cursor)

    def _on_changed(self) -> None:
        if not self._is_filling:
            self.typed.emit(self.value)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that it was left; a menu of its own does not count."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()
