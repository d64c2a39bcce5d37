"""Prices by country in the side panel: added, typed, of another type, taken away; stored, undone, never guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtTest import QTest


@pytest.fixture
def opened(open_panel, make_sellable, write):
    """The panel with a sellable listing, prices by country unfolded."""

    def show(stored="{}"):
        record = make_sellable()
        write("UPDATE listing SET regional_prices = ? WHERE id = ?", stored, record.id)
        panel = open_panel(record.id)
        panel.editor.sections["regional_prices"].fold(False)
        return panel, record

    return show


def choose(box, id):
    at = box.findData(id)
    box.setCurrentIndex(at)
    box.activated.emit(at)


def add(editor, text):
    editor.add.setText(text)
    editor.add.editingFinished.emit()


def test_a_country_is_added_typed_changed_to_another_type_and_removed(opened, loaded, settle):
    panel, record = opened()
    editor, price = panel.editor.regional_prices, record.skus[0].price_minor
    assert editor.values == {} and panel.editor.sections["regional_prices"].state.text() in ("None", "无")

    add(editor, "ru, Spain")
    settle()
    assert loaded(record.id).regional_prices == {"type": "percentage", "countries": {"ES": 0, "RU": 0}}
    line = editor.values["RU", ""]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "-10")
    line.editingFinished.emit()
    settle()
    assert loaded(record.id).regional_prices["countries"] == {"ES": 0, "RU": -10}
    assert editor.values["RU", ""] is line  # typing builds nothing anew

    choose(editor.kind, "absolute")
    settle()
    stored = loaded(record.id).regional_prices
    assert stored["type"] == "absolute"
    assert stored["countries"]["RU"][record.skus[0].code] == (price * 90 + 50) // 100
    assert stored["countries"]["ES"][record.skus[0].code] == price

    editor._on_remove("RU")
    editor._on_remove("ES")
    settle()
    assert loaded(record.id).regional_prices == {}


def test_what_is_no_country_or_no_value_is_said_and_not_stored(opened, loaded, settle):
    panel, record = opened('{"type":"percentage","countries":{"RU":-10}}')
    editor = panel.editor.regional_prices
    add(editor, "Atlantis")
    assert "Atlantis" in editor.problem.text() and not editor.problem.isHidden()
    line = editor.values["RU", ""]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "2.5")
    settle()
    assert loaded(record.id).regional_prices == {"type": "percentage", "countries": {"RU": -10}}
    line.selectAll()
    QTest.keyClicks(line, "-40")
    line.editingFinished.emit()
    settle()
    assert loaded(record.id).regional_prices["countries"] == {"RU": -40}
    assert not panel.editor.notes["regional_prices"].isHidden()


def test_not_known_and_too_many_are_shown_and_not_edited(opened, write, settle, loaded):
    panel, record = opened(None)
    editor = panel.editor.regional_prices
    assert editor.add.isReadOnly() and editor.hint.text()
    add(editor, "RU")
    settle()
    assert loaded(record.id).regional_prices is None and editor.values == {}
    many = {"type": "absolute", "countries": {"RU": {f"C{number}": 100 for number in range(61)}}}
    record.regional_prices = many
    editor.show_detail(replace(panel._detail, record=record), is_other=True)
    assert editor.values == {} and "RU 1.00" in editor.hint.text()
