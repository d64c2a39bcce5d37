"""Head and banner of the listing in view: picture, name, state; what stands in its way and the one-click remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from app.messages import messages, tr
from app.services.compliance.findings import Finding, finding_text, fix_text
from app.services.listings.details import ListingDetail, Lock, Problem
from app.services.listings.holds import CODE as HELD
from app.services.publishing.wording import readable
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import ElidedLabel, IconLabel, Label
from app.views.widgets.status_label import StatusLabel

if TYPE_CHECKING:
    from app.views.thumbnails import Thumbnails

PICTURE = 44
ORDER = ("block", "hold", "warn")
GROUND = {"block": "redSoft", "hold": "amberSoft", "warn": "amberSoft"}
INK = {"block": "red", "hold": "amber", "warn": "amber"}
ICON = {"block": "alert-octagon", "hold": "clock-pause", "warn": "alert-triangle"}


class PanelHead(Ground):
    """Picture, name, state, code and id."""

    def __init__(self, pictures: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self._pictures = pictures
        self._source = ""
        self.picture = QLabel()
        self.picture.setFixedSize(PICTURE, PICTURE)
        self.name = ElidedLabel(role="title", strong=True)
        self.status = StatusLabel()
        self.codes = ElidedLabel(role="small", ink="text2", middle=True)
        line = row(self, gap=10)
        texts = column(gap=3)
        second = row(gap=8)
        second.addWidget(self.status)
        second.addWidget(self.codes, 1)
        texts.addWidget(self.name)
        texts.addLayout(second)
        line.addWidget(self.picture)
        line.addLayout(texts, 1)
        pictures.arrived.connect(self._on_picture)

    def show_detail(self, detail: ListingDetail) -> None:
        """Show a listing."""
        record = detail.record
        self.name.setText(record.title or "–")
        self.status.show_status(f"listing.{record.status}")
        code = record.skus[0].code if record.skus else ""
        self.codes.setText(" · ".join(part for part in (code, record.product_id or "") if part))
        self._source = record.images[0] if record.images else ""
        self.picture.show()
        self.status.show()
        self._paint()

    def show_nothing(self) -> None:
        """No listing is current."""
        self._source = ""
        self.name.setText(tr("listings.no_selection"))
        self.codes.setText("")
        self.picture.hide()
        self.status.hide()

    def restyle(self) -> None:
        """The grey tile of a listing without a picture."""
        super().restyle()
        if hasattr(self, "picture"):
            self._paint()

    def _paint(self) -> None:
        picture = self._pictures.get(self._source, PICTURE) if self._source else None
        if picture is None:
            picture = QPixmap(PICTURE, PICTURE)
            picture.fill(current_theme().color("header"))
        self.picture.setPixmap(picture)

    def _on_picture(self, source: str) -> None:
        if source == self._source:
            self._paint()


def worst_of(findings: tuple[Finding, ...]) -> Finding | None:
    """The finding that must be put right first."""
    return min(findings, key=lambda finding: ORDER.index(finding.severity), default=None)


def problem_text(problem: Problem) -> str:
    """What became of the last try, as a sentence."""
    key = f"error.{problem.code}"
    if messages.has(key):
        try:
            return tr(key, **readable(problem.params, problem.field))
        except KeyError:
            pass  # written by another version of the program, with other placeholders
    return tr("publish.raw_reason", code=problem.code)


class PanelBanner(Ground):
    """What the platform said, else the worst finding, with its remedy; and why nothing can be edited.

    Emits:
        fix_wanted: the finding whose remedy was pressed.
        decide_wanted: somebody wants to say which product an unconfirmed listing is.
        field_wanted: a finding without a remedy to press, whose field is to be gone to.
        named_field_wanted: the field that the platform named.
        let_go_wanted: a person holds the listing, and it may go.
    """

    fix_wanted = Signal(object)
    decide_wanted = Signal()
    field_wanted = Signal(object)
    named_field_wanted = Signal(str)
    let_go_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("redSoft", "bottom", parent)
        self.finding: Finding | None = None
        self._worst: Finding | None = None
        self._can_decide = self._can_let_go = False
        self._named_field = ""
        self.icon = IconLabel("alert-octagon", 16, "red")
        self.text = Label(wrap=True)
        self.raw = Label(role="small", ink="text2", wrap=True)
        self.raw.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.fix = Button(kind="small")
        self.go = Button("listings.go_to_field", kind="small")
        self.lock = Label(role="small", ink="text2", wrap=True)
        line = row(self, gap=8)
        line.setContentsMargins(14, 8, 14, 8)
        line.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        texts = column(gap=5)
        for widget in (self.lock, self.text, self.raw):
            texts.addWidget(widget)
        buttons = row(gap=8)
        for button in (self.fix, self.go):
            buttons.addWidget(button)
        buttons.addStretch(1)
        texts.addLayout(buttons)
        line.addLayout(texts, 1)
        self.fix.clicked.connect(self._on_fix)
        self.go.clicked.connect(self._on_go)

    def show_detail(self, detail: ListingDetail) -> None:
        """Show what stands in the way of a listing; nothing is no banner."""
        self.finding = fixable_of(detail)
        worst = self._worst = worst_of(detail.findings)
        self._can_decide = detail.problem is not None and detail.problem.code == "publishing.several_found"
        self._can_let_go = detail.problem is None and worst is not None and worst.code == HELD
        text, raw, severity = "", "", "warn"
        if detail.problem is not None:
            text, raw, severity = problem_text(detail.problem), detail.problem.text, "block"
        elif worst is not None:
            text, severity = finding_text(worst), str(worst.severity)
        self.lock.setText(tr(f"listings.lock.{detail.lock}", store=detail.store_name) if detail.lock else "")
        is_violet = detail.record.status == "unknown"
        self._dress(text, raw, "violet" if is_violet else INK[severity], severity if text else "")
        if detail.lock == Lock.NONE and self._can_decide:
            self.fix.setText(tr("listings.decide"))
        elif self._can_let_go:
            self.fix.setText(tr("listings.release_hold"))
        elif detail.lock == Lock.NONE and self.finding is not None and self.finding.fix is not None:
            self.fix.setText(fix_text(self.finding.fix))
        can_fix = detail.lock == Lock.NONE and (self._can_decide or self.finding is not None)
        self.fix.setVisible(can_fix or self._can_let_go)
        self._named_field = detail.problem.field if detail.problem is not None else ""
        leads_on = bool(self._named_field) if detail.problem is not None else worst is not None
        is_offered = self.finding is not None and (self._named_field == self.finding.field or self.finding is worst)
        self.go.setVisible(detail.lock == Lock.NONE and leads_on and not is_offered and not self._can_let_go)

    def _dress(self, text: str, raw: str, ink: str, severity: str) -> None:
        self.text.setText(text)
        self.text.set_look(ink=ink)
        self.raw.setText(tr("publish.raw", text=raw) if raw else "")
        for label in (self.text, self.raw, self.lock):
            label.setVisible(bool(label.text()))
        self.set_ground("violetSoft" if ink == "violet" else GROUND.get(severity, "header"))
        self.icon.set_icon(ICON.get(severity, "lock"), ink if severity else "text2")
        self.setVisible(bool(text or self.lock.text()))

    def _on_go(self) -> None:
        if self._named_field:
            self.named_field_wanted.emit(self._named_field)
        else:
            self.field_wanted.emit(self._worst)

    def _on_fix(self) -> None:
        if self._can_decide:
            self.decide_wanted.emit()
        elif self._can_let_go:
            self.let_go_wanted.emit()
        elif self.finding is not None:
            self.fix_wanted.emit(self.finding)


def fixable_of(detail: ListingDetail) -> Finding | None:
    """The finding whose remedy the banner offers: at the field the platform named, else that of the worst finding,
    else the first that has one."""
    fixable = [finding for finding in detail.findings if finding.fix is not None]
    if detail.problem is not None and detail.problem.field:
        at_field = [finding for finding in fixable if finding.field == detail.problem.field]
        fixable = at_field or fixable
    worst = worst_of(detail.findings)
    if worst is not None and worst.fix is not None and (detail.problem is None or worst in fixable):
        return worst
    return worst_of(tuple(fixable))
