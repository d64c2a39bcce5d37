"""The import dialog (mock 03): files and recognition left, rows and refused cells right, one undoable change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QWidget
from shiboken6 import isValid

from app.messages import tr
from app.services.errors import NotFound
from app.services.listings.importing.preview import FileHead, ImportHead, ImportRequest
from app.services.tasks import Progress
from app.services.worker import WorkerDied
from app.views.context import ViewContext
from app.views.drop_overlay import DropOverlay, paths_of
from app.views.errors import sentence
from app.views.importing.applying import Applying
from app.views.importing.errors_list import ErrorsList
from app.views.importing.options import ImportOptions
from app.views.importing.preview_table import Preview
from app.views.importing.save_file import ask_files, ask_where, suggested_copy
from app.views.language import language, say
from app.views.task_runner import TaskHandle
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column, row

LATE_MS = 500
"""A reading that has not begun after this long waits for another job of the worker process."""
SIZE = QSize(1240, 790)
ROOM_FOR_ERRORS = 5
"""One part in so many of the dialog's height is the most the refused cells take."""


class ImportDialog(Dialog):
    """Reads the files in the worker process, shows what would happen, applies it: one file after the other.

    Emits:
        applied: the `ImportResult` of one file.
    """

    applied = Signal(object)

    def __init__(self, context: ViewContext, paths: Sequence[Path], store_id: int | None, parent: QWidget) -> None:
        super().__init__("import.title", parent, size=SIZE, name=paths[0].name, n=len(paths))
        self._context, self._desk = context, context.services.importing
        self._paths, self._store_id = tuple(dict.fromkeys(map(str, paths))), store_id
        self._request: ImportRequest | None = None
        self._requests: dict[str, ImportRequest] = {}
        self._stored: set[str] = set()
        self._has_begun = self._has_focused = False
        self._reading: TaskHandle | None = None
        self._survey: TaskHandle | None = None
        self._problem: Exception | None = None
        self._was_storing = False
        self.head: ImportHead | None = None
        self.options = ImportOptions()
        self.preview = Preview(context)
        self.errors = ErrorsList()
        self._late = QTimer(self, singleShot=True, interval=LATE_MS)
        self._late.timeout.connect(self._say_waiting)
        self._build()
        self._connect()
        self._say_title()
        self.options.show_files([FileHead(path, Path(path).name, "sheet") for path in self._paths], "")
        self._say_reading()
        self._load_stores()

    # -- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        whole = row(self.body, gap=0)
        whole.addWidget(self.options)
        right = column(gap=0)
        right.addWidget(self.preview, 1)
        right.addWidget(self.errors)
        whole.addLayout(right, 1)
        self.errors.hide()
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
        options, preview, errors = self.options, self.preview, self.errors
        options.file_chosen.connect(self.show_file)
        options.add_wanted.connect(lambda: ask_files(self, "import.add_title", self.add_files))
        options.sheet_chosen.connect(lambda name: self._correct(sheet=name, header_row=None, mapping=None, fixes={}))
        options.header_row_chosen.connect(self._on_header_row)
        options.store_chosen.connect(self._on_store)
        options.mapping_changed.connect(self._on_mapping)
        options.save_wanted.connect(self._save_mapping)
        preview.fixed.connect(self.fix)
        preview.failed.connect(self._on_page_failed)
        preview.acted.connect(self._act_on_state)
        errors.fix_wanted.connect(self.fix)
        errors.go_wanted.connect(preview.go_to)
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
        self._store_id = self.options.show_stores(usable, self._store_id)
        self._ask(ImportRequest(self._paths, self._store_id, language=language.code))

    def _correct(self, **changes: Any) -> None:
        """The user knows better: read again with the correction."""
        if self._request is not None:
            self._ask(replace(self._request, **changes))

    def _on_header_row(self, number: int) -> None:
        if self.head is None or number != self.head.header_row:
            self._correct(header_row=number, mapping=None)

    def _on_store(self, store_id: int) -> None:
        self._store_id = store_id
        self._correct(store_id=store_id)

    def _on_mapping(self, changed: dict[str, str | None]) -> None:
        if self._request is not None:
            self._correct(mapping={**(self._request.mapping or {}), **changed})

    def fix(self, row_number: int, letter: str, text: str) -> None:
        """Take *text* in place of a refused cell; the file itself stays as it is."""
        if self._request is not None:
            self.preview.show_pending((row_number, letter), text)
            self._correct(fixes={**self._request.fixes, (row_number, letter): text})

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
        if self._request is None or path == self._request.path:
            return
        self._keep_request()
        self.preview.drop_table()
        self.errors.hide()
        known = self._requests.get(path) or ImportRequest(self._paths, self._request.store_id, path=path)
        self._ask(replace(known, paths=self._paths, store_id=self._store_id or known.store_id))
        self._say_reading()

    def _keep_request(self) -> None:
        if self._request is not None and self._request.path is not None:
            self._requests[self._request.path] = self._request

    def add_files(self, paths: Sequence[Path]) -> None:
        """More files for this import: sheets are shown in their turn, pictures belong to all of them."""
        added = [str(path) for path in paths if str(path) not in self._paths]
        if added:
            self._paths = (*self._paths, *added)
            self._say_title()
            self._correct(paths=self._paths)

    # -- reading -----------------------------------------------------------------------------------------------

    def _ask(self, request: ImportRequest) -> None:
        self._stop_reading()
        self._request = request = replace(request, language=language.code)
        self._problem, self._has_begun, self._was_storing = None, False, False
        self._set_ready(False, "import.being_read")
        self.options.show_reading(True)
        handle = self._context.runner.start_heavy(*self._desk.prepare_call(request))
        self._reading = handle
        self._late.start()
        handle.progressed.connect(lambda progress: self._on_progress(handle, progress))
        handle.succeeded.connect(lambda head: self._on_head(request, head))
        handle.failed.connect(lambda error: self._on_read_failed(request, error))

    def _stop_reading(self) -> None:
        self._late.stop()
        for handle in (self._reading, self._survey):
            if handle is not None:
                handle.cancel()
        self._reading = self._survey = None

    def _on_progress(self, handle: TaskHandle, progress: Progress) -> None:
        if not isValid(self) or handle is not self._reading:
            return
        self._has_begun = True
        if progress.note:
            said = tr(progress.note)
        elif progress.total:
            said = tr("import.rows_read_of", done=progress.done, n=progress.total)
        else:
            said = tr("import.rows_read", n=progress.done)
        self._say_progress(said, progress)

    def _say_reading(self) -> None:
        path = self._request.path if self._request is not None else None
        say(self.primary, "import.apply_nothing")
        self.preview.show_reading(Path(path or self._paths[0]).name)

    def _say_waiting(self) -> None:
        """The worker process is busy with something else."""
        if not self._has_begun and self._context.jobs.running:
            self._say_progress(tr("import.waits"))

    def _say_progress(self, said: str, progress: Progress | None = None) -> None:
        if self.preview.shows_rows:
            self.hint.setText(said)
        else:
            self.preview.state.show_progress(said, progress)

    def _on_read_failed(self, request: ImportRequest, error: Exception) -> None:
        if self._is_awaited(request):
            self._reading = None
            self._late.stop()
            self._show_problem(error)

    def _is_awaited(self, request: ImportRequest) -> bool:
        """Whether this is what the user asked for last, and still looks at."""
        return isValid(self) and request is self._request

    def _on_page_failed(self, error: Exception) -> None:
        """A page of the preview: after a crash of the worker process its plans are gone, so read again."""
        if isinstance(error, NotFound | WorkerDied) and self._request is not None:
            if self._reading is None:
                self._ask(self._request)
        else:
            self._show_problem(error)

    # -- showing -----------------------------------------------------------------------------------------------

    def _on_head(self, request: ImportRequest, head: ImportHead) -> None:
        if not self._is_awaited(request):
            return
        self._reading = None
        self._late.stop()
        self.head = head
        self._request = replace(request, path=head.path or request.path)
        self.options.show_head(head, self._stored)
        self.options.show_reading(False)
        if head.problem is not None:
            self._show_problem(head.problem)
        else:
            self.preview.show_head(head, self._desk.preview_source(head.token), request.fixes)
            self._show_errors(head)
            self._show_primary(head)
            self._place_focus(head)
        self._order_focus()
        self._look_at_others(head)

    def _order_focus(self) -> None:
        """Tab goes through the dialog as it is read; columns and rows came since it was built."""
        stops = [*self.options.stops(), *self.preview.stops(), *self.errors.stops(), self.cancel, self.primary]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _show_errors(self, head: ImportHead) -> None:
        self.errors.show_errors(head.errors, head.error_count)
        self.errors.fit(self.height() // ROOM_FOR_ERRORS)

    def _show_primary(self, head: ImportHead) -> None:
        n = head.counts.new + head.counts.changed
        key = "import.apply_some" if head.counts.refused_rows else "import.apply"
        say(self.primary, key, n=n, refused=head.counts.refused_rows)
        self._set_ready(n > 0, "import.nothing_to_apply")
        self._say_promise()

    def _say_promise(self) -> None:
        """What pressing the primary would do, and what comes next."""
        following = self._next_file()
        if self.head is not None and self.head.problem is None and not self.primary.isEnabled():
            self.hint.say("import.nothing_to_apply")
        elif following is not None:
            self.hint.say("import.promise_next", file=Path(following).name)
        else:
            self.hint.say("import.promise")

    def _show_problem(self, error: Exception, *, was_storing: bool = False) -> None:
        self._problem, self._was_storing = error, was_storing
        self.preview.drop_table()
        self.errors.hide()
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
        if self._can_retry and self._request is not None:
            self._say_reading()
            self._ask(self._request)
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

    def _look_at_others(self, head: ImportHead) -> None:
        """What the other files are, while the user looks at this one."""
        unknown = [one.path for one in head.files if one.kind == "sheet"]
        if unknown and self._survey is None:
            self._survey = handle = self._context.runner.start_heavy(*self._desk.survey_call(unknown))
            handle.succeeded.connect(self._on_survey)

    def _on_survey(self, found: Sequence[Any]) -> None:
        if not isValid(self):
            return
        self._survey = None
        if self.head is not None:
            known = {one.path: one for one in found}
            self.head = replace(self.head, files=tuple(known.get(one.path, one) for one in self.head.files))
            self.options.show_files(self.head.files, self._shown_path(), self._stored)
            if self._reading is None:
                self._say_promise()

    def _shown_path(self) -> str:
        return (self._request.path if self._request is not None else None) or ""

    def _set_ready(self, ready: bool, why_not: str) -> None:
        """The primary, with the reason while it cannot be pressed."""
        self.primary.setEnabled(ready)
        say(self.primary, "import.apply_tip" if ready else why_not, "toolTip")

    def _say_title(self) -> None:
        key = "import.title" if len(self._paths) == 1 else "import.title_of"
        say(self, key, "windowTitle", name=Path(self._paths[0]).name, n=len(self._paths))

    # -- acting ------------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Store what is shown as one change, in the background; then the next file is shown."""
        if self.head is None or self._request is None or not self.primary.isEnabled():
            return
        head, request = self.head, self._request
        self._stored.add(head.path)
        if request.mapping:
            self._keep_mapping(head)
        applying = Applying(self._context, head, self.parentWidget())
        applying.stored.connect(lambda result: self._on_stored(head, result))
        applying.failed.connect(lambda error: self._on_apply_failed(head, request, error))
        applying.cancelled.connect(lambda: self._on_stored(head, None))
        applying.start()
        following = self._next_file()
        if following is not None:
            self._keep_request()
            self.show_file(following)
        else:
            self._stop_reading()
            self._set_ready(False, "import.being_read")
            self._give_focus_back()
            self.hide()  # it comes back if storing fails: what was typed into it is not lost

    def _next_file(self) -> str | None:
        """The next sheet that was not stored and can be read."""
        if self.head is None:
            return None
        left = [
            one.path
            for one in self.head.files
            if one.may_hold_listings and one.path not in self._stored and one.path != self.head.path
        ]
        return left[0] if left else None

    def _on_stored(self, head: ImportHead, result: Any) -> None:
        if result is not None:
            self.applied.emit(result)
        if self.isHidden():
            self.accept()
            self.deleteLater()

    def _on_apply_failed(self, head: ImportHead, request: ImportRequest, error: Exception) -> None:
        """Nothing was stored: the file is shown again, with the reason."""
        self._stored.discard(head.path)
        self._requests[head.path] = request
        if not self.isHidden():
            self.options.show_files(self._with_problem(head.path, error), self._shown_path(), self._stored)
            return
        self.head, self._request = head, request
        self.open()
        if isinstance(error, NotFound):
            self._ask(request)  # the worker process forgot the plan
        else:
            self._show_problem(error, was_storing=True)

    def _with_problem(self, path: str, error: Exception) -> Sequence[Any]:
        files = self.head.files if self.head is not None else ()
        return [replace(one, problem=error) if one.path == path else one for one in files]

    def save_marked(self) -> None:
        """A copy of the user's own sheet with the refused cells marked."""
        if self.head is not None:
            ask_where(self, "import.save_marked", suggested_copy(Path(self.head.path)), self._save_marked_to)

    def _save_marked_to(self, name: str) -> None:
        if self.head is None:
            return
        handle = self._context.runner.start_heavy(*self._desk.marked_call(self.head.token, name))
        handle.succeeded.connect(lambda _: self.errors.say_saved(Path(name).name))
        handle.failed.connect(self.errors.say_problem)

    def _save_mapping(self) -> None:
        if self.head is not None:
            self._keep_mapping(self.head).succeeded.connect(
                lambda _: self.options.recognised.say("import.mapping_saved")
            )

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
            self.errors.fit(self.height() // ROOM_FOR_ERRORS)

    def done(self, result: int) -> None:
        """Stop reading, let go of the rows."""
        self._stop_reading()
        self._request = None
        self.options.stop()
        self.preview.drop_table()
        super().done(result)
