"""Parts of a publish result: the counts that add up, one bar for them, and the words of its reasons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.messages import messages, tr
from app.services.compliance.findings import Label as TwoNames
from app.services.compliance.findings import Severity
from app.services.compliance.rule_data import rule_data
from app.services.publishing.losses import WOULD_LOSE
from app.services.publishing.verdicts import HELD
from app.services.publishing.wording import field_name, readable
from app.views.numbers import duration, integer, moment
from app.views.theme import current_theme
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label
from app.views.widgets.live import Live

if TYPE_CHECKING:
    from app.services.publishing.report import BatchReport, ReasonGroup

PARTS = (
    ("live", "green"),
    ("in_review", "teal"),
    ("failed", "red"),
    ("unknown", "violet"),
    ("held", "amber"),
    ("queued", "blue"),
    ("cancelled", "gray"),
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
"""Chinese characters: which language the platform wrote in."""
ALWAYS = ("live", "in_review", "failed")
"""Shown also as 0; the others only where there are some."""


def part_counts(report: BatchReport) -> dict[str, int]:
    """The counts of the bar; together they are the batch."""
    return {
        "live": report.live,
        "in_review": report.in_review,
        "failed": report.failed + report.rejected + report.blocked,
        "unknown": report.unknown,
        "held": report.held,
        "queued": report.queued,
        "cancelled": report.cancelled,
    }


class SharesBar(Live, QWidget):
    """One bar that adds up to the total."""

    def __init__(self, counts: dict[str, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = counts
        self.setFixedHeight(8)
        self.dress()

    def retranslate(self) -> None:
        """The parts in words, for screen readers."""
        said = (f"{tr(f'publish.part.{key}')} {n}" for key, n in self._counts.items() if n)
        self.setAccessibleName(tr("table.list_separator").join(said))

    def widths(self) -> dict[str, float]:
        """Pixels of each part; together as wide as the bar."""
        total = sum(self._counts.values())
        return {key: self.width() * n / total for key, n in self._counts.items() if n} if total else {}

    def paintEvent(self, event: QPaintEvent) -> None:
        """Segments in their tones, two pixels between them."""
        theme, painter, left = current_theme(), QPainter(self), 0.0
        widths = self.widths()
        for key, tone in PARTS:
            width = widths.get(key, 0.0)
            if width:
                painter.fillRect(round(left), 0, max(2, round(width) - 2), self.height(), theme.tone(tone).text)
            left += width
        painter.end()


class ResultHead(Ground):
    """Figures, bar, store and time.

    Attributes:
        figures: labels by part.
    """

    def __init__(self, report: BatchReport, store_name: str, parent: QWidget | None = None) -> None:
        super().__init__("surface", "bottom", parent)
        self.figures: dict[str, Label] = {}
        lines = column(self, gap=8)
        lines.setContentsMargins(20, 14, 20, 12)
        line = row(gap=24)
        counts = part_counts(report)
        for key, tone in (("on_platform", "green"), *PARTS):
            number = report.on_platform if key == "on_platform" else counts[key]
            if number or key in (*ALWAYS, "on_platform"):
                line.addLayout(self._figure(key, number, tone))
        line.addStretch(1)
        line.addWidget(self._about(report, store_name), 0, Qt.AlignmentFlag.AlignTop)
        self.bar = SharesBar(counts)
        lines.addLayout(line)
        lines.addWidget(self.bar)

    def _figure(self, key: str, number: int, tone: str) -> Any:
        cell = column(gap=0)
        figure = Label(role="figure", strong=True, ink=tone if number else "text3")
        figure.setText(integer(number))
        self.figures[key] = figure
        cell.addWidget(figure)
        cell.addWidget(Label(f"publish.part.{key}", role="small", ink="text2"))
        return cell

    @staticmethod
    def _about(report: BatchReport, store_name: str) -> Label:
        about = Label(role="small", ink="text2")
        end = report.finished_ms or report.created_ms
        key = "publish.result.about" if report.finished_ms else "publish.result.about_open"
        took = duration((end - report.created_ms) / 1000)
        about.setText(tr(key, store=store_name, n=report.total, time=moment(end), took=took))
        return about


def group_kind(group: ReasonGroup) -> str:
    """Under which heading a reason stands: failed, unknown, doubled or held."""
    if group.state == "unknown":
        return "unknown"
    if group.state == "live":
        return "doubled"
    return "held" if is_held(group) else "failed"


def is_held(group: ReasonGroup) -> bool:
    """Whether its listings wait for a release rather than were refused."""
    if group.state != "cancelled":
        return False
    return group.code == HELD or rule_data().severities.get(group.code) == Severity.HOLD


def group_title(group: ReasonGroup) -> str:
    """The short name of a reason: a heading of the checker, or the sentence of the error."""
    heading = group_heading(group)
    return tr(heading) if heading else group_sentence(group, _headline_params(group))


def group_heading(group: ReasonGroup) -> str:
    """Message key of a reason's heading, "" where it has none."""
    headings = (f"finding_group.{group.code}", f"publish.reason.{group.code}")
    return next(filter(messages.has, headings), "")


def banner_sentence(group: ReasonGroup) -> str:
    """What happened to the whole group; where every listing has its own story the rows tell it."""
    if group.code == WOULD_LOSE:
        return tr("publish.losses.banner", n=len(group.rows))
    return group_sentence(group, _headline_params(group))


def _headline_params(group: ReasonGroup) -> dict[str, Any]:
    """What a headline is made of: it points to the platform's own words, which stand below it, where those are in the
    other language."""
    said = group.params.get("platform_text")
    if not group.platform_text or not isinstance(said, str) or bool(_HAN.search(said)) is (messages.language == "zh"):
        return group.params
    words = tr("publish.their_words")
    whose = tr("publish.their_words_of", field=field_name(group.field), words=words) if group.field else words
    return {**group.params, "platform_text": whose}


def group_sentence(group: ReasonGroup, params: dict[str, Any]) -> str:
    """What happened, where and the remedy, for one listing of the group."""
    if messages.has(group.message_key):
        try:
            return tr(
                group.message_key, **{name: _shown(value) for name, value in readable(params, group.field).items()}
            )
        except KeyError:
            pass  # kept by another version of the program, with other placeholders
    return tr("publish.raw_reason", code=group.code)


def _shown(value: Any) -> Any:
    return value.shown(messages.language) if isinstance(value, TwoNames) else value


def field_line(group: ReasonGroup) -> str:
    """The second line of a reason: which field to change, or what becomes of it."""
    if group.code == WOULD_LOSE:
        return tr("publish.losses.line")
    if group.field:
        return tr("publish.field", field=field_name(group.field))
    return tr(f"publish.state.{group.state}")
