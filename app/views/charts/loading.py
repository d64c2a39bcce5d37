"""The plotting library, imported on the GUI thread: on another one it brought the program down."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

LIBRARY = "pyqtgraph"
QT = tuple(f"PySide6.{name}" for name in ("QtCore", "QtGui", "QtWidgets"))
"""What the library asks for everything it has."""
TURN_S = 0.004


def import_plots(owner: QObject, then: Callable[[], object]) -> None:
    """Import the library and call *then*; neither once *owner* is gone.

    Qt's classes are made when somebody first asks for them, and the library asks for all of them: half of its time.
    Two threads that make them at once end the program, so they are made here, a few in each turn of the event loop,
    then the rest of the library comes in one go.
    """
    asked = ((module, name) for module in map(import_module, QT) for name in dir(module))
    turns = QTimer(owner, interval=0)

    def turn() -> None:
        end = perf_counter() + TURN_S
        for module, name in asked:
            getattr(module, name)
            if perf_counter() > end:
                return
        turns.stop()
        turns.deleteLater()
        import_module(LIBRARY)
        then()

    turns.timeout.connect(turn)
    turns.start()
