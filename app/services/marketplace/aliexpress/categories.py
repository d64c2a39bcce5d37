"""Categories, their attributes, and the store's product groups (protocol reference 5.7, 5.12)."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.marketplace.aliexpress.calls import Calls
from app.services.marketplace.aliexpress.encoding import wire_id
from app.services.marketplace.aliexpress.envelope import reading
from app.services.marketplace.aliexpress.mapping.methods import (
    CATEGORY_ATTRIBUTES,
    CATEGORY_CHILDREN,
    GROUP_CREATE,
    GROUP_LIST,
    GROUP_SET,
)
from app.services.marketplace.aliexpress.mapping.store import read_attribute, read_category, read_groups
from app.services.marketplace.aliexpress.mapping.table import rows
from app.services.marketplace.aliexpress.values import ident, listed
from app.services.marketplace.port import RemoteAttribute, RemoteCategory, RemoteGroup


class CategoryCalls(Calls):
    """The category part of the port; documented there."""

    async def category_children(self, parent_id: str = "0") -> tuple[RemoteCategory, ...]:
        """Children of a category; "0" is the root."""
        answer = await self._session.call(CATEGORY_CHILDREN, {"param0": wire_id(parent_id, "category_id")})
        with reading(CATEGORY_CHILDREN):
            return tuple(read_category(row, parent_id) for row in rows(answer.get("aeop_post_category_list")))

    async def category_attributes(self, category_id: str) -> tuple[RemoteAttribute, ...]:
        """Attributes and sale properties of a leaf category."""
        answer = await self._session.call(CATEGORY_ATTRIBUTES, {"param1": wire_id(category_id, "category_id")})
        with reading(CATEGORY_ATTRIBUTES):
            return tuple(read_attribute(row) for row in rows(answer.get("attributes")))

    async def product_groups(self) -> tuple[RemoteGroup, ...]:
        """All product groups, parents before children."""
        answer = await self._session.call(GROUP_LIST)
        with reading(GROUP_LIST):
            return tuple(read_groups(rows(answer.get("target_list"))))

    async def create_group(self, name: str, parent_id: str = "") -> str:
        """Make a group; 1 to 50 English characters, two levels only."""
        params = {"name": name, "parent_id": wire_id(parent_id or "0", "group_id")}
        answer = await self._session.call(GROUP_CREATE, params)
        with reading(GROUP_CREATE):
            group_id = ident(answer.get("target"))
            if not group_id:
                raise ValueError("no group id")
        return group_id

    async def set_groups(self, product_id: str, group_ids: Sequence[str]) -> tuple[str, ...]:
        """Put a listing into these groups only."""
        sent = ",".join(str(wire_id(group_id, "group_id")) for group_id in group_ids)
        params = {"product_id": wire_id(product_id, "product_id"), "group_ids": sent}
        answer = await self._session.call(GROUP_SET, params)
        with reading(GROUP_SET):
            return tuple(ident(group_id) for group_id in listed(answer.get("target_list")))
