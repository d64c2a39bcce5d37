"""The attributes in the side panel: what the category asks for is chosen or written there, stored, never lost."""

import orjson
import pytest
from PySide6.QtCore import Qt

from app.views.language import language
from app.views.listings.value_row import OWN

LEFT = Qt.MouseButton.LeftButton
BASE = "200000137"
GATEWAY = "http://127.0.0.1:1"
BRAND, MATERIAL = "2", "10"


@pytest.fixture
def asks(write):
    """The category asks for the lamp base and knows a brand to write and a material to choose."""

    def run():
        write("UPDATE category_attribute SET is_required = 1 WHERE attribute_id = ?", BASE)
        for number, zh, en, kind, values in (
            (BRAND, "品牌", "Brand Name", "input", []),
            (MATERIAL, "材质", "Material", "input", [{"id": "7", "zh": "木", "en": "Wood"}]),
        ):
            write(
                "INSERT INTO category_attribute (gateway, category_id, attribute_id, name_en, name_zh, is_required, "
                'is_sku, allows_custom_name, show_type, position, "values", fetched_ms) '
                "VALUES (?, '39050502', ?, ?, ?, 0, 0, 0, ?, ?, ?, 0)",
                GATEWAY,
                number,
                en,
                zh,
                kind,
                int(number),
                orjson.dumps(values).decode(),
            )

    return run


@pytest.fixture
def opened(open_panel, make_sellable, asks, write):
    """The panel with a listing that has these attributes."""

    def show(*entries):
        asks()
        record = make_sellable()
        write("UPDATE listing_body SET attributes = ? WHERE id = ?", orjson.dumps(entries).decode(), record.id)
        panel = open_panel(record.id)
        panel.editor.sections["attributes"].fold(False)
        return panel

    return show


def row_of(panel, name):
    return next(row for row in panel.editor.attributes.rows.rows if str(row.line.name) == name)


def choose(row, value_id):
    at = row.choice.findData(value_id)
    row.choice.setCurrentIndex(at)
    row.choice.activated.emit(at)


def finding(panel, code):
    return next(one for one in panel._detail.findings if one.code == code)


class TestRequired:
    def test_the_button_of_the_finding_leads_to_the_line_and_a_choice_puts_it_right(
        self, opened, loaded, services, settle, qtbot
    ):
        panel = opened()
        panel.editor.sections["attributes"].fold()
        panel.show_tab("findings")
        panel.worst.go.click()
        assert panel.tabs.current == "edit"
        row = row_of(panel, "Lamp base")
        assert not panel.editor.sections["attributes"].is_folded
        qtbot.waitUntil(row.choice.hasFocus)
        assert (row.name.text(), row.choice.property("bad")) == ("Lamp base *", True)
        choose(row, "1")
        settle()
        (entry,) = loaded(panel.listing_id).attributes
        assert (entry["name_id"], entry["value_id"], entry["value"]) == (BASE, "1", "E27")
        assert [one.code for one in panel._detail.findings if one.field == "attributes"] == []
        assert row.choice.property("bad") is False
        services.listings.undo()
        panel.refresh()
        settle()
        assert loaded(panel.listing_id).attributes == []
        assert row.choice.currentText() == "–"

    def test_a_required_value_cannot_be_taken_away(self, opened):
        row = row_of(opened({"name_id": BASE, "value_id": "1"}), "Lamp base")
        assert row.choice.findData("") < 0
        assert row.remove.isHidden()

    def test_other_asks_for_a_text(self, opened, loaded, settle, type_into, qtbot):
        panel = opened()
        row = row_of(panel, "Lamp base")
        choose(row, "4")
        settle()
        assert finding(panel, "attribute.other")
        assert row.text.isVisible()
        type_into(row.text, "B22 bayonet")
        settle_after_typing(panel, settle)
        assert loaded(panel.listing_id).attributes[0]["value"] == "B22 bayonet"
        assert [one.code for one in panel._detail.findings if one.field == "attributes"] == []


def settle_after_typing(panel, settle):
    panel.saver.flush()
    settle()


