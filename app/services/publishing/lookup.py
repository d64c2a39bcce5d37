"""What became of requests nobody answered: asked on the marketplace, never guessed (DESIGN.md 3.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from app.models import TaskAction
from app.services.clock import from_ms
from app.services.marketplace.port import AttributeContent, ListingContent, Marketplace, RemoteListing, SkuContent
from app.services.publishing.entries import CODE_SEPARATOR, TaskKey
from app.services.publishing.pages import is_same_page
from app.services.publishing.turns import Facts
from app.services.regional_prices import RegionalPrices


@dataclass(slots=True)
class UnknownTask:
    """A task whose request was not answered, as the journal has it.

    Attributes:
        content_hash: what was sent.
        feed_item, feed_job: its name in a feed and the feed's id, "" where there is none or it is not known.
        said: code of what the platform did say, "" where it said nothing.
        absences: looks that found nothing.
        due_s, added_s: when it is looked at next, and when this run learned of it, by the clock that never jumps.
    """

    task_id: int
    listing_id: int
    batch_id: int
    attempts: int
    action: TaskAction
    content_hash: str
    title: str
    codes: tuple[str, ...]
    product_id: str | None
    sent_ms: int
    unknown_ms: int
    feed_item: str = ""
    feed_job: str = ""
    said: str = ""
    absences: int = 0
    due_s: float = 0.0
    added_s: float = 0.0

    @property
    def key(self) -> TaskKey:
        """What a change in the journal must still find."""
        return TaskKey(self.task_id, self.listing_id, self.attempts)

    @property
    def settled_from_ms(self) -> int:
        """The settle delay counts from here: not before the request can have left, nor before we gave up on it."""
        return max(self.sent_ms, self.unknown_ms)


_COLUMNS = (
    "id, listing_id, batch_id, attempts, action, content_hash, title, codes, product_id, "
    "coalesce(sent_ms, 0), coalesce(settled_ms, 0), feed_item, feed_job, error_code"
)


def adopt_unknown(connection: Connection, store_id: int, owner: str) -> list[UnknownTask]:
    """Take the unknown tasks of a store that nobody looks up."""
    rows = connection.exec_driver_sql(
        "UPDATE publish_task SET owner = ? WHERE store_id = ? AND state = 'unknown' AND owner = '' "
        f"RETURNING {_COLUMNS}",
        (owner, store_id),
    ).all()
    return sorted(map(_unknown, rows), key=lambda task: task.task_id)


def _unknown(row: Row[Any]) -> UnknownTask:
    task_id, listing_id, batch_id, attempts, action, content_hash, title, codes, *rest = tuple(row)
    sent = (TaskAction(action), content_hash, title, split_codes(codes))
    return UnknownTask(task_id, listing_id, batch_id, attempts, *sent, *rest)


def split_codes(codes: str) -> tuple[str, ...]:
    """Merchant codes as the journal joined them."""
    return tuple(codes.split(CODE_SEPARATOR)) if codes else ()


def known_products(
    connection: Connection, store_id: int, task: UnknownTask, found: Iterable[str], skew_ms: int
) -> set[str]:
    """Which of *found* are certainly not the answer to *task*.

    Those that another listing's task sent, and those of listings older than the window that was searched. A listing
    that a sync has made of our own product since then does not count.
    """
    known: set[str] = set()
    for product_id in found:
        row = connection.exec_driver_sql(
            "SELECT EXISTS (SELECT 1 FROM publish_task WHERE store_id = ? AND product_id = ? AND listing_id <> ?) "
            "OR EXISTS (SELECT 1 FROM listing WHERE store_id = ? AND product_id = ? AND id <> ? AND created_ms < ?)",
            (store_id, product_id, task.listing_id, store_id, product_id, task.listing_id, task.sent_ms - skew_ms),
        ).scalar()
        if row:
            known.add(product_id)
    return known


async def find_candidates(marketplace: Marketplace, task: UnknownTask, skew_ms: int, now_ms: int) -> tuple[str, ...]:
    """Product ids with the title and codes of *task*, created between its request and now, whichever comes first by
    a clock that may have been set back.

    Raises:
        MarketplaceError: the question could not be asked; nothing is known.
    """
    since, until = from_ms(min(task.sent_ms, now_ms) - skew_ms), from_ms(max(task.sent_ms, now_ms) + skew_ms)
    assert since is not None
    assert until is not None
    found = await marketplace.find_listings(title=task.title, codes=task.codes, created_from=since, created_to=until)
    return tuple(dict.fromkeys(listing.product_id for listing in found))


def is_applied(sent: ListingContent, remote: RemoteListing, before: Facts | None = None) -> bool:
    """Whether the platform's record shows what an edit sent; *before* is what its variants had at the last sync.

    Everything that an edit can change is compared, but for what the platform is known to take out of detail pages and
    to write in words of its own. A wrong "no" costs one more edit with the same content, which changes nothing but
    stock sold meanwhile; a wrong "yes" would show as live what is not there.
    """
    there = remote.content
    return (
        sent.title == there.title
        and is_same_page(sent.detail_html, there.detail_html, sent.images)
        and _are_same_attributes(sent.attributes, there.attributes)
        and (sent.unit_id, sent.lot_size, sent.currency) == (there.unit_id, there.lot_size, there.currency)
        and _cost_the_same(sent, there.regional_prices or RegionalPrices())
        and sent.category_id == there.category_id
        and sent.images == there.images
        and sent.freight_template_id == there.freight_template_id
        and sent.group_id == there.group_id
        and sent.handling_days == there.handling_days
        and sent.weight_g == there.weight_g
        and (sent.length_cm, sent.width_cm, sent.height_cm) == (there.length_cm, there.width_cm, there.height_cm)
        and sorted(map(_sku_facts, sent.skus)) == sorted(map(_sku_facts, there.skus))
        and _pictures(sent.skus) == _pictures(there.skus)
        and _stocks_fit(sent, there, before or {})
    )


def _stocks_fit(sent: ListingContent, there: ListingContent, before: Facts) -> bool:
    """Stock sinks with every order and never rises by itself: more than was sent is another stock; less is ours,
    partly sold, unless it may as well be the rest of what was there before."""
    present = {sku.code: sku.stock for sku in there.skus}
    for sku in sent.skus:
        now, earlier = present.get(sku.code), before.get(sku.code, (None, None))[1]
        if sku.stock is None or now is None or now == sku.stock:
            continue
        is_rest = earlier is None or now <= earlier < sku.stock
        if now > sku.stock or is_rest:
            return False
    return True


def _are_same_attributes(sent: Iterable[AttributeContent], there: Iterable[AttributeContent]) -> bool:
    """By ids, by words where there are none. A text beside an id counts where both say one: the platform may leave out,
    or add, the name of a standard value."""
    ours, theirs = ({_meant(one): one.value.strip() for one in of} for of in (sent, there))
    return ours.keys() == theirs.keys() and all(
        not text or not theirs[meant] or text == theirs[meant] for meant, text in ours.items()
    )


def _meant(attribute: AttributeContent) -> tuple[str, str]:
    """An attribute by its ids, by its own words where it has none."""
    return attribute.name_id or attribute.name, attribute.value_id or attribute.value


def _cost_the_same(sent: ListingContent, there: RegionalPrices) -> bool:
    """Whether every country has the price that was sent, if any were; one family keeps differences worked out."""
    prices = sent.regional_prices
    if prices is None or prices == there:
        return True
    return prices.countries == there.countries and all(
        prices.price(country, sku.code, sku.price_minor) == there.price(country, sku.code, sku.price_minor)
        for country in prices.countries
        for sku in sent.skus
    )


def _sku_facts(sku: SkuContent) -> tuple[object, ...]:
    properties = tuple((part.name_id, part.value_id, part.custom_name) for part in sku.properties)
    return sku.code, sku.price_minor, sku.barcode, properties


def _pictures(skus: Iterable[SkuContent]) -> dict[tuple[str, str], str]:
    """The picture of each value that has one: the platform may show it for every variant of that value."""
    parts = (part for sku in skus for part in sku.properties if part.image_url)
    return {(part.name_id, part.value_id): part.image_url for part in parts}
