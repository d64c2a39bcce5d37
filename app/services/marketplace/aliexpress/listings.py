"""Listings on AliExpress: list, read, create, edit, on and off sale, review (protocol reference 5.1 to 5.8)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from app.services.marketplace.aliexpress.batches import run_batch
from app.services.marketplace.aliexpress.calls import Calls
from app.services.marketplace.aliexpress.encoding import wire_id
from app.services.marketplace.aliexpress.envelope import reading
from app.services.marketplace.aliexpress.mapping.families import PRODUCT_FAMILIES, ProductFamily
from app.services.marketplace.aliexpress.mapping.listing import LISTING, SKUS, read_listing, read_summary, status_of
from app.services.marketplace.aliexpress.mapping.lists import plain_lists
from app.services.marketplace.aliexpress.mapping.merge import EditPlan
from app.services.marketplace.aliexpress.mapping.methods import (
    LISTING_FIELD,
    LISTING_OFFLINE,
    LISTING_ONLINE,
    LISTING_REVIEW,
)
from app.services.marketplace.aliexpress.mapping.table import TEXT, rows
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.aliexpress.values import ident, moment_text, whole
from app.services.marketplace.port import (
    BatchOutcome,
    ListingContent,
    ListingSummary,
    Refused,
    RemoteListing,
    RemoteStatus,
    ResultPage,
    TemporaryFault,
    Unanswered,
    WouldLose,
)
from app.services.marketplace.records import EditPreview, Loss

QUERY = "aeop_a_e_product_list_query"
PAGE_ROWS = "aeop_a_e_product_display_d_t_o_list"
PRODUCTS = "products"
"""The noun under which the family of product methods is remembered."""

T = TypeVar("T")


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
        return await self._with_family(lambda family: self._read(family, product_id))

    async def create_listing(self, content: ListingContent) -> str:
        """Create and return the product id; raises `Unanswered` where it may exist without our knowing the id."""

        async def create(family: ProductFamily) -> str:
            answer = await self._session.call(family.create, {family.created: family.write(content)})
            with reading(family.create):
                product_id = ident(answer.get("product_id"))
                if not product_id:
                    raise ValueError("no product id")
            return product_id

        return await self._with_family(create)

    async def edit_listing(
        self,
        product_id: str,
        content: ListingContent,
        *,
        accepted: Collection[Loss] = (),
        dropped: Collection[str] = (),
    ) -> None:
        """Read → merge → send.

        Args:
            product_id: which listing.
            content: what it shall become.
            accepted: what of `EditPreview.lost` may go.
            dropped: merchant codes of variants that are meant to go, with all they have.

        Raises:
            WouldLose: before anything is sent: more would be lost than that.
        """

        async def edit(family: ProductFamily) -> None:
            plan = await self._plan(family, product_id, content)
            unexpected = [loss for loss in plan.lost if loss not in accepted and (loss.sku or None) not in dropped]
            if unexpected:
                raise WouldLose(unexpected)
            if len(plan.record) > 1:  # more than the product's id
                await self._session.call(family.edit, {family.edited: plan.record})

        await self._with_family(edit)

    async def edit_field(self, product_id: str, name: str, value: Any) -> None:
        """Change one field by its name in `ListingContent`.

        Raises:
            Refused: `marketplace.field_fixed`, for a field that no such call can change.
        """
        wire = rules("wire")["simple_fields"].get(name)
        form = next((row.form for row in LISTING if row.ours == name), TEXT)
        if wire is None:
            raise Refused("marketplace.field_fixed", field=name, name=name)
        params = {"product_id": wire_id(product_id, "product_id"), "fied_name": wire, "fiedvalue": form.write(value)}
        await self._session.call(LISTING_FIELD, params)

    async def preview_edit(self, product_id: str, content: ListingContent) -> EditPreview:
        """What `edit_listing` would keep and lose; sends nothing."""
        plan = await self._with_family(lambda family: self._plan(family, product_id, content))
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

    async def _with_family(self, work: Callable[[ProductFamily], Awaitable[T]]) -> T:
        return await self._families.run(PRODUCTS, PRODUCT_FAMILIES, work)

    async def _read(self, family: ProductFamily, product_id: str) -> RemoteListing:
        params = {"product_id": wire_id(product_id, "product_id")}
        attempts: int = rules("wire")["detail_reads"]
        for attempt in range(attempts):
            if attempt:
                await self._clock.sleep(rules("wire")["detail_pause_s"])
            record = await self._session.call(family.read, params)
            with reading(family.read):
                record = plain_lists(record)
                if rows(record.get(SKUS)):
                    return read_listing(record)
        raise TemporaryFault("marketplace.sku_missing", product_id=product_id)

    async def _plan(self, family: ProductFamily, product_id: str, content: ListingContent) -> EditPlan:
        try:
            before = await self._read(family, product_id)
            with reading(family.read):
                return family.plan(wire_id(product_id, "product_id"), before.raw, content)
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

        async def ask(family: ProductFamily) -> ResultPage[ListingSummary]:
            answer = await self._session.call(family.list, {QUERY: query})
            with reading(family.list):
                found = tuple(read_summary(row, status) for row in rows(answer.get(PAGE_ROWS)))
                pages, total = whole(answer.get("total_page")), whole(answer.get("product_count"))
                return ResultPage(found, page, pages=pages or 0, total=total or 0)

        return await self._with_family(ask)
