"""Cells of a table: the clipboard, editing in place, check boxes, chevrons, headings."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from app.services.errors import AppError
from app.services.paging import Query

Key, Button, Mod = Qt.Key, Qt.MouseButton, Qt.KeyboardModifier


class TestClipboard:
    def test_the_current_cell(self, build, fake_source):
        page = build(fake_source(5))
        page.click(2, column=0)
        page.press(Key.Key_C, Mod.ControlModifier)
        assert QGuiApplication.clipboard().text() == "Lamp 000003"

    def test_a_block_as_excel_takes_it(self, build, fake_source, qtbot):
        page = build(fake_source(5))
        page.click(1, column=1)
        page.click(2, column=2, modifier=Mod.ShiftModifier)
        with qtbot.waitSignal(page.table.copied) as told:
            page.press(Key.Key_C, Mod.ControlModifier)
        assert QGuiApplication.clipboard().text() == "74\tLive\r\n111\tLive"
        assert told.args == [2]

    def test_whole_rows_with_headers_in_the_order_shown(self, build, fake_source):
        page = build(fake_source(5))
        page.table.header.moveSection(page.table.header.visualIndex(2), 1)
        page.click(0, modifier=Mod.ControlModifier)
        page.press(Key.Key_C, Mod.ControlModifier | Mod.ShiftModifier)
        lines = QGuiApplication.clipboard().text().split("\r\n")
        assert lines == ["Name\tTable\tUndo Redo", "Lamp 000001\tLive\t37"]

    def test_rows_not_seen_yet_are_read_first(self, build, fake_source, qtbot):
        page = build(fake_source(3000))
        page.table.selectAll()
        with qtbot.waitSignal(page.table.copied) as told:
            page.press(Key.Key_C, Mod.ControlModifier)
        assert told.args == [3000]
        lines = QGuiApplication.clipboard().text().split("\r\n")
        assert lines[2999].startswith("Lamp 003000\t")

    def test_rows_that_cannot_be_read_are_told_and_nothing_is_copied(self, build, fake_source, qtbot):
        source = fake_source(3000)
        page = build(source)
        page.table.selectAll()
        QGuiApplication.clipboard().setText("before")

        read = source.rows

        def fail(ids):
            if len(ids) == 3000:
                raise AppError("publishing.journal", reason="disk full")
            return read(ids)

        source.rows = fail
        with qtbot.waitSignal(page.model.load_failed) as told:
            page.press(Key.Key_C, Mod.ControlModifier)
        assert told.args[0].params["reason"] == "disk full"
        assert QGuiApplication.clipboard().text() == "before"

    def test_too_many_rows_are_refused_and_say_so(self, build, fake_source, qtbot):
        page = build(fake_source(20_001))
        page.table.selectAll()
        QGuiApplication.clipboard().setText("before")
        with qtbot.waitSignal(page.table.copy_refused) as told:
            page.press(Key.Key_C, Mod.ControlModifier)
        assert told.args == [20_000]
        assert QGuiApplication.clipboard().text() == "before"

    def test_pasting_hands_the_block_to_the_page(self, build, fake_source, qtbot):
        page = build(fake_source(5))
        page.click(1, column=1)
        QGuiApplication.clipboard().setText('1.5\tLive\r\n"two\nlines"\t')
        with qtbot.waitSignal(page.table.block_pasted) as told:
            page.press(Key.Key_V, Mod.ControlModifier)
        assert told.args == [1, 1, [["1.5", "Live"], ["two\nlines", ""]]]

    def test_delete_and_fill_down_name_the_cells(self, build, fake_source, qtbot):
        page = build(fake_source(5))
        page.click(1, column=0)
        page.click(3, column=1, modifier=Mod.ShiftModifier)
        with qtbot.waitSignal(page.table.cells_cleared) as told:
            page.press(Key.Key_Delete)
        assert told.args == [[1, 2, 3], ["title", "price"]]
        with qtbot.waitSignal(page.table.filled_down) as told:
            page.press(Key.Key_D, Mod.ControlModifier)
        assert told.args == [[1, 2, 3], ["title", "price"]]


class TestEditing:
    def editor(self, page):
        return next(edit for edit in page.table.viewport().findChildren(QLineEdit) if edit.isVisible())

    @pytest.mark.parametrize("key", [Key.Key_F2, Key.Key_Return])
    def test_enter_and_f2_edit_and_enter_goes_down(self, build, fake_source, qtbot, key):
        page = build(fake_source(5))
        page.click(1)
        page.press(key)
        editor = self.editor(page)
        assert editor.text() == editor.selectedText() == "Lamp 000002"
        assert editor.accessibleName() == "Name"
        qtbot.keyClicks(editor, "New")
        with qtbot.waitSignal(page.model.edited) as told:
            qtbot.keyClick(editor, Key.Key_Return)
        assert told.args == [2, "title", "New"]
        assert page.table.currentIndex().row() == 2

    def test_typing_starts_editing(self, build, fake_source, qtbot):
        page = build(fake_source(5))
        page.click(1)
        page.press(Key.Key_N)
        assert self.editor(page).text() == "n"

    def test_escape_restores(self, build, fake_source, qtbot):
        page = build(fake_source(5))
        page.click(1)
        page.press(Key.Key_F2)
        editor = self.editor(page)
        qtbot.keyClicks(editor, "New")
        with qtbot.assertNotEmitted(page.model.edited):
            qtbot.keyClick(editor, Key.Key_Escape)
        assert page.table.currentIndex().row() == 1

    def test_an_input_method_may_begin_in_an_editable_cell_only(self, build, fake_source):
        page = build(fake_source(5))
        page.table.setCurrentIndex(page.model.index(1, 0))
        assert page.table.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        page.table.setCurrentIndex(page.model.index(1, 1))
        assert not page.table.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)

    def test_a_cell_that_cannot_be_edited_opens_the_row(self, build, fake_source, qtbot):
        page = build(fake_source(5))
        page.click(3, column=1)
        with qtbot.waitSignal(page.table.opened) as told:
            qtbot.mouseDClick(page.table.viewport(), Button.LeftButton, Mod.NoModifier, page.at(3, 1))
        assert told.args == [4]
        with qtbot.waitSignal(page.table.opened) as told:
            page.press(Key.Key_Return)
        assert told.args == [4]


class TestRowsParts:
    def test_a_check_box_ticks_its_row(self, build, fake_source, qtbot):
        source = fake_source(5)
        source.change(2, status="failed")
        page = build(source, boxes=True)
        left = page.table.header.sectionViewportPosition(0) + 14
        with qtbot.waitSignal(page.table.ticked) as told:
            qtbot.mouseClick(page.table.viewport(), Button.LeftButton, pos=QPoint(left, page.at(0).y()))
        assert told.args == [[1], True]
        with qtbot.waitSignal(page.table.ticked) as told:
            qtbot.mouseClick(page.table.viewport(), Button.LeftButton, pos=QPoint(left, page.at(1).y()))
        assert told.args == [[2], False]

    def test_space_ticks_the_chosen_rows_alike(self, build, fake_source, qtbot):
        page = build(fake_source(5), boxes=True)
        page.click(0, column=1)
        page.click(2, column=1, modifier=Mod.ShiftModifier)
        with qtbot.waitSignal(page.table.ticked) as told:
            page.press(Key.Key_Space)
        assert told.args == [[1, 2, 3], True]

    def test_a_chevron_unfolds_and_keys_do_it_too(self, build, folding_source, qtbot):
        page = build(folding_source(50))
        chevron = QPoint(page.table.header.sectionViewportPosition(0) + 12, page.at(1).y())
        with qtbot.waitSignal(page.model.rowsInserted):
            qtbot.mouseClick(page.table.viewport(), Button.LeftButton, pos=chevron)
        assert page.model.is_unfolded(1)
        page.table.setCurrentIndex(page.model.index(1, 0))
        page.press(Key.Key_Left)
        assert not page.model.is_unfolded(1)
        with qtbot.waitSignal(page.model.rowsInserted):
            page.press(Key.Key_Right)
        page.table.setCurrentIndex(page.model.index(2, 0))
        assert page.table.selection().child_ids == [20001]
        assert not page.table.selection().ids

    def test_a_heading_folds_by_click_and_key(self, build, fake_source, qtbot):
        page = build(fake_source(250))
        page.ask(Query(group="g"))
        qtbot.mouseClick(page.table.viewport(), Button.LeftButton, pos=page.at(0))
        assert page.model.is_group_folded(0)
        page.table.setCurrentIndex(page.model.index(0, 0))
        page.press(Key.Key_Right)
        assert not page.model.is_group_folded(0)

    def test_f8_asks_for_the_next_finding(self, build, fake_source, qtbot):
        page = build(fake_source(5))
        with qtbot.waitSignal(page.table.finding_wanted) as told:
            page.press(Key.Key_F8)
        assert told.args == [1]
        with qtbot.waitSignal(page.table.finding_wanted) as told:
            page.press(Key.Key_F8, Mod.ShiftModifier)
        assert told.args == [-1]