class TestTexts:
    def test_an_attribute_is_added_and_written_letter_by_letter_as_one_step_of_undo(
        self, opened, loaded, services, settle, qtbot
    ):
        panel = opened({"name_id": BASE, "value_id": "1"})
        add = panel.editor.attributes.add
        assert [str(facts.label) for facts in add.offered] == ["Brand Name", "Material"]
        menu = add.menu_of()
        menu.actions()[0].trigger()
        menu.deleteLater()
        row = row_of(panel, "Brand Name")
        qtbot.waitUntil(row.text.hasFocus)
        for letter in "Noma":
            qtbot.keyClicks(row.text, letter)
            settle_after_typing(panel, settle)
            assert row.text.hasFocus()
        assert row.text.text() == "Noma"
        assert [one["value"] for one in loaded(panel.listing_id).attributes if one.get("name_id") == BRAND] == ["Noma"]
        assert len(services.listings.history()) == 1

    def test_what_is_being_typed_stays_though_a_part_of_it_is_a_value(self, opened, loaded, settle, type_into, qtbot):
        panel = opened({"name_id": MATERIAL, "value_id": "", "name": "Material", "value": "Oak"})
        row = row_of(panel, "Material")
        assert (row.choice.currentData(), row.text.text()) == (OWN, "Oak")
        type_into(row.text, "Wood")
        settle_after_typing(panel, settle)
        assert (row.text.text(), row.text.isVisible()) == ("Wood", True)
        qtbot.keyClicks(row.text, " fibre")
        settle_after_typing(panel, settle)
        assert row.text.text() == "Wood fibre"
        assert loaded(panel.listing_id).attributes[0]["value"] == "Wood fibre"

    def test_own_text_is_asked_for_and_nothing_is_lost_until_it_is_there(self, opened, loaded, settle, qtbot):
        panel = opened({"name_id": MATERIAL, "value_id": "7"})
        row = row_of(panel, "Material")
        choose(row, OWN)
        settle()
        qtbot.waitUntil(row.text.hasFocus)
        assert loaded(panel.listing_id).attributes == [{"name_id": MATERIAL, "value_id": "7"}]
        panel.editor.title.setFocus()
        qtbot.waitUntil(lambda: row.choice.currentData() == "7")

    def test_two_edits_in_a_row_both_stand(self, opened, loaded, settle):
        panel = opened({"name_id": MATERIAL, "value_id": "7"})
        choose(row_of(panel, "Lamp base"), "1")
        choose(row_of(panel, "Material"), "")
        settle()
        assert [one["name_id"] for one in loaded(panel.listing_id).attributes] == [BASE]
        assert row_of(panel, "Material").isVisible(), "a line in view stays in view"

    def test_what_the_category_does_not_list_is_renamed_or_removed(self, opened, loaded, settle, type_into, qtbot):
        panel = opened({"name": "", "value": "Nordic"}, {"name_id": "999", "value_id": "5", "name": "Power"})
        panel.findings.field_wanted.emit(finding(panel, "attribute.foreign"))
        foreign = row_of(panel, "Power")
        qtbot.waitUntil(foreign.remove.hasFocus)
        foreign.remove.click()
        settle()
        assert loaded(panel.listing_id).attributes == [{"name": "", "value": "Nordic"}]
        own = row_of(panel, "")
        type_into(own.own_name, "Style")
        panel.leave()
        settle()
        assert loaded(panel.listing_id).attributes == [{"name": "Style", "value": "Nordic"}]


class TestShown:
    def test_a_locked_listing_shows_its_attributes_without_a_way_to_change_them(self, opened, write, settle):
        panel = opened({"name": "Style", "value": "Nordic"})
        write("UPDATE store SET access = 'read_only'")
        panel.refresh()
        settle()
        own = row_of(panel, "Style")
        assert (own.text.isReadOnly(), own.own_name.isReadOnly(), own.remove.isHidden()) == (True, True, True)
        assert panel.editor.attributes.add.isHidden()

    def test_names_and_values_follow_the_language(self, opened, settle):
        panel = opened({"name_id": MATERIAL, "value_id": "7"})
        language.set_language("zh")
        settle()
        row = row_of(panel, "材质")
        assert (row.name.text(), row.choice.currentText()) == ("材质", "木")
        assert row_of(panel, "灯头类型").name.text() == "灯头类型 *"

    def test_folded_they_cost_nothing_and_unfolded_they_are_those_of_the_listing_in_view(
        self, opened, make_sellable, write, settle
    ):
        panel = opened({"name_id": MATERIAL, "value_id": "7"}, {"name": "Style", "value": "Nordic"})
        panel.editor.sections["attributes"].fold()
        other = make_sellable()
        write(
            "UPDATE listing_body SET attributes = ? WHERE id = ?",
            '[{"name_id": "200000137", "value_id": "1"}]',
            other.id,
        )
        before = panel.editor.attributes.lines
        panel.show_listing(other.id)
        settle()
        assert panel.editor.attributes.lines == before
        assert panel.editor.sections["attributes"].state.text() == "1 · required complete"
        panel.editor.sections["attributes"].fold(False)
        assert [row.name.text() for row in panel.editor.attributes.rows.rows] == ["Lamp base *"]
        assert row_of(panel, "Lamp base").choice.currentText() == "E27"


class TestCurrency:
    def test_an_unknown_currency_is_put_right_where_the_finding_leads(
        self, open_panel, make_sellable, loaded, settle, qtbot
    ):
        panel = open_panel(make_sellable(currency="XYZ").id)
        box, line = panel.editor.currency, panel.editor.fields["currency"]
        assert (line.isVisible(), box.currentText()) == (True, "XYZ")
        panel.findings.field_wanted.emit(finding(panel, "currency.unknown"))
        qtbot.waitUntil(box.hasFocus)
        box.setCurrentIndex(box.findData("USD"))
        box.activated.emit(box.currentIndex())
        settle()
        assert loaded(panel.listing_id).currency == "USD"
        assert line.isVisible()

    def test_a_usual_one_takes_no_room(self, open_panel, make_sellable):
        assert open_panel(make_sellable().id).editor.fields["currency"].isHidden()
