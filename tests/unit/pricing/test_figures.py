"""Figures of stored variants: P1 to the cent, every unknown named, each input's own way in."""

from __future__ import annotations

import orjson
import pytest

from app.services.listings.loading import load_listings
from app.services.price_guard.figures import read_figures
from app.services.pricing.figures import figures_of
from app.services.pricing.inputs import Missing
from app.services.pricing.rates import EnteredRate, enter_rates
from app.services.pricing.renewing import renew_figures
from app.services.pricing.sku_columns import numbers_of
from app.services.pricing.team_settings import change_settings

pytestmark = pytest.mark.usefixtures("priced")


def figures(db, *listings):
    with db.reader.connect() as connection:
        return figures_of(connection, [one.id for one in listings])


def one(db, make_listing, code="AB1234", price=999, **fields):
    return figures(db, make_listing("Lamp", ((code, price, 5),), **{"freight_template_id": "free", **fields}))[0]


def test_p1_is_exact(db, make_listing):
    found = one(db, make_listing)
    assert found.why == ()
    assert (found.sale_minor, found.cost_micro, found.freight_micro) == (699, 18_000_000, 16_538_400)
    assert (found.fees_minor, found.profit_minor, found.margin_bp) == (665, 514, 1081)
    assert (found.even_minor, found.worst_minor, found.worst_profit_minor) == (875, 699, 514)


def test_p4_bundle_and_buyers_freight(db, make_listing, commission, write):
    write("UPDATE stock_item SET cost_micro = 6500000, weight_mg = 85000 WHERE code = 'AB1234'")
    change_settings(db, {"affiliate": "0", "packing": "1.80", "discount": "0.25"})
    commission("5%")
    found = one(db, make_listing, "AB1234*2+CD5678", 1280, freight_template_id="pieces")
    assert (found.cost_micro, found.given.weight_g, found.freight_micro) == (22_800_000, 310, 22_343_100)
    # 0.50 of reductions less than in P4: N = 12.03, left 12.03 × 0.92 × 6.8 = 75.25968
    assert (found.sale_minor, found.given.buyer_minor, found.profit_minor) == (960, 243, 2832)


def test_standard_rate_is_what_is_left_of_the_carriers_tariff(db, make_listing):
    assert one(db, make_listing, freight_template_id="standard").given.buyer_minor == 170  # F1


@pytest.mark.parametrize(
    ("code", "fields", "why"),
    [
        ("AB1234", {"price": None}, (Missing.PRICE,)),
        ("AB1234", {"currency": "EUR"}, (Missing.RATE,)),
        ("XX1", {"weight_g": 100}, (Missing.COST,)),
        ("XX1", {"extra": {"cost": "3"}}, (Missing.WEIGHT,)),
        ("EF9", {}, (Missing.COST,)),
        ("AB1234+XX1", {}, (Missing.COST, Missing.WEIGHT)),
        ("", {}, (Missing.COST, Missing.WEIGHT)),
        ("AB1234_CPL", {}, (Missing.CHANNEL,)),
        ("AB1234", {"freight_template_id": ""}, (Missing.TEMPLATE,)),
        ("AB1234", {"freight_template_id": "unread"}, (Missing.TEMPLATE,)),
        ("AB1234_CES", {"freight_template_id": "pieces"}, (Missing.ROUTE,)),
        ("AB1234", {"price": 90_000_000_00}, (Missing.RANGE,)),
    ],
)
def test_what_is_unknown_is_named_and_never_nothing(db, make_listing, code, fields, why):
    found = one(db, make_listing, code, **fields)
    assert found.why == why
    assert (found.profit_minor, found.margin_bp, found.worst_minor, found.worst_profit_minor) == (None,) * 4
    assert (found.even_minor is None) == (why != (Missing.PRICE,))


def test_a_sheets_cost_and_the_listings_weight_count_where_items_say_nothing(db, make_listing):
    listing = make_listing(
        "Lamp",
        (("XX1", 999, 5), ("XX2", 999, 5)),
        freight_template_id="free",
        weight_g=200,
        extra={"成本价": ["18.00", ""]},
    )
    first, second = figures(db, listing)
    assert (first.profit_minor, first.given.is_sheet_cost, first.given.is_listing_weight) == (514, True, True)
    assert (second.cost_micro, second.why) == (None, (Missing.COST,))


def test_goods_from_abroad_stay_there_and_go_with_its_line(db, make_listing):
    found = one(db, make_listing, "AB1234_CES")
    assert (found.given.country, found.given.choice.key) == ("ES", "line_es")
    assert found.freight_micro == 24_000_000


