"""What a sync did."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class What(StrEnum):
    """Parts of a store that can be synced."""

    CATEGORIES = "categories"
    GROUPS = "groups"
    FREIGHT = "freight"
    LISTINGS = "listings"
    ORDERS = "orders"


EVERYTHING = tuple(What)
"""In the order in which one part's names are needed by the next."""


@dataclass(slots=True)
class ListingCounts:
    """What came of the listings.

    Attributes:
        seen: listings the platform has.
        new: of them, not here before.
        changed: of them, brought up to date here.
        unchanged: of them, the same as here.
        conflicts: ids of listings changed on both sides; the local fields were kept.
        failed: product id → error code of listings that could not be read; they are tried again next time.
        waiting: listings left to the publish queue, which is still finding out whether they are its own.
        touched: ids of new and changed ones.
        removed: ids of listings the platform does not know any more.
    """

    seen: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    conflicts: list[int] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    waiting: int = 0
    touched: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)


@dataclass(slots=True)
class SyncResult:
    """What is here now of each part that was asked for; 0 for parts that were not.

    Attributes:
        orders: orders of the store that are here.
        orders_read: of them, those this run read: new ones and those that still move.
        order_lines: lines of the orders read.
        refused: parts whose reading the platform refused → error code.
    """

    listings: ListingCounts = field(default_factory=ListingCounts)
    orders: int = 0
    orders_read: int = 0
    order_lines: int = 0
    freight_templates: int = 0
    groups: int = 0
    categories: int = 0
    refused: dict[str, str] = field(default_factory=dict)
