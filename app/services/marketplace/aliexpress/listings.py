"""Listings on AliExpress: list, read, create, edit, on and off sale, review (protocol reference 5.1 to 5.8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.services.marketplace.aliexpress.batches import run_batch
from app.services.marketplace.aliexpress.calls import Calls
from app.services.marketplace.aliexpress.encoding import wire_id
from app.services.marketplace.aliexpress.envelope import reading
from app.services.marketplace.aliexpress.mapping.listing import (
    SKUS,
    read_listing,
    read_summary,
    status_of,
    write_listing,
)
from app.services.marketplace.aliexpress.mapping.lists import plain_lists
from app.services.marketplace.aliexpress.mapping.merge import EditPlan, plan_edit
from app.services.marketplace.aliexpress.mapping.methods import (
    LISTING_CREATE,
    LISTING_EDIT,
    LISTING_LIST,
    LISTING_OFFLINE,
    LISTING_ONLINE,
    LISTING_READ,
    LISTING_REVIEW,
)
from app.services.marketplace.aliexpress.mapping.table import rows
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.aliexpress.values import ident, moment_text, whole
from app.services.marketplace.port import (
    BatchOutcome,
    EditPreview,
    ListingContent,
    ListingSummary,
    RemoteListing,
    RemoteStatus,
    ResultPage,
    TemporaryFault,
    Unanswered,
)

QUERY = "aeop_a_e_product_list_query"
PAGE_ROWS = "aeop_a_e_product_display_d_t_o_list"
PRODUCT = "aeop_a_e_product"


class ListingCalls(Calls):
    """The listing part of the port; documented there."""

    async def list_listings(
        self, status: RemoteStatus, page: int = 1, page_size: int = 50, *, modified_from: datetime | None = None
    ) -> ResultPage[ListingSummary]:
        """One page of the listings in *status*; at most 99 a page, more are cut to that. The zone of the filter is not
        documented: the question is widened, so that China and Pacific time are both covered."""
        if modified_from is None:
            return await self._listing_page(status, page, page_size)
        start = moment_text(modified_from - timedelta(seconds=rules("wire")["search_slack_s"]), "product")
        return await self._listing_page(status, page, page_size, gmt_modified_start=start)

    async def read_listing(self, product_id: str) -> RemoteListing:
        """The whole record. `raw` has plain lists, whichever form the platform answered in.

        Raises:
            TemporaryFault: `marketplace.sku_missing`, when it came without SKUs several times over.
        """
        params = {"product_id": wire_id(product_id, "product_id")}
        attempts: int = rules("wire")["detail_reads"]
        for attempt in range(attempts):
            if attempt:
                await self._clock.sleep(rules("wire")["detail_pause_s"])
            record = await self._session.call(LISTING_READ, params)
            with reading(LISTING_READ):
                record = plain_lists(record)
                if rows(record.get(SKUS)):
                    return read_listing(record)
        raise TemporaryFault("marketplace.sku_missing", product_id=product_id)

    async def create_listing(self, content: ListingContent) -> str:
        """Create and return the product id; raises `Unanswered` where it may exist without our knowing the id."""
        answer = await self._session.call(LISTING_CREATE, {PRODUCT: write_listing(content)})
        with reading(LISTING_CREATE):
            product_id = ident(answer.get("product_id"))
            if not product_id:
                raise ValueError("no product id")
        return product_id

    async def edit_listing(self, product_id: str, content: ListingContent) -> None:
        """Read → merge → send whole."""
        plan = await self._plan(product_id, content)
        await self._session.call(LISTING_EDIT, {PRODUCT: plan.record})

    async def preview_edit(self, product_id: str, content: ListingContent) -> EditPreview:
        """What `edit_listing` would keep and lose; sends nothing."""
        plan = await self._plan(product_id, content)
        return EditPreview(kept=tuple(plan.kept), lost=tuple(plan.lost))

    async def review_status(self, product_id: str) -> RemoteStatus:
        """Where the review stands: ON_SALE means approved, whether or not somebody took it off sale since."""
        answer = await self._session.call(LISTING_REVIEW, {"product_id": wire_id(product_id, "product_id")})
        with reading(LISTING_REVIEW):
            return status_of(answer["status"])

    async def set_online(self, product_ids: Sequence[str]) -> BatchOutcome:
        """Put on sale, in groups of 50."""
        return await run_batch(self._session, LISTING_ONLINE, product_ids)

    async def set_offline(self, product_ids: Sequence[str]) -> BatchOutcome:
        """Take off sale, in groups of 50."""
        return await run_batch(self._session, LISTING_OFFLINE, product_ids)

    async def _plan(self, product_id: str, content: ListingContent) -> EditPlan:
        try:
            before = await self.read_listing(product_id)
            with reading(LISTING_READ):
                return plan_edit(wire_id(product_id, "product_id"), before.raw, content)
        except Unanswered as error:
            # An edit whose reading failed was not sent: nothing can have been applied.
            raise TemporaryFault(error.error_code, **error.params) from None

    async def _listing_page(
        self, status: RemoteStatus, page: int, page_size: int, **filters: str
    ) -> ResultPage[ListingSummary]:
        query = {
            "product_status_type": status.value,
            "current_page": page,
            "page_size": min(page_size, rules("wire")["product_page_max"]),
            **filters,
        }
        answer = await self._session.call(LISTING_LIST, {QUERY: query})
        with reading(LISTING_LIST):
            found = tuple(read_summary(row, status) for row in rows(answer.get(PAGE_ROWS)))
            return ResultPage(
                found, page, pages=whole(answer.get("total_page")) or 0, total=whole(answer.get("product_count")) or 0
            )
