"""Variants in the side panel: what tells them apart is chosen there; they are added and removed, all of it undoable."""

import orjson
import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt

from app.services.errors import AppError
from app.views.language import language

COLOUR, SHIPS_FROM = "14", "200007763"
BLACK, WHITE = "193", "29"


def colour(value_id, value, **more):
    return {"name_id": COLOUR, "name": "Color", "value_id": value_id, "value": value, **more}


@pytest.fixture
def opened(open_panel, make_sellable, write):
    """The panel with a listing whose variants have these properties."""

    def show(*of_skus, ships_from=""):
        record = make_sellable(skus=tuple((f"LM-{number}", 1890, 5) for number in range(1, len(of_skus) + 1)))
        for sku, parts in zip(record.skus, of_skus, strict=True):
            text = orjson.dumps(parts).decode()
            write("UPDATE sku SET properties = ?, ships_from = ? WHERE id = ?", text, ships_from, sku.id)
        return open_panel(record.id)

    return show


def values(loaded, panel):
    return [[part.get("value") for part in sku.properties] for sku in loaded(panel.listing_id).skus]


def codes(loaded, panel):
    return [sku.code for sku in loaded(panel.listing_id).skus]


def row_of(panel, name):
    return next(row for row in panel.editor.variant.rows.rows if str(row.line.name) == name)


def choose(row, value_id):
    at = row.choice.findData(value_id)
    row.choice.setCurrentIndex(at)
    row.choice.activated.emit(at)


def select_rows(grid, first, last):
    area = QItemSelection(grid.skus.index(first, 0), grid.skus.index(last, 0))
    grid.selectionModel().select(area, QItemSelectionModel.SelectionFlag.ClearAndSelect)


def press_of(panel, code):
    """Press the button of a finding."""
    panel.findings.field_wanted.emit(next(one for one in panel._detail.findings if one.code == code))


def found(panel):
    return {one.code for one in panel._detail.findings if one.code.startswith("property.")}


