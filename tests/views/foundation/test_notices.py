"""Toasts that wait under the pointer and stay in the bell; banners that stand until the condition is gone."""

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from app.views.language import language
from app.views.notice_bars import SHOWN_MS, SHOWN_WITH_BUTTON_MS, BannerStack, ToastBox
from app.views.notices import Banner, Notices, Offer

Left = Qt.MouseButton.LeftButton


@pytest.fixture
def notices():
    return Notices()


@pytest.fixture
def box(notices, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 400)
    window.show()
    made = ToastBox(window)
    notices.toasted.connect(made.show_toast)
    yield made
    made.dismiss()


def enter(widget):
    at = QPointF(5, 5)
    QApplication.sendEvent(widget, QEnterEvent(at, at, at))


def test_a_toast_says_what_was_done_and_goes_by_itself(notices, box, qtbot, each_language):
    notices.toast("count.listings", n=762)
    assert box.isVisible()
    assert box.text.text() == {"zh": "共 762 件", "en": "762 listings"}[each_language]
    assert box._timer.interval() == SHOWN_MS
    assert box.button.isHidden()
    box._timer.start(1)
    with qtbot.waitSignal(box.gone):
        pass
    assert box.isHidden()


def test_its_button_acts_once_and_closes(notices, box, qtbot):
    done = []
    notices.toast("count.listings", n=1, offer=Offer("action.undo", lambda: done.append(True), shortcut="Ctrl Z"))
    assert box._timer.interval() == SHOWN_WITH_BUTTON_MS
    assert box.button.text() == "Undo"
    qtbot.mouseClick(box.button, Left)
    assert done == [True]
    assert box.isHidden()


def test_the_next_one_replaces_it(notices, box):
    notices.toast("count.listings", n=1, offer=Offer("action.undo", print))
    notices.toast("count.rows", n=2)
    assert box.text.text() == "2 rows"
    assert box.button.isHidden()


def test_it_waits_under_the_pointer(notices, box):
    notices.toast("count.listings", n=1)
    enter(box)
    assert not box._timer.isActive()
    QApplication.sendEvent(box, QEvent(QEvent.Type.Leave))
    assert box._timer.isActive()


def test_it_follows_the_language(notices, box):
    notices.toast("count.listings", n=7, offer=Offer("action.undo", print))
    language.set_language("zh")
    assert (box.text.text(), box.button.text()) == ("共 7 件", "撤销")


def test_everything_stays_in_the_bell(notices):
    for n in range(60):
        notices.toast("count.rows", n=n)
    assert notices.unread == 60
    assert len(notices.kept) == 50
    assert notices.kept[0].text == "59 rows"
    notices.mark_read()
    assert notices.unread == 0


SIGNED_OUT = Banner("store.7", "window.store_is", {"name": "Northlane Audio"}, detail_key="closing.detail", tone="red")


@pytest.fixture
def stack(notices, qtbot):
    made = BannerStack(notices, "stores")
    qtbot.addWidget(made)
    made.resize(700, 120)
    return made


def test_a_banner_stands_until_it_is_cleared(notices, stack, each_language):
    assert stack.isHidden()
    notices.banner(SIGNED_OUT)
    assert not stack.isHidden()
    texts = {"zh": "店铺 Northlane Audio", "en": "Store Northlane Audio"}
    assert stack.bars[0].accessibleName().startswith(texts[each_language])
    notices.clear_banner("another")
    assert len(stack.bars) == 1
    notices.clear_banner("store.7")
    assert stack.isHidden()


def test_its_remedy_is_a_button(notices, stack, qtbot):
    done = []
    offer = Offer("empty.retry", lambda: done.append(True), primary=True)
    notices.banner(Banner("x", "empty.failed", offers=(offer,)))
    stack.show()
    button = stack.bars[0].findChild(QPushButton)
    assert button.text() == "Try again"
    qtbot.mouseClick(button, Left)
    assert done == [True]


def test_the_same_again_changes_nothing_another_of_its_name_replaces(notices, stack):
    notices.banner(SIGNED_OUT)
    bar = stack.bars[0]
    notices.banner(Banner(**vars(SIGNED_OUT)))
    assert stack.bars == [bar]
    notices.banner(Banner("store.7", "empty.failed"))
    assert len(stack.bars) == 1
    assert stack.bars[0] is not bar


def test_a_page_shows_its_own_and_everyones(notices, stack, qtbot):
    notices.banner(Banner("a", "empty.failed", page="listings"))
    notices.banner(Banner("b", "empty.failed", page="stores"))
    notices.banner(Banner("c", "empty.failed"))
    assert [bar.banner.name for bar in stack.bars] == ["b", "c"]
    assert [banner.name for banner in notices.banners("listings")] == ["a", "c"]


def test_banners_follow_the_language(notices, stack):
    notices.banner(SIGNED_OUT)
    language.set_language("zh")
    assert stack.bars[0].accessibleName() == "店铺 Northlane Audio 已完成的部分都已保存。"
