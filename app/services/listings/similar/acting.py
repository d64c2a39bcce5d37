"""What is done with listings of a group: told apart from the others, or set aside with a tag. Both can be undone."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.errors import InputError
from app.services.history.records import ChangeRecord
from app.services.listings.apart import MOST_LISTINGS, tell_apart
from app.services.listings.editing import ListingEdit, edit_listings
from app.services.listings.tags import clean_tag

MOST_PAIRS = MOST_LISTINGS * (MOST_LISTINGS - 1) // 2
"""As many as all listings that are told apart at once have among each other."""


def tell_group_apart(db: Database, listing_ids: Sequence[int], group: Sequence[int]) -> ChangeRecord | None:
    """Remember that each of these is not the same as any other listing of its group, and check all of them anew.

    Returns: the change; None where all of it was said before.
    Raises:
        InputError: `similar.too_many`, the pairs are too many to mean anything.
    """
    wanted = set(listing_ids)
    pairs = {(min(one, other), max(one, other)) for one in wanted for other in group if one != other}
    if len(pairs) > MOST_PAIRS:
        raise InputError("similar.too_many", n=len(wanted), most=MOST_LISTINGS)
    change = tell_apart(db, sorted(pairs))
    recheck(db, sorted({*wanted, *group}))
    return change


def set_aside(db: Database, listing_ids: Sequence[int], tag: str) -> ChangeRecord | None:
    """Give these listings a tag, by which they are found again; it is no content and stops nothing.

    Returns: the change; None where all of them have it.
    Raises:
        BadTag: an empty or overlong one.
    """
    word = clean_tag(tag)
    edits = [ListingEdit(number, add_tags=(word,), is_complete=False) for number in listing_ids]
    params = {"tag": word, "n": len(edits)}
    return edit_listings(db, edits, label="change.set_aside", params=params)
