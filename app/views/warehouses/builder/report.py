"""What a build reports: kinds as segments, one line each, and the place where a row of the sheet is put right."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.services.warehouses.overseas.remedies import NEAREST, Kind, Remedy, nearest_codes
from app.services.warehouses.overseas.session import BuildHead
from app.services.warehouses.overseas.wording import country_name
from app.views.language import say
from app.views.listings.bulk_edit.parts import Line
from app.views.listings.plain_table import dress_table
from app.views.theme import current_theme
from app.views.warehouses.builder.report_lines import ReportLine, lines_of
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label
from app.views.widgets.segments import Segments

KINDS = ("errors", "unmatched", "findings", "removed", "missing")
TONES = {"errors": "red", "unmatched": "amber", "findings": "amber", "removed": "amber", "missing": ""}
HEIGHT = 168


class Report(Ground):
    """Everything a person should look at.

    Emits:
        fixed: (row of the sheet, code) to take in place of what stands there.
        remedied: the `Remedy` of a line.
        place_wanted: (line, country) of the grid a line is about.
    """

    fixed = Signal(int, str)
    remedied = Signal(object)
    place_wanted = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._lines: Sequence[ReportLine] = ()
        self._head: BuildHead | None = None  # before all else: a widget that is dressed asks for its texts
        super().__init__("surface", "top", parent=parent)
        self.kinds = Segments([(kind, f"overseas.report.{kind}", TONES[kind]) for kind in KINDS])
        self.list = QTableWidget(0, 1)
        self.nothing = Label("overseas.report.nothing", ink="text2")
        self.code, self.take = Line("overseas.right_code_hint"), Button("overseas.take_code", kind="small")
        self.keep, self.show_it = Button(kind="small"), Button("overseas.show_cell", kind="small")
        self.nearest: list[Button] = [Button(kind="small") for _ in range(NEAREST)]
        self._fix, self._act = QWidget(), QWidget()
        self._build()
        self.kinds.chosen.connect(lambda _: self._fill())
        self.list.currentCellChanged.connect(lambda *_: self._on_current())
        self.code.returnPressed.connect(self._on_take)
        self.take.clicked.connect(self._on_take)
        self.keep.clicked.connect(self._on_keep)
        self.show_it.clicked.connect(self._on_show)
        self.list.doubleClicked.connect(lambda _: self._on_show())
        for button in self.nearest:
            button.clicked.connect(partial(self._take_nearest, button))

    def _build(self) -> None:
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        dress_table(self.list, row=24)
        self.list.horizontalHeader().hide()
        self.list.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        say(self.list, "overseas.report", "accessibleName")
        say(self.code, "overseas.right_code", "accessibleName")
        lines = column(self, edges=12, gap=6)
        lines.addWidget(self.kinds)
        lines.addWidget(self.nothing)
        lines.addWidget(self.list, 1)
        fixing = row(self._fix, gap=8)
        fixing.addWidget(Label("overseas.right_code", role="small", ink="text2"))
        fixing.addWidget(self.code, 1)
        fixing.addWidget(self.take)
        for button in self.nearest:
            fixing.addWidget(button)
        lines.addWidget(self._fix)
        acting = row(self._act, gap=8)
        for button in (self.keep, self.show_it):
            acting.addWidget(button)
        acting.addStretch(1)
        lines.addWidget(self._act)
        self._fix.hide()
        self._act.hide()

    def restyle(self) -> None:
        """As high as a few lines."""
        super().restyle()
        self.setFixedHeight(current_theme().height(HEIGHT))

    def retranslate(self) -> None:
        """Sentences are finished texts."""
        if self._head is not None:
            self._fill()

    def show_head(self, head: BuildHead) -> None:
        """Show what a build reports; the kind that needs a person first, unless one is being looked at."""
        self._head = head
        counts = {kind: head.counts[kind] for kind in KINDS}
        self.kinds.show_counts(counts)
        if not counts[self.kinds.current]:
            self.kinds.set_current(next((kind for kind in KINDS if counts[kind]), KINDS[0]))
        completer = QCompleter(head.codes, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.code.setCompleter(completer)
        self._fill()

    def _fill(self) -> None:
        assert self._head is not None
        self._lines = lines_of(self._head, self.kinds.current)
        self.list.setRowCount(len(self._lines))
        for at, line in enumerate(self._lines):
            item = QTableWidgetItem(line.text)
            item.setToolTip(line.text)
            self.list.setItem(at, 0, item)
        self.nothing.setVisible(not self._lines)
        self.list.setVisible(bool(self._lines))
        self.list.setCurrentCell(0 if self._lines else -1, 0)
        self.list.verticalHeader().setDefaultSectionSize(current_theme().height(24))
        self._on_current()

    def _current(self) -> ReportLine | None:
        """The line one looks at, None for none."""
        at = self.list.currentRow()
        return self._lines[at] if 0 <= at < len(self._lines) else None

    def _on_current(self) -> None:
        """What can be done about the current line."""
        line, head = self._current(), self._head
        is_row = line is not None and bool(line.row)
        self._fix.setVisible(is_row)
        self.code.clear()
        near = nearest_codes(line.code, head.codes) if line is not None and head is not None and is_row else []
        for number, button in enumerate(self.nearest):
            button.setVisible(number < len(near))
            button.setText(near[number] if number < len(near) else "")
        can_keep = line is not None and line.is_stale
        can_show = line is not None and line.place is not None
        if line is not None and can_keep:
            say(self.keep, "overseas.remedy.keep", country=country_name(line.country))
        self.keep.setVisible(can_keep)
        self.show_it.setVisible(can_show)
        self._act.setVisible(can_keep or can_show)

    def _on_keep(self) -> None:
        line = self._current()
        if line is not None and line.is_stale:
            self.remedied.emit(Remedy(Kind.KEEP, "", line.country))

    def _on_show(self) -> None:
        line = self._current()
        if line is not None and line.place is not None:
            self.place_wanted.emit(line.place, line.country)

    def _take_nearest(self, button: Button) -> None:
        line = self._current()
        if line is not None and line.row:
            self.fixed.emit(line.row, button.text())

    def _on_take(self) -> None:
        line = self._current()
        if line is not None and line.row and self.code.text().strip():
            self.fixed.emit(line.row, self.code.text().strip())
