"""What is said of listings of a group: told apart from the others, as a change that can be undone."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.compliance.recheck import recheck
from app.services.db import Database
from app.services.errors import InputError
from app.services.history.records import ChangeRecord
from app.services.listings.apart import MOST_LISTINGS, tell_apart

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
