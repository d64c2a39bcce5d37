"""What sending a parcel costs by a freight template (aliexpress-open-platform.md 5.14, domain.md 9).

A carrier charges by one of three models; a country in none of its lists is not served, which is never free. The
platform's own tariffs are not documented: `rules.json` has invented ones, a first fee and a fee a kilogram.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from app.practice_market.catalogue import rules

CENT = Decimal("0.01")
YES = "Y"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent: pieces, all of them in kilograms, and where to (a country code)."""

    pieces: int
    weight_kg: Decimal
    country: str


@dataclass(frozen=True, slots=True)
class Charge:
    """What a carrier asks, in cents.

    Attributes:
        service: the carrier's name.
        buyer_cents: what the buyer pays, None where the country is not served.
        standard_cents: the platform's tariff for the same parcel.
    """

    service: str
    buyer_cents: int | None
    standard_cents: int


def parcel_weight(
    weight_kg: Decimal, pieces: int, *, base: int = 0, step: int = 0, step_kg: Decimal = Decimal(0)
) -> Decimal:
    """All pieces together. With a custom weight (*base* above 0) the given weight is that of up to *base* pieces,
    and every started *step* of further ones adds *step_kg*."""
    if base <= 0:
        return weight_kg * pieces
    further = max(0, pieces - base)
    return weight_kg + (step_kg * -(-further // step) if step > 0 else 0)


def charges(services: list[dict[str, Any]], parcel: Parcel) -> Iterator[Charge]:
    """What every carrier of a template asks, in the template's order; carriers without a tariff are left out."""
    for item in services:
        name = item["template"]["logistics_company"]
        if name in rules()["tariffs"]:
            standard = standard_fee(name, parcel.weight_kg)
            fee = _fee(item, parcel, standard)
            yield Charge(name, None if fee is None else _cents(fee), _cents(standard))


def standard_fee(service: str, weight_kg: Decimal) -> Decimal:
    """The platform's tariff, in dollars."""
    tariff = rules()["tariffs"][service]
    return Decimal(tariff["first"]) + Decimal(tariff["per_kg"]) * weight_kg


def _fee(item: dict[str, Any], parcel: Parcel, standard: Decimal) -> Decimal | None:
    own = next((rule for rule in item.get("selfdefine_list", ()) if _names(rule["shipping_country"], parcel)), None)
    if own is not None:
        return _by_pieces(own, parcel) if own["custom_freight_type"] == "order_num" else _by_weight(own, parcel)
    template = item["template"]
    if template["all_free_shipping"] == YES or _names(template["free_shipping_country"], parcel):
        return Decimal(0)
    for group in item.get("selfstandard_list", ()):
        if _names(group["self_standard_country"], parcel):
            return _less(standard, group["self_standard_discount"])
    if _names(template["standard_shipping_country"], parcel):
        return _less(standard, template["standard_shipping_discount"])
    if template["all_standard_shipping"] == YES:
        return _less(standard, template["all_standard_discount"])
    return None


def _by_pieces(rule: dict[str, Any], parcel: Parcel) -> Decimal:
    """A first fee up to a number of pieces, a further one for every started step."""
    further = max(0, parcel.pieces - rule["end_order_num"])
    steps = Decimal(-(-further // rule["per_add_num"]))
    return _number(rule["min_freight"]) + steps * _number(rule["add_freight"])


def _by_weight(rule: dict[str, Any], parcel: Parcel) -> Decimal | None:
    """Every started unit of each band, at least the first fee; beyond the last band nothing is sent."""
    total, weight = Decimal(0), parcel.weight_kg
    for band in rule["self_define_weight_list"]:
        start, end = _number(band["start_weight"]), _number(band["end_weight"])
        if weight > start:
            units = (min(weight, end) - start) / _number(band["interval_unit_weight"])
            total += units.to_integral_value(ROUND_CEILING) * _number(band["interval_unit_freight"])
    last = max(_number(band["end_weight"]) for band in rule["self_define_weight_list"])
    return None if weight > last else max(total, _number(rule["min_freight"]))


def _less(fee: Decimal, percent: int) -> Decimal:
    return fee * (100 - percent) / 100


def _names(countries: str, parcel: Parcel) -> bool:
    return parcel.country in countries.split(",")


def _number(value: Any) -> Decimal:
    return Decimal(str(value))


def _cents(amount: Decimal) -> int:
    return int(amount.quantize(CENT, ROUND_HALF_UP) * 100)
