"""Ctrl+K: groups, marks, prefixes, keys, slow answers."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLineEdit, QMainWindow
from shiboken6 import delete

from app.messages import tr
from app.views.command_palette import CommandPalette
from app.views.language import language
from app.views.palette_entries import PaletteEntry, match
from app.views.palette_list import PaletteRows

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("Bulk edit", "edit", [(5, 4)]),
        ("Bulk edit", "ED bu", [(0, 2), (5, 2)]),
        ("批量修改价格", "价格", [(4, 2)]),
        ("Bulk edit", "", []),
        ("Bulk edit", "edit x", None),
    ],
)
def test_matching_words_in_any_order(text, wanted, found):
    assert match(text, wanted) == found


@pytest.fixture
def done():
    return []


@pytest.fixture
def palette(qtbot, runner, done):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(1200, 800)
    window.edit = QLineEdit(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.edit.setFocus()

    def entries(text):
        return [
            PaletteEntry("settings", "Price rules", lambda: done.append("rules")),
            PaletteEntry("commands", "Bulk edit prices", lambda: done.append("edit"), "Acts on the selection",
                         "edit", "Ctrl+E", lambda: done.append("edit all")),
            PaletteEntry("commands", "Publish", lambda: done.append("publish"), why_not="Nothing is chosen"),
            PaletteEntry("stores", "Price Harbour", lambda: done.append("store")),
        ]  # fmt: skip

    made = CommandPalette(window, runner)
    made.set_providers([entries])
    made.window_edit = window.edit
    yield made
    made.close_palette()
    qtbot.waitUntil(lambda: runner.is_idle)


def lines(palette):
    rows = palette.rows
    return [rows.index(n).data() for n in range(rows.rowCount())]


def test_groups_in_their_order_with_headings(palette, each_language):
    palette.open_palette(3)
    headings = {"zh": ["命令", "店铺", "设置与帮助"], "en": ["Commands", "Stores", "Settings and help"]}
    assert [line for line in lines(palette) if line in headings[each_language]] == headings[each_language]
    assert palette.acts_on.text() == {"zh": "已选 3", "en": "3 selected"}[each_language]
    assert lines(palette)[1] == "Bulk edit prices Acts on the selection"
    assert palette.isVisible()
    assert palette.window().focusWidget() is palette.edit


def test_lines_of_actions_that_hear_of_the_language_last(palette, qtbot):
    action = QAction(tr("action.undo"))
    language.changed.connect(lambda _: action.setText(tr("action.undo")))
    palette.set_providers([lambda text: [PaletteEntry("commands", action.text(), action.trigger)]])
    palette.open_palette()
    assert lines(palette)[1] == "Undo"
    language.set_language("zh")
    qtbot.waitUntil(lambda: lines(palette)[1] == "撤销")


def test_the_lines_keep_qts_promises(palette, qtbot):
    assert type(palette.rows) is PaletteRows
    QAbstractItemModelTester(palette.rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    palette.open_palette()
    assert palette.rows.rowCount() == 7
    for typed in ("price", " harbour", " nowhere"):
        qtbot.keyClicks(palette.edit, typed)
    assert palette.rows.rowCount() == 0
    palette.edit.clear()
    assert palette.rows.rowCount() == 7


def test_typing_narrows_and_the_first_entry_is_chosen(palette, qtbot):
    palette.open_palette()
    qtbot.keyClicks(palette.edit, "rul")
    assert lines(palette) == ["Settings and help", "Price rules"]
    assert palette.list.currentIndex().row() == 1


def test_enter_runs_and_the_focus_goes_back(palette, qtbot, done):
    palette.open_palette()
    qtbot.keyClicks(palette.edit, "bulk")
    with qtbot.waitSignal(palette.closed):
        qtbot.keyClick(palette.edit, Key.Key_Return)
    assert done == ["edit"]
    assert palette.isHidden()
    assert palette.window_edit.hasFocus()


def test_what_had_the_focus_may_be_gone_by_then(palette):
    palette.open_palette()
    delete(palette.window_edit)
    palette.close_palette()
    assert palette.isHidden()


def test_ctrl_enter_acts_on_the_whole_filter(palette, qtbot, done):
    palette.open_palette(text="bulk")
    qtbot.keyClick(palette.edit, Key.Key_Return, Mod.ControlModifier)
    palette.open_palette(text="rules")
    qtbot.keyClick(palette.edit, Key.Key_Return, Mod.ControlModifier)
    assert done == ["edit all", "rules"]


def test_arrows_skip_headings(palette, qtbot):
    palette.open_palette()
    rows = []
    for _ in range(6):
        rows.append(palette.list.currentIndex().row())
        qtbot.keyClick(palette.edit, Key.Key_Down)
    assert all(palette.rows.entry(row) is not None for row in rows)
    assert rows[-1] == palette.rows.rowCount() - 1
    for _ in range(6):
        qtbot.keyClick(palette.edit, Key.Key_Up)
    assert palette.list.currentIndex().row() == 1


def test_what_cannot_be_done_says_why_and_does_nothing(palette, qtbot, done):
    palette.open_palette(text="publish")
    assert lines(palette)[1] == "Publish Nothing is chosen"
    qtbot.keyClick(palette.edit, Key.Key_Return)
    assert done == []
    assert palette.isVisible()


@pytest.mark.parametrize(("typed", "shown"), [(">", "Commands"), ("@", "Stores"), ("@harb", "Stores")])
def test_prefixes_show_one_group(palette, typed, shown):
    palette.open_palette(text=typed)
    headings = [line for n, line in enumerate(lines(palette)) if palette.rows.entry(n) is None]
    assert headings == [shown]


def test_a_click_runs(palette, qtbot, done):
    palette.open_palette(text="rules")
    rect = palette.list.visualRect(palette.rows.index(1))
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert done == ["rules"]


def test_escape_and_leaving_close_it(palette, qtbot, done):
    palette.open_palette()
    qtbot.keyClick(palette.edit, Key.Key_Escape)
    assert palette.isHidden()
    palette.open_palette()
    palette.window_edit.setFocus()
    qtbot.waitUntil(palette.isHidden)
    assert done == []


def test_slow_answers_come_later_and_old_ones_are_dropped(palette, qtbot):
    gate, asked, threads = threading.Event(), [], []

    def listings(text):
        asked.append(text)
        threads.append(threading.current_thread())
        assert gate.wait(10)
        return [PaletteEntry("listings", f"CF1204 for {text}", print)]

    palette.set_providers([], [listings])
    palette.open_palette(text="lam")
    qtbot.waitUntil(lambda: asked == ["lam"])
    palette.edit.setText("lamp")
    qtbot.waitUntil(lambda: asked == ["lam", "lamp"])
    gate.set()
    qtbot.waitUntil(lambda: lines(palette) == ["Listings", "CF1204 for lamp"])
    assert threading.main_thread() not in threads


def test_it_lies_within_the_window(palette):
    palette.open_palette()
    window = palette.window()
    assert window.rect().contains(palette.geometry())
    assert palette.y() < window.height() * 0.2
    window.resize(700, 500)
    palette.place()
    assert palette.width() <= 700


def test_it_follows_the_language(palette):
    palette.open_palette(text="rules")
    language.set_language("zh")
    assert lines(palette)[0] == "设置与帮助"
    assert palette.edit.placeholderText() == "搜索或输入命令"


def test_it_is_painted(palette, each_theme):
    palette.open_palette(text="price")
    image = palette.list.viewport().grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(500) for y in range(100)}
    assert each_theme.color("sel").name() in colours
    assert each_theme.color("accentText").name() in colours
