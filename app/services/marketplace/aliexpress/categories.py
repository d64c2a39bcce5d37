"""Categories, their attributes, and the store's product groups (protocol reference 5.7, 5.12)."""

from __future__ import annotations

from app.services.marketplace.aliexpress.calls import Calls
from app.services.marketplace.aliexpress.encoding import wire_id
from app.services.marketplace.aliexpress.envelope import reading
from app.services.marketplace.aliexpress.mapping.methods import CATEGORY_ATTRIBUTES, CATEGORY_CHILDREN, GROUP_LIST
from app.services.marketplace.aliexpress.mapping.store import read_attribute, read_category, read_groups
from app.services.marketplace.aliexpress.mapping.table import rows
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
