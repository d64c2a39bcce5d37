"""The port: what the rest of the program may ask of a marketplace, in words of its own.

Adapters (`aliexpress/`) translate to the wire. Ids are text, money is minor units (cents) of `currency`,
weights are grams, sides are centimetres, times are aware UTC datetimes. A missing value is None, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from app.services.errors import AppError
from app.services.marketplace import order_records, records
from app.services.regional_prices import RegionalPrices

T = TypeVar("T")


REFUSED_SILENTLY = "marketplace.refused_silently"
OF_READS = {
    "marketplace.refused": "marketplace.refused_read",
    REFUSED_SILENTLY: "marketplace.refused_silently_read",
    "marketplace.unanswered": "marketplace.unanswered_read",
    "marketplace.unreadable": "marketplace.unreadable_read",
    "marketplace.html_answer": "marketplace.html_answer_read",
    "marketplace.truncated": "marketplace.truncated_read",
}
"""Codes whose sentence for a write would mislead after a read, and the sentence for that."""


class RemoteStatus(StrEnum):
    """States of a listing on the platform (domain.md 5.4)."""

    ON_SALE = "onSelling"
    OFF_SALE = "offline"
    IN_REVIEW = "auditing"
    REJECTED = "editingRequired"


class MarketplaceError(AppError):
    """The marketplace did not do what was asked.

    Attributes:
        platform_code: the platform's own code, `code` or `sub_code`, as text.
        platform_text: the platform's own sentence, raw.
        field: our name of the field to change (`title`, `category_id`, `sku.code` …), or "".
        is_unanswered: True when a write may have been applied although no answer says so.
        retry_after_s: seconds to wait where the platform named them.
        was_reading: nothing was to be changed: there is nothing to look up, and nothing to correct.
    """

    code = "marketplace"
    is_unanswered = False
    was_reading = False

    def __init__(
        self,
        code: str | None = None,
        /,
        *,
        platform_code: str = "",
        platform_text: str = "",
        field: str = "",
        retry_after_s: float | None = None,
        **params: Any,
    ) -> None:
        if retry_after_s is not None:
            params["seconds"] = math.ceil(retry_after_s)
        super().__init__(code, platform_code=platform_code, platform_text=platform_text, **params)
        self.platform_code = platform_code
        self.platform_text = platform_text
        self.field = field
        self.retry_after_s = retry_after_s

    @property
    def message_key(self) -> str:
        """Key of the sentence in the catalogue: of a read its own, and another where the platform said nothing."""
        key = self.error_code
        if key == Refused.code and not (self.platform_code or self.platform_text):
            key = REFUSED_SILENTLY
        return f"error.{OF_READS.get(key, key) if self.was_reading else key}"


class Refused(MarketplaceError):
    """The platform read the request and said no; sending it again unchanged is useless."""

    code = "marketplace.refused"


class NotNow(Refused):
    """Refused for as long as the listing is in review or in a promotion: the same request may be taken later."""

    code = "marketplace.in_review"


class WouldLose(Refused):
    """An edit that nobody sent: it would erase `losses`, which nobody has accepted."""

    code = "marketplace.would_lose"

    def __init__(self, losses: Sequence[records.Loss]) -> None:
        super().__init__(what=", ".join(loss.path for loss in losses))
        self.losses = tuple(losses)


class TemporaryFault(MarketplaceError):
    """A documented passing fault, or a connection that failed before anything was sent: nothing was applied."""

    code = "marketplace.temporary"
    retryable = True


class Unreachable(TemporaryFault):
    """No connection: nothing was sent. `host` is the gateway's."""

    code = "marketplace.unreachable"


class RateLimited(MarketplaceError):
    """A frequency limit or a day quota; `retry_after_s` says how long. Nothing was applied."""

    code = "marketplace.rate_limited"
    retryable = True


