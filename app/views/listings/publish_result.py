"""What became of a batch (mock 05): counts that add up, failures by reason, the remedy, sending again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QScrollArea, QStackedWidget, QWidget

from app.messages import tr
from app.services.compliance.findings import fix_text
from app.services.compliance.units import units
from app.services.listings.details import Choice
from app.services.listings.editing import ListingEdit
from app.services.publishing.losses import WOULD_LOSE
from app.services.publishing.remedies import NAMED, RowNow, StoreChoices
from app.views.importing.save_file import ask_where
from app.views.language import language
from app.views.listings.plain_table import dress_table, fit_columns
from app.views.listings.reason_list import ReasonList
from app.views.listings.result_parts import ResultHead, banner_sentence, group_heading, group_kind, group_title
from app.views.listings.result_rows import FIELD, LISTED, ResultCells, ResultRows, ResultTable, typed_value
from app.views.listings.undecided_list import UndecidedList
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Confirmation, Dialog
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import ElidedLabel, Label

if TYPE_CHECKING:
    from app.services.publishing.report import BatchReport, ReasonGroup
    from app.views.context import ViewContext

GROUND = {"failed": "redSoft", "unknown": "violetSoft", "doubled": "amberSoft", "held": "amberSoft"}
SKU_COLUMNS = {"sku.code": "code", "sku.price": "price_minor", "sku.stock": "stock"}
NOW_WIDTH, CODE_WIDTH, FIELD_WIDTH, LOSSES_WIDTH = 240, 130, 230, 360


class PublishResultDialog(Dialog):
    """Non-modal: the table stays usable while the reasons are read.

    Emits:
        send_again_wanted: ids of listings to queue again.
        send_anyway_wanted: ids of listings whose losses on the platform were accepted.
        look_up_wanted: somebody wants unconfirmed listings looked up, or sent again, now.
        take_off_wanted: what is superfluous on the platform is to be taken off sale.
        edit_wanted: ids of listings to show in the table.
    """

    send_again_wanted = Signal(list)
    send_anyway_wanted = Signal(list)
    look_up_wanted = Signal()
    take_off_wanted = Signal()
    edit_wanted = Signal(object)

    def __init__(
        self, report: BatchReport, store_name: str, context: ViewContext, parent: QWidget, kind: str = ""
    ) -> None:
        super().__init__("publish.result.title", parent, size=QSize(1180, 680))
        self._report, self._store, self._context, self._kind = report, store_name, context, kind
        self._desk = context.services.publishing
        self._now: dict[int, RowNow] = {}
        self._candidates: Mapping[int, Sequence[str]] = {}
        self._choices = StoreChoices((), ())
        self._is_reading = self._is_again = False
        self.reasons = ReasonList()
        self.model = ResultRows(self)
        self.rows = ResultTable()
        self.undecided = UndecidedList()
        self.reason = Label(role="title", strong=True, wrap=True)
        self.raw = ElidedLabel(role="small", ink="text2")
        self.copy = Button("publish.copy_raw", kind="link")
        self.fix_all = Button(kind="")
        self.anyway = Button(kind="")
        self.show_rows = Button("publish.show_rows", kind="link")
        self.save_report = Button("publish.book.save", kind="link")
        self.progress = Label(role="small", ink="text2", wrap=True)
        self._build()
        self._connect()
        self._show_report()
        self._read()

    # -- building ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._whole = column(self.body, gap=0)
        self._head: QWidget = Ground("surface")
        self._whole.addWidget(self._head)
        self.all_well = Label("publish.result.all_well", ink="text2", wrap=True)
        self.all_well.setContentsMargins(20, 16, 20, 16)
        self._middle = QWidget()
        middle = row(self._middle, gap=0)
        middle.addWidget(self.reasons)
        middle.addLayout(self._right(), 1)
        self._whole.addWidget(self.all_well, 0, Qt.AlignmentFlag.AlignTop)
        self._whole.addWidget(self._middle, 1)
        self.again = self.add_buttons("publish.send_again", cancel_key="dialog.close", n=0)
        self.again.clicked.disconnect()
        self.again.setDefault(False)  # Enter edits the cell; sending is a decision of its own
        self.again.setAutoDefault(False)
        self.footer.row.insertWidget(1, self.save_report)

    def _right(self) -> Any:
        lines = column(gap=0)
        self._banner = Ground("redSoft", "bottom")
        inside = row(self._banner, gap=12)
        inside.setContentsMargins(16, 10, 16, 10)
        texts = column(gap=4)
        texts.addWidget(self.reason)
        self._raw_line = QWidget()  # hidden as a whole: an empty layout would squeeze the sentence above it
        raw = row(self._raw_line, gap=8)
        raw.addWidget(self.raw, 1)
        raw.addWidget(self.copy)
        texts.addWidget(self._raw_line)
        inside.addLayout(texts, 1)
        for button in (self.fix_all, self.anyway):
            inside.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        lines.addWidget(self._banner)
        self._stack = QStackedWidget()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(self.undecided)
        self._stack.addWidget(self.rows)
        self._stack.addWidget(area)
        lines.addWidget(self._stack, 1)
        below = row(gap=8)
        below.setContentsMargins(16, 6, 16, 6)
        below.addWidget(self.progress, 1)
        below.addWidget(self.show_rows)
        lines.addLayout(below)
        self._set_up_rows()
        return lines

    def _set_up_rows(self) -> None:
        view = self.rows
        dress_table(view, row=30)
        view.setItemDelegate(ResultCells(self._choices_of, view))
        view.setModel(self.model)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        view.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def _connect(self) -> None:
        self.reasons.chosen.connect(self._show_group)
        self.model.edited.connect(self._on_edited)
        self.rows.doubleClicked.connect(self._on_double_click)
        self.undecided.decided.connect(self._decide)
        self.undecided.look_up_wanted.connect(self.look_up_wanted)
        self.copy.clicked.connect(self._copy_raw)
        self.fix_all.clicked.connect(self._fix_all)
        self.anyway.clicked.connect(self._ask_anyway)
        self.show_rows.clicked.connect(self._on_show_rows)
        self.again.clicked.connect(self._send_again)
        self.save_report.clicked.connect(self._ask_where)
        self._context.changes.happened.connect(self._on_change)

    # -- reading -----------------------------------------------------------------------------------------------

    def _read(self) -> None:
        """Read the report and where its listings stand, off the GUI thread; asked again meanwhile, once more after."""
        if self._is_reading:
            self._is_again = True
            return
        self._is_reading = True
        handle = self._context.runner.call(read_result, self._desk, self._report.batch_id)
        handle.succeeded.connect(self._on_read)
        handle.failed.connect(self._on_failed)
        handle.finished.connect(self._on_read_end)

    def _on_read(self, answer: tuple[Any, ...]) -> None:
        report, self._now, self._candidates, self._choices = answer
        is_new = report != self._report
        self._report = report
        self.model.show_now(self._now)  # before another report is shown: it remembers what stood there
        if is_new:
            self._show_report()
        if self.reasons.current_group is not None:
            self._show_group(self.reasons.current_group)
        self._show_ready()

    def _on_read_end(self) -> None:
        self._is_reading = False
        if self._is_again:
            self._is_again = False
            self._read()

    def _on_change(self, tables: Any) -> None:
        if "listing" in tables:
            self._read()

    # -- showing -----------------------------------------------------------------------------------------------

    @property
    def groups(self) -> tuple[ReasonGroup, ...]:
        """The reasons."""
        return self._report.groups

    @property
    def doubled(self) -> int:
        """Products too many on the platform."""
        return sum(len(group.rows) for group in self.groups if group_kind(group) == "doubled")

    def _show_report(self) -> None:
        head = ResultHead(self._report, self._store)
        self._whole.replaceWidget(self._head, head)
        self._head.hide()
        self._head.deleteLater()
        self._head = self.head = head
        has_groups = bool(self.groups)
        self.all_well.setVisible(not has_groups)
        self._whole.setStretch(1, 0 if has_groups else 1)  # keeps the figures at the top when nothing is below them
        self._middle.setVisible(has_groups)
        self.again.setVisible(has_groups)
        self.hint.say("publish.result.hint" if has_groups else "publish.result.hint_done")
        self.reasons.show_groups(self.groups, kind=self._kind)
        self._show_ready()

    def _show_group(self, group: ReasonGroup) -> None:
        kind = group_kind(group)
        self._banner.set_ground(GROUND[kind])
        self.reason.setText(banner_sentence(group))
        self.raw.setText(tr("publish.raw", text=group.platform_text) if group.platform_text else "")
        self._raw_line.setVisible(bool(group.platform_text))
        self._stack.setCurrentIndex(1 if kind == "unknown" else 0)
        if kind == "unknown":
            self.undecided.show_rows(group.rows, self._candidates)
        elif self.model.group is not group:
            at = self.rows.currentIndex()
            self.model.show_group(group, self._now)
            self._fit_columns(group)
            self.rows.setCurrentIndex(self.model.index(max(at.row(), 0), FIELD if group.field else 0))
        self._show_fixes(group)
        losing = self._losing(group)
        self.anyway.setVisible(bool(losing))
        self.anyway.setText(tr("publish.anyway", n=len(losing)))
        self._show_progress(group)

    def _fit_columns(self, group: ReasonGroup) -> None:
        has_field = bool(group.field) or group.code == WOULD_LOSE
        field = LOSSES_WIDTH if group.code == WOULD_LOSE else FIELD_WIDTH
        self.rows.setColumnHidden(FIELD, not has_field)
        fit_columns(self.rows, (0, CODE_WIDTH, field if has_field else 0, NOW_WIDTH))

    def _show_fixes(self, group: ReasonGroup) -> None:
        """One button for the remedy of all rows that have one."""
        if group_kind(group) == "doubled":
            self.fix_all.setText(tr("publish.take_off", n=len(group.rows)))
            self.fix_all.show()
            return
        fixes = [now.fix for now in self._fixable(group) if now.fix is not None]
        texts = {fix_text(fix) for fix in fixes}
        self.fix_all.setVisible(bool(fixes))
        if len(texts) == 1:
            self.fix_all.setText(tr("publish.fix_all", n=len(fixes), fix=texts.pop()))
        elif texts:
            self.fix_all.setText(tr("publish.fix_each", n=len(fixes)))

    def _fixable(self, group: ReasonGroup) -> list[RowNow]:
        standing = (self._now.get(number) for number in group.listing_ids)
        return [now for now in standing if now is not None and now.remedy is not None and can_be_sent(now)]

    def _show_progress(self, group: ReasonGroup) -> None:
        standing = [self._now[number] for number in group.listing_ids if number in self._now]
        fixed = sum(now.is_sent or (now.is_passing and now.is_edited) for now in standing)
        self.progress.setText(tr("publish.fixed_of", n=fixed, left=len(group.rows) - fixed) if fixed else "")

    def _show_ready(self) -> None:
        fixed, others = self._ready()
        self.again.setText(tr("publish.send_fixed" if fixed else "publish.send_again", n=len(fixed or others)))
        self.again.setEnabled(bool(fixed or others))
        self.again.setToolTip("" if fixed or others else tr("publish.nothing_ready"))

    # -- putting right -----------------------------------------------------------------------------------------

    def _choices_of(self, field: str) -> Sequence[Choice]:
        if field == "unit":
            return [Choice(id, label.shown(language.code)) for id, label in units().items()]
        lists = {"freight_template_id": self._choices.templates, "service_template_id": self._choices.services}
        return lists.get(field, self._choices.groups)

    def _on_edited(self, listing_id: int, text: str) -> None:
        group = self.model.group
        assert group is not None
        if group.field in NAMED and group.field not in LISTED:
            handle = self._context.runner.call(self._desk.resolve_name, self._report.store_id, group.field, text)
            handle.succeeded.connect(lambda found: self._on_resolved(group, listing_id, text, found))
            handle.failed.connect(self._on_failed)
        else:
            value = text if group.field in LISTED else typed_value(group.field, text)
            self._save([self._edit(group, listing_id, value)], self._title_of(group, listing_id))

    def _on_resolved(self, group: ReasonGroup, listing_id: int, text: str, found: str | None) -> None:
        if found is None:
            self.model.refuse(listing_id, text, tr("publish.no_such_name", value=text))
        else:
            self._save([self._edit(group, listing_id, found)], self._title_of(group, listing_id))

    def _edit(self, group: ReasonGroup, listing_id: int, value: Any) -> ListingEdit:
        sku_id = self._now[listing_id].sku_id
        if sku_id is not None:
            return ListingEdit(listing_id, skus={sku_id: {SKU_COLUMNS[group.field]: value}})
        return ListingEdit(listing_id, fields={group.field: value})

    @staticmethod
    def _title_of(group: ReasonGroup, listing_id: int) -> str:
        return next((line.title for line in group.rows if line.listing_id == listing_id), "")

    def _fix_all(self) -> None:
        group = self.reasons.current_group
        if group is not None and group_kind(group) == "doubled":
            self.take_off_wanted.emit()
        elif group is not None:
            edits = [now.remedy for now in self._fixable(group) if now.remedy is not None]
            self._save(edits, group_title(group), group_heading(group))

    def _save(self, edits: list[ListingEdit], title: str, rule: str = "") -> None:
        handle = self._context.runner.call(self._context.services.listings.save, edits, title, rule=rule)
        handle.succeeded.connect(lambda _: self._on_saved())
        handle.failed.connect(self._on_failed)
        self._context.jobs.keep(handle)

    def _on_saved(self) -> None:
        self._context.changes.tell({"listing", "change"})

    def _decide(self, listing_id: int, product_id: str) -> None:
        handle = self._context.runner.call(self._desk.decide, listing_id, product_id or None)
        handle.succeeded.connect(lambda _: self._on_decided(is_sent=not product_id))
        handle.failed.connect(self._on_failed)

    def _on_decided(self, *, is_sent: bool) -> None:
        self._context.changes.tell({"listing"})
        if is_sent:
            self.look_up_wanted.emit()

    def _on_failed(self, error: BaseException) -> None:
        self.hint.tell(error)
        self.hint.set_look(ink="red")

    # -- sending again -----------------------------------------------------------------------------------------

    def _ready(self) -> tuple[list[int], list[int]]:
        """Listings that were put right, and those that may simply be tried again; both pass the checker.

        What is unknown is looked up; what is there twice, or went through since, is there: none of these is sent again
        from here. A rejected one must be changed first, and what would be lost be accepted.
        """
        fixed, others = [], []
        for group in self.groups:
            if group_kind(group) in ("unknown", "doubled"):
                continue
            for listing_id in group.listing_ids:
                now = self._now.get(listing_id)
                if now is None or not now.is_passing or not can_be_sent(now):
                    continue
                if now.is_edited:
                    fixed.append(listing_id)
                elif group.state != "rejected" and group.code != WOULD_LOSE:
                    others.append(listing_id)
        return fixed, others

    def again_ids(self) -> list[int]:
        """What "send again" sends: what was put right, or where nothing was, what may be tried again."""
        fixed, others = self._ready()
        return fixed or others

    def _send_again(self) -> None:
        ids = self.again_ids()
        if ids:
            self.send_again_wanted.emit(ids)
            self.accept()

    def _losing(self, group: ReasonGroup) -> list[int]:
        """Listings of *group* that can be sent once their losses are accepted."""
        if group.code != WOULD_LOSE:
            return []
        standing = [self._now.get(number) for number in group.listing_ids]
        return [now.listing_id for now in standing if now is not None and now.is_passing and can_be_sent(now)]

    def _ask_anyway(self) -> None:
        """Something leaves the desktop and erases what the platform has: asked with count and store."""
        group = self.reasons.current_group
        if group is None:
            return
        ids = self._losing(group)
        question = Confirmation(
            self,
            "publish.anyway.ask",
            "publish.anyway.verb",
            detail_key="publish.anyway.detail",
            n=len(ids),
            store=self._store,
        )
        question.accepted.connect(lambda: self._send_anyway(ids))
        question.open()

    def _send_anyway(self, ids: list[int]) -> None:
        self.send_anyway_wanted.emit(ids)
        self.accept()

    # -- the report as a workbook --------------------------------------------------------------------------------

    def _ask_where(self) -> None:
        suggested = Path.home() / tr("publish.book.file", batch=self._report.batch_id)
        ask_where(self, "publish.book.save", suggested, self._write_report)

    def _write_report(self, name: str) -> None:
        handle = self._context.runner.call(self._desk.write_report, self._report.batch_id, Path(name))
        handle.succeeded.connect(lambda file: self.hint.setText(tr("publish.book.saved", file=file)))
        handle.failed.connect(self._on_failed)
        self._context.jobs.keep(handle)

    # -- the rest ----------------------------------------------------------------------------------------------

    def _on_double_click(self, index: Any) -> None:
        if not index.flags() & Qt.ItemFlag.ItemIsEditable and self.model.group is not None:
            self.edit_wanted.emit([self.model.group.rows[index.row()].listing_id])

    def _on_show_rows(self) -> None:
        group = self.reasons.current_group
        if group is not None:
            chosen = [index.row() for index in self.rows.selectionModel().selectedRows()]
            rows = [group.rows[at] for at in chosen if at < len(group.rows)] if len(chosen) > 1 else group.rows
            self.edit_wanted.emit([line.listing_id for line in rows])

    def _copy_raw(self) -> None:
        group = self.reasons.current_group
        if group is not None:
            QGuiApplication.clipboard().setText(group.platform_text)

    def changeEvent(self, event: QEvent) -> None:
        """Everything in the new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "again"):
            self._show_report()
            self.model.show_group(self.model.group, self._now)
            if self.reasons.current_group is not None:
                self._show_group(self.reasons.current_group)


def can_be_sent(now: RowNow) -> bool:
    """Whether there is something to send, once it passes the checks, and nobody is at it."""
    return not now.lock and not now.is_sent


def read_result(desk: Any, batch_id: int) -> tuple[Any, dict[int, RowNow], dict[int, Sequence[str]], StoreChoices]:
    """The report, where its listings stand, candidates of unconfirmed ones, names to choose. Blocking."""
    report: BatchReport = desk.report(batch_id)
    now: dict[int, RowNow] = {}
    for group in report.groups:
        if group.state != "unknown":
            now.update(desk.rows_now(batch_id, group.listing_ids, group.field))
    has_unknown = any(group.state == "unknown" for group in report.groups)
    waiting = desk.undecided(report.store_id) if has_unknown else ()
    candidates = {one.listing_id: one.candidates for one in waiting}
    return report, now, candidates, desk.choices(report.store_id)
