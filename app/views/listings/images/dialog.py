"""The pictures of listings: what is wrong with them by kind, and repairing them after a look at before → after."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QListView, QStackedWidget, QWidget

from app.messages import tr
from app.services.images.checking import ImageReport
from app.services.images.repair_plans import Repaired, RepairPlan
from app.services.listings.chosen import Chosen
from app.services.tasks import Progress
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.language import say
from app.views.latest_call import LatestCall
from app.views.listings.images.finding_rows import FindingCells, FindingRows, PictureRows
from app.views.listings.images.kind_list import KindList, of_kind
from app.views.listings.images.repair_options import RepairOptionsBar
from app.views.listings.images.repair_rows import RepairCells, RepairRows
from app.views.listings.images.repairing import Repairing
from app.views.listings.images.whole import read_whole
from app.views.thumbnails import Thumbnails
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label
from app.views.widgets.segments import Segments
from app.views.widgets.state_pane import StatePane

SIZE = QSize(1100, 740)
FOUND, REPAIR = "found", "repair"
WORKING = {FOUND: ("photo", "images.looking_into"), REPAIR: ("wand", "images.working_out")}
PROGRESS = {FOUND: "images.reading", REPAIR: "images.repairing"}
"""What is said where a step has no name of its own."""


class ImagesDialog(Dialog):
    """Non-modal: the table stays in view and shows what is chosen here.

    Args:
        chosen: ids of listings, or the filter itself.
        count: how many that is.

    Emits:
        show_wanted: ids to be shown in the table.
    """

    show_wanted = Signal(object)

    def __init__(self, context: ViewContext, chosen: Chosen, count: int, parent: QWidget) -> None:
        super().__init__("images.dialog", parent, size=SIZE, n=count)
        self._context, self._chosen = context, chosen
        self.report: ImageReport | None = None
        self._problems: dict[str, str] = {}
        self._is_own = self._has_moved = False
        self.pictures = Thumbnails(context.runner, read_whole, self)
        self.repairing, self.checking = Repairing(context, parent), LatestCall(context, self)
        self.view = Segments([(FOUND, "images.view.found", ""), (REPAIR, "images.view.repair", "")])
        self.summary = Label(role="small", ink="text2", wrap=True)
        self.options, self.kinds, self.state = RepairOptionsBar(), KindList(), StatePane()
        self.found, self.lines = FindingRows(), RepairRows()
        self.found_view = PictureRows(self.found, FindingCells(self.pictures), self.pictures, "images.found_table")
        self.lines_view = PictureRows(self.lines, RepairCells(self.pictures), self.pictures, "images.lines_table")
        self.lines_view.setSelectionMode(QListView.SelectionMode.MultiSelection)
        self.preview, self.show_button = Button("images.preview", icon_name="wand", kind="small"), Button()
        self.again = Button("images.again", icon_name="refresh", kind="small")
        self._build()
        self._connect()

    def _build(self) -> None:
        whole = column(self.body)
        whole.addWidget(self.options)
        head = Ground("surface", "bottom")
        line = row(head, gap=14)
        line.setContentsMargins(14, 8, 14, 8)
        line.addWidget(self.view)
        line.addWidget(self.summary, 1)
        for button in (self.again, self.preview):
            line.addWidget(button)
        say(self.preview, "images.preview_tip", "toolTip")
        whole.addWidget(head)
        by_kind = Ground("sunken")
        parts = row(by_kind, gap=0)
        parts.addWidget(self.kinds)
        parts.addWidget(self.found_view, 1)
        self._stack, self._by_kind = QStackedWidget(), by_kind
        for widget in (by_kind, self.lines_view, self.state):
            self._stack.addWidget(widget)
        whole.addWidget(self._stack, 1)
        self.hint.say("images.promise")
        self.footer.row.addWidget(self.show_button)
        self.primary = self.add_buttons("images.repair", cancel_key="dialog.close", n=0)
        self.primary.clicked.disconnect()
        stops = [
            *self.options.stops(),
            self.view,
            self.again,
            self.preview,
            self.kinds,
            self.found_view,
            self.lines_view,
            self.state.button,
        ]
        for before, after in pairwise([*stops, self.show_button, self.primary]):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        self.preview.clicked.connect(self.prepare)
        self.again.clicked.connect(self.check)
        self.options.changed.connect(self._on_options)
        self.view.chosen.connect(lambda _: self._show())
        self.kinds.currentRowChanged.connect(lambda _: self._show_kind())
        for view in (self.found_view, self.lines_view):
            view.selectionModel().selectionChanged.connect(lambda *_: self._show_buttons())
        self.found_view.activated.connect(lambda _: self._show_listings())
        self.show_button.clicked.connect(self._show_listings)
        self.primary.clicked.connect(self.repair)
        self.state.acted.connect(self._act_on_state)
        self.checking.progressed.connect(lambda progress: self._on_progress(FOUND, progress))
        self.checking.waits.connect(lambda: self.state.show_progress(tr("bulk_edit.waits")))
        self.checking.answered.connect(self._on_report)
        self.checking.failed.connect(lambda error: self._on_failed(FOUND, error))
        self.repairing.progressed.connect(self._on_repair_progress)  # it outlives the dialog: no lambdas
        self.repairing.prepared.connect(self._on_plan)
        self.repairing.failed.connect(self._on_repair_failed)
        self.repairing.stored.connect(self._on_stored)
        self._context.changes.happened.connect(self._on_change)

    # -- checking ----------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Look into the pictures, those that changed, and count what is wrong."""
        self.report, self._has_moved = None, False
        self._problems.pop(FOUND, None)
        self.view.set_current(FOUND)
        self.checking.ask(self._context.services.images.check_call(self._chosen))
        self._show()

    def _on_progress(self, view: str, progress: Progress) -> None:
        if view != self.view.current:
            return
        said = tr(progress.note or PROGRESS[view])
        if progress.total:
            said = tr("bulk_edit.working_of", what=said, done=progress.done, n=progress.total)
        self.state.show_progress(said, progress)

    def _on_report(self, report: ImageReport) -> None:
        self.report = report
        self.kinds.show_counts(report.findings)
        self.view.show_counts({FOUND: len(report.findings)})
        self._is_own = True
        try:
            self._context.changes.tell({"listing"})  # their findings were counted anew
        finally:
            self._is_own = False
        self._show()
        if report.findings:
            self.kinds.setFocus()

    def _on_change(self, tables: frozenset[str]) -> None:
        """What was found may be true no more, nor can what was stored here be undone twice: another look tells."""
        if "listing" in tables and self.report is not None and not self._is_own:
            self._has_moved = True
            self.hint.say("images.promise")
            self._show()

    def _show_kind(self) -> None:
        self.found.show_lines(of_kind(self.report.findings, self.kinds.current) if self.report is not None else [])
        self._show_buttons()

    # -- repairing ---------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Repair beside the originals, to be looked at."""
        self._problems.pop(REPAIR, None)
        self.view.set_current(REPAIR)
        self.repairing.prepare(self._chosen, self.options.options)
        self._show()

    def _on_repair_progress(self, progress: Progress) -> None:
        self._on_progress(REPAIR, progress)

    def _on_repair_failed(self, error: Exception) -> None:
        self._on_failed(REPAIR, error)

    def _on_options(self) -> None:
        """What is in view was worked out otherwise."""
        if self.repairing.plan is not None or self.repairing.is_preparing:
            self.prepare()

    def _on_plan(self, plan: RepairPlan) -> None:
        self.lines.show_lines(plan.lines)
        self.lines_view.selectAll()
        if plan.lines:
            self.lines_view.selectionModel().setCurrentIndex(
                self.lines.index(0), self.lines_view.selectionModel().SelectionFlag.NoUpdate
            )
        self._show()
        if plan.replaced:
            self.lines_view.setFocus()

    def repair(self) -> None:
        """Store what is ticked as one change."""
        plan = self.repairing.plan
        if plan is not None and self.primary.isEnabled():
            self.primary.setEnabled(False)
            self.repairing.store(plan.replaced.keys() - self._ticked())

    def _ticked(self) -> set[str]:
        return {self.lines.lines[index.row()].source for index in self.lines_view.selectionModel().selectedIndexes()}

    def _on_stored(self, done: Repaired) -> None:
        key = "images.stored" if done.change is not None else "images.repaired_none"
        self.hint.say(key, n=done.pictures, listings=done.listings)
        self.lines.show_lines([])
        self.check()

    def _on_failed(self, view: str, error: Exception) -> None:
        self._problems[view] = sentence(error)
        self._show()

    # -- showing -----------------------------------------------------------------------------------------------

    @property
    def _is_busy(self) -> bool:
        """Whether what is in view is being made."""
        return self.checking.is_busy if self.view.current == FOUND else self.repairing.is_preparing

    def _show(self) -> None:
        """The findings, the repair, or what stands in their place."""
        view, rows = self.view.current, self._by_kind if self.view.current == FOUND else self.lines_view
        problem = self._problems.get(view, "")
        self.summary.setText("" if self._is_busy or problem else self._summary())
        self.again.setVisible(view == FOUND and self._has_moved)
        self._show_kind()
        if self._is_busy:
            self.state.show_working(*WORKING[view], "bulk_edit.stop")
        elif problem:
            self.state.show_problem("images.not_done", problem, "empty.retry", icon="alert-triangle")
        elif not (self._lack_of_findings() if view == FOUND else self._lack_of_lines()):
            self._stack.setCurrentWidget(rows)
            return
        self._stack.setCurrentWidget(self.state)

    def _lack_of_findings(self) -> bool:
        """Say why there are none. Returns: whether that is so."""
        report = self.report
        if report is None:
            self.state.show_problem("images.stopped", "", "images.check", icon="player-pause")
        elif not report.findings:
            key = "images.fine_detail" if report.pictures else "images.no_pictures"
            said = _with_remote(tr(key, n=report.pictures), report.remote)
            self.state.show_problem("images.fine", said, icon="circle-check")
        return report is None or not report.findings

    def _lack_of_lines(self) -> bool:
        """Say why there is nothing to repair. Returns: whether that is so."""
        plan = self.repairing.plan
        if plan is None:
            self.state.show_problem("images.not_prepared", tr("images.preview_tip"), "images.preview", icon="wand")
        elif not plan.lines:
            self.state.show_problem("images.nothing_to_repair", self._summary(), icon="circle-check")
        return plan is None or not plan.lines

    def _summary(self) -> str:
        report, plan = self.report, self.repairing.plan
        if self.view.current == FOUND:
            if report is None:
                return ""
            n = len({line.listing_id for line in report.findings})
            said = tr("images.counts", n=report.pictures, listings=report.listings, found=len(report.findings), bad=n)
            said = _with_remote(said, report.remote)
            return f"{said} {tr('similar.moved')}" if self._has_moved else said
        if plan is None:
            return ""
        refused = len(plan.lines) - len(plan.replaced)
        said = tr("images.plan_counts", n=len(plan.replaced), fine=plan.fine, refused=refused)
        return _with_remote(said, plan.remote)

    def _show_buttons(self) -> None:
        """They count what they act on, and say why they cannot be pressed: Enter on a finding repairs nothing."""
        plan, ids = self.repairing.plan if self.view.current == REPAIR else None, self._listings()
        say(self.show_button, "images.show", n=len(ids))
        self.show_button.setEnabled(bool(ids))
        n = len(self._ticked()) if plan is not None else 0
        say(self.primary, "images.repair" if n else "images.repair_none", n=n)
        say(self.primary, "images.promise" if n else "images.preview_tip", "toolTip")
        self.primary.setEnabled(n > 0)

    def _listings(self) -> Sequence[int]:
        """Listings of the chosen rows, else of all rows in view."""
        if self.view.current == FOUND:
            rows = {index.row() for index in self.found_view.selectionModel().selectedIndexes()}
            lines = [self.found.lines[at] for at in sorted(rows)] if rows else self.found.lines
            return list(dict.fromkeys(line.listing_id for line in lines))
        at = self.lines_view.currentIndex().row()
        return list(self.lines.lines[at].listing_ids) if 0 <= at < len(self.lines.lines) else []

    def _show_listings(self) -> None:
        if ids := self._listings():
            self.show_wanted.emit(ids)

    def _act_on_state(self) -> None:
        """Stop what runs, or do it again."""
        is_found = self.view.current == FOUND
        if not self._is_busy:
            self.check() if is_found else self.prepare()
            return
        self.checking.stop() if is_found else self.repairing.drop()
        self._show()

    def retranslate(self) -> None:
        """Counts in the new language."""
        if hasattr(self, "_by_kind"):
            self._show()

    def done(self, result: int) -> None:
        """Stop; let go of what was prepared and is not wanted."""
        self.checking.stop()
        self.repairing.end()
        super().done(result)


def _with_remote(said: str, remote: int) -> str:
    """The sentence, and that pictures at an address are left alone."""
    return f"{said} {tr('images.remote', n=remote)}" if remote else said
