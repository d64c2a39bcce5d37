"""Controls the forms of a bulk edit are made of, and what a form is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.messages import Key, tr
from app.services.errors import AppError
from app.services.listings.bulk_edit.choosing import EditChoices
from app.views.errors import sentence
from app.views.language import say
from app.views.listings.lines import refusal
from app.views.numbers import parse_decimal
from app.views.theme import current_theme
from app.views.widgets.form import Field
from app.views.widgets.ground import Ground, column
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from app.services.listings.bulk_edit.operations import Operation
    from app.views.context import ViewContext

LONGEST = 100_000
"""Letters in one line; the checker says what is too long for the platform."""
SIGNS = "$%"
KEY_ROLE = Qt.ItemDataRole.UserRole + 1
"""Message key of an option whose name is ours."""


class Unfit(Exception):
    """What was typed into *field* cannot be used; *text* is a finished sentence."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field, self.text = field, text


@dataclass
class Surroundings:
    """What forms need from outside: the window's context, and what the stores have to choose from."""

    context: ViewContext
    choices: EditChoices = field(default_factory=EditChoices)


class OptionBox(Live, QComboBox):
    """One of a few by id; nothing is chosen until the user does, unless told so. The wheel scrolls the pane.

    Args:
        key_of: message key of an option; None for names that are given (`show_named`).

    Emits:
        chosen: the id.
    """

    chosen = Signal(str)

    def __init__(self, key_of: Callable[[str], str] | None = None, ids: Sequence[str] = ()) -> None:
        super().__init__()
        self._key_of = key_of
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setMaxVisibleItems(20)
        for id in ids:
            self.addItem("", id)
        self.setCurrentIndex(-1)
        self.activated.connect(lambda _: self.chosen.emit(self.value))
        self.dress()

    @property
    def value(self) -> str | None:
        """Id of what is chosen, None for nothing."""
        return None if self.currentIndex() < 0 else str(self.currentData())

    def choose(self, id: str) -> None:
        """Choose without telling."""
        self.setCurrentIndex(self.findData(id))

    def show_named(self, options: Sequence[tuple[str, str]]) -> None:
        """Other options, as (id, name); the chosen one stays if it is among them. A name that is a `Key` follows the
        language."""
        before = self.value
        self.clear()
        for id, name in options:
            self.addItem(tr(name) if isinstance(name, Key) else name, id)
            self.setItemData(self.count() - 1, name if isinstance(name, Key) else None, KEY_ROLE)
        self.setCurrentIndex(-1 if before is None else self.findData(before))

    def retranslate(self) -> None:
        """Names of options that are ours."""
        self.setPlaceholderText(tr("bulk_edit.choose"))
        if self._key_of is not None:
            for at in range(self.count()):
                self.setItemText(at, tr(self._key_of(self.itemData(at))))
        for at in range(self.count()):
            if key := self.itemData(at, KEY_ROLE):
                self.setItemText(at, tr(key))

    def restyle(self) -> None:
        """As high as an input."""
        self.setMinimumHeight(current_theme().height(26))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The pane scrolls."""
        event.ignore()


class Line(QLineEdit):
    """One line of text as it is typed, blanks and all."""

    def __init__(self, hint_key: str = "") -> None:
        super().__init__()
        self.setMaxLength(LONGEST)
        if hint_key:
            say(self, hint_key, "placeholderText")


class Lines(Live, QPlainTextEdit):
    """Several lines; Tab goes on to the next control."""

    def __init__(self, rows: int = 3) -> None:
        super().__init__()
        self._rows = rows
        self.setTabChangesFocus(True)
        self.dress()

    def restyle(self) -> None:
        """As high as its rows."""
        theme = current_theme()
        self.setFont(theme.font("small"))
        self.setFixedHeight(self._rows * theme.metrics("small").lineSpacing() + 14)


class Form(Ground):
    """The controls of one operation.

    Attributes:
        fields: by name; `main` is the one an error of the service stands below.
        is_wrong: whether the last `read` found something that cannot be used.

    Emits:
        changed: something was typed or chosen.
    """

    changed = Signal()
    main = ""

    def __init__(self, around: Surroundings) -> None:
        super().__init__("surface")
        self.around = around
        self.fields: dict[str, Field] = {}
        self.is_wrong = False
        self.lines = column(self, gap=5)

    def add(self, name: str, control: QWidget, *, key: str = "", extra: QWidget | None = None) -> None:
        """One line: label, control, and *extra* behind it."""
        self.fields[name] = Field(key or f"bulk_edit.part.{name}", control, extra=extra)
        self.lines.addWidget(self.fields[name])
        self.main = self.main or name
        self.watch(control)

    def watch(self, control: QWidget) -> None:
        """Tell when *control* changes."""
        if isinstance(control, QLineEdit | QPlainTextEdit):
            control.textChanged.connect(lambda *_: self.changed.emit())
        elif isinstance(control, OptionBox):
            control.chosen.connect(lambda _: self.changed.emit())
        elif isinstance(control, QCheckBox):
            control.toggled.connect(lambda _: self.changed.emit())

    def operation(self) -> Operation | None:
        """What is filled in; None while something is missing. Raises: Unfit, AppError."""
        raise NotImplementedError

    def read(self) -> Operation | None:
        """As `operation`; what cannot be used is said below its field."""
        self.is_wrong = False
        for one in self.fields.values():
            one.show_problem("")
        try:
            return self.operation()
        except Unfit as error:
            self.say_wrong(error.field, error.text)
        except AppError as error:
            self.say_wrong(str(error.params.get("field", "")), sentence(error))
        return None

    def say_wrong(self, field: str, text: str) -> None:
        """Say below *field* what is wrong."""
        self.is_wrong = True
        self.fields[field if field in self.fields else self.main].show_problem(text)

    def show_choices(self) -> None:
        """What the stores have to choose from has arrived."""

    def prefill(self, text: str) -> None:
        """Begin with *text* in the field that is filled in first."""
        control = self.fields[self.main].control if self.main else None
        if isinstance(control, QLineEdit):
            control.setText(text)
        elif isinstance(control, OptionBox):
            control.choose(text)

    def fill(self, operation: Any) -> None:
        """Show what *operation*, one this form makes, says; what cannot be shown stays away."""

    def focus_first(self) -> None:
        """The cursor goes to what is to be filled in first."""
        if self.fields:
            next(iter(self.fields.values())).control.setFocus()


def number_of(form: Form, name: str, text: str) -> Decimal | None:
    """The number typed into field *name*; None for an empty one. Raises: Unfit."""
    try:
        return parse_decimal(text, signs=SIGNS)
    except ValueError:
        raise Unfit(name, refusal(text)) from None


def check_box(key: str, *, checked: bool = False) -> QCheckBox:
    """A check box that says the sentence *key*."""
    made = QCheckBox()
    made.setChecked(checked)
    say(made, key)
    return made
