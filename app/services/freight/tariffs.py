"""What a carrier charges: base and bands by weight, volumetric weight, limits (domain.md 9.1, 9.2, 10.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import zip_longest

from app.services.freight.errors import BadFreightRule, known
from app.services.freight.weights import Size, started, up_to_step, volumetric_g

NOTHING = Decimal(0)
MICRO = 1_000_000
"""Fees are whole millionths of their currency."""
CURRENCIES = ("CNY", "USD")
"""Carriers bill in these; one in another currency could not be compared without a rate."""


class Unserved(StrEnum):
    """Why a carrier does not take a parcel. Its cost is unknown then, never 0."""

    COUNTRY = "country"
    TOO_HEAVY = "too_heavy"
    TOO_LIGHT = "too_light"
    ATTRIBUTE = "attribute"
    NO_TARIFF = "no_tariff"


@dataclass(frozen=True, slots=True)
class TariffBand:
    """From `above_g` grams every started `unit_g` costs `fee`, up to where the next band begins."""

    above_g: int
    unit_g: Decimal
    fee: Decimal


@dataclass(frozen=True, slots=True)
class WeightRange:
    """One price formula for parcels of up to `to_g` grams (None: any weight): `base` and what the bands add to it."""

    to_g: int | None
    base: Decimal
    bands: tuple[TariffBand, ...] = ()

    def fee(self, weight_g: int) -> Decimal:
        """What a parcel of *weight_g* chargeable grams costs."""
        total = self.base
        ends = [band.above_g for band in self.bands[1:]]
        for band, last in zip_longest(self.bands, ends):
            end = weight_g if last is None else min(weight_g, last)
            if end > band.above_g:
                total += started(Decimal(end - band.above_g), band.unit_g) * band.fee
        return total


@dataclass(frozen=True, slots=True)
class Volumetric:
    """Large parcels count as heavier; `from_side_cm`: only where a side exceeds it."""

    divisor: int
    from_side_cm: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Tariff:
    """One carrier's price list for some countries.

    Attributes:
        key: name of the channel, as in `carrier_tariffs.json` or as the user called it.
        currency: of all its fees, `CNY` or `USD`.
        ranges: by weight, lightest first.
        step_g: the carrier bills whole steps of so many grams.
        countries: where it goes; empty: wherever it is asked for.
        volumetric: None where only the real weight counts.
        least_g: parcels below are not taken.
        excluded: logistics attributes it does not carry, such as `battery`.
    """

    key: str
    currency: str
    ranges: tuple[WeightRange, ...]
    step_g: int = 1
    countries: frozenset[str] = frozenset()
    volumetric: Volumetric | None = None
    least_g: int = 0
    excluded: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _check(self)

    @property
    def most_g(self) -> int | None:
        """The heaviest parcel it takes in grams; None: any."""
        return self.ranges[-1].to_g


@dataclass(frozen=True, slots=True)
class Charge:
    """What a carrier bills: `chargeable_g` grams, and `fee` in the tariff's currency; None where `unserved`."""

    chargeable_g: int
    fee: Decimal | None
    unserved: Unserved | None = None


def charge(
    tariff: Tariff, country: str, weight_g: int, size: Size | None = None, attributes: Sequence[str] = ()
) -> Charge:
    """What *tariff* asks for a parcel.

    Args:
        country: code of the destination.
        weight_g: real weight.
        size: sides in cm; without it only the real weight counts.
        attributes: logistics attributes of the goods.

    Raises:
        BadFreightInput: the weight is not above 0, a side is not above 0.
    """
    billed = chargeable_g(tariff, weight_g, size)
    if tariff.countries and country not in tariff.countries:
        return Charge(billed, None, Unserved.COUNTRY)
    if tariff.excluded.intersection(attributes):
        return Charge(billed, None, Unserved.ATTRIBUTE)
    if billed < tariff.least_g:
        return Charge(billed, None, Unserved.TOO_LIGHT)
    for weights in tariff.ranges:
        if weights.to_g is None or billed <= weights.to_g:
            return Charge(billed, weights.fee(billed))
    return Charge(billed, None, Unserved.TOO_HEAVY)


def chargeable_g(tariff: Tariff, weight_g: int, size: Size | None = None) -> int:
    """The larger of real and volumetric weight, up to the carrier's step, in grams.

    Raises:
        BadFreightInput: as `charge`.
    """
    billed = known("weight", weight_g, least=1)
    by_size = tariff.volumetric
    if by_size is not None and size is not None and max(size) > by_size.from_side_cm:
        billed = max(billed, volumetric_g(size, by_size.divisor))
    return up_to_step(billed, tariff.step_g)


def _check(tariff: Tariff) -> None:
    """Refuse a tariff that would give a wrong number."""
    by_size = tariff.volumetric
    if tariff.currency not in CURRENCIES:
        known = ", ".join(CURRENCIES)
        raise BadFreightRule("freight.unknown_currency", place=tariff.key, value=tariff.currency, known=known)
    if by_size is not None and (by_size.divisor < 1 or by_size.from_side_cm < 0):
        raise BadFreightRule("freight.bad_divisor", place=tariff.key, value=by_size.divisor)
    if not tariff.ranges or tariff.step_g < 1:
        raise BadFreightRule("freight.empty_tariff", place=tariff.key)
    ends = [one.to_g for one in tariff.ranges]
    named = [end for end in ends if end is not None]
    least = min([*named, tariff.least_g, *(band.above_g for one in tariff.ranges for band in one.bands)])
    if least < 0 or 0 in named:
        raise BadFreightRule("freight.negative_weight", place=tariff.key, value=least)
    if None in ends[:-1] or named != sorted(set(named)):
        raise BadFreightRule("freight.ranges_overlap", place=tariff.key)
    for weights in tariff.ranges:
        _check_fees(weights, tariff.key)


def _check_fees(weights: WeightRange, place: str) -> None:
    starts = [band.above_g for band in weights.bands]
    if starts != sorted(set(starts)):
        raise BadFreightRule("freight.bands_overlap", place=place)
    if any(band.unit_g <= 0 for band in weights.bands):
        raise BadFreightRule("freight.band_without_unit", place=place)
    for fee in (weights.base, *(band.fee for band in weights.bands)):
        if fee < 0:
            raise BadFreightRule("freight.negative_fee", place=place)
        if (fee * MICRO) % 1:
            raise BadFreightRule("freight.too_fine", place=place, value=str(fee))
