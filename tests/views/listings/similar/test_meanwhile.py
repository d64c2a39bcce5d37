"""Similar listings while work is under way: how far it is, what it waits for, what failed; and in two languages."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFileDialog
from shiboken6 import isValid

from app.services.listings.similar.records import Why
from app.services.listings.similar.showing import SimilarListing
from app.services.worker import WorkerDied
from app.views.language import language
from app.views.listings.similar.cards import PICTURE, CardView
from app.views.listings.similar.options_bar import OptionsBar
from app.views.thumbnails import Thumbnails
from tests.views.listings.paints import Paints

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(open_dialog, lamps, settle):
    """Open over everything: a group of three, one of two."""
    page, shown = open_dialog()
    shown.page = page
    yield shown
    if isValid(shown):
        shown.close()
    settle()


def refuse(*_, **__):
    raise WorkerDied(exit_code=1)


class TestSearching:
    def test_how_far_it_is_is_said(self, dialog, lane, qtbot, settle):
        lane.gate.clear()
        dialog.search()
        lane.contexts[-1].report(2, 6, note="similar.comparing_titles")
        qtbot.waitUntil(lambda: dialog.state.texts[1] == "Comparing titles · 2 of 6")
        assert dialog.state.bar.isVisible()
        lane.gate.set()
        settle()
        assert dialog.groups.isVisible()

    def test_behind_another_job_it_says_that_it_waits(self, dialog, lane, qtbot, settle):
        lane.gate.clear()
        other = dialog.page.context.runner.start_heavy("app.services.images.repair_plans:let_go", "", ())
        dialog.page.context.jobs.add(other, "images.job", n=1)
        dialog.search()
        qtbot.waitUntil(lambda: dialog.state.texts[1] == "Waiting for another job to be finished; starts by itself.")
        lane.gate.set()
        settle()
        assert dialog.groups.isVisible()

    @pytest.mark.parametrize(
        "change",
        [
            lambda bar: bar.scope.choose("all"),
            lambda bar: bar.share.stepUp(),
            lambda bar: bar.across.click(),
            lambda bar: bar.drafts.click(),
            *(lambda bar, why=why: bar.whys[why].click() for why in Why),
        ],
    )
    def test_every_option_begins_it_anew_by_itself(self, shown, qtbot, change):
        bar = shown(OptionsBar((1,), 2))
        with qtbot.waitSignal(bar.changed):
            change(bar)


class TestOneGroup:
    def test_enter_on_a_card_shows_that_listing(self, dialog, lamps, qtbot):
        cards = dialog.pane.cards
        cards.setFocus()
        cards.setCurrentIndex(cards.rows.index(2))
        qtbot.keyClick(cards, Qt.Key.Key_Return)
        assert list(dialog.page.selection().ids) == [lamps[0][2]]

    def test_listings_that_cannot_be_read_and_ones_that_cannot_be_held_are_told(
        self, dialog, services, qtbot, settle, monkeypatch
    ):
        before = dialog.hint.text()
        monkeypatch.setattr(services.listings, "hold", refuse)
        qtbot.mouseClick(dialog.pane.hold, LEFT)
        settle()
        told = dialog.hint.text()
        assert told != before and dialog.pane.hold.isEnabled()
        dialog.hint.say("similar.hint")
        monkeypatch.setattr(services.similar, "listings", refuse)
        qtbot.keyClick(dialog.groups, Qt.Key.Key_Down)
        settle()
        assert dialog.hint.text() == told

    def test_a_picture_that_arrives_is_drawn(self, shown, runner, qtbot):
        def red(source, pixels):
            made = QImage(pixels, pixels, QImage.Format.Format_RGB32)
            made.fill(QColor("#c01010"))
            return made

        pictures = Thumbnails(runner, red)
        view = shown(CardView(pictures))
        paints = Paints(view, lambda: pictures.get("/lamp.jpg", PICTURE) is not None)
        one = SimilarListing(1, "晨帆数码", "K1", None, "Lamp", "draft", ("LM1",), 1890, 2090, "USD", "/lamp.jpg")
        view.show_listings([one], set())
        qtbot.waitUntil(lambda: True in paints.seen)
        qtbot.waitUntil(lambda: runner.is_idle)


def test_the_groups_are_written_where_the_user_says(dialog, qtbot, settle, tmp_path):
    qtbot.mouseClick(dialog.export, LEFT)
    chooser = dialog.findChild(QFileDialog)
    assert chooser.selectedFiles()[0].endswith("Similar listings.xlsx") and chooser.windowTitle() == "Export"
    chooser.fileSelected.emit(str(tmp_path / "alike.csv"))
    chooser.close()
    settle()
    assert dialog.hint.text() == "5 rows saved as alike.csv"
    assert len((tmp_path / "alike.csv").read_text("utf-8-sig").splitlines()) == 6


def test_the_button_closes_it(dialog, qtbot):
    with qtbot.waitSignal(dialog.finished):
        qtbot.mouseClick(dialog.close_button, LEFT)


def test_everything_follows_the_language(dialog, settle, lane):
    language.set_language("zh")
    assert dialog.windowTitle() == "相似商品"
    assert dialog.counts.text() == "比较了 6 个商品：5 个看起来重复，共 2 组。"
    assert dialog.groups.rows.index(0).data() == "编码相同 100 %" and dialog.pane.why.text() == "编码相同 100 %"
    assert dialog.pane.apart.text() == "2 个不是同一件"
    assert (dialog.groups.accessibleName(), dialog.pane.cards.accessibleName()) == ("相似的组", "这一组的商品")
    for why, box in dialog.options.whys.items():
        box.setChecked(why is Why.TITLE)
    dialog.options.share.setValue(100)
    dialog.search()
    settle()
    assert dialog.state.texts == ("没有相似商品", "比较了 6 个商品。已下架的和标为不是同一件的不算。")
    language.set_language("en")
    assert dialog.state.texts == (
        "No similar listings",
        "6 listings compared. Those off sale and those told apart do not count.",
    )
    dialog.options.whys[Why.TITLE].setChecked(False)
    dialog.search()
    language.set_language("zh")
    assert dialog.state.texts == ("没有选原因", "在上方至少勾选一项，如“编码相同”。")
    dialog.options.whys[Why.CODES].setChecked(True)
    lane.error = WorkerDied(exit_code=1)
    dialog.search()
    settle()
    language.set_language("en")
    assert dialog.state.texts[0] == "The search did not end" and dialog.state.texts[1].isascii()