class TestProperties:
    def test_the_button_of_a_finding_leads_to_the_variant_and_a_choice_tells_it_apart(
        self, opened, loaded, services, settle, qtbot
    ):
        panel = opened([colour(BLACK, "Black", image="a.jpg")], [colour(BLACK, "Black", image="b.jpg")])
        assert panel.editor.variant.isHidden()
        panel.show_tab("findings")
        press_of(panel, "property.same")
        row = row_of(panel, "Color")
        qtbot.waitUntil(row.choice.hasFocus)
        assert panel.editor.variant.title.text() == "LM-2"
        choose(row, WHITE)
        settle()
        assert values(loaded, panel) == [["Black"], ["White"]]
        assert loaded(panel.listing_id).skus[1].properties[0]["image"] == "b.jpg"
        assert found(panel) == set()
        assert panel.editor.grid.skus.index(1, 0).data() == "White"
        services.listings.undo()
        panel.refresh()
        settle()
        assert row.choice.currentData() == BLACK

    def test_an_own_name_is_typed_letter_by_letter_as_one_step_of_undo(self, opened, loaded, services, settle, qtbot):
        panel = opened([colour(BLACK, "Black")], [colour(WHITE, "White")])
        panel.editor.properties_button.click()
        row = row_of(panel, "Color")
        row.text.setFocus()
        for letter in "Blackest":
            qtbot.keyClicks(row.text, letter)
            panel.saver.flush()
            settle()
        assert row.text.text() == "Blackest"
        assert values(loaded, panel) == [["Blackest"], ["White"]]
        assert loaded(panel.listing_id).skus[0].properties[0]["value_id"] == BLACK
        assert len(services.listings.history()) == 1

    def test_a_name_that_could_not_be_stored_is_still_there_after_a_look_at_another_row(
        self, opened, make_sellable, settle, qtbot
    ):
        panel = opened([colour(BLACK, "Black")], [colour(WHITE, "White")])
        first, other = panel.listing_id, make_sellable()
        panel.editor.properties_button.click()
        save = panel.saver._save

        def fail(*_, **__):
            raise AppError("publishing.journal", reason="disk full")

        panel.saver._save = fail
        qtbot.keyClicks(row_of(panel, "Color").text, "Ink")
        panel.show_listing(other.id)
        qtbot.waitUntil(lambda: panel.saver.has_failed)
        settle()
        panel.show_listing(first)
        settle()
        assert panel.editor.grid.skus.index(0, 0).data() == "Ink"
        panel.saver._save = save
        panel.saver.flush()
        settle()
        assert panel.editor.grid.skus.index(0, 0).data() == "Ink"

    def test_several_chosen_variants_are_changed_together(self, opened, loaded, services, settle):
        panel = opened(*([{"name": "Smell", "value": "Rose"}, colour("", f"Own {n}")] for n in range(3)))
        assert "property.unknown" in found(panel)
        panel.editor.properties_button.click()
        select_rows(panel.editor.grid, 0, 2)
        assert panel.editor.variant.title.text() == "3 variants, changed together"
        row_of(panel, "Smell").remove.click()
        settle()
        assert values(loaded, panel) == [["Own 0"], ["Own 1"], ["Own 2"]]
        assert found(panel) == set()
        assert len(services.listings.history()) == 1

    def test_several_values_are_called_so_and_a_name_typed_for_all_stays_while_typing(
        self, opened, loaded, settle, qtbot
    ):
        panel = opened([colour(BLACK, "Ink")], [colour(WHITE, "Snow")])
        panel.editor.properties_button.click()
        select_rows(panel.editor.grid, 0, 1)
        row = row_of(panel, "Color")
        assert (row.choice.currentText(), row.text.text()) == ("Several values", "")
        row.choice.activated.emit(row.choice.currentIndex())
        settle()
        assert values(loaded, panel) == [["Ink"], ["Snow"]], "choosing what it says already changes nothing"
        row.text.setFocus()
        for letter in "Blackish":
            qtbot.keyClicks(row.text, letter)
            panel.saver.flush()
            settle()
        assert row.text.text() == "Blackish"
        assert values(loaded, panel) == [["Blackish"], ["Blackish"]]
        assert [sku.properties[0]["value_id"] for sku in loaded(panel.listing_id).skus] == [BLACK, WHITE]
        choose(row, WHITE)
        settle()
        assert [sku.properties[0]["value_id"] for sku in loaded(panel.listing_id).skus] == [WHITE, WHITE]

    def test_a_property_is_added_and_its_value_chosen(self, opened, loaded, settle, qtbot):
        panel = opened([colour(BLACK, "Black")])
        panel.editor.properties_button.click()
        assert [str(facts.label) for facts in panel.editor.variant.add.offered] == ["Ships From"]
        menu = panel.editor.variant.add.menu_of()
        menu.actions()[0].trigger()
        menu.deleteLater()
        row = row_of(panel, "Ships From")
        qtbot.waitUntil(row.choice.hasFocus)
        settle()
        assert "property.value" in found(panel)
        assert row.choice.property("bad") is True
        choose(row, "201336104")
        settle()
        assert values(loaded, panel) == [["Black", "SPAIN"]]
        assert found(panel) == set()

    def test_variants_with_other_properties_are_made_like_the_first(self, opened, loaded, settle):
        ships = {"name_id": SHIPS_FROM, "name": "Ships From", "value_id": "201336104", "value": "SPAIN"}
        panel = opened([colour(BLACK, "Black"), ships], [ships, colour(WHITE, "White")])
        assert found(panel) == {"property.different"}
        press_of(panel, "property.different")
        assert panel.editor.variant.alike.isVisible()
        panel.editor.variant.alike.click()
        settle()
        assert values(loaded, panel) == [["Black", "SPAIN"], ["White", "SPAIN"]]
        assert found(panel) == set()
        assert panel.editor.variant.alike.isHidden()

    def test_the_country_beside_the_properties_is_chosen_where_a_sheet_had_one(self, opened, loaded, settle):
        ships = {"name_id": SHIPS_FROM, "name": "Ships From", "value_id": "201336104", "value": "SPAIN"}
        panel = opened([colour(BLACK, "Black"), ships], ships_from="CN")
        assert found(panel) == {"property.ships_from"}
        panel.editor.properties_button.click()
        box = panel.editor.variant.country
        assert box.isVisible()
        box.setCurrentIndex(box.findData("ES"))
        box.activated.emit(box.currentIndex())
        settle()
        assert loaded(panel.listing_id).skus[0].ships_from == "ES"
        assert found(panel) == set()

    def test_enter_and_a_double_click_open_them(self, opened, qtbot):
        panel = opened([colour(BLACK, "Black")], [colour(WHITE, "White")])
        grid = panel.editor.grid
        grid.setFocus()
        grid.choose(1)
        qtbot.keyClick(grid, Qt.Key.Key_Return)
        assert panel.editor.variant.isVisible()
        assert panel.editor.variant.title.text() == "LM-2"
        panel.editor.properties_button.click()
        assert panel.editor.variant.isHidden()
        for press in (qtbot.mouseClick, qtbot.mouseDClick):
            press(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.cell_rect(0, "label").center())
        assert panel.editor.variant.title.text() == "LM-1"

    def test_names_follow_the_language(self, opened, settle):
        panel = opened([colour(BLACK, "Black")], [colour(WHITE, "Ink")])
        panel.editor.properties_button.click()
        language.set_language("zh")
        settle()
        assert row_of(panel, "颜色").choice.currentText() == "黑色"
        assert [panel.editor.grid.skus.index(row, 0).data() for row in range(2)] == ["黑色", "Ink"]


