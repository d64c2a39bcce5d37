"""The Warehouse templates tab as a user meets it: new, edited, copied, deleted, taken along as a workbook."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.services.errors import NotFound
from app.services.history.listing import list_changes
from app.services.history.undo import undo
from app.services.warehouses.records import PriceSource
from app.services.warehouses.templates import find_template, get_template
from app.views.warehouses.country_table import FIELDS
from app.views.warehouses.page import WarehousesPage


@pytest.fixture
def page(qtbot, db, ready):
    """The tab with the one template chosen."""
    made = WarehousesPage(ready)
    qtbot.addWidget(made)
    made.resize(1440, 820)
    made.show()
    made.undo_wanted.connect(lambda uid: undo(db, uid))
    made.activated()
    qtbot.waitUntil(lambda: made.table.paged.is_ordered)
    made.table.setCurrentIndex(made.table.paged.index(0, 0))
    qtbot.waitUntil(lambda: made.editor.template is not None)
    return made


def idle(qtbot, page):
    qtbot.waitUntil(lambda: page.context.runner.is_idle)


def toast(page):
    return page.context.notices.kept[0]


def put(page, row, field, text):
    page.editor.countries.item(row, FIELDS.index(field)).setText(text)


def test_a_template_is_edited_and_taken_back(qtbot, db, page, template):
    editor = page.editor
    assert [editor.name.text(), editor.kind.value, editor.prices.value] == ["ES+US", "virtual", "surcharge"]
    assert editor.fields["margin"].isHidden()
    editor.prices.choose("formula")
    editor.prices.chosen.emit("formula")
    assert not editor.fields["margin"].isHidden()
    editor.numbers["margin"].setText("5.5 %")
    qtbot.keyClicks(editor.formula, "price * 2")
    put(page, 0, "stock", "12")
    put(page, 1, "mark", "_CUS ")
    editor.missing.choose("zero")
    editor.new_country.choose("FR")
    editor.new_country.chosen.emit("FR")
    editor.save.click()
    idle(qtbot, page)
    stored = get_template(db, template.id)
    assert (stored.price_source, stored.margin_bp, stored.zero_missing) == (PriceSource.FORMULA, 550, True)
    assert [(one.country, one.stock, one.formula) for one in stored.countries] == [
        ("ES", 12, "price * 2"),
        ("US", None, ""),
        ("FR", 35, ""),
    ]
    assert list_changes(db)[0].params == {"name": "ES+US"}, "it stands in the history, too"
    toast(page).offer.do()
    assert get_template(db, template.id) == template


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda page: page.editor.numbers["handling_days"].setText("6"), "1 to 5 days"),
        (lambda page: page.editor.numbers["discount"].setText("much"), "much"),
        (lambda page: put(page, 0, "surcharge", "1.234"), "1.234"),
        (lambda page: put(page, 0, "mark", "_CFR"), "_CFR"),
        (lambda page: page.editor.name.setText("  "), "needs a name"),
    ],
)
def test_what_makes_no_sense_is_said_where_it_stands(qtbot, db, page, template, change, said):
    change(page)
    page.editor.save.click()
    idle(qtbot, page)
    told = [page.editor.problem.text(), *(field.problem.text() for field in page.editor.fields.values())]
    assert any(said in text for text in told), told
    assert get_template(db, template.id) == template


def test_new_copied_deleted_and_brought_back(qtbot, db, page, template):
    acts = page.actions_of_page
    acts["copy_warehouse"].trigger()
    idle(qtbot, page)
    assert find_template(db, "Copy of ES+US").countries == template.countries
    acts["new_warehouse"].trigger()
    idle(qtbot, page)
    assert find_template(db, "New warehouse template").price_source is PriceSource.RULE
    acts["new_warehouse"].trigger()
    idle(qtbot, page)
    assert find_template(db, "New warehouse template 2").price_source is PriceSource.RULE
    page.table.select_ids([template.id])
    page.table.go_to(template.id)
    qtbot.waitUntil(lambda: page._current_id() == template.id)
    acts["delete_warehouse"].trigger()
    idle(qtbot, page)
    with pytest.raises(NotFound):
        get_template(db, template.id)
    toast(page).offer.do()
    assert get_template(db, template.id) == template


def test_the_build_button_names_the_template_and_the_table_loses_a_country(qtbot, page, template):
    with qtbot.waitSignal(page.build_wanted) as told:
        page.actions_of_page["overseas_build"].trigger()
    assert told.args == [template.id]
    page.editor.countries.setCurrentCell(0, 0)
    qtbot.mouseClick(page.editor.remove, Qt.MouseButton.LeftButton)
    assert page.editor.countries.codes() == ["US"]


def test_a_workbook_goes_out_and_comes_back(qtbot, db, page, template, tmp_path):
    page.export_to(tmp_path / "templates.csv")
    idle(qtbot, page)
    assert toast(page).key == "warehouses.exported"
    text = (tmp_path / "templates.csv").read_text("utf-8-sig").replace("ES+US", "Other")
    (tmp_path / "templates.csv").write_text(text + "Bad,,,,,,,,,Atlantis,,,,,\n", "utf-8")
    page.import_from(tmp_path / "templates.csv")
    idle(qtbot, page)
    assert toast(page).key == "warehouses.imported_partly"
    assert "Atlantis" in toast(page).params["why"]
    assert find_template(db, "Other").countries == template.countries
    toast(page).offer.do()
    with pytest.raises(NotFound):
        find_template(db, "Other")
