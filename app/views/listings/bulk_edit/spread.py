"""By how much prices change (mock 04): figures at the left, bars from the largest fall to the largest rise."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.services.listings.bulk_edit.spread import Spread
from app.views.language import say
from app.views.numbers import percent
from app.views.theme import current_theme
from app.views.widgets.ground import Ground, column, row
from app.views.widgets.label import ElidedLabel
from app.views.widgets.live import Live

BARS_HEIGHT = 34


class SpreadPane(Ground):
    """Shown only where prices change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("header", "top", parent)
        self.title = ElidedLabel(role="small", strong=True)
        self.figures = ElidedLabel(role="small", ink="text2")
        self.bars = Bars()
        whole = row(self, gap=14)
        whole.setContentsMargins(14, 6, 14, 4)
        said = column(gap=2)
        said.addWidget(self.title)
        said.addWidget(self.figures)
        whole.addLayout(said, 2)
        whole.addWidget(self.bars, 3)
        self.hide()

    def show_spread(self, spread: Spread | None) -> None:
        """Show this one; nothing to show is no pane."""
        self.setVisible(spread is not None)
        if spread is None:
            return
        self.title.say("bulk_edit.spread", n=spread.lower + spread.higher)
        self.figures.say(
            "bulk_edit.spread_figures", median=signed(spread.median), lower=spread.lower, higher=spread.higher
        )
        say(self.bars, "bulk_edit.spread", "accessibleName", n=spread.lower + spread.higher)
        self.bars.show_spread(spread)


class Bars(Live, QWidget):
    """A bar a step, falls in amber, rises in blue; below it the least, nothing, and the most."""

    def __init__(self) -> None:
        super().__init__()
        self._spread: Spread | None = None
        self.dress()

    def show_spread(self, spread: Spread) -> None:
        """Paint these."""
        self._spread = spread
        self.update()

    def restyle(self) -> None:
        """As high as its bars and a line of text."""
        self.setFixedHeight(BARS_HEIGHT + current_theme().metrics("small").height())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars, the line they stand on, what its ends mean."""
        spread = self._spread
        if spread is None:
            return
        theme, painter = current_theme(), QPainter(self)
        painter.setFont(theme.font("small"))
        width, tallest = min(self.width() / len(spread.bars), self.width() / 4), max(spread.bars)
        step = (spread.most - spread.least) / len(spread.bars)
        for at, count in enumerate(spread.bars):
            if count:
                middle = spread.least + (at + 0.5) * step
                high = max(2.0, (BARS_HEIGHT - 2) * count / tallest)
                bar = QRectF(at * width + 0.5, BARS_HEIGHT - high, max(width - 1, 1), high)
                painter.fillRect(bar, theme.ink("amber") if middle < 0 else theme.color("accent"))
        painter.fillRect(QRectF(0, BARS_HEIGHT, self.width(), 1), theme.color("line2"))
        painter.setPen(theme.color("text2"))
        below = QRectF(0, BARS_HEIGHT + 1, self.width(), self.height() - BARS_HEIGHT - 1)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, signed(spread.least))
        if spread.most != spread.least:
            painter.drawText(below, Qt.AlignmentFlag.AlignRight, signed(spread.most))
        if spread.least < 0 < spread.most:
            self._draw_nothing(painter, below, spread)
        painter.end()

    def _draw_nothing(self, painter: QPainter, below: QRectF, spread: Spread) -> None:
        """The 0, where it does not stand in the way of the ends."""
        at = -spread.least / (spread.most - spread.least) * below.width()
        room = 1.2 * painter.fontMetrics().horizontalAdvance(signed(spread.most))
        if room < at < below.width() - room:
            painter.drawText(
                below.adjusted(at - room, 0, at + room - below.width(), 0), Qt.AlignmentFlag.AlignHCenter, "0"
            )


def signed(permille: int) -> str:
    """Tenths of a percent with their sign."""
    return f"{'+' if permille > 0 else ''}{percent(Decimal(permille) / 1000)}"
