"""The side panel by its own lines, links and menus: what is left is stored at once, what is typed shows at once."""

import orjson
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from shiboken6 import isValid

from app.views.widgets.buttons import IconButton

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
    write("UPDATE listing SET attributes = ?, regional_prices = ? WHERE id = ?", attributes, prices, record.id)
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
