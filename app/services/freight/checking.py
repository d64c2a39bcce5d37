"""What is wrong with a local template or a tariff, all of it at once, each with its place: for editors and sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.services.freight.buyer_fee import MOST_PERCENT, check_bands
from app.services.freight.errors import BadFreightRule
from app.services.freight.records import Service, Zone, ZoneKind
from app.services.warehouses.countries import countries

CUSTOM = (ZoneKind.BY_PIECES, ZoneKind.BY_WEIGHT)


@dataclass(frozen=True, slots=True)
class ZoneProblem:
    """What is wrong with zone number `zone` of service number `service`, both from 0; -1: with the whole."""

    service: int
    zone: int
    error: BadFreightRule


def template_problems(services: Sequence[Service]) -> list[ZoneProblem]:
    """Everything for which the template could not be computed, or would be computed by chance."""
    if not any(service.zones for service in services):
        return [ZoneProblem(-1, -1, BadFreightRule("freight.no_zones_at_all"))]
    found = []
    carriers = [service.carrier for service in services]
    for number, service in enumerate(services):
        if not service.carrier or carriers.index(service.carrier) < number:
            code = "freight.service_twice" if service.carrier else "freight.service_unnamed"
            found.append(ZoneProblem(number, -1, BadFreightRule(code, place=service.carrier)))
        found += _service_problems(number, service)
    return found


def _service_problems(number: int, service: Service) -> list[ZoneProblem]:
    found: list[ZoneProblem] = []
    if not service.zones:
        found.append(ZoneProblem(number, -1, BadFreightRule("freight.no_zones", place=service.carrier)))
    seen: set[str] = set()
    for at, zone in enumerate(service.zones):
        place = f"{service.carrier} · {at + 1}"
        found += [ZoneProblem(number, at, error) for error in _zone_problems(zone, place)]
        named = ["*"] if zone.is_everywhere else list(zone.countries)
        for country in named:
            if country in seen:
                error = BadFreightRule("freight.country_twice", place=place, value=country)
                found.append(ZoneProblem(number, at, error))
            seen.add(country)
    return found


def _zone_problems(zone: Zone, place: str) -> list[BadFreightRule]:
    found = []
    if not zone.is_everywhere and not zone.countries:
        found.append(BadFreightRule("freight.no_countries", place=place))
    found += [
        BadFreightRule("freight.unknown_country", place=place, value=country)
        for country in zone.countries
        if country not in countries().names
    ]
    if zone.kind == ZoneKind.STANDARD and not 0 <= (zone.discount_percent or 0) <= MOST_PERCENT:
        found.append(BadFreightRule("freight.bad_discount", place=place, value=zone.discount_percent))
    if zone.kind in CUSTOM:
        try:
            check_bands(zone, place)
        except BadFreightRule as error:
            found.append(error)
    if zone.kind == ZoneKind.BY_PIECES and len(zone.bands) > 1:
        found.append(BadFreightRule("freight.one_piece_band", place=place))
    return found
