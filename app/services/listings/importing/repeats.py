"""New listings of an import that have a code or title which another listing of the store has.

They are checked once more when all of them are stored: while they were counted, some were not there yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import text

from app.services.codes.keys import match_key
from app.services.compliance.twins import read_twins
from app.services.db import Database
from app.services.listings.importing.records import NewListing
from app.services.listings.text import fold

_OTHERS = "SELECT EXISTS (SELECT 1 FROM listing WHERE store_id = :store AND id NOT BETWEEN :first AND :last)"


def repeated(db: Database, store_id: int, new: Sequence[NewListing]) -> list[int]:
    """Ids of those of *new*, just stored under consecutive ids, that have twins.

    The database is asked only where the store had listings before: the first import of a large catalogue has nothing
    to be compared with but itself.
    """
    if not new:
        return []
    ids = [one.record.id for one in new]
    with db.read() as session:
        params = {"store": store_id, "first": ids[0], "last": ids[-1]}
        if session.execute(text(_OTHERS), params).scalar_one():
            return list(read_twins(session, ids))
    return _among_themselves(new)


def _among_themselves(new: Sequence[NewListing]) -> list[int]:
    titles = [fold(one.record.title) for one in new if one.record.title]
    keys = [key for one in new for key in {match_key(sku.code) for sku in one.record.skus if sku.code}]
    if len(set(titles)) == len(titles) and len(set(keys)) == len(keys):
        return []  # as in most sheets; telling whose they are takes as long again
    first: dict[str, int] = {}
    found: set[int] = set()
    for one in new:
        number = one.record.id
        for sign in _signs(one):
            owner = first.setdefault(sign, number)
            if owner != number:
                found.update((owner, number))
    return sorted(found)


def _signs(one: NewListing) -> Iterator[str]:
    """Codes and title in the spelling in which they are compared; no code has a blank before it."""
    if title := fold(one.record.title):
        yield f" {title}"
    yield from filter(None, (match_key(sku.code) for sku in one.record.skus))
