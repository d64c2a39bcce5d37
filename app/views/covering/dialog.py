"""Cover another store: stores, ids and rules left, what becomes of the products right (domain.md 3.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QScrollArea, QWidget

from app.messages import tr
from app.services.covering.ids import ProductIds
from app.services.covering.records import CoverResult
from app.services.covering.report import report_lines
from app.services.stores.records import StoreAccess, StoreRecord
from app.services.tasks import Progress
from app.views.context import ViewContext
from app.views.covering.ids_box import IdsBox
from app.views.covering.report_rows import ReportPane
from app.views.covering.rules_form import RulesForm
from app.views.errors import sentence
from app.views.importing.save_file import ask_files
from app.views.language import say
from app.views.notices import Offer
from app.views.task_runner import TaskHandle
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.form import Field
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label
from app.views.widgets.segments import Segments

SIZE = QSize(1240, 780)
LEFT = 340
TYPING_MS = 300
EXISTING = (("skip", "cover.existing.skip", ""), ("update", "cover.existing.update", ""))


class CoverDialog(Dialog):
    """Modal to the window; covering itself is a job that goes on when it is closed.

    Args:
        show: goes to listings of these ids.

    Attributes:
        stores: all stores that are signed in.
        result: what covering did, None before.

    Emits:
        covered: the `CoverResult`.
        undo_wanted: uid of the change.
    """

    covered = Signal(object)
    undo_wanted = Signal(str)

    def __init__(self, context: ViewContext, show: Callable[[Sequence[int]], object], parent: QWidget) -> None:
        super().__init__("cover.title", parent, size=SIZE)
        self._context, self._desk, self._show_listings = context, context.services.covering, show
        self.stores: list[StoreRecord] = []
        self.result: CoverResult | None = None
        self.sample: Any = None
        self._sampled: tuple[Any, ...] = ()
        self._sampling: TaskHandle | None = None
        self._running: TaskHandle | None = None
        self._tried: TaskHandle | None = None
        self._reading: TaskHandle | None = None
        self._asked = (0, 0)
        self._pair: tuple[Any, Any] = (None, None)
        self.source, self.target = QComboBox(), QComboBox()
        self.ids, self.form, self.report = IdsBox(), RulesForm(), ReportPane(context)
        self.existing = Segments(EXISTING)
        self._trying = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._build()
        self._connect()

    # -- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        whole = row(self.body, gap=0)
        left = Ground("surface", "right")
        lines = column(left, gap=6)
        lines.setContentsMargins(0, 10, 1, 0)
        top = column(gap=6)
        top.setContentsMargins(14, 0, 14, 6)
        for key, box in (("cover.from", self.source), ("cover.to", self.target)):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            top.addWidget(Field(key, box))
        head = row()
        head.addWidget(Label("cover.ids", role="small", strong=True), 1)
        self.open_file = Button("cover.open_file", kind="link")
        head.addWidget(self.open_file)
        top.addLayout(head)
        top.addWidget(self.ids)
        top.addWidget(Label("cover.existing", role="small", strong=True))
        top.addWidget(self.existing)
        lines.addLayout(top)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.form)
        lines.addWidget(area, 1)
        self._left = left
        whole.addWidget(left)
        whole.addWidget(self.report, 1)
        self.hint.say("cover.promise")
        self.primary = self.add_buttons("cover.start_nothing", cancel_key="dialog.close")
        self.primary.clicked.disconnect()
        self.primary.clicked.connect(self.start)
        self.drafts = Button("cover.show_drafts")
        self.drafts.hide()
        self.footer.row.insertWidget(1, self.drafts)
        for name in ("texts", "codes", "prices"):
            self.form.sections[name].fold()
        self._fit()
        self._show_state()

    def _connect(self) -> None:
        self.existing.chosen.connect(lambda _: self._try_rules())
        self.source.activated.connect(lambda _: self._on_pair())
        self.target.activated.connect(lambda _: self._on_pair())
        self.ids.changed.connect(self._read_ids)
        self.ids.files_wanted.connect(self.read_files)
        self.open_file.clicked.connect(lambda: ask_files(self, "cover.open_file", self.read_files))
        self.form.changed.connect(self._trying.start)
        self._trying.timeout.connect(self._try_rules)
        self.report.export_wanted.connect(self.export_to)
        self.report.acted.connect(self.stop)
        self.report.opened.connect(lambda number: self._go_to([number]))
        self.drafts.clicked.connect(self.go_to_drafts)

    def _fit(self) -> None:
        self._left.setFixedWidth(min(current_theme().height(LEFT), self.width() * 2 // 5))

    # -- opening -----------------------------------------------------------------------------------------------

    def begin(self, from_id: int = 0, to_id: int = 0, ids: Sequence[str] = ()) -> None:
        """Open with these stores and ids, as far as they are given."""
        if ids:
            self.ids.add_ids(ids)
        self._asked = (from_id, to_id)
        self.open()
        handle = self._context.runner.call(self._context.services.stores)
        handle.succeeded.connect(self._on_stores)
        handle.failed.connect(self._say_problem)

    def _on_stores(self, stores: Sequence[StoreRecord]) -> None:
        self.stores = [store for store in stores if not store.is_disconnected]
        own = [store for store in self.stores if store.access == StoreAccess.OPERATE]
        from_id, to_id = self._asked
        self.target.clear()
        for store in own:
            self.target.addItem(store.name, store.id)
        self.source.clear()
        for store in sorted(self.stores, key=lambda store: store.access == StoreAccess.OPERATE):
            self.source.addItem(store.name, store.id)
        if to_id:
            self.target.setCurrentIndex(max(0, self.target.findData(to_id)))
        if from_id:
            self.source.setCurrentIndex(max(0, self.source.findData(from_id)))
        if self.target.currentData() == self.source.currentData() and not to_id and self.target.count() > 1:
            self.target.setCurrentIndex(1 - self.target.currentIndex())
        self._on_pair()
        self._read_ids()

    def store(self, box: QComboBox) -> StoreRecord | None:
        """The store chosen in *box*."""
        return next((store for store in self.stores if store.id == box.currentData()), None)

    def _on_pair(self) -> None:
        """Another pair: its rules, and what both stores have as far as it is known."""
        source, target = self.store(self.source), self.store(self.target)
        self._forget_other_pair()
        if source is None or target is None or source.id == target.id:
            self._show_state()
            return
        desk = self._desk
        handle = self._context.runner.call(
            lambda: (
                desk.rules(source.id, target.id),
                desk.things(source.id),
                desk.things(target.id),
                desk.price_rules(),
            )
        )
        handle.succeeded.connect(self._on_rules)
        handle.failed.connect(self._say_problem)

    def _forget_other_pair(self) -> None:
        """What was read and done between two other stores says nothing of these."""
        pair = (self.source.currentData(), self.target.currentData())
        if pair == self._pair:
            return
        self._pair, self.sample = pair, None
        self._forget_result()
        if self._sampling is not None:
            self._sampling.cancel()
            self._sampling = None

    def _forget_result(self) -> None:
        self.result = None
        self.drafts.hide()

    def _on_rules(self, found: tuple[Any, ...]) -> None:
        rules, theirs, ours, of_prices = found
        self.form.show_price_rules(of_prices)
        self.form.show_things(theirs, ours)
        self.form.show_rules(rules)
        self.look()

    # -- ids ---------------------------------------------------------------------------------------------------

    def read_files(self, paths: Sequence[Path]) -> None:
        """Take the ids of these files."""
        for path in paths:
            handle = self._context.runner.call(self._desk.read_file, path)
            handle.succeeded.connect(lambda found: self.ids.add_ids(found.ids, found.junk))
            handle.failed.connect(lambda error: self.ids.show_problem(sentence(error)))

    def _read_ids(self) -> None:
        """A paste of megabytes is read beside the window; of several, the last one counts."""
        handle = self._reading = self._context.runner.call(self._desk.read_text, self.ids.text)
        handle.succeeded.connect(lambda found: self._on_ids(found) if handle is self._reading else None)
        handle.failed.connect(lambda error: self._on_no_ids(error) if handle is self._reading else None)

    def _on_no_ids(self, error: Exception) -> None:
        self.ids.show_unusable(sentence(error))
        self._show_state()

    def _on_ids(self, found: ProductIds) -> None:
        before = self.ids.wanted
        self.ids.show_ids(found)
        if self.ids.wanted == before and self.sample is not None:
            return  # nothing new: a report in view stays
        self._forget_result()
        self.look()

    # -- trying the rules --------------------------------------------------------------------------------------

    def look(self) -> None:
        """Read the first few products, unless they were; then try the rules on them."""
        source, target, wanted = self.store(self.source), self.store(self.target), self.ids.wanted
        self._show_state()
        if source is None or target is None or source.id == target.id or not wanted.ids:
            return
        asked = (source.id, target.id, wanted.ids[:5])
        if asked == self._sampled and self.sample is not None:
            self._try_rules()
            return
        if self._sampling is not None:
            self._sampling.cancel()
        self._sampled, self.sample = asked, None
        handle = self._sampling = self._context.runner.start(self._desk.sample, source, target, wanted)
        handle.succeeded.connect(lambda sample: self._on_sample(handle, sample))
        handle.failed.connect(lambda error: self._on_sample_failed(handle, error))
        self.report.show_working("cover.looking")

    def _on_sample(self, handle: TaskHandle, sample: Any) -> None:
        if handle is not self._sampling:
            return
        self._sampling, self.sample = None, sample
        rules = self.form.read()
        self.form.show_things(sample.sides.theirs, sample.sides.ours)
        if rules is not None:
            self.form.show_rules(rules)
        self._try_rules()

    def _on_sample_failed(self, handle: TaskHandle, error: Exception) -> None:
        if handle is self._sampling:
            self._sampling, self._sampled = None, ()
            self.report.show_problem("cover.not_read", sentence(error))

    def _try_rules(self) -> None:
        """What the products of the sample become."""
        rules = self.form.read()
        self._show_state()
        if rules is None or self.sample is None or self.result is not None or self._running is not None:
            return
        ids, update = self.ids.wanted.ids, self.existing.current == "update"
        handle = self._tried = self._context.runner.call(self.sample.mapped, rules, ids, update=update)
        handle.succeeded.connect(lambda found: self._on_tried(handle, found))
        handle.failed.connect(lambda error: self.report.show_problem("cover.not_read", sentence(error)))

    def _on_tried(self, handle: TaskHandle, found: CoverResult) -> None:
        """Unless other rules were typed, or it was begun in earnest meanwhile."""
        if handle is self._tried and self.result is None and self._running is None:
            self.report.show_lines(report_lines(found))
            shown, skipped = len(found.titles), len(found.skipped)
            key = "cover.preview_skips" if skipped else "cover.preview_of"
            key = key if shown or skipped else "cover.promise"
            self.hint.say(key, n=shown, of=len(self.ids.wanted.ids), skipped=skipped)

    def _show_state(self) -> None:
        source, target, n = self.store(self.source), self.store(self.target), len(self.ids.wanted.ids)
        is_pair = source is not None and target is not None and source.id != target.id
        why = "" if is_pair and n else "cover.choose_two" if not is_pair else "cover.paste_ids"
        ready = not why and self._running is None and self.form.read() is not None
        self.primary.setEnabled(ready)
        say(self.primary, "cover.start" if n else "cover.start_nothing", n=n)
        if why and self.result is None and self._running is None:
            self.report.drop_table()
            self.report.show_problem(why, "", icon="building-store")
            self.hint.say("cover.promise")

    # -- covering ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Cover all of it, as a job."""
        source, target, rules = self.store(self.source), self.store(self.target), self.form.read()
        if source is None or target is None or rules is None or not self.primary.isEnabled():
            return
        wanted, update = self.ids.wanted, self.existing.current == "update"
        handle = self._context.runner.start(self._desk.run, source, target, rules, wanted, update=update)
        self._running = handle
        self._context.jobs.add(
            handle, "cover.job", icon="copy", summarise=_summary, store=source.name, n=len(wanted.ids)
        )
        handle.progressed.connect(self._on_progress)
        handle.succeeded.connect(self._on_covered)
        handle.failed.connect(self._on_failed)
        handle.cancelled.connect(self._on_stopped)
        self.report.show_working("cover.working", "cover.stop")
        self._show_state()

    def stop(self) -> None:
        """Stop covering at the next point where nothing is half done."""
        if self._running is not None:
            self._running.cancel()

    def _on_progress(self, progress: Progress) -> None:
        said = tr(progress.note) if progress.note else tr("cover.working")
        if progress.total:
            said = tr("cover.progress", what=said, done=progress.done, n=progress.total)
        self.report.state.show_progress(said, progress)

    def _on_covered(self, result: CoverResult) -> None:
        self._running, self.result = None, result
        self.report.show_lines(report_lines(result))
        self.drafts.setVisible(bool(result.copied or result.updated))
        key, params = _summary(result)
        self.hint.say(key, **params)
        self._show_state()
        offer = None
        if result.change is not None:
            uid = result.change.uid
            offer = Offer("action.undo", lambda: self.undo_wanted.emit(uid), shortcut="Ctrl+Z")
        self._context.notices.toast(
            key, tone="amber" if result.failed or result.unmapped else "green", offer=offer, **params
        )
        self.covered.emit(result)

    def _on_failed(self, error: Exception) -> None:
        self._running = None
        self.report.show_problem("cover.not_covered", sentence(error))
        self._show_state()

    def _on_stopped(self) -> None:
        self._running = None
        self.report.show_problem("cover.stopped", "", icon="player-pause")
        self._show_state()

    # -- afterwards --------------------------------------------------------------------------------------------

    def go_to_drafts(self) -> None:
        """Close, and choose what was covered."""
        if self.result is not None:
            self._go_to([*self.result.copied.values(), *self.result.updated.values()])

    def _go_to(self, listing_ids: Sequence[int]) -> None:
        self.accept()
        self._show_listings(listing_ids)

    def export_to(self, name: str) -> None:
        """Write the report to the workbook *name*."""
        handle = self._context.runner.start_heavy(*self._desk.export_call(Path(name), self.report.lines))
        handle.succeeded.connect(lambda n: self.hint.say("cover.exported", n=n, file=Path(name).name))
        handle.failed.connect(self._say_problem)

    def _say_problem(self, error: Exception) -> None:
        self.hint.tell(error)

    def resizeEvent(self, event: Any) -> None:
        """The report keeps the larger part."""
        super().resizeEvent(event)
        if hasattr(self, "_left"):
            self._fit()

    def done(self, result: int) -> None:
        """Let go of the rows; a run goes on as a job."""
        self._trying.stop()
        self.ids.stop()
        self._reading = None
        if self._sampling is not None:
            self._sampling.cancel()
        self.report.drop_table()
        super().done(result)


def _summary(result: CoverResult) -> tuple[str, dict[str, Any]]:
    """What covering did, in one line."""
    counts = {"n": len(result.copied), "updated": len(result.updated), "skipped": len(result.skipped)}
    left = len({one.product_id for one in result.unmapped})
    return "cover.done", {**counts, "failed": len(result.failed), "left": left}
