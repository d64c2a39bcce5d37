"""Filling down and clearing cells in the table, and how often a pasted block is repeated."""

import pytest
from PySide6.QtCore import Qt

from app.views.table_copy import repeated
from tests.views.listings.test_cell_blocks import (
    choose,
    notice,
    page,
    three,
)

__all__ = ["page", "three"]

Key, Mod = Qt.Key, Qt.KeyboardModifier


class TestFillAndClear:
    def test_fill_down_gives_the_first_value_to_the_rows_below(self, page, three, loaded, qtbot, settle):
        page.rows.toggle_fold(1)
        settle()
        choose(page, (2, "price"), (4, "price"))
        qtbot.keyClick(page.rows, Key.Key_D, Mod.ControlModifier)
        settle()
        assert [[sku.price_minor for sku in loaded(record.id).skus] for record in three] == [
            [1000],
            [1890, 1890],
            [1890],
        ]
        assert notice(page) == "Changed 2 cells."

    def test_one_cell_is_filled_from_the_one_above(self, page, three, loaded, services, qtbot, settle):
        page.rows.toggle_fold(1)
        settle()
        choose(page, (4, "price"), (4, "stock"))
        qtbot.keyClick(page.rows, Key.Key_D, Mod.ControlModifier)
        settle()
        above = loaded(three[1].id).skus[1]
        sku = loaded(three[2].id).skus[0]
        assert (sku.price_minor, sku.stock) == (above.price_minor, above.stock) != (2000, 7)
        choose(page, (0, "price"), (0, "price"))
        qtbot.keyClick(page.rows, Key.Key_D, Mod.ControlModifier)
        settle()
        assert notice(page) == "There is no cell above to copy from."
        assert len(services.listings.history()) == 1

    def test_why_a_cell_is_not_filled_is_said(self, page, three, services, qtbot, settle):
        several = "It has several variants: unfold it and change them."
        for row, column, said in (
            (1, "price", f"1 cell stays as it is: {several}"),
            (2, "price", f"Nothing can be copied from above: {several}"),
            (2, "status", "Title, code, price and stock can be changed in the table."),
        ):
            choose(page, (row, column), (row, column))
            qtbot.keyClick(page.rows, Key.Key_D, Mod.ControlModifier)
            settle()
            assert notice(page) == said
        page.rows.toggle_fold(1)
        settle()
        choose(page, (2, "title"), (3, "title"))
        qtbot.keyClick(page.rows, Key.Key_D, Mod.ControlModifier)
        settle()
        assert notice(page) == "Nothing can be copied from above: A variant has no title of its own."
        assert services.listings.history() == []

    def test_delete_empties_cells_and_never_rows(self, page, three, loaded, services, qtbot, settle):
        choose(page, (0, "stock"), (0, "stock"))
        qtbot.keyClick(page.rows, Key.Key_Delete)
        settle()
        assert loaded(three[0].id).skus[0].stock is None
        assert len(page.rows.paged.ids_between(0, 9)) == 3
        services.listings.undo()
        assert loaded(three[0].id).skus[0].stock == 5

    @pytest.mark.parametrize(("key", "modifier"), [(Key.Key_Delete, Mod.NoModifier), (Key.Key_D, Mod.ControlModifier)])
    def test_whole_rows_are_neither_emptied_nor_filled(self, page, three, services, qtbot, settle, key, modifier):
        page.rows.select_ids([record.id for record in three])
        qtbot.keyClick(page.rows, key, modifier)
        settle()
        assert services.listings.history() == []
        assert notice(page) == "Choose cells first: whole rows are neither emptied nor filled."

    def test_a_block_over_unfolded_variants_does_not_touch_their_missing_titles(
        self, page, three, loaded, qtbot, settle
    ):
        page.rows.toggle_fold(1)
        settle()
        choose(page, (1, "title"), (3, "code"))
        qtbot.keyClick(page.rows, Key.Key_Delete)
        settle()
        stored = loaded(three[1].id)
        assert (stored.title, [sku.code for sku in stored.skus]) == ("", ["", ""])


@pytest.mark.parametrize(
    ("rows", "columns", "shape"),
    [(1, 1, (2, 2)), (4, 2, (4, 2)), (4, 1, (4, 2)), (1, 4, (2, 4)), (4, 6, (4, 6)), (3, 2, (2, 2)), (4, 3, (2, 2))],
)
def test_how_often_a_block_of_two_by_two_is_repeated(rows, columns, shape):
    block = repeated([["a", "b"], ["c", "d"]], rows, columns)
    assert (len(block), len(block[0])) == shape
    assert block[-1][-1] == "d"
