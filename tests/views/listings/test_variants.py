"""The table of variants as a user meets it: the switch, cells edited, a block pasted, filled down, cleared."""

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QMenu

from app.services.paging import Filter
from app.views.elide import elided
from app.views.listings import plain_table
from app.views.listings.paste_dialog import PasteDialog

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def lamps(make_sellable):
    """The newest first: one variant, then two."""
    return [
        make_sellable("Birch Lamp", skus=(("LM2-BK", 1890, 5), ("LM2-BE", 1990, 6))),
        make_sellable("Ash Lamp", skus=(("LM1-WH", 1000, 5),)),
    ]


@pytest.fixture
def page(open_page, lamps, qtbot, settle):
    made = open_page()
    made.rows.setFocus()
    qtbot.keyClick(made, Key.Key_F7)
    settle()
    return made


def texts(page, *columns):
    model = page.table.paged
    places = [page.table.column_at(column) for column in columns]
    return [tuple(str(model.index(row, at).data()) for at in places) for row in range(model.rowCount())]


def choose(page, first, last):
    table = page.table
    corners = [table.paged.index(row, table.column_at(column)) for row, column in (first, last)]
    table.setCurrentIndex(corners[0])
    table.selectionModel().select(QItemSelection(*corners), QItemSelectionModel.SelectionFlag.ClearAndSelect)


def skus(loaded, record):
    return [(sku.code, sku.price_minor, sku.stock) for sku in loaded(record.id).skus]


def test_the_switch_shows_variants_under_the_same_filter_and_back(page, lamps, settle, qtbot):
    assert page.levels.is_variants
    assert texts(page, "title", "code", "price") == [
        ("Ash Lamp", "LM1-WH", "10.00"), ("Birch Lamp", "LM2-BK", "18.90"), ("Birch Lamp", "LM2-BE", "19.90"),
    ]  # fmt: skip
    assert page.status.counts.text() == "3 variants"
    page.filters.set_filters([Filter("price", ">", "15")])
    page.filters.search.set_quietly("birch")
    page.ask()
    settle()
    assert texts(page, "code") == [("LM2-BK",), ("LM2-BE",)]
    page.table.sort_directed(page.table.column_at("price"), descending=True)
    settle()
    assert texts(page, "code") == [("LM2-BE",), ("LM2-BK",)]
    qtbot.keyClick(page, Key.Key_F7)
    settle()
    assert page.table is page.rows
    assert page.status.counts.text() == "1 of 2"
    page.filters.clear_all()
    settle()
    page.levels.switch.choose("variants")
    settle()
    assert page.table.paged.query.sort == "price"  # each table keeps its own order


def test_a_cell_is_edited_and_the_listing_is_shown_beside_it(page, lamps, loaded, services, qtbot, settle):
    choose(page, (1, "price"), (1, "price"))
    settle()
    assert page.editor.listing_id == lamps[0].id
    qtbot.keyClick(page.table, Key.Key_F2)
    (editor,) = [one for one in page.table.viewport().findChildren(QLineEdit) if one.isVisible()]
    editor.setText("12.5")
    qtbot.keyClick(editor, Key.Key_Return)
    settle()
    assert skus(loaded, lamps[0])[0] == ("LM2-BK", 1250, 5)
    assert page.table.currentIndex().row() == 2
    assert not page.table.paged.index(0, page.table.column_at("title")).flags() & Qt.ItemFlag.ItemIsEditable
    services.listings.undo()
    assert skus(loaded, lamps[0])[0] == ("LM2-BK", 1890, 5)


def test_a_block_from_excel_is_shown_first_with_what_it_refuses(page, lamps, loaded, services, qtbot, settle):
    choose(page, (0, "code"), (0, "code"))
    QGuiApplication.clipboard().setText("NEW1\t11\t7\nNEW2\tcheap\t8\nNEW3\t13\t9\n")
    qtbot.keyClick(page.table, Key.Key_V, Mod.ControlModifier)
    qtbot.waitUntil(lambda: bool(page.findChildren(PasteDialog)))
    (dialog,) = page.findChildren(PasteDialog)
    assert "1 refused" in dialog.counts.text()
    assert skus(loaded, lamps[1]) == [("LM1-WH", 1000, 5)]
    dialog.accept()
    settle()
    assert skus(loaded, lamps[1]) == [("NEW1", 1100, 7)]
    assert skus(loaded, lamps[0]) == [("NEW2", 1890, 8), ("NEW3", 1300, 9)]
    assert len(services.listings.history()) == 1
    qtbot.waitUntil(lambda: texts(page, "code", "stock") == [("NEW1", "7"), ("NEW2", "8"), ("NEW3", "9")])
    services.listings.undo()
    assert skus(loaded, lamps[0]) == [("LM2-BK", 1890, 5), ("LM2-BE", 1990, 6)]


