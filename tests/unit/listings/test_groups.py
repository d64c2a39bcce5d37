"""Product groups and marketing groups as the tree shows them, and putting listings into them in one step."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from app.models import ProductGroup
from app.services.clock import now_ms
from app.services.history.undo import undo
from app.services.listings.chosen import Chosen
from app.services.listings.groups.desk import BadGroupName, GroupDesk, assign, checked_name
from app.services.listings.groups.tree import GroupKind, group_tree
from app.services.listings.marketing.groups import BadMarketingGroup, create_marketing_group
from app.services.listings.source import ListingSource
from app.services.marketplace.port import RemoteGroup
from app.services.paging import Filter, Query
from app.services.tasks import TaskContext
from tests.unit.stores.conftest import MemoryMarketplace


@pytest.fixture
def grouped(db, make_listing):
    """Lamps with table lamps below, and mugs; two listings in lamps and below, one in none, one in a group that is
    not there any more."""
    with db.write() as session:
        for number, parent, name in (("71", "", "Lamps"), ("72", "71", "Table lamps"), ("73", "", "Mugs")):
            session.add(ProductGroup(store_id=1, group_id=number, parent_id=parent, name=name, synced_ms=now_ms()))
    return [make_listing(f"Lamp {group}", group_id=group) for group in ("71", "72", "", "99")]


def matching(db, filters):
    return sorted(ListingSource(db).ids(Query(filters=filters)))


def test_a_parent_counts_what_is_below_it(db, grouped):
    (store,) = group_tree(db, GroupKind.PRODUCT)
    assert (store.listings, store.ungrouped, store.is_writable) == (4, 1, True)
    lamps, mugs = store.groups
    assert [(one.name, one.count) for one in (lamps, *lamps.children, mugs)] == [
        ("Lamps", 2), ("Table lamps", 1), ("Mugs", 0),
    ]  # fmt: skip
    assert lamps.children[0].parent == "71"
    assert matching(db, lamps.filters()) == [grouped[0].id, grouped[1].id]
    assert lamps.children[0].filters() == (Filter("group", "=", "72"),)
    assert group_tree(db, GroupKind.PRODUCT, [2]) == []


def test_marketing_groups_stand_flat_with_their_discount(db, grouped):
    create_marketing_group(db, 1, "Summer", "15.5")
    create_marketing_group(db, 1, "Clearance")
    chosen = [grouped[0].id, grouped[3].id]
    applied = assign(db.path, chosen, "marketing_group", "Summer", ctx=TaskContext())
    assert applied.changed == 2
    (store,) = group_tree(db, GroupKind.MARKETING)
    assert [(one.name, one.discount, one.count, one.children) for one in store.groups] == [
        ("Clearance", "", 0, ()), ("Summer", "15.5", 2, ()),
    ]  # fmt: skip
    assert (store.listings, store.ungrouped) == (4, 2)
    assert matching(db, store.groups[1].filters()) == chosen
    assert undo(db).restored == 2
    assert group_tree(db, GroupKind.MARKETING)[0].ungrouped == 4


def test_a_whole_filter_goes_into_a_product_group_and_comes_back(db, grouped):
    everything: Chosen = Query(text="lamp")
    applied = assign(db.path, everything, "group_id", "73", ctx=TaskContext())
    assert applied.changed == 4
    assert {one.name: one.count for one in group_tree(db, GroupKind.PRODUCT)[0].groups} == {"Lamps": 0, "Mugs": 4}
    again = assign(db.path, everything, "group_id", "73", ctx=TaskContext())
    assert (again.changed, again.change) == (0, None)
    undo(db)
    assert {one.name: one.count for one in group_tree(db, GroupKind.PRODUCT)[0].groups} == {"Lamps": 2, "Mugs": 0}


def test_a_store_that_may_only_be_read_offers_nothing_to_write(db, grouped, write):
    write("UPDATE store SET access = 'read_only' WHERE id = 1")
    assert not group_tree(db, GroupKind.PRODUCT)[0].is_writable


@pytest.mark.parametrize("name", ["", "   ", "x" * 51, "灯具", "Lämps", "a\x00b"])
def test_a_product_group_is_named_as_the_platform_takes_it(name):
    with pytest.raises(BadGroupName) as refused:
        checked_name(name)
    assert refused.value.params["most"] == 50
    desk = GroupDesk(SimpleNamespace())
    with pytest.raises(BadGroupName):  # before anything is sent
        asyncio.run(desk.create_product_group(1, name, "", TaskContext()))


def test_a_new_group_is_made_on_the_platform_and_all_are_fetched(db, grouped):
    class Platform(MemoryMarketplace):
        async def create_group(self, name: str, parent_id: str = "") -> str:
            self.groups.append(RemoteGroup("74", name, parent_id))
            return "74"

    platform = Platform(groups=[RemoteGroup("71", "Lamps", ""), RemoteGroup("73", "Cups", "")])
    app = SimpleNamespace(db=db, connected=lambda store: nullcontext(platform))
    made = asyncio.run(GroupDesk(app).create_product_group(1, " Floor  lamps ", "71", TaskContext()))
    assert (made, platform.groups[-1]) == ("74", RemoteGroup("74", "Floor lamps", "71"))
    with db.reader.connect() as connection:
        kept = connection.exec_driver_sql("SELECT group_id, name, parent_id FROM product_group ORDER BY 1").all()
    assert kept == [("71", "Lamps", ""), ("73", "Cups", ""), ("74", "Floor lamps", "71")]


def test_blanks_of_a_name_are_single(db):
    assert checked_name("  Table   lamps ") == "Table lamps"
    desk = GroupDesk(SimpleNamespace(db=db, database_path=db.path))
    number = desk.create_marketing_group(1, " Big   sale ", "20 %")
    assert [(one.id, one.name, one.discount) for one in desk.tree(GroupKind.MARKETING)[0].groups] == [
        (number, "Big sale", "20"),
    ]  # fmt: skip
    change = desk.change_marketing_group(number, "Big sale", "")
    assert change is not None and change.label == "change.group_discount"
    desk.delete_marketing_group(number)
    assert desk.tree(GroupKind.MARKETING)[0].groups == ()
    with pytest.raises(BadMarketingGroup):
        desk.create_marketing_group(1, "", "")
