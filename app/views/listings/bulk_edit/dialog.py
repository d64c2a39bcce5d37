"""The bulk edit (mock 04): changes left, every value before → after right, one undoable change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from app.messages import tr
from app.services.errors import NotFound
from app.services.listings.bulk_edit.choosing import EditChoices
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.records import Applied
from app.services.listings.bulk_edit.session import PlanHead
from app.services.listings.bulk_edit.targets import ChosenVariants, Target
from app.services.tasks import Progress
from app.services.worker import WorkerDied
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.importing.save_file import ask_where
from app.views.language import language, say
from app.views.latest_call import LatestCall
from app.views.listings.bulk_edit.applying import Applying
from app.views.listings.bulk_edit.changes_pane import ChangesPane
from app.views.listings.bulk_edit.parts import Surroundings
from app.views.listings.bulk_edit.preview import EditPreview
from app.views.listings.bulk_edit.recipes import RecipeMenu
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import row

SIZE = QSize(1240, 790)
TYPING_MS = 300


class BulkEditDialog(Dialog):
    """Works out in the worker process what is typed, shows it, stores it when asked to.

    Args:
        target: the listings or the variants it is for, by id or as the filter itself.
        count: how many these are, for the title.
        show: goes to listings of these ids: those that were left alone.

    Attributes:
        head: the plan in view; None before and while another one is worked out.

    Emits:
        applied: the `Applied`.
    """

    applied = Signal(object)

    def __init__(
        self,
        context: ViewContext,
        target: Target,
        count: int,
        show: Callable[[Sequence[int]], object],
        parent: QWidget,
    ) -> None:
        of = "variants" if isinstance(target, ChosenVariants) else "listings"
        super().__init__(f"bulk_edit.title.{of}", parent, size=SIZE, n=count)
        self._of = of
        self._context, self._desk = context, context.services.bulk_edit
        self._target, self._count, self._show_listings = target, count, show
        self._edit: BulkEdit | None = None
        self._error: Exception | None = None
        self._was_storing = False
        self.head: PlanHead | None = None
        self.choices = EditChoices()
        self.changes = ChangesPane(Surroundings(context))
        self.recipes = RecipeMenu(context, self.changes.recipes, self.changes.read)
        self.preview = EditPreview(context)
        self.working, self.checking = LatestCall(context, self), LatestCall(context, self)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._build()
        self._connect()
        self._load_choices()

    def _build(self) -> None:
        whole = row(self.body, gap=0)
        whole.addWidget(self.changes)
        whole.addWidget(self.preview, 1)
        self.hint.say(f"bulk_edit.promise.{self._of}")
        self.primary = self.add_buttons("bulk_edit.apply_nothing")
        self.cancel = self.footer.findChildren(Button)[0]
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.apply)
        self.preview.show_waiting()
        self._set_ready(False, "bulk_edit.nothing_yet")
        self.changes.fit(self.width())

    def _connect(self) -> None:
        self.changes.changed.connect(self._on_typed)
        self.recipes.chosen.connect(self.changes.put_in)
        self.recipes.said.connect(self.hint.setText)
        self._typing.timeout.connect(self.work_out)
        self.working.progressed.connect(self._on_progress)
        self.working.waits.connect(lambda: self._say_working(tr("bulk_edit.waits")))
        self.working.answered.connect(self._on_head)
        self.working.failed.connect(self._show_error)
        self.checking.answered.connect(self._on_checked)
        self.checking.failed.connect(self._on_check_failed)
        self.preview.acted.connect(self._act_on_state)
        self.preview.failed.connect(self._on_page_failed)
        self.preview.export_wanted.connect(self._ask_where)

    # -- what is asked for -------------------------------------------------------------------------------------

    def begin(self, field: str = "price_minor", way: str = "") -> None:
        """Open with one change to be filled in."""
        card = self.changes.add_change(field, way)
        self._order_focus()
        self.open()
        if card.form is not None:
            card.form.focus_first()

    def begin_with(self, changes: Sequence[tuple[str, str, str]]) -> None:
        """Open with these changes filled in: field, way, and the text of what is filled in first."""
        for field, way, text in changes:
            card = self.changes.add_change(field, way)
            if card.form is not None:
                card.form.prefill(text)
        self.open()
        self._on_typed()
        self._order_focus()

    def _load_choices(self) -> None:
        handle = self._context.runner.call(self._desk.choices, self._target, language.code)
        handle.succeeded.connect(self._on_choices)
        handle.failed.connect(self._show_error)

    def _on_choices(self, choices: EditChoices) -> None:
        self.choices = choices
        self.changes.show_choices(choices)
        self.preview.rename(self._names)
        self._say_title()

    @property
    def _names(self) -> dict[str, str]:
        lists = (
            *(self.choices.templates, self.choices.services, self.choices.groups),
            *(self.choices.units, self.choices.warehouse_kinds),
        )
        return {choice.id: choice.name for part in lists for choice in part}

    def _say_title(self) -> None:
        stores = self.choices.stores
        if len(stores) == 1:
            say(self, f"bulk_edit.title_of_store.{self._of}", "windowTitle", n=self._count, store=stores[0][1])
        elif stores:
            say(self, f"bulk_edit.title_of_stores.{self._of}", "windowTitle", n=self._count, stores=len(stores))

    # -- working out -------------------------------------------------------------------------------------------

    def _on_typed(self) -> None:
        """What is in view is not what was typed any more: it may not be applied."""
        self._typing.start()
        self._set_ready(False, "bulk_edit.being_worked_out")
        self._order_focus()

    def work_out(self) -> None:
        """Ask for what the changes say now, unless that is in view already."""
        self._typing.stop()
        edit = self.changes.read()
        if edit is not None and edit == self._edit and self.head is not None and self._error is None:
            self._show_primary()
            return
        self._forget_plan()
        self._edit, self._error, self._was_storing = edit, None, False
        if edit is None:
            self.hint.say(f"bulk_edit.promise.{self._of}")
            self._show_unready(self.changes.problem)
            return
        if not self.preview.shows_rows:
            self.preview.show_working()
        self.working.ask(self._desk.prepare_call(edit, self._target))

    def _show_unready(self, problem: str) -> None:
        """Nothing to work out: too little is filled in, or something is wrong, which is said in both places."""
        self._set_ready(False, "bulk_edit.to_correct" if problem else "bulk_edit.nothing_yet")
        if problem:
            self.preview.show_wrong(problem)
        else:
            self.preview.show_waiting()

    def stop(self) -> None:
        """Stop working out; nothing was written."""
        self.working.stop()
        self.checking.stop()
        self._edit = None
        self.preview.drop_table()
        self.preview.show_stopped()
        self._set_ready(False, "bulk_edit.stopped")
        self.hint.say(f"bulk_edit.promise.{self._of}")

    def _forget_plan(self) -> None:
        self.working.stop()
        self.checking.stop()
        self.preview.outcome.show_checking(False)
        self.head = None  # the worker process keeps the newest few: the rows in view are read from theirs

    def _on_progress(self, progress: Progress) -> None:
        said = tr(progress.note) if progress.note else tr("bulk_edit.working_out")
        if progress.total:
            said = tr("bulk_edit.working_of", what=said, done=progress.done, n=progress.total)
        self._say_working(said, progress)

    def _say_working(self, said: str, progress: Progress | None = None) -> None:
        if self.preview.shows_rows:
            self.hint.setText(said)
        else:
            self.preview.state.show_progress(said, progress)

    def _on_head(self, head: PlanHead) -> None:
        self.head = head
        self.hint.say(f"bulk_edit.promise.{self._of}")
        self.preview.show_head(head, self._desk.preview_source(head, self._names))
        self._show_primary()
        self._order_focus()
        if head.counts.changed:
            self.preview.outcome.show_checking(True)
            self.checking.ask(self._desk.check_call(head.token))

    def _on_checked(self, head: PlanHead) -> None:
        self.preview.outcome.show_checking(False)
        if self.head is not None and head.token == self.head.token:
            self.head = head
            self.preview.show_outcome(head)

    def _on_check_failed(self, error: Exception) -> None:
        self.preview.outcome.show_checking(False)
        self.hint.tell(error)

    # -- showing -----------------------------------------------------------------------------------------------

    def _show_primary(self) -> None:
        assert self.head is not None
        n = self.head.counts.changed
        self.hint.say(f"bulk_edit.promise.{self._of}")
        say(self.primary, "bulk_edit.apply" if n else "bulk_edit.apply_nothing", n=n)
        self._set_ready(n > 0, "bulk_edit.nothing_changes")

    def _set_ready(self, ready: bool, why_not: str) -> None:
        """The primary, with the reason while it cannot be pressed."""
        self.primary.setEnabled(ready)
        say(self.primary, "bulk_edit.apply_tip" if ready else why_not, "toolTip")
        if not ready:
            say(self.primary, "bulk_edit.apply_nothing")

    def _show_error(self, error: Exception) -> None:
        self._error = error
        self.preview.drop_table()
        self._set_ready(False, "bulk_edit.not_worked_out")
        title = "bulk_edit.not_stored" if self._was_storing else "bulk_edit.not_worked_out"
        self.preview.show_problem(title, sentence(error), "empty.retry", icon="alert-triangle")

    def _on_page_failed(self, error: Exception) -> None:
        """After a crash of the worker process its plans are gone, so work out again."""
        if not isinstance(error, NotFound | WorkerDied):
            self._show_error(error)
        elif not self.working.is_busy and self.isVisible():
            self._edit = None
            self.work_out()

    def _act_on_state(self) -> None:
        if self.working.is_busy:
            self.stop()
        else:
            self._edit = None
            self.work_out()
            if not self.choices.stores:  # they could not be read either
                self._load_choices()

    def _order_focus(self) -> None:
        """Tab goes through the dialog as it is read; cards and rows come and go."""
        stops = [*self.preview.stops(), self.cancel, self.primary]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    # -- acting ------------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Store what is shown as one change, in the background; nothing was written before."""
        head = self.head
        window = self.parentWidget()
        if head is None or window is None or not self.primary.isEnabled():
            return
        self.checking.stop()
        self.preview.outcome.show_checking(False)
        applying = Applying(self._context, head, self._show_listings, window)
        applying.stored.connect(self._on_stored)
        applying.failed.connect(self._on_apply_failed)
        applying.cancelled.connect(self._on_cancelled)
        applying.start()
        self._set_ready(False, "bulk_edit.being_stored")
        self._give_focus_back()
        self.hide()  # it comes back if storing fails: what was typed into it is not lost

    def _on_stored(self, applied: Applied) -> None:
        self.head = None
        self.applied.emit(applied)
        self._end()

    def _on_cancelled(self) -> None:
        """Nothing was stored, as the user wished."""
        self._end()

    def _end(self) -> None:
        self.accept()
        self.deleteLater()

    def _on_apply_failed(self, error: Exception) -> None:
        self._was_storing, self._edit = True, None
        self.open()
        self._show_error(error)

    def _ask_where(self) -> None:
        if self.head is not None:
            ask_where(self, "bulk_edit.export_title", Path.home() / f"{tr('bulk_edit.sheet')}.xlsx", self.export_to)

    def export_to(self, name: str) -> None:
        """Write the preview to the workbook *name*."""
        if self.head is not None:
            handle = self._context.runner.start_heavy(*self._desk.export_call(self.head.token, name))
            handle.succeeded.connect(lambda n: self.hint.say("bulk_edit.exported", n=n, file=Path(name).name))
            handle.failed.connect(lambda error: self.hint.tell(error))

    # -- the dialog itself -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Sentences that were made of others, names that exist in both languages."""
        if getattr(self, "_error", None) is not None:
            self._show_error(self._error)
        if hasattr(self, "choices"):
            if self.changes.read() is None and self._edit is None:
                self._show_unready(self.changes.problem)
            if self.choices.units:
                self._load_choices()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter works out at once what is being typed; only then it presses the primary."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and isinstance(self.focusWidget(), QLineEdit | QPlainTextEdit | QComboBox):
            if self._typing.isActive():
                self.work_out()
            event.accept()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The preview keeps the larger part."""
        super().resizeEvent(event)
        if hasattr(self, "changes"):
            self.changes.fit(self.width())

    def done(self, result: int) -> None:
        """Stop working, let go of the rows and of the plan."""
        self._typing.stop()
        self.working.stop()
        self.checking.stop()
        self.preview.drop_table()
        if self.head is not None:
            self._context.runner.start_heavy(*self._desk.discard_call(self.head.token))
            self.head = None
        super().done(result)
