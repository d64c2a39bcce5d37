"""What a test of the connection found: what works, what does not, and what helps."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.stores.trying import ConnectionReport, Probe
from app.views.errors import sentence
from app.views.numbers import integer
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column, row
from app.views.widgets.label import IconLabel, Label

PARTS = ("listings", "orders", "freight", "groups", "categories")


class ProbeDialog(Dialog):
    """A line for everything that was asked; what was not asked any more says so."""

    def __init__(self, parent: QWidget, report: ConnectionReport) -> None:
        super().__init__("stores.probe.title", parent, size=QSize(520, 340), name=report.store.name)
        lines = column(self.body, gap=10)
        lines.setContentsMargins(20, 16, 20, 16)
        head = "stores.probe.works" if report.works else "stores.probe.fails"
        lines.addWidget(Label(head, role="title", strong=True, wrap=True))
        found = {probe.part: probe for probe in report.probes}
        for part in PARTS:
            lines.addWidget(_line(part, found.get(part)))
        lines.addStretch(1)
        self.hint.say("stores.probe.hint")
        close = Button("dialog.close", kind="primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(close)

    @property
    def texts(self) -> list[str]:
        """All it says, for tests and screen readers."""
        return [label.text() for label in self.body.findChildren(Label)]


def _line(part: str, probe: Probe | None) -> QWidget:
    icon, tone = _mark(probe)
    widget = QWidget()
    line = row(widget, gap=8)
    texts = column(gap=1)
    texts.addWidget(Label(f"stores.probe.{part}", strong=True))
    detail = Label(role="small", ink="red" if tone == "red" else "text2", wrap=True)
    detail.setText(_words(probe))
    texts.addWidget(detail)
    line.addWidget(IconLabel(icon, 16, tone), 0, Qt.AlignmentFlag.AlignTop)
    line.addLayout(texts, 1)
    return widget


def _mark(probe: Probe | None) -> tuple[str, str]:
    if probe is None:
        return "dots", "text3"
    return ("circle-check", "green") if probe.works else ("circle-x", "red")


def _words(probe: Probe | None) -> str:
    if probe is None:
        return tr("stores.probe.not_asked")
    if probe.error is not None:
        return sentence(probe.error)
    return tr("stores.probe.answers") if probe.count is None else tr("stores.probe.count", n=integer(probe.count))
