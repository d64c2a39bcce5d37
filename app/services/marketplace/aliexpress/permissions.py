"""What a store's account may call, found by calling it in a way that changes nothing.

Reads are asked for as little as possible. Writes are sent without the parameter they cannot do without: the gateway
itself refuses such a call, as it does one without permission, and neither reaches the business behind it (protocol
reference 4.4).
"""

from __future__ import annotations

from typing import Any

from app.services.marketplace.aliexpress.calls import Calls
from app.services.marketplace.aliexpress.listings import QUERY
from app.services.marketplace.aliexpress.mapping.methods import (
    CARRIER_LIST,
    CATEGORY_CHILDREN,
    FREIGHT_LIST,
    GROUP_LIST,
    LISTING_CREATE,
    LISTING_LIST,
    ORDER_LIST,
    ORDER_LIST_CHINA,
    PRICE_BATCH,
    PRICE_ONE,
    PROFILE,
    PROFILE_SOLUTION,
    PROMISE_LIST,
    SHIPMENT_DECLARE,
    SOLUTION_CREATE,
    SOLUTION_LIST,
    STOCK_BATCH,
    STOCK_ONE,
    Method,
)
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.aliexpress.together import together
from app.services.marketplace.aliexpress.values import span_texts
from app.services.marketplace.port import Refused, RemoteStatus, TemporaryFault, Unanswered
from app.services.marketplace.records import MethodPermission

PROBES: tuple[tuple[str, Method], ...] = (
    ("list", LISTING_LIST),
    ("list", SOLUTION_LIST),
    ("create", LISTING_CREATE),
    ("create", SOLUTION_CREATE),
    ("prices", PRICE_BATCH),
    ("prices", PRICE_ONE),
    ("stocks", STOCK_BATCH),
    ("stocks", STOCK_ONE),
    ("orders", ORDER_LIST),
    ("orders", ORDER_LIST_CHINA),
    ("shipments", SHIPMENT_DECLARE),
    ("carriers", CARRIER_LIST),
    ("categories", CATEGORY_CHILDREN),
    ("groups", GROUP_LIST),
    ("freight", FREIGHT_LIST),
    ("promises", PROMISE_LIST),
    ("profile", PROFILE),
    ("profile", PROFILE_SOLUTION),
)
"""Purpose and method, in the order of the list that is shown."""


class PermissionCalls(Calls):
    """The permission part of the port; documented there."""

    async def permissions(self) -> tuple[MethodPermission, ...]:
        """What the account may call.

        Raises:
            RateLimited, SignedOut: nothing can be said at all.
        """
        return tuple(await together(self._permission(purpose, method) for purpose, method in PROBES))

    async def _permission(self, purpose: str, method: Method) -> MethodPermission:
        is_allowed: bool | None = True
        try:
            await self._session.call(method, self._least(method))
        except Refused as refusal:
            if refusal.error_code == "marketplace.read_only":
                return MethodPermission(purpose, method.name, None)  # not even asked
            # An unknown code may be of a gateway that lets nothing through: it says neither yes nor no.
            is_known = refusal.error_code != Refused.code
            is_allowed = refusal.error_code not in rules("wire")["other_family"] if is_known else None
        except (Unanswered, TemporaryFault):
            is_allowed = None
        return MethodPermission(purpose, method.name, is_allowed)

    def _least(self, method: Method) -> dict[str, Any]:
        """Parameters that ask a read for next to nothing; none for a write."""
        if method in (LISTING_LIST, SOLUTION_LIST):
            status = RemoteStatus.ON_SALE.value
            return {QUERY: {"product_status_type": status, "current_page": 1, "page_size": 1}}
        if method in (ORDER_LIST, ORDER_LIST_CHINA):
            now = self._clock.now()
            start, end = span_texts(now, now, "order")
            query = {"create_date_start": start, "create_date_end": end, "current_page": 1, "page_size": 1}
            return query if method is ORDER_LIST else {"param_aeop_order_query": query}
        return {CATEGORY_CHILDREN: {"param0": 0}, PROMISE_LIST: {"template_id": 0}}.get(method, {})
