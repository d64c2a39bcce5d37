"""What stands below the preview of a bulk edit: why values are refused, what the checker would newly say."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from app.messages import messages, tr
from app.services.listings.bulk_edit.records import FindingCount, PlanCounts
from app.views.theme import current_theme
from app.views.widgets.buttons import Button
from app.views.widgets.ground import Ground, column, emptied, row
from app.views.widgets.label import ElidedLabel, Label
from app.views.widgets.status_label import StatusLabel

LINE = 24
LINES = 4


class OutcomePane(Ground):
    """Counts in a sentence, then a line a reason and a line a rule.

    Emits:
        refused_wanted: show the refused lines.
    """

    refused_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("header", "top", parent)
        self._counts: PlanCounts | None = None
        self._is_checking = False
        self.title = ElidedLabel(role="small", strong=True)
        self.checking = Label("bulk_edit.checking_now", role="small", ink="text2")
        self.more = Button("bulk_edit.show_refused", kind="link")
        self.more.clicked.connect(self.refused_wanted)
        whole = column(self, gap=0)
        head = row(gap=10)
        head.setContentsMargins(14, 6, 14, 4)
        head.addWidget(self.title, 1)
        head.addWidget(self.checking)
        head.addWidget(self.more)
        whole.addLayout(head)
        self._body = Ground("header")
        self._lines = column(self._body, gap=0)
        self._lines.setContentsMargins(14, 0, 14, 6)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._body)
        whole.addWidget(self._area)
        self.checking.hide()

    @property
    def texts(self) -> list[str]:
        """What the lines say, from top to bottom."""
        found = (self._lines.itemAt(at).widget() for at in range(self._lines.count()))
        return [widget.accessibleName() for widget in found if widget is not None]

    def show_counts(self, counts: PlanCounts) -> None:
        """Show these."""
        self._counts = counts
        self.show()
        self.retranslate()

    def show_checking(self, is_checking: bool) -> None:
        """Whether the checker is still at it."""
        self.checking.setVisible(is_checking)

    def retranslate(self) -> None:
        """Sentences in the user's language."""
        counts = getattr(self, "_counts", None)
        if counts is None:
            return
        shown = {"n": counts.changed, "same": counts.same, "refused": counts.refused}
        self.title.say("bulk_edit.totals", matched=counts.matched, **shown)
        self.more.setVisible(bool(counts.reasons))
        emptied(self._lines)
        reasons = sorted(counts.reasons.items(), key=lambda one: -one[1])
        for why, number in reasons:
            said = tr("bulk_edit.reason", why=tr(f"bulk_edit.refused.{why}"), n=number)
            self._lines.addWidget(self._line("edit.refused", said))
        for finding in counts.findings:
            self._lines.addWidget(self._line(f"finding.{finding.severity}", finding_text(finding)))
        self._fit()

    def restyle(self) -> None:
        """As high as its lines, a few at most."""
        super().restyle()
        if hasattr(self, "_area"):
            self._fit()

    def _line(self, status: str, text: str) -> QWidget:
        box = Ground("header")
        line = row(box, gap=8)
        line.addWidget(StatusLabel(status))
        said = ElidedLabel(role="small")
        said.setText(text)
        line.addWidget(said, 1)
        box.setFixedHeight(current_theme().height(LINE))
        box.setAccessibleName(text)
        return box

    def _fit(self) -> None:
        count = min(self._lines.count(), LINES)
        self._area.setVisible(count > 0)
        self._area.setFixedHeight(count * current_theme().height(LINE) + 6)


def finding_text(finding: FindingCount) -> str:
    """A rule by its name, and how many listings would newly break it."""
    key = f"finding_group.{finding.code}"
    name = tr(key) if messages.has(key) else finding.code
    return tr("bulk_edit.new_finding", name=name, n=finding.listings)
