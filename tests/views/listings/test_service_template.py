"""A service template that is not the store's, put right where a user looks for it: in the form, and in bulk."""

import pytest
from PySide6.QtCore import Qt

from app.models import ServiceTemplate
from app.services.listings.service_templates import put_template
from app.views.language import language

OURS, OTHER = "520202", "520203"


@pytest.fixture
def foreign(db, make_sellable):
    """A new listing with another store's service template."""
    number = make_sellable("Walnut Bedside Lamp").id
    with db.write() as session:
        session.add(ServiceTemplate(store_id=1, template_id=OURS, name="Standard Warranty", synced_ms=1))
        session.add(ServiceTemplate(store_id=1, template_id=OTHER, name="No Warranty", synced_ms=1))
    with db.bulk() as connection:
        put_template(connection, number, "510101")
    return number


def test_the_sentence_leads_to_the_field_and_a_choice_puts_it_right(
    foreign, open_page, services, settle, loaded, qtbot
):
    services.listings.recheck([foreign])
    page = open_page()
    page.show_rows([foreign])
    qtbot.waitUntil(lambda: page.editor.listing_id == foreign)
    settle()
    banner, editor = page.editor.worst, page.editor.editor
    assert "Service template 510101 is not one of" in banner.text.text()
    qtbot.mouseClick(banner.go, Qt.MouseButton.LeftButton)
    box = editor.service_template_id
    assert page.window().focusWidget() is box and box.property("bad") is True
    assert [box.itemText(at) for at in range(box.count())] == ["510101", "–", "Standard Warranty", "No Warranty"]
    assert "Choose one of this store: Standard Warranty (520202), No Warranty (520203)" in box.accessibleDescription()
    qtbot.keyClick(box, Qt.Key.Key_S)  # its first letter
    qtbot.waitUntil(lambda: loaded(foreign).service_template_id == OURS)
    settle()
    qtbot.waitUntil(lambda: box.property("bad") is not True)
    assert not page.editor.worst.isVisible() or "Service template" not in banner.text.text()
    services.listings.undo()
    assert loaded(foreign).service_template_id == "510101"


@pytest.mark.parametrize(("code", "name"), [("en", "Service"), ("zh", "服务模板")])
def test_the_field_is_there_for_new_listings_of_stores_that_have_any(foreign, open_panel, code, name):
    panel = open_panel(foreign)
    language.set_language(code)
    field = panel.editor.fields["service_template_id"]
    assert (field.isVisible(), field.label.text()) == (True, name)


def test_a_published_listing_has_no_such_field(foreign, open_panel, make_sellable, settle):
    panel = open_panel(make_sellable("Published Lamp", status="live", product_id="77").id)
    settle()
    assert not panel.editor.fields["service_template_id"].isVisible()


def test_without_any_service_template_there_is_nothing_to_choose(make_sellable, open_panel, settle):
    panel = open_panel(make_sellable().id)
    settle()
    assert not panel.editor.fields["service_template_id"].isVisible()
    assert panel.editor.fields["freight_template_id"].isVisible()
