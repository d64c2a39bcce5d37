"""Prices, stocks, groups and deletions of many listings: by batch, one by one, as a feed (reference 5.4 to 5.7)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.services.marketplace.aliexpress.batches import failed_for, in_groups, joined
from app.services.marketplace.aliexpress.encoding import wire_id
from app.services.marketplace.aliexpress.envelope import reading
from app.services.marketplace.aliexpress.errors import Problem, Verdict, meaning
from app.services.marketplace.aliexpress.feeds import FeedCalls
from app.services.marketplace.aliexpress.mapping.batch import (
    UPDATES,
    read_outcome,
    write_price_map,
    write_prices,
    write_stock,
    write_stock_map,
)
from app.services.marketplace.aliexpress.mapping.listing import SKUS
from app.services.marketplace.aliexpress.mapping.methods import (
    DELETE_BATCH,
    DELETE_ONE,
    GROUP_SET,
    GROUPS_OF,
    PRICE_BATCH,
    PRICE_ONE,
    STOCK_BATCH,
    STOCK_ONE,
    Method,
)
from app.services.marketplace.aliexpress.mapping.table import rows
from app.services.marketplace.aliexpress.retry import RetryPolicy
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.aliexpress.together import together
from app.services.marketplace.aliexpress.values import flag, ident, text
from app.services.marketplace.port import BatchOutcome, Refused, RemoteListing, TemporaryFault, Unanswered, Unreachable
from app.services.marketplace.records import FeedKind, GroupChange, PriceChange, StockChange

PRODUCTS_OWN = (Refused, TemporaryFault, Unanswered)
"""What reading one product may meet without saying anything about the others; no connection is everybody's."""
FEED_PRODUCT = "aliexpress_product_id"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to change many products; `key` is what is remembered of it."""

    key: str


TOGETHER, ONE_BY_ONE = Way("solution"), Way("offer")
WAYS = (TOGETHER, ONE_BY_ONE)
"""Batches first: one call for twenty products instead of one each."""


class BulkCalls(FeedCalls):
    """The part of the port that changes many listings at once; documented there."""

    async def set_prices(self, changes: Sequence[PriceChange]) -> BatchOutcome:
        """Set prices. A batch would erase discounts it does not name, so details are read where none is named."""
        wanted = {change.product_id: change for change in changes}

        async def one(product_id: str) -> Mapping[str, Any]:
            change = wanted[product_id]
            ids = {} if all(sku.sku_id for sku in change.skus) else _sku_ids(await self.read_listing(product_id))
            return write_price_map(change, ids)

        async def work(way: Way) -> BatchOutcome:
            if way is ONE_BY_ONE:
                return await in_groups(wanted, 1, lambda ids: self._one(PRICE_ONE, ids, one))
            discounts, unread = await self._discounts(wanted)
            sendable = [product_id for product_id in wanted if product_id not in unread.failed]
            if len(sendable) >= rules("wire")["feed_from"]["PRODUCT_PRICES_UPDATE"]:
                contents = {
                    product_id: write_prices(wanted[product_id], discounts[product_id], product=FEED_PRODUCT)
                    for product_id in sendable
                }
                return joined((unread, await self._by_feed(FeedKind.PRICE, contents)))

            def update(product_id: str) -> dict[str, Any]:
                return write_prices(wanted[product_id], discounts[product_id])

            return joined((unread, await self._batches(PRICE_BATCH, sendable, update)))

        return await self._families.run("prices", WAYS, work)

    async def set_stock(self, changes: Sequence[StockChange]) -> BatchOutcome:
        """Set stocks."""
        wanted = {change.product_id: change for change in changes}

        async def one(product_id: str) -> Mapping[str, Any]:
            change = wanted[product_id]
            ids = {} if all(sku.sku_id for sku in change.skus) else _sku_ids(await self.read_listing(product_id))
            return write_stock_map(change, ids)

        async def work(way: Way) -> BatchOutcome:
            if way is ONE_BY_ONE:
                return await in_groups(wanted, 1, lambda ids: self._one(STOCK_ONE, ids, one))
            if len(wanted) >= rules("wire")["feed_from"]["PRODUCT_STOCKS_UPDATE"]:
                contents = {key: write_stock(change, product=FEED_PRODUCT) for key, change in wanted.items()}
                return await self._by_feed(FeedKind.STOCK, contents)
            return await self._batches(STOCK_BATCH, list(wanted), lambda key: write_stock(wanted[key]))

        return await self._families.run("stocks", WAYS, work)

    async def move_groups(self, changes: Sequence[GroupChange]) -> BatchOutcome:
        """Put listings into other groups. The call names all groups of a product, so they are read first."""
        wanted = {change.product_id: change for change in changes}

        async def one(product_id: str) -> Mapping[str, Any]:
            change = wanted[product_id]
            asked = {"product_id": wire_id(product_id, "product_id")}
            answer = await self._session.call(GROUPS_OF, asked)
            with reading(GROUPS_OF):
                there = [ident(row.get("group_id")) for row in rows(answer.get("target_list"))]
            kept = (group for group in there if group not in (change.before, change.after))
            return {**asked, "group_ids": ",".join(str(wire_id(one, "group_id")) for one in (change.after, *kept))}

        return await in_groups(wanted, 1, lambda ids: self._one(GROUP_SET, ids, one))

    async def delete_listings(self, product_ids: Sequence[str]) -> BatchOutcome:
        """Delete for good."""

        async def together(ids: Sequence[str]) -> BatchOutcome:
            numbers = [wire_id(product_id, "product_id") for product_id in ids]
            await self._session.call(DELETE_BATCH, {"product_ids": numbers})
            return BatchOutcome(tuple(ids), {})

        async def one(ids: Sequence[str]) -> BatchOutcome:
            await self._session.call(DELETE_ONE, {"product_id": wire_id(ids[0], "product_id")})
            return BatchOutcome(tuple(ids), {})

        async def work(way: Way) -> BatchOutcome:
            if way is TOGETHER:
                return await in_groups(product_ids, rules("wire")["delete_products"], together)
            return await in_groups(product_ids, 1, one)

        return await self._families.run("deletions", WAYS, work)

    async def _one(
        self, method: Method, ids: Sequence[str], params: Callable[[str], Awaitable[Mapping[str, Any]]]
    ) -> BatchOutcome:
        try:
            sent = await params(ids[0])
        except PRODUCTS_OWN as error:
            if isinstance(error, Unreachable):
                raise
            return failed_for(ids, error)  # reading failed: nothing was sent
        await self._session.call(method, sent)
        return BatchOutcome(tuple(ids), {})

    async def _batches(
        self, method: Method, ids: Sequence[str], update: Callable[[str], dict[str, Any]]
    ) -> BatchOutcome:
        size: int = rules("wire")["update_products"]
        return await in_groups(ids, size, lambda group: self._update(method, group, update))

    async def _update(
        self, method: Method, ids: Sequence[str], update: Callable[[str], dict[str, Any]]
    ) -> BatchOutcome:
        """One batch; products that failed for a passing reason are sent again, as single calls would be."""
        policy = RetryPolicy.from_rules()
        outcome = await self._update_once(method, ids, update)
        for failures in range(1, policy.attempts):
            again = [product_id for product_id, code in outcome.failed.items() if _is_passing(code)]
            if not again:
                break
            await self._clock.sleep(policy.pause_s(failures, chance=1.0))
            settled = {product_id: code for product_id, code in outcome.failed.items() if product_id not in again}
            retried = await self._update_once(method, again, update)
            outcome = joined((BatchOutcome(outcome.done, settled, outcome.unknown), retried))
        return outcome

    async def _update_once(
        self, method: Method, ids: Sequence[str], update: Callable[[str], dict[str, Any]]
    ) -> BatchOutcome:
        answer = await self._session.call(method, {UPDATES: [update(product_id) for product_id in ids]})
        with reading(method):
            done, failed = read_outcome(answer)
            has_worked = flag(answer.get("update_success"))
        if not done and not failed and has_worked is False:
            raise self._session.refusal(method, answer)
        named = [product_id for product_id in ids if product_id in done or (has_worked and product_id not in failed)]
        silent = tuple(product_id for product_id in ids if product_id not in failed and product_id not in named)
        return BatchOutcome(tuple(named), {key: code for key, code in failed.items() if key in ids}, silent)

    async def _discounts(self, wanted: Mapping[str, PriceChange]) -> tuple[dict[str, dict[str, str]], BatchOutcome]:
        """The discount prices of the listings whose change does not name them all, and those that could not be read."""
        found: dict[str, dict[str, str]] = {product_id: {} for product_id in wanted}
        unread: list[BatchOutcome] = []
        slots = asyncio.Semaphore(rules("wire")["parallel_reads"])

        async def read(product_id: str) -> None:
            try:
                async with slots:
                    listing = await self.read_listing(product_id)
            except PRODUCTS_OWN as error:
                if isinstance(error, Unreachable):
                    raise
                unread.append(failed_for([product_id], error))
                return
            with reading(PRICE_BATCH):
                found[product_id] = {
                    text(sku.get("sku_code")): text(sku["sku_discount_price"])
                    for sku in rows(listing.raw.get(SKUS))
                    if sku.get("sku_discount_price")
                }

        names_all = {
            product_id: all(sku.discount_minor is not None or sku.drops_discount for sku in change.skus)
            for product_id, change in wanted.items()
        }
        await together(read(product_id) for product_id, is_named in names_all.items() if not is_named)
        return found, joined(unread)


def _is_passing(code: str) -> bool:
    known = meaning(Problem(code)) if code else None
    return known is not None and known.verdict is Verdict.RETRY


def _sku_ids(listing: RemoteListing) -> dict[str, str]:
    """The platform's ids of the variants by merchant code; `<none>` without sale properties (5.1)."""
    return {text(sku.get("sku_code")): text(sku.get("id")) or "<none>" for sku in rows(listing.raw.get(SKUS))}
