"""What a parcel costs on one route: the buyer's fee by a template, the carrier's by a tariff, who pays what.

A route that a template or a carrier does not serve has no fee at all, and says why (`Reason`): unknown is never 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.services.freight.buyer_fee import buyer_fee, zone_of
from app.services.freight.channels import Channels, NoChannel
from app.services.freight.errors import known
from app.services.freight.records import Service, Zone, ZoneKind
from app.services.freight.tariffs import Tariff, charge
from app.services.freight.weights import CustomWeight, Size, parcel_g, volumetric_g
from app.services.pricing.rounding import EXACT, half_up
from app.services.warehouses.countries import countries

USD = "USD"


class Reason(StrEnum):
    """Why a route has no fee; the tariff's own reasons are `Unserved` with `carrier_` before them, those of the choice
    of a channel `NoChannel` with `channel_`."""

    NO_ZONE = "no_zone"
    BEYOND_BANDS = "beyond_bands"
    NO_RATE = "no_rate"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent.

    Attributes:
        weight_g: of one piece, or of the first pieces where `custom` says how weight grows.
        pieces: units in the parcel.
        size: sides of the parcel in cm; without it only the real weight counts.
        attributes: logistics attributes of the goods, None where nobody told them.
        ships_from: code of the dispatch country, "" for the home country.
    """

    weight_g: int
    pieces: int = 1
    size: Size | None = None
    attributes: frozenset[str] | None = frozenset()
    ships_from: str = ""
    custom: CustomWeight | None = None

    @property
    def total_g(self) -> int:
        """Grams of the whole parcel. Raises: BadFreightInput."""
        if self.custom is None:
            return parcel_g([(self.weight_g, self.pieces)])
        return self.custom.parcel_g(known("weight", self.weight_g, least=1), known("pieces", self.pieces, least=1))


@dataclass(frozen=True, slots=True)
class Quote:
    """A parcel on a route.

    Attributes:
        country: code of the destination.
        service: the template's service, "" where only a tariff was asked.
        tariff_key: the carrier's tariff that was looked at, "" where there is none.
        zone: the zone that counts, None where none does.
        real_g, chargeable_g: weights of the parcel; `volume_g` None where size does not count.
        buyer_usd: what the buyer pays; None where not served or not known.
        carrier_cny: what the carrier asks; None where not served or not known.
        rate: CNY for 1 USD, None where nobody knows it.
        reason: why a fee is missing, "" where none is.
        is_served: whether the buyer can order and the carrier takes it.
        is_sure: False where nobody told the goods' attributes.
    """

    country: str
    service: str
    tariff_key: str
    zone: Zone | None
    real_g: int
    volume_g: int | None
    chargeable_g: int
    buyer_usd: Decimal | None
    carrier_cny: Decimal | None
    rate: Decimal | None
    reason: str = ""
    is_served: bool = True
    is_sure: bool = True

    @property
    def buyer_cny(self) -> Decimal | None:
        """What the buyer pays in CNY, exact."""
        return None if self.buyer_usd is None or self.rate is None else self.buyer_usd * self.rate

    @property
    def seller_cny(self) -> Decimal | None:
        """What is left to the seller: the carrier's fee less what the buyer pays. Below 0 the buyer pays more."""
        paid = self.buyer_cny
        return None if paid is None or self.carrier_cny is None else self.carrier_cny - paid

    @property
    def carrier_usd(self) -> Decimal | None:
        """The carrier's fee in USD."""
        if self.carrier_cny is None or self.rate is None:
            return None
        return EXACT.divide(self.carrier_cny, self.rate)


