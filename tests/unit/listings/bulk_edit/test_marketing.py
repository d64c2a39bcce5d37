"""Marketing groups: at most one for a listing, a planned discount to the hundredth, every change taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.errors import NotFound
from app.services.history.contents import ChangeContents
from app.services.history.listing import list_changes
from app.services.history.undo import redo, undo
from app.services.history.wording import change_label
from app.services.listings.bulk_edit.applying import apply_plan
from app.services.listings.bulk_edit.operations import FixFindings, SetValue
from app.services.listings.bulk_edit.typed import parse_setting
from app.services.listings.filters import parse_filters
from app.services.listings.marketing.groups import (
    BadMarketingGroup,
    change_marketing_group,
    create_marketing_group,
    delete_marketing_group,
    marketing_groups,
)
from app.services.listings.marketing.membership import names_of
from app.services.listings.source import ListingSource
from app.services.paging import Query
from app.services.tasks import TaskContext


def put(planned, name, *ids):
    return apply_plan(planned(SetValue("marketing_group", name), chosen=ids), TaskContext())


def where(db):
    with db.reader.connect() as connection:
        return names_of(connection, range(1, 50))


def found(db, text):
    return list(ListingSource(db).ids(Query(filters=parse_filters(text))))


def test_a_group_has_a_name_and_an_exact_discount(db):
    summer = create_marketing_group(db, 1, "  Summer  sale ", "15.5 %")
    create_marketing_group(db, 1, "Clearance")
    kept = [(one.name, one.discount, one.listings) for one in marketing_groups(db, [1])]
    assert kept == [("Clearance", None, 0), ("Summer sale", Decimal("15.5"), 0)]
    change_marketing_group(db, summer, "SUMMER sale", "40")
    assert [one.discount for one in marketing_groups(db)] == [None, Decimal(40)]
    for name, discount, code in (
        ("", "", "marketing.name"),
        ("x" * 61, "", "marketing.name"),
        ("summer SALE", "", "marketing.taken"),
        ("New", "0", "marketing.discount"),
        ("New", "99.001", "marketing.discount"),
        ("New", "15.555", "marketing.discount"),
        ("New", "１５,5", "marketing.discount"),
        ("New", "NaN", "marketing.discount"),
        ("New", "1e400", "marketing.discount"),
    ):
        with pytest.raises(BadMarketingGroup) as refused:
            create_marketing_group(db, 1, name, discount)
        assert refused.value.error_code == code
    with pytest.raises(NotFound):
        change_marketing_group(db, 99, "Other", "")


def test_listings_are_put_into_one_group_as_one_change_that_is_taken_back(db, planned, make_listing):
    first, second, third = (make_listing(f"Lamp {number}") for number in range(3))
    summer = create_marketing_group(db, 1, "Summer")
    create_marketing_group(db, 1, "Winter")
    put(planned, "winter", first.id)
    applied = put(planned, "Summer", first.id, second.id)
    assert applied.changed == 2
    assert where(db) == {first.id: "Summer", second.id: "Summer"}
    assert found(db, "marketing_group = Summer") == [second.id, first.id]
    assert found(db, "marketing_group is missing") == [third.id]
    assert found(db, "营销分组 != Summer") == [third.id]
    assert [one.listings for one in marketing_groups(db)] == [2, 0]
    before = {row.id: row for row in ListingSource(db).rows([first.id]).values()}[first.id]
    assert (before.marketing_group, before.is_changed, before.status) == ("Summer", 0, "draft")
    with pytest.raises(BadMarketingGroup) as held:
        delete_marketing_group(db, summer)
    assert held.value.params == {"n": 2}
    change = ChangeContents(db, applied.change.uid)
    assert change.fields() == ("marketing_group",)
    value = change.children(first.id)[0]
    assert (value.field, value.before, value.after) == ("marketing_group", "Winter", "Summer")
    undo(db)
    assert where(db) == {first.id: "Winter"}
    redo(db)
    assert where(db) == {first.id: "Summer", second.id: "Summer"}


def test_undo_follows_a_renamed_group_makes_a_deleted_one_anew_and_names_what_moved_on(db, planned, make_listing):
    lamp, other = make_listing("Lamp"), make_listing("Other")
    summer = create_marketing_group(db, 1, "Summer")
    put(planned, "Summer", lamp.id, other.id)
    change_marketing_group(db, summer, "July", "")
    put(planned, "", lamp.id, other.id)
    assert undo(db).restored == 2
    assert where(db) == {lamp.id: "July", other.id: "July"}
    out = put(planned, "", lamp.id, other.id)
    delete_marketing_group(db, summer)
    create_marketing_group(db, 1, "Spring")
    put(planned, "Spring", other.id)
    result = undo(db, out.change.uid)
    assert (result.restored, result.conflicts) == (1, (other.id,))
    assert where(db) == {lamp.id: "July", other.id: "Spring"}


def test_a_group_of_another_store_is_refused_and_said(db, planned, make_listing, write):
    lamp = make_listing("Lamp")
    write(
        "INSERT INTO store (id, name, alias, colour, gateway, credential_ref, seller_id, access, health, "
        "is_practice, created_ms) VALUES (2, 'Other', '', '', 'http://127.0.0.1:1', 'two', '', 'operate', 'ok', 0, 1)"
    )
    create_marketing_group(db, 2, "Theirs")
    plan = planned(SetValue("marketing_group", "Theirs"), chosen=[lamp.id])
    assert plan.counts.reasons == {"not_of_store": 1}
    assert apply_plan(plan, TaskContext()).change is None


def test_it_is_typed_as_any_other_field():
    assert parse_setting("marketing_group = Summer sale", None) == SetValue("marketing_group", "Summer sale")
    assert parse_setting('marketing_group="a = b"', None) == SetValue("marketing_group", "a = b")
    assert parse_setting("marketing_group=", None) == SetValue("marketing_group", "")


def test_a_rename_and_a_discount_stand_in_the_history_and_are_taken_back(db):
    summer = create_marketing_group(db, 1, "Summer", "10")
    assert change_marketing_group(db, summer, "Summer", "10") is None
    renamed = change_marketing_group(db, summer, "July", "15.5")
    assert change_label(renamed) == change_label(list_changes(db)[0])
    assert {"Summer", "July", "15.5 %"} <= {*renamed.params.values()}
    row = ChangeContents(db, renamed.uid).first_page(Query(), 5)[0]
    assert [(one.field, one.before, one.after) for one in row.values] == [
        ("name", "Summer", "July"), ("discount_bp", 1000, 1550),
    ]  # fmt: skip
    assert (row.title, row.code, row.state) == ("July", "", "stands")
    assert undo(db).restored == 1
    assert [(one.name, one.discount) for one in marketing_groups(db)] == [("Summer", Decimal(10))]
    assert redo(db).restored == 1
    assert [(one.name, one.discount) for one in marketing_groups(db)] == [("July", Decimal("15.5"))]


def test_a_name_that_was_given_away_is_not_taken_back_by_undo(db):
    summer = create_marketing_group(db, 1, "Summer")
    renamed = change_marketing_group(db, summer, "July", "")
    create_marketing_group(db, 1, "SUMMER")
    assert undo(db, renamed.uid).conflicts == (-summer,)
    assert [one.name for one in marketing_groups(db)] == ["July", "SUMMER"]
    delete_marketing_group(db, summer)
    assert undo(db, renamed.uid).conflicts == (-summer,)


def test_a_deleted_group_comes_back_with_its_discount_unless_its_name_is_taken(db):
    summer = create_marketing_group(db, 1, "Summer", "15.5")
    gone = delete_marketing_group(db, summer)
    assert change_label(gone).endswith("“Summer”")
    assert marketing_groups(db) == []
    undo(db)
    assert [(one.id, one.name, one.discount) for one in marketing_groups(db)] == [(summer, "Summer", Decimal("15.5"))]
    redo(db)
    assert marketing_groups(db) == []
    other = create_marketing_group(db, 1, "SUMMER")
    assert undo(db, gone.uid).conflicts == (-summer,)
    assert [one.id for one in marketing_groups(db)] == [other]


def test_deleting_is_not_done_again_over_listings_put_in_meanwhile(db, make_listing, planned):
    summer = create_marketing_group(db, 1, "Summer")
    gone = delete_marketing_group(db, summer)
    undo(db, gone.uid)
    record = make_listing()
    with db.bulk() as connection:
        connection.exec_driver_sql("INSERT INTO marketing_member VALUES (?, ?)", (record.id, summer))
    redo(db)
    assert where(db) == {record.id: "Summer"}


def test_a_fix_of_the_same_edit_works_on_what_it_finds_beside_group_and_warehouse(db, planned, make_listing, loaded):
    create_marketing_group(db, 1, "Summer")
    lamp = make_listing("Bedside Lamp \N{FIRE} Dimmable")
    steps = (SetValue("marketing_group", "Summer"), SetValue("warehouse_kind", "real"), FixFindings("title.emoji"))
    assert apply_plan(planned(*steps, chosen=[lamp.id]), TaskContext()).changed == 1
    assert where(db) == {lamp.id: "Summer"}
    assert loaded(lamp.id).title == "Bedside Lamp Dimmable"
