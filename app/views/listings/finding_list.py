"""What the checker says about one listing: sentence, field, and the remedy as a button."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.services.compliance.findings import Finding, finding_text, fix_text
from app.services.listings.holds import CODE as HELD
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column, emptied, row
from app.views.widgets.label import Label
from app.views.widgets.status_label import StatusLabel

TWICE = "listing.twice"
"""A hold that the person at the desk may release: nobody else can know whether it is the same item."""


class FindingList(Ground):
    """Findings, worst first.

    Emits:
        fix_wanted: a finding whose remedy was pressed.
        field_wanted: a finding whose field is to be gone to.
        release_wanted: the listing is held as a second one of the same item, and is none.
        let_go_wanted: a person holds the listing, and it may go.
    """

    fix_wanted = Signal(object)
    field_wanted = Signal(object)
    release_wanted = Signal()
    let_go_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent=parent)
        self._lines = column(self, gap=0)
        self._lines.addStretch(1)
        self._findings: tuple[Finding, ...] | None = None
        self._can_fix = True

    def show_findings(self, findings: tuple[Finding, ...], *, can_fix: bool = True) -> None:
        """Show these; none says so. Without *can_fix* the remedies are left out: the listing is locked."""
        order = ("block", "hold", "warn")
        wanted = tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))
        if (wanted, can_fix) != (self._findings, self._can_fix):
            self._findings, self._can_fix = wanted, can_fix
            self.retranslate()

    def retranslate(self) -> None:
        """Sentences in the user's language."""
        if getattr(self, "_findings", None) is None:
            return
        emptied(self._lines, keep=1)
        rows = [self._row(finding) for finding in self._findings] or [self._nothing()]
        for number, widget in enumerate(rows):
            self._lines.insertWidget(number, widget)

    def _row(self, finding: Finding) -> QWidget:
        box = Ground("surface", "bottom")
        lines = column(box, gap=4)
        lines.setContentsMargins(14, 8, 14, 8)
        lines.addWidget(StatusLabel(f"finding.{finding.severity}"))
        said = Label(wrap=True)
        said.setText(finding_text(finding))
        lines.addWidget(said)
        buttons = row(gap=8)
        if finding.fix is not None and self._can_fix:
            fix = Button(kind="small")
            fix.setText(fix_text(finding.fix))
            fix.clicked.connect(lambda: self.fix_wanted.emit(finding))
            buttons.addWidget(fix)
        if finding.code == TWICE and self._can_fix:
            release = Button("listings.release_twins", kind="small")
            release.clicked.connect(self.release_wanted)
            buttons.addWidget(release)
        if finding.code == HELD:
            let_go = Button("listings.release_hold", kind="small")
            let_go.clicked.connect(self.let_go_wanted)
            buttons.addWidget(let_go)
        else:
            go = Button("listings.go_to_field", kind="link")
            go.clicked.connect(lambda: self.field_wanted.emit(finding))
            buttons.addWidget(go)
        buttons.addStretch(1)
        lines.addLayout(buttons)
        return box

    @staticmethod
    def _nothing() -> QWidget:
        box = Ground("surface")
        lines = column(box, edges=14)
        lines.setContentsMargins(14, 16, 14, 16)
        lines.addWidget(Label("listings.no_findings", ink="text2", wrap=True))
        return box
