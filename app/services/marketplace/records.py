"""What the port passes to and fro about many listings at once, feeds, limits and the store itself.

As in `port`: ids are text, money is minor units, times are aware UTC datetimes, and a missing value is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Loss:
    """A part of the platform's record that an edit erases for good.

    Attributes:
        path: where it stands in the platform's record.
        kind: what it is, in our words: its sentence is `loss.<kind>`.
        name: which one: an attribute, a country, a merchant code, a field without a name of ours.
        value: what stands there, as text; long ones are cut and end in a checksum, so that two are never alike.
        sku: merchant code of a variant that goes as a whole and takes this along; "" where the variant stays.
    """

    path: str
    kind: str
    name: str
    value: str
    sku: str = ""


GROUP_LOST = "group"
"""The kind of loss that a product group is."""


def lost_group(group_id: str) -> Loss:
    """A product group that a listing is taken out of."""
    return Loss(f"group_ids[{group_id}]", GROUP_LOST, group_id, "")


@dataclass(frozen=True, slots=True)
class EditPreview:
    """What an edit does to the parts of the platform's record that `ListingContent` does not carry.

    `kept`: paths that a plain overwrite would have erased and the merge sends back. `lost`: what will be gone.
    """

    kept: tuple[str, ...]
    lost: tuple[Loss, ...]


@dataclass(frozen=True, slots=True)
class SkuPrice:
    """A new price of one variant.

    Attributes:
        code: merchant code.
        price_minor: in minor units of the change's currency.
        discount_minor: the price while discounted; None leaves what the platform has, unless `drops_discount`.
        sku_id: the platform's id of the variant as `raw` has it; looked up where it is "" and needed.
    """

    code: str
    price_minor: int
    discount_minor: int | None = None
    drops_discount: bool = False
    sku_id: str = ""


@dataclass(frozen=True, slots=True)
class PriceChange:
    """New prices for some variants of a listing; the others keep theirs."""

    product_id: str
    skus: tuple[SkuPrice, ...]
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class SkuStock:
    """A new stock of one variant; `sku_id` as in `SkuPrice`."""

    code: str
    stock: int
    sku_id: str = ""


@dataclass(frozen=True, slots=True)
class StockChange:
    """New stocks for some variants of a listing; the others keep theirs."""

    product_id: str
    skus: tuple[SkuStock, ...]


@dataclass(frozen=True, slots=True)
class GroupChange:
    """Another product group for a listing that was in *before* ("" for none); other groups it is in stay."""

    product_id: str
    before: str
    after: str


class FeedKind(StrEnum):
    """What a feed (a bulk job of the platform) does with its items."""

    CREATE = "PRODUCT_CREATE"
    REPLACE = "PRODUCT_FULL_UPDATE"
    STOCK = "PRODUCT_STOCKS_UPDATE"
    PRICE = "PRODUCT_PRICES_UPDATE"


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item of a feed. `item_id` is ours and unique in the feed: by it the outcome is found again."""

    item_id: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FeedVerdict:
    """What became of one item: `product_id` where it worked, else the platform's `code` and sentence."""

    item_id: str
    is_done: bool
    product_id: str = ""
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What is known of a job: verdicts come one by one, in any order."""

    job_id: str
    total: int
    verdicts: tuple[FeedVerdict, ...]

    @property
    def is_over(self) -> bool:
        """Whether every item has its verdict."""
        return len(self.verdicts) >= self.total > 0


@dataclass(frozen=True, slots=True)
class FeedJob:
    """A row of the platform's list of jobs; `state` is QUEUEING, PROCESSING or FINISH."""

    job_id: str
    kind: str
    state: str

    @property
    def is_over(self) -> bool:
        """Whether nothing will come of it any more."""
        return self.state == "FINISH"


@dataclass(frozen=True, slots=True)
class Pause:
    """A limit the platform named, and until when it is kept to: for one method (its name), `store` or `app`."""

    until: datetime
    code: str
    scope: str


@dataclass(frozen=True, slots=True)
class CallsMade:
    """Calls that left for a store, and whether the platform said among them that its day quota is used up."""

    count: int = 0
    is_used_up: bool = False


@dataclass(frozen=True, slots=True)
class MethodPermission:
    """Whether the store's account may call a method; None where the answer did not say. `purpose` groups methods of
    which one is enough: `list`, `create`, `orders` …"""

    purpose: str
    method: str
    is_allowed: bool | None


@dataclass(frozen=True, slots=True)
class StoreProfile:
    """What a store is and how much it may list; None and "" where the account's methods do not say."""

    seller_id: str = ""
    shop_name: str = ""
    country: str = ""
    currency: str = ""
    listings: int | None = None
    listings_max: int | None = None
    may_post: bool = True


@dataclass(frozen=True, slots=True)
class SizeChart:
    """A size chart that listings of a category may name."""

    chart_id: str
    name: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """A step of a parcel; `action` is the platform's code, "" in older answers."""

    at: datetime | None
    place: str
    text: str
    action: str = ""


@dataclass(frozen=True, slots=True)
class RemotePromiseTemplate:
    """A service (promise) template; "0" is the beginner template."""

    template_id: str
    name: str


@dataclass(frozen=True, slots=True)
class RemoteCarrier:
    """A carrier service: notices name its `service_name`, and their numbers must fit `tracking_pattern` (regular
    expression, "" for any)."""

    service_name: str
    display_name: str
    company: str
    tracking_pattern: str
    min_days: int | None
    max_days: int | None