@dataclass(frozen=True, slots=True)
class Quoter:
    """Quotes routes.

    Attributes:
        channels: tariffs and the choice among them.
        rate: CNY for 1 USD, None where nobody knows it.
        tariff_key: a tariff to use whatever the channels say, "" for their choice.
    """

    channels: Channels
    rate: Decimal | None
    tariff_key: str = ""

    def tariff_quote(self, tariff: Tariff, parcel: Parcel, country: str) -> Quote:
        """What a carrier asks; there is no template, so nothing is said of the buyer.

        Raises: BadFreightInput.
        """
        code = countries().code(country)
        billed = charge(tariff, code, parcel.total_g, parcel.size, tuple(parcel.attributes or ()))
        reason = "" if billed.unserved is None else f"carrier_{billed.unserved}"
        fee = self.in_cny(tariff, billed.fee)
        if fee is None and not reason:
            reason = Reason.NO_RATE
        volume = _volume(tariff, parcel)
        return Quote(
            code,
            "",
            tariff.key,
            None,
            parcel.total_g,
            volume,
            billed.chargeable_g,
            None,
            fee,
            self.rate,
            reason,
            billed.unserved is None,
            parcel.attributes is not None,
        )

    def quote(self, service: Service, parcel: Parcel, country: str) -> Quote:
        """A service of a template to *country*: the carrier's fee by the parcel's channel, the buyer's by the zone.

        Raises:
            BadFreightInput: weight, pieces or a side are no numbers above 0.
            BadFreightRule: the zone's bands contradict themselves.
        """
        code = countries().code(country)
        choice = self.channels.choose(parcel.ships_from, parcel.attributes, code)
        key = self.tariff_key or choice.key
        stored = self.channels.tariffs.get(key)
        tariff = choice.tariff if not self.tariff_key else stored.tariff if stored else None
        if tariff is not None:
            carrier = self.tariff_quote(tariff, parcel, code)
        else:
            why = f"channel_{choice.reason or NoChannel.NO_TARIFF}"
            total = parcel.total_g
            carrier = Quote(code, "", key, None, total, None, total, None, None, self.rate, why, False, choice.is_sure)
        zone = zone_of(service, code)
        buyer, reason = self._buyer(zone, carrier, parcel, f"{service.carrier} · {code}")
        refused = reason or carrier.reason
        served = zone is not None and reason != Reason.BEYOND_BANDS and carrier.is_served
        return Quote(
            code,
            service.carrier,
            key,
            zone,
            carrier.real_g,
            carrier.volume_g,
            carrier.chargeable_g,
            buyer if served else None,
            carrier.carrier_cny if served else None,
            self.rate,
            refused,
            served,
            choice.is_sure,
        )

    def _buyer(self, zone: Zone | None, carrier: Quote, parcel: Parcel, place: str) -> tuple[Decimal | None, str]:
        """The buyer's fee in USD, exact, or why there is none."""
        if zone is None:
            return None, Reason.NO_ZONE
        fee = buyer_fee(zone, carrier.real_g, parcel.pieces, carrier.carrier_usd, place)
        if fee is not None:
            return fee, ""
        if zone.kind == ZoneKind.STANDARD:
            return None, carrier.reason or Reason.NO_RATE
        return None, Reason.BEYOND_BANDS

    def in_cny(self, tariff: Tariff, fee: Decimal | None) -> Decimal | None:
        """A fee of *tariff* in CNY; None where it is unknown or has no rate."""
        if fee is None or tariff.currency != USD:
            return fee
        return None if self.rate is None else fee * self.rate


def best(quotes: Sequence[Quote]) -> Quote | None:
    """The service a buyer would take: the cheapest that is served; else the first one, which says why none is."""
    known_fees = [one for one in quotes if one.is_served and one.buyer_usd is not None]
    served = known_fees or [one for one in quotes if one.is_served]
    if served:
        return min(served, key=lambda one: one.buyer_usd if one.buyer_usd is not None else Decimal(0))
    return quotes[0] if quotes else None


def shown_usd(amount: Decimal | None) -> str | None:
    """USD as they are shown: two decimals, half up."""
    return None if amount is None else str(half_up(amount))


def shown_cny(amount: Decimal | None) -> str | None:
    """A carrier's fee as it is told: every digit of the tariff, two decimals at least."""
    if amount is None:
        return None
    cents = half_up(amount)
    return str(cents) if cents == amount else f"{amount.normalize():f}"


def _volume(tariff: Tariff, parcel: Parcel) -> int | None:
    by_size = tariff.volumetric
    if by_size is None or parcel.size is None or max(parcel.size) <= by_size.from_side_cm:
        return None
    return volumetric_g(parcel.size, by_size.divisor)
