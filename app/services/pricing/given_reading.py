"""Reads the columns of `Given` for very many variants: the same as `InputReader` finds row by row, without an object
for each, and a fee that parcels share is worked out once (DESIGN.md 9: five million variants in less than a minute).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection

from app.services.collection import without_collection
from app.services.freight.columns import SIZES_SQL, Sizes, billed_g, charges
from app.services.freight.errors import BadFreightInput
from app.services.listings.costs import cost_micro, told_cost
from app.services.listings.loading import id_list
from app.services.listings.marketing.plans import NO_PLAN, DiscountPlan, plans_of
from app.services.listings.tables import WITH_BODY
from app.services.pricing.exact import MOST_COSTS, MOST_REVENUE
from app.services.pricing.given import BITS, LATE_RANGE, LATE_RATE, UNKNOWN, Given, column
from app.services.pricing.goods import MG_A_GRAM
from app.services.pricing.inputs import MICRO, MOST_GRAMS, InputReader, Missing, converted, driver_rows
from app.services.pricing.rates import CNY, USD
from app.services.pricing.routes import BadFreightRule
from app.services.pricing.sku_columns import RATED, RATED_IF_UNKNOWN, searched_code
from app.services.pricing.sources import UNIT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from app.services.freight.tariffs import Tariff

    Known = NDArray[np.bool_]
    Whole = NDArray[np.int64]

_Key = TypeVar("_Key")
_Fees = dict[tuple[int, str, str, int, int, str], int]
_LISTINGS = (
    "SELECT id, store_id, category_id, freight_template_id, coalesce(weight_g, {unknown}), currency, "
    "CASE extra WHEN '{{}}' THEN NULL ELSE extra END, "
    + SIZES_SQL
    + f" FROM {WITH_BODY}"
    + " WHERE id IN ({ids}) ORDER BY id"
)
_SKUS = (
    "SELECT listing_id, id, code, position, coalesce(price_minor, {unknown}), ships_from, coalesce(stock, {unknown}), "
    "match_key FROM sku WHERE listing_id IN ({ids}) ORDER BY listing_id, position"
)
_EXACT_RATE, _EXACT_FEE = 100 * UNIT, 10**11
"""Up to here a fee in another currency than CNY is converted within 64 bits."""

_REMEMBERED = 200_000
"""Fees that are kept: parcels of a catalogue share their weights."""


@dataclass(frozen=True, slots=True)
class ListingTerms:
    """What follows from the category, the currency and the marketing group of listings; columns in step with them,
    named as in `Given`."""

    rate: Whole
    commission_bp: Whole
    is_usd: Known
    discount_bp: Whole
    plan: Whole
    plans: list[DiscountPlan]

    @classmethod
    def of(
        cls, reader: InputReader, listing_ids: Sequence[int], categories: Sequence[str], currencies: Sequence[str]
    ) -> ListingTerms:
        """The terms of listings, as everything stands now."""
        rates = {currency: rate.whole for currency, rate in reader.rates.items()}
        shares = {one: int(reader.commissions.of(one).share * UNIT) for one in set(categories)}
        of_listing = plans_of(reader.connection, listing_ids)
        plans = {id(plan): plan for plan in (NO_PLAN, *of_listing.values())}
        places = {number: place for place, number in enumerate(plans)}
        usual = reader.settings.discount
        off = [int((usual if plan.discount is None else plan.discount) * UNIT) for plan in plans.values()]
        plan = column([places[id(of_listing.get(one, NO_PLAN))] for one in listing_ids])
        return cls(
            rate=column([rates.get(one) for one in currencies]),
            commission_bp=column([shares[one] for one in categories]),
            is_usd=column([int(one == USD) for one in currencies]) == 1,
            discount_bp=column(off)[plan],
            plan=plan,
            plans=list(plans.values()),
        )

    def given(self, at: Whole, **columns: Any) -> Given:
        """`Given` with these *columns* of variants; *at*: the place of each one's listing."""
        return Given(
            discount_bp=self.discount_bp[at],
            commission_bp=self.commission_bp[at],
            rate=self.rate[at],
            is_usd=self.is_usd[at],
            plan=self.plan[at],
            plans=self.plans,
            **columns,
        )


class GivenReader:
    """Reads variants of listings as columns, with what *reader* knows of rates, routes and goods."""

    def __init__(self, reader: InputReader) -> None:
        self.reader = reader
        self._fees: _Fees = {}

    def on(self, connection: Connection) -> GivenReader:
        """The same, reading from another connection: while nothing that is shared became another."""
        self.reader.on(connection)
        return self

    def read(self, listing_ids: Sequence[int]) -> Given | None:
        """All variants of these listings, listing by listing by their numbers; None where there are none."""
        with without_collection():
            ids = id_list(listing_ids)
            listings = driver_rows(self.reader.connection, _LISTINGS.format(ids=ids, unknown=UNKNOWN))
            skus = driver_rows(self.reader.connection, _SKUS.format(ids=ids, unknown=UNKNOWN))
            return _Piece(self.reader, self._fees, listings, skus).given() if skus else None