def test_the_groups_discount_and_the_reference_route_count(db, make_listing, write):
    listing = make_listing("Lamp", (("AB1234", 999, 5),), freight_template_id="free")
    write("INSERT INTO marketing_group (id, store_id, name, discount_bp, created_ms) VALUES (3, 1, 'A', 5000, 0)")
    write("INSERT INTO marketing_member (listing_id, group_id) VALUES (?, 3)", listing.id)
    assert figures(db, listing)[0].sale_minor == 500
    write('UPDATE marketing_group SET discount_plan = \'{"affiliate": true, "spend_off": "3/9"}\' WHERE id = 3')
    found = figures(db, listing)[0]
    assert (found.worst_minor, found.given.is_group_discount) == (350, True)  # two pieces, 10.00 − 3.00
    assert found.worst_profit_minor < found.profit_minor
    change_settings(db, {"channel": "post_registered"})
    assert figures(db, listing)[0].freight_micro == 30_739_900  # F5's tariff at 200 g


def test_another_currency_is_reckoned_with_its_own_rate(db, make_listing):
    enter_rates(db, [EnteredRate("6.80", "EUR"), EnteredRate("3.40", "AUD")])
    assert one(db, make_listing, currency="EUR").profit_minor == 514
    found = one(db, make_listing, price=1998, currency="AUD", freight_template_id="pieces")
    assert (found.sale_minor, found.given.buyer_minor) == (1399, 486)
    in_cny = one(db, make_listing, price=6793, currency="CNY")
    assert (in_cny.sale_minor, in_cny.profit_minor) == (4755, 515)


def test_fees_that_take_everything_are_named(db, make_listing, commission):
    commission("99%")
    assert one(db, make_listing).why == (Missing.FEES,)


def a_dear_template(write, discount=0, first_fee="9e30"):
    head = {"logistics_company": "A", "all_standard_shipping": "Y", "all_standard_discount": discount}
    own = {"shipping_country": "US", "min_freight": first_fee}
    services = [head] if discount else [{"template": {"logistics_company": "A"}, "selfdefine_list": [own]}]
    write(
        "INSERT INTO freight_template (store_id, template_id, name, is_default, services, synced_ms) "
        "VALUES (1, 'dear', 'dear', 0, ?, 0)",
        orjson.dumps(services).decode(),
    )


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("AB1234*99999", {}),
        ("XX1", {"weight_g": 10**17, "extra": {"cost": "3"}}),
        ("AB1234", {"freight_template_id": "dear"}),
        ("AB1234", {"price": 2**62}),
    ],
)
def test_a_number_beyond_all_limits_spoils_no_neighbour(db, make_listing, write, code, fields):
    a_dear_template(write)
    neighbour = make_listing("Other", (("CD5678", 999, 5),), freight_template_id="free")
    usual = figures(db, neighbour)[0].profit_minor
    write("UPDATE stock_item SET cost_micro = 900000000000000 WHERE code = 'AB1234'" if "*" in code else "SELECT 1")
    wild = make_listing("Lamp", ((code, fields.pop("price", 999), 5),), **{"freight_template_id": "free", **fields})
    other, found = figures(db, wild, neighbour)
    assert found.why == (Missing.RANGE,)
    assert (found.profit_minor, found.even_minor, found.worst_profit_minor) == (None,) * 3
    assert found.sale_minor in (699, None)
    assert usual is not None and (other.why, other.profit_minor) == ((), usual)


@pytest.mark.parametrize(("discount", "first_fee"), [(150, ""), (-10, ""), (0, "NaN"), (0, "Infinity"), (0, "-1")])
def test_a_template_that_contradicts_itself_is_not_known(db, make_listing, write, discount, first_fee):
    a_dear_template(write, discount, first_fee)
    found = one(db, make_listing, freight_template_id="dear")
    assert (found.why, found.given.buyer_minor, found.profit_minor) == ((Missing.TEMPLATE,), None, None)


def test_a_carrier_that_bills_by_volume_does_so_in_every_figure(db, make_listing):
    """F4: 40 × 30 × 20 cm count as 4.8 kg; the guard, the stored figures and the trial say the same."""
    change_settings(db, {"channel": "express"})
    sides = {"length_cm": 40, "width_cm": 30, "height_cm": 20}
    goods, free = (("AB1234", 999, 5),), {"freight_template_id": "free"}
    large = make_listing("Large", goods, **free, **sides)
    wild = make_listing("Wild", goods, **free, **{**sides, "length_cm": 10**15})
    small = make_listing("Small", goods, **free, length_cm=40)
    found = figures(db, large, wild, small)
    assert [one.freight_micro for one in found][::2] == [332_000_000, 98_000_000]
    assert found[1].freight_micro > 10**9 and found[1].profit_minor < 0
    renew_figures(db)
    with db.reader.connect() as connection:
        stored = numbers_of(connection, [one.given.sku_id for one in found], ("freight_micro",))
    assert stored == {one.given.sku_id: (one.freight_micro,) for one in found}
    with db.read() as session:
        records = load_listings(session, [large.id])
        [[guarded]] = read_figures(session.connection(), records)
    assert guarded.costs.freight == 332
