"""The picture tour: each screen in both languages and themes, at any scale, all of them or a few by name."""

import asyncio
import subprocess
import sys
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from app.views import picture_camera
from app.views.look import Look
from app.views.picture_camera import SIZE, Camera
from app.views.picture_tour import _read, report
from app.views.view_settings import MemorySettings
from app.views.widgets.popup import Popup

EVERYWHERE = {f"-{theme}-{language}.png" for theme in ("light", "dark") for language in ("zh", "en")}


@pytest.mark.parametrize("scale", [1, 2])
def test_pictures_are_as_large_as_the_scale_says(tmp_path, scale):
    """The program as it is started: Qt takes its scale once, before there is a window."""
    command = [sys.executable, "-m", "app.views.shots", str(tmp_path), "--only", "10-first-run"]
    done = subprocess.run(
        [*command, "--scale", str(scale)] if scale != 1 else command, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), "the tour ends with the last picture that is wanted"
    pictures = {path.name: QImage(str(path)) for path in tmp_path.iterdir()}
    assert set(pictures) == {f"10-first-run{end}" for end in EVERYWHERE}
    assert {picture.size().toTuple() for picture in pictures.values()} == {(SIZE * scale).toTuple()}


@pytest.fixture
def camera(qtbot, qapp, tmp_path, monkeypatch):
    """Makes a camera before an empty window."""
    monkeypatch.setattr(picture_camera, "UNSEEN_S", 0)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 300)
    window.show()
    window.look = Look(qapp, MemorySettings())

    def make(*wanted):
        return Camera(SimpleNamespace(window=window), tmp_path / "pictures", wanted)

    return make


def test_a_few_are_taken_by_name_and_those_that_never_came_are_named(camera, tmp_path, capsys):
    some = camera("01-listings", "04-exprt")
    for name in ("01-listings", "04-export"):
        asyncio.run(some._everywhere(name))
    assert {path.name for path in some.taken} == {f"01-listings{end}" for end in EVERYWHERE}
    assert not some.has_all
    assert report(some, tmp_path) == 1
    assert "no picture is called 04-exprt" in capsys.readouterr().err
    one = camera("04-export")
    asyncio.run(one._everywhere("04-export"))
    assert one.has_all and report(one, tmp_path) == 0


def test_without_names_all_are_taken(camera):
    everything = camera()
    asyncio.run(everything._everywhere("04-export"))
    assert len(everything.taken) == 4 and not everything.has_all


def test_a_popup_stands_in_the_picture_where_it_stands_on_the_screen(camera, tmp_path):
    made = camera()
    popup = Popup(made._window)
    popup.setStyleSheet("background: rgb(200, 0, 200); border: none")
    popup.resize(60, 40)
    popup.move(made._window.mapToGlobal(QPoint(100, 50)))
    popup.show()
    made._take("popup.png")
    popup.close()
    picture = QImage(str(tmp_path / "pictures" / "popup.png"))
    inside, outside = (picture.pixelColor(*at) for at in ((130, 70), (90, 70)))
    assert inside == QColor(200, 0, 200) != outside


@pytest.mark.parametrize("scale", ["0", "9", "twice"])
def test_a_scale_that_is_none_is_refused(scale, capsys):
    with pytest.raises(SystemExit):
        _read(["pictures", "--scale", scale])
    assert "--scale" in capsys.readouterr().err
