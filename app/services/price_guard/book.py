"""What the checker asks about the prices of listings: looked up once for many of them, kept while they are checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from statistics import median
from typing import Any, Protocol, TypeVar

from app.services.listings.marketing.plans import NO_PLAN, DiscountPlan
from app.services.listings.records import ListingRecord
from app.services.price_guard.figure_keys import figure_key
from app.services.price_guard.floors import floor_for
from app.services.price_guard.judging import Reason, is_released, reasons_of
from app.services.price_guard.records import Floor, ListingFacts, Release, SkuFigures
from app.services.price_guard.settings import GuardSettings

K = TypeVar("K")
V = TypeVar("V")


class GuardSource(Protocol):
    """Where the facts come from: the database, or a test."""

    has_floors: bool
    asks_costs: bool

    def renew(self) -> GuardSettings:
        """Look again whether there are floors and costs, and at the rates. Returns: the settings in force."""
        ...

    @property
    def rates(self) -> Mapping[str, Decimal]:
        """CNY for one unit of each currency somebody entered."""
        ...

    def floors(self, codes: Sequence[str]) -> Mapping[str, Sequence[Floor]]:
        """Floors by merchant code: those of its goods, one in a currency."""
        ...

    def plans(self, listing_ids: Sequence[int]) -> Mapping[int, DiscountPlan]:
        """What is taken off the prices of each of them."""
        ...

    def remote(self, listing_ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
        """Prices the marketplace has, by merchant code, of those it has."""
        ...

    def releases(self, listing_ids: Sequence[int]) -> Mapping[int, Release]:
        """The last release of those that have one."""
        ...

    def figures(self, records: Sequence[ListingRecord]) -> Sequence[Sequence[SkuFigures]]:
        """Costs and rates of the variants, record by record."""
        ...


class GuardBook:
    """The guard of one store's listings. Bulk work tells it a whole chunk; what it was not told of is looked up.

    Args:
        source: None: nobody guards anything but what stands in the listing itself.
        far_below: share of the middle price below which a variant is far too cheap.
    """

    def __init__(
        self, settings: GuardSettings | None = None, source: GuardSource | None = None, far_below: float = 0.2
    ) -> None:
        self.settings, self._source = settings or GuardSettings(), source
        self._far_below = Decimal(str(far_below))
        self._plans: dict[int, DiscountPlan | None] = {}
        self._remote: dict[int, Mapping[str, int] | None] = {}
        self._releases: dict[int, Release | None] = {}
        self._floors: dict[str, Sequence[Floor] | None] = {}
        self._figures: dict[tuple[Any, ...], Sequence[SkuFigures]] = {}
        self._last: tuple[ListingRecord, Any, list[Reason]] | None = None

    @property
    def _asks_floors(self) -> bool:
        return self._source is not None and self.settings.floors and self._source.has_floors

    @property
    def _asks_costs(self) -> bool:
        return self._source is not None and self._source.asks_costs

    @property
    def asks_prices(self) -> bool:
        """Whether prices are compared with floors or costs, and not only with each other and the marketplace's."""
        return self._asks_floors or self._asks_costs

    def learn(self, records: Sequence[ListingRecord]) -> None:
        """Look up everything about *records* at once."""
        if self._source is None:
            return
        ids = [record.id for record in records if record.id and record.id not in self._plans]
        if ids and self.asks_prices:
            _note(self._plans, ids, self._source.plans(ids))
        if ids:
            _note(self._releases, ids, self._source.releases(ids))
        there = [record.id for record in records if record.product_id and record.id not in self._remote]
        if there and self.settings.changes:
            _note(self._remote, there, self._source.remote(there))
        if self._asks_floors:
            codes = {sku.code for record in records for sku in record.skus if sku.code.strip()}
            if new := sorted(codes - self._floors.keys()):
                _note(self._floors, new, self._source.floors(new))
        if self._asks_costs:
            unread = {figure_key(record): record for record in records if figure_key(record) not in self._figures}
            if unread:
                self._figures.update(zip(unread, self._source.figures([*unread.values()]), strict=True))

    def facts(self, record: ListingRecord) -> ListingFacts:
        """What is known of *record*."""
        if self._source is None:
            return ListingFacts()
        self.learn([record])
        figures = self._figures[figure_key(record)] if self._asks_costs else None
        rates, codes = self._source.rates, [sku.code for sku in record.skus] if self._asks_floors else []
        return ListingFacts(
            plan=self._plans.get(record.id) or NO_PLAN,
            remote=_told_apart(record, self._remote.get(record.id)),
            release=self._releases.get(record.id),
            floors=[floor_for(self._floors.get(code) or (), record.currency, rates) for code in codes],
            figures=figures,
            rates=rates,
        )

    def there(self, record: ListingRecord) -> ListingRecord:
        """*record* with the prices the marketplace has, as far as they are known: those a listing has that is put on
        sale again."""
        remote = self.facts(record).remote or {}
        skus = [replace(sku, price_minor=remote.get(sku.code, sku.price_minor)) for sku in record.skus]
        return replace(record, skus=skus)

    def is_fine(self, record: ListingRecord) -> bool:
        """Whether nothing can be wrong at all, at a glance."""
        if self.asks_prices or not self._moves_little(record):
            return False
        if not self.settings.far_below:
            return True
        prices = [sku.price_minor for sku in record.skus if sku.price_minor]
        if len(prices) < 2:
            return True
        cheapest, share = min(prices), self._far_below
        return cheapest >= share * max(prices) or cheapest >= share * Decimal(median(prices))

    def _moves_little(self, record: ListingRecord) -> bool:
        """Whether no price is as far from what the marketplace has as to be told."""
        if not self.settings.changes or not record.product_id or self._source is None:
            return True
        if record.id not in self._remote:
            self.learn([record])
        before, limit = self._remote.get(record.id) or {}, self.settings.warn_bp
        for sku in record.skus:
            known, price = before.get(sku.code), sku.price_minor
            if known and price and abs(price - known) * 10_000 > limit * known:
                return False
        return True

    def open_reasons(self, record: ListingRecord) -> list[Reason]:
        """Reasons nobody released. Asked by one rule after the other, so the last answer is kept."""
        stamp = (record.currency, [(sku.code, sku.price_minor) for sku in record.skus], repr(record.regional_prices))
        if self._last is not None and self._last[0] is record and self._last[1] == stamp:
            return self._last[2]
        facts, found = self.all_reasons(record)
        left = [reason for reason in found if not is_released(record, facts, reason)]
        self._last = (record, stamp, left)
        return left

    def all_reasons(self, record: ListingRecord) -> tuple[ListingFacts, list[Reason]]:
        """Everything that speaks against the prices of *record*, and what it is judged by."""
        facts = self.facts(record)
        return facts, list(reasons_of(record, facts, self.settings, self._far_below))

    def forget(self) -> None:
        """Drop everything, so that a long run over a store keeps little in memory."""
        self._last = None
        for known in (self._plans, self._remote, self._releases, self._floors, self._figures):
            known.clear()

    def renew(self) -> None:
        """Look at everything anew: settings, tables and rates may be others than when the checker was made."""
        self.forget()
        if self._source is not None:
            self.settings = self._source.renew()


def _told_apart(record: ListingRecord, prices: Mapping[str, int] | None) -> Mapping[str, int] | None:
    """*prices* by code but for codes of several variants: nobody knows which of these had it."""
    if prices is None:
        return None
    codes = Counter(sku.code for sku in record.skus)
    return {code: price for code, price in prices.items() if codes[code] < 2}


def _note(known: dict[K, V | None], keys: Iterable[K], found: Mapping[K, V]) -> None:
    known.update((key, found.get(key)) for key in keys)
