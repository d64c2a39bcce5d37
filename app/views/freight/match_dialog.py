"""Templates and channels proposed for listings: a table with boxes to tick, applied as bulk edits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from app.messages import tr
from app.services.freight.matching import Match
from app.services.freight.quoting import shown_cny
from app.services.freight.trial import shown_cents
from app.views.context import ViewContext
from app.views.freight.text_table import Index, TextRows, TextTable
from app.views.language import say
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column, row
from app.views.widgets.label import Label

HEADS = ("listing", "present", "proposed", "reason", "channel", "fee", "cheaper", "worst", "losing", "flags")
WIDTHS = (220, 110, 120, 190, 100, 76, 140, 80, 100, 100)
LONGEST = 6
"""Losing countries named one by one."""


class MatchRows(TextRows):
    """Proposals with a box in the first column where another template is proposed."""

    def __init__(self) -> None:
        super().__init__(lambda: [tr(f"freight.match_column.{name}") for name in HEADS], (5, 7))
        self.matches: list[Match] = []
        self.ticked: set[int] = set()
        self._shown_before: set[int] = set()
        self.tone = self._tone

    def show_matches(self, matches: Sequence[Match]) -> None:
        """Show these; those that are new here are ticked."""
        self.show_rows([])
        self.matches = list(matches)
        self.ticked |= {one.id for one in matches if one.changes} - self._shown_before
        self._shown_before |= {one.id for one in matches}
        self.show_rows([_texts(one) for one in self.matches])

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A box where something is proposed."""
        flags = super().flags(index)
        can = index.isValid() and index.column() == 0 and self.matches[index.row()].changes
        return flags | Qt.ItemFlag.ItemIsUserCheckable if can else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell; a tick stands before the title."""
        if not index.isValid():
            return None
        one = self.matches[index.row()]
        if role == Qt.ItemDataRole.DisplayRole and index.column() == 0 and one.changes:
            return f"{'☑' if one.id in self.ticked else '☐'} {one.title}"
        return super().data(index, role)

    def toggle(self, line: int) -> None:
        """Tick the row, or not."""
        one = self.matches[line]
        if one.changes:
            self.ticked ^= {one.id}
            self.dataChanged.emit(self.index(line, 0), self.index(line, 0))

    @property
    def wanted(self) -> list[Match]:
        """Ticked proposals."""
        return [one for one in self.matches if one.changes and one.id in self.ticked]

    def _tone(self, line: int, at: int) -> str:
        one = self.matches[line]
        if HEADS[at] == "flags" or (HEADS[at] == "worst" and one.worst_cny is not None and one.worst_cny < 0):
            return "red" if one.flags or at != HEADS.index("flags") else ""
        return "accentText" if HEADS[at] == "proposed" and one.changes else ""


class MatchDialog(Dialog):
    """Works the proposals out in the worker process, and applies the ticked ones there.

    Emits:
        applied: an `Applied` for every template that listings were given.
    """

    applied = Signal(object)

    def __init__(self, context: ViewContext, chosen: Any, count: int, parent: QWidget) -> None:
        super().__init__("freight.match.title", parent, size=QSize(1240, 720), n=count)
        self._context = context
        self.matches: list[Match] = []
        self.model = MatchRows()
        self.table = TextTable(self.model, WIDTHS, "freight.match.table", len(HEADS) - 1)
        self.only = QCheckBox()
        say(self.only, "freight.match.only")
        self.said = Label(ink="text2", wrap=True)
        bar = row(gap=8)
        bar.setContentsMargins(12, 8, 12, 8)
        bar.addWidget(self.said, 1)
        bar.addWidget(self.only)
        whole = column(self.body)
        whole.addLayout(bar)
        whole.addWidget(self.table, 1)
        self.primary = self.add_buttons("freight.match.apply", n=0)
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.apply)
        self.primary.setEnabled(False)
        self.only.toggled.connect(lambda _: self._show())
        self.table.clicked.connect(lambda index: self._toggle(index.row()) if index.column() == 0 else None)
        self.hint.say("freight.match.hint")
        self.said.say("freight.match.working")
        handle = context.runner.start_heavy(*context.services.freight.match_call(chosen))
        handle.succeeded.connect(self._on_matched)
        handle.failed.connect(self._on_failed)
        self._handle = handle

    def _on_matched(self, found: list[Match]) -> None:
        self.matches = found
        self.only.setChecked(any(one.changes or one.flags for one in found))
        self._show()

    def _show(self) -> None:
        found = [one for one in self.matches if one.changes or one.flags] if self.only.isChecked() else self.matches
        self.model.show_matches(found)
        flagged = sum(bool(one.flags) for one in self.matches)
        self.said.say(
            "freight.match.found",
            n=len(self.matches),
            changes=sum(one.changes for one in self.matches),
            flagged=flagged,
        )
        self._count()

    def _toggle(self, line: int) -> None:
        self.model.toggle(line)
        self._count()

    def _count(self) -> None:
        n = len(self.model.wanted)
        say(self.primary, "freight.match.apply", n=n)
        self.primary.setEnabled(bool(n))

    def apply(self) -> None:
        """Give the ticked listings their templates, as a job that outlives the dialog."""
        call = self._context.services.freight.apply_call(self.model.wanted)
        handle = self._context.runner.start_heavy(*call)
        handle.succeeded.connect(self.applied)
        self._context.jobs.add(handle, "freight.match.job", icon="truck-delivery", n=len(self.model.wanted))
        self.accept()

    def retranslate(self) -> None:
        """Reasons and doubts in the new language."""
        if hasattr(self, "_handle") and self.matches:
            self._show()

    def _on_failed(self, error: Exception) -> None:
        self.said.set_look(ink="red")
        self.said.tell(error)

    def keyPressEvent(self, event: Any) -> None:
        """Space ticks the current row."""
        if event.key() == Qt.Key.Key_Space and self.table.currentIndex().isValid():
            self._toggle(self.table.currentIndex().row())
            event.accept()
            return
        super().keyPressEvent(event)

    def done(self, result: int) -> None:
        """What is still being worked out is not needed any more."""
        self._handle.cancel()
        super().done(result)


def _texts(one: Match) -> tuple[str, ...]:
    losing = ", ".join(one.losing[:LONGEST]) + (" …" if len(one.losing) > LONGEST else "")
    cheaper = f"{one.cheaper} {shown_cny(one.cheaper_cny)}" if one.cheaper else "–"
    return (
        one.title,
        one.template[1] or "–",
        one.proposed[1] or "–",
        tr(f"freight.match.{one.reason}"),
        one.channel or "–",
        shown_cents(one.channel_cny) or "–",
        cheaper,
        shown_cents(one.worst_cny) or "–",
        losing or "–",
        tr("freight.and").join(tr(f"freight.flag.{flag}") for flag in one.flags) or "–",
    )
