"""Counting the findings of listings that are not stored yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from app.services.compliance import check, load_context
from app.services.compliance.findings import counts
from app.services.compliance.image_facts import ImageFacts
from app.services.compliance.stored_findings import Tally, tally
from app.services.compliance.twins import TwinBook
from app.services.db import Database
from app.services.listings.records import ListingRecord

NONE: Tally = {}
Count = Callable[[ListingRecord], tuple[tuple[int, int, int], Tally]]
"""Findings of a listing that block, hold and warn, and the same by rule."""


@contextmanager
def counting(db: Database, store_id: int, pictures: Mapping[str, ImageFacts]) -> Iterator[Count]:
    """A counter for listings of a store. *pictures*: what is known about every picture they may have."""
    with db.read() as session:
        context = load_context(session, store_id)
        context.images.learn(pictures)
        context.variant_look.share()
        context.twins = TwinBook()  # nothing is stored yet: `repeats` sees to it when everything is

        def count(record: ListingRecord) -> tuple[tuple[int, int, int], Tally]:
            findings = check(record, context)
            return (counts(findings), tally(findings)) if findings else ((0, 0, 0), NONE)

        yield count
