"""Pictures of a listing: order, adding, removing, marks; thumbnails read apart from everything else."""

import http.server
import threading
from functools import partial

import pytest
from PIL import Image
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from app.views.language import language
from app.views.listings import pictures as listing_pictures
from app.views.listings.image_strip import SIDE, ImageStrip
from app.views.listings.pictures import ListingPictures
from app.views.theme import current_theme
from app.views.thumbnails import Thumbnails

Key, Mod = Qt.Key, Qt.KeyboardModifier
NAMES = ["front.jpg", "side.jpg", "box.jpg"]


@pytest.fixture
def strip(qtbot, runner):
    made = ImageStrip(Thumbnails(runner))
    qtbot.addWidget(made)
    made.setFixedWidth(380)
    made.show_images(NAMES, {})
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    qtbot.waitUntil(lambda: runner.is_idle)


def changes(strip):
    heard = []
    strip.changed.connect(heard.append)
    return heard


class TestStrip:
    def test_it_shows_pictures_in_order_and_a_tile_that_adds(self, strip):
        assert strip.sources == NAMES
        assert strip.count() == 4
        assert strip.item(0).toolTip() == "Image 1 · front.jpg"
        assert strip.item(3).toolTip() == "Add images…"

    def test_delete_removes_the_chosen_one(self, strip, qtbot):
        heard = changes(strip)
        strip.setCurrentRow(1)
        qtbot.keyClick(strip, Key.Key_Delete)
        assert heard == [["front.jpg", "box.jpg"]]
        assert strip.currentRow() == 1
        strip.setCurrentRow(2)  # the tile that adds
        qtbot.keyClick(strip, Key.Key_Delete)
        assert len(heard) == 1

    def test_ctrl_arrows_move_and_keep_the_picture_chosen(self, strip, qtbot):
        heard = changes(strip)
        strip.setCurrentRow(0)
        qtbot.keyClick(strip, Key.Key_Left, Mod.ControlModifier)
        assert heard == []
        qtbot.keyClick(strip, Key.Key_Right, Mod.ControlModifier)
        qtbot.keyClick(strip, Key.Key_Right, Mod.ControlModifier)
        assert heard[-1] == ["side.jpg", "box.jpg", "front.jpg"]
        assert strip.currentRow() == 2

    def test_dragging_tells_the_new_order(self, strip, qtbot):
        heard = changes(strip)
        strip.model().moveRow(strip.rootIndex(), 2, strip.rootIndex(), 0)
        qtbot.waitUntil(lambda: bool(heard))
        assert heard == [["box.jpg", "front.jpg", "side.jpg"]]

    def test_the_menu_makes_a_picture_the_main_one(self, strip):
        heard = changes(strip)
        strip.setCurrentRow(2)
        menu = strip.make_menu()
        texts = {action.text(): action for action in menu.actions() if action.text()}
        assert not texts["Move right"].isEnabled()
        texts["Make it the main image"].trigger()
        assert heard == [["box.jpg", "front.jpg", "side.jpg"]]
        menu.deleteLater()

    def test_a_right_click_chooses_and_opens_the_menu(self, strip, qtbot):
        at = strip.visualItemRect(strip.item(1)).center()
        QApplication.sendEvent(
            strip.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, strip.mapToGlobal(at))
        )
        assert strip.currentRow() == 1
        qtbot.waitUntil(lambda: bool(strip.findChildren(QMenu)))
        for menu in strip.findChildren(QMenu):
            menu.close()

    def test_files_are_added_once_each_at_the_end(self, strip, qtbot):
        heard = changes(strip)
        qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=strip.visualItemRect(strip.item(3)).center())
        dialog = strip.findChild(QFileDialog)
        dialog.filesSelected.emit(["new.jpg", "front.jpg", "new.jpg"])
        dialog.close()
        assert heard == [[*NAMES, "new.jpg"]]

    def test_wrong_pictures_are_framed_marked_and_named(self, strip):
        strip.show_images(NAMES, {1: "Image 2 is 640 × 640."})
        assert "640" in strip.item(1).toolTip()
        assert strip.item(1).data(Qt.ItemDataRole.AccessibleDescriptionRole) == "Image 2 is 640 × 640."
        tile = strip.visualItemRect(strip.item(1))
        picture = strip.viewport().grab().toImage()
        frame = picture.pixelColor(tile.center().x(), tile.top() + 5)
        red = current_theme().tone("red").text
        assert abs(frame.red() - red.red()) < 40
        assert abs(frame.green() - red.green()) < 60

    def test_locked_nothing_changes(self, strip, qtbot):
        heard = changes(strip)
        strip.set_locked(True)
        assert strip.count() == 3
        strip.setCurrentRow(0)
        qtbot.keyClick(strip, Key.Key_Delete)
        qtbot.keyClick(strip, Key.Key_Right, Mod.ControlModifier)
        strip.add_files(["new.jpg"])
        assert heard == []
        strip.set_locked(False)
        assert strip.count() == 4

    def test_it_wraps_into_as_many_lines_as_it_needs(self, strip):
        one_line = strip.height()
        strip.show_images([f"{n}.jpg" for n in range(9)], {})
        assert strip.height() > one_line
        assert strip.visualItemRect(strip.item(9)).bottom() <= strip.viewport().height()

    def test_the_same_again_keeps_the_chosen_picture(self, strip):
        strip.setCurrentRow(2)
        strip.show_images(NAMES, {0: "wrong"})
        assert strip.currentRow() == 2

    def test_names_follow_the_language(self, strip):
        language.set_language("zh")
        assert strip.item(0).toolTip() == "第 1 张 · front.jpg"
        assert strip.item(3).toolTip() == "添加图片…"

    def test_addresses_are_named_by_their_last_part(self, strip):
        strip.show_images(["https://ae01.example/kf/abc.jpg?x=1"], {})
        assert strip.item(0).toolTip() == "Image 1 · abc.jpg"

    def test_tiles_stay_whole(self, strip):
        for row in range(strip.count()):
            rect = strip.visualItemRect(strip.item(row))
            assert rect.width() >= SIDE
            assert strip.viewport().rect().contains(rect)
            assert strip.itemAt(rect.center() + QPoint(1, 1)) is strip.item(row)


