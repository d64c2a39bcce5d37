"""Which listings of one store carry the same merchant codes or the same title (domain.md 14.3).

What is compared stands in indexed columns, so that a chunk of listings costs two questions, however large the store.
Codes are compared by their match key: the same goods sent from another country are the same goods. A listing off sale
is nobody's twin: buyers do not see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.services.listings.apart import pairs_apart
from app.services.listings.loading import chunks, id_list

CHUNK = 500
_NAME = "coalesce(nullif(other.product_key, ''), other.product_id, other.title)"
_BY_CODE = f"""
SELECT DISTINCT mine.listing_id, mine.id, other.id, {_NAME}, other.product_id IS NOT NULL, other.sku_count
FROM sku AS mine
JOIN sku AS same ON same.match_key = mine.match_key AND same.listing_id <> mine.listing_id
JOIN listing AS own ON own.id = mine.listing_id
JOIN listing AS other ON other.id = same.listing_id AND other.store_id = own.store_id AND other.status <> 'off'
WHERE mine.listing_id IN ({{ids}}) AND mine.match_key <> ''
ORDER BY mine.listing_id, mine.position, other.id
"""
_BY_TITLE = f"""
SELECT own.id, NULL, other.id, {_NAME}, other.product_id IS NOT NULL, other.sku_count
FROM listing AS own
JOIN listing AS other ON other.title_folded = own.title_folded AND other.id <> own.id
 AND other.store_id = own.store_id AND other.status <> 'off'
WHERE own.id IN ({{ids}}) AND own.title_folded <> ''
ORDER BY own.id, other.id
"""


@dataclass(frozen=True, slots=True)
class Twin:
    """Another listing of the store, called `name`, has the code of the SKU `sku_id`; the title where None.

    `is_there`: the marketplace has it; `sku_count`: of all its variants.
    """

    sku_id: int | None
    listing_id: int
    name: str
    is_there: bool = False
    sku_count: int = 0


Twins = tuple[Twin, ...]
TwinReader = Callable[[Sequence[int]], Mapping[int, Twins]]


class TwinBook:
    """The twins of listings by id. Bulk work tells it those of a whole chunk; one it was not told of is looked up."""

    def __init__(self, read: TwinReader | None = None) -> None:
        self._read = read
        self._known: dict[int, Twins] = {}

    def of(self, listing_id: int) -> Twins:
        """Twins of a stored listing, those by code first, in the order of its variants."""
        try:
            return self._known[listing_id]
        except KeyError:
            found = self._read([listing_id]).get(listing_id, ()) if self._read is not None and listing_id else ()
            self._known[listing_id] = found
            return found

    def learn(self, listing_ids: Iterable[int], twins: Mapping[int, Twins]) -> None:
        """Add *listing_ids*; one that is not in *twins* has none."""
        self._known.update((number, twins.get(number, ())) for number in listing_ids)

    def forget(self) -> None:
        """Drop everything, so that a long run over a store keeps little in memory."""
        self._known.clear()


def read_twins(session: Session, listing_ids: Sequence[int], *, with_apart: bool = False) -> dict[int, Twins]:
    """Twins of those of *listing_ids* that have any; pairs that a person told apart only where *with_apart*."""
    found: dict[int, list[Twin]] = {}
    for chunk in chunks(listing_ids, CHUNK):
        for query in (_BY_CODE, _BY_TITLE):
            for number, sku_id, other_id, name, is_there, count in session.execute(
                text(query.format(ids=id_list(chunk)))
            ):
                found.setdefault(number, []).append(Twin(sku_id, other_id, name, bool(is_there), count))
    apart = pairs_apart(session.connection(), found) if found and not with_apart else set()
    kept = {
        number: tuple(
            twin for twin in twins if (min(number, twin.listing_id), max(number, twin.listing_id)) not in apart
        )
        for number, twins in found.items()
    }
    return {number: twins for number, twins in kept.items() if twins}


def with_twins(session: Session, listing_ids: Iterable[int]) -> list[int]:
    """*listing_ids* and the twins of each: what is said about those changes, too."""
    ids = sorted(set(listing_ids))
    twins = read_twins(session, ids, with_apart=True)  # what was told apart a moment ago is counted anew, too
    return sorted({*ids, *(twin.listing_id for its in twins.values() for twin in its)})
