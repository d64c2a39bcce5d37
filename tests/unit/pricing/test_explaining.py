"""P1 step by step with sources; the explanation and whole columns agree; any of price, margin, profit leads to the
others."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from app.services.errors import NotFound
from app.services.history.undo import undo
from app.services.listings.cells import CellEdit
from app.services.listings.desk import ListingDesk
from app.services.listings.source import CHILD_ID_OFFSET
from app.services.pricing.desk import PricingDesk
from app.services.pricing.errors import BadPriceInput, NoPriceReaches
from app.services.pricing.figures import figures_of
from app.services.pricing.inputs import Missing
from app.services.pricing.rate_sheets import BadRateSheet
from app.services.pricing.rates import EnteredRate, enter_rates
from app.services.pricing.rounding import SHARE, half_up
from app.services.pricing.team_settings import change_settings

pytestmark = pytest.mark.usefixtures("priced")


@pytest.fixture
def pricing(db):
    return PricingDesk(lambda: db)


@pytest.fixture
def lamp(make_listing):
    return make_listing("Lamp", (("AB1234", 999, 5),), freight_template_id="free")


def test_p1_step_by_step(db, pricing, lamp):
    enter_rates(db, [EnteredRate("6.80", as_of="2020-01-02")], source="rates.xlsx")
    found = pricing.explain(lamp.id, lamp.skus[0].id)
    steps = {step.name: step for step in found.steps}
    expected = {
        "list_price": "9.99",
        "discount": "30 %",
        "sale_price": "6.99",
        "cost": "18.00",
        "weight": "200",
        "freight": "16.5384",
        "buyer_freight": "0.00",
        "packing": "1.20",
        "rate": "6.80",
        "commission": "0.5592",
        "affiliate": "0.2097",
        "refund": "0.1398",
        "payment": "0.0699",
        "left": "6.0114",
        "left_cny": "40.87752",
        "costs": "35.7384",
        "profit": "5.14",
        "margin": "10.81 %",
        "markup": "14.38 %",
        "break_even_sale": "6.12",
        "worst_case": "6.99",
        "route": "CN → US",
    }
    assert {name: steps[name].value for name in expected} == {**expected, "rate": "6.8"}
    assert (steps["rate"].source, steps["rate"].as_of) == ("rates.xlsx", "2020-01-02")
    assert steps["sale_price"].how == "9.99 × (1 − 30 %)"
    assert all(steps[name].as_of for name in ("commission", "affiliate", "refund", "payment", "packing", "discount"))
    assert steps["item"].how == "AB1234 × 1: 18.00 CNY, 200.00 g"
    assert found.missing == ()


def test_what_is_unknown_is_named_and_the_rest_still_told(pricing, make_listing):
    listing = make_listing("Lamp", (("XX1", 999, 5), ("AB1234", None, 5)))
    found = pricing.explain(listing.id, listing.skus[0].id)
    assert (found.profit, found.missing) == (None, (Missing.COST, Missing.WEIGHT, Missing.TEMPLATE))
    steps = {step.name: step.value for step in found.steps}
    assert (steps["cost"], steps["weight"], steps["freight"], steps["sale_price"]) == ("", "", "", "6.99")
    assert "profit" not in steps
    assert Missing.PRICE in pricing.explain(listing.id, listing.skus[1].id).missing
    with pytest.raises(NotFound):
        pricing.explain(listing.id, 999)


def test_the_explanation_and_whole_columns_agree(db, pricing, make_listing, write):
    draw = random.Random(5)
    write("INSERT INTO marketing_group (id, store_id, name, discount_bp, created_ms) VALUES (3, 1, 'A', 1550, 0)")
    write('UPDATE marketing_group SET discount_plan = \'{"affiliate": true, "spend_off": "3/20"}\'')
    enter_rates(db, [EnteredRate("7.8123", "EUR")])
    codes = ["AB1234", "CD5678", "AB1234*3+CD5678", "AB1234_CES", "AB1234_CFR"]
    templates = ("free", "pieces", "standard")
    for number in range(24):
        skus = tuple((f"{draw.choice(codes)}", draw.randrange(1, 20_000), 5) for _ in range(2))
        made = make_listing(
            "Lamp", skus, freight_template_id=templates[number % 3], currency="USD" if number % 4 else "EUR"
        )
        if number % 2:
            write("INSERT INTO marketing_member (listing_id, group_id) VALUES (?, 3)", made.id)
    with db.reader.connect() as connection:
        figures = figures_of(connection, range(1, 25))
    compared = 0
    for one in figures:
        found = pricing.explain(one.given.listing_id, one.given.sku_id)
        steps = {step.name: step.value for step in found.steps}
        assert found.missing == one.why
        if found.profit is None:
            continue
        compared += 1
        assert half_up(found.profit.profit_cny) * 100 == one.profit_minor
        assert half_up(found.profit.margin, SHARE) * 10_000 == one.margin_bp
        assert Decimal(steps["break_even"]) * 100 == one.even_minor
        if one.worst_minor is not None:
            assert Decimal(steps["worst_case"]) * 100 == one.worst_minor
            assert Decimal(steps["worst_profit"]) * 100 == one.worst_profit_minor
    assert compared > 30


@pytest.mark.parametrize("margin", ["15 %", "15", "0.10", "-5%", "0", "84%"])
def test_a_margin_leads_to_the_lowest_price_that_earns_it(pricing, lamp, margin):
    at = (lamp.id, lamp.skus[0].id)
    found = pricing.with_price_for(*at, "margin", margin)
    wanted = Decimal(margin.rstrip(" %")) / (100 if "%" in margin or margin == "15" else 1)
    assert found.profit.margin >= wanted
    sources = [one.steps[0].source for one in (pricing.explain(*at), found)]
    assert sources == ["explain.of_listing", "explain.of_trial"], "a price tried out is not the listing's"
    if margin.startswith("15"):
        assert found.price_minor == 1059  # P2's 7.41 at 30 % off: 10.5857 → 10.59


def test_a_profit_leads_to_its_price_and_what_cannot_be_is_said(pricing, lamp):
    at = (lamp.id, lamp.skus[0].id)
    found = pricing.with_price_for(*at, "profit", "5.14")
    assert found.profit.profit_cny >= Decimal("5.14")
    assert pricing.explain(*at, found.price_minor - 2).profit.profit_cny < Decimal("5.14")
    for wanted, text, error in (
        ("margin", "86%", NoPriceReaches),
        ("margin", "100", BadPriceInput),
        ("profit", "-100", BadPriceInput),
        ("profit", "much", BadPriceInput),
    ):
        with pytest.raises(error):
            pricing.with_price_for(*at, wanted, text)


def test_rates_and_commissions_come_out_of_sheets(pricing, db, tmp_path):
    rates = tmp_path / "rates.csv"
    rates.write_text("币种,汇率,日期\nUSD,7.05,2026-11-02\nEUR,7.80,2026-11-02\n", "utf-8-sig")
    change = pricing.import_sheet(rates)
    assert [one.source for one in change] == ["rates.csv"]
    fees = tmp_path / "fees.csv"
    fees.write_text("Category ID,Commission\n5090301,5%\n,0.07\n", "utf-8")
    pricing.import_sheet(fees)
    overview = pricing.overview("en")
    assert [(one.currency, f"{one.rate:f}") for one in overview.history[:2]] == [("EUR", "7.8"), ("USD", "7.05")]
    assert {one.category_id: f"{one.share:f}" for one in overview.commissions} == {"": "0.07", "5090301": "0.05"}
    assert pricing.import_sheet(fees) == []
    for text, code in (
        ("币种,汇率\nUSD,7\nusd,8\n", "pricing.twice"),
        ("类目,佣金\n1,5%\n1,6%\n", "pricing.twice"),
        ("name,price\nx,1\n", "pricing.no_rates"),
    ):
        (tmp_path / "bad.csv").write_text(text, "utf-8")
        with pytest.raises(BadRateSheet) as caught:
            pricing.import_sheet(tmp_path / "bad.csv")
        assert caught.value.error_code == code
    (tmp_path / "bad.csv").write_text("类目,佣金\n1,8\n", "utf-8")
    with pytest.raises(BadRateSheet):
        pricing.import_sheet(tmp_path / "bad.csv")


def test_margins_and_profits_typed_in_cells_become_prices_or_say_why_not(db, make_listing):
    lamp = make_listing("Lamp", (("AB1234", 999, 5), ("XX1", 999, 5)), freight_template_id="free")
    only = make_listing("Only", (("AB1234", None, 5),), freight_template_id="free")
    desk = ListingDesk(lambda: db)
    first, second = (CHILD_ID_OFFSET + sku.id for sku in lamp.skus)
    saved = desk.save_cells(
        [
            CellEdit(first, "margin", Decimal("0.15")),
            CellEdit(second, "profit", Decimal(5)),
            CellEdit(only.id, "profit", Decimal("5.14")),
            CellEdit(lamp.id, "margin", Decimal("0.15")),
        ]
    )
    assert [(one.field, one.before, one.after) for one in saved.plan.changes] == [
        ("price_minor", 999, 1059),
        ("price_minor", None, 1000),  # at 9.99 it is 5.139
    ]
    assert [str(one.refused) for one in saved.plan.refused] == ["unknown_profit", "several_variants"]
    assert [str(one.refused) for one in desk.plan_cells([CellEdit(first, "margin", Decimal("0.9"))]).refused] == [
        "no_price"
    ]
    undo(db)
    with db.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT price_minor FROM sku ORDER BY id").scalars().all() == [999, 999, None]


def test_the_freight_of_a_large_parcel_names_the_weight_by_volume(db, pricing, make_listing):
    change_settings(db, {"channel": "express"})
    large = make_listing(
        "Lamp", (("AB1234", 999, 5),), freight_template_id="free", length_cm=40, width_cm=30, height_cm=20
    )
    steps = {step.name: step for step in pricing.explain(large.id, large.skus[0].id).steps}
    assert (steps["weight"].value, steps["freight"].value, steps["freight"].how) == ("200", "332.00", "4800 g")
