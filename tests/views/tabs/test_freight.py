"""The Freight templates tab as a person uses it: tables, editors, trial, world, comparison, proposals, workbook."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.messages import tr
from app.services.freight.desk import Asked
from app.services.freight.keeping import TemplateDraft
from app.services.freight.matching import match_listings
from app.services.freight.quoting import Parcel, shown_usd
from app.services.freight.sheet_storing import export_freight, import_freight
from app.services.freight.typed import read_template
from app.services.paging import Query
from app.services.pricing.rates import EnteredRate, enter_rates
from app.services.tasks import TaskContext
from app.views.freight.compare_dialog import CompareDialog
from app.views.freight.editors import ChannelsEditor, TariffEditor, TemplateEditor
from app.views.freight.import_dialog import FreightImportDialog
from app.views.freight.match_dialog import MatchRows
from app.views.freight.page import FreightPage
from app.views.freight.text_table import GridRows
from app.views.freight.trial_dialog import TrialDialog
from app.views.freight.world import World, steps
from app.views.language import language
from tests.unit.freight.test_sheets import SERVICES, write

Role = Qt.ItemDataRole


@pytest.fixture
def page(services, open_page):
    services.freight.save_template(TemplateDraft("Plan", SERVICES, "own"))
    page = open_page(FreightPage, services)
    page.asked = []
    page.undo_wanted.connect(page.asked.append)
    return page


def dialog(page, qtbot, kind):
    qtbot.waitUntil(lambda: bool(page.findChildren(kind)))
    return page.findChildren(kind)[-1]


def choose(page, qtbot, name):
    table = page.table
    qtbot.waitUntil(lambda: table.paged.is_ordered)
    names = {row.name: at for at, row in enumerate(table.paged.source.first_page(Query(), 50))}
    table.setCurrentIndex(table.paged.index(names[name], 0))
    qtbot.waitUntil(lambda: page.current() is not None and page.current().name == name)


def closed(qtbot, opened):
    with qtbot.waitSignal(opened.destroyed):
        opened.close()


def test_a_local_template_is_copied_edited_and_undone(page, services, qtbot):
    can = page.actions_of_page
    choose(page, qtbot, "小件普货")
    assert (can["edit_freight"].isEnabled(), can["replace_template"].isEnabled()) == (False, True)
    can["copy_template"].trigger()
    editor = dialog(page, qtbot, TemplateEditor)
    assert editor.name.text() == tr("freight.copy_of", name="小件普货")
    editor.name.setText("Small goods of ours")
    with qtbot.waitSignal(editor.stored):
        editor.save()
    qtbot.waitUntil(lambda: page.template_table.paged.total == 13)
    choose(page, qtbot, "Plan")
    assert (can["edit_freight"].isEnabled(), can["template_listings"].isEnabled()) == (True, False)
    can["edit_freight"].trigger()
    editor = dialog(page, qtbot, TemplateEditor)
    grid = editor.grid.grid
    assert "1 kg → 7" in editor.examples.text()
    grid.setData(grid.index(4, 6), "1.5")
    assert not editor.look()
    assert (4, "from") in grid.wrong
    assert not editor.primary.isEnabled()
    grid.setData(grid.index(4, 6), "2")
    grid.setData(grid.index(4, 9), "3.3")
    editor.grid.setCurrentIndex(grid.index(5, 0))
    editor.add.click()
    editor.remove.click()
    with qtbot.waitSignal(editor.stored) as stored:
        editor.save()
    assert stored.args[0].label == "change.freight_template"
    row = next(one for one in services.freight.names() if one.name == "Plan")
    assert row.services[0].zones[3].bands[1].fee == Decimal("3.3")
    toast = page.context.notices
    assert toast is not None
    can["remove_freight"].trigger()
    qtbot.waitUntil(lambda: page.template_table.paged.total == 12)


def test_bands_that_overlap_or_leave_a_gap_are_named_with_their_remedy(page, qtbot):
    choose(page, qtbot, "Plan")
    page.actions_of_page["edit_freight"].trigger()
    editor = dialog(page, qtbot, TemplateEditor)
    grid = editor.grid.grid
    grid.setData(grid.index(4, 6), "1.5")
    editor.look()
    assert "bands overlap. Let each begin where the one before ends." in editor.said.text()
    grid.setData(grid.index(4, 6), "2.5")
    grid.setData(grid.index(4, 8), "0")
    editor.look()
    assert set(grid.wrong) == {(4, "per")}, "a zone says its first fault"
    grid.setData(grid.index(4, 8), "0.5")
    editor.look()
    assert "nothing covers 2 to 2.5. Add a band for it." in editor.said.text()
    grid.setData(grid.index(0, 3), "??")
    grid.setData(grid.index(1, 3), "!!")
    editor.look()
    assert editor.said.text().endswith("1 more cell is wrong.")
    for row, column, why in ((0, 3, "??"), (1, 3, "!!")):
        editor.grid.setCurrentIndex(grid.index(row, column))
        assert why in editor.said.text(), "the cell one is in speaks"
    language.set_language("zh")
    assert [cells["rule"] for cells in grid.cells][:2] == ["包邮", "标准运费"]
    assert "还有 1 处" in editor.said.text()
    language.set_language("en")
    while editor.grid.grid.rowCount():
        editor.grid.setCurrentIndex(grid.index(0, 0))
        editor.remove.click()
    editor.look()
    assert "no zone" in editor.said.text()
    assert not editor.primary.isEnabled()
    editor.reject()
    qtbot.waitUntil(lambda: page.context.runner.is_idle)


def test_tariffs_and_channels_have_their_own_table_and_editors(page, services, qtbot):
    page.segments.choose("tariffs")
    qtbot.waitUntil(lambda: page.table is page.tariff_table and page.tariff_table.paged.total == 12)
    choose(page, qtbot, "International express")
    qtbot.waitUntil(lambda: page.facts.title.text() == "International express")
    page.actions_of_page["edit_freight"].trigger()
    editor = dialog(page, qtbot, TariffEditor)
    editor.fields["currency"].setText("EUR")
    assert not editor.look()
    assert editor.fields["currency"].property("bad")
    editor.fields["currency"].setText("CNY")
    editor.fields["divisor"].setText("6000")
    with qtbot.waitSignal(editor.stored):
        editor.save()
    assert services.freight.channels().tariffs["express"].tariff.volumetric.divisor == 6000
    page.actions_of_page["freight_channels"].trigger()
    channels = dialog(page, qtbot, ChannelsEditor)
    channels.grid.add_row({"ships_from": "CN", "country": "US", "tariff_key": "express"})
    at = channels.grid.currentIndex().row()
    assert not channels.look()
    assert channels.grid.grid.wrong.keys() == {(at, "key")}
    assert not channels.primary.isEnabled()
    channels.grid.grid.setData(channels.grid.grid.index(at, 3), "express")
    assert channels.look()
    assert channels.said.text() == "Every row leads to a tariff"
    with qtbot.waitSignal(channels.stored):
        channels.save()
    assert services.freight.channels().choose("CN", (), "US").key == "express"
    page.actions_of_page["remove_freight"].trigger()
    with qtbot.waitSignal(page.problem):  # a channel goes with it now
        pass


def test_a_trial_shows_the_table_and_the_world(page, services, qtbot, tmp_path):
    choose(page, qtbot, "Plan")
    page.actions_of_page["freight_trial"].trigger()
    trial = dialog(page, qtbot, TrialDialog)
    qtbot.waitUntil(lambda: bool(trial.rows))
    for name, text in {"sale": "6.99", "cost": "18", "countries": "ES, JP"}.items():
        trial.fields[name].setText(text)
    trial.try_it()
    qtbot.waitUntil(lambda: len(trial.rows) == 4)
    spain = trial.model.rows[0]
    assert spain[8:13] == ("0.00", "16.54", "16.54", "5.14", "10.8 %")
    assert (trial.model.tone(0, 13), trial.model.sign(0, 13)) == ("green", "circle-check")
    enter_rates(services.freight._app.db, [EnteredRate("7.80", "EUR")])
    trial.fields["sale"].setText("200")
    trial.try_it()
    qtbot.waitUntil(lambda: trial.model.rows[0][13] == "Earns · above EUR 150 (IOSS)")
    assert (trial.model.tone(0, 13), trial.model.sign(0, 13)) == ("amber", "alert-triangle")
    trial.fields["sale"].setText("6.99")
    trial.try_it()
    qtbot.waitUntil(lambda: trial.model.rows[0][13] == "Earns")
    trial.export_to(tmp_path / "trial.csv")
    qtbot.waitUntil(lambda: (tmp_path / "trial.csv").exists())
    trial.view.choose("world")
    qtbot.waitUntil(lambda: len(trial.rows) > 400)
    world = trial.world
    assert (world.text_of("ES"), world.tone_of("ES")) == ("16.54", "green")
    assert "Spain" in world.tip_of("ES")
    qtbot.mouseClick(world, Qt.MouseButton.LeftButton, pos=world.cell_rect(0).center())
    assert "Andorra" in trial.hint.text()
    trial.fields["weight"].setText("x")
    trial.try_it()
    assert not trial.rows
    assert "x" in trial.hint.text()
    closed(qtbot, trial)


WRONG = (("attributes", "battry"), ("ships_from", "Spain?"), ("weight", "0"), ("weight", "1" * 30), ("pieces", "-1"),
         ("size", "1x2"), ("sale", "NaN"), ("sale", "1e80"), ("cost", "1,5"), ("countries", "ES, XX"))  # fmt: skip


def test_a_trial_asks_for_attributes_and_dispatch_country_and_shows_its_latest_answer(page, qtbot):
    choose(page, qtbot, "Plan")
    page.actions_of_page["freight_trial"].trigger()
    trial = dialog(page, qtbot, TrialDialog)
    qtbot.waitUntil(lambda: bool(trial.rows))

    def tried(**texts):
        for name, text in texts.items():
            trial.fields[name].setText(text)
        trial.try_it()
        qtbot.waitUntil(lambda: page.context.runner.is_idle)
        return [(row.quote.country, row.quote.tariff_key, row.quote.reason) for row in trial.rows][:1]

    assert tried(countries="ES", attributes="Battery， 液体") == [("ES", "post_battery", "")]
    assert tried(attributes="", ships_from="es") == [("ES", "line_es", "")]
    assert tried(countries="FR") == [("FR", "line_es", "channel_country")]
    assert trial.model.rows[0][8:13] == ("–",) * 5
    for name, wrong in WRONG:
        before = trial.fields[name].text()
        assert tried(**{name: wrong}) == []
        assert wrong.split(", ")[-1] in trial.hint.text()
        trial.fields[name].setText(before)
    assert "battery" in trial.fields["attributes"].toolTip()
    trial.try_it()
    trial.fields["weight"].setText("x")
    trial.try_it()
    qtbot.waitUntil(lambda: page.context.runner.is_idle)
    assert trial.rows == [], "the older answer came after what was said of the newer question"
    closed(qtbot, trial)


def test_a_trial_of_a_listing_goes_by_what_is_typed_beside_it(page, services, qtbot):
    with services.freight._app.db.bulk() as connection:
        listing_id = connection.exec_driver_sql("SELECT min(id) FROM listing").scalar_one()
        connection.exec_driver_sql("UPDATE listing SET weight_g = 200 WHERE id = ?", (listing_id,))
    names = services.freight.names()
    trial = TrialDialog(page.context, names, page, listing_id=listing_id, chosen=named_as(names, "express"))
    trial.open()
    qtbot.waitUntil(lambda: bool(trial.rows))
    assert [name for name, field in trial.fields.items() if not field.isEnabled()] == ["code"]
    assert (trial.rows[0].quote.real_g, trial.rows[0].subject.sale) == (200, None), "nobody knows its cost"
    for name, text in {"weight": "3000", "size": "40x30x20", "cost": "18", "countries": "US"}.items():
        trial.fields[name].setText(text)
    trial.try_it()
    qtbot.waitUntil(lambda: trial.rows[0].quote.real_g == 3000)
    row = trial.rows[0]
    assert (row.quote.volume_g, row.quote.chargeable_g, row.missing) == (4800, 5000, ())
    assert row.subject.sale.cost == 18
    closed(qtbot, trial)


def named_as(names, key):
    """Kind and id of a template or tariff to begin with."""
    return next((one.kind, one.id) for one in names if one.key == key)


def test_every_cell_of_the_world_says_its_figure_not_by_colour_alone(qtbot, services):
    named = next(one for one in services.freight.names() if one.key == "line_ru")
    asked = Asked(Parcel(150), targets=services.freight.all_countries())
    rows = services.freight.try_freight(named, asked)
    world = World()
    qtbot.addWidget(world)
    world.show_rows(rows, "carrier")
    codes = [row.quote.country for row in rows]
    shown = {code: world.text_of(code) for code in codes}
    assert shown["RU"] == "25.00"
    assert {text for code, text in shown.items() if code != "RU"} == {"–"}
    assert {world.tone_of(code) for code in codes if code != "RU"} == {""}
    assert world.accessibleName() == tr("freight.world.name", served=1, n=len(codes))
    halves = [replace(row, quote=replace(row.quote, buyer_usd=Decimal("2.345"))) for row in rows[:1]]
    world.show_rows(halves, "buyer")
    assert world.text_of(codes[0]) == shown_usd(halves[0].quote.buyer_usd) == "2.35"
    world.show_rows(halves, "profit")
    assert world.text_of(codes[0]) in ("–", "?")


ZONE = {"service": "S", "zone": "1", "rule": "By weight", "countries": "ES", "first_fee": "4"}
BAND = {"from": "0.5", "to": "2", "per": "0.1", "fee_usd": "0.6"}


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([ZONE | BAND], set()),
        ([ZONE | {"countries": "ES, es"}], {(0, "countries")}),
        ([ZONE | {"countries": "Spain?"}], {(0, "countries")}),
        ([ZONE | {"countries": ""}], {(0, "countries")}),
        ([ZONE | {"first_fee": ""}], {(0, "first_fee")}),
        ([ZONE | {"first_fee": "-1"}], {(0, "first_fee")}),
        ([ZONE | {"first_fee": "a lot"}], {(0, "first_fee")}),
        ([ZONE | BAND | {"per": "0"}], {(0, "per")}),
        ([ZONE | BAND | {"per": ""}], {(0, "per")}),
        ([ZONE | BAND | {"to": "0.5"}], {(0, "to")}),
        ([ZONE | BAND | {"fee_usd": ""}], {(0, "fee_usd")}),
        ([ZONE | BAND, ZONE | BAND | {"from": "1.9", "to": "3"}], {(1, "from")}),
        ([ZONE | BAND, ZONE | BAND | {"from": "2.1", "to": "3"}], {(1, "from")}),
        ([ZONE, ZONE | {"zone": "2", "rule": "Free", "first_fee": ""}], {(1, "countries")}),
        ([ZONE | {"rule": "half price"}], {(0, "rule")}),
        ([ZONE | {"service": ""}], {(0, "service")}),
        ([ZONE | {"rule": "Standard", "first_fee": "", "discount": "101"}], {(0, "discount")}),
        ([], {(0, "rule")}),
    ],
)
def test_a_template_that_is_typed_is_wrong_at_its_cell(rows, wrong):
    found, problems = read_template("Mine", rows)
    assert {(one.row, one.column) for one in problems} == wrong
    assert (found is None) == bool(wrong)
    assert all(one.text for one in problems)


def test_rows_that_are_typed_into_come_and_go(qtbot):
    rows = GridRows(("from", "fee"), lambda: ["From", "Fee"], (1,))
    QAbstractItemModelTester(rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rows.show_cells([{"from": "1"}])
    rows.add(0, {"fee": "2"})
    rows.add(-1)
    rows.remove(1)
    rows.remove(9)
    assert rows.cells == [{"from": "", "fee": ""}, {"from": "", "fee": "2"}]
    rows.show_problems({(0, "fee"): "It is missing"})
    assert [rows.data(rows.index(0, 1), role) for role in (Role.DisplayRole, Role.ToolTipRole)] == [
        "!",
        "It is missing",
    ]


def test_cells_of_the_world_are_coloured_by_share():
    assert steps([]) == []
    assert steps([Decimal(5)] * 9) == []
    assert steps([Decimal(one) for one in range(1, 11)]) == [3, 5, 7, 9]


def test_templates_are_compared(page, qtbot):
    page.actions_of_page["compare_templates"].trigger()
    compare = dialog(page, qtbot, CompareDialog)
    qtbot.waitUntil(lambda: bool(compare.model.rows))
    assert "←" in compare.detail.text()
    compare.right.choose(compare.left.value)
    compare.compare()
    qtbot.waitUntil(lambda: not compare.model.rows)
    compare.only.setChecked(False)
    assert len(compare.model.rows) > 200
    country = compare.model.rows[0][0]
    language.set_language("zh")
    assert compare.model.rows[0][0] != country and len(compare.model.rows) > 200
    qtbot.waitUntil(lambda: not any("buyer pays" in text for line in compare.model.rows for text in line))
    assert any("买家付" in text for line in compare.model.rows for text in line)
    closed(qtbot, compare)


def test_usage_and_replacement_are_asked_for(page, qtbot):
    choose(page, qtbot, "小件普货")
    row = page.current()
    with qtbot.waitSignal(page.listings_wanted) as shown:
        page.actions_of_page["template_listings"].trigger()
    with qtbot.waitSignal(page.replace_wanted) as replaced:
        page.actions_of_page["replace_template"].trigger()
    assert shown.args == [row.store_id, "700126540"]
    assert replaced.args == [row.store_id, "700126540", row.listing_count]
    page.segments.choose("local")
    qtbot.waitUntil(lambda: page.template_table.paged.total == 1)
    assert page.make_query().store_ids == ()


def test_an_import_is_shown_before_it_is_stored(page, services, qtbot, tmp_path):
    path = tmp_path / "freight.xlsx"
    export_freight(services.app.database_path, path, "en", ctx=TaskContext())
    found = import_freight(services.app.database_path, path, True, ctx=TaskContext())
    shown = FreightImportDialog(found, page)
    assert not shown.primary.isEnabled()
    assert len(shown.table.model().rows) == 14
    shown.close()
    page.acts._show_import(path, replace(found, parts=(replace(found.parts[0], what="new"), *found.parts[1:])))
    dialog_ = dialog(page, qtbot, FreightImportDialog)
    assert dialog_.primary.isEnabled()
    dialog_.reject()
    done = services.freight.remove_template(next(one.id for one in services.freight.names() if one.name == "Plan"))
    page.acts._on_imported(replace(found, change=done))


def test_a_spoilt_workbook_is_shown_with_its_refused_cells_first(page, services, qtbot, tmp_path):
    path = tmp_path / "spoilt.xlsx"
    rows = {
        "tariffs": [("t", "Tiny", "CNY"), ("u", "Yen", "JPY")],
        "bands": [("t", None, 5), ("u", None, "x")],
        "zones": [("Plan", "S", 1, "free", "ES, es")],
        "channels": [("CN", None, None, "nope")],
    }
    write(path, rows)
    before = services.freight.channels()
    found = import_freight(services.app.database_path, path, True, ctx=TaskContext())
    shown = FreightImportDialog(found, page)
    model = shown.table.model()
    assert [row[0] for row in model.rows] == [tr("freight.import.refused")] * 3 + [tr("freight.import.new")]
    for row, place in zip(model.rows, ("channels, row 2, column D", "tariffs, row 3", "zones, row 2"), strict=False):
        assert row[3].startswith(place)
    assert [model.tone(line, 3) for line in range(4)] == ["red"] * 3 + [""]
    assert (shown.primary.isEnabled(), model.rows[3][2]) == (True, "Tiny")
    language.set_language("zh")
    assert [row[0] for row in model.rows] == [tr("freight.import.refused")] * 3 + [tr("freight.import.new")]
    assert services.freight.channels() == before, "a preview stores nothing"
    shown.close()


def test_proposals_are_ticked(services):
    ids = list(services.listings.source().ids(Query()))[:30]
    matches = match_listings(services.app.database_path, ids, ctx=TaskContext())
    rows = MatchRows()
    QAbstractItemModelTester(rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rows.show_matches([replace(matches[0], proposed=("9", "Other"), reason="fits_goods"), *matches[1:]])
    assert matches[0].id in {one.id for one in rows.wanted}
    count = len(rows.wanted)
    rows.toggle(0)
    assert len(rows.wanted) == count - 1
    assert rows.data(rows.index(0, 0)).startswith("☐")
    rows.show_matches(rows.matches)
    assert len(rows.wanted) == count - 1
