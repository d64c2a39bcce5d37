"""The inbox: five tables with their age, what the current one hits, and what helps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from app.messages import Key
from app.services.company_tables.hits import TableHit
from app.services.company_tables.importing import Received
from app.services.company_tables.kinds import VERDICT_KINDS, TableKind
from app.services.company_tables.records import InboxRow
from app.services.company_tables.repricing import can_raise
from app.services.company_tables.wording import kind_text
from app.views.company_tables.hit_rows import HitRows
from app.views.company_tables.received import ReceivedBox
from app.views.company_tables.table_rows import TableRows
from app.views.context import ViewContext
from app.views.importing.save_file import ask_files
from app.views.language import say
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label

if TYPE_CHECKING:
    from app.services.history.records import ChangeRecord
    from app.views.task_runner import TaskHandle

CHANGED = frozenset({"listing", "change", "company_table"})


class TablesDialog(Dialog):
    """Files may be dropped on it. Hits are looked for in the worker process; the window stays free.

    Emits:
        delist_wanted: codes, one a line.
        replace_wanted, price_wanted, take_off_wanted, hold_wanted, show_wanted: ids of listings.
        repriced: the `ChangeRecord` of prices that were raised.
        renewed: a table was stored or taken back.
    """

    delist_wanted = Signal(str)
    replace_wanted = Signal(object)
    price_wanted = Signal(object)
    take_off_wanted = Signal(object)
    hold_wanted = Signal(object)
    show_wanted = Signal(object)
    repriced = Signal(object)
    renewed = Signal()

    def __init__(self, context: ViewContext, parent: QWidget) -> None:
        super().__init__("tables.title", parent, size=QSize(1200, 740))
        self._context, self._desk = context, context.services.tables
        self._looking: TaskHandle | None = None
        self._kind: TableKind | None = None
        self.tables, self.hits, self.received = TableRows(), HitRows(), ReceivedBox()
        self.said = Label(strong=True, wrap=True)
        self.acts = {
            name: Button(f"tables.{name}", icon_name=icon, n=0)
            for name, icon in (
                ("delist", "ban"),
                ("reprice", "currency-dollar"),
                ("replace", "replace"),
                ("take_off", "ban"),
                ("hold", "player-pause"),
                ("show", "tags"),
            )
        }
        self.open_files, self.undo = Button("tables.open_files", icon_name="folder-open"), Button("tables.undo_last")
        self.setAcceptDrops(True)
        self._build()
        self._connect()
        self._enable()
        self.load()

    def _build(self) -> None:
        top = Ground("surface", "bottom")
        lines = column(top, edges=16, gap=10)
        lines.addWidget(self.tables)
        lines.addWidget(self.received)
        below = QWidget()
        shown = column(below, edges=16, gap=10)
        shown.addWidget(self.said)
        shown.addWidget(self.hits, 1)
        bar = row(gap=8)
        for button in self.acts.values():
            bar.addWidget(button)
        bar.addStretch(1)
        shown.addLayout(bar)
        whole = column(self.body)
        whole.addWidget(top)
        whole.addWidget(below, 1)
        self.hint.say("tables.hint")
        self.footer.row.addWidget(self.undo)
        self.footer.row.addWidget(self.open_files)
        close = Button("dialog.close", kind="primary")
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(close)

    def _connect(self) -> None:
        self.tables.itemSelectionChanged.connect(self._on_table)
        self.hits.itemSelectionChanged.connect(self._enable)
        self.received.again_wanted.connect(lambda path, kind, anyway: self.take_files([path], kind, anyway))
        self.open_files.clicked.connect(lambda: ask_files(self, "tables.open_files", self.take_files))
        self.undo.clicked.connect(self._undo)
        self.acts["delist"].clicked.connect(self._delist)
        self.acts["reprice"].clicked.connect(self._reprice)
        self.acts["replace"].clicked.connect(lambda: self.replace_wanted.emit(self._listings()))
        self.acts["take_off"].clicked.connect(lambda: self.take_off_wanted.emit(self._listings()))
        self.acts["hold"].clicked.connect(lambda: self.hold_wanted.emit(self._listings()))
        self.acts["show"].clicked.connect(self._show)

    # -- files -------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders may be dropped."""
        if event.mimeData().hasUrls() and all(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Store what was dropped."""
        self.take_files([Path(url.toLocalFile()) for url in event.mimeData().urls()])

    def take_files(self, paths: Sequence[Path], kind: TableKind | None = None, anyway: bool = False) -> None:
        """Store the tables in these files and folders, as a job that goes on when the dialog is closed."""
        handle = self._context.runner.start_heavy(*self._desk.import_call(paths, kind, may_shrink=anyway))
        self._context.jobs.add(handle, "tables.job", icon="table-import")
        handle.succeeded.connect(self._on_received)
        handle.failed.connect(self._tell)

    def _on_received(self, received: Received) -> None:
        self.received.show_received(received)
        changed = [one for one in received.tables if one.change is not None]
        if changed:
            self._context.changes.tell(CHANGED)
            self.renewed.emit()
        self._kind = changed[0].kind if len(changed) == 1 else self._kind
        self.load()

    def _undo(self) -> None:
        table = self.tables.row_in_view
        if table is not None and table.change:
            handle = self._context.runner.start_heavy(*self._desk.undo_call(table.change))
            self._context.jobs.add(handle, "tables.job.undo", icon="history")
            handle.succeeded.connect(lambda _: self._on_undone(table))
            handle.failed.connect(self._tell)

    def _on_undone(self, table: InboxRow) -> None:
        self.received.hide()
        self._context.notices.toast("tables.undone", kind=kind_text(table.kind))
        self._context.changes.tell(CHANGED)
        self.renewed.emit()
        self.load()

    # -- tables and hits ---------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the five tables, and look anew for what they hit."""
        handle = self._context.runner.call(self._desk.inbox)
        handle.succeeded.connect(self._show_tables)
        handle.failed.connect(self._tell)

    def _show_tables(self, rows: Sequence[InboxRow]) -> None:
        self.tables.blockSignals(True)
        self.tables.show_tables(rows)
        if self._kind is not None:
            self.tables.choose(self._kind)
        self.tables.blockSignals(False)
        if not any(table.source for table in rows):
            self._show_hits([], "tables.empty")
            return
        counts = self._context.runner.start_heavy(*self._desk.counts_call())
        counts.succeeded.connect(self.tables.show_hits)
        counts.failed.connect(self._tell)
        self._on_table()

    def _on_table(self) -> None:
        table = self.tables.row_in_view
        self._stop()
        if table is None:
            return
        self._kind = table.kind
        if not table.source:
            self._show_hits([], "tables.never_stored", kind=_name(table.kind))
            return
        self._show_hits([], "tables.looking")
        self._looking = handle = self._context.runner.start_heavy(*self._desk.hits_call(table.kind))
        handle.succeeded.connect(lambda hits: self._on_hits(hits) if handle is self._looking else None)
        handle.failed.connect(self._tell)

    def _on_hits(self, hits: Sequence[TableHit]) -> None:
        assert self._kind is not None
        if not hits:
            self._show_hits([], "tables.no_hits")
            return
        self._show_hits(
            hits,
            "tables.hits_of",
            kind=_name(self._kind),
            n=len(hits),
            listings=len({hit.listing_id for hit in hits}),
            open=sum(hit.is_open for hit in hits),
        )

    def _show_hits(self, hits: Sequence[TableHit], key: str, **params: object) -> None:
        self.said.say(key, **params)
        self.hits.show_hits(hits)
        self._enable()

    def _stop(self) -> None:
        if self._looking is not None:
            self._looking.context.stop.set()
            self._looking = None

    def _tell(self, error: Exception) -> None:
        self.said.tell(error)

    # -- what helps --------------------------------------------------------------------------------------------

    def _enable(self) -> None:
        chosen, table = self.hits.chosen, self.tables.row_in_view
        is_verdict = self._kind in VERDICT_KINDS
        variants = sum(bool(hit.code) for hit in chosen)
        for name in ("take_off", "hold", "show"):
            self.acts[name].setEnabled(bool(chosen))
        self.acts["delist"].setEnabled(variants > 0)
        self.acts["replace"].setEnabled(bool(chosen) and is_verdict)
        is_floor = self._kind is TableKind.FLOORS
        self.acts["reprice"].setVisible(is_floor or self._kind is TableKind.PRODUCTS)
        self.acts["reprice"].setEnabled(any(map(can_raise, chosen)) if is_floor else bool(chosen))
        say(self.acts["reprice"], "tables.reprice" if is_floor else "tables.new_prices")
        self.acts["replace"].setVisible(is_verdict)
        say(self.acts["delist"], "tables.delist", n=variants)
        self.undo.setEnabled(table is not None and bool(table.change))

    def _listings(self) -> list[int]:
        return list(dict.fromkeys(hit.listing_id for hit in self.hits.chosen))

    def _delist(self) -> None:
        self.delist_wanted.emit("\n".join(dict.fromkeys(hit.because for hit in self.hits.chosen if hit.code)))

    def _show(self) -> None:
        self.show_wanted.emit(self._listings())
        self.accept()

    def _reprice(self) -> None:
        """To a floor there is one price; after another cost or weight a person says by which rule."""
        if self._kind is not TableKind.FLOORS:
            self.price_wanted.emit(self._listings())
            return
        handle = self._context.runner.start(self._desk.raise_to_floor, self.hits.chosen)
        handle.succeeded.connect(self._on_repriced)
        handle.failed.connect(self._tell)

    def _on_repriced(self, change: ChangeRecord | None) -> None:
        if change is None:
            self.said.say("tables.nothing_to_reprice")
            return
        self.repriced.emit(change)
        self._context.changes.tell(CHANGED)
        self.load()

    def done(self, result: int) -> Any:
        """Nothing is looked up for a closed dialog."""
        self._stop()
        super().done(result)


def _name(kind: TableKind) -> Key:
    return Key(f"tables.kind.{kind}")
