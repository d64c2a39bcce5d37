"""What the Listings tab can be narrowed by."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.listings.filters import parse_filters
from app.services.listings.records import ListingStatus
from app.services.paging import Filter
from app.views.filter_fields import FilterField
from app.views.status import status

SEGMENTS = (
    ("all", "listings.segment.all", ""),
    ("drafts", "listings.segment.drafts", ""),
    ("on_the_way", "listings.segment.on_the_way", ""),
    ("live", "listings.segment.live", ""),
    ("refused", "listings.segment.refused", "red"),
    ("off", "listings.segment.off", ""),
)
SEGMENT_STATUSES: dict[str, tuple[str, ...]] = {
    "drafts": (ListingStatus.DRAFT, ListingStatus.READY, ListingStatus.HELD),
    "on_the_way": (ListingStatus.QUEUED, ListingStatus.SENDING, ListingStatus.IN_REVIEW),
    "live": (ListingStatus.LIVE,),
    "refused": (ListingStatus.FAILED, ListingStatus.REJECTED, ListingStatus.UNKNOWN),
    "off": (ListingStatus.OFF,),
}
REFUSED = SEGMENT_STATUSES["refused"]


def segment_filters(segment: str) -> tuple[Filter, ...]:
    """The conditions a segment stands for."""
    statuses = SEGMENT_STATUSES.get(segment)
    return (Filter("status", "in", tuple(str(one) for one in statuses)),) if statuses else ()


def segment_counts(by_status: dict[str, int]) -> dict[str, int]:
    """Counts for the segments from counts by status."""
    counts = {name: sum(by_status.get(one, 0) for one in of) for name, of in SEGMENT_STATUSES.items()}
    return {"all": sum(by_status.values()), **counts}


def _statuses() -> Sequence[tuple[str, str]]:
    return [(str(one), status(f"listing.{one}").word) for one in ListingStatus]


FIELDS = (
    FilterField("status", "listings.column.status", "choice", _statuses),
    FilterField("price", "listings.column.price", "number", unit_key="unit.usd"),
    FilterField("stock", "listings.column.stock", "number"),
    FilterField("findings", "listings.column.findings", "number"),
    FilterField("changed", "listings.filter.changed", "flag"),
    FilterField("title", "listings.column.title"),
    FilterField("sku", "listings.filter.sku"),
    FilterField("category", "listings.filter.category"),
    FilterField("freight_template", "listings.filter.freight_template"),
    FilterField("group", "listings.filter.group"),
    FilterField("ships_from", "listings.filter.ships_from"),
    FilterField("skus", "listings.column.skus", "number"),
    FilterField("images", "listings.column.images", "number"),
    FilterField("weight", "listings.filter.weight", "number"),
    FilterField("handling_days", "listings.filter.handling_days", "number"),
    FilterField("product_id", "listings.column.product_id"),
    FilterField("key", "listings.column.key"),
    FilterField("import_run", "listings.filter.import_run", "number"),
)


def parse(text: str) -> tuple[str, Sequence[Filter]]:
    """An expression as chips; a text that does not look like one stays a search.

    Raises:
        BadExpression: it looks like an expression and cannot be read.
    """
    if not any(sign in text for sign in "<>=~") and " is " not in text and " in (" not in text:
        return text, ()
    filters = [
        Filter(one.field, one.operator, one.value.lower() in ("1", "true", "yes")) if one.field == "changed" else one
        for one in parse_filters(text)
    ]
    return "", filters
