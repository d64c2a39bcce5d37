"""What became of a batch (mock 05): counts that add up, failures by reason, the remedy, sending again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QTableWidget, QTableWidgetItem, QWidget

from app.messages import messages, tr
from app.services.compliance.findings import Label as TwoNames
from app.services.listings.editing import ListingEdit
from app.services.publishing.report import BatchReport, ReasonGroup
from app.views.context import ViewContext
from app.views.errors import sentence
from app.views.numbers import duration, integer, moment
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import ElidedLabel, Label
from app.views.widgets.live import Live

PARTS = (
    ("live", "green"),
    ("in_review", "teal"),
    ("failed", "red"),
    ("unknown", "violet"),
    ("held", "amber"),
)
TEXT_FIELDS = ("title", "keywords", "category_id", "freight_template_id", "group_id", "unit")
"""Fields that can be put right as a text in the result itself; others open the editor."""


def part_counts(report: BatchReport) -> dict[str, int]:
    """The counts of the bar; together they are the batch without what was cancelled or waits."""
    return {
        "live": report.live,
        "in_review": report.in_review,
        "failed": report.failed + report.rejected + report.blocked,
        "unknown": report.unknown,
        "held": report.held,
    }


class SharesBar(Live, QWidget):
    """One bar that adds up to the total."""

    def __init__(self, counts: dict[str, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = counts
        self.setFixedHeight(8)
        self.setAccessibleName(", ".join(f"{tr(f'publish.part.{key}')} {n}" for key, n in counts.items()))
        self.dress()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Segments in their tones, two pixels between them."""
        theme, painter, left = current_theme(), QPainter(self), 0.0
        total = max(sum(self._counts.values()), 1)
        for key, tone in PARTS:
            width = self.width() * self._counts[key] / total
            if width:
                painter.fillRect(int(left), 0, max(2, int(width) - 2), self.height(), theme.tone(tone).text)
            left += width
        painter.end()


def group_title(group: ReasonGroup) -> str:
    """The short name of a reason: a heading of the checker, or the sentence of the error."""
    heading = f"finding_group.{group.code}"
    return tr(heading) if messages.has(heading) else group_sentence(group, group.params)


def group_sentence(group: ReasonGroup, params: dict[str, Any]) -> str:
    """What happened, where and the remedy, for one listing of the group."""
    if not messages.has(group.message_key):
        return tr("publish.raw_reason", code=group.code)
    shown = {
        name: value.shown(messages.language) if isinstance(value, TwoNames) else value for name, value in params.items()
    }
    try:
        return tr(group.message_key, **shown)
    except KeyError:
        return tr("publish.raw_reason", code=group.code)


