"""F1–F5 of domain.md 9.3 and the tariffs of 10.3, exact."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.services.freight.buyer_fee import buyer_fee, zone_of
from app.services.freight.errors import BadFreightInput, BadFreightRule
from app.services.freight.records import Band, Service, Zone, ZoneKind
from app.services.freight.starting_tariffs import starting_tariffs
from app.services.freight.tariffs import Tariff, TariffBand, Unserved, Volumetric, WeightRange, charge
from app.services.freight.weights import CustomWeight, parcel_g, volumetric_g
from app.services.pricing.rounding import half_up

T = Decimal("6.80")
PACKET = starting_tariffs()["post_packet"]


@pytest.mark.parametrize(("grams", "fee"), [(25, "6.72"), (80, "10.206"), (200, "16.5384"), (350, "24.4539")])
def test_f1_gram_tariff(grams, fee):
    assert charge(PACKET, "US", grams).fee == Decimal(fee)


def test_f1_the_buyer_pays_seventy_percent_of_it():
    tariff = charge(PACKET, "US", 200).fee
    zone = Zone(ZoneKind.STANDARD, ("US",), discount_percent=30)
    paid = buyer_fee(zone, 200, 1, tariff / T, "US") * T
    assert (paid, half_up(paid / T), tariff - paid) == (Decimal("11.57688"), Decimal("1.70"), Decimal("4.96152"))
    assert half_up(tariff / T) == Decimal("2.43")


def test_f2_by_pieces():
    zone = Zone(
        ZoneKind.BY_PIECES, ("US",), first_fee=Decimal("3.00"), bands=(Band(*map(Decimal, (1, 2, 2)), Decimal("1.50")),)
    )
    fees = [buyer_fee(zone, 100, pieces, None, "US") for pieces in range(1, 8)]
    assert fees == [Decimal(fee) for fee in ("3.00", "3.00", "4.50", "4.50", "6.00", "6.00", "7.50")]


BY_WEIGHT = Zone(
    ZoneKind.BY_WEIGHT,
    ("US",),
    first_fee=Decimal("4.00"),
    bands=(
        Band(Decimal("0.5"), Decimal(2), Decimal("0.1"), Decimal("0.60")),
        Band(Decimal(2), Decimal(10), Decimal("0.5"), Decimal("2.20")),
    ),
)


@pytest.mark.parametrize(("grams", "fee"), [(300, "4.00"), (1050, "7.60"), (2600, "17.40"), (800, "5.80")])
def test_f3_by_weight_with_bands(grams, fee):
    assert buyer_fee(BY_WEIGHT, grams, 1, None, "US") == Decimal(fee)


def test_beyond_the_last_band_nothing_is_sent():
    assert buyer_fee(BY_WEIGHT, 10_001, 1, None, "US") is None


@pytest.mark.parametrize(
    ("divisor", "volumetric", "billed", "fee", "usd"),
    [(5000, 4800, 5000, "332", "48.82"), (6000, 4000, 4000, "280", "41.18"), (8000, 3000, 3000, "228", "33.53")],
)
def test_f4_volumetric(divisor, volumetric, billed, fee, usd):
    size = (Decimal(40), Decimal(30), Decimal(20))
    express = replace(starting_tariffs()["express"], volumetric=Volumetric(divisor))
    found = charge(express, "US", 2100, size)
    assert volumetric_g(size, divisor) == volumetric
    assert (found.chargeable_g, found.fee, half_up(found.fee / T)) == (billed, Decimal(fee), Decimal(usd))
    assert charge(express, "US", 2100).chargeable_g == 2500
    only_long = replace(express, volumetric=Volumetric(divisor, Decimal(60)))
    assert charge(only_long, "US", 2100, size).chargeable_g == 2500, "no side exceeds 60 cm"


@pytest.mark.parametrize(("pieces", "grams"), [(1, 400), (3, 400), (4, 650), (5, 650), (8, 1150)])
def test_f5_custom_weight(pieces, grams):
    assert CustomWeight(3, 2, 250).parcel_g(400, pieces) == grams


def test_f5_then_post():
    post = starting_tariffs()["post_registered"]
    fee = charge(post, "US", 1150).fee
    assert (fee, half_up(fee / T)) == (Decimal("176.5364"), Decimal("25.96"))
    assert charge(post, "US", 200).fee == Decimal("30.7399")


@pytest.mark.parametrize(
    ("key", "country", "fee"),
    [
        ("post_packet", "US", "15.483"), ("line_es", "ES", "23.20"), ("line_ru", "RU", "25"),
        ("line_uk", "UK", "25.20"),
        ("line_de", "DE", "28.10"), ("line_fr", "FR", "34.72"), ("line_it", "IT", "34.90"), ("line_au", "AU", "35.84"),
        ("line_br", "BR", "39.40"),
    ],
)  # fmt: skip
def test_p5_freight_of_180_grams(key, country, fee):
    assert charge(starting_tariffs()[key], country, 180).fee == Decimal(fee)


@pytest.mark.parametrize(
    ("key", "country", "grams", "fee"),
    [
        ("post_battery", "US", 200, "27.404"), ("line_es", "ES", 1000, "56"), ("line_uk", "UK", 1000, "58"),
        ("line_de", "DE", 1000, "65"), ("line_au", "AU", 1000, "67"), ("line_it", "IT", 2999, "189.945"),
        ("line_it", "IT", 3000, "170"), ("line_br", "BR", 30_000, "2425"), ("line_ru", "RU", 100, "20"),
        ("line_ru", "RU", 101, "25"), ("line_ru", "RU", 200, "25"),
    ],
)  # fmt: skip
def test_every_dispatch_country_of_103(key, country, grams, fee):
    assert charge(starting_tariffs()[key], country, grams).fee == Decimal(fee)


def test_heavier_parcels_fall_into_the_next_range():
    line = starting_tariffs()["line_fr"]
    assert charge(line, "FR", 1999).fee == Decimal("0.054") * 1999 + 25
    assert charge(line, "FR", 2000).fee == Decimal("120.00")


@pytest.mark.parametrize(
    ("key", "country", "grams", "attributes", "why"),
    [
        ("line_ru", "RU", 201, (), Unserved.TOO_HEAVY),
        ("line_br", "BR", 30_001, (), Unserved.TOO_HEAVY),
        ("line_es", "FR", 100, (), Unserved.COUNTRY),
        ("express", "US", 100, ("battery",), Unserved.ATTRIBUTE),
    ],
)
def test_what_is_not_served_costs_nothing_known(key, country, grams, attributes, why):
    found = charge(starting_tariffs()[key], country, grams, None, attributes)
    assert (found.fee, found.unserved) == (None, why)


def test_a_heavy_line_does_not_take_light_parcels():
    heavy = Tariff("heavy", "CNY", (WeightRange(None, Decimal(10)),), least_g=20_000)
    assert charge(heavy, "US", 19_999).unserved == Unserved.TOO_LIGHT
    assert charge(heavy, "US", 20_000).fee == 10


def test_a_country_in_no_list_is_not_served():
    named = Zone(ZoneKind.BY_PIECES, ("US",), first_fee=Decimal(1))
    everywhere = Zone(ZoneKind.FREE, is_everywhere=True)
    assert zone_of(Service("post", (everywhere, named)), "US") is named
    assert zone_of(Service("post", (everywhere, named)), "FR") is everywhere
    assert zone_of(Service("post", (named,)), "FR") is None


def test_standard_without_a_known_tariff_is_unknown_and_free_is_nothing():
    assert buyer_fee(Zone(ZoneKind.STANDARD, ("US",), discount_percent=30), 100, 1, None, "US") is None
    assert buyer_fee(Zone(ZoneKind.FREE, ("US",)), 100, 1, None, "US") == 0


def test_parcels_weigh_their_items_and_their_packing():
    assert parcel_g([(85, 2), (140, 1)], packing_g=10) == 320
    for items in ([(None, 1)], [(0, 1)], [(85, 0)]):
        with pytest.raises(BadFreightInput):
            parcel_g(items)


@pytest.mark.parametrize("bad", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_a_custom_weight_needs_numbers_above_zero(bad):
    with pytest.raises(BadFreightInput, match="bad_custom_weight"):
        CustomWeight(*bad).parcel_g(100, 1)


@pytest.mark.parametrize("size", [(Decimal(0), Decimal(1), Decimal(1)), (Decimal(1), Decimal("nan"), Decimal(1))])
def test_a_side_is_above_zero(size):
    with pytest.raises(BadFreightInput, match="bad_side"):
        volumetric_g(size, 5000)


def _band(start, end, per="0.1", fee="1"):
    return Band(Decimal(start), None if end is None else Decimal(end), per and Decimal(per), Decimal(fee))


@pytest.mark.parametrize(
    ("code", "first", "bands"),
    [
        ("bands_overlap", "4", [_band("0.5", "2"), _band("1.5", "3")]),
        ("bands_overlap", "4", [_band("0.5", None), _band("1.5", "3")]),
        ("bands_gap", "4", [_band("0.5", "2"), _band("2.5", "3")]),
        ("band_without_unit", "4", [_band("0.5", "2", None)]),
        ("band_without_unit", "4", [_band("0.5", "2", "0")]),
        ("bad_band", "4", [_band("2", "0.5")]),
        ("bad_band", "4", [_band("0.5", "2", fee="-1")]),
        ("no_first_fee", None, [_band("0.5", "2")]),
    ],
)
def test_bands_that_contradict_themselves_are_named(code, first, bands):
    zone = Zone(ZoneKind.BY_WEIGHT, ("US",), first_fee=first and Decimal(first), bands=tuple(bands))
    with pytest.raises(BadFreightRule, match=code) as caught:
        buyer_fee(zone, 100, 1, None, "Post / US")
    assert caught.value.params["place"] == "Post / US"


@pytest.mark.parametrize(
    ("code", "ranges", "step"),
    [
        ("empty_tariff", (), 1),
        ("empty_tariff", (WeightRange(None, Decimal(1)),), 0),
        ("ranges_overlap", (WeightRange(None, Decimal(1)), WeightRange(5, Decimal(1))), 1),
        ("ranges_overlap", (WeightRange(9, Decimal(1)), WeightRange(5, Decimal(1))), 1),
        ("negative_fee", (WeightRange(9, Decimal(-1)),), 1),
        ("bands_overlap", (WeightRange(9, Decimal(1), (TariffBand(5, Decimal(1), Decimal(1)),) * 2),), 1),
        ("band_without_unit", (WeightRange(9, Decimal(1), (TariffBand(5, Decimal(0), Decimal(1)),)),), 1),
    ],
)
def test_tariffs_that_contradict_themselves_are_named(code, ranges, step):
    with pytest.raises(BadFreightRule, match=code):
        Tariff("mine", "CNY", ranges, step)


@pytest.mark.parametrize("grams", [1, 300, 500, 501, 800, 1050, 2000, 2600, 10_000, 10_001])
def test_bands_from_nothing_on_have_a_least_fee_as_the_platform_bills_them(grams):
    """F3 in the platform's own form: the first band begins at 0, so that the fee before it is the least one."""
    first = Band(Decimal(0), Decimal("0.5"), Decimal("0.5"), Decimal("4.00"))
    zone = replace(BY_WEIGHT, bands=(first, *BY_WEIGHT.bands))
    assert buyer_fee(zone, grams, 1, None, "US") == buyer_fee(BY_WEIGHT, grams, 1, None, "US")
    dear = replace(zone, first_fee=Decimal(6))
    expected = buyer_fee(zone, grams, 1, None, "US")
    assert buyer_fee(dear, grams, 1, None, "US") == (expected if expected is None else max(Decimal(6), expected))
