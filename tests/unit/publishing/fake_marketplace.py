"""A marketplace in memory: one answer after the other as a test scripts them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.services.marketplace.port import (
    BatchOutcome,
    ListingContent,
    ListingSummary,
    MarketplaceError,
    Refused,
    RemoteListing,
    RemoteStatus,
    ResultPage,
    Unanswered,
    UploadedImage,
    WouldLose,
)
from app.services.marketplace.records import FeedKind, FeedVerdict, GroupChange, Loss, Pause, PriceChange, StockChange

Step = Exception | Callable[[], Any] | None


class Applied(Exception):
    """Script: the write is applied, but its answer is lost."""


class FakeMarketplace:
    """Takes listings; `script` holds what the next writes meet: None (fine), an error, `Applied()`, or a callable.

    Attributes:
        products: what it has, by id.
        creates, edits: contents of the writes that arrived, answered or not.
        losses: what edits of a product would erase. `dropped`: variants the last edit was told to drop.
        verdict: state of a review, by product id; `on_sale` for all unless a test says otherwise.
    """

    def __init__(self) -> None:
        self.products: dict[str, RemoteListing] = {}
        self.creates: list[ListingContent] = []
        self.edits: list[tuple[str, ListingContent]] = []
        self.script: deque[Step] = deque()
        self.lookup_script: deque[Step] = deque()
        self.upload_script: deque[Step] = deque()
        self.review_script: deque[Step] = deque()
        self.verdict: dict[str, RemoteStatus] = {}
        self.default_verdict = RemoteStatus.ON_SALE
        self.calls: list[str] = []
        self.uploads: list[str] = []
        self.elsewhere: dict[str, bytes] = {}
        self.elsewhere: dict[str, bytes] = {}
        self.lookups: list[dict[str, Any]] = []
        self.losses: dict[str, list[Loss]] = {}
        self.dropped: set[str] = set()
        self.limits: tuple[Pause, ...] = ()
        self.in_flight = 0
        self.most_in_flight = 0
        self.before_write: Callable[[ListingContent], None] = lambda content: None
        self.gate = asyncio.Event()
        self.gate.set()

    def add(self, content: ListingContent, *, at: datetime | None = None, product_id: str = "") -> str:
        """Put a product on the platform, as somebody else would."""
        product_id = product_id or str(1005006000000001 + len(self.products))
        moment = at or datetime.now(UTC)
        self.products[product_id] = RemoteListing(product_id, RemoteStatus.IN_REVIEW, content, moment, moment, {})
        return product_id

    def feed_pays(self, kind: FeedKind, waiting: int) -> bool:
        """By the settings of a test only."""
        return False

    def titles(self) -> list[str]:
        """Titles of all products, sorted: twice published shows twice."""
        return sorted(product.content.title for product in self.products.values())

    async def _write(self, content: ListingContent, apply: Callable[[], str]) -> str:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            self.before_write(content)
            await self.gate.wait()
            await asyncio.sleep(0)
            step = self.script.popleft() if self.script else None
            if isinstance(step, Applied):
                apply()
                raise Unanswered(None)
            await _meet(step)
            return apply()
        finally:
            self.in_flight -= 1

    def pauses(self) -> tuple[Pause, ...]:
        """Limits that hold calls up, as a test says."""
        return self.limits

    async def create_listing(self, content: ListingContent) -> str:
        """Create, as the script says."""
        self.calls.append("create")
        self.creates.append(content)
        return await self._write(content, lambda: self.add(content))

    async def edit_listing(
        self,
        product_id: str,
        content: ListingContent,
        *,
        accepted: Collection[Loss] = (),
        dropped: Collection[str] = (),
    ) -> None:
        """Edit, as the script says; what would be lost stands in `losses`."""
        self.calls.append("edit")
        self.dropped = set(dropped)
        if unexpected := [loss for loss in self.losses.get(product_id, ()) if loss not in accepted]:
            raise WouldLose(unexpected)
        self.edits.append((product_id, content))
        await self._write(content, lambda: self.add(content, product_id=product_id))

    async def read_listing(self, product_id: str) -> RemoteListing:
        """The product."""
        self.calls.append("read")
        await _meet(self.lookup_script.popleft() if self.lookup_script else None)
        if product_id not in self.products:
            raise Refused("marketplace.product_missing", platform_code="F00-00-10001-002")
        return self.products[product_id]

    async def find_listings(
        self, *, title: str, codes: Sequence[str], created_from: datetime, created_to: datetime
    ) -> tuple[RemoteListing, ...]:
        """Products with that title and those codes, created in the window."""
        self.calls.append("find")
        self.lookups.append({"title": title, "codes": tuple(codes), "from": created_from, "to": created_to})
        await _meet(self.lookup_script.popleft() if self.lookup_script else None)
        return tuple(
            product
            for product in self.products.values()
            if product.content.title == title
            and {sku.code for sku in product.content.skus} == set(codes)
            and product.created_at is not None
            and created_from <= product.created_at <= created_to
        )

    async def listings_titled(
        self, titles: Collection[str], *, created_from: datetime, created_to: datetime
    ) -> tuple[ListingSummary, ...]:
        """Rows of products with one of these titles, created in the window."""
        self.calls.append("titled")
        return tuple(
            ListingSummary(
                number, product.content.title, self._status(number), None, None, "USD", (), "", "",
                product.created_at, product.modified_at,
            )
            for number, product in self.products.items()
            if product.content.title in titles
            and product.created_at is not None
            and created_from <= product.created_at <= created_to
        )  # fmt: skip

    async def list_listings(
        self, status: RemoteStatus, page: int = 1, page_size: int = 50, *, modified_from: datetime | None = None
    ) -> ResultPage[ListingSummary]:
        """One page of a state's list."""
        self.calls.append(f"list {status.name}")
        await _meet(self.review_script.popleft() if self.review_script else None)
        rows = [
            ListingSummary(number, product.content.title, status, None, None, "USD", (), "", "", None, None)
            for number, product in self.products.items()
            if self._status(number) == status
        ]
        start = (page - 1) * page_size
        pages = -(-len(rows) // page_size)
        return ResultPage(tuple(rows[start : start + page_size]), page, pages, len(rows))

    async def review_status(self, product_id: str) -> RemoteStatus:
        """Where the review stands."""
        self.calls.append("status")
        await _meet(self.review_script.popleft() if self.review_script else None)
        if product_id not in self.products:
            raise Refused("marketplace.product_missing", platform_code="F00-00-10001-002")
        return self._status(product_id)

    def _status(self, product_id: str) -> RemoteStatus:
        return self.verdict.get(product_id, self.default_verdict)

    async def set_stock(self, changes: Sequence[StockChange]) -> BatchOutcome:
        """Set stocks, as the script says."""
        return await self._update("stock", {change.product_id: change for change in changes})

    async def set_prices(self, changes: Sequence[PriceChange]) -> BatchOutcome:
        """Set prices, as the script says."""
        return await self._update("price_minor", {change.product_id: change for change in changes})

    async def move_groups(self, changes: Sequence[GroupChange]) -> BatchOutcome:
        """Move between groups, as the script says."""
        self.calls.append("groups")
        await _meet(self.script.popleft() if self.script else None)
        for change in changes:
            held = self.products[change.product_id]
            self.products[change.product_id] = replace(held, content=replace(held.content, group_id=change.after))
        return BatchOutcome(tuple(change.product_id for change in changes), {})

    async def _update(self, name: str, changes: dict[str, Any]) -> BatchOutcome:
        self.calls.append(name)
        await _meet(self.script.popleft() if self.script else None)
        for product_id, change in changes.items():
            held = self.products[product_id]
            values = {sku.code: getattr(sku, name) for sku in change.skus}
            skus = tuple(replace(sku, **{name: values.get(sku.code, getattr(sku, name))}) for sku in held.content.skus)
            self.products[product_id] = replace(held, content=replace(held.content, skus=skus))
        return BatchOutcome(tuple(changes), {})

    def feed_refusal(self, verdict: FeedVerdict) -> MarketplaceError:
        """The error a verdict means."""
        return Refused("marketplace.product_missing", platform_code=verdict.code)

    async def set_offline(self, product_ids: Sequence[str]) -> BatchOutcome:
        """Take off sale what is there."""
        self.calls.append("offline")
        await _meet(self.review_script.popleft() if self.review_script else None)
        there = [product_id for product_id in product_ids if product_id in self.products]
        self.verdict |= dict.fromkeys(there, RemoteStatus.OFF_SALE)
        for product_id in there:
            self.products[product_id] = replace(self.products[product_id], status=RemoteStatus.OFF_SALE)
        missing = dict.fromkeys(set(product_ids) - set(there), "F00-00-10001-002")
        return BatchOutcome(tuple(there), missing)

    async def set_online(self, product_ids: Sequence[str]) -> BatchOutcome:
        """Put on sale again what is there; it is looked at once more."""
        self.calls.append("online")
        await _meet(self.script.popleft() if self.script else None)
        there = [product_id for product_id in product_ids if product_id in self.products]
        for product_id in there:
            self.verdict.pop(product_id, None)
            self.products[product_id] = replace(self.products[product_id], status=RemoteStatus.IN_REVIEW)
        return BatchOutcome(tuple(there), dict.fromkeys(set(product_ids) - set(there), "F00-00-10001-002"))

    async def fetch_image(self, address: str) -> bytes:
        """A picture of another store, as the test put it into `elsewhere`."""
        self.calls.append("fetch")
        await asyncio.sleep(0)
        if address not in self.elsewhere:
            raise Refused("marketplace.picture_gone", field="images", host="ae01.alicdn.com")
        return self.elsewhere[address]

    async def upload_image(self, name: str, data: bytes) -> UploadedImage:
        """Keep a picture."""
        self.calls.append("upload")
        self.uploads.append(name)
        await asyncio.sleep(0)
        await _meet(self.upload_script.popleft() if self.upload_script else None)
        return UploadedImage(f"https://ae01.alicdn.com/kf/{len(self.uploads)}-{name}", 800, 800)


async def _meet(step: Step) -> None:
    if isinstance(step, Exception):
        raise step
    if step is not None:
        outcome = step()
        if asyncio.iscoroutine(outcome):
            await outcome
