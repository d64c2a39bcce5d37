"""What a start waits for, and what it does not."""

from types import SimpleNamespace

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from app.views import start
from app.views.desktop import _loaded
from app.views.start import _data_dir, wait_for_paint


class Canvas(QWidget):
    paintings = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.paintings += 1


def test_the_rest_begins_when_the_window_is_painted(qtbot):
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.show()
    wait_for_paint(canvas)
    assert canvas.paintings


def test_a_window_that_is_never_painted_is_not_waited_for(qtbot, monkeypatch):
    monkeypatch.setattr(start, "PATIENCE_MS", 1)
    canvas = Canvas()
    qtbot.addWidget(canvas)
    wait_for_paint(canvas)
    assert not canvas.paintings


def test_rows_come_first_only_where_there_are_any():
    calls = []
    services = SimpleNamespace(warm=lambda: calls.append("warm"))
    assert _loaded(lambda: services, is_late=True) is services
    assert not calls
    assert _loaded(lambda: services, is_late=False) is services
    assert calls == ["warm"], "the page of another tab would import it on the GUI thread"


def test_the_data_folder_of_a_start(tmp_path, monkeypatch):
    monkeypatch.setenv("SHANGJIA_DATA", str(tmp_path))
    assert _data_dir([], is_demo=False) == tmp_path
    assert _data_dir([], is_demo=True) == tmp_path / "demo"
    assert _data_dir([f"--data={tmp_path / 'x'}"], is_demo=True) == tmp_path / "x"
