"""A category is found by any words of its path and taken only from the list."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from app.services.listings.details import Choice
from app.views.language import language
from app.views.listings.category_field import CategoryField

Key = Qt.Key
KNOWN = [
    (Choice("1", "灯具 > 台灯"), Choice("1", "Lights > Table lamps")),
    (Choice("2", "灯具 > 台灯配件"), Choice("2", "Lights > Lamp parts")),
]


@pytest.fixture
def asked():
    return []


@pytest.fixture
def field(qtbot, runner, asked):
    def find(text):
        asked.append(text)
        return [pair for pair in KNOWN if text.lower() in pair[1].name.lower()]

    window = QWidget()
    qtbot.addWidget(window)
    made = CategoryField(runner, find, window)
    made.other = QLineEdit(window)
    made.other.move(0, 60)
    window.resize(400, 300)
    made.resize(300, 26)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    made.show_category("Lights > Lamp parts", "2", is_other=True)
    yield made
    made.completer().popup().hide()
    qtbot.waitUntil(lambda: runner.is_idle)


def search(qtbot, field, text):
    field.setFocus()
    qtbot.waitUntil(lambda: field.selectedText() == field.text())
    qtbot.keyClicks(field, text)
    qtbot.waitUntil(lambda: field.completer().popup().isVisible())


def test_typing_offers_leaves_and_choosing_tells_the_id(field, asked, qtbot):
    chosen = []
    field.chosen.connect(chosen.append)
    search(qtbot, field, "table")
    assert asked[-1] == "table"
    assert field.names == ["Lights > Table lamps"]
    popup = field.completer().popup()
    qtbot.keyClick(popup, Key.Key_Down)
    qtbot.keyClick(popup, Key.Key_Return)
    assert chosen == ["1"]
    assert field.text() == "Lights > Table lamps"
    assert not field.isModified()


def test_choosing_the_same_again_tells_nothing(field, qtbot):
    chosen = []
    field.chosen.connect(chosen.append)
    search(qtbot, field, "parts")
    field.completer().activated.emit("Lights > Lamp parts")
    assert chosen == []


def test_words_nobody_chose_are_dropped_on_leaving(field, qtbot):
    chosen = []
    field.chosen.connect(chosen.append)
    search(qtbot, field, "table")
    field.completer().popup().hide()
    field.other.setFocus()
    qtbot.waitUntil(lambda: field.text() == "Lights > Lamp parts")
    assert chosen == []


def test_escape_puts_the_stored_path_back(field, qtbot):
    search(qtbot, field, "table")
    field.completer().popup().hide()
    qtbot.keyClick(field, Key.Key_Escape)
    assert field.text() == "Lights > Lamp parts"


def test_words_nothing_matches_are_marked(field, qtbot):
    field.setFocus()
    qtbot.keyClicks(field, "xyz")
    qtbot.waitUntil(lambda: bool(field.property("bad")))
    assert not field.completer().popup().isVisible()


def test_news_leave_a_word_being_typed_alone_but_not_another_listing(field, qtbot):
    search(qtbot, field, "table")
    field.show_category("Phones > Cases", "9", is_other=False)
    assert field.text() == "table"
    field.completer().popup().hide()
    field.show_category("Phones > Cases", "9", is_other=True)
    assert field.text() == "Phones > Cases"


def test_names_are_offered_in_the_users_language(field, qtbot):
    language.set_language("zh")
    search(qtbot, field, "lamp")
    assert field.names == ["灯具 > 台灯", "灯具 > 台灯配件"]


def test_arrow_down_opens_the_list_of_all(field, asked, qtbot):
    field.setFocus()
    qtbot.keyClick(field, Key.Key_Down)
    qtbot.waitUntil(lambda: field.completer().popup().isVisible())
    assert asked == [""]


def test_a_locked_field_asks_nothing(field, asked, qtbot, runner):
    field.setReadOnly(True)
    field.setFocus()
    qtbot.keyClick(field, Key.Key_Down)
    qtbot.keyClicks(field, "table")
    qtbot.waitUntil(lambda: runner.is_idle)
    assert asked == []
    assert not field._timer.isActive()
