"""Prices by a warehouse template: P5 of domain.md 10.4 to the cent, and everything unknown named."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.services.codes.reading import read_code
from app.services.compliance.ships_from import ships_from
from app.services.freight.channels import ChannelRule, Channels
from app.services.freight.starting_tariffs import starting_tariffs
from app.services.freight.tariff_store import StoredTariff
from app.services.freight.tariffs import Volumetric
from app.services.listings.records import ListingRecord, SkuRecord
from app.services.stock_items.records import StockItem
from app.services.warehouses.overseas.listing_build import _owns
from app.services.warehouses.overseas.margins import Terms, earnings
from app.services.warehouses.overseas.prices import Facts, TemplatePrices
from app.services.warehouses.overseas.records import Offer, Own, Unpriced
from app.services.warehouses.records import PriceSource, WarehouseTemplateRecord
from app.services.warehouses.templates import country_record

P5 = {"ES": 923, "RU": 970, "UK": 975, "DE": 1049, "FR": 1220, "IT": 1224, "AU": 1248, "BR": 1340}
LINES = {key: StoredTariff(1, key, key, one, "", "", 0) for key, one in starting_tariffs().items()}
CHANNELS = Channels(LINES, [ChannelRule(code, f"line_{code.lower()}") for code in P5])
ITEM = StockItem("AB1234", cost_micro=12_000_000, weight_mg=180_000, attributes=frozenset())
FACTS = Facts(Decimal("6.80"), CHANNELS, {"AB1234": ITEM})
RULE = WarehouseTemplateRecord(
    1, "rule", countries=tuple(map(country_record, (*P5, "US"))), price_source=PriceSource.RULE, margin_bp=500
)
OWN = Own("AB1234", 336, 999, {})


def offer(country="ES", template=RULE, facts=FACTS, own=OWN):
    return TemplatePrices(template, facts).offer(own, read_code(own.code), country)


def by(source, **country):
    entry = replace(country_record("ES"), **country)
    return replace(RULE, price_source=source, countries=(entry,))


@pytest.mark.parametrize(("country", "cents"), P5.items())
def test_the_team_rule_to_the_cent(country, cents):
    assert offer(country) == Offer("AB1234", country, cents, 35)


def test_the_margin_follows_the_price_step_where_none_is_named():
    """At 10 % a Spanish price is below 10 USD, in the step that asks for 10 %."""
    assert offer(template=replace(RULE, margin_bp=None)).price_minor == 975


@pytest.mark.parametrize(
    ("change", "why", "subject"),
    [
        ({"facts": replace(FACTS, rate=None)}, "no_rate", ""),
        ({"facts": replace(FACTS, items={})}, "unknown_item", "AB1234"),
        ({"facts": replace(FACTS, items={"AB1234": replace(ITEM, cost_micro=None)})}, "no_cost", "AB1234"),
        ({"facts": replace(FACTS, items={"AB1234": replace(ITEM, weight_mg=None)})}, "no_weight", "AB1234"),
        ({"country": "US"}, "no_route", "US"),
        ({"country": "RU", "own": Own("AB1234*2", 336, 1, {})}, "freight_too_heavy", "line_ru"),
        ({"template": replace(RULE, margin_bp=9_999)}, None, None),
        ({"template": by(PriceSource.SURCHARGE)}, "no_surcharge", "ES"),
        ({"template": by(PriceSource.SURCHARGE, surcharge_minor=1), "own": Own("A", None, 1, {})}, "no_home_price", ""),
        ({"template": by(PriceSource.FORMULA)}, "no_formula", "ES"),
        (
            {"template": by(PriceSource.FORMULA, formula="price / (weight - 180)")},
            "formula",
            "formula.division_by_zero",
        ),
        ({"template": by(PriceSource.FORMULA, formula="cost"), "facts": Facts()}, "unknown_item", "AB1234"),
    ],
)
def test_what_is_unknown_has_no_price_and_a_name(change, why, subject):
    found = offer(**change)
    if why is None:
        assert found.price_minor > 100_000, "an absurd margin is an absurd price, not a wrong one"
    else:
        assert found == Unpriced(why, subject)


def test_formula_and_surcharge():
    text = "(cost * 1.01 + 0.57 + freight) / (rate * 0.86 * (1 - margin) * (1 - discount))"
    assert offer(template=by(PriceSource.FORMULA, formula=text)).price_minor == 923
    assert offer(template=by(PriceSource.FORMULA, formula="price + surcharge", surcharge_minor=250)).price_minor == 586
    assert offer(template=by(PriceSource.FORMULA, formula="if(weight > 200, 1, 3.001)")).price_minor == 301
    assert offer(template=by(PriceSource.SURCHARGE, surcharge_minor=587, stock=7)) == Offer("AB1234", "ES", 923, 7)
    assert offer(template=replace(RULE, price_source=PriceSource.SHEET)) is None
    assert offer("JP") is None


def test_a_price_with_the_freight_of_plain_goods_in_it_is_told():
    unknown = replace(FACTS, items={"AB1234": replace(ITEM, attributes=None)})
    reading = read_code("AB1234*2")
    for template, facts, is_guess in (
        (RULE, FACTS, False),
        (RULE, unknown, True),
        (RULE, replace(FACTS, items={}), True),
        (by(PriceSource.FORMULA, formula="(cost + freight) / rate"), unknown, True),
        (by(PriceSource.FORMULA, formula="cost / rate"), unknown, False),
        (by(PriceSource.SURCHARGE, surcharge_minor=1), unknown, False),
    ):
        assert TemplatePrices(template, facts).is_guess(reading, "ES") is is_guess
    assert not TemplatePrices(RULE, unknown).is_guess(reading, "JP"), "no country of the template"


def test_what_the_listing_says_fills_in_for_stock_items():
    own = OWN._replace(cost_micro=12_000_000, weight_g=180)
    assert offer(own=own, facts=replace(FACTS, items={})).price_minor == 923


def test_margins_are_those_of_the_figures(db):
    with db.reader.connect() as connection:
        terms = replace(Terms.of(connection, 3000), rate=None)
        known = Terms.of(connection, 3000)
    prices = TemplatePrices(RULE, FACTS)
    wanted = [(OWN, read_code("AB1234"), "ES", 923), (OWN, read_code("AB1234"), "US", 923)]
    spain, states = earnings(wanted, prices, known)
    assert (spain.freight_micro, spain.why) == (23_200_000, None)
    assert 0 < spain.margin_bp < 1000
    assert (states.margin_bp, states.why) == (None, Unpriced("no_route", "US"))
    assert earnings(wanted[:1], prices, terms)[0].why == Unpriced("no_rate")
    assert earnings([], prices, known) == []


def test_a_carrier_that_bills_by_volume_does_so_here_too():
    """As freight and profit do (domain.md 9.2): 40 × 30 × 20 cm by 8000 are 3 kg, whatever the goods weigh."""
    bulky = replace(LINES["line_es"].tariff, volumetric=Volumetric(8000))
    lines = Channels({**LINES, "line_es": replace(LINES["line_es"], tariff=bulky)}, CHANNELS.rules)
    prices = TemplatePrices(RULE, replace(FACTS, channels=lines))
    plain, large = OWN, OWN._replace(sides_cm=(40, 30, 20))
    asked = [prices.freight_of(own, read_code("AB1234"), "ES") for own in (plain, large)]
    assert asked == [Decimal("23.20"), Decimal(136)], "16 + 40 a kg: 0.18 kg and 3 kg"
    assert prices.offer(large, read_code("AB1234"), "ES").price_minor > P5["ES"]
    assert TemplatePrices(RULE, FACTS).freight_of(large, read_code("AB1234"), "ES") == Decimal("23.20")


def test_the_sides_are_those_of_the_listings_parcel():
    record = ListingRecord(1, 1, skus=[SkuRecord(1, "AB1234", 336, 9)], length_cm=40, width_cm=30, height_cm=20)
    assert [own.sides_cm for own in _owns(record, ships_from())] == [(40, 30, 20)]
    assert [own.sides_cm for own in _owns(replace(record, width_cm=None), ships_from())] == [()], "one is not known"
