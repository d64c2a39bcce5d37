"""The price guard's facts out of the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal

import orjson
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.services.listings.marketing.plans import DiscountPlan
from app.services.listings.records import ListingRecord
from app.services.price_guard.book import GuardBook
from app.services.price_guard.floors import plans_in_force
from app.services.price_guard.records import Floor, Release, SkuFigures
from app.services.price_guard.releases import read_releases
from app.services.price_guard.settings import GuardSettings, asks_costs, guard_settings
from app.services.pricing.rates import exchange_rates
from app.services.pricing.team_settings import team_settings
from app.services.pricing.terms import NOTHING

_FLOORS = "SELECT match_key, floor_minor, currency FROM price_floor WHERE match_key IN (SELECT value FROM json_each(?))"
_REMOTE = (
    "SELECT listing.id, synced.skus, synced.read_ms, prices, sent_ms FROM listing "
    "LEFT JOIN listing_synced AS synced ON synced.id = listing.id LEFT JOIN sent_price ON listing_id = listing.id "
    "WHERE listing.id IN (SELECT value FROM json_each(?))"
)

Later = Callable[[], AbstractContextManager[Session]]
"""Makes a session for reading, also after the one a context was made with has ended."""


def guard_book(session: Session, later: Later, far_below: float) -> GuardBook:
    """The guard of the database, as it is set now."""
    source = _Stored(later)
    return GuardBook(source.read(session.connection()), source, far_below)


class _Stored:
    """Facts out of the database, read when they are asked for."""

    def __init__(self, later: Later) -> None:
        self._later = later
        self.asks_costs = self.has_floors = False
        self.rates: dict[str, Decimal] = {}
        self._planned = NOTHING

    def renew(self) -> GuardSettings:
        """Look again at what there is."""
        with self._later() as session:
            return self.read(session.connection())

    def read(self, connection: Connection) -> GuardSettings:
        """Look at what there is."""
        settings = guard_settings(connection)
        self.asks_costs = asks_costs(connection, settings)
        self.has_floors = connection.exec_driver_sql("SELECT 1 FROM price_floor LIMIT 1").first() is not None
        self.rates = {}
        if self.has_floors or self.asks_costs:
            self.rates = {currency: rate.rate for currency, rate in exchange_rates(connection).items()}
            self._planned = team_settings(connection).discount
        return settings

    def floors(self, codes: Sequence[str]) -> Mapping[str, Sequence[Floor]]:
        """Floors by merchant code."""
        from app.services.codes.keys import match_key  # the reader of codes needs the checker's rules

        keys = {code: match_key(code) for code in codes}
        with self._later() as session:
            rows = session.connection().exec_driver_sql(_FLOORS, (orjson.dumps([*{*keys.values()}]).decode(),))
            found: dict[str, list[Floor]] = {}
            for key, minor, currency in rows:
                found.setdefault(key, []).append(Floor(minor, currency))
        return {code: found[key] for code, key in keys.items() if key in found}

    def plans(self, listing_ids: Sequence[int]) -> Mapping[int, DiscountPlan]:
        """The plan of the marketing group; where it leaves the discount open, with the planned one."""
        with self._later() as session:
            return plans_in_force(session.connection(), listing_ids, self._planned)

    def remote(self, listing_ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
        """Prices as the last sync noted them, or as they were sent since."""
        with self._later() as session:
            rows = session.connection().exec_driver_sql(_REMOTE, (orjson.dumps(list(listing_ids)).decode(),)).all()
        return {number: prices for number, *row in rows if (prices := _prices(*row))}

    def releases(self, listing_ids: Sequence[int]) -> Mapping[int, Release]:
        """Releases as they are stored."""
        with self._later() as session:
            return read_releases(session.connection(), listing_ids)

    def figures(self, records: Sequence[ListingRecord]) -> Sequence[Sequence[SkuFigures]]:
        """Costs and rates of the variants."""
        from app.services.price_guard.figures import read_figures  # it reads codes, too

        with self._later() as session:
            return read_figures(session.connection(), records)


def _prices(synced: str | None, read_ms: int | None, sent: str | None, sent_ms: int | None) -> dict[str, int]:
    """The newer of what a sync saw (and when) and what was sent, as far as prices are known."""
    seen = orjson.loads(synced) if synced is not None else None
    if sent is not None and (seen is None or (sent_ms or 0) >= (read_ms or 0)):
        found = orjson.loads(sent)
    else:
        found = {code: fact[0] for code, fact in (seen or {}).items()}
    return {code: price for code, price in found.items() if price is not None}
