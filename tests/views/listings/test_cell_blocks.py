"""Editing in the table itself: a cell, a pasted block, filling down, clearing; one change each, nothing lost."""

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit

from app.messages import tr
from app.services.errors import AppError
from app.services.listings.cells import CellChange, CellEdit, CellPlan, CellRefusal
from app.views.language import language
from app.views.listings.paste_dialog import PasteDialog, Unread, shown

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def three(make_sellable):
    """Two listings with one variant each around one with two, newest first."""
    return [
        make_sellable("Ash Lamp", created_ms=3_000, skus=(("ASH", 1000, 5),)),
        make_sellable("Birch Lamp", created_ms=2_000),
        make_sellable("Cedar Lamp", created_ms=1_000, skus=(("CEDAR", 2000, 7),)),
    ]


@pytest.fixture
def page(open_page, three):
    made = open_page()
    made.rows.setFocus()
    return made


def index(page, row, column):
    return page.rows.paged.index(row, page.rows.column_at(column))


def choose(page, first, last):
    """Choose a block of cells, (row, column) to (row, column)."""
    page.rows.setCurrentIndex(index(page, *first))
    block = QItemSelection(index(page, *first), index(page, *last))
    page.rows.selectionModel().select(block, QItemSelectionModel.SelectionFlag.ClearAndSelect)


def refused(page, row, column):
    """The text of a cell that is marked as refused; None where it is not."""
    cell = page.rows.paged.cell(index(page, row, column))
    return cell.text if cell.is_refused else None


def open_editors(page):
    return [one for one in page.rows.viewport().findChildren(QLineEdit) if one.isVisible()]


def edit(page, qtbot, row, column, text):
    page.rows.setCurrentIndex(index(page, row, column))
    qtbot.keyClick(page.rows, Key.Key_F2)
    (editor,) = open_editors(page)
    editor.setText(text)
    qtbot.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: not open_editors(page))


def paste(page, qtbot, text):
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(page.rows, Key.Key_V, Mod.ControlModifier)


def notice(page):
    return page.context.notices.kept[0].text if page.context.notices.kept else ""


def dialog_of(page, qtbot):
    qtbot.waitUntil(lambda: any(one.isVisible() for one in page.window().findChildren(PasteDialog)))
    return next(one for one in page.window().findChildren(PasteDialog) if one.isVisible())


