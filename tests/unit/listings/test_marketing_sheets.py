"""Marketing groups written to a sheet, changed there, read back as one change."""

from __future__ import annotations

import csv

import pytest

from app.services.history.undo import undo
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.marketing.groups import create_marketing_group, marketing_groups
from app.services.listings.marketing.membership import names_of
from app.services.listings.marketing.sheets import NoMarketingSheet, export_marketing, import_marketing
from app.services.tasks import TaskCancelled, TaskContext


@pytest.fixture
def lamps(db, make_listing):
    made = [
        make_listing('Lamp, "wide"', product_key="K1", product_id="1005006000000001"),
        make_listing("=Mug", product_key="K2"),
        make_listing("Cup", product_key="K3"),
        make_listing("Cup again", product_key="K3"),
    ]
    create_marketing_group(db, 1, "Summer", "15.5")
    edit_listings(db, [ListingEdit(made[0].id, marketing_group="Summer")], label="change.edit")
    return made


def where(db, lamps):
    with db.reader.connect() as connection:
        found = names_of(connection, [one.id for one in lamps])
    return [found.get(one.id, "") for one in lamps]


def read(db, path):
    return import_marketing(db.path, path, 1, ctx=TaskContext())


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.reader(handle))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_written_changes_nothing_when_it_is_read(db, lamps, tmp_path, kind):
    path = tmp_path / f"groups.{kind}"
    assert export_marketing(db.path, path, 1, "en", ctx=TaskContext()) == 4
    result = read(db, path)
    assert (result.change, result.new_groups, result.refused) == (None, 0, ())
    assert len(result.unknown) == 2  # two listings share a key: nobody knows which is meant
    assert where(db, lamps) == ["Summer", "", "", ""]


def test_a_sheet_moves_listings_makes_groups_and_is_undone_as_one(db, lamps, tmp_path):
    path = tmp_path / "groups.csv"
    export_marketing(db.path, path, 1, "en", ctx=TaskContext())
    assert rows_of(path)[1] == ["1005006000000001", "K1", 'Lamp, "wide"', "Summer", "15.5"]
    path.write_text(
        "some words above\nProduct key,Marketing group,Discount %\nK1,,\nK2,winter sale,20\nK9,Summer,\n"
        "K2,Winter Sale,30\nK1,Spring,lots\n",
        "utf-8",
    )
    result = read(db, path)
    assert (result.new_groups, result.unknown, result.refused) == (1, (5,), (7,))
    assert result.change is not None
    assert (result.change.listing_count, result.change.source) == (2, "groups.csv")
    assert where(db, lamps) == ["", "winter sale", "", ""]
    planned = [(one.name, str(one.discount)) for one in marketing_groups(db)]
    assert planned == [("Summer", "15.5"), ("winter sale", "20")]
    undo(db)
    assert where(db, lamps) == ["Summer", "", "", ""]


def test_a_sheet_about_something_else_is_refused(db, lamps, tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("Order,Amount\n1,2\n", "utf-8")
    with pytest.raises(NoMarketingSheet) as refused:
        read(db, path)
    assert "Marketing group" in refused.value.params["known"]
    assert where(db, lamps) == ["Summer", "", "", ""]


def test_a_stopped_reading_leaves_no_groups_behind(db, lamps, tmp_path):
    path = tmp_path / "groups.csv"
    path.write_text("Product key,Marketing group,Discount %\nK1,Winter,20\nK2,Spring,\n", "utf-8")
    ctx, calls = TaskContext(), iter(range(9))

    def stop_later():
        if next(calls) == 1:
            raise TaskCancelled

    ctx.checkpoint = stop_later
    with pytest.raises(TaskCancelled):
        import_marketing(db.path, path, 1, ctx=ctx)
    assert [one.name for one in marketing_groups(db)] == ["Summer"]


def test_a_discount_is_planned_once_where_there_is_none(db, lamps, tmp_path):
    create_marketing_group(db, 1, "Autumn")
    path = tmp_path / "groups.csv"
    path.write_text("Product key,Marketing group,Discount %\nK1,autumn,12.5\nK2,Autumn,30\n", "utf-8")
    assert read(db, path).new_groups == 0
    assert [(one.name, str(one.discount)) for one in marketing_groups(db)] == [("Autumn", "12.5"), ("Summer", "15.5")]
    assert where(db, lamps)[:2] == ["Autumn", "Autumn"]
