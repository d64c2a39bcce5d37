"""The world as a table: a cell a country, coloured by what the route costs, hatched where nothing is served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QToolTip, QWidget

from app.messages import tr
from app.services.freight.trial import TrialRow, Verdict, said
from app.services.pricing.rounding import half_up
from app.services.warehouses.countries import countries
from app.views.language import language
from app.views.theme import current_theme
from app.views.widgets.live import Live

TONES = ("green", "teal", "blue", "amber", "red")
"""From cheap to dear; every cell has its figure besides, so that nothing depends on the colour."""
CELL = QSize(72, 40)
GAP = 3
LEGEND = 34


def steps(values: Sequence[Decimal]) -> list[Decimal]:
    """The upper ends of all tones but the last: as many countries in each as the figures allow."""
    ordered = sorted(values)
    if not ordered:
        return []
    ends = [ordered[min(len(ordered) - 1, len(ordered) * part // len(TONES))] for part in range(1, len(TONES))]
    return sorted(set(ends) - {ordered[-1]})


class World(Live, QWidget):
    """Cells of all countries by code, a legend above.

    Emits:
        chosen: code of the country that was pressed.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, TrialRow] = {}
        self._values: Mapping[str, Decimal] = {}
        self._ends: list[Decimal] = []
        self.setMouseTracking(True)
        self.dress()

    def show_rows(self, rows: Sequence[TrialRow], what: str) -> None:
        """Show one row a country; *what* colours: `carrier`, `buyer` or `profit`."""
        self._rows = {row.quote.country: row for row in sorted(rows, key=lambda row: row.quote.country)}
        found = {code: figure(row, what) for code, row in self._rows.items()}
        self._values = {code: value for code, value in found.items() if value is not None}
        if what == "profit":  # the more the better: the scale turns round
            self._values = {code: -value for code, value in self._values.items()}
        self._sign = -1 if what == "profit" else 1
        self._ends = steps(list(self._values.values()))
        served = sum(row.verdict != Verdict.NOT_SERVED for row in self._rows.values())
        self.setAccessibleName(tr("freight.world.name", served=served, n=len(self._rows)))
        self._fit()
        self.update()

    def tone_of(self, code: str) -> str:
        """The tone of a country, "" where its figure is not known."""
        value = self._values.get(code)
        if value is None:
            return ""
        return TONES[sum(value > end for end in self._ends)]

    def text_of(self, code: str) -> str:
        """The figure of a country as its cell shows it."""
        value = self._values.get(code)
        if value is not None:
            return str(half_up(value * self._sign))
        return "–" if self._rows[code].verdict == Verdict.NOT_SERVED else "?"

    @property
    def _size(self) -> QSize:
        theme = current_theme()
        return QSize(theme.height(CELL.width()), theme.height(CELL.height()))

    def _columns(self) -> int:
        return max(1, (self.width() - GAP) // (self._size.width() + GAP))

    def _fit(self) -> None:
        lines = -(-len(self._rows) // self._columns())
        self.setMinimumHeight(current_theme().height(LEGEND) + lines * (self._size.height() + GAP) + GAP)

    def cell_rect(self, at: int) -> QRect:
        """Where the country number *at* stands."""
        size, columns = self._size, self._columns()
        top = current_theme().height(LEGEND)
        left = GAP + (at % columns) * (size.width() + GAP)
        return QRect(left, top + (at // columns) * (size.height() + GAP), size.width(), size.height())

    def code_at(self, x: int, y: int) -> str:
        """The country below a point, "" for none."""
        for at, code in enumerate(self._rows):
            if self.cell_rect(at).contains(x, y):
                return code
        return ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many lines as the width asks for."""
        super().resizeEvent(event)
        self._fit()

    def restyle(self) -> None:
        """Another theme or text size."""
        if hasattr(self, "_rows"):
            self._fit()
            self.update()

    def event(self, event: QEvent) -> bool:
        """The country, its figure and verdict as a tip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            code = self.code_at(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), self.tip_of(code) if code else "", self)
            return True
        return super().event(event)

    def tip_of(self, code: str) -> str:
        """A country in words."""
        return f"{countries().name(code, language.code)} ({code}): {self.text_of(code)} · {said(self._rows[code])}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a country."""
        if code := self.code_at(int(event.position().x()), int(event.position().y())):
            self.chosen.emit(code)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Legend and cells."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), current_theme().color("surface"))
        self._paint_legend(painter)
        for at, code in enumerate(self._rows):
            rect = self.cell_rect(at)
            if rect.intersects(event.rect()):
                self._paint_cell(painter, QRectF(rect), code)
        painter.end()

    def _paint_cell(self, painter: QPainter, rect: QRectF, code: str) -> None:
        theme, name = current_theme(), self.tone_of(code)
        ink = theme.tone(name or "gray")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.ground if name else theme.color("sunken"))
        painter.drawRoundedRect(rect, 4, 4)
        if not name:
            painter.setBrush(QBrush(theme.color("line2"), Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(rect, 4, 4)
        inside = rect.adjusted(6, 3, -6, -3)
        painter.setPen(ink.text if name else theme.color("text2"))
        painter.setFont(theme.font("small", strong=True))
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, code)
        painter.setFont(theme.font("small"))
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, self.text_of(code))

    def _paint_legend(self, painter: QPainter) -> None:
        theme, x = current_theme(), float(GAP)
        painter.setFont(theme.font("small"))
        height = theme.height(18)
        parts: list[tuple[str, str]] = [
            (tone, self._step_text(at)) for at, tone in enumerate(TONES[: len(self._ends) + 1])
        ]
        for tone, text in [*(parts if self._values else []), ("", tr("freight.world.not_served"))]:
            box = QRectF(x, 6, height, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(
                theme.tone(tone).ground if tone else QBrush(theme.color("line2"), Qt.BrushStyle.BDiagPattern)
            )
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(theme.color("text2"))
            painter.drawText(QPointF(x + height + 5, 6 + height * 0.75), text)
            x += height + 17 + theme.metrics("small").horizontalAdvance(text)

    def _step_text(self, at: int) -> str:
        if at < len(self._ends):
            key = "freight.world.from" if self._sign < 0 else "freight.world.up_to"
            return tr(key, value=str(half_up(self._ends[at] * self._sign)))
        if not self._ends:
            return tr("freight.world.all_same")
        key = "freight.world.below" if self._sign < 0 else "freight.world.above"
        return tr(key, value=str(half_up(self._ends[-1] * self._sign)))


def figure(row: TrialRow, what: str) -> Decimal | None:
    """What colours a country."""
    if what == "profit":
        return None if row.profit is None else row.profit.profit_cny
    return row.quote.carrier_cny if what == "carrier" else row.quote.buyer_usd


def scrolled(world: World) -> Any:
    """In an area that scrolls down."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(world)
    return area
