"""Quotes: F1–F5 of domain.md 9.3 through templates and tariffs; routes that are not served."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.services.freight.channels import ChannelRule, Channels
from app.services.freight.errors import BadFreightInput
from app.services.freight.finding import country_of, custom_weight_of, size_of
from app.services.freight.quoting import Parcel, Quoter, best, shown_cny, shown_usd
from app.services.freight.records import Band, Service, Zone, ZoneKind
from app.services.freight.tariffs import Volumetric
from tests.unit.freight.test_channels import TARIFFS

RULES = (ChannelRule("CN", "post_packet"), ChannelRule("ES", "line_es"), ChannelRule("CN", "line_ru", country="RU"))
QUOTER = Quoter(Channels(TARIFFS, RULES), Decimal("6.80"))
PIECES = Band(Decimal(1), Decimal(2), Decimal(2), Decimal("1.50"))
STEPS = (
    Band(Decimal("0.5"), Decimal(2), Decimal("0.1"), Decimal("0.6")),
    Band(*map(Decimal, ("2", "10", "0.5", "2.2"))),
)
SERVICE = Service(
    "STANDARD",
    (
        Zone(ZoneKind.STANDARD, ("US", "RU"), discount_percent=30),
        Zone(ZoneKind.FREE, ("ES",)),
        Zone(ZoneKind.BY_PIECES, ("DE",), first_fee=Decimal(3), bands=(PIECES,)),
        Zone(ZoneKind.BY_WEIGHT, ("BR",), first_fee=Decimal(4), bands=STEPS),
    ),
)


def asked(country, weight_g=200, **more):
    return QUOTER.quote(SERVICE, Parcel(weight_g, **more), country)


def test_f1_standard_less_thirty_percent():
    found = asked("us")
    assert (found.buyer_cny, found.carrier_cny) == (Decimal("11.57688"), Decimal("16.5384"))
    assert (shown_usd(found.buyer_usd), shown_cny(found.carrier_cny)) == ("1.70", "16.5384")
    assert found.seller_cny == Decimal("4.96152")
    assert (found.is_served, found.reason, found.chargeable_g) == (True, "", 200)


def test_f2_and_f3_by_pieces_and_by_weight():
    assert [shown_usd(asked("DE", 50, pieces=n).buyer_usd) for n in (2, 3, 7)] == ["3.00", "4.50", "7.50"]
    assert [shown_usd(asked("BR", grams).buyer_usd) for grams in (800, 1050, 2600)] == ["5.80", "7.60", "17.40"]


@pytest.mark.parametrize(("divisor", "fee", "usd"), [(5000, "332.00", "48.82"), (6000, "280.00", "41.18")])
def test_f4_volumetric(divisor, fee, usd):
    express = replace(TARIFFS["express"].tariff, volumetric=Volumetric(divisor))
    found = QUOTER.tariff_quote(express, Parcel(2100, size=size_of("40 x 30 × 20 cm")), "US")
    assert (shown_cny(found.carrier_cny), shown_usd(found.carrier_usd)) == (fee, usd)
    assert found.buyer_usd is None


def test_f5_custom_weight():
    parcel = Parcel(400, pieces=8, custom=custom_weight_of("3, 2, 250"))
    found = QUOTER.tariff_quote(TARIFFS["post_registered"].tariff, parcel, "US")
    assert (found.chargeable_g, shown_cny(found.carrier_cny)) == (1150, "176.5364")
    assert shown_usd(found.carrier_usd) == "25.96"


@pytest.mark.parametrize(
    ("country", "more", "reason"),
    [
        ("JP", {}, "no_zone"),
        ("RU", {"weight_g": 300}, "carrier_too_heavy"),
        ("BR", {"weight_g": 10_001}, "beyond_bands"),
        ("DE", {"ships_from": "ES"}, "channel_country"),
        ("DE", {"ships_from": "PL"}, "channel_no_rule"),
    ],
)
def test_a_route_that_is_not_served_has_no_fee_and_says_why(country, more, reason):
    found = asked(country, **more)
    assert (found.is_served, found.buyer_usd, found.carrier_cny, found.reason) == (False, None, None, reason)
    assert found.seller_cny is None


def test_without_a_rate_what_needs_one_is_unknown_and_the_rest_is_known():
    quoter = replace(QUOTER, rate=None)
    standard, free = (quoter.quote(SERVICE, Parcel(200), country) for country in ("US", "ES"))
    assert (standard.buyer_usd, standard.carrier_cny, standard.reason) == (None, Decimal("16.5384"), "no_rate")
    assert (free.buyer_usd, free.carrier_cny, free.seller_cny) == (Decimal(0), Decimal("16.5384"), None)
    in_usd = replace(TARIFFS["post_packet"].tariff, currency="USD")
    assert quoter.tariff_quote(in_usd, Parcel(200), "US").reason == "no_rate"
    assert QUOTER.tariff_quote(in_usd, Parcel(200), "US").carrier_cny == Decimal("112.46112")


def test_a_chosen_tariff_takes_the_place_of_the_channel():
    found = replace(QUOTER, tariff_key="post_registered").quote(SERVICE, Parcel(200), "ES")
    assert (found.tariff_key, found.carrier_cny) == ("post_registered", Decimal("30.7399"))
    assert replace(QUOTER, tariff_key="gone").quote(SERVICE, Parcel(200), "ES").reason == "channel_no_tariff"


def test_the_best_service_is_the_cheapest_that_is_served():
    free = Service("ECONOMY", (Zone(ZoneKind.FREE, ("US",)),))
    quotes = [QUOTER.quote(one, Parcel(200), "US") for one in (SERVICE, free)]
    assert best(quotes) is quotes[1]
    assert best([asked("JP")]).reason == "no_zone"
    assert best([]) is None


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (country_of, "XX"),
        (country_of, ""),
        (size_of, "40x30"),
        (size_of, "40x0x3"),
        (size_of, "1e3x1x1"),
        (custom_weight_of, "3,2"),
        (custom_weight_of, "-1,2,3"),
    ],
)
def test_what_cannot_be_read_is_refused(read, text):
    with pytest.raises(BadFreightInput):
        read(text)
    with pytest.raises(BadFreightInput):
        asked("US", 0)
