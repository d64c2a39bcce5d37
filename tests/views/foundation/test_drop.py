"""Files hovering over the window: the veil names them; a drop hands them over."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.views.drop_overlay import DropOverlay, FileCard, describe_by_name, paths_of, size_text
from app.views.language import language

COPY, LEFT, NONE = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def mime(*paths, text=""):
    data = QMimeData()
    if paths:
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    if text:
        data.setText(text)
    return data


def send_enter(widget, data):
    event = QDragEnterEvent(QPoint(5, 5), COPY, data, LEFT, NONE)
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


@pytest.fixture
def files(tmp_path):
    made = {}
    for name, size in (("供应商报价.xlsx", 1_400_000), ("images.zip", 2000), ("readme.docx", 5)):
        made[name] = tmp_path / name
        made[name].write_bytes(b"x" * size)
    return made


@pytest.fixture
def overlay(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    yield DropOverlay(window)
    window.close()


def test_the_veil_names_each_file_and_what_becomes_of_it(overlay, files, each_language):
    overlay.lift(list(files.values()))
    assert overlay.isVisible()
    assert overlay.geometry() == overlay.parentWidget().rect()
    words = {
        "zh": ["供应商报价.xlsx 表格 · 1.4 MB", "images.zip 压缩包 · 2.0 kB", "readme.docx 不认识的文件，将跳过"],
        "en": [
            "供应商报价.xlsx Sheet · 1.4 MB",
            "images.zip Zip package · 2.0 kB",
            "readme.docx Unknown file, will be skipped",
        ],
    }
    assert overlay.names == words[each_language]


def test_the_veil_follows_the_language(overlay, files):
    overlay.lift(list(files.values()))
    for code, title, card in (
        ("zh", "松开鼠标，导入 3 个文件", "images.zip 压缩包 · 2.0 kB"),
        ("en", "Drop to import 3 files", "images.zip Zip package · 2.0 kB"),
    ):
        language.set_language(code)
        assert overlay._title.text() == title
        assert overlay.names[1] == card


def test_it_names_the_store_the_files_go_to(overlay, files):
    overlay.lift(list(files.values())[:1])
    assert overlay._title.text() == "Drop to import 1 file"
    overlay.target = "Chenfan Digital"
    overlay.lift(list(files.values()))
    assert overlay._title.text() == "Drop to import 3 files to Chenfan Digital"


def test_many_files_are_counted(overlay, tmp_path):
    paths = [tmp_path / f"{n}.csv" for n in range(9)]
    overlay.lift(paths)
    assert len(overlay.names) == 7
    assert overlay.names[-1] == "3 more files"


def test_a_drop_hands_over_the_paths(overlay, files, qtbot):
    paths = list(files.values())
    overlay.lift(paths)
    data = mime(*paths)
    assert send_enter(overlay, data)
    move = QDragMoveEvent(QPoint(50, 50), COPY, data, LEFT, NONE)
    QApplication.sendEvent(overlay, move)
    assert move.isAccepted()
    with qtbot.waitSignal(overlay.dropped) as told:
        QApplication.sendEvent(overlay, QDropEvent(QPointF(50, 50), COPY, data, LEFT, NONE))
    assert told.args == [paths]
    assert overlay.isHidden()


def test_it_lingers_a_moment_so_as_not_to_flicker(overlay, files, qtbot):
    overlay.lift(list(files.values()))
    QApplication.sendEvent(overlay, QDragLeaveEvent())
    assert overlay.isVisible()
    send_enter(overlay, mime(*files.values()))
    assert not overlay._linger.isActive()
    QApplication.sendEvent(overlay, QDragLeaveEvent())
    qtbot.waitUntil(overlay.isHidden)


def test_a_line_edit_keeps_texts_and_passes_files_on(overlay, files):
    edit = QLineEdit(overlay.parentWidget())
    overlay.watch(edit)
    send_enter(edit, mime(*files.values()))
    assert overlay.isVisible()
    overlay.hide()
    send_enter(edit, mime(text="a code"))
    assert overlay.isHidden()


def test_links_from_a_browser_are_no_files():
    data = QMimeData()
    data.setUrls([QUrl("https://example.com/a.png")])
    event = QDropEvent(QPointF(1, 1), COPY, data, LEFT, NONE)
    assert paths_of(event) == []
    text = mime(text="x")  # an event only points to its data
    assert paths_of(QDropEvent(QPointF(1, 1), COPY, text, LEFT, NONE)) == []


@pytest.mark.parametrize(
    ("name", "icon", "known"),
    [
        ("a.XLSX", "file-spreadsheet", True), ("a.xls", "file-spreadsheet", True), ("a.csv", "file-spreadsheet", True),
        ("a.ods", "file-spreadsheet", True), ("a.zip", "file-zip", True), ("a.JPG", "photo", True),
        ("a.exe", "file-alert", False), ("noending", "file-alert", False),
    ],
)  # fmt: skip
def test_kinds_by_name(tmp_path, name, icon, known):
    path = tmp_path / name
    path.write_bytes(b"x")
    card = describe_by_name(path)
    assert (card.icon, card.is_known) == (icon, known)


def test_folders_and_files_that_vanished(tmp_path):
    assert describe_by_name(tmp_path).icon == "folder"
    assert describe_by_name(tmp_path / "gone.csv").detail == "Sheet · –"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_400_000, "1.4 MB"), (318_000_000, "318.0 MB")],
)
def test_sizes(count, text):
    assert size_text(count) == text


def test_a_describer_of_the_services_is_used(overlay):
    overlay.describe = lambda path: FileCard(path.name, "Tracking numbers", "barcode")
    overlay.lift([Path("x.xlsx")])
    assert overlay.names == ["x.xlsx Tracking numbers"]


def test_the_veil_is_see_through_and_framed(overlay, files, each_theme):
    overlay.lift(list(files.values()))
    image = overlay.parentWidget().grab().toImage()
    row = {image.pixelColor(x, 16).name() for x in range(100, 400)}
    assert each_theme.color("accentText").name() in row
