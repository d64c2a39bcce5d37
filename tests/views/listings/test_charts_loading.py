"""The plotting library comes on the GUI thread: beside the window, on another one, it brought the program down."""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from types import ModuleType

import pytest
from PySide6.QtCore import QObject, QTimer
from shiboken6 import delete

from app.views.charts import loading


@pytest.fixture
def imported(monkeypatch):
    """Names and threads of what was imported."""
    found = []

    def note(name):
        found.append((name, threading.current_thread()))
        return import_module(name)

    monkeypatch.setattr(loading, "import_module", note)
    return found


def test_the_window_answers_between_the_classes(qtbot, monkeypatch, imported):
    asked, beats, done = [], [], []

    class Slow:
        def __dir__(self):
            return [f"name{number}" for number in range(5)]

        def __getattr__(self, name):
            asked.append((name, len(beats)))
            return name

    monkeypatch.setitem(sys.modules, "slow_module", Slow())
    monkeypatch.setattr(loading, "QT", ("slow_module",))
    monkeypatch.setattr(loading, "LIBRARY", "json")
    monkeypatch.setattr(loading, "TURN_S", 0.0)
    owner = QObject()
    beat = QTimer(owner, interval=0)
    beat.timeout.connect(lambda: beats.append(None))
    beat.start()
    loading.import_plots(owner, lambda: done.append(len(asked)))
    assert asked == []
    qtbot.waitUntil(lambda: bool(done))
    names, moments = zip(*(one for one in asked if one[0].startswith("name")), strict=True)
    assert names == tuple(f"name{number}" for number in range(5))
    assert len(set(moments)) == 5, "a turn of the event loop each"
    assert done == [len(asked)]


def test_nothing_comes_for_a_dialog_that_is_gone(qtbot, monkeypatch, imported):
    monkeypatch.setattr(loading, "QT", ())
    owner, done = QObject(), []
    loading.import_plots(owner, lambda: done.append(True))
    delete(owner)
    qtbot.wait(20)
    assert not done
    assert imported == []


def test_what_is_made_is_what_the_library_asks_for():
    """A new version that asks for more must not bring the freeze back unseen."""
    qt = import_module("pyqtgraph.Qt")
    copied = {f"PySide6.{name}" for name, value in vars(qt).items() if isinstance(value, ModuleType) and is_copy(value)}
    assert copied == set(loading.QT)


def is_copy(module: ModuleType) -> bool:
    """Whether the library filled *module* with what Qt's module of that name has."""
    return module.__name__.startswith("pyqtgraph.Qt.Qt")
