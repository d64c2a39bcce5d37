"""The trainers' panel: what the practice market does wrong on purpose, switched while it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QScrollArea, QWidget

from app.messages import tr
from app.services.stores.training import NORMAL, Behaviour, TrainingState, behaviours, presets
from app.views.context import ViewContext
from app.views.language import say
from app.views.stores.training_codes import TrainingCodes
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.form import Section
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label
from app.views.widgets.live import Live

INDENT = 28


class BehaviourLine(Live, QWidget):
    """A behaviour: check box, and below it what it does.

    Emits:
        switched: (id, on), by the user only.
    """

    switched = Signal(str, bool)

    def __init__(self, behaviour: Behaviour) -> None:
        super().__init__()
        self._id = behaviour.id
        self.box = QCheckBox()
        say(self.box, f"training.{behaviour.id}")
        self.detail = Label(f"training.{behaviour.id}.detail", role="small", ink="text2", wrap=True)
        self.detail.setContentsMargins(INDENT, 0, 0, 0)
        lines = column(self, gap=1)
        lines.addWidget(self.box)
        lines.addWidget(self.detail)
        self.box.clicked.connect(lambda on: self.switched.emit(self._id, on))
        self.dress()

    def retranslate(self) -> None:
        """The sentence is read aloud with the box."""
        self.box.setAccessibleDescription(tr(f"training.{self._id}.detail"))


class TrainingDialog(Dialog):
    """Stays open beside the work: not modal. What is shown is what the market says, asked again after every change.

    Args:
        store_id: a practice store, whose market it is; None for the first one.

    Attributes:
        state: what the market said last, None before its first answer.

    Emits:
        add_wanted: a shared store is to be added, at this gateway.
    """

    add_wanted = Signal(str)
    state: TrainingState | None = None

    def __init__(self, context: ViewContext, parent: QWidget, store_id: int | None = None) -> None:
        super().__init__("training.title", parent, size=QSize(600, 700))
        self._context, self._desk, self._store_id = context, context.services.training, store_id
        self.lines = {behaviour.id: BehaviourLine(behaviour) for behaviour in behaviours()}
        self.presets = {name: Button(f"training.preset.{name}", kind="small") for name in presets()}
        self.presets[NORMAL].set_icon_name("rotate-2")
        self.codes = TrainingCodes()
        self.problem = Label(ink="red", wrap=True)
        self._build()
        self._connect()
        self.look()

    def _build(self) -> None:
        lines = column(self.body)
        lines.addWidget(self._head())
        inside = Ground("surface")
        sections = column(inside)
        for group in dict.fromkeys(behaviour.group for behaviour in behaviours()):
            sections.addWidget(Section(f"training.group.{group}", self._group(group), foldable=False))
        sections.addWidget(Section("training.codes", self.codes, foldable=False))
        sections.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inside)
        lines.addWidget(self.area, 1)
        close = Button("dialog.close")
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(close)

    def _head(self) -> QWidget:
        head = Ground("surface", "bottom")
        lines = column(head, gap=10)
        lines.setContentsMargins(14, 14, 14, 12)
        lines.addWidget(Label("training.intro", ink="text2", wrap=True))
        line = row(gap=8)
        line.addWidget(Label("training.presets", role="small", strong=True), 0, Qt.AlignmentFlag.AlignVCenter)
        for button in self.presets.values():
            line.addWidget(button)
        line.addStretch(1)
        lines.addLayout(line)
        lines.addWidget(self.problem)
        self.problem.hide()
        return head

    def _group(self, group: str) -> QWidget:
        body = Ground("surface")
        lines = column(body, gap=8)
        lines.setContentsMargins(14, 2, 14, 12)
        for behaviour in behaviours():
            if behaviour.group == group:
                lines.addWidget(self.lines[behaviour.id])
        return body

    def _connect(self) -> None:
        for line in self.lines.values():
            line.switched.connect(lambda id, on: self._do(self._desk.switch, id, on))
        for name, button in self.presets.items():
            button.clicked.connect(lambda *_, name=name: self._do(self._desk.choose, name))
        self.codes.issue_wanted.connect(lambda number: self._do(self._desk.issue_code, number))
        self.codes.withdraw_wanted.connect(lambda code: self._do(self._desk.withdraw_code, code))
        self.codes.copied.connect(lambda alias: self._context.notices.toast("training.copied", alias=alias))
        self.codes.add_wanted.connect(self._add)

    # -- asking the market -------------------------------------------------------------------------------------

    def look(self) -> None:
        """Ask how the market behaves."""
        self._do(self._desk.state)

    def _do(self, act: Callable[..., TrainingState], *args: Any) -> None:
        """One thing at a time, in the order it was asked for: the controls wait for the market's answer."""
        self._set_busy(True)
        handle = self._context.runner.call(act, *args, store_id=self._store_id)
        handle.succeeded.connect(self._show)
        handle.failed.connect(self._on_failed)

    def _show(self, state: TrainingState) -> None:
        self.state = state
        self.problem.hide()
        self.codes.show_state(state)
        self._set_busy(False)

    def _on_failed(self, error: Exception) -> None:
        """Why it did not work; the boxes show what is known, not what was wished."""
        self.problem.tell(error)
        self.problem.show()
        self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        """While the market is asked nothing can be switched; without an answer so far the presets try it again."""
        can_switch = not busy and self.state is not None
        for id, line in self.lines.items():
            line.box.setEnabled(can_switch)
            if not busy:
                line.box.setChecked(self.state is not None and id in self.state.on)
        for button in self.presets.values():
            button.setEnabled(not busy)
        self.codes.setEnabled(can_switch)
        self.retranslate()

    def retranslate(self) -> None:
        """How many are on."""
        if self.state is None:
            return
        on, others = len(self.state.on), len(self.state.others)
        said = [tr("training.on_now", n=on) if on else ""]
        if others:
            said.append(tr("training.others_now", n=others))
        self.hint.setText(" ".join(part for part in said if part) or tr("training.normal_now"))

    def _add(self) -> None:
        if self.state is not None:
            self.add_wanted.emit(self.state.gateway)
