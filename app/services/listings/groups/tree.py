"""The groups of some stores as the tree beside the table shows them, with how many listings each has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from app.models import StoreAccess
from app.services.db import Database
from app.services.listings.loading import id_list
from app.services.listings.marketing.groups import percent_of
from app.services.listings.marketing.plans import NO_PLAN, DiscountPlan, loaded
from app.services.paging import Filter


class GroupKind(StrEnum):
    """Groups of the shop window, which the platform has, and of discount campaigns, which are kept here."""

    PRODUCT = "product"
    MARKETING = "marketing"

    @property
    def field(self) -> str:
        """Its field in a bulk edit."""
        return "group_id" if self is GroupKind.PRODUCT else "marketing_group"

    @property
    def filter_field(self) -> str:
        """Its field in a filter."""
        return "group" if self is GroupKind.PRODUCT else "marketing_group"


@dataclass(frozen=True, slots=True)
class GroupNode:
    """A group. `value` is what a listing is given to be in it: the platform's id, or a marketing group's name.

    Attributes:
        id: of a marketing group, 0 for a product group.
        count: listings in it, those of `children` included.
        discount: planned for a marketing group, in percent as text; "" while undecided.
        plan: everything that takes off in it.
    """

    kind: GroupKind
    store_id: int
    value: str
    name: str
    count: int
    id: int = 0
    discount: str = ""
    parent: str = ""
    children: tuple[GroupNode, ...] = ()
    plan: DiscountPlan = NO_PLAN

    def filters(self) -> tuple[Filter, ...]:
        """The conditions that its listings, and those below it, fulfil."""
        values = (self.value, *(child.value for child in self.children))
        one = Filter(self.kind.filter_field, "=", self.value)
        return (one if len(values) == 1 else Filter(self.kind.filter_field, "in", values),)


@dataclass(frozen=True, slots=True)
class StoreGroups:
    """A store's groups of one kind, how many listings it has, and how many are in none."""

    kind: GroupKind
    store_id: int
    name: str
    is_writable: bool
    groups: tuple[GroupNode, ...]
    listings: int
    ungrouped: int


def group_tree(db: Database, kind: GroupKind, store_ids: Sequence[int] = ()) -> list[StoreGroups]:
    """The groups of these stores (none: all), by the stores' names."""
    chosen = f" WHERE id IN ({id_list(store_ids)})" if store_ids else ""
    with db.reader.connect() as connection:
        stores = connection.exec_driver_sql(f"SELECT id, name, access FROM store{chosen} ORDER BY name").all()
        read = _product if kind is GroupKind.PRODUCT else _marketing
        return [_of_store(connection, kind, store, read(connection, store[0])) for store in stores]


def _of_store(
    connection: Connection, kind: GroupKind, store: Sequence[object], found: tuple[list[GroupNode], int]
) -> StoreGroups:
    groups, ungrouped = found
    number = connection.exec_driver_sql("SELECT count(*) FROM listing WHERE store_id = ?", (store[0],)).scalar_one()
    store_id, name, access = store
    is_writable = access == StoreAccess.OPERATE
    return StoreGroups(kind, int(str(store_id)), str(name), is_writable, tuple(groups), int(number), ungrouped)


def _product(connection: Connection, store_id: int) -> tuple[list[GroupNode], int]:
    counts = {
        str(group_id): int(number)
        for group_id, number in connection.exec_driver_sql(
            "SELECT group_id, count(*) FROM listing WHERE store_id = ? GROUP BY +group_id", (store_id,)
        )
    }
    rows = connection.exec_driver_sql(
        "SELECT group_id, parent_id, name FROM product_group WHERE store_id = ? ORDER BY name", (store_id,)
    ).all()
    tops = _tops({row[0]: row[1] for row in rows})
    below: defaultdict[str, list[GroupNode]] = defaultdict(list)
    for group_id, parent_id, name in rows:
        if tops[group_id] != group_id:
            node = GroupNode(GroupKind.PRODUCT, store_id, group_id, name, counts.get(group_id, 0), parent=parent_id)
            below[tops[group_id]].append(node)
    top = []
    for group_id, _, name in rows:
        if tops[group_id] == group_id:
            children = tuple(below[group_id])
            whole = counts.get(group_id, 0) + sum(child.count for child in children)
            top.append(GroupNode(GroupKind.PRODUCT, store_id, group_id, name, whole, children=children))
    return top, counts.get("", 0)


def _tops(parents: dict[str, str]) -> dict[str, str]:
    """The group at the top above each. The platform has two levels; groups of deeper ones all stand below the topmost,
    and one that is below itself stands at the top, so that none is lost."""
    found: dict[str, str] = {}
    for group in parents:
        above, seen = group, {group}
        while parents[above] in parents:
            above = parents[above]
            if above in seen:
                above = group
                break
            seen.add(above)
        found[group] = above
    return {group: top if found[top] == top else group for group, top in found.items()}


def _marketing(connection: Connection, store_id: int) -> tuple[list[GroupNode], int]:
    rows = connection.exec_driver_sql(
        "SELECT id, name, discount_bp, coalesce(number, 0), discount_plan FROM marketing_group LEFT JOIN "
        "(SELECT group_id, count(*) AS number FROM marketing_member GROUP BY group_id) ON group_id = id "
        "WHERE store_id = ? ORDER BY name",
        (store_id,),
    ).all()
    groups = [
        GroupNode(
            GroupKind.MARKETING, store_id, name, name, number, id, _percent(hundredths), plan=loaded(hundredths, plan)
        )
        for id, name, hundredths, number, plan in rows
    ]
    outside = connection.exec_driver_sql(
        "SELECT count(*) FROM listing WHERE store_id = ? AND id NOT IN (SELECT listing_id FROM marketing_member)",
        (store_id,),
    ).scalar_one()
    return groups, int(outside)


def _percent(hundredths: int | None) -> str:
    percent = percent_of(hundredths)
    return "" if percent is None else f"{percent:f}"
