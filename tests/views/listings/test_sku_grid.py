"""The grid of variants: cells edited one by one or as a block, bad numbers kept and marked, never stored."""

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLineEdit

from app.services.listings.records import SkuRecord
from app.views.language import language
from app.views.listings.sku_grid import SkuGrid
from app.views.listings.sku_model import COLUMNS, SkuModel
from app.views.theme import apply_theme, current_theme

Key, Mod = Qt.Key, Qt.KeyboardModifier


def variants(count=3):
    return [
        SkuRecord(10 + n, f"LM4402-{n}", 1890 + n, 120 + n, [{"name": "Color", "value": f"Colour {n}"}])
        for n in range(count)
    ]


@pytest.fixture
def model():
    made = SkuModel()
    made.show_skus(variants(), {})
    return made


@pytest.fixture
def grid(qtbot):
    made = SkuGrid()
    qtbot.addWidget(made)
    made.setFixedWidth(404)
    made.show_skus(variants(), {})
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.setFocus()
    return made


def told(thing):
    heard = []
    thing.edited.connect(heard.append)
    return heard


def at(model, row, name):
    return model.index(row, COLUMNS.index(name))


class TestModel:
    def test_it_keeps_qts_promises(self, model):
        assert type(model) is SkuModel
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        model.show_skus(variants(5), {(1, "code"): "wrong"})
        model.put({(0, "price_minor"): "x", (1, "stock"): "7"})
        model.show_skus(variants(5), {})
        model.show_skus([], {})
        model.show_skus(variants(1), {}, currency="EUR", is_live=True)
        model.retranslate()

    def test_cells_show_money_counts_and_a_dash_for_unknown(self, model):
        model.show_skus([SkuRecord(1, "", None, None), SkuRecord(2, "A", 123456, 0)], {})
        shown = [[model.index(row, column).data() for column in range(4)] for row in range(2)]
        assert shown == [["Only variant", "–", "–", "–"], ["Only variant", "A", "1,234.56", "0"]]
        assert at(model, 1, "price_minor").data(Qt.ItemDataRole.EditRole) == "1234.56"
        assert at(model, 0, "stock").data(Qt.ItemDataRole.EditRole) == ""

    def test_headers_follow_currency_and_language(self, model):
        def header(column):
            return model.headerData(column, Qt.Orientation.Horizontal)

        assert [header(column) for column in range(4)] == ["Variant", "Code", "Price USD", "Stock"]
        model.show_skus(variants(), {}, currency="EUR")
        assert header(2) == "Price EUR"
        language.set_language("zh")
        assert header(2) == "价格 EUR"
        assert model.headerData(9, Qt.Orientation.Horizontal) is None

    @pytest.mark.parametrize(
        ("name", "text", "value"),
        [
            ("price_minor", "19.5", 1950),
            ("price_minor", "$ 1,234.50", 123450),
            ("price_minor", "１９．９９", 1999),
            ("price_minor", "", None),
            ("stock", "7", 7),
            ("stock", "0", 0),
            ("stock", "", None),
            ("code", "  LM  9 ", "LM 9"),
        ],
    )
    def test_what_is_typed_is_read_and_told(self, model, name, text, value):
        heard = told(model)
        assert model.setData(at(model, 1, name), text)
        assert heard == [{11: {name: value}}]
        assert getattr(model.skus[1], name) == value

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("price_minor", "abc"),
            ("price_minor", "1.999"),
            ("price_minor", "-1"),
            ("price_minor", "1,234"),
            ("stock", "1.5"),
            ("stock", "-2"),
            ("stock", "99999999999"),
            ("price_minor", "999999999999"),
        ],
    )
    def test_what_is_no_number_stays_marked_and_is_not_told(self, model, name, text):
        heard, said = told(model), []
        model.refused.connect(said.append)
        assert not model.setData(at(model, 0, name), text)
        assert heard == []
        index = at(model, 0, name)
        assert (index.data(), index.data(Qt.ItemDataRole.EditRole)) == (text, text)
        assert text in index.data(Qt.ItemDataRole.ToolTipRole)
        assert index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == said[-1]
        assert index.data(Qt.ItemDataRole.BackgroundRole) == current_theme().tone("red").ground
        model.show_skus(variants(), {})
        assert at(model, 0, name).data() == text
        model.setData(index, "12")
        assert said[-1] == ""
        assert index.data(Qt.ItemDataRole.BackgroundRole) is None

    def test_a_destroyed_code_stays_marked_and_a_wide_one_is_spelled_half_width(self, model):
        heard, said = told(model), []
        model.refused.connect(said.append)
        model.put({(0, "code"): "1.23E+06", (1, "code"): "ＡＢ１２３４＊２"})
        assert heard == [{11: {"code": "AB1234*2"}}]
        assert at(model, 0, "code").data() == "1.23E+06"
        assert said == [model.reason(0, "code")]
        assert said[0].startswith("“1.23E+06” was rewritten by Excel")

    @pytest.mark.parametrize("text", ["1-Mar", "3月1日", "2026/3/1"])
    def test_a_code_that_became_a_date_is_refused_unless_it_is_meant(self, model, text):
        heard = told(model)
        model.put({(0, "code"): text})
        assert heard == []
        assert model.reason(0, "code").startswith(f"“{text}” is a date that Excel made of the code")
        model.put({(0, "code"): f"'{text}"})
        assert heard == [{10: {"code": text}}]

    def test_the_same_value_again_is_no_edit(self, model):
        heard = told(model)
        assert model.setData(at(model, 0, "stock"), " 120 ")
        assert heard == []

    def test_many_cells_are_one_act(self, model):
        heard = told(model)
        model.put({(0, "stock"): "1", (1, "stock"): "2", (1, "code"): "X", (2, "stock"): "bad", (9, "stock"): "1"})
        assert heard == [{10: {"stock": 1}, 11: {"stock": 2, "code": "X"}}]

    def test_findings_stand_in_their_cells(self, model):
        model.show_skus(variants(), {(1, "code"): "Two variants share it", (0, "label"): "Same properties"})
        assert at(model, 1, "code").data(Qt.ItemDataRole.ToolTipRole) == "Two variants share it"
        assert at(model, 0, "label").data(Qt.ItemDataRole.ForegroundRole) == current_theme().tone("red").text
        assert at(model, 0, "code").data(Qt.ItemDataRole.BackgroundRole) is None

    def test_nothing_in_stock_is_red_only_where_it_is_on_sale(self, model):
        skus = [SkuRecord(1, "A", 100, 0)]
        model.show_skus(skus, {}, is_live=True)
        assert at(model, 0, "stock").data(Qt.ItemDataRole.ForegroundRole) == current_theme().tone("red").text
        model.show_skus(skus, {}, is_live=False)
        assert at(model, 0, "stock").data(Qt.ItemDataRole.ForegroundRole) == current_theme().color("text")

    def test_labels_cannot_be_edited_and_a_locked_model_nothing(self, model):
        assert not at(model, 0, "label").flags() & Qt.ItemFlag.ItemIsEditable
        assert not model.setData(at(model, 0, "label"), "x")
        model.is_locked = True
        heard = told(model)
        assert not at(model, 0, "stock").flags() & Qt.ItemFlag.ItemIsEditable
        assert not model.setData(at(model, 0, "stock"), "5")
        model.put({(0, "stock"): "5"})
        assert heard == []

    def test_another_listing_forgets_bad_texts(self, model):
        model.put({(0, "stock"): "bad"})
        model.show_skus([SkuRecord(99, "B", 1, 1)], {})
        model.show_skus(variants(), {})
        assert at(model, 0, "stock").data() == "120"


