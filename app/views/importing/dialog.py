"""The import dialog (mock 03): files and recognition left, rows and refused cells right, one undoable change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QSpinBox,
    QStackedWidget,
    QWidget,
)

from app.messages import tr
from app.services.listings.importing.preview import FileHead, ImportHead, ImportRequest
from app.services.paging import Filter, Query
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.importing.columns import columns
from app.views.importing.errors_list import ErrorsList
from app.views.importing.mapping_list import MappingList
from app.views.paged_table import PagedTable
from app.views.paged_table_model import PagedTableModel
from app.views.task_runner import TaskHandle
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.form import Field
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label
from app.views.widgets.segments import Segments

SEGMENTS = (
    ("all", "import.segment.all", ""),
    ("new", "status.import.new", "green"),
    ("changed", "status.import.changed", "amber"),
    ("same", "status.import.same", ""),
    ("refused", "status.import.refused", "red"),
)
OPTIONS_WIDTH = 288
AGAIN_MS = 300


class ImportDialog(Dialog):
    """Reads the files in the worker process, shows what would happen, applies it.

    Emits:
        applied: the `ImportResult`.
    """

    applied = Signal(object)

    def __init__(self, context: ViewContext, paths: Sequence[Path], store_id: int | None, parent: QWidget) -> None:
        super().__init__("import.title", parent, size=QSize(1240, 790), name=paths[0].name, n=len(paths))
        self._context, self._desk = context, context.services.importing
        self._request: ImportRequest | None = None
        self._paths, self._store_id = tuple(str(path) for path in paths), store_id
        self.head: ImportHead | None = None
        self._reading: TaskHandle | None = None
        self._is_showing = False
        self.table: PagedTable | None = None
        self.files = QListWidget()
        self.sheets, self.stores = QComboBox(), QComboBox()
        self.header_row = QSpinBox(minimum=0, maximum=1_048_576)
        self.mapping = MappingList()
        self.save_mapping = Button("import.save_mapping", kind="link")
        self.recognised = Label(role="small", ink="text2", wrap=True)
        self.segments = Segments(SEGMENTS)
        self.errors = ErrorsList()
        self.waiting = EmptyState()
        self._stack = QStackedWidget()
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._read)
        self._build()
        self._connect()
        self._load_stores()

    # -- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        whole = row(self.body, gap=0)
        whole.addWidget(self._options())
        right = column(gap=0)
        top = row(gap=8)
        top.setContentsMargins(12, 10, 12, 10)
        top.addWidget(self.segments)
        top.addStretch(1)
        right.addLayout(top)
        self._stack.addWidget(self.waiting)
        right.addWidget(self._stack, 1)
        right.addWidget(self.errors)
        whole.addLayout(right, 1)
        self.errors.hide()
        self.hint.say("import.promise")
        self.primary = self.add_buttons("import.apply", n=0)
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.apply)
        self.primary.setEnabled(False)
        self._say_waiting()

    def _options(self) -> QWidget:
        side = Ground("sunken", "right")
        side.setFixedWidth(OPTIONS_WIDTH)
        lines = column(side, gap=4)
        head = Label("import.files", role="small", strong=True, n=len(self._paths))
        head.setContentsMargins(14, 10, 14, 4)
        lines.addWidget(head)
        self.files.setFrameShape(QListWidget.Shape.NoFrame)
        self.files.setMaximumHeight(current_theme().height(46) * 3)
        self.files.setWordWrap(True)
        lines.addWidget(self.files)
        for key, control in (
            ("import.sheet", self.sheets),
            ("import.header_row", self.header_row),
            ("import.store", self.stores),
        ):
            if isinstance(control, QComboBox):
                control.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            field = Field(key, control)
            field.setContentsMargins(14, 2, 14, 2)
            lines.addWidget(field)
        title = row(gap=8)
        title.setContentsMargins(14, 8, 10, 0)
        title.addWidget(Label("import.columns", role="small", strong=True), 1)
        title.addWidget(self.save_mapping)
        lines.addLayout(title)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.mapping)
        lines.addWidget(area, 1)
        self.recognised.setContentsMargins(14, 4, 14, 10)
        lines.addWidget(self.recognised)
        return side

    def _connect(self) -> None:
        self.segments.chosen.connect(lambda _: self._ask_rows())
        self.sheets.activated.connect(
            lambda _: self._correct(sheet=self.sheets.currentText(), header_row=None, mapping=None)
        )
        self.header_row.valueChanged.connect(self._on_header_row)
        self.stores.activated.connect(lambda _: self._correct(store_id=self.stores.currentData()))
        self.mapping.changed.connect(self._on_mapping)
        self.files.currentRowChanged.connect(self._on_file)
        self.errors.fix_wanted.connect(self.fix)
        self.errors.go_wanted.connect(self._go_to_row)
        self.errors.save_wanted.connect(self.save_marked)
        self.save_mapping.clicked.connect(self._save_mapping)

    # -- reading -----------------------------------------------------------------------------------------------

    def _load_stores(self) -> None:
        handle = self._context.runner.call(self._context.services.stores)
        handle.succeeded.connect(self._on_stores)
        handle.failed.connect(self._show_problem)

    def _on_stores(self, stores: Sequence[Any]) -> None:
        usable = [store for store in stores if store.access == "operate"]
        if not usable:
            self.waiting.show_state("building-store", "import.no_store", detail_key="import.no_store_detail")
            return
        for store in usable:
            self.stores.addItem(store.name, store.id)
        at = self.stores.findData(self._store_id)
        self.stores.setCurrentIndex(max(at, 0))
        self._request = ImportRequest(self._paths, self.stores.currentData())
        self._read()

    def _correct(self, **changes: Any) -> None:
        """The user knows better: read again with the correction, after a short pause."""
        if self._request is not None and not self._is_showing:
            self._request = replace(self._request, **changes)
            self._again.start()

    def _on_header_row(self, value: int) -> None:
        self._correct(header_row=value, mapping=None)

    def _on_file(self, at: int) -> None:
        if at >= 0 and self._request is not None and at != self._request.file_at:
            self._correct(file_at=at, sheet=None, header_row=None, mapping=None, fixes={})

    def _on_mapping(self, changed: dict[str, str | None]) -> None:
        if self._request is not None:
            self._correct(mapping={**(self._request.mapping or {}), **changed})

    def fix(self, row_number: int, letter: str, text: str) -> None:
        """Take *text* in place of a refused cell; the file itself stays as it is."""
        if self._request is not None:
            self._correct(fixes={**self._request.fixes, (row_number, letter): text})

    def _read(self) -> None:
        if self._request is None:
            return
        if self._reading is not None:
            self._reading.cancel()
        self.primary.setEnabled(False)
        request = self._request
        handle = self._context.runner.start_heavy(*self._desk.prepare_call(request))
        self._reading = handle
        handle.progressed.connect(self._on_progress)
        handle.succeeded.connect(lambda head: self._on_head(request, head))
        handle.failed.connect(lambda error: self._on_read_failed(request, error))

    def _say_waiting(self) -> None:
        self.waiting.show_state("table-import", "import.reading")

    def _on_progress(self, progress: Any) -> None:
        if progress.done:
            self.recognised.setText(tr("import.rows_read", n=progress.done))

    def _on_read_failed(self, request: ImportRequest, error: Exception) -> None:
        if request is self._request:
            self._show_problem(error)

    def _show_problem(self, error: Exception) -> None:
        self.waiting.show_text("file-alert", "import.unreadable", sentence(error))
        self._stack.setCurrentWidget(self.waiting)
        self.errors.hide()
        self.primary.setEnabled(False)

    # -- showing -----------------------------------------------------------------------------------------------

    def _on_head(self, request: ImportRequest, head: ImportHead) -> None:
        if request is not self._request:
            return
        self.head = head
        self._is_showing = True
        self._show_files(head.files, request.file_at)
        self.sheets.clear()
        self.sheets.addItems(list(head.sheets))
        self.sheets.setCurrentText(head.sheet)
        self.header_row.setValue(head.header_row)
        self.mapping.show_columns(head.columns)
        used = sum(one.meaning is not None for one in head.columns)
        self.recognised.say("import.recognised", n=len(head.columns), used=used, kept=len(head.columns) - used)
        self._is_showing = False
        if head.problem is not None:
            self._show_problem(head.problem)
            return
        self._show_rows(head)
        self.segments.show_counts({"all": head.counts.rows, **head.verdict_counts})
        self.errors.show_errors(head.errors, head.error_count)
        self._show_primary(head)

    def _show_primary(self, head: ImportHead) -> None:
        n = head.counts.new + head.counts.changed
        key = "import.apply_some" if head.counts.refused_rows else "import.apply"
        self.primary.setText(tr(key, n=n, refused=head.counts.refused_rows))
        self.primary.setEnabled(n > 0)
        self.hint.say("import.promise" if n else "import.nothing_to_apply")

    def _show_files(self, files: Sequence[FileHead], current: int) -> None:
        self.files.blockSignals(True)
        self.files.clear()
        for one in files:
            if one.problem is not None:
                detail = sentence(one.problem)
            else:
                rows = "" if one.row_count is None else tr("import.rows", n=one.row_count)
                detail = " · ".join(part for part in (tr(f"import.kind.{one.kind}"), one.sheet, rows) if part)
            item = QListWidgetItem(f"{one.name}\n{detail}")
            item.setToolTip(detail)
            self.files.addItem(item)
        self.files.setCurrentRow(current)
        self.files.blockSignals(False)

    def _show_rows(self, head: ImportHead) -> None:
        source = self._desk.preview_source(head.token)
        model = PagedTableModel(source, columns(head.columns), self._context.runner, self)
        table = PagedTable(model, "import", settings=self._context.settings, default_density="compact")
        model.edited.connect(self._on_edited)
        model.load_failed.connect(self._show_problem)
        old, self.table = self.table, table
        self._stack.addWidget(table)
        self._stack.setCurrentWidget(table)
        if old is not None:
            old.paged.stop()
            self._stack.removeWidget(old)
            old.deleteLater()
        self._ask_rows()

    def _ask_rows(self) -> None:
        if self.table is None:
            return
        chosen = self.segments.current
        filters = () if chosen == "all" else (Filter("verdict", "in", (chosen,)),)
        self.table.paged.ask(Query(filters=filters))

    def _on_edited(self, id: int, letter: str, text: str) -> None:
        assert self.table is not None
        position = self.table.paged.position_of(id)
        record = self.table.paged.record(self.table.paged.row_of(position)) if position is not None else None
        if record is not None:
            self.fix(record.row, letter, text)

    def _go_to_row(self, excel_row: int) -> None:
        """Bring the row of an error into view."""
        if self.head is not None and self.table is not None:
            self.segments.choose("refused")
            table = self.table
            for at in range(table.paged.rowCount()):
                record = table.paged.record(at)
                if record is not None and record.row == excel_row:
                    table.setCurrentIndex(table.paged.index(at, 0))
                    return

    # -- acting ------------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Store the plan as one change, in the background."""
        if self.head is None or not self.primary.isEnabled():
            return
        head = self.head
        handle = self._context.runner.start_heavy(*self._desk.apply_call(head.token))
        self._context.jobs.add(
            handle,
            "import.job",
            icon="table-import",
            file=head.file,
            summarise=lambda result: ("import.job_done", _numbers(result.counts)),
        )
        handle.succeeded.connect(self.applied)
        self.accept()

    def save_marked(self) -> None:
        """A copy of the user's own sheet with the refused cells marked."""
        if self.head is None:
            return
        first = Path(self._paths[0])
        name, _ = QFileDialog.getSaveFileName(
            self,
            tr("import.save_marked").rstrip("…"),
            str(first.with_name(f"{first.stem}-marked.xlsx")),
            "Excel (*.xlsx)",
        )
        if name:
            handle = self._context.runner.start_heavy(*self._desk.marked_call(self.head.token, name))
            handle.succeeded.connect(lambda _: self._context.notices.toast("listings.saved_file", file=Path(name).name))
            handle.failed.connect(self._show_problem)

    def _save_mapping(self) -> None:
        if self.head is not None:
            handle = self._context.runner.call(self._desk.save_mapping, self.head)
            handle.succeeded.connect(lambda _: self.recognised.say("import.mapping_saved"))
            handle.failed.connect(self._show_problem)

    def done(self, result: int) -> None:
        """Let go of the plan."""
        self._again.stop()
        if self._reading is not None:
            self._reading.cancel()
        if self.table is not None:
            self.table.paged.stop()
        super().done(result)


def _numbers(counts: Any) -> dict[str, int]:
    return {
        "new": counts.new,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "refused": counts.refused_rows,
    }
