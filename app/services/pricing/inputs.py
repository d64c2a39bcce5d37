"""What the figures of variants are made from: price, cost, weight, freight, rates and discounts as they are stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from app.services.collection import without_collection
from app.services.freight.channels import Choice
from app.services.freight.columns import SIZES_SQL, Sizes, billed_g, charges
from app.services.freight.errors import BadFreightInput
from app.services.listings.costs import cost_micro, told_cost
from app.services.listings.loading import id_list
from app.services.listings.marketing.plans import NO_PLAN, DiscountPlan, plans_of
from app.services.listings.tables import WITH_BODY
from app.services.pricing.exact import MOST_COSTS, MOST_REVENUE
from app.services.pricing.goods import GoodsBook, grams
from app.services.pricing.rates import USD, Commissions, Rate, commissions, exchange_rates
from app.services.pricing.routes import BadFreightRule, Routes
from app.services.pricing.sources import UNIT
from app.services.pricing.team_settings import TeamSettings, team_settings

if TYPE_CHECKING:
    from app.services.freight.tariffs import Tariff

MICRO = 1_000_000
MOST_GRAMS = 10**9
"""A parcel beyond is a wrong unit, and would take the freight of all others beyond 64 bits."""


class Missing(StrEnum):
    """What figures cannot be made without; `figure.why.<name>` says what to do."""

    PRICE = "price"
    RATE = "rate"
    COST = "cost"
    WEIGHT = "weight"
    CHANNEL = "channel"
    CARRIER = "carrier"
    TEMPLATE = "template"
    ROUTE = "route"
    RANGE = "range"
    FEES = "fees"


@dataclass(slots=True)
class SkuInput:
    """One variant with everything its figures depend on. What is None is unknown; `missing` names it.

    Attributes:
        price_minor: LP in hundredths of `currency`.
        cost_micro: C in millionths of a CNY; `is_sheet_cost`: the sheet's, not the stock items'.
        weight_g: of the parcel; `is_listing_weight`: the listing's, not the stock items'.
        ships_from, country: dispatch country, "" for home; destination it is reckoned for.
        choice: the carrier's tariff.
        freight_micro: F in millionths of a CNY.
        buyer_minor: B in hundredths of `currency`.
        discount_bp: d in ten thousandths, the marketing group's (`is_group_discount`) or the team's.
        size: volume in cm³ and longest side in cm of the listing's package, 0 where not known: carriers may bill by it.
        billed_g: the weight a carrier bills that looks at the volume too; None where it does not.
        rate, commission_bp: T in ten thousandths, c in ten thousandths.
    """

    listing_id: int
    sku_id: int
    store_id: int
    code: str
    currency: str
    category_id: str
    template_id: str
    price_minor: int | None
    ships_from: str
    plan: DiscountPlan
    commission_bp: int
    rate: int | None = None
    cost_micro: int | None = None
    weight_g: int | None = None
    country: str = ""
    choice: Choice | None = None
    freight_micro: int | None = None
    buyer_minor: int | None = None
    discount_bp: int = 0
    is_sheet_cost: bool = False
    is_listing_weight: bool = False
    is_group_discount: bool = False
    size: tuple[int, int] = (0, 0)
    billed_g: int | None = None
    missing: list[Missing] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SkuSource:
    """A listing's own part of what its figures are made from: `told` is its sheet's cost (`told_cost`), `skus` its
    variants: id, code, place, price and place of dispatch."""

    listing_id: int
    store_id: int
    category_id: str
    template_id: str
    weight_g: int | None
    currency: str
    told: object
    skus: Sequence[tuple[int, str, int, int | None, str]]
    size: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class InputReader:
    """Reads variants of listings; what all of them share is read once."""

    connection: Connection
    settings: TeamSettings
    routes: Routes
    rates: dict[str, Rate]
    commissions: Commissions
    goods: GoodsBook
    countries: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection) -> InputReader:
        """With everything as it stands now."""
        settings = team_settings(connection)
        return cls(
            connection,
            settings,
            Routes.of(connection, settings),
            exchange_rates(connection),
            commissions(connection),
            GoodsBook.of(connection),
        )

    def on(self, connection: Connection) -> InputReader:
        """The same, reading from another connection: while nothing that is shared became another."""
        self.connection = self.goods.connection = connection
        return self

    def read(self, listing_ids: Sequence[int]) -> list[SkuInput]:
        """All variants of these listings, listing by listing in their order."""
        with without_collection():  # which would go through half-made rows again and again
            return self._completed(self._rows(listing_ids))

    def read_these(self, listings: Sequence[SkuSource]) -> list[SkuInput]:
        """The same of listings as they are given, stored or not."""
        plans = plans_of(self.connection, [one.listing_id for one in listings])
        return self._completed(
            [
                (self._input(one, plans.get(one.listing_id, NO_PLAN), *sku), (one.told, sku[2], one.weight_g))
                for one in listings
                for sku in one.skus
            ]
        )

    def _input(
        self, of: SkuSource, plan: DiscountPlan, sku_id: int, code: str, _: int, price: int | None, ships_from: str
    ) -> SkuInput:
        rate = self.rates.get(of.currency)
        return SkuInput(
            of.listing_id, sku_id, of.store_id, code, of.currency, of.category_id, of.template_id, price, ships_from,
            plan, int(self.commissions.of(of.category_id).share * UNIT),
            rate=None if rate is None else rate.whole,
            discount_bp=int((self.settings.discount if plan.discount is None else plan.discount) * UNIT),
            is_group_discount=plan.discount is not None,
            size=of.size,
        )  # fmt: skip

    def _completed(self, found: list[tuple[SkuInput, tuple[object, int, int | None]]]) -> list[SkuInput]:
        """With everything that is looked up."""
        self.goods.learn((one.store_id, one.code) for one, _ in found)
        for one, told in found:
            self._weigh(one, *told)
        self._ship([one for one, _ in found])
        for one, _ in found:
            self._bill(one)
        return [one for one, _ in found]

    def _rows(self, listing_ids: Sequence[int]) -> list[tuple[SkuInput, tuple[object, int, int | None]]]:
        """Variants, with what their sheet says of costs, their place in it, and the listing's weight."""
        ids = id_list(listing_ids)
        listings = {
            row[0]: (*row[1:6], told_cost(row[6]), row[7:])
            for row in self.connection.exec_driver_sql(
                "SELECT id, store_id, category_id, freight_template_id, weight_g, currency, "
                f"CASE extra WHEN '{{}}' THEN NULL ELSE extra END, {SIZES_SQL} FROM {WITH_BODY} WHERE id IN ({ids})"
            )
        }
        plans = plans_of(self.connection, listings)
        usual, rows = int(self.settings.discount * UNIT), []
        shares = {row[1]: int(self.commissions.of(row[1]).share * UNIT) for row in listings.values()}
        rates = {currency: rate.whole for currency, rate in self.rates.items()}
        for number, sku_id, code, place, price, ships_from in driver_rows(
            self.connection,
            "SELECT listing_id, id, code, position, price_minor, ships_from FROM sku "
            f"WHERE listing_id IN ({ids}) ORDER BY listing_id, position",
        ):
            store, category, template, weight, currency, told, size = listings[number]
            plan = plans.get(number, NO_PLAN)
            one = SkuInput(
                number, sku_id, store, code, currency, category, template, price, ships_from, plan, shares[category],
                rate=rates.get(currency),
                discount_bp=usual if plan.discount is None else int(plan.discount * UNIT),
                is_group_discount=plan.discount is not None,
                size=size,
            )  # fmt: skip
            rows.append((one, (told, place, weight)))
        return rows

    def _weigh(self, one: SkuInput, told: object, place: int, weight_g: int | None) -> None:
        """Cost, weight and route."""
        reading, goods = self.goods.goods(one.store_id, one.code)
        one.cost_micro, one.weight_g = goods.cost_micro, grams(goods, weight_g)
        one.is_listing_weight = goods.weight_mg is None
        if one.cost_micro is None:
            one.cost_micro, one.is_sheet_cost = cost_micro(told, place), True
        one.ships_from = one.ships_from or reading.ships_from
        one.country = self._country(one.ships_from)
        one.choice = self.routes.choice(one.ships_from, goods.attributes)
        if one.price_minor is None:
            one.missing.append(Missing.PRICE)
        if one.rate is None:
            one.missing.append(Missing.RATE)
        if one.cost_micro is None:
            one.missing.append(Missing.COST)
        if not one.weight_g or one.weight_g < 0:
            one.weight_g = None
            one.missing.append(Missing.WEIGHT)
        if (one.cost_micro or 0) > MOST_COSTS:
            one.cost_micro = None
            one.missing.append(Missing.RANGE)
        if (one.weight_g or 0) > MOST_GRAMS:
            one.weight_g = None
            one.missing.append(Missing.RANGE)
        if one.choice.tariff is None:
            one.missing.append(Missing.CHANNEL)

    def _country(self, ships_from: str) -> str:
        if ships_from not in self.countries:
            self.countries[ships_from] = self.routes.destination(ships_from)
        return self.countries[ships_from]

    def _ship(self, found: Sequence[SkuInput]) -> None:
        """Freight of all parcels, tariff by tariff."""
        by_tariff: dict[str, list[SkuInput]] = defaultdict(list)
        tariffs: dict[str, Tariff] = {}
        for one in found:
            if one.choice is not None and one.choice.tariff is not None and one.weight_g is not None:
                tariffs[one.choice.key] = one.choice.tariff
                by_tariff[one.choice.key].append(one)
        for key, parcels in by_tariff.items():
            for one, fee in zip(parcels, self._fees(tariffs[key], parcels), strict=True):
                one.freight_micro = fee
                if fee is None:
                    one.missing.append(Missing.CARRIER)

    def _fees(self, tariff: Tariff, parcels: Sequence[SkuInput]) -> list[int | None]:
        """Millionths of a CNY for each parcel; None where the carrier does not take it or its currency has no rate."""
        import numpy as np

        rate = self.rates.get(tariff.currency)
        if rate is None:
            return [None] * len(parcels)
        try:
            weights = np.array([one.weight_g for one in parcels], np.int64)
            if tariff.volumetric is not None:
                weights = billed_g(tariff, weights, Sizes(*np.array([one.size for one in parcels], np.int64).T))
                for one, billed in zip(parcels, weights.tolist(), strict=True):
                    one.billed_g = billed
            fees, served = charges(tariff, weights)
        except (BadFreightInput, BadFreightRule):
            return [None] * len(parcels)
        return [
            converted(fee, rate.whole, UNIT) if is_ok else None
            for fee, is_ok in zip(fees.tolist(), served, strict=True)
        ]

    def _bill(self, one: SkuInput) -> None:
        """What the buyer pays for freight."""
        place = (one.store_id, one.template_id, one.country)
        try:
            if self.routes.is_free(*place):
                one.buyer_minor = 0
                return
            if one.weight_g is None or one.freight_micro is None or one.rate is None:
                return
            usd = self.rates.get(USD)
            standard = None if usd is None else Decimal(one.freight_micro) / MICRO / usd.rate
            fee = self.routes.buyer_usd(*place, one.weight_g, standard)
        except (KeyError, BadFreightRule):
            one.missing.append(Missing.TEMPLATE)
            return
        if fee is None:
            one.missing.append(Missing.ROUTE)
        elif fee and one.currency != USD and usd is None:
            one.missing.append(Missing.RATE)
        else:
            billed = converted(int(fee * 100), usd.whole if usd is not None else one.rate, one.rate)
            if billed > MOST_REVENUE:
                one.missing.append(Missing.RANGE)
            else:
                one.buyer_minor = billed


def driver_rows(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    """Rows straight from the driver: one by one they would take three times as long."""
    driver: Any = connection.connection.driver_connection
    found: list[tuple[Any, ...]] = driver.execute(sql).fetchall()
    return found


def converted(minor: int, rate: int, into: int) -> int:
    """An amount in a currency with the rate *rate* as one in a currency with the rate *into*, half up."""
    return minor if rate == into else (2 * minor * rate + into) // (2 * into)
