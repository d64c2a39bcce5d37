"""Templates as odd stores write them: what cannot be read is named or not served, never a fee that is too low."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.freight.buyer_fee import buyer_fee, zone_of
from app.services.freight.checking import template_problems
from app.services.freight.errors import BadFreightRule
from app.services.freight.records import Band, Service, Zone, ZoneKind
from app.services.freight.settings import read_services


def pieces(**odd):
    told = {"shipping_country": "DE", "custom_freight_type": "order_num", "min_freight": 3}
    return {"selfdefine_list": [told | {"start_order_num": 1, "end_order_num": 2, "per_add_num": 2} | odd]}


def weight(*bands, **odd):
    told = {"shipping_country": "BR", "custom_freight_type": "weight", "min_freight": 4}
    return {"selfdefine_list": [told | {"self_define_weight_list": list(bands)} | odd]}


def band(start, end, per="0.1", fee="0.6"):
    return {"start_weight": start, "end_weight": end, "interval_unit_weight": per, "interval_unit_freight": fee}


def fee_of(entry, country, grams=200, count=1):
    [service] = read_services([entry])
    zone = zone_of(service, country)
    return "not served" if zone is None else buyer_fee(zone, grams, count, Decimal("2.43"), country)


@pytest.mark.parametrize(
    ("entry", "country", "code"),
    [
        (pieces(add_freight="free"), "DE", "no_first_fee"),
        (pieces(add_freight="NaN"), "DE", "no_first_fee"),
        (pieces(add_freight=1.5, start_order_num="one"), "DE", "no_first_fee"),
        (pieces(add_freight=1.5, min_freight="Infinity"), "DE", "no_first_fee"),
        (pieces(add_freight=1.5, per_add_num="sNaN"), "DE", "band_without_unit"),
        (pieces(add_freight=1.5, per_add_num=0), "DE", "band_without_unit"),
        (pieces(add_freight=-1), "DE", "bad_band"),
        (weight(band(0.5, 2, fee="n/a")), "BR", "no_first_fee"),
        (weight(band("?", 2), band(2, 10)), "BR", "no_first_fee"),
        (weight(band(0.5, 2), band(2, 10, fee=None)), "BR", "no_first_fee"),
        (weight(band(0.5, 2), band(1.5, 10)), "BR", "bands_overlap"),
        (weight(band(0.5, None), band(2, 10)), "BR", "bands_overlap"),
        (weight(band(0.5, 2), band("2.001", 10)), "BR", "bands_gap"),
        (weight(band(2, 10), band(0.5, 2)), "BR", "bands_overlap"),
        (weight(band(2, 2)), "BR", "bad_band"),
        (weight(band(0.5, 2), min_freight=None), "BR", "no_first_fee"),
        *(({"template": {"all_standard_shipping": "Y", "all_standard_discount": odd}}, "JP", "bad_discount")
          for odd in ("Infinity", "NaN", "x", "30.5", 101, -1)),
    ],
)  # fmt: skip
def test_a_zone_that_cannot_be_computed_is_named(entry, country, code):
    with pytest.raises(BadFreightRule) as caught:
        fee_of(entry, country, count=9)
    assert (caught.value.error_code, caught.value.params["place"]) == (f"freight.{code}", country)


@pytest.mark.parametrize(
    ("entry", "country", "fee"),
    [
        ({"template": {"all_free_shipping": "N", "free_shipping_country": ""}}, "ES", "not served"),
        ({"template": {"all_free_shipping": None, "free_shipping_country": " es ;；| FR,fr"}}, "FR", Decimal(0)),
        ({"template": {"standard_shipping_country": "GB"}}, "UK", Decimal("2.43")),
        ({"template": {"standard_shipping_country": "GB", "standard_shipping_discount": "30.0"}},
         "UK", Decimal("1.701")),
        ({"template": {"all_standard_shipping": True, "all_standard_discount": 100}}, "JP", Decimal(0)),
        ({"selfstandard_list": {"x": [{"self_standard_country": None, "self_standard_discount": 99}]}},
         "ES", "not served"),
        ({"selfstandard_list": [{"self_standard_country": ["es", "PT"], "self_standard_discount": 50}]},
         "ES", Decimal("1.215")),
        (pieces(shipping_country=None, add_freight=1.5), "DE", "not served"),
        (pieces(add_freight=None, start_order_num=None), "DE", Decimal(3)),
        (weight(shipping_country=[]), "BR", "not served"),
    ],
)  # fmt: skip
def test_odd_shapes_are_read_as_what_they_say(entry, country, fee):
    assert fee_of(entry, country) == fee


def test_a_country_in_two_zones_pays_the_fee_of_its_own_before_free_and_before_everywhere():
    entry = pieces(add_freight=1.5) | {"template": {"free_shipping_country": "DE", "all_standard_shipping": "Y"}}
    assert (fee_of(entry, "DE"), fee_of(entry, "ES")) == (3, Decimal("2.43"))


STEPS = (Band(*map(Decimal, ("0.5", "2", "0.1", "0.6"))), Band(*map(Decimal, ("2", "10", "0.5", "2.2"))))
BY_WEIGHT = Zone(ZoneKind.BY_WEIGHT, ("BR",), first_fee=Decimal(4), bands=STEPS)
BY_PIECES = Zone(ZoneKind.BY_PIECES, ("DE",), first_fee=Decimal(3), bands=(Band(*map(Decimal, (1, 3, 2, "1.5"))),))


@pytest.mark.parametrize(
    ("grams", "fee"),
    [(1, "4"), (499, "4"), (500, "4"), (501, "4.6"), (600, "4.6"), (601, "5.2"), (1999, "13"), (2000, "13"),
     (2001, "15.2"), (2500, "15.2"), (2501, "17.4"), (9999, "48.2"), (10_000, "48.2"), (10_001, None),
     (100_000_000, None)],
)  # fmt: skip
def test_exactly_at_the_end_of_a_band_the_next_has_not_begun(grams, fee):
    assert buyer_fee(BY_WEIGHT, grams, 1, None, "BR") == (fee and Decimal(fee))


@pytest.mark.parametrize(("count", "fee"), [(1, 3), (3, 3), (4, "4.5"), (5, "4.5"), (6, 6), (999_999, 750_000)])
def test_pieces_beyond_the_band_cost_by_started_units(count, fee):
    assert buyer_fee(BY_PIECES, 10, count, None, "DE") == Decimal(fee)


def test_a_last_band_without_an_end_takes_any_weight_exactly():
    last = Band(Decimal(0), None, Decimal("0.1"), Decimal("0.6"))
    endless = Zone(ZoneKind.BY_WEIGHT, ("BR",), first_fee=Decimal(4), bands=(last,))
    assert buyer_fee(endless, 100_000_000, 1, None, "BR") == 600_000


@pytest.mark.parametrize(
    ("zones", "codes"),
    [
        ((Zone(ZoneKind.FREE, ("ES", "XX")),), ["unknown_country"]),
        ((Zone(ZoneKind.FREE, ("ES",)), Zone(ZoneKind.STANDARD, ("FR", "ES"))), ["country_twice"]),
        ((Zone(ZoneKind.FREE, is_everywhere=True), Zone(ZoneKind.STANDARD, is_everywhere=True)), ["country_twice"]),
        ((Zone(ZoneKind.FREE),), ["no_countries"]),
        ((Zone(ZoneKind.STANDARD, ("ES",), discount_percent=-1),), ["bad_discount"]),
        ((Zone(ZoneKind.BY_PIECES, ("ES",), first_fee=Decimal(1), bands=BY_PIECES.bands * 2),),
         ["bands_overlap", "one_piece_band"]),
        ((BY_WEIGHT, BY_PIECES), []),
    ],
)  # fmt: skip
def test_everything_wrong_with_a_local_template_is_said_at_once(zones, codes):
    found = template_problems([Service("S", zones)])
    assert [one.error.error_code for one in found] == [f"freight.{code}" for code in codes]


def test_services_are_named_once_and_have_zones():
    free = (Zone(ZoneKind.FREE, ("ES",)),)
    found = template_problems([Service("S", free), Service("S", free), Service("", free), Service("T", ())])
    assert [(one.service, one.error.error_code) for one in found] == [
        (1, "freight.service_twice"),
        (2, "freight.service_unnamed"),
        (3, "freight.no_zones"),
    ]
