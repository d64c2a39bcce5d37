"""What of a workbook is not used, and why: cells, rows and columns by their place, in sentences."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QWidget

from app.messages import tr
from app.services.listings.round_trip.planning import SheetReport
from app.views.language import say
from app.views.theme import current_theme
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import IconLabel, Label

SHOWN = 200
LINE, LINES = 24, 5


class ProblemList(Ground):
    """A count, then a sentence each; the sentences can be walked through with the arrow keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("amberSoft", "bottom", parent)
        self._report: SheetReport | None = None
        self.title = Label(ink="amber", strong=True)
        self.list = QListWidget()
        self.list.setObjectName("onTone")
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        say(self.list, "round_trip.problems", "accessibleName")
        whole = column(self, gap=2)
        whole.setContentsMargins(14, 8, 14, 8)
        head = row(gap=8)
        head.addWidget(IconLabel("alert-triangle", 16, "amber"))
        head.addWidget(self.title, 1)
        whole.addLayout(head)
        whole.addWidget(self.list)
        self.restyle()

    @property
    def texts(self) -> list[str]:
        """The sentences."""
        return [self.list.item(at).text() for at in range(self.list.count())]

    def stops(self) -> list[QWidget]:
        """Where Tab stops."""
        return [self.list]

    def show_report(self, report: SheetReport) -> None:
        """Say what there is to say; nothing at all hides the pane."""
        self._report = report
        self.setVisible(bool(report.errors or report.missing))
        self.retranslate()

    def retranslate(self) -> None:
        """Sentences in the user's language."""
        report = getattr(self, "_report", None)
        if report is None:
            return
        said = [error.message(tr) for error in report.errors[:SHOWN]]
        if len(report.errors) > SHOWN:
            said.append(tr("round_trip.more_problems", n=len(report.errors) - SHOWN))
        if report.missing:
            said.append(tr("cli.sheet_missing", n=report.missing))
        self.title.say("round_trip.not_used", n=len(report.errors) + (1 if report.missing else 0))
        self.list.clear()
        self.list.addItems(said)
        self._fit()

    def restyle(self) -> None:
        """As high as its lines, a few at most."""
        super().restyle()
        if hasattr(self, "list"):
            self._fit()

    def _fit(self) -> None:
        line = current_theme().height(LINE)
        self.list.setFixedHeight(line * max(1, min(self.list.count(), LINES)))
