"""Filling down and clearing cells in the table, and how often a pasted block is repeated."""

import pytest
from PySide6.QtCore import QItemSelectionModel, QObject, Qt, Signal

from app.services.errors import AppError
from app.services.paging import PAGE_ROWS
from app.services.pricing.terms import LINKED
from app.views import page_cache
from app.views.table_copy import repeated
from tests.views.listings.test_cell_blocks import (
    choose,
    index,
    notice,
    page,
    three,
)

__all__ = ["page", "three"]

Key, Mod = Qt.Key, Qt.KeyboardModifier


class HeldCall(QObject):
    """A call under way, answered by the test."""

    succeeded = Signal(object)
    failed = Signal(object)


def fail_to_read():
    raise AppError("publishing.journal", reason="disk full")


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

    @pytest.mark.parametrize("fails", [False, True], ids=["read", "unreadable"])
    def test_the_first_row_of_a_long_selection_is_read_again(
        self, make_listing, open_page, loaded, services, qtbot, settle, monkeypatch, fails
    ):
        """Its page has left the window's memory by the time the last row was reached."""
        made = [make_listing(f"Lamp {n}", ((f"L{n}", 100, n),), created_ms=9_000 - n) for n in range(1, 8 * PAGE_ROWS)]
        monkeypatch.setattr(page_cache, "PAGES", 5)
        page = open_page()
        model, last = page.rows.paged, len(made) - 1
        choose(page, (0, "stock"), (last, "stock"))
        for row in (*range(0, last, PAGE_ROWS), last):  # the current cell goes along, as with Shift
            at = index(page, row, "stock")
            page.rows.selectionModel().setCurrentIndex(at, QItemSelectionModel.SelectionFlag.NoUpdate)
            page.rows.scrollTo(at)
            settle()
        assert not model.has(0, 0) and len(page.rows.chosen_block()[0]) == len(made)
        if fails:
            monkeypatch.setattr(model.source, "rows", lambda ids: fail_to_read())
        qtbot.keyClick(page.rows, Key.Key_D, Mod.ControlModifier)
        settle()
        stocks = [loaded(record.id).skus[0].stock for record in (made[0], made[1], made[-1])]
        if fails:
            assert stocks == [1, 2, len(made)] and "disk full" in notice(page)
        else:
            assert stocks == [1, 1, 1] and notice(page) == f"Changed {last} cells."
            assert len(services.listings.history()) == 1

    def test_rows_sorted_while_the_first_one_is_read_are_left_alone(
        self, three, make_sellable, open_page, services, settle, monkeypatch
    ):
        """The rows that were chosen stand elsewhere by now."""
        last = make_sellable("Dill Lamp", created_ms=500, skus=(("DILL", 3000, 9),))
        page = open_page()
        model = page.rows.paged
        monkeypatch.setattr(model, "record", lambda row: None)
        handle = HeldCall()
        monkeypatch.setattr(model, "call", lambda fn, ids: handle)
        page.rows.filled_down.emit([0, 1], ["stock"])
        model.sort(page.rows.column_at("title"), Qt.SortOrder.DescendingOrder)
        settle()
        assert [model.id_at(row) for row in (0, 1)] == [last.id, three[2].id]
        handle.succeeded.emit(model.source.rows([three[0].id]))
        settle()
        assert services.listings.history() == []

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

    @pytest.mark.parametrize("column", sorted(LINKED))
    def test_delete_leaves_margins_and_profits_alone(self, page, three, loaded, services, qtbot, settle, column):
        """There is no price that reaches an empty profit."""
        page.rows.cells_cleared.emit([0, 2], ["stock", column])
        settle()
        skus = [loaded(three[at].id).skus[0] for at in (0, 2)]
        assert [(sku.price_minor, sku.stock) for sku in skus] == [(1000, None), (2000, None)]
        assert [one.text for one in page.context.notices.kept] == ["Changed 2 cells."], "nothing is refused"
        assert len(services.listings.history()) == 1

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
        assert notice(page) == "1 cell stays as it is: It has several variants: unfold it and change them.", (
            "the code of the listing's own row, and no title of a variant"
        )


@pytest.mark.parametrize(
    ("rows", "columns", "shape"),
    [(1, 1, (2, 2)), (4, 2, (4, 2)), (4, 1, (4, 2)), (1, 4, (2, 4)), (4, 6, (4, 6)), (3, 2, (2, 2)), (4, 3, (2, 2))],
)
def test_how_often_a_block_of_two_by_two_is_repeated(rows, columns, shape):
    block = repeated([["a", "b"], ["c", "d"]], rows, columns)
    assert (len(block), len(block[0])) == shape
    assert block[-1][-1] == "d"
