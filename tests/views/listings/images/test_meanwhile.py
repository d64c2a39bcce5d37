"""Pictures while work is under way: how far it is, what it waits for, what failed; and the dialog in two languages."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from app.services.compliance.findings import Finding, Severity
from app.services.images.checking import ImageFinding
from app.services.listings.editing import ListingEdit
from app.services.worker import WorkerDied
from app.views.language import language
from app.views.listings.images.finding_rows import PICTURE, FindingCells, FindingRows, PictureRows
from app.views.listings.images.whole import read_whole
from app.views.thumbnails import Thumbnails
from tests.unit.images.test_repairing import bomb
from tests.views.listings.paints import Paints

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(open_dialog, make_listing, files, settle):
    """Open over two listings, of which one has a picture that is too long."""
    made = [
        make_listing(f"{name} Lamp", images=(files[file],)) for name, file in (("Ash", "long.jpg"), ("Elm", "fine.jpg"))
    ]
    page, shown = open_dialog()
    shown.page, shown.made = page, [one.id for one in made]
    yield shown
    shown.close()
    settle()


def test_how_far_the_check_and_the_repair_are_is_said(dialog, lane, qtbot, settle):
    lane.gate.clear()
    dialog.check()
    lane.contexts[-1].report(3, 9)
    qtbot.waitUntil(lambda: dialog.state.texts == ("Checking pictures", "Reading pictures · 3 of 9"))
    lane.contexts[-1].report(4, 8, note="images.looking")
    qtbot.waitUntil(lambda: dialog.state.texts[1] == "Looking at pictures · 4 of 8")
    assert dialog.state.bar.isVisible()
    lane.gate.set()
    settle()
    lane.gate.clear()
    qtbot.mouseClick(dialog.preview, LEFT)
    lane.contexts[-1].report(1, 2, note="images.repairing")
    qtbot.waitUntil(lambda: dialog.state.texts[1] == "Repairing pictures · 1 of 2")
    lane.gate.set()
    settle()
    assert dialog.primary.text() == "Repair 1 picture"


def test_a_check_behind_another_job_says_that_it_waits(dialog, lane, qtbot, settle):
    lane.gate.clear()
    other = dialog.page.context.runner.start_heavy("app.services.images.repair_plans:let_go", "", ())
    dialog.page.context.jobs.add(other, "images.job", n=1)
    dialog.check()
    qtbot.waitUntil(lambda: dialog.state.texts[1] == "Waiting for another job to be finished; starts by itself.")
    lane.gate.set()
    settle()
    assert dialog.found_view.isVisible()


def test_a_check_that_fails_says_why_and_is_begun_again(dialog, lane, qtbot, settle):
    lane.error = WorkerDied(exit_code=1)
    dialog.check()
    settle()
    assert dialog.state.texts[0] == "Not done" and dialog.state.texts[1]
    qtbot.mouseClick(dialog.state.button, LEFT)
    settle()
    assert dialog.found_view.isVisible() and dialog.found.rowCount()


def test_the_listings_of_what_is_in_view_are_shown_by_the_button(dialog, qtbot):
    qtbot.mouseClick(dialog.show_button, LEFT)
    assert list(dialog.page.selection().ids) == [dialog.made[0]]


def test_a_repair_of_what_nobody_shows_any_more_says_that_nothing_was_changed(dialog, services, qtbot, settle, files):
    dialog.prepare()
    settle()
    services.listings.save([ListingEdit(dialog.made[0], images=[files["fine.jpg"]])], "x")
    qtbot.mouseClick(dialog.primary, LEFT)
    settle()
    assert dialog.hint.text() == "No picture was changed."
    assert dialog.page.context.notices.kept[0].text == "No picture was changed."


def test_what_was_found_before_an_undo_or_an_edit_says_so_and_is_checked_again(dialog, services, qtbot, settle):
    assert not dialog.again.isVisible()
    dialog.prepare()
    settle()
    dialog.primary.click()
    settle()
    assert dialog.state.texts[0] == "Nothing is wrong" and not dialog.again.isVisible()
    services.listings.undo()
    dialog.page.context.changes.tell({"listing", "change"})
    settle()
    assert dialog.again.isVisible() and dialog.summary.text().endswith("Listings have changed since.")
    assert dialog.hint.text().startswith("A repair is one change")
    language.set_language("zh")
    assert dialog.summary.text().endswith("之后有商品改动过。")
    language.set_language("en")
    dialog.view.choose("repair")
    assert not dialog.again.isVisible()  # what is worked out is worked out anew by its own button
    dialog.view.choose("found")
    qtbot.mouseClick(dialog.again, LEFT)
    settle()
    assert not dialog.again.isVisible() and "Findings: 1, in listings: 1." in dialog.summary.text()


def test_a_picture_that_is_deleted_after_the_check_is_left_with_its_reason(dialog, files, qtbot, settle):
    Path(files["long.jpg"]).unlink()
    qtbot.mouseClick(dialog.preview, LEFT)
    settle()
    said = dialog.lines.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "the file is missing or cannot be opened" in said and not dialog.primary.isEnabled()


def test_everything_follows_the_language(dialog, qtbot, settle):
    language.set_language("zh")
    assert dialog.windowTitle() == "2 个商品的图片"
    assert dialog.summary.text().startswith("看了 2 个商品的 2 张图片：1 个商品有")
    assert (dialog.show_button.text(), dialog.primary.text()) == ("在列表中查看 1 个", "修图")
    assert dialog.found_view.accessibleName() == "图片的问题"
    assert dialog.kinds.item(0).text() == "全部" and dialog.kinds.accessibleName() == "问题种类"
    dialog.preview.click()
    settle()
    assert dialog.summary.text() == "可修 1 张，1 张不用修，0 张修不了。"
    language.set_language("en")
    assert dialog.summary.text() == "1 can be repaired, 1 in order, 0 cannot be repaired."
    assert (
        dialog.primary.text() == "Repair 1 picture"
        and dialog.lines_view.accessibleName() == "Pictures before and after"
    )
    dialog.primary.click()
    settle()
    language.set_language("zh")
    assert dialog.hint.text() == "已修 1 张图，涉及 1 个商品，可撤销。"
    assert dialog.state.texts[0] == "没有发现问题"


def test_a_picture_of_too_many_pixels_is_not_unpacked_to_be_shown(tmp_path, qtlog):
    (tmp_path / "bomb.png").write_bytes(bomb())
    assert read_whole(str(tmp_path / "bomb.png"), 64).isNull()
    assert not [record.message for record in qtlog.records]


def test_a_picture_that_arrives_is_drawn(shown, runner, qtbot):
    def red(source, pixels):
        made = QImage(pixels, pixels, QImage.Format.Format_RGB32)
        made.fill(QColor("#c01010"))
        return made

    rows, pictures = FindingRows(), Thumbnails(runner, red)
    view = shown(PictureRows(rows, FindingCells(pictures), pictures, "images.found_table"))
    paints = Paints(view, lambda: pictures.get("/a/a.jpg", PICTURE) is not None)
    finding = Finding("image.missing", Severity.BLOCK, "images", params={"number": 1, "file": "a.jpg"})
    rows.show_lines([ImageFinding(1, "K1", "Ash Lamp", "", "/a/a.jpg", finding)])
    qtbot.waitUntil(lambda: True in paints.seen)
    assert view.grab().toImage().pixelColor(40, 40).name() == "#c01010"
    qtbot.waitUntil(lambda: runner.is_idle)