class PublishResultDialog(Dialog):
    """Non-modal: the table stays usable while the reasons are read.

    Emits:
        send_again_wanted: ids of listings to queue again.
        rows_changed: a listing was put right here.
        edit_wanted: ids of listings to choose in the table.
    """

    send_again_wanted = Signal(list)
    rows_changed = Signal()
    edit_wanted = Signal(object)

    def __init__(self, report: BatchReport, store_name: str, context: ViewContext, parent: QWidget) -> None:
        super().__init__("publish.result.title", parent, size=QSize(1180, 680))
        self._report, self._store, self._context = report, store_name, context
        self._fixed: set[int] = set()
        self._group: ReasonGroup | None = report.groups[0] if report.groups else None
        self.groups = QListWidget()
        self.rows = QTableWidget()
        self.reason = Label(role="title", strong=True, wrap=True)
        self.raw = ElidedLabel(role="small", ink="text2")
        self.copy = Button("publish.copy_raw", kind="link")
        self._build()
        self._show_groups()

    def _build(self) -> None:
        whole = column(self.body, gap=0)
        whole.addWidget(self._head())
        if not self._report.groups:
            done = Label("publish.result.all_well", ink="text2", wrap=True)
            done.setContentsMargins(20, 16, 20, 16)
            whole.addWidget(done)
            whole.addStretch(1)
        else:
            middle = row(gap=0)
            self.groups.setFixedWidth(272)
            self.groups.setFrameShape(QListWidget.Shape.NoFrame)
            self.groups.setWordWrap(True)
            middle.addWidget(self.groups)
            middle.addLayout(self._right(), 1)
            whole.addLayout(middle, 1)
        self.say_hint()
        self.again = self.add_buttons("publish.send_again", cancel_key="dialog.close", n=0)
        self.again.clicked.disconnect()
        self.again.clicked.connect(self._send_again)
        self.again.setVisible(bool(self._report.groups))
        self.groups.currentRowChanged.connect(self._on_group)
        self.rows.itemChanged.connect(self._on_item_changed)
        self.copy.clicked.connect(self._copy_raw)

    def say_hint(self) -> None:
        """What sending again does."""
        self.hint.say("publish.result.hint" if self._report.groups else "publish.result.hint_done")

    def _head(self) -> QWidget:
        head = Ground("surface", "bottom")
        lines = column(head, gap=8)
        lines.setContentsMargins(20, 14, 20, 12)
        figures = row(gap=24)
        counts = part_counts(self._report)
        self.figures: dict[str, Label] = {}
        for key, tone in (("on_platform", "green"), *PARTS):
            number = self._report.on_platform if key == "on_platform" else counts[key]
            cell = column(gap=0)
            figure = Label(role="figure", strong=True, ink=tone if number else "text3")
            figure.setText(integer(number))
            self.figures[key] = figure
            cell.addWidget(figure)
            cell.addWidget(Label(f"publish.part.{key}", role="small", ink="text2"))
            figures.addLayout(cell)
        figures.addStretch(1)
        about = Label(role="small", ink="text2")
        elapsed = ((self._report.finished_ms or self._report.created_ms) - self._report.created_ms) / 1000
        about.setText(
            tr(
                "publish.result.about",
                store=self._store,
                n=self._report.total,
                time=moment(self._report.finished_ms or self._report.created_ms),
                took=duration(elapsed),
            )
        )
        figures.addWidget(about, 0, Qt.AlignmentFlag.AlignTop)
        lines.addLayout(figures)
        lines.addWidget(SharesBar(counts))
        return head

    def _right(self) -> Any:
        lines = column(gap=0)
        banner = Ground("redSoft", "bottom")
        inside = column(banner, gap=4)
        inside.setContentsMargins(16, 10, 16, 10)
        inside.addWidget(self.reason)
        raw = row(gap=8)
        raw.addWidget(self.raw, 1)
        raw.addWidget(self.copy)
        inside.addLayout(raw)
        lines.addWidget(banner)
        self.rows.setShowGrid(False)
        self.rows.setFrameShape(QTableWidget.Shape.NoFrame)
        self.rows.setWordWrap(False)
        self.rows.verticalHeader().hide()
        self.rows.horizontalHeader().setHighlightSections(False)
        self.rows.horizontalHeader().setStretchLastSection(False)
        lines.addWidget(self.rows, 1)
        return lines

    # -- reasons -----------------------------------------------------------------------------------------------

    def _show_groups(self) -> None:
        for group in self._report.groups:
            item = QListWidgetItem(f"{len(group.rows):>3}  {group_title(group)}\n{self._field_line(group)}")
            item.setToolTip(group_title(group))
            item.setSizeHint(QSize(260, current_theme().height(48)))
            self.groups.addItem(item)
        if self._report.groups:
            self.groups.setCurrentRow(0)
        self._count_ready()

    @staticmethod
    def _field_line(group: ReasonGroup) -> str:
        if group.field:
            return tr("publish.field", field=tr(f"publish.field.{group.field}"))
        return tr(f"publish.state.{group.state}")

    def _on_group(self, at: int) -> None:
        if not 0 <= at < len(self._report.groups):
            return
        self._group = group = self._report.groups[at]
        self.reason.setText(group_sentence(group, group.params))
        self.raw.setText(tr("publish.raw", text=group.platform_text) if group.platform_text else "")
        self.copy.setVisible(bool(group.platform_text))
        self._show_rows(group)

    def _show_rows(self, group: ReasonGroup) -> None:
        self.rows.blockSignals(True)
        headers = [
            tr("listings.column.title"),
            tr("listings.column.code"),
            self._field_header(group),
            tr("publish.why"),
        ]
        self.rows.clear()
        self.rows.setColumnCount(len(headers))
        self.rows.setHorizontalHeaderLabels(headers)
        self.rows.setRowCount(len(group.rows))
        for at, line in enumerate(group.rows):
            for place, text in enumerate((line.title, line.code, "", group_sentence(group, line.params))):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                self.rows.setItem(at, place, item)
        theme = current_theme()
        self.rows.verticalHeader().setDefaultSectionSize(theme.height(30))
        for place, width in enumerate((300, 130, 190, 260)):
            self.rows.setColumnWidth(place, width)
        self.rows.horizontalHeader().setStretchLastSection(True)
        self.rows.blockSignals(False)
        self._fill_field(group)

    @staticmethod
    def _field_header(group: ReasonGroup) -> str:
        return tr("publish.field_to_fix", field=tr(f"publish.field.{group.field}")) if group.field else ""

    def _fill_field(self, group: ReasonGroup) -> None:
        """The present values of the field, read from the listings; texts can be put right here."""
        if not group.field:
            return
        for at, listing_id in enumerate(group.listing_ids):
            handle = self._context.runner.call(self._context.services.listings.detail, listing_id)
            handle.succeeded.connect(lambda detail, at=at, group=group: self._show_value(group, at, detail))

    def _show_value(self, group: ReasonGroup, at: int, detail: Any) -> None:
        item = self.rows.item(at, 2) if group is self._group else None
        if item is None:
            return
        self.rows.blockSignals(True)
        item.setText(field_text(detail.record, group.field))
        item.setData(Qt.ItemDataRole.UserRole, item.text())
        if group.field in TEXT_FIELDS:
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        if detail.record.id in self._fixed:
            item.setBackground(current_theme().color("chg"))
        self.rows.blockSignals(False)

    def _on_item_changed(self, item: QTableWidgetItem) -> None:
        if self._group is None or item.column() != 2 or item.text() == item.data(Qt.ItemDataRole.UserRole):
            return
        listing_id = self._group.listing_ids[item.row()]
        edit = ListingEdit(listing_id, fields={self._group.field: item.text().strip()})
        handle = self._context.runner.call(self._context.services.listings.save, [edit], item.text())
        handle.succeeded.connect(lambda _: self._on_fixed(listing_id))
        handle.failed.connect(lambda error: self.hint.setText(sentence(error)))

    def _on_fixed(self, listing_id: int) -> None:
        self._fixed.add(listing_id)
        self.rows_changed.emit()
        if self._group is not None:
            self._fill_field(self._group)
        self._count_ready()

    # -- sending again -----------------------------------------------------------------------------------------

    def again_ids(self) -> list[int]:
        """What "send again" sends: the fixed ones, or, where nothing was fixed here, all that did not go through.

        What is unknown is looked up, never sent again from here.
        """
        groups = [group for group in self._report.groups if group.state != "unknown"]
        every = [number for group in groups for number in group.listing_ids]
        return [number for number in every if number in self._fixed] or every

    def _count_ready(self) -> None:
        n = len(self.again_ids())
        self.again.setText(tr("publish.send_fixed" if self._fixed else "publish.send_again", n=n))
        self.again.setEnabled(n > 0)

    def _send_again(self) -> None:
        self.send_again_wanted.emit(self.again_ids())
        self.accept()

    def _copy_raw(self) -> None:
        if self._group is not None:
            QGuiApplication.clipboard().setText(self._group.platform_text)


def field_text(record: Any, field: str) -> str:
    """The present value of a field as text: of the listing, or the variants' values joined."""
    if field.startswith("sku."):
        name = {"price": "price_minor"}.get(field[4:], field[4:])
        values: Sequence[object] = [getattr(sku, name, "") for sku in record.skus]
        return ", ".join("–" if value is None else str(value) for value in values)
    value = getattr(record, field, "")
    if isinstance(value, list):
        return integer(len(value))
    return "–" if value is None else str(value)