class _Piece:
    """The variants that are read together.

    Attributes:
        at: the place of each variant's listing among *listings*.
        lacking: the bits of what is missing so far.
    """

    def __init__(
        self,
        reader: InputReader,
        fees: _Fees,
        listings: list[tuple[Any, ...]],
        skus: list[tuple[Any, ...]],
    ) -> None:
        import numpy as np

        self.reader, self.fees = reader, fees
        ids, self.stores, self.categories, self.templates, weights, self.currencies, extras, *size = zip(
            *listings, strict=True
        )
        self.volume, self.longest = (np.array(one, np.int64) for one in size)
        owners, sku_ids, self.codes, self.places, prices, self.sent_from, stock, self.keys = zip(*skus, strict=True)
        self.ids, self.extras = ids, extras
        self.owner, self.sku_ids = np.array(owners, np.int64), np.array(sku_ids, np.int64)
        self.prices, self.listing_weight = np.array(prices, np.int64), np.array(weights, np.int64)
        self.at = np.searchsorted(np.array(ids, np.int64), self.owner)
        self.lacking = np.where(self.prices == UNKNOWN, BITS[Missing.PRICE], 0)
        self.stock, self.rated = np.array(stock, np.int64), np.zeros(len(skus), np.int64)

    def given(self) -> Given:
        """The columns."""
        import numpy as np

        terms = ListingTerms.of(self.reader, self.ids, self.categories, self.currencies)
        rate = terms.rate[self.at]
        self._lack(rate == UNKNOWN, BITS[Missing.RATE])
        cost, weight, country = self._weigh()
        freight = self._ship(weight)
        buyer = self._bill(weight, freight, rate, country)
        return terms.given(
            self.at,
            listing_id=self.owner,
            sku_id=self.sku_ids,
            price_minor=self.prices,
            cost_micro=cost,
            freight_micro=freight,
            buyer_minor=buyer,
            lacking=self.lacking,
            codes=list(map(searched_code, self.codes, self.keys)),
            beside={"place": np.array(self.places, np.int64), "stock": self.stock, "rated": self.rated},
        )

    def _lack(self, rows: Known | Whole, bit: int) -> None:
        self.lacking[rows] |= bit

    def _weigh(self) -> tuple[Whole, Whole, list[str]]:
        """Cost, weight and destination of each variant; and its route."""
        import numpy as np

        stores = column(self.stores)[self.at].tolist()
        goods = self.reader.goods.lean(list(zip(stores, self.codes, strict=True)))
        costs, milligrams, read_from, attributes = zip(*goods, strict=True)
        cost = _clipped(costs, MOST_COSTS)
        self._tell_costs(cost)
        weight = _clipped(milligrams, MOST_GRAMS * MG_A_GRAM)
        weight = np.where(weight == UNKNOWN, self.listing_weight[self.at], -(-weight // MG_A_GRAM))
        weight[weight <= 0] = UNKNOWN
        starts = [one or other for one, other in zip(self.sent_from, read_from, strict=True)]
        self.route, kinds = _numbered(zip(starts, attributes, strict=True))
        self._lack(cost == UNKNOWN, BITS[Missing.COST])
        self._lack(weight == UNKNOWN, BITS[Missing.WEIGHT])
        for values, most in ((cost, MOST_COSTS), (weight, MOST_GRAMS)):
            self._lack(values > most, BITS[Missing.RANGE])
            values[values > most] = UNKNOWN
        self.choices = [self.reader.routes.choice(*kind) for kind in kinds]
        no_tariff = np.array([choice.tariff is None for choice in self.choices], np.bool_)
        self._lack(no_tariff[self.route], BITS[Missing.CHANNEL])
        return cost, weight, [self.reader.routes.destination(kind[0]) for kind in kinds]

    def _tell_costs(self, cost: Whole) -> None:
        """What a sheet said, where the stock items say nothing."""
        import numpy as np

        told: dict[int, object] = {}
        for row in np.flatnonzero(cost == UNKNOWN).tolist():
            listing = int(self.at[row])
            if self.extras[listing] is None:
                continue
            if listing not in told:
                told[listing] = told_cost(self.extras[listing])
            found = cost_micro(told[listing], self.places[row])
            cost[row] = UNKNOWN if found is None else min(found, MOST_COSTS + 1)

    def _ship(self, weight: Whole) -> Whole:
        """Freight of all parcels, tariff by tariff."""
        import numpy as np

        freight = np.full(len(weight), UNKNOWN, np.int64)
        by_tariff: dict[str, list[int]] = {}
        for number, choice in enumerate(self.choices):
            if choice.tariff is not None:
                by_tariff.setdefault(choice.key, []).append(number)
        for numbers in by_tariff.values():
            rows = np.flatnonzero(np.isin(self.route, numbers) & (weight != UNKNOWN))
            tariff = self.choices[numbers[-1]].tariff
            if rows.size and tariff is not None:
                at = self.at[rows]
                self.rated[rows] |= RATED if tariff.currency != CNY else 0
                billed = billed_g(tariff, weight[rows], Sizes(self.volume[at], self.longest[at]))
                freight[rows] = self._carried(tariff, billed)
                self._lack(rows[freight[rows] == UNKNOWN], BITS[Missing.CARRIER])
        return freight

    def _carried(self, tariff: Tariff, weights: Whole) -> Whole | int:
        """Millionths of a CNY for each parcel; unknown where the carrier does not take it or its currency has no
        rate."""
        import numpy as np

        rate = self.reader.rates.get(tariff.currency)
        if rate is None:
            return UNKNOWN
        try:
            fees, served = charges(tariff, weights)
        except (BadFreightInput, BadFreightRule):
            return UNKNOWN
        if rate.whole != UNIT and not (rate.whole <= _EXACT_RATE and int(fees.max()) <= _EXACT_FEE):
            return column(
                [
                    converted(fee, rate.whole, UNIT) if is_ok else None
                    for fee, is_ok in zip(fees.tolist(), served, strict=True)
                ]
            )
        return np.where(served, fees if rate.whole == UNIT else (2 * fees * rate.whole + UNIT) // (2 * UNIT), UNKNOWN)

    def _bill(self, weight: Whole, freight: Whole, rate: Whole, country: list[str]) -> Whole:
        """What the buyer pays for freight: 0 where the template carries free of charge."""
        import numpy as np

        buyer = np.zeros(len(weight), np.int64)
        of_listing, kinds = _numbered(zip(self.stores, self.templates, self.currencies, strict=True))
        place, inverse = np.unique(of_listing[self.at] * len(country) + self.route, return_inverse=True)
        is_known = (weight != UNKNOWN) & (freight != UNKNOWN) & (rate != UNKNOWN)
        for number, at in enumerate(place.tolist()):
            store, template, currency = kinds[at // len(country)]
            target = country[at % len(country)]
            rows: Whole = np.flatnonzero(inverse == number)
            try:
                if self.reader.routes.is_free(store, template, target):
                    continue
            except KeyError:
                self._lack(rows, BITS[Missing.TEMPLATE])
                continue
            follows = currency != USD or self.reader.routes.is_by_standard(store, template, target)
            self.rated[rows] |= np.where((rate[rows] == UNKNOWN) | follows, RATED, RATED_IF_UNKNOWN)
            rows = rows[is_known[rows]]
            self._charge(rows, (store, template, target), currency, weight, freight, buyer)
        return buyer

    def _charge(
        self, rows: Whole, place: tuple[int, str, str], currency: str, weight: Whole, freight: Whole, buyer: Whole
    ) -> None:
        """What buyers pay in one place, and what is missing for it."""
        keys = list(zip(weight[rows].tolist(), freight[rows].tolist(), strict=True))
        if len(self.fees) > _REMEMBERED:
            self.fees.clear()
        for key in set(keys):
            if (*place, *key, currency) not in self.fees:
                self.fees[*place, *key, currency] = self._fee(place, *key, currency)
        fees = column([self.fees[*place, *key, currency] for key in keys])
        buyer[rows] = fees.clip(0)
        for bit in (BITS[Missing.TEMPLATE], BITS[Missing.ROUTE], LATE_RATE, LATE_RANGE):
            self._lack(rows[fees == -bit], bit)

    def _fee(self, place: tuple[int, str, str], weight: int, freight: int, currency: str) -> int:
        """Hundredths of *currency*, or the bit of what is missing, below 0."""
        usd, own = self.reader.rates.get(USD), self.reader.rates[currency]
        standard = None if usd is None else Decimal(freight) / MICRO / usd.rate
        try:
            fee = self.reader.routes.buyer_usd(*place, weight, standard)
        except (KeyError, BadFreightRule):
            return -BITS[Missing.TEMPLATE]
        if fee is None:
            return -BITS[Missing.ROUTE]
        if fee and currency != USD and usd is None:
            return -LATE_RATE
        billed = converted(int(fee * 100), usd.whole if usd is not None else own.whole, own.whole)
        return -LATE_RANGE if billed > MOST_REVENUE else billed


def _clipped(values: Sequence[int | None], most: int) -> Whole:
    """A column of whole numbers of any size; those above *most* are one more than that."""
    return column([None if value is None else min(value, most + 1) for value in values])


def _numbered(keys: Iterable[_Key]) -> tuple[Whole, list[_Key]]:
    """Different *keys*, and for each its place among them."""
    import numpy as np

    places: dict[_Key, int] = {}
    return np.array([places.setdefault(key, len(places)) for key in keys], np.int64), list(places)