class TestOneCell:
    def test_a_title_is_edited_in_place_and_undoable(self, page, three, services, loaded, qtbot, settle):
        edit(page, qtbot, 0, "title", "Ash Wood Lamp")
        assert index(page, 0, "title").data() == "Ash Wood Lamp"
        settle()
        assert loaded(three[0].id).title == "Ash Wood Lamp"
        assert page.rows.currentIndex().row() == 1
        assert [change.params for change in services.listings.history()] == [{"title": "Ash Lamp"}]
        services.listings.undo()
        assert loaded(three[0].id).title == "Ash Lamp"

    def test_the_row_of_an_only_variant_stands_for_it(self, page, three, loaded, qtbot, settle):
        edit(page, qtbot, 0, "price", "12.50")
        edit(page, qtbot, 0, "stock", "0")
        edit(page, qtbot, 0, "code", "ASH-2")
        settle()
        sku = loaded(three[0].id).skus[0]
        assert (sku.price_minor, sku.stock, sku.code) == (1250, 0, "ASH-2")

    def test_several_variants_are_edited_in_their_unfolded_rows(self, page, three, loaded, qtbot, settle):
        assert not index(page, 1, "price").flags() & Qt.ItemFlag.ItemIsEditable
        page.rows.toggle_fold(1)
        settle()
        assert not index(page, 2, "title").flags() & Qt.ItemFlag.ItemIsEditable
        edit(page, qtbot, 3, "price", "33")
        settle()
        assert [sku.price_minor for sku in loaded(three[1].id).skus] == [1890, 3300]
        qtbot.waitUntil(lambda: index(page, 1, "price").data() == "18.90 – 33.00")

    def test_a_bad_number_stays_marked_in_its_cell_and_is_not_stored(self, page, three, services, qtbot, settle):
        edit(page, qtbot, 0, "price", "cheap")
        settle()
        cell = page.rows.paged.cell(index(page, 0, "price"))
        assert (cell.text, cell.is_refused) == ("cheap", True)
        assert "cheap" in cell.tip
        assert "cheap" in notice(page)
        assert services.listings.history() == []
        edit(page, qtbot, 0, "price", "9")
        settle()
        assert index(page, 0, "price").data() == "9.00"

    def test_a_refused_cell_typed_right_after_a_saved_one_keeps_its_mark(self, page, three, qtbot, settle):
        edit(page, qtbot, 0, "title", "Ash Wood Lamp")
        edit(page, qtbot, 0, "price", "cheap")
        settle()
        assert (refused(page, 0, "price"), refused(page, 0, "title")) == ("cheap", None)
        edit(page, qtbot, 0, "stock", "4")
        page.reload()
        settle()
        assert (refused(page, 0, "price"), index(page, 0, "stock").data()) == ("cheap", "4")
        page.rows.sort_directed(page.rows.column_at("title"), descending=True)
        settle()
        assert [refused(page, row, "price") for row in range(3)] == [None, None, "cheap"]

    def test_a_refused_cell_is_put_right_from_what_was_typed(self, page, three, loaded, qtbot, settle):
        edit(page, qtbot, 0, "price", "cheap")
        edit(page, qtbot, 1, "title", "Birch Wood Lamp")
        settle()
        page.rows.setCurrentIndex(index(page, 0, "price"))
        qtbot.keyClick(page.rows, Key.Key_F2)
        (editor,) = open_editors(page)
        assert editor.text() == "cheap"
        qtbot.keyClick(editor, Key.Key_Escape)
        assert refused(page, 0, "price") == "cheap"
        edit(page, qtbot, 0, "price", "10.00")  # what is stored: nothing to store, and nothing wrong any more
        settle()
        assert (refused(page, 0, "price"), index(page, 0, "price").data()) == (None, "10.00")
        assert loaded(three[0].id).skus[0].price_minor == 1000

    def test_a_refused_cell_put_right_elsewhere_loses_its_mark(self, page, three, services, qtbot, settle):
        edit(page, qtbot, 0, "price", "cheap")
        settle()
        services.listings.save_cells([CellEdit(three[0].id, "price_minor", 1200)])
        page.reload()
        qtbot.waitUntil(lambda: index(page, 0, "price").data() == "12.00")
        assert refused(page, 0, "price") is None

    def test_a_mark_that_gave_way_does_not_come_back_with_the_value_it_stood_over(
        self, page, three, services, qtbot, settle
    ):
        edit(page, qtbot, 0, "price", "cheap")
        settle()
        services.listings.save_cells([CellEdit(three[0].id, "price_minor", 1200)])
        page.reload()
        qtbot.waitUntil(lambda: index(page, 0, "price").data() == "12.00")
        services.listings.undo()
        page.reload()
        qtbot.waitUntil(lambda: index(page, 0, "price").data() == "10.00")
        assert refused(page, 0, "price") is None

    def test_a_refused_cell_of_an_unfolded_variant_keeps_its_mark(self, page, three, qtbot, settle):
        page.rows.toggle_fold(1)
        settle()
        edit(page, qtbot, 2, "stock", "5")
        edit(page, qtbot, 3, "price", "dear")
        settle()
        assert refused(page, 3, "price") == "dear"
        edit(page, qtbot, 3, "price", "33")
        qtbot.waitUntil(lambda: index(page, 1, "price").data() == "18.90 – 33.00")
        assert refused(page, 3, "price") is None

    def test_why_a_cell_is_refused_follows_the_language(self, page, three, qtbot, settle):
        edit(page, qtbot, 0, "price", "cheap")
        language.set_language("zh")
        settle()
        tip = page.rows.paged.tip(index(page, 0, "price"))
        assert tip == tr("listings.not_a_number", value="cheap")
        assert refused(page, 0, "price") == "cheap"

    def test_a_listing_on_its_way_cannot_be_edited(self, page, three, write, qtbot):
        write("UPDATE listing SET status = 'sending'")
        page.reload()
        qtbot.waitUntil(lambda: not index(page, 0, "title").flags() & Qt.ItemFlag.ItemIsEditable)

    def test_one_that_left_meanwhile_says_why_it_was_refused(self, page, three, write, loaded, qtbot, settle):
        write("UPDATE listing SET status = 'sending'")
        edit(page, qtbot, 0, "title", "Too late")
        settle()
        assert loaded(three[0].id).title == "Ash Lamp"
        assert notice(page) == "1 cell stays as it is: It is being sent."
        qtbot.waitUntil(lambda: index(page, 0, "title").data() == "Ash Lamp")

    def test_rows_read_again_leave_an_open_editor_alone(self, page, three, loaded, qtbot, settle):
        page.rows.setCurrentIndex(index(page, 0, "title"))
        qtbot.keyClick(page.rows, Key.Key_F2)
        (editor,) = open_editors(page)
        editor.setText("Being typed")
        page.rows.paged.dataChanged.emit(index(page, 0, "title"), index(page, 2, "updated"))
        page.reload()
        settle()
        assert editor.isVisible()
        assert editor.text() == "Being typed"
        qtbot.keyClick(editor, Key.Key_Return)
        qtbot.waitUntil(lambda: loaded(three[0].id).title == "Being typed")
        settle()

    def test_a_failure_brings_the_stored_value_back(self, page, three, services, qtbot, settle, monkeypatch):
        def fail(*_, **__):
            raise AppError("publishing.journal", reason="disk full")

        monkeypatch.setattr(services.listings, "save_cells", fail)
        edit(page, qtbot, 0, "title", "Lost?")
        settle()
        assert "disk full" in notice(page)
        qtbot.waitUntil(lambda: index(page, 0, "title").data() == "Ash Lamp")

    def test_the_panel_shows_what_was_edited_in_the_table(self, page, three, qtbot, settle):
        page.rows.setCurrentIndex(index(page, 1, "title"))
        settle()
        page.rows.setCurrentIndex(index(page, 2, "title"))
        settle()
        edit(page, qtbot, 2, "title", "Cedar Wood Lamp")
        settle()
        assert page.editor.editor.title.text() == "Cedar Wood Lamp"


