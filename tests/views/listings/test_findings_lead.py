"""Every finding about attributes, sale properties and the currency leads to a control that can put it right."""

import orjson
import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QToolButton

from app.services.compliance.rule_data import rule_data
from app.views.widgets.buttons import Button

COLOUR, SHIPS_FROM, BASE = "14", "200007763", "200000137"


def colour(value):
    return {"name": "Color", "value": value}


SPAIN = {"name_id": SHIPS_FROM, "name": "Ships From", "value_id": "201336104", "value": "SPAIN"}
ATTRIBUTES = {
    "attribute.required": [],
    "attribute.foreign": [{"name_id": "999", "value_id": "1", "name": "Power"}],
    "attribute.unlisted": [{"name_id": "999", "value_id": "1", "name": "Power"}],
    "attribute.value": [{"name": "Lamp base", "value": "Moon"}],
    "attribute.other": [{"name_id": BASE, "value_id": "4"}],
    "attribute.empty": [{"name": "Style", "value": ""}],
    "attribute.signs": [{"name": "Style", "value": "a\tb"}],
    "attribute.inch": [{"name": "Height", "value": "36 inch"}],
}
PROPERTIES = {
    "property.too_many": [[colour("Black"), SPAIN, *({"name": f"P{n}", "value": "1"} for n in range(9))]],
    "property.different": [[colour("Black"), SPAIN], [SPAIN, colour("White")]],
    "property.same": [[colour("Black")], [colour("Black")]],
    "property.twice": [[colour("Black"), colour("White")]],
    "property.unknown": [[{"name": "Smell", "value": "Rose"}]],
    "property.value": [[{"name": "Ships From", "value": "Atlantis"}]],
    "property.signs": [[colour("Black = ink; matte")]],
    "property.too_many_names": [[colour(f"Own {n}")] for n in range(5)],
    "property.required": [[SPAIN]],
    "property.ships_from": [[colour("Black"), SPAIN]],
    "property.inch": [[{"name": "Length", "value": "30 inch"}], [{"name": "Length", "value": "30 cm"}]],
}


def test_every_such_rule_has_a_case():
    rules = {code for code in rule_data().severities if code.startswith(("attribute.", "property.", "currency."))}
    assert rules == {*ATTRIBUTES, *PROPERTIES, "currency.unknown"}


@pytest.fixture
def lead(open_panel, make_sellable, write, qtbot):
    """Open a listing, press the button of a finding, and tell which control has the cursor."""

    def run(code, record):
        write("UPDATE category_attribute SET is_required = 1 WHERE attribute_id IN (?, ?)", COLOUR, BASE)
        panel = open_panel(record.id)
        panel.show_tab("findings")
        finding = next(one for one in panel._detail.findings if one.code == code)
        panel.findings.field_wanted.emit(finding)
        qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QComboBox | QLineEdit | QToolButton | Button))
        qtbot.waitUntil(lambda: is_in_sight(QApplication.focusWidget()))
        return panel, QApplication.focusWidget()

    return run


def can_change(control):
    if isinstance(control, QLineEdit):
        return control.isVisible() and not control.isReadOnly()
    return control.isVisible() and control.isEnabled()


def is_in_sight(control):
    """Whether the side panel scrolled to it."""
    return not control.visibleRegion().isEmpty() and control.visibleRegion().boundingRect() == control.rect()


@pytest.mark.parametrize("code", ATTRIBUTES)
def test_an_attribute(code, lead, make_sellable, write):
    record = make_sellable(height_cm=36, product_id="1005000000000001" if code == "attribute.unlisted" else None)
    write("UPDATE listing_body SET attributes = ? WHERE id = ?", orjson.dumps(ATTRIBUTES[code]).decode(), record.id)
    panel, control = lead(code, record)
    assert panel.editor.attributes.isAncestorOf(control)
    assert can_change(control)


@pytest.mark.parametrize("code", PROPERTIES)
def test_a_sale_property(code, lead, make_sellable, write):
    of_skus = PROPERTIES[code]
    record = make_sellable(skus=tuple((f"LM-{number}", 1890, 5) for number in range(len(of_skus))))
    for sku, parts in zip(record.skus, of_skus, strict=True):
        write("UPDATE sku SET properties = ? WHERE id = ?", orjson.dumps(parts).decode(), sku.id)
    if code == "property.ships_from":
        write("UPDATE sku SET ships_from = 'CN' WHERE listing_id = ?", record.id)
    panel, control = lead(code, record)
    assert panel.editor.variant.isAncestorOf(control)
    assert can_change(control)


def test_the_currency(lead, make_sellable):
    panel, control = lead("currency.unknown", make_sellable(currency="XYZ"))
    assert control is panel.editor.currency
    assert can_change(control)
