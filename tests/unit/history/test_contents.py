"""What a change did, listing by listing, and what could be taken back of it."""

from decimal import Decimal

import pytest

from app.services.errors import NotFound
from app.services.history.contents import ChangeContents
from app.services.history.recording import add_range, record_change
from app.services.history.undo import undo
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import AddTag, ChangeNumber, ReplaceText
from app.services.listings.bulk_edit.planning import plan_edit
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.loading import load_listing
from app.services.listings.records import SkuRecord
from app.services.paging import Query
from app.services.tasks import TaskContext


@pytest.fixture
def two(make_listing):
    return make_listing("Table Lamp"), make_listing("Floor Lamp", (("FL-BK", 4500, 12),))


def bulk(db, *operations):
    plan = plan_edit(db, BulkEdit(operations), Query(), TaskContext(), checks=False)
    try:
        return apply_plan(plan, TaskContext()).change
    finally:
        plan.close()


def shown(row):
    return [(value.field, value.code, value.before, value.after) for value in row.values]


def test_prices_texts_and_tags(db, two):
    change = bulk(
        db,
        ChangeNumber("price_minor", "add", Decimal(1)),
        ReplaceText("title", "Lamp", "Light"),
        AddTag("June"),
    )
    contents = ChangeContents(db, change.uid)
    assert contents.fields() == ("price_minor", "tags", "title")
    assert contents.count(Query()) == 2
    first, second = contents.first_page(Query(), 10)
    assert sorted(shown(first), key=str) == sorted(
        [
            ("title", "", "Table Lamp", "Table Light"),
            ("tags", "", [], ["June"]),
            ("price_minor", "LM4402-WH", 1890, 1990),
            ("price_minor", "LM4402-GY", 1890, 1990),
        ],
        key=str,
    )
    assert (first.id, first.title, first.state) == (two[0].id, "Table Light", "stands")
    assert contents.children(second.id) == second.values
    assert len({value.id for row in (first, second) for value in row.values}) == 7


def test_what_moved_on_and_what_is_back(db, two):
    change = bulk(db, ChangeNumber("price_minor", "add", Decimal(1)))
    contents = ChangeContents(db, change.uid)
    with db.read() as session:
        sku = load_listing(session, two[0].id).skus[0]
    edit_listings(db, [ListingEdit(two[0].id, skus={sku.id: {"price_minor": 5}})], label="change.edit")
    undo(db, change.uid, only=[two[1].id])
    rows = contents.rows(contents.ids(Query()))
    assert {id: row.state for id, row in rows.items()} == {two[0].id: "moved", two[1].id: "back"}


def test_variants_that_came_and_went(db, two):
    before = two[0]
    edit = ListingEdit(
        before.id,
        images=["new.jpg"],
        fields={"attributes": [{"name": "Material", "value": "Oak"}]},
        new_skus=(SkuRecord(None, "LM4402-RD", 2100, 5),),
        removed_skus=(before.skus[0].id,),
    )
    change = edit_listings(db, [edit], label="change.edit")
    (row,) = ChangeContents(db, change.uid).first_page(Query(), 10)
    assert ("", "", "LM4402-WH", None) in shown(row)
    assert ("", "LM4402-RD", None, "LM4402-RD") in shown(row)
    assert ("images", "", ["lamp-1.jpg", "lamp-2.jpg"], ["new.jpg"]) in shown(row)
    assert ("attributes", "", [], [{"name": "Material", "value": "Oak"}]) in shown(row)
    assert not {value.field for value in row.values} & {"match_key", "error_code"}


def test_listings_a_change_created(db, two):
    with db.bulk() as connection:
        change_id, change = record_change(connection, kind="import", label="change.edit", params={}, listing_count=2)
        add_range(connection, change_id, two[0].id, two[1].id)
    rows = ChangeContents(db, change.uid).first_page(Query(), 10)
    assert [(row.title, row.state, row.values) for row in rows] == [
        ("Table Lamp", "created", ()),
        ("Floor Lamp", "created", ()),
    ]


def test_a_listing_that_is_gone_keeps_its_name(db, two):
    change = edit_listings(db, [ListingEdit(two[0].id, fields={"title": "Desk Lamp"})], label="change.edit")
    with db.bulk() as connection:
        for table, column in (("sku", "listing_id"), ("image", "listing_id"), ("listing", "id")):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE {column} = ?", (two[0].id,))
    (row,) = ChangeContents(db, change.uid).first_page(Query(), 10)
    assert (row.title, row.state) == ("Table Lamp", "moved")


def test_a_change_that_is_gone(db):
    contents = ChangeContents(db, "nothing")
    with pytest.raises(NotFound):
        contents.fields()
    with pytest.raises(NotFound):
        contents.first_page(Query(), 5)
    assert contents.rows([]) == {}
