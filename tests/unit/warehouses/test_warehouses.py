"""Warehouse templates: seeds, editing with the way back, the table; countries and their ids."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.services.compliance.ships_from import ships_from
from app.services.errors import NotFound
from app.services.history.undo import undo
from app.services.paging import Filter, Query
from app.services.warehouses.countries import countries
from app.services.warehouses.records import WarehouseTemplateRecord
from app.services.warehouses.source import WarehouseTemplateSource
from app.services.warehouses.templates import (
    BadTemplate,
    NameTaken,
    country_record,
    delete_template,
    get_template,
    save_template,
    seed_templates,
)

EUROPE = WarehouseTemplateRecord(
    None,
    "欧洲五国 · 专线",
    True,
    5,
    "note",
    (country_record("ES", stock=35), country_record("FR", surcharge_minor=250)),
)


@pytest.fixture
def source(db):
    return WarehouseTemplateSource(db)


def test_a_template_is_stored_and_read_whole(db):
    stored = save_template(db, EUROPE).template
    assert stored.id is not None
    assert get_template(db, stored.id) == replace(EUROPE, id=stored.id)
    spain = stored.countries[0]
    assert (spain.ships_from_id, spain.mark, spain.stock, spain.surcharge_minor) == ("201336104", "_CES", 35, None)


def test_editing_keeps_the_id_and_the_order_of_countries(db, source):
    stored = save_template(db, EUROPE).template
    changed = replace(stored, is_virtual=False, countries=(country_record("US"), *reversed(stored.countries)))
    save_template(db, changed)
    assert get_template(db, stored.id) == changed
    assert source.rows([stored.id])[stored.id].countries == "US FR ES"


def test_renaming_deleting_and_the_way_back(db):
    stored = save_template(db, EUROPE).template
    save_template(db, replace(stored, name="  Europe   5 "))
    assert get_template(db, stored.id).name == "Europe 5"
    save_template(db, stored)
    assert get_template(db, stored.id) == stored
    gone = delete_template(db, stored.id)
    with pytest.raises(NotFound):
        get_template(db, stored.id)
    with db.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM warehouse_country").scalar() == 0
    undo(db, gone.uid)
    assert get_template(db, stored.id) == stored
    with pytest.raises(NotFound):
        delete_template(db, 99)
    with pytest.raises(NotFound):
        save_template(db, replace(stored, id=99, name="nowhere"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "  "}, "warehouse.no_name"),
        ({"name": "x" * 61}, "warehouse.no_name"),
        ({"countries": ()}, "warehouse.no_country"),
        ({"countries": (country_record("ES"), country_record("ES"))}, "warehouse.country_twice"),
        ({"countries": (country_record("UK"), replace(country_record("UK"), country="GB"))}, "warehouse.country_twice"),
        ({"countries": (replace(country_record("ES"), country="QQ"),)}, "warehouse.unknown_country"),
        ({"handling_days": 6}, "warehouse.handling_days"),
        ({"handling_days": 0}, "warehouse.handling_days"),
        ({"countries": (country_record("ES", stock=-1),)}, "warehouse.stock"),
        ({"countries": (country_record("ES", stock=1_000_000),)}, "warehouse.stock"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stored(db, source, changes, code):
    with pytest.raises(BadTemplate) as refused:
        save_template(db, replace(EUROPE, **changes))
    assert refused.value.error_code == code
    assert source.count(Query()) == 0


def test_names_are_unique(db):
    save_template(db, EUROPE)
    with pytest.raises(NameTaken):
        save_template(db, EUROPE)
    other = save_template(db, replace(EUROPE, name="Other")).template
    with pytest.raises(NameTaken):
        save_template(db, replace(other, name=EUROPE.name))
    assert get_template(db, other.id).countries == EUROPE.countries


def test_seeds_are_real_and_come_once_in_either_language(db, source):
    assert seed_templates(db, "en") == 2
    assert seed_templates(db, "en") == seed_templates(db, "zh") == 0
    rows = source.first_page(Query(), 10)
    assert [(row.name, row.countries, row.is_virtual) for row in rows] == [
        ("ES+FR+US virtual", "ES FR US", True),
        ("Spain warehouse, real stock", "ES", False),
    ]
    assert source.detail(rows[0].id).countries[2] == country_record("US", stock=35)


def test_search_sort_and_filter(db, source):
    seed_templates(db, "en")
    save_template(db, EUROPE)

    def names(**question):
        query = Query(**question)
        assert source.count(query) == len(source.ids(query))
        return [row.name for row in source.first_page(query, 10)]

    assert names(text="五国") == ["欧洲五国 · 专线"]
    assert names(text="spain") == ["Spain warehouse, real stock"]
    assert names(text="+us") == ["ES+FR+US virtual"]
    assert names(sort="countries", descending=True)[0] == "ES+FR+US virtual"
    assert names(filters=(Filter("virtual", "=", "no"),)) == ["Spain warehouse, real stock"]
    assert len(names(filters=(Filter("country", "contains", "FR"),))) == 2
    assert len(names(store_ids=(7,))) == 3


SHIPS_FROM = {
    "CN": ("201336100", "201441035"), "US": ("201336106",), "RU": ("201336103",), "DE": ("201336101",),
    "ES": ("201336104",), "FR": ("201336342",), "IT": ("201336343",), "UK": ("201336105",), "AU": ("201336099",),
    "ID": ("201336102",), "CZ": ("203287806",), "PL": ("203372089",), "TR": ("203054831",), "UA": ("203124901",),
    "AE": ("203124902",), "BE": ("100015076",), "ZA": ("100015009",), "CL": ("202724806",), "BR": ("203054829",),
    "VN": ("203124900",),
}  # fmt: skip


def test_ships_from_ids_are_those_of_82_cell_by_cell():
    rules = countries()
    assert {code: one.value_ids for code, one in rules.dispatch.items()} == SHIPS_FROM
    assert rules.by_value_id == {id: code for code, ids in SHIPS_FROM.items() for id in ids}
    assert rules.property_id == "200007763"


def test_every_dispatch_country_has_a_mark_a_name_and_its_own_ids():
    rules = countries()
    for code, country in rules.dispatch.items():
        assert country.mark == ("" if code == rules.home else f"_C{code}")
        assert rules.name(code, "zh") != rules.name(code, "en")
    ids = [value_id for country in rules.dispatch.values() for value_id in country.value_ids]
    assert len(ids) == len(set(ids)) == 21
    assert rules.by_value_id["201336342"] == "FR"


@pytest.mark.parametrize(
    ("written", "code", "zh", "en"),
    [
        ("gb", "UK", "英国", "United Kingdom"),
        (" es ", "ES", "西班牙", "Spain"),
        ("SRB", "RS", "塞尔维亚", "Serbia"),
        ("??", "??", "??", "??"),
    ],
)
def test_countries_by_any_spelling(written, code, zh, en):
    rules = countries()
    assert rules.code(written) == code
    assert (rules.name(code, "zh"), rules.name(code, "en")) == (zh, en)


def test_the_checker_reads_the_same_table():
    checker = ships_from()
    assert checker.property_id == countries().property_id
    for code, country in countries().dispatch.items():
        assert {checker.country(value_id) for value_id in country.value_ids} == {code}
