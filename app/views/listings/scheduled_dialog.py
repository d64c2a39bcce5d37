"""What waits for its time: when, what, where, how many; moved to another time, sent at once, taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.messages import tr
from app.views.language import say
from app.views.listings.plain_table import LEFT, dress_table
from app.views.listings.publish_question import next_hour
from app.views.numbers import integer
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.form import mark_bad
from app.views.widgets.ground import column, row
from app.views.widgets.label import Label
from app.views.widgets.office_time import OfficeTime, office_text

if TYPE_CHECKING:
    from app.services.publishing.scheduled import ScheduledBatch
    from app.views.context import ViewContext

HEADERS = ("scheduled.when", "scheduled.what", "publish.results.store", "publish.results.total")
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ScheduledDialog(Dialog):
    """Lives beside the table; reads anew after everything it does.

    Emits:
        changed: something waits otherwise now.
        send_wanted: a `ScheduledBatch` whose time is to be now.
    """

    changed = Signal()
    send_wanted = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget) -> None:
        super().__init__("scheduled.title", parent, size=QSize(760, 420))
        self._context, self._desk = context, context.services.publishing
        self.batches: Sequence[ScheduledBatch] = ()
        self.table = QTableWidget(0, len(HEADERS))
        self.none = Label("scheduled.none", ink="text2", wrap=True)
        self.at = OfficeTime(next_hour())
        self.move_button = Button("scheduled.move")
        self.now = Button("scheduled.now", icon_name="send")
        self.cancel = Button("scheduled.cancel", icon_name="x")
        self.problem = Label(ink="red", wrap=True)
        self._lay_out()
        self._connect()
        self._enable()
        self.refresh()

    def _lay_out(self) -> None:
        body = column(self.body, edges=16, gap=10)
        body.addWidget(self.table, 1)
        body.addWidget(self.none)
        line = row(gap=8)
        for widget in (self.at, self.move_button, self.now, self.cancel):
            line.addWidget(widget)
        line.addStretch(1)
        body.addLayout(line)
        body.addWidget(self.problem)
        self.problem.hide()
        say(self.at, "scheduled.new_time", "accessibleName")
        self.hint.say("scheduled.hint")
        close = Button("dialog.close")
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(close)
        table = self.table
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        dress_table(table)

    def _connect(self) -> None:
        self.move_button.clicked.connect(self.move_chosen)
        self.now.clicked.connect(self.send_chosen)
        self.cancel.clicked.connect(self.cancel_chosen)
        self.table.itemSelectionChanged.connect(self._enable)

    # -- what waits --------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read what waits."""
        handle = self._context.runner.call(self._desk.scheduled)
        handle.succeeded.connect(self._show)
        handle.failed.connect(self._tell)

    def _show(self, batches: Sequence[ScheduledBatch]) -> None:
        before = {batch.batch_id for batch in self.chosen()}
        self.batches = batches
        table, theme = self.table, current_theme()
        table.setRowCount(len(batches))
        for at, key in enumerate(HEADERS):
            header = QTableWidgetItem(tr(key))
            header.setTextAlignment(RIGHT if at == len(HEADERS) - 1 else LEFT)
            table.setHorizontalHeaderItem(at, header)
        for at, batch in enumerate(batches):
            texts = (_when(batch), tr(f"scheduled.what.{batch.action}"), batch.store_name, integer(batch.n))
            for place, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setTextAlignment(RIGHT if place == len(HEADERS) - 1 else LEFT)
                table.setItem(at, place, item)
        metrics = theme.metrics("body")
        for at in range(len(HEADERS)):
            texts_of = [tr(HEADERS[at]), *(table.item(line, at).text() for line in range(len(batches)))]
            table.setColumnWidth(at, max(map(metrics.horizontalAdvance, texts_of)) + 24)
        table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for at, batch in enumerate(batches):
            if batch.batch_id in before or (at == 0 and not before):
                table.selectRow(at)
        table.setVisible(bool(batches))
        self.none.setVisible(not batches)
        self._enable()

    def chosen(self) -> list[ScheduledBatch]:
        """The marked lines."""
        lines = sorted({index.row() for index in self.table.selectedIndexes()})
        return [self.batches[line] for line in lines if line < len(self.batches)]

    def _enable(self) -> None:
        for widget in (self.at, self.move_button, self.now, self.cancel):
            widget.setEnabled(bool(self.chosen()))

    # -- what is done ------------------------------------------------------------------------------------------

    def move_chosen(self) -> None:
        """Give what is marked the time in the field."""
        at_ms = self.at.milliseconds
        self._do(self._desk.move_scheduled, self._ids(), at_ms)

    def send_chosen(self) -> None:
        """Let what is marked be sent at once."""
        chosen = self.chosen()
        handle = self._do(self._desk.send_scheduled_now, self._ids())
        handle.succeeded.connect(lambda _: [self.send_wanted.emit(batch) for batch in chosen])

    def cancel_chosen(self) -> None:
        """Take what is marked back; the listings are what they were before."""
        self._do(self._desk.cancel_scheduled, self._ids())

    def _ids(self) -> list[int]:
        return [batch.batch_id for batch in self.chosen()]

    def _do(self, act: Callable[..., Any], *args: Any) -> Any:
        self._tell(None)
        handle = self._context.runner.call(act, *args)
        handle.succeeded.connect(lambda _: self._on_done())
        handle.failed.connect(self._tell)
        return handle

    def _on_done(self) -> None:
        self.changed.emit()
        self.refresh()

    def _tell(self, error: Exception | None) -> None:
        if error is not None:
            self.problem.tell(error)
        self.problem.setVisible(error is not None)
        mark_bad(self.at, error is not None)

    def retranslate(self) -> None:
        """The lines in the new language."""
        super().retranslate()
        if getattr(self, "batches", ()):
            self._show(self.batches)


def _when(batch: ScheduledBatch) -> str:
    """Day and time, as in the field beside it: what waits is rarely of today only."""
    first, last = (office_text(one) for one in (batch.first_ms, batch.last_ms))
    return first if first == last else f"{first} – {last}"
