"""The side panel by its own lines, links and menus: what is left is stored at once, what is typed shows at once."""

import orjson
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMenu
from shiboken6 import isValid

from app.services.errors import AppError
from app.services.listings.editing import ListingEdit
from app.views.widgets.buttons import Button, IconButton

Key, Left = Qt.Key, Qt.MouseButton.LeftButton
BLACK = {"name_id": "14", "name": "Color", "value_id": "193", "value": "Black"}
STYLE = {"name": "Style", "value": "Nordic"}


@pytest.fixture
def opened(open_panel, make_sellable, write):
    """The panel with a listing of two variants, an attribute of its own and a price for one country, all unfolded."""
    record = make_sellable(skus=(("LM-1", 1890, 5), ("LM-2", 1890, 5)))
    write("UPDATE sku SET properties = ? WHERE listing_id = ?", orjson.dumps([BLACK]).decode(), record.id)
    prices = orjson.dumps({"type": "percentage", "countries": {"RU": -10}}).decode()
    attributes = orjson.dumps([STYLE]).decode()
    write("UPDATE listing_body SET attributes = ? WHERE id = ?", attributes, record.id)
    write("UPDATE listing SET regional_prices = ? WHERE id = ?", prices, record.id)
    panel = open_panel(record.id)
    for name in ("attributes", "regional_prices"):
        panel.editor.sections[name].fold(False)
    return panel


def row_of(rows, name):
    return next(row for row in rows.rows if str(row.line.name) == name)


def line_of(panel, of):
    """The line of a kind, to type into."""
    if of == "country":
        return panel.editor.regional_prices.values["RU", ""]
    if of == "attribute":
        return row_of(panel.editor.attributes.rows, "Style").text
    return row_of(panel.editor.variant.rows, "Color").text


@pytest.mark.parametrize(
    ("of", "texts"),
    [("variant", ("Ink", "Night")), ("attribute", ("Rural", "Urban")), ("country", ("-20", "-30"))],
)
def test_what_is_left_is_stored_at_once_and_coming_back_is_a_step_of_its_own(
    opened, services, qtbot, type_into, settle, of, texts
):
    qtbot.mouseClick(opened.editor.properties_button, Left)
    for number, text in enumerate(texts, start=1):
        type_into(line_of(opened, of), text)
        qtbot.keyClick(line_of(opened, of), Key.Key_Tab)
        assert opened.saver._in_flight is not None, "no pause is waited for"
        settle()
        assert len(services.listings.history()) == number


def test_the_name_of_a_variant_shows_in_the_grid_while_it_is_typed(opened, qtbot, type_into):
    qtbot.mouseClick(opened.editor.properties_button, Left)
    type_into(line_of(opened, "variant"), "Ink")
    assert opened.saver._in_flight is None
    assert [opened.editor.grid.skus.index(row, 0).data() for row in range(2)] == ["Ink", "Black"]


def test_the_name_of_an_attribute_is_stored_when_it_is_left(opened, loaded, qtbot, type_into, settle):
    name = row_of(opened.editor.attributes.rows, "Style").own_name
    type_into(name, "Look")
    qtbot.keyClick(name, Key.Key_Tab)
    settle()
    assert loaded(opened.listing_id).attributes == [{"name": "Look", "value": "Nordic"}]


def test_a_property_is_chosen_from_the_menu_of_its_link(opened, qtbot, settle):
    qtbot.mouseClick(opened.editor.properties_button, Left)
    link = opened.editor.variant.add
    qtbot.mouseClick(link, Left)
    (menu,) = link.findChildren(QMenu)
    assert menu.isVisible()
    (offered,) = menu.actions()
    qtbot.mouseClick(menu, Left, pos=menu.actionGeometry(offered).center())
    settle()
    assert row_of(opened.editor.variant.rows, "Ships From").isVisible()
    qtbot.waitUntil(lambda: not isValid(menu))


def test_prices_by_country_are_added_and_removed_by_hand(opened, loaded, qtbot, type_into, settle):
    prices = opened.editor.regional_prices
    type_into(prices.add, "es")
    qtbot.keyClick(prices.add, Key.Key_Return)
    settle()
    assert loaded(opened.listing_id).regional_prices["countries"] == {"ES": 0, "RU": -10}
    removes = [button for button in prices.findChildren(IconButton) if button.isVisible()]
    qtbot.mouseClick(removes[0], Left)
    settle()
    assert list(loaded(opened.listing_id).regional_prices["countries"]) == ["RU"]


def press(qtbot, inside, text):
    """Click the first button in view that begins so."""
    button = next(one for one in inside.findChildren(Button) if one.isVisible() and one.text().startswith(text))
    qtbot.mouseClick(button, Left)


def full_disk(*_, **__):
    raise AppError("publishing.journal", reason="disk full")