class Unanswered(MarketplaceError):
    """Sent, but no verdict: cut connection, time-out, `ServiceTimeout`, `InternalError`. A write may have happened."""

    code = "marketplace.unanswered"
    is_unanswered = True


class SignedOut(MarketplaceError):
    """The token is dead and could not be renewed: the store must be authorised again."""

    code = "marketplace.signed_out"


@dataclass(frozen=True, slots=True)
class StoreCredentials:
    """What is needed to speak for one store. Never logged, never stored in the database.

    `expires_at` and `refresh_expires_at` are the ends of the two tokens, None where the platform named none;
    `seller_id` is the account they speak for, "" where the platform did not say.
    """

    app_key: str = field(repr=False)
    app_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False, default="")
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    seller_id: str = ""


@dataclass(frozen=True, slots=True)
class SkuProperty:
    """One sale property of a variant: colour black, size M, ships from Spain …"""

    name_id: str
    value_id: str
    custom_name: str = ""
    image_url: str = ""


@dataclass(frozen=True, slots=True)
class SkuContent:
    """One variant as it is sent or read."""

    code: str
    price_minor: int
    stock: int | None
    properties: tuple[SkuProperty, ...] = ()
    barcode: str = ""


@dataclass(frozen=True, slots=True)
class AttributeContent:
    """One category attribute: by ids, or free text where an id is empty."""

    name_id: str = ""
    value_id: str = ""
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class ListingContent:
    """Everything of a listing that goes over the wire; `images` are photobank addresses, main image first.

    `service_template_id` is given to a new listing, "" for the platform's default; edits leave it alone. `keywords` are
    read where the platform names some, and never sent.
    `regional_prices` None is "not known": an edit leaves what the platform has.
    Days, weight and sides are None only in what was read and had none: such a content cannot be sent as a new listing.
    """

    title: str
    category_id: str
    detail_html: str
    images: tuple[str, ...]
    skus: tuple[SkuContent, ...]
    freight_template_id: str
    handling_days: int | None
    unit_id: str
    weight_g: int | None
    length_cm: int | None
    width_cm: int | None
    height_cm: int | None
    lot_size: int = 1
    group_id: str = ""
    keywords: tuple[str, ...] = ()
    attributes: tuple[AttributeContent, ...] = ()
    currency: str = "USD"
    language: str = "en"
    service_template_id: str = ""
    regional_prices: RegionalPrices | None = None


@dataclass(frozen=True, slots=True)
class RemoteListing:
    """A listing as the platform has it. `raw` is the detail record untouched, so that an edit loses nothing."""

    product_id: str
    status: RemoteStatus
    content: ListingContent
    created_at: datetime | None
    modified_at: datetime | None
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ListingSummary:
    """A row of the platform's product list."""

    product_id: str
    title: str
    status: RemoteStatus
    price_min_minor: int | None
    price_max_minor: int | None
    currency: str
    images: tuple[str, ...]
    freight_template_id: str
    group_id: str
    created_at: datetime | None
    modified_at: datetime | None


