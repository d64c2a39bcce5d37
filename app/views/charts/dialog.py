"""Charts over what is chosen on the Listings tab: margins, prices against break-even and floor, freight by country."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.messages import tr
from app.services.paging import Query
from app.services.pricing.charting import Charts
from app.views.charts.loading import import_plots
from app.views.context import ViewContext
from app.views.importing.save_file import saving_dialog
from app.views.widgets.buttons import Button
from app.views.widgets.dialog import Dialog
from app.views.widgets.ground import column
from app.views.widgets.label import Label
from app.views.widgets.segments import Segments

PARTS = (
    ("margins", "charts.margins", ""),
    ("prices", "charts.prices", ""),
    ("floors", "charts.floors", ""),
    ("freight", "charts.freight", ""),
)
KINDS = "PNG (*.png);;SVG (*.svg)"


class ChartsDialog(Dialog):
    """Four charts in one place, each exported as a picture or as SVG."""

    def __init__(self, context: ViewContext, chosen: Sequence[int] | Query, count: int, parent: QWidget) -> None:
        super().__init__("charts.title", parent, size=QSize(940, 640), n=count)
        self._context, self._chosen = context, chosen
        self.part, self.pages, self.note = (
            Segments(PARTS),
            QStackedWidget(),
            Label(role="small", ink="text2", wrap=True),
        )
        self.plots: Sequence[Any] = ()
        self.shown: Charts | None = None
        whole = column(self.body, edges=16, gap=10)
        whole.addWidget(self.part)
        whole.addWidget(self.pages, 1)
        whole.addWidget(self.note)
        self.export = Button("charts.export", icon_name="photo")
        self.export.clicked.connect(self._ask_where)
        self.export.setEnabled(False)
        close = Button("dialog.close", kind="primary")
        close.clicked.connect(self.accept)
        self.footer.row.addWidget(self.export)
        self.footer.row.addWidget(close)
        self.part.chosen.connect(self._choose)
        handle = context.runner.start(self._work_out)
        handle.succeeded.connect(lambda found: import_plots(self, partial(self._show, found)))
        handle.failed.connect(lambda error: self.note.tell(error))
        self.finished.connect(lambda _: handle.cancel())

    def _work_out(self, ctx: Any) -> Charts:
        found: Charts = self._context.services.pricing.charts(self._chosen, ctx)
        return found

    def _show(self, found: Charts) -> None:
        from app.views.charts.plots import plots

        self.shown = found
        self.plots = plots()
        for plot in self.plots:
            plot.show_charts(found)
            self.pages.addWidget(plot)
        self.export.setEnabled(True)
        self._choose(self.part.current)

    def _choose(self, key: str) -> None:
        """Show one chart, with what it leaves out."""
        self.pages.setCurrentIndex([one for one, _, _ in PARTS].index(key))
        found = self.shown
        if found is None:
            return
        self.note.follow(partial(_note, found, key))

    def _ask_where(self) -> None:
        dialog = saving_dialog(self, "charts.export", KINDS, ".png")
        dialog.fileSelected.connect(lambda name: self.save_to(Path(name)))
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Write the chart in view as PNG, or as SVG where the name says so."""
        plot = self.plots[self.pages.currentIndex()]
        is_written = _as_svg(plot, path) if path.suffix.lower() == ".svg" else plot.grab().save(str(path))
        if not is_written:
            self.note.say("charts.not_written", file=path.name)
            return
        self._context.notices.toast("charts.saved", tone="green", file=path.name)


def _note(found: Charts, key: str) -> str:
    """What the chart leaves out."""
    if key == "margins":
        return tr("charts.unknown", n=found.unknown) if found.unknown else ""
    if key == "prices":
        return tr("charts.some", n=len(found.prices), of=found.shown_of)
    return _floors_text(found) if key == "floors" else tr("charts.not_served")


def _floors_text(found: Charts) -> str:
    said = tr("charts.some_floors", n=len(found.floors), of=found.floors_of) if found.floors else tr("charts.no_floors")
    return f"{said} {tr('charts.floors_unknown', n=found.floors_unknown)}" if found.floors_unknown else said


def _as_svg(plot: Any, path: Path) -> bool:
    """Qt draws the chart into the file: the library's own writer trips over paths of newer versions of Qt."""
    drawing = QSvgGenerator()
    drawing.setFileName(str(path))
    drawing.setSize(plot.size())
    drawing.setViewBox(plot.rect())
    painter = QPainter()
    if not painter.begin(drawing):
        return False
    plot.view.render(painter)
    return painter.end()
