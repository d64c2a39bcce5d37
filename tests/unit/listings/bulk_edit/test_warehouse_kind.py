"""Real or virtual: set in bulk and by an edit, filtered by, taken back; it is no content."""

from __future__ import annotations

import pytest

from app.services.history.contents import ChangeContents
from app.services.history.undo import redo, undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.choosing import edit_choices
from app.services.listings.bulk_edit.operations import SetValue
from app.services.listings.bulk_edit.typed import BadSetting, parse_setting
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.filters import parse_filters
from app.services.listings.source import ListingSource
from app.services.listings.warehouse_kinds import kinds_of
from app.services.paging import Query
from app.services.tasks import TaskContext
from app.views.listings.columns import columns
from app.views.listings.field_values import value_text


def kinds(db):
    with db.reader.connect() as connection:
        return kinds_of(connection, range(1, 50))


def said(db, listing_id, kind):
    return edit_listings(db, [ListingEdit(listing_id, warehouse_kind=kind, is_complete=False)], label="edit")


def found(db, text):
    return set(ListingSource(db).ids(Query(filters=parse_filters(text))))


def test_a_bulk_edit_says_it_of_many_and_undo_takes_it_back(db, make_listing, planned):
    lamp, cable = make_listing(), make_listing()
    before = ListingSource(db).rows([lamp.id])[lamp.id]
    applied = apply_plan(planned(SetValue("warehouse_kind", "virtual"), chosen=[lamp.id, cable.id]), TaskContext())
    assert (applied.changed, kinds(db)) == (2, {lamp.id: "virtual", cable.id: "virtual"})
    assert found(db, "warehouse_kind = virtual") == found(db, "海外仓 = 虚拟海外仓") == {lamp.id, cable.id}
    after = ListingSource(db).rows([lamp.id])[lamp.id]
    assert (after.warehouse_kind, after.is_changed, after.status) == ("virtual", before.is_changed, before.status)
    assert {one.key: one.cell for one in columns()}["warehouse_kind"](after).text == "Virtual"
    real = said(db, lamp.id, "real")
    assert real is not None and said(db, lamp.id, "real") is None
    [value] = ChangeContents(db, real.uid).children(lamp.id)
    assert (value.field, value.before, value.after) == ("warehouse_kind", "virtual", "real")
    assert (value_text(value.field, value.after), value_text(value.field, "")) == ("Real", "")
    assert undo(db, applied.change.uid).conflicts == (lamp.id,)
    assert kinds(db) == {lamp.id: "real"}
    redo(db)
    undo(db, real.uid)
    assert kinds(db) == {lamp.id: "virtual", cable.id: "virtual"}
    apply_plan(planned(SetValue("warehouse_kind", ""), chosen=[lamp.id]), TaskContext())
    assert found(db, "warehouse_kind is missing") & {lamp.id, cable.id} == {lamp.id}


def test_what_is_no_kind_is_refused(db, make_listing, planned):
    lamp = make_listing()
    with pytest.raises(ValueError):
        said(db, lamp.id, "imaginary")
    with pytest.raises(BadSetting):
        parse_setting("warehouse_kind = imaginary", None)
    assert parse_setting('warehouse_kind = "real"', None) == SetValue("warehouse_kind", "real")
    assert parse_setting("warehouse_kind =", None) == SetValue("warehouse_kind", "")
    plan = planned(SetValue("warehouse_kind", "imaginary"), chosen=[lamp.id])
    assert apply_plan(plan, TaskContext()).changed == 0
    names = [one.name for one in edit_choices(db, [lamp.id], "zh").warehouse_kinds]
    assert names == ["真实海外仓", "虚拟海外仓", "不标"]
