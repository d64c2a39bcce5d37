"""What a page is narrowed by: search box, saved filters, segments, chips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog, QWidget

from app.messages import tr
from app.services.errors import AppError
from app.views.errors import sentence
from app.views.expression_editor import ExpressionEditor
from app.views.field_picker import FieldPicker
from app.views.filter_editor import FilterEditor
from app.views.filter_fields import FilterField, can_be_read, value_text
from app.views.filter_language import FilterLanguage, NameCompleter
from app.views.saved_filters import SavedFilter, SavedFilters, as_lines, from_lines
from app.views.saved_menu import saved_menu
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.chip import Chip
from app.views.widgets.flow import FlowLayout
from app.views.widgets.ground import Ground, Separator
from app.views.widgets.label import Label
from app.views.widgets.search_box import SearchBox
from app.views.widgets.segments import Segments

if TYPE_CHECKING:
    from app.services.paging import Filter
    from app.views.view_settings import ViewSettings

PROBLEM_WIDTH = 560
"""As wide as this what is wrong with an expression goes on in the next line."""


class FilterBar(Ground):
    """Search and conditions of one page.

    Emits:
        changed: text, chips or segment changed; read `text`, `filters`, `segment`.
        left_down: arrow down in the search box: the table wants the focus.
        copied, taken: so many saved filters went to the clipboard, or came from it or a file.
        file_wanted: write this text of saved filters to a file.
        from_file_wanted: take the filters of a file.
    """

    changed = Signal()
    left_down = Signal()
    copied = Signal(int)
    taken = Signal(int)
    file_wanted = Signal(str)
    from_file_wanted = Signal()

    def __init__(self, name: str, settings: ViewSettings, parent: QWidget | None = None) -> None:
        super().__init__("bar", "bottom", parent)
        self.expressions: FilterLanguage | None = None
        self.segments: Segments | None = None
        self._saved = SavedFilters(name, settings)
        self._fields: dict[str, FilterField] = {}
        self._filters: list[Filter] = []
        self._chips: list[Chip] = []
        self.search = SearchBox()
        self.saved = Button("filter.saved", icon_name="bookmark", kind="flat")
        self.add = Chip("", removable=False)
        self.clear = Button("filter.clear", kind="link")
        self.problem = Label(role="small", ink="red", wrap=True)
        self._flow = FlowLayout(self)
        self._build()

    def _build(self) -> None:
        self.add.say("filter.add")
        for widget in (self.search, self.saved, Separator(), self.add, self.clear, self.problem):
            self._flow.addWidget(widget)
        for widget in (self.add, self.clear, self.problem):
            widget.hide()
        self.search.searched.connect(lambda _: self._on_search())
        self.search.entered.connect(self._on_entered)
        self.search.emptied_back.connect(self._remove_last)
        self.search.left_down.connect(self.left_down)
        self.add.clicked.connect(self.choose_field)
        self.clear.clicked.connect(self.clear_all)
        self.saved.clicked.connect(self._show_saved)
        self.dress()

    # -- what a page sets up -----------------------------------------------------------------------------------

    def set_fields(self, fields: Sequence[FilterField]) -> None:
        """The fields chips can be made of."""
        self._fields = {field.name: field for field in fields}
        self.add.setVisible(bool(fields))

    def set_expressions(self, language: FilterLanguage) -> None:
        """Conditions can be typed, too: in the search box, and in a window of their own."""
        self.expressions = language
        NameCompleter(self.search, language.names(), is_marked=True)

    def set_segments(self, parts: Sequence[tuple[str, str, str]]) -> Segments:
        """The one axis that is always used: (key, message key, tone of the count)."""
        self.segments = Segments(parts)
        self.segments.chosen.connect(lambda _: self.changed.emit())
        self._flow.insert_widget(1, self.segments)
        return self.segments

    def add_widget(self, widget: QWidget) -> None:
        """A control of the page, before the chips."""
        self._flow.insert_widget(self._flow.count() - 3 - len(self._chips), widget)

    # -- what is asked -----------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The words to search for."""
        return self.search.text().strip()

    @property
    def filters(self) -> tuple[Filter, ...]:
        """The conditions of the chips."""
        return tuple(self._filters)

    @property
    def segment(self) -> str:
        """Key of the chosen segment, or nothing."""
        return self.segments.current if self.segments is not None else ""

    def set_filters(self, filters: Sequence[Filter], text: str | None = None) -> None:
        """Show these conditions in place of those in force, and tell."""
        self._filters = [condition for condition in filters if self._is_shown(condition)]
        if text is not None:
            self.search.set_quietly(text)
        self._show_chips()
        self.changed.emit()

    def _is_shown(self, condition: Filter) -> bool:
        """Whether there is a chip for it: a condition that cannot be seen must not be in force."""
        if condition.operator == "where":
            return self.expressions is not None
        return condition.field in self._fields and can_be_read(condition)

    def add_filter(self, condition: Filter) -> None:
        """One more condition; an equal one is not added twice."""
        if condition not in self._filters:
            self.set_filters([*self._filters, condition])

    def reads(self, condition: Filter) -> str:
        """A condition as its chip reads: `Margin < 20 %`."""
        return " ".join(part for part in self._parts(condition) if part)

    def _parts(self, condition: Filter) -> tuple[str, str]:
        """Field and value of a chip; an expression has no one field."""
        if condition.operator == "where":
            assert self.expressions is not None
            return "", self.expressions.show([condition])
        field = self._fields[condition.field]
        return tr(field.key), value_text(field, condition)

    def clear_words(self) -> None:
        """No words; the conditions stay."""
        self.search.set_quietly("")
        self.changed.emit()

    def remove(self, condition: Filter) -> None:
        """Take one condition away, and tell."""
        self.set_filters([kept for kept in self._filters if kept is not condition])

    def clear_all(self) -> None:
        """No words, no conditions."""
        self.search.set_quietly("")
        self.show_problem("")
        self.set_filters([])

    # -- chips -------------------------------------------------------------------------------------------------

    def _show_chips(self) -> None:
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.deleteLater()
        self._chips = [self._make_chip(condition) for condition in self._filters]
        at = self._flow.indexOf(self.add)
        for offset, chip in enumerate(self._chips):
            self._flow.insert_widget(at + offset, chip)
            chip.show()
        self.clear.setVisible(bool(self._filters))
        self.updateGeometry()

    def _make_chip(self, condition: Filter) -> Chip:
        chip = Chip(*self._parts(condition), parent=self)
        chip.clicked.connect(lambda: self._change(condition, chip.mapToGlobal(QPoint(0, chip.height() + 2))))
        chip.removed.connect(lambda: self._remove(condition))
        return chip

    def _change(self, condition: Filter, at: QPoint) -> None:
        """The editor that a condition was, or could have been, made in; what no form can show is changed as text."""
        field = self._fields.get(condition.field)
        if field is None or (self.expressions is not None and not field.shows(condition)):
            self.write_expression(at, condition)
        else:
            self._edit(field, condition, at)

    def _remove(self, condition: Filter) -> None:
        self.remove(condition)
        self.search.setFocus()

    def _remove_last(self) -> None:
        if self._filters:
            self._remove(self._filters[-1])

    def choose_field(self) -> None:
        """The fields, found by name; choosing one opens its editor in the same place."""
        at = self.add.mapToGlobal(QPoint(0, self.add.height() + 2))
        picker = FieldPicker(self._fields.values(), (condition.field for condition in self._filters), self)
        picker.chosen.connect(lambda field: self._edit(field, None, at))
        if self.expressions is not None:
            picker.offer_writing(partial(self.write_expression, at))
        picker.popup(at)

    def write_expression(self, at: QPoint, old: Filter | None = None) -> None:
        """A window to write an expression in, at *at* (global); it takes the place of *old*."""
        assert self.expressions is not None
        text = self.expressions.show([old]) if old is not None else ""
        editor = ExpressionEditor(self.expressions, text, self)
        editor.accepted.connect(lambda words, new: self._take(words, new, old))
        editor.popup(at)

    def _take(self, words: str, new: Sequence[Filter], old: Filter | None = None) -> None:
        """Put what was typed in force besides what is, or in place of *old*; words only if there are some."""
        kept = [one for one in self._filters if one is not old]
        at = next((at for at, one in enumerate(self._filters) if one is old), len(kept))
        more = [one for one in new if one not in kept]
        self.set_filters([*kept[:at], *more, *kept[at:]], words or None)

    def _edit(self, field: FilterField, condition: Filter | None, at: QPoint) -> None:
        """The form for a condition; it begins empty where there is none, or one that it cannot show."""
        shown = condition if condition is not None and field.shows(condition) else None
        editor = FilterEditor(field, shown, self)
        editor.accepted.connect(lambda new: self._put(condition, new))
        editor.popup(at)

    def _put(self, old: Filter | None, new: Filter) -> None:
        if old is None:
            self.add_filter(new)
        else:
            self.set_filters([new if kept is old else kept for kept in self._filters])

    # -- the search box ----------------------------------------------------------------------------------------

    def _on_search(self) -> None:
        self.show_problem("")
        self.changed.emit()

    def _on_entered(self, text: str) -> None:
        """An expression becomes chips; what is no expression stays as words. A wrong one is marked, the rows stay."""
        if self.expressions is None or not self.expressions.looks_meant(text):
            return
        try:
            rest, filters = self.expressions.read(text)
        except AppError as error:
            self.show_problem(sentence(error))
            return
        self.set_filters([*self._filters, *(new for new in filters if new not in self._filters)], rest)

    def show_problem(self, text: str) -> None:
        """Say a finished sentence about what cannot be read below the search box; "" takes it away."""
        self.search.show_problem(text)
        self.problem.setText(text)
        width = current_theme().metrics("small").horizontalAdvance(text) + 8
        self.problem.setMinimumWidth(min(width, current_theme().height(PROBLEM_WIDTH)))
        self.problem.setVisible(bool(text))

    # -- saved filters -----------------------------------------------------------------------------------------

    def _show_saved(self) -> None:
        can_save = bool(self._filters or self.text)
        menu = saved_menu(self, list(self.saved_filters()), can_save=can_save, parent=self)
        menu.popup(self.saved.mapToGlobal(QPoint(0, self.saved.height() + 2)))

    def saved_filters(self) -> dict[str, Any]:
        """Saved filters by name."""
        return self._saved.all()

    def save_as(self, name: str) -> None:
        """Keep what is in force under *name*."""
        self._saved.put(SavedFilter(name, self.text, self.filters))

    def use_saved(self, name: str) -> None:
        """Put a saved filter in force."""
        saved = self._saved.get(name)
        self.set_filters(saved.filters, saved.text)

    def rename_saved(self, old: str, new: str) -> None:
        """Give a saved filter another name."""
        self._saved.rename(old, new)

    def forget_saved(self, name: str) -> None:
        """Remove a saved filter."""
        self._saved.forget(name)

    def copy_saved(self, *names: str) -> None:
        """Saved filters to the clipboard, as text that `paste_saved` reads."""
        assert self.expressions is not None
        text = as_lines([self._saved.get(name) for name in names], self.expressions)
        QGuiApplication.clipboard().setText(text)
        self.copied.emit(len(names))

    def paste_saved(self) -> None:
        """Keep the filters that somebody sent as text, from the clipboard."""
        self.take_saved(QGuiApplication.clipboard().text())

    def write_saved(self) -> None:
        """All saved filters to a file, as text that `take_saved` reads."""
        assert self.expressions is not None
        self.file_wanted.emit(as_lines([self._saved.get(name) for name in self._saved.all()], self.expressions))

    def take_saved(self, text: str) -> None:
        """Keep the filters of a text; a single one is put in force at once."""
        assert self.expressions is not None
        try:
            found = from_lines(text, self.expressions)
        except AppError as error:
            self.show_problem(sentence(error))
            return
        self.show_problem("")
        for one in found:
            self._saved.put(one)
        if len(found) == 1:
            self.use_saved(found[0].name)
        self.taken.emit(len(found))

    def ask_name(self) -> None:
        """Under which name to keep what is in force."""
        self._ask("filter.save", "", self.save_as)

    def ask_new_name(self, name: str) -> None:
        """How a saved filter is to be called."""
        self._ask("filter.rename", name, lambda new: self.rename_saved(name, new))

    def _ask(self, key: str, name: str, act: Callable[[str], None]) -> None:
        asked = QInputDialog(self)
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.setWindowTitle(tr(key).rstrip("…"))
        asked.setLabelText(tr("filter.name"))
        asked.setTextValue(name)
        asked.textValueSelected.connect(lambda new: act(new.strip()) if new.strip() else None)
        asked.open()

    def retranslate(self) -> None:
        """Chips read in the new language."""
        for chip, condition in zip(getattr(self, "_chips", ()), getattr(self, "_filters", ()), strict=True):
            chip.show_parts(*self._parts(condition))

    def restyle(self) -> None:
        """Edges that keep one line at 38 high."""
        if self.layout() is not None:
            edge = max(4, (current_theme().height(38) - current_theme().height(28)) // 2)
            self.layout().setContentsMargins(12, edge, 12, edge)
        super().restyle()
