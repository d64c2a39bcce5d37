"""Trees of groups whatever a platform sends, groups of the chosen listings' stores, and groups that come and go."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.models import ProductGroup
from app.services.clock import now_ms
from app.services.errors import NotFound
from app.services.listings.bulk_edit.choosing import stores_of
from app.services.listings.groups.desk import LONGEST_NAME, BadGroupName, GroupDesk, checked_name
from app.services.listings.groups.tree import GroupKind, GroupNode, group_tree
from app.services.listings.marketing.groups import (
    BadMarketingGroup,
    basis_points,
    change_marketing_group,
    create_marketing_group,
    delete_marketing_group,
    percent_of,
)
from app.services.listings.marketing.membership import (
    cannot_return,
    image_of,
    images_of,
    known_names,
    names_of,
    put_into,
    restore,
)
from app.services.paging import Filter, Query


@pytest.fixture
def second(db):
    """A second store that may be written, a third that may only be read."""
    with db.bulk() as connection:
        for number, access in ((2, "operate"), (3, "read_only")):
            connection.exec_driver_sql(
                "INSERT INTO store (id, name, alias, colour, gateway, credential_ref, seller_id, access, health, "
                "is_practice, created_ms) VALUES (?, ?, '', '', 'http://x', ?, '', ?, 'ok', 0, 1)",
                (number, f"Store {number}", str(number), access),
            )
    return db


def product_groups(db, *groups, store=1):
    with db.write() as session:
        for number, parent, name in groups:
            session.add(ProductGroup(store_id=store, group_id=number, parent_id=parent, name=name, synced_ms=now_ms()))


def shape(nodes):
    return [(one.name, shape(one.children)) for one in nodes]


class TestTree:
    def test_a_child_of_nobody_stands_at_the_top(self, db):
        product_groups(db, ("1", "99", "Orphan"), ("2", "", "Top"), ("3", "2", "Child"))
        (store,) = group_tree(db, GroupKind.PRODUCT)
        assert shape(store.groups) == [("Orphan", []), ("Top", [("Child", [])])]

    @pytest.mark.parametrize(
        "groups",
        [
            (("1", "1", "Self"),),
            (("1", "2", "One"), ("2", "1", "Other")),
            (("1", "2", "A"), ("2", "3", "B"), ("3", "2", "C")),
        ],
    )
    def test_groups_within_each_other_are_not_lost(self, db, groups):
        product_groups(db, *groups)
        (store,) = group_tree(db, GroupKind.PRODUCT)

        def names(nodes):
            return [name for one in nodes for name in (one.name, *names(one.children))]

        assert sorted(names(store.groups)) == sorted(name for _, _, name in groups)

    def test_a_third_level_is_counted_and_shown(self, db, make_listing):
        product_groups(db, ("1", "", "A"), ("2", "1", "B"), ("3", "2", "C"))
        make_listing(group_id="3")
        (store,) = group_tree(db, GroupKind.PRODUCT)
        (top,) = store.groups
        assert top.count == 1
        assert {one.value for one in top.filters()[0:1]} and "3" in (*top.filters()[0].value,)

    def test_a_group_alone_asks_for_itself(self):
        node = GroupNode(GroupKind.MARKETING, 1, "Summer", "Summer", 0, id=5)
        assert node.filters() == (Filter("marketing_group", "=", "Summer"),)

    def test_stores_by_name_and_only_those_asked_for(self, second):
        assert [store.store_id for store in group_tree(second, GroupKind.MARKETING, [3, 2])] == [2, 3]
        assert [store.is_writable for store in group_tree(second, GroupKind.MARKETING, [3, 2])] == [True, False]


class TestChosen:
    def test_the_stores_of_what_is_chosen(self, second, make_listing):
        one = make_listing()
        desk = GroupDesk(SimpleNamespace(db=second, database_path=second.path))
        assert [store.store_id for store in desk.tree_of(GroupKind.PRODUCT, [one.id])] == [1]
        assert desk.tree_of(GroupKind.PRODUCT, [one.id + 1]) == []
        assert [number for number, _ in stores_of(second, Query())] == [1, 2]  # the third may only be read
        assert [number for number, _ in stores_of(second, Query(store_ids=(2, 3)))] == [2]


class TestNames:
    @pytest.mark.parametrize("name", ["", " ", "Lampen·Ä", "灯具", "x" * (LONGEST_NAME + 1), "a\tb\x00", "a\x7f"])
    def test_the_platform_takes_plain_english_names(self, name):
        with pytest.raises(BadGroupName):
            checked_name(name)

    def test_blanks_are_one(self):
        assert checked_name("  Table   lamps ") == "Table lamps"

    @pytest.mark.parametrize(
        ("typed", "stored", "shown"), [("15.5 %", 1550, "15.5"), ("0.01", 1, "0.01"), ("99", 9900, "99")]
    )
    def test_discounts_are_exact(self, typed, stored, shown):
        assert basis_points(typed) == stored
        assert f"{percent_of(stored):f}" == shown
        assert (basis_points("  "), percent_of(None)) == (None, None)

    @pytest.mark.parametrize("typed", ["-1", "0.001", "99.01", "1e-9", "Infinity", "1 5", "0x10"])
    def test_other_discounts_are_refused(self, typed):
        with pytest.raises(BadMarketingGroup):
            basis_points(typed)


class TestMembership:
    def test_a_group_of_another_store_takes_nothing(self, second, make_listing):
        record = make_listing()
        create_marketing_group(second, 2, "Theirs")
        with second.bulk() as connection:
            assert not put_into(connection, record.id, "Theirs")
            assert image_of(connection, record.id) == {"marketing_group": "", "id": None}
            assert known_names(connection, 2) == {"theirs": "Theirs"}

    def test_a_listing_is_in_one_group_at_most(self, db, make_listing):
        record = make_listing()
        for name in ("Summer", "Autumn"):
            create_marketing_group(db, 1, name)
            with db.bulk() as connection:
                assert put_into(connection, record.id, name)
        with db.bulk() as connection:
            assert names_of(connection, [record.id, 10**9]) == {record.id: "Autumn"}
            assert put_into(connection, record.id, "")
            assert images_of(connection, [record.id]) == {}

    def test_going_back_follows_a_renamed_group_and_makes_a_deleted_one_anew(self, db, make_listing):
        record, summer = make_listing(), create_marketing_group(db, 1, "Summer")
        image = {"marketing_group": "Summer", "id": summer}
        change_marketing_group(db, summer, "High summer", "")
        with db.bulk() as connection:
            restore(connection, record.id, image)
            assert names_of(connection, [record.id]) == {record.id: "High summer"}
            put_into(connection, record.id, "")
        delete_marketing_group(db, summer)
        with db.bulk() as connection:
            restore(connection, record.id, image)
            assert names_of(connection, [record.id]) == {record.id: "Summer"}

    def test_a_name_that_was_given_again_cannot_return(self, second):
        summer = create_marketing_group(second, 1, "Summer")
        before = {"store_id": 1, "name": "SUMMER", "discount_bp": None, "created_ms": 1}
        with second.bulk() as connection:
            assert cannot_return(connection, summer + 1, before)
            assert not cannot_return(connection, summer + 1, {**before, "store_id": 2})
            assert not cannot_return(connection, summer, before)  # it is the group itself
            assert not cannot_return(connection, summer, None)

    def test_what_is_no_group_cannot_be_changed_or_deleted(self, db):
        for act in (lambda: delete_marketing_group(db, 77), lambda: change_marketing_group(db, 77, "A", "")):
            with pytest.raises(NotFound):
                act()
