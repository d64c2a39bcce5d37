"""One job as a line: what, how far, what it waits for, what can be done about it."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.tasks import Progress
from app.views.activity.jobs import Job, Jobs
from app.views.status import status
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Bar, row
from app.views.widgets.label import ElidedLabel, IconLabel
from app.views.widgets.progress_line import ProgressLine
from app.views.widgets.status_label import StatusLabel

COUNTS_WIDTH = 150
TITLE_PERCENT, BAR_PERCENT = 24, 14
"""Of a row's width, whatever its buttons need, so that bars and counts of all rows stand below each other."""


class JobRow(Bar):
    """Shows a `Job` and follows it when told by `show_job`."""

    def __init__(self, job: Job, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(32, "surface", "bottom", parent=parent)
        self.job = job
        self._jobs = jobs
        self._offers: list[Button] = []
        self.title = ElidedLabel(strong=False)
        self.bar = ProgressLine(keeps_room=True)
        self.counts = ElidedLabel()
        self.ending = StatusLabel()
        self.note = ElidedLabel(role="small", ink="text2")
        self.pause = Button("activity.pause", icon_name="player-pause", kind="small")
        self.cancel = Button("activity.cancel", icon_name="x", kind="small")
        self._build()
        self.restyle()
        self.show_job()

    def _build(self) -> None:
        self.row.setSpacing(12)
        self.row.addWidget(IconLabel(self.job.icon, 16, "accentText"))
        self.row.addWidget(self.title)
        self.row.addWidget(self.bar)
        self.row.addWidget(self.counts)
        self.row.addWidget(self._make_ending())
        self.row.addWidget(self.note, 1)
        self.row.addWidget(self._make_buttons())
        self.pause.clicked.connect(lambda: self._jobs.pause(self.job, self.job.state == "running"))
        self.cancel.clicked.connect(lambda: self._jobs.cancel(self.job))

    def _make_ending(self) -> QWidget:
        """In the place of the counts once there is an outcome."""
        box = QWidget()
        line = row(box)
        line.addWidget(self.ending)
        line.addStretch(1)
        return box

    def _make_buttons(self) -> QWidget:
        box = QWidget()
        self._buttons = row(box)
        self._buttons.addStretch(1)
        self._buttons.addWidget(self.pause)
        self._buttons.addWidget(self.cancel)
        return box

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Title and bar keep their shares."""
        super().resizeEvent(event)
        self.title.setFixedWidth(self.width() * TITLE_PERCENT // 100)
        self.bar.setFixedWidth(self.width() * BAR_PERCENT // 100)

    def restyle(self) -> None:
        """Columns of the row in the text size in force."""
        super().restyle()
        if hasattr(self, "_buttons"):
            theme = current_theme()
            self.counts.setFixedWidth(theme.height(COUNTS_WIDTH))
            self.ending.parentWidget().setFixedWidth(theme.height(COUNTS_WIDTH))

    def show_job(self) -> None:
        """Show the job as it is now."""
        job = self.job
        self.title.setText(job.title)
        self.bar.show_progress(*_bar(job))
        self.counts.setText(job.counts)
        self.ending.show_status("" if job.is_running else f"job.{job.state}")
        self.counts.setVisible(job.is_running)
        self.ending.parentWidget().setHidden(job.is_running)
        self.note.setText(self._note())
        self.note.set_look(ink=status(f"job.{job.state}").tone if job.state == "interrupted" else "text2")
        self.pause.setVisible(job.is_running and job.can_pause)
        self.cancel.setVisible(job.is_running)
        paused = job.state == "paused"
        self.pause.set_icon_name("player-play" if paused else "player-pause")
        self.pause.setText(tr("activity.resume" if paused else "activity.pause"))
        said = self.counts.text() if job.is_running else status(f"job.{job.state}").word
        self.setAccessibleName(f"{job.title} {said} {self.note.text()}")
        if job.offers and not self._offers:
            self._show_offers()

    def _note(self) -> str:
        job = self.job
        if not job.is_running:
            return job.summary
        parts = [tr("activity.failed", n=job.progress.failed)] if job.progress.failed else []
        parts += [job.note] if job.note else []
        parts += [rest_text(job.rest_s)] if job.rest_s is not None and job.state == "running" else []
        return " · ".join(parts)

    def _show_offers(self) -> None:
        for offer in self.job.offers:
            button = Button(offer.key, kind="small", **offer.params)
            button.clicked.connect(lambda _=False, offer=offer: offer.do())
            self._buttons.addWidget(button)
            self._offers.append(button)


def _bar(job: Job) -> tuple[Progress, str]:
    """What the bar shows and in which tone.

    What failed is its red tail, so that the rest stays green; a finished job that never told a count has no bar: an
    empty one beside "Done" says the opposite.
    """
    if job.is_running:
        return job.progress, "gray" if job.state == "paused" else ""
    tone = "green" if job.state == "done_with_failures" else status(f"job.{job.state}").tone
    return (job.progress if job.progress.done else Progress()), tone


def rest_text(seconds: float) -> str:
    """About how long it still takes: rounded to 10 s below two minutes, to minutes above."""
    if seconds < 120:
        return tr("activity.rest_s", n=max(10, round(seconds / 10) * 10))
    return tr("activity.rest_min", n=round(seconds / 60))
