"""The activity panel: up to four jobs in view, the rest scroll."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from app.messages import tr
from app.views.activity.job_row import JobRow
from app.views.activity.jobs import SHOW_AFTER_S, Job, Jobs
from app.views.theme import current_theme
from app.views.widgets.buttons import IconButton
from app.views.widgets.ground import Bar, Ground, column
from app.views.widgets.label import IconLabel, Label

IN_VIEW = 4
JOB_HEIGHT = 32
REFRESH_MS = 250


class ActivityPanel(Ground):
    """Head of 30 and 32 a job. Hidden until a job lasted half a second; the user's own choice wins from then on.

    Emits:
        closed: the chevron was pressed: back to the status bar's line.
        shown: whether it is open now.
        resized: it is higher or lower than before.
    """

    closed = Signal()
    shown = Signal(bool)
    resized = Signal()

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__("surface", "top", parent)
        self._jobs = jobs
        self._rows: dict[Job, JobRow] = {}
        self._rowless: list[Job] = []
        self._dirty: set[Job] = set()
        self._summary = Label(role="small", ink="text2")
        self._list = Ground("surface")
        self._rows_layout = column(self._list)
        self._rows_layout.addStretch(1)
        self._area = QScrollArea()
        self._refresh = QTimer(self, interval=REFRESH_MS, singleShot=True)
        self._refresh.timeout.connect(self._show_dirty)
        self._making = QTimer(self, interval=0, singleShot=True)
        self._making.timeout.connect(self._make_rows)
        self._late = QTimer(self, interval=int(SHOW_AFTER_S * 1000), singleShot=True)
        self._late.timeout.connect(self._open_if_running)
        self._build()
        jobs.added.connect(self._on_added)
        jobs.changed.connect(self._on_changed)
        jobs.ended.connect(self._on_ended)
        self.hide()
        for job in reversed(list(jobs)):
            self._on_added(job)

    def _build(self) -> None:
        head = Bar(30, "bar", "bottom")
        head.row.addWidget(IconLabel("activity", 16))
        head.row.addWidget(Label("activity.title", role="body", strong=True))
        head.row.addWidget(self._summary)
        head.row.addStretch(1)
        self.close_button = IconButton("chevron-down", "activity.hide", size=14)
        self.close_button.clicked.connect(self.close_panel)
        head.row.addWidget(self.close_button)
        self._area.setWidgetResizable(True)
        self._area.setWidget(self._list)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = column(self)
        layout.addWidget(head)
        layout.addWidget(self._area)

    @property
    def rows(self) -> list[JobRow]:
        """The rows, newest first."""
        self._make_rows()
        return [self._rows[job] for job in self._jobs if job in self._rows]

    def open_panel(self) -> None:
        """Show it, if there is a job to show."""
        if len(self._jobs) and self.isHidden():
            self._make_rows()
            self.show()
            self._fit()
            self.shown.emit(True)

    def close_panel(self) -> None:
        """Back to the line in the status bar."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()
            self.shown.emit(False)

    def retranslate(self) -> None:
        """Texts of every row."""
        if hasattr(self, "_rows"):
            self._say_summary()
            for job in self._rows:
                self._rows[job].show_job()

    def draw_ahead(self) -> None:
        """Make a row for nobody: the pictures of its buttons are drawn and kept, so that the first job's row is made
        as quickly as any."""
        JobRow(Job("activity.title", {}, "activity", None), self._jobs, self._list).deleteLater()

    def _on_added(self, job: Job) -> None:
        """Its row is made in a turn of its own: beginning the job took some of this one."""
        self._rowless.append(job)
        self._making.start()

    def _make_rows(self) -> None:
        if not self._rowless:
            return
        self._making.stop()
        rowless, self._rowless = self._rowless, []
        known = set(self._jobs)
        for job in rowless:
            if job in known:
                self._rows[job] = JobRow(job, self._jobs)
                self._rows_layout.insertWidget(0, self._rows[job])
        for old in [old for old in self._rows if old not in known]:
            gone = self._rows.pop(old)
            self._rows_layout.removeWidget(gone)
            gone.deleteLater()
        self._say_summary()
        self._fit()
        if not self._late.isActive():
            self._late.start()

    def _on_changed(self, job: Job) -> None:
        """At most four times a second."""
        self._dirty.add(job)
        if not self._refresh.isActive():
            self._refresh.start()

    def _on_ended(self, job: Job) -> None:
        self._dirty.add(job)
        self._show_dirty()
        self._say_summary()

    def _show_dirty(self) -> None:
        dirty, self._dirty = self._dirty, set()
        for job in dirty:
            if job in self._rows:
                self._rows[job].show_job()

    def _open_if_running(self) -> None:
        if self._jobs.running:
            self.open_panel()

    def _say_summary(self) -> None:
        running = len(self._jobs.running)
        self._summary.setText(tr("activity.summary", running=running, done=len(self._jobs) - running))

    def _fit(self) -> None:
        rows = min(max(len(self._rows), 1), IN_VIEW)
        self._area.setFixedHeight(rows * current_theme().height(JOB_HEIGHT))

    def restyle(self) -> None:
        """Rows as high as the text asks for."""
        super().restyle()
        if hasattr(self, "_area"):
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What stands above it moves."""
        super().resizeEvent(event)
        self.resized.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """No refresh while nobody looks."""
        self._refresh.stop()
        super().hideEvent(event)