def test_a_row_pasted_over_several_is_repeated(page, lamps, loaded, qtbot, settle):
    choose(page, (0, "price"), (2, "stock"))
    QGuiApplication.clipboard().setText("7.00\t9\n")
    qtbot.keyClick(page.table, Key.Key_V, Mod.ControlModifier)
    qtbot.waitUntil(lambda: bool(page.findChildren(PasteDialog)))
    page.findChildren(PasteDialog)[-1].accept()
    settle()
    assert [sku[1:] for one in lamps for sku in skus(loaded, one)] == [(700, 9)] * 3


def test_variants_of_a_listing_are_told_apart_in_what_a_block_would_change(
    make_sellable, open_page, qtbot, settle, monkeypatch
):
    title = "Birch Lamp with a very long name that no column of a dialog has room for"
    make_sellable(title, skus=(("LM2-BK", 1890, 5), ("LM2-BE", 1990, 6)))
    page = open_page()
    page.levels.toggle()
    settle()
    drawn = []
    monkeypatch.setattr(plain_table, "elided", lambda *cut: drawn.append(elided(*cut)) or drawn[-1])
    choose(page, (0, "price"), (0, "price"))
    QGuiApplication.clipboard().setText("cheap\n13\n")
    qtbot.keyClick(page.table, Key.Key_V, Mod.ControlModifier)
    qtbot.waitUntil(lambda: bool(page.findChildren(PasteDialog)))
    (dialog,) = page.findChildren(PasteDialog)
    names = [dialog.table.item(row, 0).text() for row in range(2)]
    assert names == [f"{title} · LM2-BK", f"{title} · LM2-BE"]
    dialog.table.viewport().grab()
    cut = {text for text in drawn if text.startswith("Birch")}
    assert {text[-6:] for text in cut} == {"LM2-BK", "LM2-BE"} and not cut & set(names)
    dialog.reject()


def test_one_value_fills_the_selection_and_ctrl_d_fills_down_and_delete_clears(page, lamps, loaded, qtbot, settle):
    choose(page, (0, "price"), (2, "price"))
    qtbot.keyClick(page.table, Key.Key_D, Mod.ControlModifier)
    settle()
    assert [price for one in lamps for _, price, _ in skus(loaded, one)] == [1000, 1000, 1000]
    choose(page, (1, "stock"), (2, "stock"))
    QGuiApplication.clipboard().setText("42")
    qtbot.keyClick(page.table, Key.Key_V, Mod.ControlModifier)
    qtbot.waitUntil(lambda: bool(page.findChildren(PasteDialog)))
    page.findChildren(PasteDialog)[-1].accept()
    settle()
    assert [stock for _, _, stock in skus(loaded, lamps[0])] == [42, 42]
    choose(page, (0, "stock"), (1, "stock"))
    qtbot.keyClick(page.table, Key.Key_Delete)
    settle()
    assert [stock for one in lamps for _, _, stock in skus(loaded, one)] == [None, 42, None]
    qtbot.waitUntil(lambda: page.grab() is not None and texts(page, "price")[1] == ("10.00",))
    choose(page, (0, "code"), (1, "price"))
    qtbot.keyClick(page.table, Key.Key_C, Mod.ControlModifier)
    assert QGuiApplication.clipboard().text().split() == ["LM1-WH", "10.00", "LM2-BK", "10.00"]


def test_actions_mean_the_listings_of_the_chosen_variants(page, lamps, settle):
    assert page.actions_of_page["publish"].text() == "Publish their listings"
    got = []
    choose(page, (1, "code"), (2, "code"))
    page.with_ids(got.append)
    settle()
    page.table.selectAll()
    page.with_chosen(lambda chosen, _: got.append(chosen))
    settle()
    assert [sorted(one) for one in got] == [[lamps[0].id], sorted(one.id for one in lamps)]
    menu = QMenu(page)
    page.fill_menu(menu)
    said = [action.text() for action in menu.actions() if "overseas" not in action.text()]
    assert not [text for text in said if "variants" in text]  # nothing to unfold here
    page.show_rows([lamps[0].id])
    settle()
    assert not page.levels.is_variants
    assert page.rows.selection().ids == [lamps[0].id]


def test_an_edit_of_the_one_level_is_seen_at_the_other(page, lamps, services, qtbot, settle):
    choose(page, (0, "stock"), (0, "stock"))
    qtbot.keyClick(page.table, Key.Key_Delete)
    settle()
    qtbot.keyClick(page, Key.Key_F7)
    settle()
    qtbot.waitUntil(lambda: page.rows.paged.index(0, page.rows.column_at("stock")).data() == "–")
