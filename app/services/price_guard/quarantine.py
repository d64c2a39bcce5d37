"""What the price guard holds, with the reasons and the numbers a person decides by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.services.compliance.checker import check_prices
from app.services.compliance.context import CheckContext
from app.services.compliance.findings import Finding
from app.services.compliance.loading import load_context
from app.services.db import Database
from app.services.listings.loading import chunks, id_list, load_listings
from app.services.listings.records import ListingRecord
from app.services.price_guard.judging import Numbers, numbers_of
from app.services.price_guard.records import CODES, HELD_IDS

MOST = 2_000
"""Listings that are shown at once; a filter narrows them down."""


@dataclass(frozen=True, slots=True)
class HeldPrice:
    """One reason why a listing waits, about one of its variants.

    Attributes:
        code: merchant code of the variant.
        finding: what the checker says.
        numbers: of the variant.
    """

    listing_id: int
    store_id: int
    title: str
    code: str
    currency: str
    finding: Finding
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Quarantine:
    """What is held: `prices` of at most `MOST` listings, `listings` how many there are in all."""

    prices: tuple[HeldPrice, ...]
    listings: int


def quarantine(
    db: Database, store_ids: Sequence[int] = (), listing_ids: Sequence[int] | None = None, limit: int = MOST
) -> Quarantine:
    """Listings in quarantine: of these stores (none: all), or of *listing_ids* those that are."""
    with db.read() as session:
        connection = session.connection()
        held = _held(connection, store_ids) if listing_ids is None else sorted(set(listing_ids))
        found: list[HeldPrice] = []
        contexts: dict[int, CheckContext] = {}
        for chunk in chunks(held[:limit]):
            records = load_listings(session, chunk)
            for record in records:
                found += _prices(record, _context(session, contexts, record.store_id))
        listings = len(held) if listing_ids is None else len({one.listing_id for one in found})
    return Quarantine(tuple(found), listings)


def _held(connection: Connection, store_ids: Sequence[int]) -> list[int]:
    of_stores = f" AND store_id IN ({id_list(store_ids)})" if store_ids else ""
    found = connection.exec_driver_sql(f"SELECT DISTINCT listing_id FROM ({HELD_IDS}{of_stores}) ORDER BY 1")
    return list(found.scalars())


def _context(session: Session, contexts: dict[int, CheckContext], store_id: int) -> CheckContext:
    if store_id not in contexts:
        contexts[store_id] = load_context(session, store_id)
    return contexts[store_id]


def _prices(record: ListingRecord, context: CheckContext) -> list[HeldPrice]:
    findings = [one for one in check_prices(record, context) if one.code in CODES]
    if not findings:
        return []
    facts = context.guard.facts(record)
    return [
        HeldPrice(
            record.id,
            record.store_id,
            record.title,
            record.skus[one.sku].code,
            record.currency,
            one,
            numbers_of(record, one.sku, facts),
        )
        for one in findings
        if one.sku is not None
    ]
