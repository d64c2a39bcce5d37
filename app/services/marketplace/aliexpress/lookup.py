"""Looking up what may have become of a create without an answer (DESIGN 3.1). Never guesses: equality only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime, timedelta

from app.services.marketplace.aliexpress.listings import ListingCalls
from app.services.marketplace.aliexpress.rules import rules
from app.services.marketplace.aliexpress.values import moment_text
from app.services.marketplace.port import ListingSummary, Refused, RemoteListing, RemoteStatus

_SAME_TIME = timedelta(seconds=30)
"""Answers tell whole seconds and take their time: clocks this close are the same."""


class LookupCalls(ListingCalls):
    """The part of the port that finds listings again; documented there."""

    async def find_listings(
        self, *, title: str, codes: Sequence[str], created_from: datetime, created_to: datetime
    ) -> tuple[RemoteListing, ...]:
        """Listings of any state with the same title and the same set of merchant codes, created in the window.

        The window is told by this computer's clock and moved by what the platform's answers show of theirs. The
        platform is asked per state with the window (widened, for the zone of its filter is not documented) and,
        where its form allows, the title; rows and details are then compared exactly. A row without a creation time
        counts as inside the window.
        """
        gateway = self._session.gateway
        while True:
            ahead = gateway.ahead
            found = await self._found(title, set(codes), created_from + ahead, created_to + ahead)
            if gateway.ahead == ahead or abs(gateway.ahead - ahead) < _SAME_TIME:
                return found

    async def listings_titled(
        self, titles: Collection[str], *, created_from: datetime, created_to: datetime
    ) -> tuple[ListingSummary, ...]:
        """Listings of any state with one of *titles*, created in the window, which is moved as in `find_listings`."""
        ahead = self._session.gateway.ahead
        since, until = created_from + ahead, created_to + ahead
        found: dict[str, ListingSummary] = {}
        async for row in self._candidates("", since, until):
            is_inside = row.created_at is None or _seconds(since) <= row.created_at <= until
            if is_inside and " ".join(row.title.split()) in titles:
                found[row.product_id] = row
        return tuple(found.values())

    async def _found(
        self, title: str, wanted: set[str], created_from: datetime, created_to: datetime
    ) -> tuple[RemoteListing, ...]:
        """One round of questions; times are the platform's."""
        found: dict[str, RemoteListing] = {}
        async for row in self._candidates(title, created_from, created_to):
            if row.product_id in found or not _is_same(row.title, title):
                continue
            if row.created_at is not None and not _seconds(created_from) <= row.created_at <= created_to:
                continue
            try:
                listing = await self.read_listing(row.product_id)
            except Refused as refusal:
                if refusal.error_code == "marketplace.product_missing":
                    continue  # deleted since it was listed
                raise
            if {sku.code for sku in listing.content.skus} == wanted:
                found[row.product_id] = listing
        return tuple(found.values())

    async def _candidates(
        self, title: str, created_from: datetime, created_to: datetime
    ) -> AsyncIterator[ListingSummary]:
        wire = rules("wire")
        slack = timedelta(seconds=wire["search_slack_s"])
        filters = {
            "gmt_create_start": moment_text(created_from - slack, "product"),
            "gmt_create_end": moment_text(created_to + slack, "product"),
        }
        if title and title.isascii() and len(title) <= wire["search_title_max"]:
            filters["subject"] = title
        for state in wire["search_order"]:
            page = 1
            while True:
                result = await self._listing_page(RemoteStatus(state), page, wire["product_page_max"], **filters)
                for row in result.rows:
                    yield row
                page += 1
                if page > result.pages:
                    break


def _is_same(one: str, other: str) -> bool:
    """Whether two titles are the same but for blanks, which the platform may have tidied."""
    return one.split() == other.split()


def _seconds(at: datetime) -> datetime:
    """The platform drops fractions of a second: a listing of the window's first second is inside it."""
    return at.replace(microsecond=0)
