"""What a store has that can only be read: freight and service templates, size charts, its profile (protocol reference
5.8, 5.14, 5.19, 5.20)."""

from __future__ import annotations

from app.services.marketplace.aliexpress.calls import Calls
from app.services.marketplace.aliexpress.encoding import wire_id
from app.services.marketplace.aliexpress.envelope import reading
from app.services.marketplace.aliexpress.mapping.families import PROFILE_FAMILIES, ProfileFamily
from app.services.marketplace.aliexpress.mapping.methods import FREIGHT_LIST, FREIGHT_READ, PROMISE_LIST, SIZE_CHARTS
from app.services.marketplace.aliexpress.mapping.store import (
    read_freight_services,
    read_freight_template,
    read_profile,
    read_promise_template,
    read_size_chart,
)
from app.services.marketplace.aliexpress.mapping.table import rows
from app.services.marketplace.port import RemoteFreightTemplate
from app.services.marketplace.records import RemotePromiseTemplate, SizeChart, StoreProfile

_ALL = -1


class TemplateCalls(Calls):
    """The template part of the port; documented there."""

    async def freight_templates(self) -> tuple[RemoteFreightTemplate, ...]:
        """All freight templates, without their settings."""
        answer = await self._session.call(FREIGHT_LIST)
        with reading(FREIGHT_LIST):
            return tuple(
                read_freight_template(row, None) for row in rows(answer.get("aeop_freight_template_d_t_o_list"))
            )

    async def freight_template(self, template_id: str) -> RemoteFreightTemplate:
        """One freight template; `services` holds a setting per carrier in the nested form."""
        answer = await self._session.call(FREIGHT_READ, {"template_id": wire_id(template_id, "freight_template_id")})
        with reading(FREIGHT_READ):
            services = read_freight_services(answer.get("freight_setting_list"))
            return read_freight_template({"template_id": template_id, **answer}, services)

    async def promise_templates(self) -> tuple[RemotePromiseTemplate, ...]:
        """All service templates of the store."""
        answer = await self._session.call(PROMISE_LIST, {"template_id": _ALL})
        with reading(PROMISE_LIST):
            return tuple(read_promise_template(row) for row in rows(answer.get("template_list")))

    async def size_charts(self, category_id: str) -> tuple[SizeChart, ...]:
        """Size charts of the store for a leaf category."""
        answer = await self._session.call(SIZE_CHARTS, {"category_id": wire_id(category_id, "category_id")})
        with reading(SIZE_CHARTS):
            return tuple(read_size_chart(row) for row in rows(answer.get("sizechart_d_t_o_list")))

    async def store_profile(self) -> StoreProfile:
        """Who the store is and how many listings it may have."""

        async def read(family: ProfileFamily) -> StoreProfile:
            answer = await self._session.call(family.read)
            with reading(family.read):
                return read_profile(answer)

        return await self._families.run("profile", PROFILE_FAMILIES, read)
