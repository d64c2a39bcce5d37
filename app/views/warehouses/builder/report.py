"""What a build reports: kinds as segments, one line each, and the place where a row of the sheet is put right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.messages import tr
from app.services.warehouses.overseas.session import BuildHead
from app.services.warehouses.overseas.wording import (
    finding_sentence,
    missing_text,
    removed_text,
    unmatched_text,
)
from app.views.language import say
from app.views.listings.bulk_edit.parts import Line
from app.views.listings.plain_table import dress_table
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label
from app.views.widgets.segments import Segments

KINDS = ("errors", "unmatched", "findings", "removed", "missing")
TONES = {"errors": "red", "unmatched": "amber", "findings": "amber", "removed": "amber", "missing": ""}
ROW = Qt.ItemDataRole.UserRole
HEIGHT = 168


class Report(Ground):
    """Everything a person should look at.

    Emits:
        fixed: (row of the sheet, code) to take in place of what stands there.
    """

    fixed = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._head: BuildHead | None = None  # before all else: a widget that is dressed asks for its texts
        super().__init__("surface", "top", parent=parent)
        self.kinds = Segments([(kind, f"overseas.report.{kind}", TONES[kind]) for kind in KINDS])
        self.list = QTableWidget(0, 1)
        self.nothing = Label("overseas.report.nothing", ink="text2")
        self.code, self.take = Line("overseas.right_code_hint"), Button("overseas.take_code", kind="small")
        self._fix = QWidget()
        self._build()
        self.kinds.chosen.connect(lambda _: self._fill())
        self.list.currentCellChanged.connect(lambda *_: self._on_current())
        self.code.returnPressed.connect(self._on_take)
        self.take.clicked.connect(self._on_take)

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
        lines.addWidget(self._fix)
        self._fix.hide()

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
        found = _texts(self._head, self.kinds.current)
        self.list.setRowCount(len(found))
        for at, (text, number) in enumerate(found):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            item.setData(ROW, number)
            self.list.setItem(at, 0, item)
        self.nothing.setVisible(not found)
        self.list.setVisible(bool(found))
        self.list.setCurrentCell(0 if found else -1, 0)
        self.list.verticalHeader().setDefaultSectionSize(current_theme().height(24))
        self._on_current()

    def _on_current(self) -> None:
        number = self._number()
        self._fix.setVisible(bool(number))
        self.code.clear()

    def _number(self) -> int:
        """Row of the sheet whose code the current line is about, 0 for none."""
        item = self.list.item(self.list.currentRow(), 0) if self.list.currentRow() >= 0 else None
        return 0 if item is None else int(item.data(ROW) or 0)

    def _on_take(self) -> None:
        if self._number() and self.code.text().strip():
            self.fixed.emit(self._number(), self.code.text().strip())


def _texts(head: BuildHead, kind: str) -> Sequence[tuple[str, int]]:
    """The sentences of a kind, each with the row of the sheet whose code can be put right."""
    if kind == "errors":
        return [
            (
                tr("overseas.of_product", product=one.file, text=one.message(tr)),
                one.row if one.field == "sku_code" else 0,
            )
            for one in head.errors
        ]
    if kind == "unmatched":
        return [(unmatched_text(one), one.row) for one in head.unmatched]
    if kind == "findings":
        return [(tr("overseas.of_product", product=name, text=finding_sentence(one)), 0) for name, one in head.findings]
    if kind == "removed":
        return [(removed_text(one), 0) for one in head.removed]
    return [(missing_text(one), 0) for one in head.missing]
