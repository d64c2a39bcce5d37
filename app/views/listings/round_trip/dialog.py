"""What an edited workbook would change: every value before → after, what cannot be used; nothing is stored yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.errors import NotFound
from app.services.listings.bulk_edit.choosing import EditChoices
from app.services.listings.bulk_edit.records import Applied
from app.services.listings.bulk_edit.session import PlanHead
from app.services.listings.round_trip.session import SheetHead
from app.services.tasks import Progress
from app.services.worker import WorkerDied
from app.views.context import ViewContext
from app.views.errors import words_of
from app.views.importing.save_file import ask_where
from app.views.language import language, say
from app.views.latest_call import LatestCall
from app.views.listings.bulk_edit.applying import Applying
from app.views.listings.bulk_edit.preview import EditPreview
from app.views.listings.round_trip.problems import ProblemList
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column

SIZE = QSize(1080, 720)


class SheetDialog(Dialog):
    """The differences of one workbook as a bulk edit. It reads the file again when that is saved again.

    Args:
        path: the workbook.
        show: goes to listings of these ids.

    Attributes:
        head: what was read; None before and while it is read again.

    Emits:
        applied: the `Applied`.
        closed: the dialog is gone, stored or not.
    """

    applied = Signal(object)
    closed = Signal()

    def __init__(
        self, context: ViewContext, path: Path, show: Callable[[Sequence[int]], object], parent: QWidget
    ) -> None:
        super().__init__("round_trip.title", parent, size=SIZE, file=path.name)
        self._context, self._desk, self.path = context, context.services.bulk_edit, path
        self._show_listings = show
        self._is_storing = False
        self.head: SheetHead | None = None
        self.choices = EditChoices()
        self.preview, self.problems = EditPreview(context), ProblemList()
        self.reading, self.checking = LatestCall(context, self), LatestCall(context, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        whole = column(self.body, gap=0)
        whole.addWidget(self.problems)
        whole.addWidget(self.preview, 1)
        self.problems.hide()
        self.hint.say("bulk_edit.promise.listings")
        self.primary = self.add_buttons("bulk_edit.apply_nothing")
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.apply)
        self.cancel = self.footer.findChildren(Button)[0]

    def _connect(self) -> None:
        self.reading.progressed.connect(self._on_progress)
        self.reading.waits.connect(lambda: self.preview.state.show_progress(tr("bulk_edit.waits"), None))
        self.reading.answered.connect(self._on_head)
        self.reading.failed.connect(self._show_error)
        self.checking.answered.connect(self._on_checked)
        self.checking.failed.connect(self._on_check_failed)
        self.preview.acted.connect(self._act_on_state)
        self.preview.failed.connect(self._on_page_failed)
        self.preview.export_wanted.connect(self._ask_where)

    def begin(self) -> None:
        """Open and read."""
        self.read_again()
        self.open()

    def read_again(self) -> None:
        """The workbook was saved: what is in view is not what it says any more."""
        if self._is_storing:
            return
        self._let_go()
        self.preview.drop_table()
        self.preview.show_working()
        self._set_ready(0, "bulk_edit.being_worked_out")
        self.reading.ask(self._context.services.round_trip.prepare_call(self.path))

    def _on_progress(self, progress: Progress) -> None:
        said = tr(progress.note or "round_trip.reading")
        if progress.total:
            said = tr("bulk_edit.working_of", what=said, done=progress.done, n=progress.total)
        self.preview.state.show_progress(said, progress)

    def _on_head(self, head: SheetHead) -> None:
        self.head = head
        self.problems.show_report(head.report)
        if head.plan.sections.total:
            self.preview.show_head(head.plan, self._desk.preview_source(head.plan, self._names))
        else:
            self.preview.outcome.hide()
            why = partial(tr, "round_trip.nothing_detail")
            self.preview.show_problem("round_trip.nothing", why, icon="circle-check")
        self._set_ready(head.plan.counts.changed, "bulk_edit.nothing_changes")
        self._order_focus()
        if head.plan.counts.changed:
            self.preview.outcome.show_checking(True)
            self.checking.ask(self._desk.check_call(head.plan.token))
        self._load_choices()

    def _load_choices(self) -> None:
        """Names of templates, groups and units, of the stores in question."""
        from app.services.paging import Query

        if self.head is not None and self.head.report.store_ids:
            stores = Query(store_ids=self.head.report.store_ids)
            handle = self._context.runner.call(self._desk.choices, stores, language.code)
            handle.succeeded.connect(self._on_choices)

    def _on_choices(self, choices: EditChoices) -> None:
        self.choices = choices
        self.preview.rename(self._names)

    @property
    def _names(self) -> dict[str, str]:
        lists = (self.choices.templates, self.choices.groups, self.choices.units)
        return {choice.id: choice.name for part in lists for choice in part}

    def _on_checked(self, plan: PlanHead) -> None:
        self.preview.outcome.show_checking(False)
        if self.head is not None and plan.token == self.head.plan.token:
            self.head = SheetHead(plan, self.head.report)
            self.preview.show_outcome(plan)

    def _on_check_failed(self, error: Exception) -> None:
        self.preview.outcome.show_checking(False)
        self.hint.tell(error)

    def _set_ready(self, changed: int, why_not: str) -> None:
        self.primary.setEnabled(changed > 0)
        say(self.primary, "bulk_edit.apply" if changed else "bulk_edit.apply_nothing", n=changed)
        say(self.primary, "bulk_edit.apply_tip" if changed else why_not, "toolTip")

    def _show_error(self, error: Exception) -> None:
        self._let_go()
        self.problems.hide()
        self.preview.drop_table()
        self.preview.outcome.hide()
        self._set_ready(0, "bulk_edit.not_worked_out")
        title = "bulk_edit.not_stored" if self._is_storing else "round_trip.not_read"
        self._is_storing = False
        self.preview.show_problem(title, words_of(error), "empty.retry", icon="alert-triangle")

    def _on_page_failed(self, error: Exception) -> None:
        """After a crash of the worker process its plans are gone, so read again."""
        if not isinstance(error, NotFound | WorkerDied):
            self._show_error(error)
        elif not self.reading.is_busy and self.isVisible():
            self.read_again()

    def _act_on_state(self) -> None:
        if self.reading.is_busy:
            self.reading.stop()
            self.preview.show_problem("bulk_edit.stopped", "", "empty.retry", icon="player-pause")
        else:
            self.read_again()

    def _order_focus(self) -> None:
        stops = [*self.problems.stops(), *self.preview.stops(), self.cancel, self.primary]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    # -- acting ------------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Store what is shown as one change named for the file; nothing was written before."""
        window = self.parentWidget()
        if self.head is None or window is None or not self.primary.isEnabled():
            return
        self.checking.stop()
        self._is_storing = True
        applying = Applying(self._context, self.head.plan, self._show_listings, window)
        applying.stored.connect(self._on_stored)
        applying.failed.connect(self._on_apply_failed)
        applying.cancelled.connect(self._end)
        applying.start()
        self._set_ready(0, "bulk_edit.being_stored")
        self._give_focus_back()
        self.hide()  # it comes back if storing fails

    def _on_stored(self, applied: Applied) -> None:
        self.head = None
        self.applied.emit(applied)
        self._end()

    def _end(self) -> None:
        self.accept()
        self.deleteLater()

    def _on_apply_failed(self, error: Exception) -> None:
        self.open()
        self._show_error(error)

    def _ask_where(self) -> None:
        if self.head is not None:
            ask_where(self, "bulk_edit.export_title", Path.home() / f"{tr('bulk_edit.sheet')}.xlsx", self.export_to)

    def export_to(self, name: str) -> None:
        """Write the preview to the workbook *name*."""
        if self.head is not None:
            handle = self._context.runner.start_heavy(*self._desk.export_call(self.head.plan.token, name))
            handle.succeeded.connect(lambda n: self.hint.say("bulk_edit.exported", n=n, file=Path(name).name))
            handle.failed.connect(lambda error: self.hint.tell(error))

    def _let_go(self) -> None:
        """Stop what runs; the plan in view is not needed any more."""
        self.reading.stop()
        self.checking.stop()
        self.preview.outcome.show_checking(False)
        if self.head is not None:
            self._context.runner.start_heavy(*self._desk.discard_call(self.head.plan.token))
            self.head = None

    def done(self, result: int) -> None:
        """Stop working, let go of the rows and of the plan."""
        self._let_go()
        self.preview.drop_table()
        self.closed.emit()
        super().done(result)