class TestGrid:
    def choose(self, grid, first, last):
        (top, left), (bottom, right) = first, last
        chosen = QItemSelection(at(grid.skus, top, left), at(grid.skus, bottom, right))
        grid.setCurrentIndex(at(grid.skus, top, left))
        grid.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def editor(self, grid):
        return grid.viewport().findChild(QLineEdit)

    def test_typing_begins_an_edit_enter_commits_and_goes_down(self, grid, qtbot):
        heard = told(grid.skus)
        grid.setCurrentIndex(at(grid.skus, 0, "price_minor"))
        qtbot.keyClick(grid, Key.Key_2)
        qtbot.keyClicks(self.editor(grid), "1.50")
        qtbot.keyClick(self.editor(grid), Key.Key_Return)
        qtbot.waitUntil(lambda: bool(heard))
        assert heard == [{10: {"price_minor": 2150}}]
        assert grid.currentIndex() == at(grid.skus, 1, "price_minor")

    def test_enter_edits_with_the_value_chosen_and_escape_restores(self, grid, qtbot):
        heard = told(grid.skus)
        grid.setCurrentIndex(at(grid.skus, 1, "code"))
        qtbot.keyClick(grid, Key.Key_Return)
        assert self.editor(grid).selectedText() == "LM4402-1"
        qtbot.keyClicks(self.editor(grid), "other")
        qtbot.keyClick(self.editor(grid), Key.Key_Escape)
        assert heard == []
        assert at(grid.skus, 1, "code").data() == "LM4402-1"

    def test_news_wait_while_a_cell_is_edited(self, grid, qtbot):
        grid.setCurrentIndex(at(grid.skus, 0, "code"))
        qtbot.keyClick(grid, Key.Key_F2)
        self.editor(grid).setText("typing")
        news = variants()
        news[2].stock = 5
        grid.show_skus(news, {})
        assert self.editor(grid).text() == "typing"
        assert at(grid.skus, 2, "stock").data() == "122"
        qtbot.keyClick(self.editor(grid), Key.Key_Escape)
        qtbot.waitUntil(lambda: at(grid.skus, 2, "stock").data() == "5")

    def test_leaving_the_row_takes_what_stands_in_the_editor(self, grid, qtbot):
        heard = told(grid.skus)
        grid.setCurrentIndex(at(grid.skus, 2, "stock"))
        qtbot.keyClick(grid, Key.Key_F2)
        self.editor(grid).setText("44")
        grid.commit_open()
        assert heard == [{12: {"stock": 44}}]
        assert not grid.is_editing

    def test_a_block_is_copied_as_excel_takes_it(self, grid, qtbot):
        self.choose(grid, (0, "label"), (1, "price_minor"))
        qtbot.keyClick(grid, Key.Key_C, Mod.ControlModifier)
        assert QGuiApplication.clipboard().text() == "Colour 0\tLM4402-0\t18.90\r\nColour 1\tLM4402-1\t18.91"

    def test_a_block_is_pasted_as_one_act_labels_left_out(self, grid, qtbot):
        heard = told(grid.skus)
        QGuiApplication.clipboard().setText("9.90\t5\n8.80\t6\n7.70\t7\n6.60\t8")
        grid.setCurrentIndex(at(grid.skus, 1, "price_minor"))
        qtbot.keyClick(grid, Key.Key_V, Mod.ControlModifier)
        assert heard == [{11: {"price_minor": 990, "stock": 5}, 12: {"price_minor": 880, "stock": 6}}]

    def test_rows_without_a_variant_are_told_and_bad_values_first(self, grid, qtbot):
        said = []
        grid.skus.refused.connect(said.append)
        QGuiApplication.clipboard().setText("7\n8\n9")
        grid.setCurrentIndex(at(grid.skus, 1, "stock"))
        qtbot.keyClick(grid, Key.Key_V, Mod.ControlModifier)
        assert said[-1] == "1 more row has no variant here and was not used."
        QGuiApplication.clipboard().setText("7\nmany\n9")
        qtbot.keyClick(grid, Key.Key_V, Mod.ControlModifier)
        assert "many" in said[-1]

    def test_a_block_begins_at_the_top_left_whichever_end_was_clicked_last(self, grid, qtbot):
        heard = told(grid.skus)
        QGuiApplication.clipboard().setText("9.90\t5\n8.80\t6")
        self.choose(grid, (0, "price_minor"), (1, "stock"))
        grid.selectionModel().setCurrentIndex(at(grid.skus, 1, "stock"), QItemSelectionModel.SelectionFlag.NoUpdate)
        qtbot.keyClick(grid, Key.Key_V, Mod.ControlModifier)
        assert heard == [{10: {"price_minor": 990, "stock": 5}, 11: {"price_minor": 880, "stock": 6}}]

    def test_a_row_is_repeated_over_the_chosen_ones(self, grid, qtbot):
        heard = told(grid.skus)
        QGuiApplication.clipboard().setText("9.90\t5")
        self.choose(grid, (0, "price_minor"), (2, "stock"))
        qtbot.keyClick(grid, Key.Key_V, Mod.ControlModifier)
        assert heard == [{id: {"price_minor": 990, "stock": 5} for id in (10, 11, 12)}]

    def test_fill_down_in_one_row_takes_what_stands_above(self, grid, qtbot):
        heard, said = told(grid.skus), []
        grid.skus.refused.connect(said.append)
        self.choose(grid, (1, "price_minor"), (1, "stock"))
        qtbot.keyClick(grid, Key.Key_D, Mod.ControlModifier)
        assert heard == [{11: {"price_minor": 1890, "stock": 120}}]
        self.choose(grid, (0, "stock"), (0, "stock"))
        qtbot.keyClick(grid, Key.Key_D, Mod.ControlModifier)
        assert len(heard) == 1
        assert said[-1].startswith("There is no cell above")

    def test_one_value_fills_all_chosen_cells(self, grid, qtbot):
        heard = told(grid.skus)
        QGuiApplication.clipboard().setText("50")
        self.choose(grid, (0, "stock"), (2, "stock"))
        qtbot.keyClick(grid, Key.Key_V, Mod.ControlModifier)
        assert heard == [{10: {"stock": 50}, 11: {"stock": 50}, 12: {"stock": 50}}]

    def test_fill_down_and_delete(self, grid, qtbot):
        heard = told(grid.skus)
        self.choose(grid, (0, "price_minor"), (2, "stock"))
        qtbot.keyClick(grid, Key.Key_D, Mod.ControlModifier)
        assert heard.pop() == {11: {"price_minor": 1890, "stock": 120}, 12: {"price_minor": 1890, "stock": 120}}
        qtbot.keyClick(grid, Key.Key_Delete)
        assert heard.pop() == {id: {"price_minor": None, "stock": None} for id in (10, 11, 12)}

    def test_it_is_as_high_as_its_rows_up_to_ten(self, grid):
        heights = []
        for count in (1, 3, 10, 40):
            grid.show_skus(variants(count), {})
            heights.append(grid.height())
        assert heights[0] < heights[1] < heights[2] == heights[3]

    @pytest.mark.parametrize("body", [13, 16])
    def test_numbers_are_never_cut(self, grid, qapp, body):
        apply_theme(qapp, "light", body_px=body)
        skus = [SkuRecord(1, "LM4402-WH*2_CES-12", 12_345_678_90, 999_999, [{"name": "Color", "value": "Black"}])]
        grid.show_skus(skus, {})
        metrics = current_theme().metrics("body")
        for name in ("price_minor", "stock"):
            column = COLUMNS.index(name)
            assert grid.columnWidth(column) >= metrics.horizontalAdvance(at(grid.skus, 0, name).data()) + 16
        assert grid.rowHeight(0) >= metrics.height() + 4

    def test_it_paints_in_both_themes(self, grid, each_theme):
        grid.skus.put({(0, "stock"): "bad"})
        picture = grid.grab().toImage()
        where = grid.cell_rect(0, "stock").topLeft() + grid.viewport().pos()
        assert picture.pixelColor(where.x() + 2, where.y() + 2) == current_theme().tone("red").ground
