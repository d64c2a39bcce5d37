"""Discontinued codes, pasted or dropped, and what becomes of every variant that contains them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.listings.delisting.records import TO_DO, Delisted, DelistPlan, Step
from app.views.importing.save_file import SHEETS, ask_files, saving_dialog
from app.views.language import say
from app.views.listings.bulk_edit.parts import check_box
from app.views.listings.delist_rows import DelistRows
from app.views.listings.file_lines import FileLines
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label

if TYPE_CHECKING:
    from app.services.listings.delisting.pasted import Pasted
    from app.views.context import ViewContext
    from app.views.task_runner import TaskHandle

PAUSE_MS = 400
"""So long after the last key the codes are looked up."""


class DelistDialog(Dialog):
    """Looks up while the list is pasted; nothing is written before the button.

    Emits:
        delisted: the `Delisted`, once it is stored and queued.
    """

    delisted = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget) -> None:
        super().__init__("delist.title", parent, size=QSize(1080, 640))
        self._context, self._desk = context, context.services.delisting
        self.plan: DelistPlan | None = None
        self._handle: TaskHandle | None = None
        self._file, self._from_file = "", ""
        self._columns: tuple[str, ...] = ()
        self.setAcceptDrops(True)
        self.codes, self.takes_off = FileLines(12), check_box("delist.takes_off")
        say(self.codes, "delist.codes_hint", "placeholderText")
        say(self.codes, "delist.codes", "accessibleName")
        self.counts, self.left_out = Label(wrap=True), Label(role="small", ink="text2", wrap=True)
        self.rows = DelistRows()
        self.open_file, self.export = Button("delist.open_file"), Button("delist.export")
        self._build()
        self.hint.say("delist.hint")
        self.footer.row.addWidget(self.export)
        self.primary = self.add_buttons("delist.verb", n=0)
        self.primary.clicked.disconnect()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._connect()
        self._show(None)

    def _build(self) -> None:
        whole = row(self.body, gap=0)
        left = Ground("surface", "right")
        lines = column(left, edges=16, gap=10)
        lines.addWidget(Label("delist.codes", strong=True))
        lines.addWidget(self.codes)
        lines.addWidget(self.open_file)
        lines.addWidget(self.takes_off)
        lines.addWidget(self.left_out)
        lines.addStretch(1)
        right = QWidget()
        shown = column(right, edges=16, gap=10)
        shown.addWidget(self.counts)
        shown.addWidget(self.rows, 1)
        whole.addWidget(left, 5)
        whole.addWidget(right, 17)

    def _connect(self) -> None:
        self.codes.textChanged.connect(self._on_typed)
        self.codes.dropped.connect(lambda files: self.take_file(files[0]))
        self.takes_off.toggled.connect(self._on_typed)
        self._pause.timeout.connect(self.look_up)
        self.primary.clicked.connect(self.apply)
        self.open_file.clicked.connect(
            lambda: ask_files(self, "delist.open_file", lambda files: self.take_file(files[0]))
        )
        self.export.clicked.connect(self._ask_where_to_export)

    # -- the list ----------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file may be dropped."""
        if len(event.mimeData().urls()) == 1 and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the codes of the file."""
        self.take_file(Path(event.mimeData().urls()[0].toLocalFile()))

    def take_file(self, path: Path) -> None:
        """Put the codes of a file into the list."""
        handle = self._context.runner.call(self._desk.codes_of, path)
        handle.succeeded.connect(lambda codes: self._take_codes(codes, path.name))
        handle.failed.connect(self._tell)

    def _take_codes(self, found: Pasted, file: str) -> None:
        self.codes.setPlainText("\n".join(found.codes))
        self._file, self._from_file, self._columns = file, self.codes.toPlainText(), found.columns

    def _on_typed(self) -> None:
        self._show(None)
        self._pause.start()

    def look_up(self) -> None:
        """Look the codes up; an older look-up ends."""
        self._stop()
        if not self.codes.toPlainText().strip():
            return
        self.counts.say("delist.looking")
        self._handle = handle = self._context.runner.start(
            self._desk.plan, self.codes.toPlainText(), self.takes_off.isChecked()
        )
        handle.succeeded.connect(lambda plan: self._show(plan) if handle is self._handle else None)
        handle.failed.connect(lambda error: self._show_failure(error) if handle is self._handle else None)

    def _stop(self) -> None:
        if self._handle is not None:
            self._handle.context.stop.set()
            self._handle = None

    def _show_failure(self, error: Exception) -> None:
        """The look-up failed: there is nothing to show."""
        self._show(None)
        self._tell(error)

    def _tell(self, error: Exception) -> None:
        """Something else failed: what is in view stays, and so does what can be done with it."""
        self.primary.setEnabled(self.plan is not None and not self.plan.is_empty)
        self.counts.tell(error)

    # -- what it would do --------------------------------------------------------------------------------------

    def _show(self, plan: DelistPlan | None) -> None:
        self.plan = plan
        self.rows.show_rows(plan.rows if plan is not None else [])
        is_wanted = plan is not None and not plan.is_empty
        self.primary.setEnabled(is_wanted)
        self.export.setEnabled(plan is not None and bool(plan.rows))
        zero = len(plan.of(Step.ZERO)) + len(plan.of(Step.UNSENT)) if plan is not None else 0
        off = len(plan.listings(Step.OFF)) if plan is not None else 0
        say(self.primary, "delist.verb", n=zero + (len(plan.of(Step.OFF)) if plan is not None else 0))
        self.counts.setText("" if plan is None else tr("delist.counts", n=zero, off=off, stores=_stores(plan)))
        columns = self._columns if self.codes.toPlainText() == self._from_file else ()
        self.left_out.setText("\n".join(_left_out(plan, columns)) if plan is not None else "")

    def retranslate(self) -> None:
        """Sentences about what is in view."""
        if getattr(self, "plan", None) is not None:
            self._show(self.plan)

    def _ask_where_to_export(self) -> None:
        dialog = saving_dialog(self, "delist.export", SHEETS, ".xlsx")
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write the variants in view to a sheet."""
        if self.plan is not None:
            handle = self._context.runner.call(self._desk.export, self.plan, path)
            handle.succeeded.connect(lambda n: self.counts.say("delist.exported", n=n, file=path.name))
            handle.failed.connect(self._tell)

    # -- doing it ----------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Store and queue what is shown; the dialog closes, the job goes on."""
        if self.plan is None or self.plan.is_empty:
            return
        source = self._file if self.codes.toPlainText() == self._from_file else ""
        handle = self._context.runner.start(self._desk.apply, self.plan, source)
        handle.succeeded.connect(self._on_done)
        handle.failed.connect(self._tell)
        self._context.jobs.add(handle, "delist.job", icon="ban", n=len(self.plan.rows))
        self.primary.setEnabled(False)

    def _on_done(self, done: Delisted) -> None:
        self.delisted.emit(done)
        self.accept()

    def done(self, result: int) -> None:
        """Nothing is looked up for a closed dialog."""
        self._pause.stop()
        self._stop()
        super().done(result)


def _stores(plan: DelistPlan) -> str:
    names = dict.fromkeys(row.store for row in plan.rows if row.step in TO_DO)
    return tr("history.list_gap").join(names) or "–"


def _left_out(plan: DelistPlan, columns: tuple[str, ...]) -> list[str]:
    """Columns that were read, here or of the file; codes that stand nowhere, lines without one, doubtful variants."""
    said = []
    if read := plan.columns or columns:
        said.append(tr("delist.columns", n=len(read), columns=tr("table.list_separator").join(read)))
    if plan.unknown:
        some = tr("table.list_separator").join(plan.unknown[:8]) + ("…" if len(plan.unknown) > 8 else "")
        said.append(tr("delist.unknown", n=len(plan.unknown), codes=some))
    if plan.junk:
        some = tr("table.list_separator").join(str(one.number) for one in plan.junk[:8])
        said.append(tr("delist.junk", n=len(plan.junk), rows=some + ("…" if len(plan.junk) > 8 else "")))
    doubtful = sum(row.is_doubtful for row in plan.rows)
    if doubtful:
        said.append(tr("delist.doubtful", n=doubtful))
    return said
