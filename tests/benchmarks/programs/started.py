"""The program from its start to its rows: `python -m tests.benchmarks.programs.started FOLDER STARTED`.

STARTED is `time.perf_counter()` of the moment the process was asked for; the clock is the machine's own.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    gc.disable()  # as `app.__main__`, before it imports the window

from PySide6.QtCore import QTimer

import app.__main__  # noqa: F401 - what the real program imports comes first here, too
from app.cli.asking import has_command
from tests.benchmarks.programs.driven_window import Painted, open_driven


class Start:
    """Watches one start: the first painting of the window, the first painting with rows."""

    def __init__(self, desktop: Any) -> None:
        self._desktop = desktop
        self.window = Painted(desktop.window.centralWidget())
        self.window.arm()
        self.rows: Painted | None = None
        desktop.ready.connect(self._watch_rows)

    def _watch_rows(self) -> None:
        table = self._desktop.window.page.table
        self.rows = Painted(table.viewport())
        self.rows.arm(self._end, lambda: table.paged.rowCount() > 0 and table.paged.cells(0) is not None)

    def _end(self) -> None:
        QTimer.singleShot(0, self._desktop.window, self._desktop.window.close)


def main(folder: Path, started: float) -> None:
    """Start, tell, close."""
    assert not has_command(["--data", str(folder)])
    starts: list[Start] = []
    open_driven(folder, lambda desktop: starts.append(Start(desktop)))
    from tests.benchmarks.measuring import tell

    rows = starts[0].rows
    tell(first_paint_s=starts[0].window.moment - started, first_rows_s=rows.moment - started if rows else 0.0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
