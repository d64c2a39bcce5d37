"""The line below a table: counts, what is chosen, "select all"; at the right rates, quota and the current job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.views.activity.job_line import JobLine
from app.views.language import say
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Bar, Separator
from app.views.widgets.label import ElidedLabel, Label

if TYPE_CHECKING:
    from app.views.activity.jobs import Jobs


class StatusBar(Bar):
    """Emits:
    select_all_wanted: the link "select all N".
    activity_wanted: the job line was pressed.
    """

    select_all_wanted = Signal()
    activity_wanted = Signal()

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(28, "bar", "top", parent=parent)
        self.counts = Label(role="small", ink="text")
        self.chosen = Label(role="small", ink="text")
        self.select_all = Button(kind="link")
        self.notes = ElidedLabel(role="small", ink="text2")
        self.right = ElidedLabel(role="small", ink="text2")
        self.job_line = JobLine(jobs)
        self._separators = [Separator(), Separator(), Separator()]
        for widget in (
            self.counts,
            self._separators[0],
            self.chosen,
            self.select_all,
            self._separators[1],
        ):
            self.row.addWidget(widget)
        self.row.addWidget(self.notes, 1)
        self.row.addWidget(self.right)
        self.row.addWidget(self._separators[2])
        self.row.addWidget(self.job_line)
        self.select_all.clicked.connect(self.select_all_wanted)
        self.job_line.pressed.connect(self.activity_wanted)
        self.show_selection(0, 0)
        self.show_notes("")
        self.show_right("")

    def show_total(self, shown: int, of: int | None = None, *, noun: str = "rows") -> None:
        """`1,284 of 12,846`; *noun* names the counted thing: a message key `count.<noun>`."""
        if of is None or of == shown:
            self.counts.say(f"count.{noun}", n=shown)
        else:
            self.counts.say("status_bar.of", n=shown, all=of)

    def show_selection(self, chosen: int, all_rows: int) -> None:
        """How many are chosen, and the link to choose all of the filter."""
        has_more = 0 < chosen < all_rows
        if chosen:
            self.chosen.say("status_bar.chosen", n=chosen)
        if has_more:
            self._say_link("status_bar.select_all", n=all_rows)
        self.chosen.setVisible(chosen > 0)
        self._separators[0].setVisible(chosen > 0)
        self.select_all.setVisible(has_more)

    def show_notes(self, text: str) -> None:
        """Anything else worth counting, a finished text."""
        self.notes.setText(text)
        self._separators[1].setVisible(bool(text))

    def show_right(self, text: str) -> None:
        """Rate, quota …, a finished text."""
        self.right.setText(text)
        self.right.setVisible(bool(text))
        self._separators[2].setVisible(bool(text))

    def _say_link(self, key: str, **params: Any) -> None:
        say(self.select_all, key, **params)
