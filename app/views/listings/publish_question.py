"""The question before publishing: how many, to which store, and when: now, at a time, or spread over a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from app.messages import tr
from app.services.clock import now_ms
from app.services.publishing.gate import clock_time
from app.services.publishing.turns import AT_ONCE, DAY_MS, MOST_AHEAD_DAYS, MOST_SPREAD_DAYS, Schedule, wrong_start
from app.views.language import say
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Confirmation
from app.views.widgets.form import mark_bad
from app.views.widgets.ground import row
from app.views.widgets.label import Label
from app.views.widgets.office_time import OfficeTime
from app.views.widgets.segments import Segments

NOW, AT, SPREAD = "now", "at", "spread"
MINUTE_MS = 60_000
LEAST_AHEAD_MS = 20 * MINUTE_MS
"""The time that is proposed is the first full hour at least so far away."""
USUAL_SPREAD = 2
QUICK_S = 100
"""Below this the pace is told in seconds."""
UNITS = {"minutes": 1, "hours": 60}
"""Minutes of each."""


class PublishQuestion(Confirmation):
    """Asks once; `schedule` is the answer. What cannot be is said in the dialog, and nothing is sent.

    Attributes:
        ways: when it can be (class attribute).
        keys: of question, verb and the verb for a later time (class attribute).

    Args:
        paused: names of its stores whose queue stands still.
        params: `n`, `store` and what else the sentences name.

    Emits:
        compare_wanted: show those that are like others; the question is closed, nothing is sent.
    """

    ways: ClassVar[tuple[str, ...]] = (NOW, AT, SPREAD)
    keys: ClassVar[tuple[str, str, str]] = ("publish.ask", "publish.verb", "publish.verb_later")

    compare_wanted = Signal()

    def __init__(self, parent: QWidget, detail_key: str, paused: Sequence[str] = (), **params: object) -> None:
        super().__init__(parent, self.keys[0], self.keys[1], detail_key=detail_key, **params)
        self._n = int(str(params["n"]))
        self.when = Segments([(key, f"publish.when.{key}", "") for key in self.ways])
        self.at = OfficeTime(next_hour())
        self.length = QSpinBox(minimum=1, maximum=MOST_SPREAD_DAYS * 1440, value=USUAL_SPREAD)
        self.unit = QComboBox()
        self.similar, self.compare = Label(role="small", ink="text2", wrap=True), Button(kind="small", icon_name="copy")
        self.told, self.problem = Label(role="small", ink="text2", wrap=True), Label(ink="red", wrap=True)
        self._build(paused)
        self.when.set_current(self.ways[0])
        self.show_when(self.ways[0])

    def _build(self, paused: Sequence[str]) -> None:
        for name in UNITS:
            self.unit.addItem(tr(f"publish.when.{name}"), name)
        self.unit.setCurrentIndex(list(UNITS).index("hours"))
        if paused:
            note = Label("publish.ask_paused", ink="amber", wrap=True, store=tr("history.list_gap").join(paused))
            self.add_line(note)
        line, box = row(gap=8), QWidget()
        for widget in (self.when, self.at, self.length, self.unit):
            line.addWidget(widget)
        line.addStretch(1)
        box.setLayout(line)
        likeness, self._likeness = row(gap=8), QWidget()
        likeness.addWidget(self.similar, 1)
        likeness.addWidget(self.compare)
        self._likeness.setLayout(likeness)
        for widget in (self._likeness, box, self.told, self.problem):
            self.add_line(widget)
        for widget in (self._likeness, self.compare):
            widget.hide()
        self.compare.clicked.connect(self._on_compare)
        say(self.when, "publish.when", "accessibleDescription")
        for control, key in ((self.at, AT), (self.length, SPREAD), (self.unit, "unit")):
            say(control, f"publish.when.{key}", "accessibleName")
        self.when.chosen.connect(self.show_when)
        self.at.dateTimeChanged.connect(self._tell)
        self.length.valueChanged.connect(self._tell)
        self.unit.currentIndexChanged.connect(self._tell)
        # QLineEdit's padding in the style sheet does not reach it.
        self.length.lineEdit().setTextMargins(5, 0, 0, 0)
        self.resize(self._fitted(QSize(540, 250)))

    def show_looking(self) -> None:
        """It is being looked whether some of them are like others; the question may be answered before."""
        self._likeness.show()
        self.similar.say("publish.similar.looking")

    def show_similar(self, n: int | None) -> None:
        """How many of them are like another listing of their store; None where nobody could find out."""
        self._likeness.setVisible(n is not None)
        if n is not None:
            self.similar.say("publish.similar.found" if n else "publish.similar.none", n=n)
            self.similar.set_look(ink="amber" if n else "text2")
            self.compare.setVisible(n > 0)
            say(self.compare, "publish.similar.show")
            self.fit()

    def _on_compare(self) -> None:
        self.reject()
        self.compare_wanted.emit()

    def show_when(self, when: str) -> None:
        """Show the fields of this way."""
        self.at.setVisible(when == AT)
        for widget in (self.length, self.unit):
            widget.setVisible(when == SPREAD)
        say(self.primary, self.keys[1 if when == NOW else 2], n=self._n)
        self._tell()

    @property
    def schedule(self) -> Schedule:
        """When it is to be sent."""
        if self.when.current == AT:
            return Schedule(self.at.milliseconds)
        return Schedule(spread_ms=self._spread_ms) if self.when.current == SPREAD else AT_ONCE

    @property
    def _spread_ms(self) -> int:
        return self.length.value() * UNITS[self.unit.currentData()] * MINUTE_MS

    def accept(self) -> None:
        """Only with a time that can be kept: it may have passed while the question stood open."""
        self._tell()
        if not self._wrong():
            super().accept()

    def _wrong(self) -> str:
        """Message key of what is wrong with the time, "" for nothing."""
        if self.when.current == AT:
            wrong = wrong_start(self.schedule.at_ms, now_ms())
            return f"publish.when.{wrong}" if wrong else ""
        too_long = self.when.current == SPREAD and self._spread_ms > MOST_SPREAD_DAYS * DAY_MS
        return "publish.when.too_long" if too_long else ""

    def _tell(self, *_: object) -> None:
        """What the choice means, or what is wrong with it."""
        wrong = self._wrong()
        self.problem.setVisible(bool(wrong))
        if wrong:
            self.problem.say(wrong, ahead=MOST_AHEAD_DAYS, spread=MOST_SPREAD_DAYS)
        mark_bad(self.at, bool(wrong) and self.when.current == AT)
        mark_bad(self.length, bool(wrong) and self.when.current == SPREAD)
        self.told.setVisible(self.when.current != NOW and not wrong)
        if self.when.current == AT:
            ahead_ms = self.at.milliseconds - now_ms()
            self.told.say("publish.when.at_told", time=clock_time(ahead_ms / 1000))
        elif self.when.current == SPREAD:
            last_ms = self._spread_ms * (self._n - 1) / self._n
            every_s = max(1, round(self._spread_ms / self._n / 1000))
            is_quick = every_s < QUICK_S
            key = "publish.when.spread_told_quick" if is_quick else "publish.when.spread_told"
            n = every_s if is_quick else round(every_s / 60)
            self.told.say(key, n=n, time=clock_time(last_ms / 1000))
        if self.isVisible():
            self.fit()

    def retranslate(self) -> None:
        """Names in the list of units, and the sentences."""
        super().retranslate()
        if hasattr(self, "problem"):
            for at, name in enumerate(UNITS):
                self.unit.setItemText(at, tr(f"publish.when.{name}"))
            self._tell()


def next_hour() -> int:
    """The time that is proposed, in milliseconds."""
    first = now_ms() + LEAST_AHEAD_MS
    hour = 60 * MINUTE_MS
    return (first + hour - 1) // hour * hour
