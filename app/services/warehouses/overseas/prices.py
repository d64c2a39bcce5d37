"""Overseas prices by a warehouse template: team rule, formula or surcharge (domain.md 8.3, 10.3).

What is not known has no price, and says what is missing; nothing is ever taken for 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Connection

from app.services.codes.records import Reading
from app.services.expressions import FormulaError
from app.services.expressions.formula_errors import MissingValue
from app.services.freight.channels import Channels, read_channels
from app.services.freight.errors import BadFreightInput
from app.services.freight.tariffs import charge
from app.services.freight.weights import Size
from app.services.pricing.errors import BadPriceInput, NoPriceReaches
from app.services.pricing.rates import exchange_rate
from app.services.pricing.rounding import up
from app.services.pricing.team_rules import margin_steps, price_by_step, team_rules
from app.services.stock_items.adding_up import add_up
from app.services.stock_items.reading import stock_items
from app.services.stock_items.records import Goods, StockItem
from app.services.warehouses.countries import countries
from app.services.warehouses.formulas import compiled
from app.services.warehouses.overseas.records import Offer, Own, Unpriced
from app.services.warehouses.records import PriceSource, WarehouseCountryRecord, WarehouseTemplateRecord

RULE = "overseas"
"""The team rule for virtual overseas variants in `price_rules.json`."""
MICRO, CENTS, BP, MG = Decimal(10**6), Decimal(100), Decimal(10_000), 1000


@dataclass(frozen=True, slots=True)
class Facts:
    """What prices are worked out from.

    Attributes:
        rate: CNY for one USD, None where nobody entered it.
        channels: with which carrier's tariff a parcel goes.
        items: stock items by code.
    """

    rate: Decimal | None = None
    channels: Channels = field(default_factory=lambda: Channels({}, ()))
    items: Mapping[str, StockItem] = field(default_factory=dict)


class Unknown(Exception):
    """Something a price needs is not known."""

    def __init__(self, why: str, subject: str = "") -> None:
        super().__init__(why)
        self.unpriced = Unpriced(why, subject)


class TemplatePrices:
    """Prices of a template, worked out once for the same goods and country."""

    def __init__(self, template: WarehouseTemplateRecord, facts: Facts) -> None:
        self._template, self._facts = template, facts
        self._countries = {entry.country: entry for entry in template.countries}
        self._ways: dict[PriceSource, Callable[[Own, Reading, WarehouseCountryRecord], Decimal]] = {
            PriceSource.RULE: self._by_rule,
            PriceSource.FORMULA: self._by_formula,
            PriceSource.SURCHARGE: self._by_surcharge,
        }
        self._goods: dict[str, Goods] = {}
        self._freight: dict[tuple[int, tuple[int, ...], frozenset[str] | None, str], Decimal | Unpriced] = {}
        self._known: dict[tuple[object, ...], Decimal | Unpriced] = {}

    def offer(self, own: Own, reading: Reading, country: str) -> Offer | Unpriced | None:
        """What the template offers a variant for in a country (`OfferFor`); None where only a sheet says."""
        entry, way = self._countries.get(country), self._ways.get(self._template.price_source)
        if entry is None or way is None:
            return None
        key = (reading.match_key, own.price_minor, own.cost_micro, own.weight_g, own.sides_cm, country)
        if key not in self._known:
            self._known[key] = self._price(way, own, reading, entry)
        price = self._known[key]
        if isinstance(price, Unpriced):
            return price
        stock = countries().stock if entry.stock is None else entry.stock
        return Offer(own.code, country, int(price * CENTS), stock)

    def freight_of(self, own: Own, reading: Reading, country: str) -> Decimal | Unpriced:
        """What the carrier asks for the goods in CNY."""
        try:
            return self._freight_cny(own, reading, country)
        except Unknown as error:
            return error.unpriced

    def is_guess(self, reading: Reading, country: str) -> bool:
        """Whether the template's price has a freight in it that is reckoned as for plain goods, because nobody told
        the goods' logistics attributes: a battery or a liquid may cost more, or not go at all."""
        entry = self._countries.get(country)
        if entry is None or self.goods_of(reading).attributes is not None:
            return False
        if self._template.price_source is PriceSource.FORMULA:
            return bool(entry.formula) and "freight" in compiled(entry.formula).names
        return self._template.price_source is PriceSource.RULE

    def goods_of(self, reading: Reading) -> Goods:
        """What the goods of a code come to."""
        if reading.match_key not in self._goods:
            self._goods[reading.match_key] = add_up(reading.components, self._facts.items)
        return self._goods[reading.match_key]

    def _price(
        self,
        way: Callable[[Own, Reading, WarehouseCountryRecord], Decimal],
        own: Own,
        reading: Reading,
        entry: WarehouseCountryRecord,
    ) -> Decimal | Unpriced:
        try:
            return way(own, reading, entry)
        except Unknown as error:
            return error.unpriced
        except FormulaError as error:
            return Unpriced("formula", error.error_code)
        except (BadPriceInput, NoPriceReaches) as error:
            return Unpriced("price", error.error_code)

    # -- the three ways ----------------------------------------------------------------------------------------

    def _by_surcharge(self, own: Own, reading: Reading, entry: WarehouseCountryRecord) -> Decimal:
        if entry.surcharge_minor is None:
            raise Unknown("no_surcharge", entry.country)
        return self._home_price(own) + entry.surcharge_minor / CENTS

    def _by_rule(self, own: Own, reading: Reading, entry: WarehouseCountryRecord) -> Decimal:
        rule, rate, cost = team_rules()[RULE], self._rate(), self.cost(own, reading)
        freight = self._freight_cny(own, reading, entry.country)
        discount, margin = self._template.discount_bp / BP, self._template.margin_bp

        def price(aimed: Decimal) -> Decimal:
            return rule.list_price(cost, rate, aimed, discount, freight)

        return price_by_step(margin_steps(), price) if margin is None else price(margin / BP)

    def _by_formula(self, own: Own, reading: Reading, entry: WarehouseCountryRecord) -> Decimal:
        if not entry.formula:
            raise Unknown("no_formula", entry.country)
        formula = compiled(entry.formula)
        ways: dict[str, Callable[[], Decimal]] = {
            "price": lambda: self._home_price(own),
            "cost": lambda: self.cost(own, reading),
            "weight": lambda: Decimal(self.weight_g(own, reading)),
            "freight": lambda: self._freight_cny(own, reading, entry.country),
            "rate": self._rate,
            "discount": lambda: self._template.discount_bp / BP,
            "margin": self._margin,
            "surcharge": lambda: self._surcharge(entry),
        }
        values: dict[str, Decimal | None] = {}
        unknown: dict[str, Unknown] = {}
        for name in formula.names:
            try:
                values[name] = ways[name]()
            except Unknown as error:
                values[name], unknown[name] = None, error
        try:
            return up(formula.value(values))
        except MissingValue as error:
            raise unknown.get(str(error.params["name"]), Unknown("formula", error.error_code)) from error

    # -- what they need ----------------------------------------------------------------------------------------

    def _home_price(self, own: Own) -> Decimal:
        if own.price_minor is None:
            raise Unknown("no_home_price")
        return own.price_minor / CENTS

    def _rate(self) -> Decimal:
        if self._facts.rate is None:
            raise Unknown("no_rate")
        return self._facts.rate

    def _margin(self) -> Decimal:
        if self._template.margin_bp is None:
            raise Unknown("no_margin")
        return self._template.margin_bp / BP

    @staticmethod
    def _surcharge(entry: WarehouseCountryRecord) -> Decimal:
        if entry.surcharge_minor is None:
            raise Unknown("no_surcharge", entry.country)
        return entry.surcharge_minor / CENTS

    def cost(self, own: Own, reading: Reading) -> Decimal:
        """C in CNY: of the stock items, else what the listing's sheet said. Raises: what it is unknown for."""
        goods = self.goods_of(reading)
        micro = own.cost_micro if goods.cost_micro is None else goods.cost_micro
        if micro is None:
            raise _missing(goods, goods.without_cost, "no_cost", reading)
        return micro / MICRO

    def weight_g(self, own: Own, reading: Reading) -> int:
        """Whole grams, up (domain.md 9.2): of the stock items, else of the listing's parcel."""
        goods = self.goods_of(reading)
        if goods.weight_mg is not None:
            return -(-goods.weight_mg // MG)
        if own.weight_g is None:
            raise _missing(goods, goods.without_weight, "no_weight", reading)
        return own.weight_g

    def _freight_cny(self, own: Own, reading: Reading, country: str) -> Decimal:
        weight_g, attributes = self.weight_g(own, reading), self.goods_of(reading).attributes
        key = (weight_g, own.sides_cm, attributes, country)
        if key not in self._freight:
            self._freight[key] = self._charged(*key)
        found = self._freight[key]
        if isinstance(found, Unpriced):
            raise Unknown(*found)
        return found

    def _charged(
        self, weight_g: int, sides_cm: tuple[int, ...], attributes: frozenset[str] | None, country: str
    ) -> Decimal | Unpriced:
        """The fee for what the carrier bills: the parcel's weight or, by its rule, its volume."""
        choice = self._facts.channels.choose(country, attributes, country)
        if choice.tariff is None:
            return Unpriced("no_route", country)
        try:
            size = _size(sides_cm) if sides_cm else None
            found = charge(choice.tariff, country, weight_g, size, sorted(attributes or ()))
        except BadFreightInput:
            return Unpriced("no_weight", country)
        if found.fee is None:
            return Unpriced(f"freight_{found.unserved}", choice.tariff.key)
        if choice.tariff.currency == "CNY":
            return found.fee
        return Unpriced("no_rate") if self._facts.rate is None else found.fee * self._facts.rate


def _size(sides_cm: tuple[int, ...]) -> Size:
    length, width, height = map(Decimal, sides_cm)
    return length, width, height


def _missing(goods: Goods, without: tuple[str, ...], why: str, reading: Reading) -> Unknown:
    """The first stock item that is not known well enough."""
    if goods.unknown_items:
        return Unknown("unknown_item", goods.unknown_items[0])
    return Unknown(why, without[0] if without else reading.match_key)


def read_facts(connection: Connection, readings: Iterable[Reading]) -> Facts:
    """What the database knows for the goods of *readings*."""
    rate = exchange_rate(connection)
    bases = {component.base for reading in readings for component in reading.components}
    items = stock_items(connection, bases)
    return Facts(None if rate is None else rate.rate, read_channels(connection), items)
