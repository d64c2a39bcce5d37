"""What goes wrong in the picture tour: mistakes a person makes, and a practice market that is stricter than its papers.

Without them the pictures would show a day on which everything is well, and none of what the program is for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from app.services.listings.editing import ListingEdit
from app.services.stores.practice_addresses import ask

STRICTNESS = {"handling_days_max": 5, "audit_reject_share": 0.15}
"""Switches of the practice market: dispatch within five days, and a review that refuses one listing in seven."""
LONG = " for Home Office Bedroom Kitchen Garden Travel Camping and Outdoor Use in Every Season of the Year"
BRAND = "Nike "
Detail = Callable[[int], Any]


def mistakes(listing_ids: Sequence[int], detail: Detail) -> list[ListingEdit]:
    """Edits that spoil the first eleven of *listing_ids*, four ways.

    Three titles get too long, two packages lose their weight, two titles name a brand (held for a release), and four
    listings get a handling time that the checker takes and the market does not.
    """
    long, weightless, branded, slow = (listing_ids[start:end] for start, end in ((0, 3), (3, 5), (5, 7), (7, 11)))
    return [
        *(ListingEdit(one, {"title": detail(one).record.title + LONG}) for one in long),
        *(ListingEdit(one, {"weight_g": None}) for one in weightless),
        *(ListingEdit(one, {"title": BRAND + detail(one).record.title}) for one in branded),
        *(ListingEdit(one, {"handling_days": 7}) for one in slow),
    ]


def be_strict(gateway: str) -> None:
    """Turn the switches of the practice market at *gateway*. Raises PracticeMarketSilent: it does not take them."""
    ask(gateway, "faults", STRICTNESS)