@dataclass(frozen=True, slots=True)
class ResultPage(Generic[T]):
    """One page of a remote list; pages are counted from 1."""

    rows: tuple[T, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of each product of a batch.

    `done` went through, `failed` did not (with the platform's code, or ours: `marketplace.…`), `unknown` have no
    verdict and must be looked up (`read_listing`) before they are sent again.
    """

    done: tuple[str, ...]
    failed: dict[str, str]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UploadedImage:
    """An image in the store's photobank."""

    url: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class RemoteCategory:
    """A node of the category tree."""

    category_id: str
    parent_id: str
    name_en: str
    name_zh: str
    is_leaf: bool
    level: int


@dataclass(frozen=True, slots=True)
class RemoteAttributeValue:
    """A value the category allows."""

    value_id: str
    name_en: str
    name_zh: str


@dataclass(frozen=True, slots=True)
class RemoteAttribute:
    """An attribute or, where `is_sku`, a sale property of a category; `order` is the platform's `spec`."""

    attribute_id: str
    name_en: str
    name_zh: str
    is_required: bool
    is_sku: bool
    order: int
    allows_custom_name: bool
    show_type: str
    values: tuple[RemoteAttributeValue, ...]


@dataclass(frozen=True, slots=True)
class RemoteGroup:
    """A product group of the store; `parent_id` is "" at the top."""

    group_id: str
    name: str
    parent_id: str


@dataclass(frozen=True, slots=True)
class RemoteFreightTemplate:
    """A freight template; `services` is None in the list and the platform's setting list in the detail."""

    template_id: str
    name: str
    is_default: bool
    services: list[dict[str, Any]] | None = None


class Marketplace(Protocol):
    """One store on one marketplace. All calls are coroutines and raise `MarketplaceError` subclasses only."""

    async def list_listings(
        self, status: RemoteStatus, page: int = 1, page_size: int = 50, *, modified_from: datetime | None = None
    ) -> ResultPage[ListingSummary]:
        """One page of the store's listings in *status*; the platform allows fewer than 100 a page.

        Args:
            modified_from: only what was changed since, by the platform's clock; a little more may come.
        """

    async def read_listing(self, product_id: str) -> RemoteListing:
        """The whole record."""

    async def find_listings(
        self, *, title: str, codes: Sequence[str], created_from: datetime, created_to: datetime
    ) -> tuple[RemoteListing, ...]:
        """Listings that may be the answer to an unanswered create: same title, created in the window, any status,
        and the same set of merchant codes. Reads details to compare codes; never guesses."""

    async def listings_titled(
        self, titles: Collection[str], *, created_from: datetime, created_to: datetime
    ) -> tuple[ListingSummary, ...]:
        """Listings of any state created in the window (by this computer's clock) whose title, with single blanks, is
        one of *titles*: rows of the lists, no details."""

    async def create_listing(self, content: ListingContent) -> str:
        """Create and return the product id. The listing is then in review. Never retried inside after it may have
        been applied: raises `Unanswered` instead."""

    async def edit_listing(
        self,
        product_id: str,
        content: ListingContent,
        *,
        accepted: Collection[records.Loss] = (),
        dropped: Collection[str] = (),
    ) -> None:
        """Read → merge → send, so that fields we do not know survive (domain.md 5.3). What goes must be among
        *accepted* of `EditPreview.lost`, or go with a variant whose merchant code is in *dropped*: else `WouldLose`,
        before anything is sent."""

    async def preview_edit(self, product_id: str, content: ListingContent) -> records.EditPreview:
        """What `edit_listing` would keep and lose of the platform's record; sends nothing."""

    async def set_online(self, product_ids: Sequence[str]) -> BatchOutcome:
        """Put on sale, in groups of 50."""

    async def set_offline(self, product_ids: Sequence[str]) -> BatchOutcome:
        """Take off sale, in groups of 50."""

    async def delete_listings(self, product_ids: Sequence[str]) -> BatchOutcome:
        """Delete for good; there is no way back."""

    async def edit_field(self, product_id: str, name: str, value: Any) -> None:
        """Change one field of `ListingContent` by its *name*, without reading or sending the rest."""

    async def set_prices(self, changes: Sequence[records.PriceChange]) -> BatchOutcome:
        """Set prices of many listings in as few calls as the platform allows; discounts nobody names stay."""

    async def set_stock(self, changes: Sequence[records.StockChange]) -> BatchOutcome:
        """Set stocks of many listings in as few calls as the platform allows."""

    async def move_groups(self, changes: Sequence[records.GroupChange]) -> BatchOutcome:
        """Put listings into other groups without editing them: no new review. One call for each."""

    def feed_item(
        self, item_id: str, content: ListingContent, attributes: Sequence[RemoteAttribute]
    ) -> records.FeedItem:
        """An item of a create feed; *attributes* are those of the content's category."""

    def feed_pays(self, kind: records.FeedKind, waiting: int) -> bool:
        """Whether that many things are better handed over as feeds than call by call, by the limits known now."""

    def feed_refusal(self, verdict: records.FeedVerdict) -> MarketplaceError:
        """The error that a verdict is which is not `is_done`, as a single call would have raised it."""

    async def submit_feed(self, kind: records.FeedKind, items: Sequence[records.FeedItem]) -> str:
        """Hand over a bulk job and return its id; `Unanswered` means it may be running: see `feed_jobs`."""

    async def feed_report(self, job_id: str) -> records.FeedReport:
        """The verdicts so far."""

    async def feed_jobs(self, kind: records.FeedKind, submitted_from: datetime) -> tuple[records.FeedJob, ...]:
        """Jobs handed over since then."""

    async def permissions(self) -> tuple[records.MethodPermission, ...]:
        """What the account may call, asked method by method; changes nothing on the platform."""

    def pauses(self) -> tuple[records.Pause, ...]:
        """The limits that hold this store's calls up now, the longest first."""

    def calls_made(self) -> records.CallsMade:
        """Calls since the last time this was asked."""

    async def store_profile(self) -> records.StoreProfile:
        """Who the store is and how many listings it may have."""

    async def size_charts(self, category_id: str) -> tuple[records.SizeChart, ...]:
        """Size charts of the store for a leaf category."""

    async def create_group(self, name: str, parent_id: str = "") -> str:
        """Make a product group and return its id; "" makes it at the top."""

    async def set_groups(self, product_id: str, group_ids: Sequence[str]) -> tuple[str, ...]:
        """Put a listing into these groups only; returns those the platform bound."""

    async def review_status(self, product_id: str) -> RemoteStatus:
        """Where the review stands."""

    async def fetch_image(self, address: str) -> bytes:
        """The picture at an address of the photobank, any store's; `Refused` for an address elsewhere."""

    async def upload_image(self, name: str, data: bytes) -> UploadedImage:
        """Put an image into the photobank."""

    async def category_children(self, parent_id: str = "0") -> tuple[RemoteCategory, ...]:
        """Children of a category; "0" is the root."""

    async def category_attributes(self, category_id: str) -> tuple[RemoteAttribute, ...]:
        """Attributes and sale properties of a leaf category."""

    async def product_groups(self) -> tuple[RemoteGroup, ...]:
        """All product groups, parents before children."""

    async def freight_templates(self) -> tuple[RemoteFreightTemplate, ...]:
        """All freight templates, without their settings."""

    async def freight_template(self, template_id: str) -> RemoteFreightTemplate:
        """One freight template with its settings."""

    async def promise_templates(self) -> tuple[records.RemotePromiseTemplate, ...]:
        """All service templates of the store."""

    async def carriers(self) -> tuple[records.RemoteCarrier, ...]:
        """Carrier services that shipment notices may name."""

    async def declare_shipment(self, notice: order_records.ShipmentNotice) -> None:
        """Send a shipment notice. After one with `is_complete` no further notice is taken."""

    async def change_shipment(
        self, old_carrier: str, old_tracking_no: str, notice: order_records.ShipmentNotice
    ) -> None:
        """Replace carrier and number of an earlier notice."""

    async def list_orders(
        self, *, created_from: datetime, created_to: datetime, page: int = 1, page_size: int = 50
    ) -> ResultPage[order_records.RemoteOrder]:
        """Orders created in the window, all states including finished ones; open orders come first."""

    async def read_order(self, order_id: str) -> order_records.RemoteOrder:
        """One order in full; address, refunds and parcels are in `raw`."""

    async def track(
        self, order_id: str, carrier: str, tracking_no: str, country: str
    ) -> tuple[records.TrackingEvent, ...]:
        """The way of a parcel so far."""

    async def close(self) -> None:
        """Close connections."""
