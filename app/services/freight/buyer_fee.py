"""What the buyer pays by a template's zone (domain.md 9.1, F1–F3). The tariff of a standard rate comes from outside."""

from __future__ import annotations

from decimal import Decimal

from app.services.freight.errors import BadFreightRule
from app.services.freight.records import Band, Service, Zone, ZoneKind
from app.services.freight.weights import GRAMS_A_KG, started

NOTHING = Decimal(0)
MOST_PERCENT = 100
_SPECIFIC_FIRST = (ZoneKind.BY_PIECES, ZoneKind.BY_WEIGHT, ZoneKind.FREE, ZoneKind.STANDARD)


def zone_of(service: Service, country: str) -> Zone | None:
    """The zone that counts for *country*: one that names it before one that is for everywhere, own fees before free
    before standard. None: not served."""
    ranked = sorted(service.zones, key=lambda zone: (zone.is_everywhere, _SPECIFIC_FIRST.index(zone.kind)))
    return next((zone for zone in ranked if zone.is_everywhere or country in zone.countries), None)


def buyer_fee(zone: Zone, weight_g: int, pieces: int, standard: Decimal | None, place: str) -> Decimal | None:
    """USD the buyer pays, exact.

    Args:
        weight_g: the parcel's real weight: templates bill it, not the volumetric one (domain.md 9.2).
        pieces: units in the parcel.
        standard: the platform's tariff for the parcel in USD, None where it is not known.
        place: the zone in words, for what is wrong with it.

    Returns: None where the zone does not reach so far (a band ends before the weight), or the tariff is not known.

    Raises:
        BadFreightRule: bands overlap, leave a gap, or lack a unit; a discount is no percentage.
    """
    if zone.kind == ZoneKind.FREE:
        return NOTHING
    if zone.kind == ZoneKind.STANDARD:
        if not 0 <= (zone.discount_percent or 0) <= MOST_PERCENT:
            raise BadFreightRule("freight.bad_discount", place=place, value=zone.discount_percent)
        return None if standard is None else standard * (MOST_PERCENT - (zone.discount_percent or 0)) / MOST_PERCENT
    check_bands(zone, place)
    amount = Decimal(pieces) if zone.kind == ZoneKind.BY_PIECES else Decimal(weight_g) / GRAMS_A_KG
    return _by_pieces(zone, amount) if zone.kind == ZoneKind.BY_PIECES else _by_weight(zone, amount)


def check_bands(zone: Zone, place: str) -> None:
    """Refuse bands that would give a wrong fee.

    Raises:
        BadFreightRule: see `buyer_fee`.
    """
    if zone.first_fee is None or zone.first_fee < 0:
        raise BadFreightRule("freight.no_first_fee", place=place)
    for band in zone.bands:
        if band.fee < 0 or (band.end is not None and band.end <= band.start):
            raise BadFreightRule("freight.bad_band", place=place, start=str(band.start), end=str(band.end))
        if band.fee and not (band.per and band.per > 0):
            raise BadFreightRule("freight.band_without_unit", place=place)
    for before, after in zip(zone.bands, zone.bands[1:], strict=False):
        if before.end is None or after.start < before.end:
            raise BadFreightRule("freight.bands_overlap", place=place)
        if after.start > before.end:
            raise BadFreightRule("freight.bands_gap", place=place, start=str(before.end), end=str(after.start))


def _by_pieces(zone: Zone, pieces: Decimal) -> Decimal:
    """The first fee covers the pieces from–to of the band; every started `per` beyond costs its fee."""
    total = zone.first_fee or NOTHING
    for band in zone.bands:
        if band.end is not None and pieces > band.end and band.per:
            total += started(pieces - band.end, band.per) * band.fee
    return total


def _by_weight(zone: Zone, weight_kg: Decimal) -> Decimal | None:
    """The first fee covers the weight before the bands; where they begin at 0 it covers none, and is the least fee, as
    the platform writes templates (`min_freight`)."""
    first = zone.first_fee or NOTHING
    beyond = sum((_in_band(band, weight_kg) for band in zone.bands), NOTHING)
    last = zone.bands[-1].end if zone.bands else None
    if last is not None and weight_kg > last:
        return None
    return max(first, beyond) if has_least_fee(zone) else first + beyond


def has_least_fee(zone: Zone) -> bool:
    """Whether the zone's first fee is the least one, because its bands begin at 0."""
    return zone.kind == ZoneKind.BY_WEIGHT and bool(zone.bands) and zone.bands[0].start == 0


def _in_band(band: Band, weight_kg: Decimal) -> Decimal:
    end = weight_kg if band.end is None else min(weight_kg, band.end)
    return started(end - band.start, band.per) * band.fee if band.per and end > band.start else NOTHING
