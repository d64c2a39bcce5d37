"""A marketplace in memory: what it has can be changed between two syncs, and it fails when told to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from app.services.db import Database
from app.services.marketplace.order_records import RemoteOrder, RemoteOrderLine
from app.services.marketplace.port import (
    AttributeContent,
    ListingContent,
    ListingSummary,
    Refused,
    RemoteAttribute,
    RemoteAttributeValue,
    RemoteCategory,
    RemoteFreightTemplate,
    RemoteGroup,
    RemoteListing,
    RemoteStatus,
    ResultPage,
    SkuContent,
    SkuProperty,
)
from app.services.marketplace.records import StoreProfile
from app.services.stores.sync import SyncResult, sync_store
from app.services.tasks import TaskContext

T = TypeVar("T")
LONG_AGO = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

TREE = (
    RemoteCategory("21", "0", "Lights & Lighting", "灯具照明", False, 1),
    RemoteCategory("2101", "21", "Table lamps", "台灯", True, 2),
    RemoteCategory("44", "0", "Phones", "手机", False, 1),
    RemoteCategory("4401", "44", "Phone cases", "手机壳", True, 2),
)
ATTRIBUTES = {
    "2101": (
        RemoteAttribute(
            "14",
            "Color",
            "颜色",
            True,
            True,
            1,
            True,
            "list",
            (RemoteAttributeValue("29", "White", "白色"), RemoteAttributeValue("193", "Black", "黑色")),
        ),
        RemoteAttribute(
            "200007763",
            "Ships From",
            "发货地",
            False,
            True,
            2,
            False,
            "list",
            (RemoteAttributeValue("201336100", "CHINA", "中国"), RemoteAttributeValue("201336104", "SPAIN", "西班牙")),
        ),
        RemoteAttribute(
            "2",
            "Brand Name",
            "品牌",
            True,
            False,
            1,
            False,
            "list",
            (RemoteAttributeValue("201512802", "NONE", "无"),),
        ),
    ),
}


def lamp(product_id: str, **changes: Any) -> RemoteListing:
    """A live lamp with two variants."""
    status = changes.pop("status", RemoteStatus.ON_SALE)
    modified = changes.pop("modified_at", LONG_AGO)
    raw = changes.pop("raw", {})
    content = ListingContent(
        title="Bedside Table Lamp Dimmable Touch Control",
        category_id="2101",
        detail_html="<p>Warm light</p>",
        images=("https://ae01.example/kf/a.jpg", "https://ae01.example/kf/b.jpg"),
        skus=(
            SkuContent("LM4402-WH", 1890, 120, (SkuProperty("14", "29"),)),
            SkuContent("LM4402-BK", 1990, 0, (SkuProperty("14", "193", "Night black"),)),
        ),
        freight_template_id="700126540",
        handling_days=5,
        unit_id="100000015",
        weight_g=840,
        length_cm=24,
        width_cm=24,
        height_cm=38,
        group_id="5081",
        keywords=("lamp", "bedside"),
        attributes=(AttributeContent("2", "201512802"),),
    )
    content = replace(content, **changes)
    detail = {"product_id": int(product_id), "subject": content.title, "sizechart_id": 77, **raw}
    return RemoteListing(product_id, status, content, LONG_AGO, modified, detail)


def order(order_id: str, **changes: Any) -> RemoteOrder:
    """A paid order of one line."""
    created = changes.pop("created_at", datetime.now(UTC) - timedelta(days=3))
    line = RemoteOrderLine(order_id + "1", "1005001", "Bedside Table Lamp", "LM4402-WH", 2, 1890, "USD", "WAIT")
    values: dict[str, Any] = {
        "status": "WAIT_SELLER_SEND_GOODS",
        "paid_at": created + timedelta(minutes=1),
        "deadline_at": created + timedelta(days=7),
        "amount_minor": 3780,
        "currency": "USD",
        "buyer_name": "Ana Sample",
        "lines": (line,),
        "raw": {"order_id": order_id, "memo": "kept"},
        **changes,
    }
    return RemoteOrder(order_id=order_id, created_at=created, **values)


@dataclass
class MemoryMarketplace:
    """The reading half of the port over plain lists. `faults`: method → exceptions to raise, first one first."""

    listings: dict[str, RemoteListing] = field(default_factory=dict)
    orders: list[RemoteOrder] = field(default_factory=list)
    groups: list[RemoteGroup] = field(default_factory=list)
    templates: dict[str, RemoteFreightTemplate] = field(default_factory=dict)
    tree: tuple[RemoteCategory, ...] = TREE
    calls: list[tuple[str, Any]] = field(default_factory=list)
    faults: dict[str, list[Exception]] = field(default_factory=dict)
    page_size: int = 2
    asked_since: list[datetime | None] = field(default_factory=list)
    profile: StoreProfile = field(default_factory=StoreProfile)

    async def store_profile(self) -> StoreProfile:
        self._call("store_profile", None)
        return self.profile

    def put(self, *listings: RemoteListing) -> None:
        self.listings.update((listing.product_id, listing) for listing in listings)

    def called(self, method: str) -> list[Any]:
        return [argument for name, argument in self.calls if name == method]

    def _call(self, method: str, argument: Any) -> None:
        self.calls.append((method, argument))
        waiting = self.faults.get(f"{method}:{argument}") or self.faults.get(method)
        if waiting:
            raise waiting.pop(0)

    def _page(self, rows: list[T], page: int) -> ResultPage[T]:
        first = (page - 1) * self.page_size
        pages = max(1, -(-len(rows) // self.page_size))
        return ResultPage(tuple(rows[first : first + self.page_size]), page, pages, len(rows))

    async def list_listings(
        self, status: RemoteStatus, page: int = 1, page_size: int = 50, *, modified_from: datetime | None = None
    ) -> ResultPage[ListingSummary]:
        self._call("list_listings", (str(status), page))
        self.asked_since.append(modified_from)
        rows = [
            ListingSummary(
                listing.product_id,
                listing.content.title,
                listing.status,
                None,
                None,
                "USD",
                listing.content.images,
                listing.content.freight_template_id,
                listing.content.group_id,
                listing.created_at,
                listing.modified_at,
            )
            for listing in self.listings.values()
            if listing.status == status
            and (modified_from is None or listing.modified_at is None or listing.modified_at >= modified_from)
        ]
        return self._page(rows, page)

    async def read_listing(self, product_id: str) -> RemoteListing:
        self._call("read_listing", product_id)
        if product_id not in self.listings:
            raise Refused(platform_code="13001025")
        return self.listings[product_id]

    async def category_children(self, parent_id: str = "0") -> tuple[RemoteCategory, ...]:
        self._call("category_children", parent_id)
        return tuple(node for node in self.tree if node.parent_id == parent_id)

    async def category_attributes(self, category_id: str) -> tuple[RemoteAttribute, ...]:
        self._call("category_attributes", category_id)
        return ATTRIBUTES.get(category_id, ())

    async def product_groups(self) -> tuple[RemoteGroup, ...]:
        self._call("product_groups", None)
        return tuple(self.groups)

    async def freight_templates(self) -> tuple[RemoteFreightTemplate, ...]:
        self._call("freight_templates", None)
        return tuple(replace(template, services=None) for template in self.templates.values())

    async def freight_template(self, template_id: str) -> RemoteFreightTemplate:
        self._call("freight_template", template_id)
        return self.templates[template_id]

    async def list_orders(
        self, *, created_from: datetime, created_to: datetime, page: int = 1, page_size: int = 50
    ) -> ResultPage[RemoteOrder]:
        self._call("list_orders", (created_from, created_to, page))
        rows = [order for order in self.orders if order.created_at and created_from <= order.created_at <= created_to]
        return self._page(rows, page)

    async def close(self) -> None:
        self._call("close", None)


@pytest.fixture
def market() -> MemoryMarketplace:
    """An empty marketplace."""
    return MemoryMarketplace()


@pytest.fixture
def make_lamp() -> Callable[..., RemoteListing]:
    """Make a lamp of the platform."""
    return lamp


@pytest.fixture
def make_order() -> Callable[..., RemoteOrder]:
    """Make an order of the platform."""
    return order


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run one coroutine to its end."""
    return asyncio.run(coroutine)


@pytest.fixture
def sync(db: Database, market: MemoryMarketplace) -> Callable[..., SyncResult]:
    """Sync store 1 with the marketplace in memory."""

    def go(*what: Any, ctx: TaskContext | None = None, is_whole: bool = False) -> SyncResult:
        return run(sync_store(db, market, 1, what or ("listings",), ctx=ctx, is_whole=is_whole))  # type: ignore[arg-type]

    return go
