"""The freight workbook: out and in again without a difference; every wrong cell named with its place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from app.messages import Messages, messages
from app.services.db import Database
from app.services.freight.keeping import TariffDraft, TemplateDraft, save_tariff, save_template
from app.services.freight.records import Band, Service, Zone, ZoneKind
from app.services.freight.sheet_columns import SHEETS, head
from app.services.freight.sheet_reading import NoFreightSheet, read_freight
from app.services.freight.sheet_storing import export_freight, import_freight, stored_drafts
from app.services.freight.tariffs import Tariff, TariffBand, Volumetric, WeightRange
from app.services.history.undo import undo
from app.services.tasks import TaskContext
from app.services.workbooks import OutColumn, OutSheet, write_xlsx
from tests.new_database import new_database

EN = Messages("en")
STEPS = (Band(*map(Decimal, ("0.5", "2", "0.1", "0.6"))), Band(Decimal(2), None, Decimal("0.5"), Decimal("2.2")))
SERVICES = (
    Service(
        "STANDARD",
        (
            Zone(ZoneKind.FREE, ("ES", "FR")),
            Zone(ZoneKind.STANDARD, ("UK",), discount_percent=30),
            Zone(ZoneKind.BY_PIECES, ("DE",), first_fee=Decimal(3), bands=(Band(*map(Decimal, (1, 2, 2, "1.5"))),)),
            Zone(ZoneKind.BY_WEIGHT, ("BR", "CL"), first_fee=Decimal(4), bands=STEPS),
        ),
    ),
    Service("ECONOMY", (Zone(ZoneKind.STANDARD, is_everywhere=True, discount_percent=0),)),
)
BULKY = Tariff(
    "bulky",
    "USD",
    (
        WeightRange(500, Decimal("3.000001")),
        WeightRange(None, Decimal(4), (TariffBand(0, Decimal("0.5"), Decimal("0.02")),)),
    ),
    500,
    frozenset({"ES", "UK"}),
    Volumetric(6000, Decimal("60.5")),
    50,
    frozenset({"battery", "liquid"}),
)


@pytest.fixture(scope="module")
def db(tmp_path_factory) -> Database:
    database = new_database(tmp_path_factory.mktemp("freight") / "team.db")
    save_template(database, TemplateDraft("Mine", SERVICES, "own plan"))
    save_tariff(database, TariffDraft("Bulky goods", BULKY, "offer of May", "2026-05-01"))
    yield database
    database.dispose()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_out_and_in_again_changes_nothing(db, tmp_path, language):
    path = tmp_path / "freight.xlsx"
    with db.reader.connect() as connection:
        stored = stored_drafts(connection)
    assert export_freight(db.path, path, language, ctx=TaskContext()) == 14
    book = read_freight(path)
    assert (book.tariffs, book.templates, book.channels, book.errors) == (*stored, [])
    done = import_freight(db.path, path, ctx=TaskContext())
    assert (done.change, done.count("same"), done.errors) == (None, 15, ())


def test_a_workbook_in_the_other_language_changes_no_source(db, tmp_path, monkeypatch):
    path = tmp_path / "freight.xlsx"
    monkeypatch.setattr(messages, "language", "zh")
    export_freight(db.path, path, "zh", ctx=TaskContext())
    monkeypatch.setattr(messages, "language", "en")
    done = import_freight(db.path, path, ctx=TaskContext())
    assert (done.change, done.count("changed"), done.errors) == (None, 0, ())


def test_an_import_is_one_change_that_is_taken_back_whole(db, tmp_path):
    path = tmp_path / "freight.xlsx"
    with db.reader.connect() as connection:
        before = stored_drafts(connection)
    rows = {
        "tariffs": [("bulky", "Bulky", "usd", 1), ("tiny", "", "CNY", None)],
        "bands": [("bulky", None, 5), ("tiny", 100, "2.5", 0, 1, "0.01")],
        "zones": [("Mine", "S", 1, "包邮", "*"), ("Other", "S", 1, "Free", "gb")],
        "channels": [("CN", None, None, "tiny"), ("GB", "FR", "带电", "bulky")],
    }
    write(path, rows)
    trial = import_freight(db.path, path, True, ctx=TaskContext())
    assert (trial.change, trial.count("new"), trial.count("changed")) == (None, 2, 3)
    done = import_freight(db.path, path, ctx=TaskContext())
    with db.reader.connect() as connection:
        tariffs, templates, channels = stored_drafts(connection)
    assert [draft.name for draft in templates] == ["Mine", "Other"]
    assert templates[1].services[0].zones[0].countries == ("UK",)
    assert tariffs[-1].tariff.ranges[0].bands[0].fee == Decimal("0.01")
    assert {(rule.ships_from, rule.country, rule.attribute) for rule in channels} == {
        ("CN", "", ""),
        ("UK", "FR", "battery"),
    }
    assert not undo(db, done.change.uid).conflicts
    with db.reader.connect() as connection:
        after = stored_drafts(connection)
    assert after[:2] == before[:2]
    assert set(after[2]) == set(before[2])


def write(path: Path, rows: dict[str, list[tuple]]) -> None:
    sheets = []
    for name, given in rows.items():
        columns = [OutColumn(head(column, EN)) for column in SHEETS[name]]
        filled = [(*row, *(None,) * (len(columns) - len(row))) for row in given]
        sheets.append(OutSheet(name, columns, filled))
    write_xlsx(path, sheets)


T = ("t", "T", "CNY")
LINE = ("t", None, 5, 0, 1, 1)
Z = ("Plan", "S", 1, "by weight", "BR", None, 4)


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ({"tariffs": [T], "bands": [LINE, LINE]}, ["bands D3 freight.cell_overlap"]),
        ({"tariffs": [T], "bands": [("t", None, 5), ("t", 100, 5)]}, ["bands B3 freight.cell_range_order"]),
        ({"tariffs": [T], "bands": [LINE, ("t", None, 6, 9, 1, 1)]}, ["bands C3 freight.cell_two_bases"]),
        ({"tariffs": [T], "bands": [("t", None, -5)]}, ["bands C2 freight.cell_negative"]),
        ({"tariffs": [T], "bands": [("t", None, "x")]}, ["bands C2 freight.cell_number"]),
        ({"tariffs": [T], "bands": [("t", None, "0.1234567")]}, ["bands C2 freight.cell_fine"]),
        ({"tariffs": [T], "bands": [("t", None, 5, 0, 0, 1)]}, ["bands E2 freight.cell_small"]),
        ({"tariffs": [T], "bands": [("t", 1.5, 5)]}, ["bands B2 freight.cell_whole"]),
        ({"tariffs": [T]}, ["tariffs A2 freight.cell_no_bands"]),
        ({"tariffs": [T, T], "bands": [("t", None, 5)]}, ["tariffs A3 freight.cell_twice"]),
        ({"tariffs": [("t", "T", "EUR")], "bands": [("t", None, 5)]}, ["tariffs C2 freight.cell_currency"]),
        ({"tariffs": [(*T, 1, None, None, None, "ES, XX, ES")], "bands": [("t", None, 5)]},
         ["tariffs H2 freight.cell_country", "tariffs H2 freight.cell_country_twice"]),
        ({"tariffs": [(*T, *(None,) * 7, "2026-02-31")], "bands": [("t", None, 5)]}, ["tariffs K2 freight.cell_day"]),
        ({"bands": [("t", None, 5)]}, ["bands A2 freight.cell_no_tariff"]),
        ({"zones": [(*Z, 0, 2, 1, 1), (*Z, 1, 3, 1, 1)]}, ["zones H3 freight.bands_overlap"]),
        ({"zones": [(*Z, 0, 2, 1, 1), (*Z, 3, 4, 1, 1)]}, ["zones H3 freight.bands_gap"]),
        ({"zones": [(*Z, 0, 2, None, 1)]}, ["zones J2 freight.band_without_unit"]),
        ({"zones": [(*Z, 2, 1, 1, 1)]}, ["zones I2 freight.bad_band"]),
        ({"zones": [(*Z[:6], None)]}, ["zones G2 freight.no_first_fee"]),
        ({"zones": [(*Z[:6], -4)]}, ["zones G2 freight.cell_negative"]),
        ({"zones": [("Plan",)]}, ["zones D2 freight.no_zones_at_all"]),
        ({"zones": [("Plan", "S", 1, "half price", "ES")]}, ["zones D2 freight.cell_rule"]),
        ({"zones": [("Plan", "S", 1, "free", "ES"), ("Plan", "S", 2, "standard", "ES")]},
         ["zones E3 freight.country_twice"]),
        ({"zones": [("Plan", "S", 1, "free", None)]}, ["zones E2 freight.no_countries"]),
        ({"zones": [("Plan", "S", 1, "standard", "ES", 101)]}, ["zones F2 freight.bad_discount"]),
        ({"zones": [("Plan", None, 1, "free", "ES")]}, ["zones B2 freight.service_unnamed"]),
        ({"channels": [("CN", None, None, "x"), ("CN", None, None, "y")]}, ["channels A3 freight.channel_twice"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(tmp_path, rows, places):
    path = tmp_path / "wrong.xlsx"
    write(path, rows)
    book = read_freight(path)
    assert [f"{one.sheet} {one.column}{one.row} {one.code}" for one in book.errors] == places
    assert not book.tariffs
    assert not book.templates
    for one in book.errors:
        assert one.sentence(EN).startswith(f"{one.sheet}, row {one.row}, column {one.column}: ")


def test_a_sheet_of_something_else_is_refused(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("SKU,cost\nA,1\n")
    with pytest.raises(NoFreightSheet):
        read_freight(path)
