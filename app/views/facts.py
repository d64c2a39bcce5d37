"""A side panel that reads: sections of labelled facts about the current row, fetched off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.messages import tr
from app.services.errors import NotFound
from app.views.context import ViewContext
from app.views.side_panel import SidePanel
from app.views.status import vocabulary
from app.views.widgets.form import Section
from app.views.widgets.ground import Ground, column, emptied
from app.views.widgets.label import Label
from app.views.widgets.status_label import StatusLabel


@dataclass(frozen=True)
class Fact:
    """One line: a label (message key, or "" for a line of its own), a value, how it looks.

    Attributes:
        status: key of the status vocabulary; drawn with its glyph before or instead of the value.
        second: a smaller line below.
    """

    key: str
    value: str = ""
    tone: str = "text"
    status: str = ""
    second: str = ""


@dataclass(frozen=True)
class FactSection:
    """Facts under one head; an empty section says `empty_key`."""

    key: str
    facts: Sequence[Fact]
    empty_key: str = ""


Show = Callable[[Any], tuple[str, Sequence[FactSection]]]


class FactsPanel(SidePanel):
    """Reads a detail by id and shows it as sections.

    Emits:
        shown: the detail that is on screen now.
        failed: an error while reading it.
    """

    shown = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        context: ViewContext,
        read: Callable[[int], Any],
        show: Show,
        empty_key: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._read, self._present, self._empty_key = context, read, show, empty_key
        self._wanted: int | None = None
        self._detail: Any = None
        self._body = Ground("surface")
        self._lines = column(self._body, gap=0)
        self._lines.addStretch(1)
        self.add_tab("facts", "facts.title", self._body)
        self.show_row(None)

    def show_row(self, row_id: int | None) -> None:
        """Read and show the row with this id; None for no row."""
        self._wanted = row_id
        if row_id is None:
            self._detail = None
            self._fill(tr(self._empty_key), ())
            return
        handle = self._context.runner.call(self._read, row_id)
        handle.succeeded.connect(lambda detail: self._on_detail(row_id, detail))
        handle.failed.connect(lambda error: self._on_failed(row_id, error))

    def refresh(self) -> None:
        """Read the current row again."""
        self.show_row(self._wanted)

    def _on_detail(self, row_id: int, detail: Any) -> None:
        if row_id == self._wanted:
            self._detail = detail
            self._fill(*self._present(detail))
            self.shown.emit(detail)

    def _on_failed(self, row_id: int, error: Exception) -> None:
        if row_id == self._wanted:
            self.show_row(None)
            if not isinstance(error, NotFound):
                self.failed.emit(error)

    def _fill(self, title: str, sections: Sequence[FactSection]) -> None:
        self.title.setText(title)
        emptied(self._lines, keep=1)
        for number, section in enumerate(sections):
            self._lines.insertWidget(number, Section(section.key, fact_table(section), foldable=False))

    def changeEvent(self, event: QEvent) -> None:
        """The same in the new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            if self._detail is None:
                self._fill(tr(self._empty_key), ())
            else:
                self._fill(*self._present(self._detail))


def fact_table(section: FactSection) -> QWidget:
    """Labels left, values right of them."""
    body = Ground("surface")
    grid = QGridLayout(body)
    grid.setContentsMargins(14, 4, 14, 10)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    if not section.facts and section.empty_key:
        grid.addWidget(Label(section.empty_key, ink="text2", wrap=True), 0, 0, 1, 2)
    for line, fact in enumerate(section.facts):
        value = _value(fact)
        if fact.key:
            label = Label(fact.key, role="small", ink="text2")
            label.setMinimumWidth(84)
            grid.addWidget(label, line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, line, 1)
        else:
            grid.addWidget(value, line, 0, 1, 2)
    return body


def _value(fact: Fact) -> QWidget:
    box = QWidget()
    lines = column(box, gap=1)
    if fact.status in vocabulary():
        shown = StatusLabel()
        shown.show_status(fact.status, fact.value)
        lines.addWidget(shown)
    else:
        text = Label(ink=fact.tone, wrap=True)
        text.setText(fact.value)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        lines.addWidget(text)
    if fact.second:
        second = Label(role="small", ink="text2", wrap=True)
        second.setText(fact.second)
        lines.addWidget(second)
    return box