class TestPaste:
    def test_a_block_over_several_rows_is_shown_first(self, page, three, services, loaded, qtbot, settle):
        choose(page, (0, "title"), (0, "title"))
        paste(page, qtbot, "Oak Lamp\tOAK\nPine Lamp\tPINE")
        dialog = dialog_of(page, qtbot)
        settle()
        assert services.listings.history() == []
        assert "3 cells will change, in listings: 2 · 0 are that already · 1 refused" in dialog.counts.text()
        lines = [[dialog.table.item(row, at).text() for at in range(4)] for row in range(dialog.table.rowCount())]
        assert lines[0] == ["Birch Lamp", "Code", "–", "It has several variants: unfold it and change them"]
        assert ["Ash Lamp", "Title", "Ash Lamp", "Oak Lamp"] in lines
        assert dialog.primary.text() == "Change 3"
        language.set_language("zh")
        assert dialog.table.horizontalHeader().isVisible()
        assert dialog.table.horizontalHeaderItem(1).text() == "字段"
        dialog.primary.click()
        settle()
        assert [loaded(record.id).title for record in three] == ["Oak Lamp", "Pine Lamp", "Cedar Lamp"]
        assert loaded(three[0].id).skus[0].code == "OAK"
        assert len(services.listings.history()) == 1
        services.listings.undo()
        assert [loaded(record.id).title for record in three] == ["Ash Lamp", "Birch Lamp", "Cedar Lamp"]

    def test_cancelling_changes_nothing(self, page, services, qtbot, settle):
        choose(page, (0, "title"), (0, "title"))
        paste(page, qtbot, "Oak Lamp\nPine Lamp")
        dialog_of(page, qtbot).reject()
        settle()
        assert services.listings.history() == []

    def test_a_block_that_cannot_be_looked_at_is_told(self, page, services, qtbot, settle, monkeypatch):
        def fail(*_, **__):
            raise AppError("publishing.journal", reason="disk full")

        monkeypatch.setattr(services.listings, "plan_cells", fail)
        choose(page, (0, "title"), (0, "title"))
        paste(page, qtbot, "Oak Lamp\nPine Lamp")
        qtbot.waitUntil(lambda: "disk full" in notice(page))
        settle()
        assert services.listings.history() == []

    def test_one_row_is_changed_at_once_with_the_way_back_offered(self, page, three, loaded, qtbot, settle):
        choose(page, (0, "title"), (0, "title"))
        paste(page, qtbot, "Oak Lamp\tOAK")
        settle()
        assert (loaded(three[0].id).title, loaded(three[0].id).skus[0].code) == ("Oak Lamp", "OAK")
        assert notice(page) == "Changed 2 cells."
        with qtbot.waitSignal(page.editor.undo_wanted):
            page.context.notices.kept[0].offer.do()

    def test_every_cell_of_one_row_that_cannot_be_read_is_marked(self, page, three, services, qtbot, settle):
        first = index(page, 0, "price").column()
        columns = [column.key for column in page.rows.paged.columns]
        shown = [columns[span.logical] for span in page.rows.spans()]
        choose(page, (0, "price"), (0, "price"))
        paste(page, qtbot, "\t".join("cheap" for _ in shown[shown.index(columns[first]) :]))
        settle()
        assert [refused(page, 0, column) for column in ("price", "stock")] == ["cheap", "cheap"]
        assert services.listings.history() == []

    def test_one_value_fills_every_chosen_cell(self, page, three, loaded, qtbot, settle):
        page.rows.toggle_fold(1)
        settle()
        choose(page, (0, "stock"), (4, "stock"))
        paste(page, qtbot, "50")
        dialog = dialog_of(page, qtbot)
        assert dialog.primary.text() == "Change 4"
        dialog.primary.click()
        settle()
        assert [[sku.stock for sku in loaded(record.id).skus] for record in three] == [[50], [50, 50], [50]]

    @pytest.mark.parametrize("last", ["price", "stock"])
    def test_a_block_is_repeated_over_a_whole_multiple_of_it(self, page, three, loaded, qtbot, settle, last):
        page.rows.toggle_fold(1)
        settle()
        choose(page, (2, "price"), (4, last))
        paste(page, qtbot, "7.00\t9")
        dialog_of(page, qtbot).primary.click()
        settle()
        found = [[(sku.price_minor, sku.stock) for sku in loaded(record.id).skus] for record in three]
        assert found == [[(1000, 5)], [(700, 9), (700, 9)], [(700, 9)]]

    def test_a_block_that_does_not_go_into_the_selection_is_put_there_once(self, page, three, loaded, qtbot, settle):
        page.rows.toggle_fold(1)
        settle()
        choose(page, (2, "stock"), (4, "stock"))
        paste(page, qtbot, "1\n2")
        dialog_of(page, qtbot).primary.click()
        settle()
        assert [sku.stock for sku in loaded(three[1].id).skus] == [1, 2]
        assert loaded(three[2].id).skus[0].stock == 7

    def test_what_cannot_be_read_is_listed_and_the_rest_goes_on(self, page, three, loaded, qtbot, settle):
        choose(page, (0, "stock"), (0, "stock"))
        paste(page, qtbot, "many\n1\n3")
        dialog = dialog_of(page, qtbot)
        assert "“many” is not a number" in dialog.table.item(0, 3).text()
        assert [dialog.table.item(0, at).text() for at in range(3)] == ["Ash Lamp", "Stock", "5"]
        assert "2 refused" in dialog.counts.text()
        dialog.primary.click()
        settle()
        assert [loaded(three[at].id).skus[0].stock for at in (0, 2)] == [5, 3]

    def test_a_code_that_a_spreadsheet_destroyed_is_refused(self, page, three, loaded, services, qtbot, settle):
        said = "“1.23E+06” was rewritten by Excel and the code is lost. Set the column to Text and enter it again."
        choose(page, (0, "code"), (0, "code"))
        paste(page, qtbot, "1.23E+06")
        settle()
        assert (notice(page), refused(page, 0, "code")) == (said, "1.23E+06")
        assert page.rows.paged.tip(index(page, 0, "code")) == said
        edit(page, qtbot, 2, "code", "1.23E+06")
        settle()
        assert (notice(page), refused(page, 2, "code")) == (said, "1.23E+06")
        assert services.listings.history() == []
        choose(page, (0, "code"), (0, "code"))
        paste(page, qtbot, "1.23E+06\nX\nCEDAR-2")
        dialog = dialog_of(page, qtbot)
        assert dialog.table.item(0, 3).text() == said
        dialog.primary.click()
        settle()
        assert [loaded(three[at].id).skus[0].code for at in (0, 2)] == ["ASH", "CEDAR-2"]

    def test_a_pasted_code_is_spelled_as_one_of_a_sheet(self, page, three, loaded, qtbot, settle):
        choose(page, (0, "code"), (0, "code"))
        paste(page, qtbot, "ＡＢ１２３４＊２")
        settle()
        assert loaded(three[0].id).skus[0].code == "AB1234*2"
        for text, code in (("\u200b 0123 ", "0123"), ("'00123", "00123"), ('="00124"', "00124")):
            edit(page, qtbot, 0, "code", text)
            settle()
            assert loaded(three[0].id).skus[0].code == code

    def test_a_block_begins_at_the_top_of_what_is_chosen_from_below(self, page, three, loaded, qtbot, settle):
        choose(page, (0, "stock"), (2, "stock"))
        unchanged = QItemSelectionModel.SelectionFlag.NoUpdate
        page.rows.selectionModel().setCurrentIndex(index(page, 2, "stock"), unchanged)
        paste(page, qtbot, "11\n1\n13")
        dialog_of(page, qtbot).primary.click()
        settle()
        assert [loaded(three[at].id).skus[0].stock for at in (0, 2)] == [11, 13]

    def test_rows_below_the_end_of_the_table_are_told(self, page, three, loaded, qtbot, settle):
        for lines, beyond in (("1\n2\n3", "1 more row stands"), ("1\n" * 5000, "4,998 more rows stand")):
            choose(page, (1, "stock"), (1, "stock"))
            paste(page, qtbot, lines)
            dialog = dialog_of(page, qtbot)
            assert any(label.text().startswith(beyond) for label in dialog.findChildren(QLabel))
            dialog.reject()
            settle()

    def test_columns_that_cannot_be_edited_are_told(self, page, services, qtbot, settle):
        choose(page, (0, "status"), (0, "status"))
        paste(page, qtbot, "Live")
        settle()
        assert notice(page) == "Title, code, price and stock can be changed in the table."
        assert services.listings.history() == []

    def test_a_block_reaches_no_further_than_the_table(self, page, three, loaded, qtbot, settle):
        choose(page, (2, "title"), (2, "title"))
        paste(page, qtbot, "Last Lamp\nBeyond\nFar beyond")
        dialog_of(page, qtbot).primary.click()
        settle()
        assert loaded(three[2].id).title == "Last Lamp"

    def test_too_many_cells_are_refused(self, page, qtbot, monkeypatch, services, settle):
        monkeypatch.setattr("app.views.listings.cell_blocks.MOST_CELLS", 1)
        choose(page, (0, "title"), (0, "title"))
        paste(page, qtbot, "A\nB")
        settle()
        assert notice(page).startswith("At most 1 cells at a time; nothing was changed.")
        assert services.listings.history() == []


def test_a_plan_without_changes_cannot_be_accepted(qtbot):
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    refused = CellChange(1, None, "Lamp", "title", "Lamp", "", CellRefusal.READ_ONLY)
    unread = Unread("Lamp", "price_minor", "9.00", "x")
    dialog = PasteDialog(CellPlan((), (refused,), 3), [unread], parent)

    def row(at):
        return [dialog.table.item(at, column).text() for column in range(4)]

    assert not dialog.primary.isEnabled()
    assert dialog.table.rowCount() == 2
    assert row(0) == ["Lamp", "Price", "9.00", "“x” is not a number. Write it like 12 or 12.50."]
    language.set_language("zh")
    assert [row(0)[1], row(1)[1]] == ["价格", "商品标题"]
    assert "不是数字" in row(0)[3]
    assert shown("price_minor", None) == "–"
    assert shown("price_minor", 1250) == "12.50"
    assert shown("stock", 0) == "0"
    dialog.close()
