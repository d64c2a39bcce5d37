"""Templates and tariffs in the form they are stored in: the reverse of `settings` and `starting_tariffs.tariff_of`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.services.freight.records import Band, Service, Zone, ZoneKind
from app.services.freight.tariffs import Tariff, WeightRange


def written_services(services: Sequence[Service]) -> list[dict[str, Any]]:
    """A template's settings as the platform writes them (aliexpress-open-platform.md 5.14), numbers as text so that
    every digit stays."""
    return [_service(service) for service in services]


def written_tariff(tariff: Tariff) -> dict[str, Any]:
    """What of a tariff stands in the column `rules`: the form of `carrier_tariffs.json` without key and currency."""
    rules: dict[str, Any] = {"ranges": [_range(one) for one in tariff.ranges]}
    if tariff.step_g != 1:
        rules["step_g"] = tariff.step_g
    if tariff.volumetric is not None:
        rules["divisor"] = tariff.volumetric.divisor
        rules["from_side_cm"] = plain(tariff.volumetric.from_side_cm)
    if tariff.least_g:
        rules["least_g"] = tariff.least_g
    if tariff.countries:
        rules["countries"] = sorted(tariff.countries)
    if tariff.excluded:
        rules["excluded"] = sorted(tariff.excluded)
    return rules


def plain(number: Decimal) -> str:
    """A number without exponent and needless zeros."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _range(weights: WeightRange) -> dict[str, Any]:
    bands = [{"above_g": band.above_g, "unit_g": plain(band.unit_g), "fee": plain(band.fee)} for band in weights.bands]
    return {"to_g": weights.to_g, "base": plain(weights.base), "bands": bands}


def _service(service: Service) -> dict[str, Any]:
    head: dict[str, Any] = {
        "logistics_company": service.carrier,
        "all_free_shipping": "N",
        "all_standard_shipping": "N",
        "free_shipping_country": "",
        "standard_shipping_country": "",
    }
    entry: dict[str, Any] = {"template": head, "selfstandard_list": [], "selfdefine_list": []}
    for zone in service.zones:
        if zone.kind == ZoneKind.FREE:
            _free(head, zone)
        elif zone.kind == ZoneKind.STANDARD:
            _standard(entry, zone)
        else:
            entry["selfdefine_list"].append(_custom(zone))
    return entry


def _free(head: dict[str, Any], zone: Zone) -> None:
    if zone.is_everywhere:
        head["all_free_shipping"] = "Y"
    else:
        head["free_shipping_country"] = ",".join(filter(None, (head["free_shipping_country"], *zone.countries)))


def _standard(entry: dict[str, Any], zone: Zone) -> None:
    percent = zone.discount_percent or 0
    if zone.is_everywhere:
        entry["template"] |= {"all_standard_shipping": "Y", "all_standard_discount": percent}
    else:
        own = {"self_standard_country": ",".join(zone.countries), "self_standard_discount": percent}
        entry["selfstandard_list"].append(own)


def _custom(zone: Zone) -> dict[str, Any]:
    own: dict[str, Any] = {"shipping_country": ",".join(zone.countries), "min_freight": _text(zone.first_fee)}
    if zone.is_everywhere:
        own["is_everywhere"] = True
    if zone.kind == ZoneKind.BY_PIECES:
        own["custom_freight_type"] = "order_num"
        for band in zone.bands[:1]:
            own |= {"start_order_num": _text(band.start), "end_order_num": _text(band.end)}
            own |= {"per_add_num": _text(band.per), "add_freight": _text(band.fee)}
    else:
        own["custom_freight_type"] = "weight"
        own["self_define_weight_list"] = [_weight_band(band) for band in zone.bands]
    return own


def _weight_band(band: Band) -> dict[str, Any]:
    return {
        "start_weight": _text(band.start),
        "end_weight": _text(band.end),
        "interval_unit_weight": _text(band.per),
        "interval_unit_freight": _text(band.fee),
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)
