"""How it looks: nothing cut in either language, theme and text size, from the smallest window on; keyboard alone."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from app.views.importing.errors_list import ErrorLine
from app.views.language import language
from app.views.theme import apply_theme, current_theme
from tests.views.layout_checks import assert_nothing_is_cut, assert_nothing_overlaps, in_view

CASES = [
    (code, theme, pixels, size)
    for code, theme in (("zh", "light"), ("en", "dark"))
    for pixels, size in ((13, (1440, 900)), (13, (1024, 640)), (16, (1440, 900)), (16, (1024, 640)))
]


@pytest.mark.parametrize(("code", "theme", "pixels", "size"), CASES)
def test_nothing_is_cut(open_import, sheet, samples, change_row, window, qapp, code, theme, pixels, size):
    language.set_language(code)
    apply_theme(qapp, theme, body_px=pixels)
    window.resize(*size)
    rows = [change_row(samples.lamp, key=f"K{n}", code=f"K{n}-1") for n in range(40)]
    rows[3] = change_row(rows[3], weight="0,84kg?")
    rows[4] = change_row(rows[4], code="5.108E+12")
    rows[5] = change_row(rows[5], stock="1.2万")
    second = sheet(samples.mug, name="另一家供应商的很长很长的报价单文件名_2026年第四季度_修订.xlsx")
    user = open_import(sheet(*rows), second)
    dialog = user.dialog
    user.waits_until(lambda: dialog.reading.survey_handle is None)
    for _ in range(3):
        QApplication.processEvents()
    assert dialog.size().width() <= size[0] * 0.92 + 1
    assert dialog.size().height() <= size[1] * 0.92 + 1
    assert_nothing_is_cut(dialog, in_view)
    assert_nothing_overlaps(dialog)
    table = dialog.preview.table
    assert table.viewport().height() >= 6 * table.verticalHeader().defaultSectionSize(), "too few rows to compare"
    shown = [line for line in dialog.errors.lines if line.visibleRegion().boundingRect().height() > 20]
    assert len(shown) >= 2
    assert dialog.rect().contains(dialog.primary.geometry().translated(dialog.footer.pos()))


@pytest.mark.parametrize(("code", "theme", "pixels", "size"), CASES)
def test_a_problem_is_shown_whole(open_import, tmp_path, window, qapp, code, theme, pixels, size):
    language.set_language(code)
    apply_theme(qapp, theme, body_px=pixels)
    window.resize(*size)
    path = tmp_path / "损坏的供应商报价_2026年第四季度.xlsx"
    path.write_bytes(b"PK\x03\x04 this is no archive")
    dialog = open_import(path).dialog
    for _ in range(3):
        QApplication.processEvents()
    assert_nothing_is_cut(dialog, in_view)
    assert_nothing_overlaps(dialog)
    assert path.name in dialog.preview.state.texts[1]


def test_theme_and_text_size_change_while_it_is_open(open_import, sheet, samples, change_row, qapp):
    user = open_import(sheet(change_row(samples.lamp, weight="?"), samples.mug))
    line = user.dialog.errors.lines[0]
    height = user.dialog.options.files.height()
    light = user.dialog.grab().toImage().pixelColor(8, 8)
    apply_theme(qapp, "dark", body_px=16)
    QApplication.processEvents()
    assert user.dialog.options.files.height() > height
    assert line.height() >= current_theme().metrics().height()
    assert user.dialog.grab().toImage().pixelColor(8, 8).lightness() < light.lightness() - 100
    assert_nothing_is_cut(user.dialog, in_view)


def test_every_text_follows_the_language(open_import, sheet, samples, change_row):
    user = open_import(sheet(change_row(samples.lamp, weight="?"), samples.mug))
    before = _texts(user.dialog)
    language.set_language("zh")
    QApplication.processEvents()
    after = _texts(user.dialog)
    same = {text for text in before & after if text.isascii() and any(letter.isalpha() for letter in text)}
    assert same == set(), f"still in English: {same}"


def _texts(dialog):
    """What is written on buttons, labels and the header; the sheet's own words aside."""
    own = {"FBA 备注", "英文标题 Title", "g", "USD"}
    widgets = [*dialog.findChildren(QAbstractButton), *dialog.findChildren(QLabel)]
    texts = {widget.text() for widget in widgets if widget.isVisible()} - own
    model = dialog.preview.table.paged
    return texts | {model.headerData(at, Qt.Orientation.Horizontal) for at in range(2)}


def test_tab_goes_through_everything_once(open_import, sheet, samples, change_row):
    user = open_import(sheet(change_row(samples.lamp, weight="?"), samples.mug))
    dialog = user.dialog
    seen = []
    for _ in range(60):
        focused = dialog.focusWidget()
        if focused in seen:
            break
        seen.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    wanted = [
        dialog.options.add,
        dialog.options.files,
        dialog.options.sheets,
        dialog.options.header_row,
        dialog.options.stores,
        dialog.options.mapping.buttons[0],
        dialog.preview.segments,
        dialog.preview.search,
        dialog.preview.only_changed,
        dialog.preview.table,
        dialog.errors.save,
        dialog.primary,
    ]
    missing = [widget for widget in wanted if widget not in seen]
    assert not missing
    assert sum(isinstance(widget, ErrorLine) for widget in seen) == 0
    places = [seen.index(widget) for widget in wanted]
    start = places.index(min(places))
    assert places[start:] + places[:start] == sorted(places), "the focus jumps"


def test_all_of_it_by_keyboard(open_import, sheet, samples, change_row, stored):
    user = open_import(sheet(change_row(samples.lamp, stock="1.2万"), samples.mug))
    table = user.dialog.preview.table
    assert table.hasFocus()
    QTest.keyClick(table, Qt.Key.Key_F8)
    QTest.keyClick(table, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    user.waits_until(lambda: user.counts()["refused"] == 0 and user.dialog.primary.isEnabled())
    user.waits_for_rows()
    while user.dialog.focusWidget() is not user.dialog.primary:
        QTest.keyClick(user.dialog.focusWidget(), Qt.Key.Key_Tab)
    with user.qtbot.waitSignal(user.dialog.applied):
        QTest.keyClick(user.dialog.primary, Qt.Key.Key_Return)
    assert [row["stock"] for row in stored()] == [12000, 588]


def test_the_focus_goes_back_where_it_came_from(open_import, sheet, samples, window):
    from PySide6.QtWidgets import QLineEdit

    field = QLineEdit(window)
    field.show()
    window.activateWindow()
    field.setFocus()
    user = open_import(sheet(samples.lamp))
    with user.qtbot.waitSignal(user.dialog.applied):
        user.presses(user.dialog.primary)
    assert window.focusWidget() is field


def test_the_smallest_dialog_still_shows_both_sides(open_import, sheet, samples, window):
    window.resize(QSize(1024, 640))
    dialog = open_import(sheet(samples.lamp)).dialog
    assert dialog.width() <= 943
    assert dialog.preview.width() >= 600
