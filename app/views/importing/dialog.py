"""The import dialog (mock 03): files and recognition left, rows and refused cells right, one undoable change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QWidget

from app.messages import tr
from app.services.errors import NotFound
from app.services.listings.importing.preview import FileHead, ImportHead, ImportRequest
from app.services.worker import WorkerDied
from app.views.context import ViewContext
from app.views.drop_overlay import DropOverlay, paths_of
from app.views.errors import sentence
from app.views.importing.applying import Applying
from app.views.importing.corrections import SHEET_AS_FOUND, Corrections
from app.views.importing.errors_list import ErrorsList
from app.views.importing.options import ImportOptions
from app.views.importing.preview_table import Preview
from app.views.importing.reading import Reading
from app.views.importing.save_file import ask_files, ask_where, suggested_copy
from app.views.language import language, say
from app.views.task_runner import TaskHandle
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column, row

SIZE = QSize(1240, 790)
ROOM_FOR_ERRORS = 5
"""One part in so many of the dialog's height is the most the refused cells take."""


class ImportDialog(Dialog):
    """Reads the files in the worker process, shows what would happen, applies it: one file after the other.

    Attributes:
        head: what was read last; None before.

    Emits:
        applied: the `ImportResult` of one file.
    """

    applied = Signal(object)

    def __init__(self, context: ViewContext, paths: Sequence[Path], store_id: int | None, parent: QWidget) -> None:
        super().__init__("import.title", parent, size=SIZE, name=paths[0].name)
        self._context, self._desk = context, context.services.importing
        self._wanted, self._store_id = Corrections(paths), store_id
        self._has_focused = self._was_storing = False
        self._problem: Exception | None = None
        self.head: ImportHead | None = None
        self.reading = Reading(context, self)
        self.options = ImportOptions()
        self.preview = Preview(context)
        self.errors, self.overruled = ErrorsList(), ErrorsList(is_refusal=False)
        self._build()
        self._connect()
        self._say_title()
        self.options.show_files([FileHead(path, Path(path).name, "sheet") for path in self._wanted.paths], "")
        self._say_reading()
        self._load_stores()

    # -- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        whole = row(self.body, gap=0)
        whole.addWidget(self.options)
        right = column(gap=0)
        right.addWidget(self.preview, 1)
        right.addWidget(self.overruled)
        right.addWidget(self.errors)
        whole.addLayout(right, 1)
        self._hide_errors()
        self.hint.say("import.promise")
        self.primary = self.add_buttons("import.apply_nothing")
        self.cancel = self.footer.findChildren(Button)[0]
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.apply)
        self._set_ready(False, "import.being_read")
        self.setAcceptDrops(True)
        self._overlay = DropOverlay(self)
        self._overlay.dropped.connect(self.add_files)
        self._overlay.watch(self.preview.search)

    def _connect(self) -> None:
        options, preview, errors, reading = self.options, self.preview, self.errors, self.reading
        reading.progressed.connect(self._say_progress)
        reading.read.connect(self._on_head)
        reading.failed.connect(lambda _, error: self._show_problem(error))
        reading.surveyed.connect(self._on_survey)
        options.file_chosen.connect(self.show_file)
        options.add_wanted.connect(lambda: ask_files(self, "import.add_title", self.add_files))
        options.sheet_chosen.connect(lambda name: self._ask(self._wanted.changed(sheet=name, **SHEET_AS_FOUND)))
        options.header_row_chosen.connect(self._on_header_row)
        options.store_chosen.connect(lambda store_id: self._ask(self._wanted.changed(store_id=store_id)))
        options.mapping_changed.connect(lambda changed: self._ask(self._wanted.with_meaning(changed)))
        options.save_wanted.connect(self._save_mapping)
        options.groups_wanted.connect(lambda: self._ask(self._wanted.changed(makes_groups=True)))
        preview.fixed.connect(self.fix)
        preview.failed.connect(self._on_page_failed)
        preview.acted.connect(self._act_on_state)
        errors.fix_wanted.connect(self.fix)
        errors.go_wanted.connect(preview.go_to)
        self.overruled.go_wanted.connect(preview.go_to)
        errors.all_wanted.connect(lambda: preview.segments.choose("refused"))
        errors.save_wanted.connect(self.save_marked)
        take = QShortcut(QKeySequence("Alt+Return"), self)
        take.activated.connect(self._take_proposal)

    # -- what is asked for -------------------------------------------------------------------------------------

    def _load_stores(self) -> None:
        handle = self._context.runner.call(self._context.services.stores)
        handle.succeeded.connect(self._on_stores)
        handle.failed.connect(self._show_problem)

    def _on_stores(self, stores: Sequence[Any]) -> None:
        usable = [store for store in stores if store.access == "operate"]
        if not usable:
            self.preview.show_problem("import.no_store", tr("import.no_store_detail"), icon="building-store")
            self._set_ready(False, "import.no_store")
            return
        self._ask(self._wanted.begin(self.options.show_stores(usable, self._store_id)))

    def _ask(self, request: ImportRequest | None) -> None:
        """Read again: the user knows better."""
        if request is None:
            return
        self._wanted.request = request = replace(request, language=language.code)
        self._problem, self._was_storing = None, False
        self._set_ready(False, "import.being_read")
        self.options.show_reading(True)
        self.reading.ask(request)

    def _on_header_row(self, number: int) -> None:
        if self.head is None or number != self.head.header_row:
            self._ask(self._wanted.changed(header_row=number, mapping=None))

    def fix(self, row_number: int, letter: str, text: str) -> None:
        """Take *text* in place of a refused cell; the file itself stays as it is."""
        self.preview.show_pending((row_number, letter), text)
        self._ask(self._wanted.with_cell(row_number, letter, text))

    def _take_proposal(self) -> None:
        """Alt+Enter: the proposal for the current cell, or the only one of its row."""
        place = self.preview.current_place()
        if place is None or self.head is None:
            return
        proposals = {(one.row, one.column): one.fix for one in self.head.errors if one.row == place[0] and one.fix}
        target = place if place in proposals else next(iter(proposals), None)
        if target is not None:
            self.fix(*target, proposals[target] or "")

    def show_file(self, path: str) -> None:
        """Show another of the files, with the corrections made in it before."""
        request = self._wanted.switched(path)
        if request is not None:
            self.preview.drop_table()
            self._hide_errors()
            self._ask(request)
            self._say_reading()

    def add_files(self, paths: Sequence[Path]) -> None:
        """More files for this import: sheets are shown in their turn, pictures belong to all of them."""
        self._ask(self._wanted.add(paths))
        self._say_title()

    # -- reading -----------------------------------------------------------------------------------------------

    def _say_reading(self) -> None:
        say(self.primary, "import.apply_nothing")
        self.preview.show_reading(self._wanted.file_name)

    def _say_progress(self, said: str, progress: object) -> None:
        if self.preview.shows_rows:
            self.hint.setText(said)
        else:
            self.preview.state.show_progress(said, progress)

    def _on_page_failed(self, error: Exception) -> None:
        """A page of the preview: after a crash of the worker process its plans are gone, so read again."""
        if not isinstance(error, NotFound | WorkerDied):
            self._show_problem(error)
        elif not self.reading.is_busy:
            self._ask(self._wanted.request)

    def _on_head(self, request: ImportRequest, head: ImportHead) -> None:
        self.head = head
        self._wanted.request = replace(request, path=head.path or request.path)
        self.options.show_head(head, self._wanted.stored)
        self.options.show_reading(False)
        if head.problem is not None:
            self._show_problem(head.problem)
        else:
            self.preview.show_head(head, self._desk.preview_source(head.token), request.fixes)
            self._show_errors(head)
            self._show_primary(head)
            self._place_focus(head)
        self._order_focus()
        unknown = [one.path for one in head.files if one.kind == "sheet"]
        if unknown:
            self.reading.survey(unknown)

    def _on_survey(self, found: Sequence[FileHead]) -> None:
        """What the other files are, found while the user looks at this one."""
        if self.head is not None:
            known = {one.path: one for one in found}
            self.head = replace(self.head, files=tuple(known.get(one.path, one) for one in self.head.files))
            self.options.show_files(self.head.files, self._wanted.path, self._wanted.stored)
            if not self.reading.is_busy:
                self._say_promise()

    # -- showing -----------------------------------------------------------------------------------------------

    def _show_errors(self, head: ImportHead) -> None:
        self.errors.show_errors(head.errors, head.error_count)
        self.overruled.show_errors(head.overruled, head.overruled_count)
        self._fit_errors()

    def _hide_errors(self) -> None:
        self.errors.hide()
        self.overruled.hide()

    def _fit_errors(self) -> None:
        for cells in (self.errors, self.overruled):
            cells.fit(self.height() // ROOM_FOR_ERRORS)

    def _show_primary(self, head: ImportHead) -> None:
        n = head.counts.new + head.counts.changed
        key = "import.apply_some" if head.counts.refused_rows else "import.apply"
        say(self.primary, key, n=n, refused=head.counts.refused_rows)
        self._set_ready(n > 0, "import.nothing_to_apply")
        self._say_promise()

    def _set_ready(self, ready: bool, why_not: str) -> None:
        """The primary, with the reason while it cannot be pressed."""
        self.primary.setEnabled(ready)
        say(self.primary, "import.apply_tip" if ready else why_not, "toolTip")

    def _say_promise(self) -> None:
        """What pressing the primary would do, and what comes next."""
        following = self._wanted.next_file(self.head)
        if self.head is not None and self.head.problem is None and not self.primary.isEnabled():
            self.hint.say("import.nothing_to_apply")
        elif following is not None:
            self.hint.say("import.promise_next", file=Path(following).name)
        else:
            self.hint.say("import.promise")

    def _show_problem(self, error: Exception, *, was_storing: bool = False) -> None:
        self._problem, self._was_storing = error, was_storing
        self.preview.drop_table()
        self._hide_errors()
        self.hint.say("import.promise")
        say(self.primary, "import.apply_nothing")
        self._set_ready(False, "import.unreadable")
        self.options.show_reading(False)
        self._say_problem(error)

    def _say_problem(self, error: Exception) -> None:
        """What went wrong, with the button that helps; none where only the file can be changed."""
        title = "import.not_stored" if self._was_storing else "import.unreadable"
        is_missing = self.head is not None and bool(self.head.missing)
        action = "empty.retry" if self._can_retry else "import.choose_column" if is_missing else ""
        self.preview.show_problem(title, sentence(error), action)

    @property
    def _can_retry(self) -> bool:
        return self._was_storing or isinstance(self._problem, WorkerDied)

    def _act_on_state(self) -> None:
        if self._can_retry:
            self._say_reading()
            self._ask(self._wanted.request)
        else:
            self.options.choose_missing()

    def _place_focus(self, head: ImportHead) -> None:
        """Once, at the first rows: what is to be done next. Later the focus stays where the user put it."""
        if self._has_focused:
            return
        self._has_focused = True
        if head.error_count or not self.primary.isEnabled():
            self.preview.focus_table()
        else:
            self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _order_focus(self) -> None:
        """Tab goes through the dialog as it is read; columns and rows came since it was built."""
        stops = [
            *self.options.stops(),
            *self.preview.stops(),
            *self.overruled.stops(),
            *self.errors.stops(),
            self.cancel,
            self.primary,
        ]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _say_title(self) -> None:
        count = len(self._wanted.paths)
        key = "import.title" if count == 1 else "import.title_of"
        say(self, key, "windowTitle", name=Path(self._wanted.paths[0]).name, n=count)

    # -- acting ------------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Store what is shown as one change, in the background; then the next file is shown."""
        head, request = self.head, self._wanted.request
        if head is None or request is None or not self.primary.isEnabled():
            return
        self._wanted.stored.add(head.path)
        if request.mapping:
            self._keep_mapping(head)
        applying = Applying(self._context, head, self.parentWidget())
        applying.stored.connect(self._on_stored)
        applying.failed.connect(lambda error: self._on_apply_failed(head, request, error))
        applying.cancelled.connect(self._on_ended)
        applying.start()
        following = self._wanted.next_file(head)
        if following is not None:
            self.show_file(following)
        else:
            self.reading.stop()
            self._set_ready(False, "import.being_read")
            self._give_focus_back()
            self.hide()  # it comes back if storing fails: what was typed into it is not lost

    def _on_stored(self, result: object) -> None:
        self.applied.emit(result)
        self._on_ended()

    def _on_ended(self) -> None:
        """Nothing is left to be shown: go for good."""
        if self.isHidden():
            self.accept()
            self.deleteLater()

    def _on_apply_failed(self, head: ImportHead, request: ImportRequest, error: Exception) -> None:
        """Nothing was stored: the file is shown again, with the reason."""
        self._wanted.stored.discard(head.path)
        self._wanted.keep(head.path, request)
        if not self.isHidden():
            files = self.head.files if self.head is not None else ()
            files = tuple(replace(one, problem=error) if one.path == head.path else one for one in files)
            self.options.show_files(files, self._wanted.path, self._wanted.stored)
            return
        self.head, self._wanted.request = head, request
        self.open()
        if isinstance(error, NotFound):
            self._ask(request)  # the worker process forgot the plan
        else:
            self._show_problem(error, was_storing=True)

    def save_marked(self) -> None:
        """A copy of the user's own sheet with the refused cells marked."""
        if self.head is not None:
            ask_where(self, "import.save_marked", suggested_copy(Path(self.head.path)), self._save_marked_to)

    def _save_marked_to(self, name: str) -> None:
        if self.head is not None:
            handle = self._context.runner.start_heavy(*self._desk.marked_call(self.head.token, name))
            handle.succeeded.connect(lambda _: self.errors.say_saved(Path(name).name))
            handle.failed.connect(self.errors.say_problem)

    def _save_mapping(self) -> None:
        if self.head is not None:
            kept = self._keep_mapping(self.head)
            kept.succeeded.connect(lambda _: self.options.recognised.say("import.mapping_saved"))

    def _keep_mapping(self, head: ImportHead) -> TaskHandle:
        handle = self._context.runner.call(self._desk.save_mapping, head)
        handle.failed.connect(self.errors.say_problem)
        return handle

    # -- the dialog itself -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Sentences that were made of others."""
        problem = getattr(self, "_problem", None)
        if problem is not None:
            self._say_problem(problem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the primary, but not out of a field that is being filled in."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and isinstance(self.focusWidget(), QLineEdit | QAbstractSpinBox):
            event.accept()
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """More files over the dialog: lift the veil."""
        paths = paths_of(event)
        if paths:
            self._overlay.lift(paths)
            event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Few error lines where the dialog is low."""
        super().resizeEvent(event)
        if hasattr(self, "errors"):
            self._fit_errors()

    def done(self, result: int) -> None:
        """Stop reading, let go of the rows."""
        self.reading.stop()
        self._wanted.request = None
        self.options.stop()
        self.preview.drop_table()
        super().done(result)
