"""Single variants are chosen: at their own level, or unfolded between the listings. No other variant is changed."""

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from app.services.listings.bulk_edit.targets import ChosenVariants
from app.services.paging import Query
from app.views.language import language
from app.views.listings.bulk_edit.dialog import BulkEditDialog
from tests.views.listings.bulk_edit.conftest import User

Key, Mod, Flag = Qt.Key, Qt.KeyboardModifier, QItemSelectionModel.SelectionFlag
HINT = {
    "en": "Prices and stocks change in the chosen variants only, other fields in their listings.",
    "zh": "价格和库存只改所选规格，其他字段改整件商品。",
}


@pytest.fixture
def page(open_page, lamps, settle, lane):
    made = open_page()
    yield made
    for dialog in made.findChildren(BulkEditDialog):
        if isValid(dialog):
            dialog.reject()
    QApplication.processEvents()


@pytest.fixture
def edit(page, qtbot, settle):
    """Ctrl+E, as the user has it."""

    def press():
        qtbot.keyClick(page.table, Key.Key_E, Mod.ControlModifier)
        qtbot.waitUntil(lambda: bool(page.findChildren(BulkEditDialog)))
        settle()
        return User(qtbot, page, settle)

    return press


def to_variants(page, qtbot, settle):
    page.rows.setFocus()
    qtbot.keyClick(page, Key.Key_F7)
    settle()


def choose(table, *rows):
    """Ctrl+click whole rows."""
    chooser, last = table.selectionModel(), table.paged.columnCount() - 1
    chooser.clear()
    for row in rows:
        block = QItemSelection(table.paged.index(row, 0), table.paged.index(row, last))
        chooser.select(block, Flag.Select)


def row_of(table, text):
    """The row whose code or title is this; a listing goes by the code of its first variant, which comes later."""
    places = [table.column_at(name) for name in ("code", "title")]
    texts = [{table.paged.index(row, at).data() for at in places} for row in range(table.paged.rowCount())]
    return max(row for row, found in enumerate(texts) if text in found)


def prices(loaded, lamps):
    return {sku.code: sku.price_minor for id in lamps for sku in loaded(id).skus}


BEFORE = {"LM1-WH": 1890, "LM1-GY": 2000, "LM2-BK": 4500, "MG1-RD": None}


def test_a_row_of_the_table_of_variants_is_changed_alone(page, edit, lamps, loaded, services, qtbot, settle):
    to_variants(page, qtbot, settle)
    choose(page.table, row_of(page.table, "LM1-GY"))
    user = edit()
    assert user.dialog.windowTitle() == "Bulk edit · 1 variant in 晨帆数码"
    assert user.dialog.hint.text().startswith(HINT["en"])
    user.types(user.field("value"), "10")
    user.waits_for_preview()
    assert [row[:4] for row in user.rows] == [("LM1-GY", "Price", "20.00", "22.00")]
    assert user.dialog.hint.text().startswith(HINT["en"])
    language.set_language("zh")
    assert user.dialog.windowTitle() == "批量修改 · 晨帆数码 的 1 个规格"
    assert user.dialog.hint.text().startswith(HINT["zh"])
    user.applies()
    assert prices(loaded, lamps) == {**BEFORE, "LM1-GY": 2200}
    services.listings.undo()
    assert prices(loaded, lamps) == BEFORE


def test_without_a_choice_it_is_the_filter_of_the_variants(page, edit, lamps, loaded, lane, qtbot, settle):
    to_variants(page, qtbot, settle)
    page.filters.search.set_quietly("lm1-gy")
    page.ask()
    settle()
    user = edit()
    assert user.dialog.windowTitle() == "Bulk edit · 1 variant in 晨帆数码"
    user.types(user.field("value"), "50")
    user.waits_for_preview()
    target = lane.arguments[lane.calls.index("prepare")][2]
    assert isinstance(target, ChosenVariants) and isinstance(target.skus, Query)
    user.applies()
    assert prices(loaded, lamps) == {**BEFORE, "LM1-GY": 3000}


class TestUnfolded:
    @pytest.fixture
    def page(self, page, settle):
        page.rows.toggle_fold(row_of(page.rows, "Bedside Table Lamp"))
        settle()
        return page

    def test_a_variant_alone(self, page, edit, lamps, loaded):
        choose(page.rows, row_of(page.rows, "LM1-WH"))
        user = edit()
        assert user.dialog.windowTitle() == "Bulk edit · 1 variant in 晨帆数码"
        user.types(user.field("value"), "100")
        user.waits_for_preview()
        user.applies()
        assert prices(loaded, lamps) == {**BEFORE, "LM1-WH": 3780}

    def test_beside_another_listing(self, page, edit, lamps, loaded, settle):
        choose(page.rows, row_of(page.rows, "LM1-WH"), row_of(page.rows, "Floor Lamp Tall"))
        user = edit()
        assert user.dialog.windowTitle() == "Bulk edit · 2 variants in 晨帆数码"
        user.types(user.field("value"), "100")
        user.waits_for_preview()
        user.applies()
        assert prices(loaded, lamps) == {**BEFORE, "LM1-WH": 3780, "LM2-BK": 9000}

    def test_with_its_listing_all_of_it_is_meant(self, page, edit, lamps, loaded):
        first = row_of(page.rows, "Bedside Table Lamp")
        choose(page.rows, first, first + 1)
        user = edit()
        assert user.dialog.windowTitle() == "Bulk edit · 1 listing in 晨帆数码"
        user.types(user.field("value"), "100")
        user.waits_for_preview()
        user.applies()
        assert prices(loaded, lamps) == {**BEFORE, "LM1-WH": 3780, "LM1-GY": 4000}
