"""The floor of a start: Python, PySide6, a main window with five empty tabs. `python -m … STARTED`, see `started`."""

from __future__ import annotations

import sys
import time

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QTabWidget, QWidget

TABS = ("Stores", "Listings", "Warehouse templates", "Orders", "Freight templates")


class FirstPaint(QObject):
    """Ends the program after the first painting of a widget."""

    moment = 0.0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self.moment:
            self.moment = -1.0
            QTimer.singleShot(0, self, self._note)
        return False

    def _note(self) -> None:
        self.moment = time.perf_counter()
        QApplication.quit()


def main(started: float) -> None:
    """Show, tell, end."""
    app = QApplication(sys.argv[:1])
    window, tabs, first = QMainWindow(), QTabWidget(), FirstPaint()
    for name in TABS:
        tabs.addTab(QWidget(), name)
    window.setCentralWidget(tabs)
    window.resize(1440, 900)
    tabs.installEventFilter(first)
    window.show()
    app.exec()
    print(f'{{"first_paint_s": {first.moment - started}}}')  # noqa: T201 - what this program is for


if __name__ == "__main__":
    main(float(sys.argv[1]))
