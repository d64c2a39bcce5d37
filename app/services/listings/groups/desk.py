"""What the window does with groups: show them, make them, put listings into them.

The platform lets product groups be made and listings be put into them; it has no call for renaming, moving or deleting
one (aliexpress-open-platform.md 5.7), so these are not offered. Marketing groups are kept here and can be all of that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.messages import messages
from app.services.errors import InputError
from app.services.history.records import ChangeRecord
from app.services.listings.bulk_edit.choosing import stores_of
from app.services.listings.bulk_edit.edits import BulkEdit
from app.services.listings.bulk_edit.operations import SetValue
from app.services.listings.bulk_edit.records import Applied
from app.services.listings.bulk_edit.session import apply, discard, prepare
from app.services.listings.chosen import Chosen
from app.services.listings.groups.tree import GroupKind, StoreGroups, group_tree
from app.services.listings.marketing.groups import (
    change_marketing_group,
    create_marketing_group,
    delete_marketing_group,
)
from app.services.listings.marketing.plans import PlanText
from app.services.tasks import TaskContext

if TYPE_CHECKING:
    from app.services.application import Application

LONGEST_NAME = 50
"""Of a product group, English characters only (aliexpress-open-platform.md 5.7)."""


class BadGroupName(InputError):
    """`name` is no name of a product group: it has 1 to `most` English characters."""

    code = "group.name"


def assign(database: Path, chosen: Chosen, field: str, value: str, *, ctx: TaskContext) -> Applied:
    """Put the listings of *chosen* into a group, "" for none, as one change. Runs in the worker process.

    Raises:
        TaskCancelled: stopped; nothing was written.
    """
    head = prepare(database, BulkEdit((SetValue(field, value),)), chosen, checks=False, ctx=ctx)
    try:
        return apply(head.token, ctx=ctx)
    finally:
        discard(head.token, ctx=ctx)


def checked_name(name: str) -> str:
    """The name of a product group as the platform takes it. Raises: BadGroupName."""
    cleaned = " ".join(name.split())
    if not cleaned.isascii() or not cleaned.isprintable() or not 0 < len(cleaned) <= LONGEST_NAME:
        raise BadGroupName(name=cleaned, most=LONGEST_NAME)
    return cleaned


class GroupDesk:
    """The use cases of groups over an `Application`. Plain methods touch the disk."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def tree(self, kind: GroupKind, store_ids: Sequence[int] = ()) -> list[StoreGroups]:
        """The groups of these stores, all without ids."""
        return group_tree(self._app.db, kind, store_ids)

    def tree_of(self, kind: GroupKind, chosen: Chosen) -> list[StoreGroups]:
        """The groups of the stores that the listings of *chosen* belong to; of a filter, of those it names."""
        stores = [store_id for store_id, _ in stores_of(self._app.db, chosen)]
        return group_tree(self._app.db, kind, stores) if stores else []

    def assign_call(self, chosen: Chosen, kind: GroupKind, value: str) -> tuple[Any, ...]:
        """The call for the worker process that puts listings into a group. Result: `Applied`."""
        return "app.services.listings.groups.desk:assign", self._app.database_path, chosen, kind.field, value

    async def create_product_group(self, store_id: int, name: str, parent_id: str, ctx: TaskContext) -> str:
        """Make a group on the platform, at the top or below a top one, and fetch all groups. Returns: its id.

        Raises: BadGroupName, MarketplaceError, OutOfReach.
        """
        from app.services.stores.practice import reachable
        from app.services.stores.reading import get_store
        from app.services.stores.sync.templates import sync_groups

        cleaned = checked_name(name)
        store = await reachable(self._app, await asyncio.to_thread(get_store, self._app.db, store_id))
        async with self._app.connected(store) as marketplace:
            group_id = await marketplace.create_group(cleaned, parent_id)
            await sync_groups(self._app.db, marketplace, store_id, ctx=ctx)
        return group_id

    def export_call(self, path: Path, store_id: int) -> tuple[Any, ...]:
        """The call that writes a store's marketing groups to a sheet. Result: how many listings."""
        language = messages.language
        return (
            "app.services.listings.marketing.sheets:export_marketing",
            self._app.database_path,
            path,
            store_id,
            language,
        )

    def import_call(self, path: Path, store_id: int) -> tuple[Any, ...]:
        """The call that reads them back. Result: `MarketingRead`."""
        return "app.services.listings.marketing.sheets:import_marketing", self._app.database_path, path, store_id

    def create_marketing_group(self, store_id: int, name: str, discount: str, plan: PlanText | None = None) -> int:
        """Make a marketing group. Returns: its id. Raises: BadMarketingGroup, HighCoupon, BadReduction."""
        return create_marketing_group(self._app.db, store_id, name, discount, plan)

    def change_marketing_group(
        self, group_id: int, name: str, discount: str, plan: PlanText | None = None
    ) -> ChangeRecord | None:
        """Another name or plan (None: it stays), as a change. Raises: as `create_marketing_group`, NotFound."""
        from app.services.price_guard.rechecking import recheck_group

        change = change_marketing_group(self._app.db, group_id, name, discount, plan)
        if change is not None:
            recheck_group(self._app.db, group_id)
        return change

    def delete_marketing_group(self, group_id: int) -> ChangeRecord:
        """Delete an empty one, as a change. Raises: BadMarketingGroup, NotFound."""
        return delete_marketing_group(self._app.db, group_id)
