"""The page of a start: rows first, all that acts on them afterwards, and nothing moves when it comes."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from app.views.listings.page import ListingsPage


@pytest.fixture
def late_page(qtbot, context, services, settle, five):
    """The page as a start shows it: its rows are there, nothing else is."""
    context.services = services
    page = ListingsPage(context, is_late=True)
    qtbot.addWidget(page)
    page.resize(1440, 820)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    page.activated()
    qtbot.waitUntil(lambda: page.rows.paged.is_ordered)
    settle()
    yield page
    settle()


class ShownWindows(QObject):
    """Kinds of the windows that were shown."""

    def __init__(self):
        super().__init__()
        self.kinds = []

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.kinds.append(type(watched).__name__)
        return False


def test_no_part_of_the_page_is_ever_a_window(qapp, qtbot, context, services, five, settle):
    """What is shown before it has a parent flashes up on the screen."""
    context.services = services
    shown = ShownWindows()
    qapp.installEventFilter(shown)
    page = ListingsPage(context, is_late=True)
    page.furnish()
    qapp.removeEventFilter(shown)
    qtbot.addWidget(page)
    settle()
    assert shown.kinds == []


def test_the_room_is_out_of_view_when_the_panel_comes(late_page, settle):
    room = late_page._room
    assert room.isVisible()
    late_page.furnish()
    assert not room.isVisible()
    settle()


def test_rows_come_first_and_keep_their_place(late_page, settle):
    page, left = late_page, late_page.rows
    assert not page.is_furnished and page.panel is None
    assert page.has_panel and page.is_panel_shown, "the room of the panel is kept"
    place, buttons = left.geometry(), [button.text() for button in page.toolbar._folding]
    page.furnish()
    settle()
    assert page.panel is page.editor and page.is_panel_shown
    assert left.geometry() == place
    assert [button.text() for button in page.toolbar._folding] == buttons
    editor = page.editor
    page.furnish()
    assert page.editor is editor, "once is enough"


def test_what_was_chosen_meanwhile_is_shown_when_the_panel_comes(late_page, qtbot, settle):
    page = late_page
    page.rows.setCurrentIndex(page.rows.paged.index(1, 0))
    record = page.rows.current_record()
    page.set_stores((1,))
    page.set_stores(())
    page.reload()
    settle()
    page.furnish()
    qtbot.waitUntil(lambda: page.editor.listing_id == record.id)


def test_who_needs_the_rest_sooner_gets_it(late_page, settle):
    page = late_page
    first = page.rows.paged.record(0)
    page.show_rows([first.id])
    settle()
    assert page.is_furnished
    assert list(page.selection().ids) == [first.id]


def test_an_action_that_comes_too_early_is_done_all_the_same(late_page, monkeypatch):
    page, done = late_page, []
    monkeypatch.setattr(type(page), "publish", lambda self: done.append("publish"))
    page.actions_of_page["publish"].trigger()
    assert page.is_furnished and done == ["publish"]
    page.actions_of_page["publish"].trigger()
    assert done == ["publish", "publish"]


def test_it_comes_module_by_module(late_page, qtbot):
    done = []
    late_page.furnish_by_and_by(lambda: done.append(late_page.is_furnished))
    assert not late_page.is_furnished, "the event loop has its turn"
    qtbot.waitUntil(lambda: bool(done))
    late_page.furnish_by_and_by(lambda: done.append(late_page.is_furnished))
    assert done == [True, True]


def test_a_closed_panel_takes_no_room(qtbot, context, services, settle, five):
    context.services = services
    context.settings.put("page.listings.panel_open", False)
    page = ListingsPage(context, is_late=True)
    qtbot.addWidget(page)
    page.resize(1440, 820)
    page.show()
    assert page.has_panel and not page.is_panel_shown
    page.furnish()
    assert page.panel is not None and not page.is_panel_shown
    settle()


def test_a_narrow_window_keeps_no_room(qtbot, context, services, settle, five):
    context.services = services
    page = ListingsPage(context, is_late=True)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    assert not page.is_panel_shown, "the panel will lie over the table"
    page.furnish()
    assert page.is_panel_shown
    assert page.rows.width() > 1000
    settle()