class TestChecks:
    def test_the_field_the_platform_named_is_gone_to(self, open_panel, make_sellable, write, qtbot):
        record = make_sellable(status="failed")
        write("INSERT INTO publish_batch (id, store_id, state, total, created_ms) VALUES (1, 1, 'done', 1, 0)")
        write(
            "INSERT INTO publish_task (batch_id, store_id, listing_id, action, state, content_hash, title, codes, "
            "attempts, owner, error_code, error_params, error_text, error_field) VALUES "
            "(1, 1, ?, 'create', 'failed', 'h', '', '', 1, '', 'marketplace.never_heard_of', '{}', '', 'keywords')",
            record.id,
        )
        panel = open_panel(record.id)
        panel.show_tab("history")
        press(qtbot, panel.worst, "Go to the field")
        qtbot.waitUntil(panel.editor.keywords.hasFocus)

    @pytest.fixture
    def held(self, open_panel, make_sellable, services):
        """The panel with a listing that a person holds, what is found about it in view."""
        record = make_sellable()
        services.listings.hold([record.id], "A licence is asked for")
        panel = open_panel(record.id)
        panel.show_tab("findings")
        return panel

    def test_what_was_let_go_is_said_and_its_banner_goes(self, held, context, qtbot, settle):
        with qtbot.waitSignal(held.checked) as told:
            press(qtbot, held.findings, "Release")
        settle()
        assert told.args == [held.listing_id]
        assert context.notices.kept[0].text == "Released; undo takes it back"
        qtbot.waitUntil(lambda: "listing.held" not in {one.code for one in held._detail.findings})

    def test_what_cannot_be_let_go_or_checked_is_told(self, held, services, qtbot, settle, monkeypatch):
        for act, where, text in (("release_hold", held.findings, "Release"), ("recheck", held.footer, "Check")):
            monkeypatch.setattr(services.listings, act, full_disk)
            with qtbot.waitSignal(held.problem) as told:
                press(qtbot, where, text)
            assert told.args[0].params["reason"] == "disk full"
            settle()


class TestFields:
    def test_a_category_that_was_found_is_stored(self, open_panel, make_sellable, loaded, qtbot, type_into, settle):
        panel = open_panel(make_sellable(category_id="").id)
        field = panel.editor.category_id
        type_into(field, "table")
        popup = field.completer().popup()
        qtbot.waitUntil(popup.isVisible)
        qtbot.keyClick(popup, Key.Key_Down)
        qtbot.keyClick(popup, Key.Key_Return)
        settle()
        assert loaded(panel.listing_id).category_id == "39050502"

    def test_letters_of_a_title_are_counted_while_it_is_typed(self, opened, type_into):
        type_into(opened.editor.title, "Walnut")
        assert opened.saver._in_flight is None
        assert opened.editor.counter.text() == "6/128"

    def test_a_picture_is_taken_away_by_its_key(self, opened, loaded, qtbot, settle):
        strip = opened.editor.images
        qtbot.mouseClick(strip.viewport(), Left, pos=strip.visualItemRect(strip.item(0)).center())
        qtbot.keyClick(strip, Key.Key_Delete)
        settle()
        assert loaded(opened.listing_id).images == []

    def test_a_price_that_cannot_be_read_is_said_below_the_variants(self, opened, loaded, qtbot, settle):
        grid, note = opened.editor.grid, opened.editor.notes["skus"]
        qtbot.mouseClick(grid.viewport(), Left, pos=grid.cell_rect(0, "price_minor").center())
        qtbot.keyClick(grid, Key.Key_F2)
        (cell,) = [one for one in grid.viewport().findChildren(QLineEdit) if one.isVisible()]
        cell.selectAll()
        qtbot.keyClicks(cell, "cheap")
        qtbot.keyClick(cell, Key.Key_Return)
        settle()
        assert "cheap" in note.text() and note.isVisible()
        assert loaded(opened.listing_id).skus[0].price_minor == 1890


def test_a_change_is_taken_back_from_its_history(opened, services, qtbot, settle):
    change = services.listings.save([ListingEdit(opened.listing_id, fields={"title": "Walnut Lamp"})], "x")
    opened.refresh()
    opened.show_tab("history")
    settle()
    with qtbot.waitSignal(opened.undo_wanted) as told:
        press(qtbot, opened.history, "Undo")
    assert told.args == [change.uid]


def test_its_picture_comes_when_it_is_read(opened, qtbot):
    def is_orange():
        colour = opened.card.picture.pixmap().toImage().pixelColor(opened.card.picture.rect().center())
        return colour.red() > 200 and colour.blue() < 60

    qtbot.waitUntil(is_orange)


def test_a_price_by_country_that_cannot_be_read_is_said(opened, loaded, qtbot, type_into, settle):
    prices = opened.editor.regional_prices
    type_into(line_of(opened, "country"), "2.5")
    qtbot.keyClick(line_of(opened, "country"), Key.Key_Tab)
    settle()
    assert "2.5" in prices.problem.text() and prices.problem.isVisible()
    assert loaded(opened.listing_id).regional_prices["countries"] == {"RU": -10}