@pytest.fixture
def photobank(tmp_path):
    """A server on this computer whose answer a test chooses."""
    Image.new("RGB", (20, 20), "teal").save(tmp_path / "lamp.jpg")
    answers = {"status": 200, "asked": 0}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            answers["asked"] += 1
            self.send_response(answers["status"])
            self.end_headers()
            if answers["status"] == 200:
                self.wfile.write((tmp_path / "lamp.jpg").read_bytes())

        def log_message(self, *_):
            """Silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    answers["address"] = f"http://127.0.0.1:{server.server_address[1]}/lamp.jpg"
    yield answers
    server.shutdown()
    server.server_close()
    thread.join()


class TestThumbnails:
    @pytest.fixture
    def thumbnails(self, qapp):
        owner = QObject()
        made = ListingPictures(owner)
        yield made
        made.stop()

    def fetch(self, qtbot, thumbnails, source):
        with qtbot.waitSignal(thumbnails.arrived):
            thumbnails.get(source, 44)
        return thumbnails.get(source, 44)

    def test_a_picture_of_the_photobank_arrives(self, thumbnails, qtbot, photobank):
        assert self.fetch(qtbot, thumbnails, photobank["address"]) is not None

    def test_one_that_cannot_be_had_just_now_is_asked_for_again(self, thumbnails, qtbot, photobank):
        photobank["status"] = 503
        assert self.fetch(qtbot, thumbnails, photobank["address"]) is None
        assert thumbnails._again.isActive()
        photobank["status"] = 200
        with qtbot.waitSignal(thumbnails.arrived):
            thumbnails._again.timeout.emit()
        qtbot.waitUntil(lambda: thumbnails.get(photobank["address"], 44) is not None)

    def test_one_that_does_not_exist_is_asked_for_once(self, thumbnails, qtbot, photobank):
        photobank["status"] = 404
        assert self.fetch(qtbot, thumbnails, photobank["address"]) is None
        assert not thumbnails._again.isActive()

    def test_it_gives_up_after_some_tries(self, thumbnails, qtbot, photobank, monkeypatch):
        monkeypatch.setattr(listing_pictures, "TRIES", 1)
        photobank["status"] = 500
        self.fetch(qtbot, thumbnails, photobank["address"])
        thumbnails._again.stop()
        thumbnails._ask_again()
        with qtbot.waitSignal(thumbnails.arrived):
            thumbnails.get(photobank["address"], 44)
        assert not thumbnails._again.isActive()

    def test_a_file_is_read_and_a_missing_one_is_none(self, thumbnails, qtbot, tmp_path):
        Image.new("RGB", (20, 20), "teal").save(tmp_path / "a.png")
        assert self.fetch(qtbot, thumbnails, str(tmp_path / "a.png")) is not None
        assert self.fetch(qtbot, thumbnails, str(tmp_path / "gone.png")) is None

    def test_its_threads_end_with_the_page(self, qtbot):
        owner = QObject()
        made = ListingPictures(owner)
        with qtbot.waitSignal(made.arrived):
            made.get("nothing.png", 20)
        owner.deleteLater()
        qtbot.waitUntil(lambda: made._own._closed)
