"""The single charts, drawn by pyqtgraph, which is imported when one is made, in the colours and fonts of the theme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.messages import tr
from app.services.pricing.charting import CLASS_BP, GRAMS, Charts
from app.views.theme import current_theme
from app.views.widgets.ground import column
from app.views.widgets.live import Live

MICRO = 1_000_000
CENTS = 100
SERIES = ("accent", "teal", "amber")
"""One hue a weight; each bar's group says its weights in the legend as well."""
BAR = 0.26


class Plot(Live, QWidget):
    """A chart that cannot be dragged away and follows the theme; `draw` is called with what is to be seen.

    Attributes:
        view: pyqtgraph's widget.
    """

    def __init__(self, title_key: str, x_key: str, y_key: str, parent: QWidget | None = None) -> None:
        import pyqtgraph

        super().__init__(parent)
        self._pg: Any = pyqtgraph
        self._keys = (title_key, x_key, y_key)
        self.shown: Charts | None = None
        self.view = pyqtgraph.PlotWidget(self)
        self.view.setMouseEnabled(x=False, y=False)
        self.view.setMenuEnabled(False)
        self.view.hideButtons()
        column(self).addWidget(self.view)
        self.dress()

    def show_charts(self, charts: Charts) -> None:
        """Draw anew."""
        self.shown = charts
        self._redraw()

    def restyle(self) -> None:
        """Ground, axes and texts in the theme's colours."""
        theme = current_theme()
        self.view.setBackground(theme.color("surface"))
        for side in ("left", "bottom"):
            axis = self.view.getAxis(side)
            axis.setPen(theme.color("line2"))
            axis.setTextPen(theme.color("text2"))
            axis.setStyle(tickFont=theme.font("small"), tickTextOffset=6)
        self._redraw()

    def retranslate(self) -> None:
        """Title and axes in the new language."""
        theme = current_theme()
        title, x, y = map(tr, self._keys)
        self.view.setTitle(title, color=theme.color("text").name(), size=f"{theme.font('body').pixelSize()}px")
        for side, text in (("bottom", x), ("left", y)):
            self.view.getAxis(side).setLabel(text, color=theme.color("text2").name())
            self.view.getAxis(side).label.setFont(theme.font("small"))
        self.setAccessibleName(title)
        self._redraw()

    def _redraw(self) -> None:
        if self.shown is None:
            return
        self.view.clear()
        self.draw(self.shown)
        self.retitle()

    def retitle(self) -> None:
        """Title and axis texts keep the theme's colours."""
        theme = current_theme()
        self.view.plotItem.titleLabel.setText(tr(self._keys[0]), color=theme.color("text").name())

    def draw(self, charts: Charts) -> None:
        """Add the items of the chart."""
        raise NotImplementedError


def _colour(name: str) -> Any:
    theme = current_theme()
    return theme.color("accent") if name == "accent" else theme.tone(name).text


class MarginPlot(Plot):
    """How many variants earn which margin; losses in red, thin margins in amber."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("charts.margins", "charts.margin", "charts.variants", parent)

    def draw(self, charts: Charts) -> None:
        """Bars of one class each."""
        lows = [low for low, _ in charts.margins]
        brushes = [_colour("red" if low < 0 else "amber" if low < 500 else "accent") for low in lows]
        self.view.addItem(
            self._pg.BarGraphItem(
                x0=[low / CENTS for low in lows],
                width=CLASS_BP / CENTS * 0.92,
                height=[number for _, number in charts.margins],
                brushes=brushes,
                pen=None,
            )
        )
        self.view.setXRange(lows[0] / CENTS, lows[-1] / CENTS + CLASS_BP / CENTS)


class PricePlot(Plot):
    """Every variant's list price beside the one that loses nothing: below the line it loses money."""

    keys = ("charts.prices", "charts.break_even", "charts.list_price")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(*self.keys, parent)

    def points(self, charts: Charts) -> Sequence[tuple[int, int]]:
        """What a price must not be below, and the price, in hundredths."""
        return charts.prices

    def draw(self, charts: Charts) -> None:
        """Points, those below the line in red, and the line."""
        found = self.points(charts)
        for name, is_below in (("accent", False), ("red", True)):
            points = [(least / CENTS, price / CENTS) for least, price in found if (price < least) == is_below]
            symbol = "x" if is_below else "o"
            self.view.addItem(
                self._pg.ScatterPlotItem(pos=points, size=6, pen=None, brush=_colour(name), symbol=symbol)
            )
        most = max((max(one) for one in found), default=CENTS) / CENTS
        pen = self._pg.mkPen(current_theme().color("text2"), style=Qt.PenStyle.DashLine)
        self.view.addItem(self._pg.PlotCurveItem([0, most], [0, most], pen=pen))


class FloorPlot(PricePlot):
    """Every variant's list price beside the lowest one its floor allows after the planned discount."""

    keys = ("charts.floors", "charts.floor", "charts.list_price")

    def points(self, charts: Charts) -> Sequence[tuple[int, int]]:
        """Those with a floor."""
        return charts.floors


class FreightPlot(Plot):
    """What parcels of several weights cost by country; what nobody carries has no bar and says so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("charts.freight", "charts.country", "charts.cny", parent)

    def draw(self, charts: Charts) -> None:
        """Bars side by side, countries named below, weights above."""
        theme = current_theme()
        self.view.getAxis("bottom").setTicks([[(at, country) for at, (country, _) in enumerate(charts.freight)]])
        for number, (grams, name) in enumerate(zip(GRAMS, SERIES, strict=True)):
            bars = [(at, fees[number]) for at, (_, fees) in enumerate(charts.freight)]
            known = [(at, fee / MICRO) for at, fee in bars if fee is not None]
            self.view.addItem(
                self._pg.BarGraphItem(
                    x=[at + (number - 1) * BAR for at, _ in known],
                    height=[fee for _, fee in known],
                    width=BAR * 0.9,
                    brush=_colour(name),
                    pen=None,
                )
            )
            if known:
                self._label(f"{grams} g", known[0][0] + (number - 1) * BAR, known[0][1], _colour(name))
            for at in (at for at, fee in bars if fee is None):
                self._label("–", at + (number - 1) * BAR, 0, theme.color("text3"))

    def _label(self, text: str, x: float, y: float, colour: Any) -> None:
        label = self._pg.TextItem(text, color=colour, anchor=(0.5, 1))
        label.setFont(current_theme().font("micro"))
        label.setPos(x, y)
        self.view.addItem(label)


def plots() -> Sequence[Plot]:
    """All charts in their order."""
    return (MarginPlot(), PricePlot(), FloorPlot(), FreightPlot())
