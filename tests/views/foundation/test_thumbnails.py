"""Pictures are decoded elsewhere, at the size they are drawn, and kept."""

import threading

import pytest
from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QColor, QImage

from app.views import thumbnails
from app.views.thumbnails import Thumbnails, read_square, reader_of


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "lamp.png"
    image = QImage(300, 120, QImage.Format.Format_RGB32)
    image.fill(QColor("#3366cc"))
    image.save(str(path))
    return str(path)


def test_a_picture_becomes_a_rounded_square(photo):
    image = read_square(photo, 48)
    assert image.size() == QSize(48, 48)
    assert image.pixelColor(24, 24) == QColor("#3366cc")
    assert image.pixelColor(0, 0).alpha() < 60


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_no_picture_is_nothing(tmp_path, content):
    path = tmp_path / "x.png"
    path.write_bytes(content)
    assert read_square(str(path), 48).isNull()
    assert read_square(str(tmp_path / "missing.png"), 48).isNull()


def test_it_is_there_the_next_time(runner, qtbot, photo):
    pictures = Thumbnails(runner)
    with qtbot.waitSignal(pictures.arrived) as told:
        assert pictures.get(photo, 24) is None
    assert told.args == [photo]
    kept = pictures.get(photo, 24)
    assert kept.deviceIndependentSize().toSize() == QSize(24, 24)
    assert pictures.get(photo, 24).cacheKey() == kept.cacheKey()


def test_sharp_screens_get_sharp_pictures(runner, qtbot, photo, monkeypatch):
    monkeypatch.setattr(thumbnails, "device_ratio", lambda: 2.0)
    pictures = Thumbnails(runner)
    with qtbot.waitSignal(pictures.arrived):
        pictures.get(photo, 24)
    assert pictures.get(photo, 24).size() == QSize(48, 48)
    assert pictures.get(photo, 24).devicePixelRatio() == 2


def test_one_that_cannot_be_read_is_not_asked_again(runner, qtbot):
    asked = []

    def load(key, size):
        asked.append(key)
        raise OSError(key)

    pictures = Thumbnails(runner, load)
    with qtbot.waitSignal(pictures.arrived):
        pictures.get("x", 24)
    assert pictures.get("x", 24) is None
    assert asked == ["x"]
    pictures.forget("x")
    with qtbot.waitSignal(pictures.arrived):
        pictures.get("x", 24)
    assert asked == ["x", "x"]


def test_it_is_read_off_the_gui_thread_and_once(runner, qtbot):
    threads = []

    def load(key, size):
        threads.append(threading.current_thread())
        return QImage(size, size, QImage.Format.Format_RGB32)

    pictures = Thumbnails(runner, load)
    for _ in range(5):
        pictures.get("x", 24)
    qtbot.waitUntil(lambda: pictures.get("x", 24) is not None)
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()


def test_scrolling_past_forgets_old_wishes(runner, qtbot):
    gate, asked = threading.Event(), []

    def load(key, size):
        assert gate.wait(10)
        asked.append(key)
        return QImage(size, size, QImage.Format.Format_RGB32)

    pictures = Thumbnails(runner, load)
    for n in range(500):
        pictures.get(str(n), 24)
    gate.set()
    qtbot.waitUntil(lambda: "499" in asked and runner.is_idle and not pictures._wanted)
    assert len(asked) <= thumbnails.WAITING + thumbnails.UNDER_WAY


def test_memory_is_bounded(runner, qtbot, monkeypatch):
    monkeypatch.setattr(thumbnails, "KEPT", 3)
    pictures = Thumbnails(runner, lambda key, size: QImage(size, size, QImage.Format.Format_RGB32))
    for key in "abcd":
        with qtbot.waitSignal(pictures.arrived):
            pictures.get(key, 24)
    assert pictures.get("d", 24) is not None
    assert len(pictures._kept) == 3


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"])
def test_what_a_picture_is_tells_its_content_and_qt_is_not_asked(tmp_path, form, monkeypatch):
    """Asked, Qt would try every part it has: that for drawings can stop a window for good."""
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (40, 30), (200, 30, 30)).save(path, form)
    reader = reader_of(str(path))
    assert not reader.autoDetectImageFormat() and bytes(reader.format().data()) == form.lower().encode()
    assert not read_square(str(path), 20).isNull()
    buffer = QBuffer()
    buffer.setData(QByteArray(path.read_bytes()))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    assert not read_square(buffer, 20).isNull()


@pytest.mark.parametrize("content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"hello"])
def test_what_is_not_of_pixels_has_no_reader(tmp_path, content):
    path = tmp_path / "drawing.svg"
    path.write_bytes(content)
    assert reader_of(str(path)) is None and read_square(str(path), 20).isNull()
    assert reader_of(str(tmp_path / "gone.png")) is None
