"""The right side of a bulk edit: every value before → after with counts, or why there is nothing to show."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.listings.bulk_edit.desk import SECTION, PreviewLines
from app.services.listings.bulk_edit.session import PlanHead
from app.services.paging import Filter, Query
from app.views.context import ViewContext
from app.views.listings.bulk_edit.columns import columns
from app.views.listings.bulk_edit.outcome import OutcomePane
from app.views.listings.bulk_edit.spread import SpreadPane
from app.views.preview_rows import PreviewRows
from app.views.theme import current_theme
from app.views.widgets.buttons import Button

SEGMENTS = (
    ("all", "import.segment.all", ""),
    ("changed", "status.edit.changed", "amber"),
    ("same", "status.edit.same", ""),
    ("refused", "status.edit.refused", "red"),
)


NARROW = 720
"""Below this many pixels a variant goes by its code alone."""


class EditPreview(PreviewRows):
    """Lines of a plan.

    Emits:
        export_wanted: write all of it to a sheet.
    """

    export_wanted = Signal()

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "bulk_edit", SEGMENTS, "bulk_edit.rows_table", parent)
        self._source: PreviewLines | None = None
        self._fields: frozenset[str] = frozenset()
        self._is_narrow = False
        self.export = Button("bulk_edit.export", icon_name="download", kind="small")
        self.outcome, self.spread = OutcomePane(), SpreadPane()
        for widget in (self.segments, self.export):
            self.tools.addWidget(widget)
        self._whole.addWidget(self.spread)
        self._whole.addWidget(self.outcome)
        self._hide_outcome()
        self.segments.chosen.connect(lambda _: self._ask())
        self.export.clicked.connect(self.export_wanted)
        self.nothing.acted.connect(lambda: self.segments.choose("all"))
        self.outcome.refused_wanted.connect(lambda: self.segments.choose("refused"))

    def show_waiting(self) -> None:
        """Nothing is filled in yet."""
        self.drop_table()
        self.show_problem("bulk_edit.nothing_yet", tr("bulk_edit.nothing_yet_detail"), icon="edit")

    def show_wrong(self, said: str) -> None:
        """Something at the left cannot be used; *said* is a finished sentence."""
        self.drop_table()
        self.show_problem("bulk_edit.to_correct", said, icon="alert-triangle")

    def show_working(self) -> None:
        """It is being worked out and there is nothing to show of it yet."""
        self._hide_outcome()
        self.state.show_working("edit", "bulk_edit.working", "bulk_edit.stop")
        self._show(self.state)

    def show_stopped(self) -> None:
        """The user stopped it."""
        self.show_problem("bulk_edit.stopped", "", "bulk_edit.work_out", icon="player-pause")

    def show_head(self, head: PlanHead, source: PreviewLines) -> None:
        """Show the lines of a plan; segment, place and focus stay."""
        fields = frozenset({*head.counts.cells, *head.counts.unchanged}) or self._fields
        if self.table is None or fields != self._fields or self._source is None:
            self._make_table(source, fields)
        else:
            self._source.head, self._source.names = head, source.names
            self.table.paged.ask(self.table.paged.query)  # other values at the same places: not one may linger
        counts = head.sections.counts
        self.segments.show_counts({**counts, "all": head.sections.total})
        self.show_outcome(head)
        assert self.table is not None
        self._show(self.table)

    def _make_table(self, source: PreviewLines, fields: frozenset[str]) -> None:
        self._is_narrow = self.width() < current_theme().height(NARROW)
        table = self._new_table(source, columns(fields, is_narrow=self._is_narrow))
        self._source, self._fields = source, fields
        table.paged.counted.connect(self._on_counted)
        self._ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fewer columns where there is little room."""
        super().resizeEvent(event)
        is_narrow = self.width() < current_theme().height(NARROW)
        if self._source is not None and is_narrow != self._is_narrow:
            self._make_table(self._source, self._fields)
            self._show(self.table or self.nothing)

    def show_outcome(self, head: PlanHead) -> None:
        """Reasons of refusals, findings and the spread of prices alone: the lines are the same."""
        self.outcome.show_counts(head.counts)
        self.spread.show_spread(head.spread)

    def _hide_outcome(self) -> None:
        self.outcome.hide()
        self.spread.hide()

    def rename(self, names: Mapping[str, str]) -> None:
        """Names of templates, groups and units have arrived."""
        if self._source is not None and self.table is not None:
            self._source.names = names
            self.table.paged.mark_stale()

    def drop_table(self) -> None:
        """Other lines, or none, come next."""
        super().drop_table()
        self._source = None
        self._hide_outcome()

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        rows = [self.table] if self.table is not None else []
        return [self.segments, self.export, *rows, self.state.button, self.outcome.more]

    def _ask(self) -> None:
        if self.table is not None:
            chosen = self.segments.current
            self.table.paged.ask(Query("", () if chosen == "all" else (Filter(SECTION, "=", chosen),)))

    def _on_counted(self, total: int) -> None:
        if self.table is None:
            return
        if total == 0:
            key = f"bulk_edit.no_line.{self.segments.current}"
            action = "" if self.segments.current == "all" else "import.show_everything"
            self.nothing.show_state("search", key, action_key=action, primary=False)
        self._show(self.table if total else self.nothing)
