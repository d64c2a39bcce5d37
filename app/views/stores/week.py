"""Below the table: what all stores put up and what failed, a bar a day."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.stores.figures import StoreFigures
from app.views.numbers import integer
from app.views.stores.bars import Bars
from app.views.theme import current_theme
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import Label


class DayCard(QWidget):
    """A framed chart with its name and today's figure."""

    def __init__(self, key: str, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self.today = Label(strong=True)
        self.bars = Bars(tone, 44)
        lines, head = column(self, gap=6), row(gap=8)
        lines.setContentsMargins(12, 8, 12, 8)
        head.addWidget(Label(key, role="small", ink="text2"))
        head.addStretch(1)
        head.addWidget(self.today)
        lines.addLayout(head)
        lines.addWidget(self.bars)

    def show_days(self, days: tuple[int, ...]) -> None:
        """Seven numbers, today last."""
        self.today.say("stores.week.today", n=integer(days[-1]))
        self.bars.show_values(days, tr(self._key))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame."""
        theme, painter = current_theme(), QPainter(self)
        painter.setPen(theme.pen("line2"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 6, 6)
        painter.end()


class WeekStrip(Ground):
    """Hidden while the week has nothing to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", "top", parent)
        self.sum = Label(role="small", ink="text2")
        self.published = DayCard("stores.week.published", "accentText")
        self.failed = DayCard("stores.week.failed", "red")
        lines, head, cards = column(self, gap=8), row(gap=8), row(gap=12)
        lines.setContentsMargins(14, 8, 14, 10)
        head.addWidget(Label("stores.week.title", role="small", strong=True))
        head.addStretch(1)
        head.addWidget(self.sum)
        for card in (self.published, self.failed):
            cards.addWidget(card, 1)
        lines.addLayout(head)
        lines.addLayout(cards)
        self.hide()

    def show_figures(self, figures: StoreFigures) -> None:
        """The sums of all stores."""
        new, failed = sum(figures.new_by_day), sum(figures.failed_by_day)
        self.sum.say("stores.week.sum", new=integer(new), failed=integer(failed))
        self.published.show_days(figures.new_by_day)
        self.failed.show_days(figures.failed_by_day)
        self.setVisible(bool(new or failed))