class TestWhole:
    def test_a_variant_is_removed_and_comes_back(self, opened, loaded, services, settle):
        panel = opened([colour(BLACK, "Black")], [colour(BLACK, "Black")], [colour(WHITE, "White")])
        remove = panel.editor.remove_variant_button
        assert not remove.isEnabled()
        panel.editor.grid.choose(1)
        assert remove.isEnabled()
        remove.click()
        settle()
        assert codes(loaded, panel) == ["LM-1", "LM-3"]
        assert panel.editor.grid.chosen_rows == [1], "the next one is the current one now"
        services.listings.undo()
        panel.refresh()
        settle()
        assert codes(loaded, panel) == ["LM-1", "LM-2", "LM-3"]
        assert panel.editor.grid.skus.rowCount() == 3

    def test_one_has_to_stay(self, opened):
        panel = opened([colour(BLACK, "Black")], [colour(WHITE, "White")])
        select_rows(panel.editor.grid, 0, 1)
        assert not panel.editor.remove_variant_button.isEnabled()
        assert "one has to stay" in panel.editor.remove_variant_button.toolTip()

    def test_a_variant_is_added_with_the_properties_of_the_chosen_one_and_nothing_made_up(
        self, opened, loaded, services, settle
    ):
        panel = opened([colour(BLACK, "Black")], [colour(WHITE, "White")])
        panel.editor.grid.choose(1)
        panel.editor.add_variant_button.click()
        settle()
        new = loaded(panel.listing_id).skus[-1]
        assert (new.code, new.price_minor, new.stock) == ("", None, None)
        assert values(loaded, panel) == [["Black"], ["White"], ["White"]]
        services.listings.undo()
        assert len(loaded(panel.listing_id).skus) == 2

    def test_what_is_typed_meanwhile_is_stored_with_it(self, opened, loaded, settle, qtbot, type_into):
        panel = opened([colour(BLACK, "Black")], [colour(WHITE, "White")])
        type_into(panel.editor.title, "Walnut Lamp")
        panel.editor.grid.choose(0)
        panel.editor.remove_variant_button.click()
        settle()
        assert (codes(loaded, panel), loaded(panel.listing_id).title) == (["LM-2"], "Walnut Lamp")

    def test_a_locked_listing_keeps_its_variants(self, opened, write, settle):
        panel = opened([colour(BLACK, "Black")], [colour(WHITE, "White")])
        panel.editor.properties_button.click()
        write("UPDATE store SET access = 'read_only'")
        panel.refresh()
        settle()
        assert panel.editor.add_variant_button.isHidden()
        assert panel.editor.remove_variant_button.isHidden()
        row = row_of(panel, "Color")
        assert (row.text.isReadOnly(), row.remove.isHidden()) == (True, True)

    def test_a_listing_without_variants_gets_one(self, open_panel, make_sellable, loaded, settle):
        panel = open_panel(make_sellable(skus=()).id)
        assert panel.editor.remove_variant_button.isHidden()
        panel.editor.add_variant_button.click()
        settle()
        assert codes(loaded, panel) == [""]
        assert panel.editor.grid.skus.rowCount() == 1
