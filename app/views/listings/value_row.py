"""One attribute or sale property to fill in: its name, the category's values, a text of the seller's own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.listings.details import Choice
from app.services.listings.value_lines import ValueLine, with_text
from app.views.language import language
from app.views.listings.lines import ChoiceBox, TextLine
from app.views.theme import current_theme
from app.views.widgets.buttons import IconButton
from app.views.widgets.form import LABEL_WIDTH, mark_bad
from app.views.widgets.ground import row
from app.views.widgets.label import Label
from app.views.widgets.live import Live

OWN = "\0own"
"""Stands in the list of values for a text of the seller's own."""
SEVERAL = "\0several"
"""Stands there for the several values of the variants in view."""


class ValueRow(Live, QWidget):
    """Shows a `ValueLine`; what is being typed in it is left alone.

    Emits:
        chosen: id of a value, "" for none.
        typed: the seller's own text, after every key.
        named: the name of an attribute of the seller's own, when it is left.
        left: the text is left.
        removed: the line is to go.
    """

    chosen = Signal(str)
    typed = Signal(object)
    named = Signal(str)
    left = Signal()
    removed = Signal()

    def __init__(self, line: ValueLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = line
        self._wants_text = self._is_locked = False
        self._can_remove = False
        self._bad = ""
        self.name = Label(role="small", ink="text2", wrap=True)
        self.own_name, self.text = TextLine(), TextLine()
        self.choice = ChoiceBox()
        self.remove = IconButton("x", "listings.value.remove", size=14)
        self.remove.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        whole = row(self, gap=8)
        for part, stretch in ((self.name, 0), (self.own_name, 0), (self.choice, 1), (self.text, 1), (self.remove, 0)):
            whole.addWidget(part, stretch)
        self.choice.chosen.connect(self._on_chosen)
        self.text.typed.connect(self.typed)
        self.text.left.connect(self.left)
        self.text.installEventFilter(self)
        self.own_name.left.connect(self.commit)
        self.remove.clicked.connect(self.removed)
        self.dress()

    @property
    def focus_target(self) -> QWidget:
        """Where the value is put right."""
        if self.line.is_own and not self.line.name.en:
            return self.own_name
        is_other = self.line.names_value and self.line.facts is not None and not self.line.facts.is_sku
        if self.line.choices and not (self._shows_text and (self.line.text or is_other)):
            return self.choice
        return self.text if self._shows_text and not self.text.isReadOnly() else self.remove

    @property
    def has_focus(self) -> bool:
        """Whether the cursor is in it."""
        return any(part.hasFocus() for part in (self.own_name, self.choice, self.text, self.remove))

    @property
    def _shows_text(self) -> bool:
        line = self.line
        return bool(self._wants_text or line.names_value or not line.choices or (self._takes_own and line.text))

    @property
    def _is_fixed(self) -> bool:
        """Whether it can only be removed: the platform's id of something the category does not list."""
        line = self.line
        return line.facts is None and not line.is_own and bool(line.entry and line.entry.get("name_id"))

    @property
    def _takes_own(self) -> bool:
        """Whether the list offers a text in place of a value."""
        return self.line.takes_text and not self.line.names_value

    # -- showing -----------------------------------------------------------------------------------------------

    def show_line(self, line: ValueLine, *, bad: str = "", can_remove: bool = False, is_other: bool = False) -> None:
        """Show this. *bad*: the sentence of a finding about it."""
        self.line, self._can_remove, self._bad = line, can_remove, bad
        if is_other or (line.value_id and not self.text.hasFocus()):
            self._wants_text = False
        if is_other or not (self.text.hasFocus() and self._says_it(line)):
            self._show_value(is_other)
        self._show_name(is_other)
        self._mark()

    def _says_it(self, line: ValueLine) -> bool:
        """Whether what is being typed is what is stored, though a line may show it otherwise."""
        return line.is_mixed or with_text(line, self.text.text()) == line.entry

    def _show_value(self, is_other: bool) -> None:
        line = self.line
        choices = [Choice(value_id, label.shown(language.code)) for value_id, label in line.choices.items()]
        current = line.value_id
        if choices and self._takes_own:
            choices.append(Choice(OWN, tr("listings.value.own")))
            current = OWN if self._shows_text else current
        elif choices and not line.names_value:
            current = current or line.text
        if line.is_mixed and not current:
            choices.insert(0, Choice(SEVERAL, tr("listings.value.several")))
            current = SEVERAL
        self.choice.show_choices(choices, current, may_be_empty=not line.is_required)
        self.choice.setVisible(bool(choices))
        self.text.show_value(line.text if choices or line.text else line.value_id, is_other=is_other)
        self.text.setVisible(self._shows_text)
        self.text.setReadOnly(self._is_locked or self._is_fixed)

    def _show_name(self, is_other: bool) -> None:
        shown = self.line.name.shown(language.code)
        self.name.setText(tr("listings.value.required", name=shown) if self.line.is_required else shown)
        self.name.setToolTip(tr("listings.value.required_tip") if self.line.is_required else "")
        self.name.setVisible(not self.line.is_own)
        self.own_name.setVisible(self.line.is_own)
        if is_other or not self.own_name.hasFocus():
            self.own_name.show_value(self.line.name.en, is_other=is_other)
            self.own_name.setModified(False)
        self.remove.setVisible(self._can_remove and not self._is_locked)
        for part in (self.choice, self.text):
            part.setAccessibleName(self.name.text())
        self.own_name.setAccessibleName(tr("listings.value.name"))
        self.text.setPlaceholderText(self._hint())

    def _hint(self) -> str:
        """What the empty text asks for."""
        line = self.line
        if line.is_mixed:
            return tr("listings.value.several")
        if not line.names_value:
            return ""
        return tr("listings.value.own_name" if line.facts is not None and line.facts.is_sku else "listings.value.which")

    def _mark(self) -> None:
        target = self.text if self.focus_target is self.remove else self.focus_target
        for part in (self.own_name, self.choice, self.text):
            mark_bad(part, bool(self._bad) and part is target)
            part.setAccessibleDescription(self._bad)
        self.text.setToolTip(self._bad)

    def set_locked(self, locked: bool) -> None:
        """Readable but unchangeable."""
        self._is_locked = locked
        self.choice.set_locked(locked)
        self.own_name.setReadOnly(locked)
        self.text.setReadOnly(locked or self._is_fixed)
        self.remove.setVisible(self._can_remove and not locked)

    # -- what the user does ------------------------------------------------------------------------------------

    def commit(self) -> None:
        """Take the name of an attribute of the seller's own as it stands."""
        if self.own_name.isModified() and not self._is_locked:
            self.own_name.setModified(False)
            self.named.emit(self.own_name.value)

    def _on_chosen(self, value_id: str) -> None:
        self._wants_text = value_id == OWN
        if value_id == SEVERAL:
            return
        if self._wants_text:
            self.text.setVisible(True)
            self.text.clear()
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.chosen.emit(value_id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A text that was asked for and left empty gives way to the value it was to replace; Qt's `editingFinished`
        comes only after typing."""
        if event.type() == QEvent.Type.FocusOut and self._wants_text and not self.text.value:
            self._wants_text = False
            self._show_value(is_other=True)
        return super().eventFilter(watched, event)

    # -- live --------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Names and values in the user's language."""
        self._show_value(is_other=False)
        self._show_name(is_other=False)
        self.restyle()

    def restyle(self) -> None:
        """Names as wide as those of the form."""
        theme = current_theme()
        width = LABEL_WIDTH[language.code] + 6 * (theme.body_px - 13)
        self.name.setFixedWidth(width)
        self.own_name.setFixedWidth(width)
        for part in (self.own_name, self.choice, self.text):
            part.setMinimumHeight(theme.height(26))
