"""Freight workbooks as people spoil them: every refused cell has its place, and what is stored stays whole."""

from __future__ import annotations

import pytest

from app.messages import Messages
from app.services.db import Database
from app.services.freight.channels import read_channels
from app.services.freight.keeping import TemplateDraft, save_template
from app.services.freight.sheet_storing import import_freight
from app.services.freight.typed import read_channels as read_typed_channels
from app.services.tasks import TaskContext
from tests.new_database import new_database
from tests.unit.freight.test_sheets import SERVICES, write

EN = Messages("en")


@pytest.fixture(scope="module")
def db(tmp_path_factory) -> Database:
    """Only looked at: every import here is a trial, or is refused."""
    database = new_database(tmp_path_factory.mktemp("freight") / "team.db")
    save_template(database, TemplateDraft("My plan", SERVICES))
    yield database
    database.dispose()


@pytest.fixture
def tried(db, tmp_path):
    def look(rows, is_trial=True):
        path = tmp_path / "freight.xlsx"
        write(path, rows)
        return import_freight(db.path, path, is_trial, ctx=TaskContext())

    return look


def places(found):
    return [f"{one.sheet} {one.column}{one.row} {one.code.removeprefix('freight.')}" for one in found.errors]


LONG = "x" * 61
FLAT = ("t", None, 5)
PACKET = ("CN", None, None, "post_packet")
HUGE = 10**20


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ({"channels": [PACKET, ("XX", None, None, "express")]}, ["channels A3 cell_country"]),
        ({"channels": [PACKET, ("ES", None, None, "gone")]}, ["channels D3 cell_key"]),
        ({"channels": [("CN", None, None, None)]}, ["channels D2 cell_missing"]),
        ({"channels": [(None, "US", None, "express")]}, ["channels A2 cell_missing"]),
        ({"channels": [("CN", None, None, "t")], "tariffs": [("t", "T", "EUR")], "bands": [FLAT]},
         ["channels D2 cell_key", "tariffs C2 cell_currency"]),
        ({"tariffs": [("t", LONG, "CNY")], "bands": [FLAT]}, ["tariffs B2 name"]),
        ({"tariffs": [(LONG, "T", "CNY")], "bands": [(LONG, None, 5)]}, ["tariffs A2 name"]),
        ({"zones": [(LONG, "S", 1, "free", "ES")]}, ["zones A2 name"]),
        ({"tariffs": [("t", "T", "CNY", HUGE)], "bands": [FLAT]}, ["tariffs D2 cell_large"]),
        ({"tariffs": [("t", "T", "CNY", 1, f"{HUGE}")], "bands": [FLAT]}, ["tariffs E2 cell_large"]),
        ({"tariffs": [("t", "T", "CNY")], "bands": [("t", HUGE, 5)]}, ["bands B2 cell_large"]),
        ({"tariffs": [("t", "T", "CNY")], "bands": [("t", None, 1e30)]}, ["bands C2 cell_large"]),
        ({"zones": [("P", "S", 1, "by weight", "ES", None, HUGE)]}, ["zones G2 cell_large"]),
        ({"tariffs": [("t", "T", "CNY", 0)], "bands": [FLAT]}, ["tariffs D2 cell_small"]),
        ({"tariffs": [("t", "T", "CNY", 1, 0)], "bands": [FLAT]}, ["tariffs E2 cell_small"]),
        ({"tariffs": [("t", "T", "CNY")], "bands": [("t", 0, 5)]}, ["bands B2 cell_small"]),
        ({"tariffs": [("t", "T", None)], "bands": [FLAT]}, ["tariffs C2 cell_currency"]),
    ],
)  # fmt: skip
def test_a_spoilt_cell_is_named_and_changes_nothing(db, tried, rows, wrong):
    with db.reader.connect() as connection:
        before = read_channels(connection)
    found = tried(rows, is_trial=False)
    assert (sorted(places(found)), found.parts, found.change) == (sorted(wrong), (), None)
    with db.reader.connect() as connection:
        assert read_channels(connection) == before
    for one in found.errors:
        assert one.sentence(EN).endswith(".")


def test_blanks_in_a_name_do_not_make_another_template_or_tariff(tried):
    rows = {
        "zones": [("My  plan", "S", 1, "free", "ES"), (" My plan ", "S", 2, "standard", "FR")],
        "tariffs": [("line_es", "Spain   line", "CNY"), ("new  one", "New", "CNY")],
        "bands": [("line_es", None, 16), ("new one", None, 5)],
    }
    found = tried(rows)
    assert [(one.name, one.what) for one in found.parts] == [
        ("Spain line", "changed"),
        ("New", "new"),
        ("My plan", "changed"),
    ]
    assert places(found) == []


def test_two_tariffs_of_one_name_are_not_told_apart(tried):
    found = tried({"tariffs": [("t", "Same", "CNY"), ("u", "Same", "CNY")], "bands": [FLAT, ("u", None, 5)]})
    assert ([one.what for one in found.parts], places(found)) == (["new"], ["tariffs B3 name_taken"])


def test_good_parts_are_read_beside_spoilt_ones(tried):
    rows = {
        "tariffs": [("t", "T", "CNY"), ("u", "U", "EUR")],
        "bands": [FLAT, ("u", None, 5)],
        "zones": [("Good", "S", 1, "free", "ES"), ("Bad", "S", 1, "free", "Spain?")],
        "channels": [("CN", None, None, "t")],
    }
    found = tried(rows)
    assert [(one.kind, one.what) for one in found.parts] == [
        ("tariff", "new"),
        ("template", "new"),
        ("channels", "changed"),
    ]
    assert places(found) == ["tariffs C3 cell_currency", "zones E3 cell_country"]


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"ships_from": "ES"}, [(1, "key")]),
        ({"ships_from": "ES", "key": "nope"}, [(1, "key")]),
        ({"key": "express"}, [(1, "ships_from")]),
        ({"ships_from": "CN", "key": "express"}, [(1, "ships_from")]),
        ({"ships_from": "gb", "country": "??", "key": "express"}, [(1, "country")]),
        ({"ships_from": "CN", "country": "US", "key": "express"}, []),
        ({}, []),
    ],
)
def test_a_channel_that_is_typed_is_wrong_at_its_cell(cells, wrong):
    first = {"ships_from": "CN", "country": "", "attribute": "", "key": "express"}
    found, problems = read_typed_channels([first, cells], ["express"])
    assert [(one.row, one.column) for one in problems] == wrong
    assert len(found) == 1 + bool(cells and not wrong)
