"""Warehouse templates in the history: who, when and what; taken back later, and named where they moved on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.services.history.contents import ChangeContents
from app.services.history.listing import can_undo, list_changes
from app.services.history.recording import this_person
from app.services.history.records import NO_LISTINGS
from app.services.history.undo import redo, undo
from app.services.paging import Query
from app.services.warehouses.records import PriceSource, StoreFreight, WarehouseTemplateRecord
from app.services.warehouses.template_sheet import read_templates, write_templates
from app.services.warehouses.templates import (
    NameTaken,
    copy_template,
    country_record,
    delete_template,
    find_template,
    get_template,
    save_template,
    seed_templates,
)

ES, US, FR = (country_record(code, stock=35) for code in ("ES", "US", "FR"))
FIRST = WarehouseTemplateRecord(None, "First", countries=(ES, US), freight=(StoreFreight(1, "700"),))


@pytest.fixture
def act(db):
    """The template as it was stored, with its change."""
    return save_template(db, FIRST)


def values(db, uid):
    """What a change shows of its one template: field and part → before and after."""
    (row,) = ChangeContents(db, uid).first_page(Query(), 5)
    return row, {(one.field, one.code): (one.before, one.after) for one in row.values}


def test_each_act_is_one_change_with_who_when_and_what(db, act):
    first, change = act.template, act.change
    assert (change.label, change.params, change.actor) == ("change.warehouse_new", {"name": "First"}, this_person())
    assert change.kind in NO_LISTINGS and can_undo(db).uid == change.uid
    edited = save_template(db, replace(first, name="Second", price_source=PriceSource.RULE, margin_bp=550)).change
    row, told = values(db, edited.uid)
    assert (row.title, row.state) == ("Second", "stands")
    assert told == {
        ("name", ""): ("First", "Second"),
        ("price_source", ""): ("sheet", "rule"),
        ("margin_bp", ""): (None, 550),
    }
    assert save_template(db, get_template(db, first.id)).change is None, "nothing differs"
    copied = copy_template(db, first.id, "Copy").change
    gone = delete_template(db, first.id)
    labels = [one.label for one in list_changes(db)]
    assert labels == ["change.warehouse_gone", "change.warehouse_new", "change.warehouse", "change.warehouse_new"]
    assert len({gone.uid, copied.uid, edited.uid, change.uid}) == 4


def test_changed_countries_and_freight_are_told_part_by_part(db, act):
    first = act.template
    changed = replace(first, countries=(replace(ES, stock=12), FR), freight=())
    row, told = values(db, save_template(db, changed).change.uid)
    assert row.title == "First", "a template that kept its name is called by it"
    assert set(told) == {("countries", "ES"), ("countries", "US"), ("countries", "FR"), ("freight", "1")}
    assert [image["stock"] for image in told["countries", "ES"]] == [35, 12]
    assert told["countries", "US"][1] is None and told["countries", "FR"][0] is None
    assert told["freight", "1"] == ("700", None)
    turned = save_template(db, replace(changed, countries=changed.countries[::-1])).change
    assert values(db, turned.uid)[1] == {("countries", ""): ("ES, FR", "FR, ES")}


def test_everything_is_taken_back_later_in_any_order_and_done_again(db, act):
    first = act.template
    second = save_template(db, replace(first, note="cheap", countries=(FR,), freight=()))
    third = save_template(db, replace(second.template, is_virtual=False, handling_days=3))
    assert not undo(db, second.change.uid).conflicts, "what the later change did not touch goes back"
    assert get_template(db, first.id) == replace(first, is_virtual=False, handling_days=3)
    undo(db, third.change.uid)
    assert get_template(db, first.id) == first
    gone = delete_template(db, first.id)
    undo(db, gone.uid)
    assert get_template(db, first.id) == first
    redo(db)
    assert find_names(db) == []
    undo(db, gone.uid)
    undo(db, act.change.uid)
    assert find_names(db) == []


def find_names(db):
    with db.reader.connect() as connection:
        return list(connection.exec_driver_sql("SELECT name FROM warehouse_template ORDER BY name").scalars())


@pytest.mark.parametrize(
    "later",
    [
        lambda db, one: save_template(db, replace(one, countries=(US,))),
        lambda db, one: delete_template(db, one.id),
    ],
)
def test_what_moved_on_is_left_alone_and_named(db, act, later):
    edited = save_template(db, replace(act.template, name="Mine", countries=(ES,)))
    later(db, edited.template)
    done = undo(db, edited.change.uid)
    assert (done.restored, done.conflicts, done.conflict_names) == (0, (-act.template.id,), ("Mine",))
    assert values(db, edited.change.uid)[0].state == "moved"


def test_a_name_given_away_meanwhile_is_no_way_back(db, act):
    renamed = save_template(db, replace(act.template, name="Mine")).change
    save_template(db, FIRST)
    assert undo(db, renamed.uid).conflict_names == ("Mine",)
    gone = delete_template(db, act.template.id)
    save_template(db, replace(FIRST, name="Mine"))
    assert undo(db, gone.uid).conflict_names == ("Mine",)
    assert find_names(db) == ["First", "Mine"]


def test_a_store_that_is_gone_takes_no_freight_template(db, act):
    change = save_template(db, replace(act.template, note="x", freight=(StoreFreight(1, "701"),))).change
    with db.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM store WHERE id = 1")
    assert not undo(db, change.uid).conflicts
    assert get_template(db, act.template.id) == replace(act.template, freight=())


def test_a_workbook_is_one_change_and_the_same_one_again_none(db, act, tmp_path):
    save_template(db, replace(FIRST, name="Other", freight=()))
    write_templates(db, tmp_path / "all.csv")
    delete_template(db, act.template.id)
    save_template(db, replace(find_template(db, "other"), note="changed"))
    change = read_templates(db, tmp_path / "all.csv").change
    assert (change.label, change.params, change.source) == ("change.warehouses_imported", {"n": 2}, "all.csv")
    assert read_templates(db, tmp_path / "all.csv").change is None
    assert not undo(db, change.uid).conflicts
    assert (find_names(db), find_template(db, "Other").note) == (["Other"], "changed")


def test_what_is_refused_leaves_no_change_and_seeds_are_nobodys(db, act):
    with pytest.raises(NameTaken):
        save_template(db, FIRST)
    seed_templates(db, "en")
    assert [one.uid for one in list_changes(db)] == [act.change.uid]
