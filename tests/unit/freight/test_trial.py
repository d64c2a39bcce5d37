"""Trials: weight, fees, who pays what and what is left; unknown things named, never 0."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.messages import Messages
from app.services.errors import NotFound
from app.services.freight.comparing import differing
from app.services.freight.desk import Asked, FreightDesk
from app.services.freight.errors import BadFreightInput
from app.services.freight.finding import find_listing, find_named, size_of
from app.services.freight.quoting import Parcel
from app.services.freight.subjects import TypedPrices
from app.services.freight.trial import COLUMNS, Verdict, cells, said, told, usual_countries, write_trial
from app.services.pricing.figures import figures_of
from app.services.workbooks import open_workbook

EN = Messages("en")


class App:
    """As much of an `Application` as the desk needs."""

    def __init__(self, db):
        self.db, self.database_path = db, db.path


@pytest.fixture
def desk(db, goods):
    return FreightDesk(App(db))


def named(desk, name):
    with desk._app.db.reader.connect() as connection:
        return find_named(connection, name)


def test_p1_of_an_item_by_its_own_cost_and_weight(desk, goods):
    goods("AB1234")
    asked = Asked(code="ab1234", prices=TypedPrices(Decimal("6.99")), targets=("US", "RU", "JP"))
    us, ru, jp = desk.try_freight(named(desk, "Small goods"), asked)
    assert (us.quote.buyer_usd, us.quote.carrier_cny, us.profit.profit_cny) == (
        0,
        Decimal("16.5384"),
        Decimal("5.13912"),
    )
    assert told(us) | {"profit_cny": "5.14", "margin": "0.1081", "verdict": "fine", "seller_cny": "16.5384"} == told(us)
    assert cells(us, EN)[-4:] == ("16.54", "5.14", "10.8 %", "Earns")
    assert (told(ru)["served"], told(ru)["verdict"]) == (True, "fine")
    assert (jp.verdict, told(jp)["carrier_cny"], cells(jp, EN)[8:13]) == (Verdict.NOT_SERVED, None, ("–",) * 5)


def test_a_listing_with_its_own_template_agrees_with_the_figures(desk, db, goods):
    listing = goods("CF1204", length_cm=16, width_cm=9, height_cm=2)
    rows = desk.try_freight(None, Asked(listing_id=listing.id))
    assert [row.quote.country for row in rows] == list(usual_countries())
    with db.reader.connect() as connection:
        (figures,) = figures_of(connection, [listing.id])
        assert find_listing(connection, listing.skus[0].code) == listing.id, "found by the code of a variant, too"
    here = next(row for row in rows if row.quote.country == figures.given.country)
    assert told(here)["profit_cny"] == f"{Decimal(figures.profit_minor) / 100:.2f}"
    assert here.subject.parcel.size == (16, 9, 2)


def test_what_is_unknown_is_named(desk, goods):
    goods("NOCOST", item={"cost_micro": None})
    goods("NOWEIGHT", item={"weight_mg": None})
    template = named(desk, "701")
    (row,) = desk.try_freight(template, Asked(code="NOCOST", targets=("DE",)))
    assert (row.profit, row.missing, row.verdict) == (None, ("price", "cost"), Verdict.UNKNOWN)
    assert said(row, EN) == "No profit without the price, cost"
    for code, error in (("NOWEIGHT", "no_weight"), ("GONE1", "unknown_items"), ("A B", "bad_code")):
        with pytest.raises(BadFreightInput) as caught:
            desk.try_freight(template, Asked(code=code))
        assert caught.value.error_code == f"freight.{error}"
    listing = goods("LIGHT", price=None, item={"weight_mg": None}, weight_g=None)
    with pytest.raises(BadFreightInput):
        desk.try_freight(None, Asked(listing_id=listing.id))
    with pytest.raises(NotFound):
        desk.try_freight(None, Asked(listing_id=10_000))


def test_a_tariff_alone_says_only_what_the_carrier_asks(desk):
    (row,) = desk.try_freight(named(desk, "express"), Asked(Parcel(2100, size=size_of("40x30x20")), targets=("US",)))
    assert (told(row)["chargeable_g"], told(row)["carrier_cny"], said(row, EN)) == (
        5000,
        "332.00",
        "Carrier’s fee only",
    )
    with pytest.raises(BadFreightInput):
        desk.try_freight(named(desk, "700"), Asked(tariff_key="nope"))


def test_a_trial_goes_into_a_workbook_with_nothing_where_nothing_is_known(desk, tmp_path):
    rows = desk.try_freight(named(desk, "700"), Asked(targets=("US", "JP")))
    assert write_trial(tmp_path / "trial.xlsx", rows, EN) == 2
    with open_workbook(tmp_path / "trial.xlsx") as opened:
        _, us, jp = opened.grid(opened.sheets[0].name).rows()
    assert dict(zip(COLUMNS, us, strict=False))["carrier"] == 16.5384
    assert dict(zip(COLUMNS, jp, strict=False))["carrier"] == ""


def test_templates_differ_country_by_country(desk):
    left, right = named(desk, "700"), named(desk, "702")
    rows = {row.country: row for row in desk.compare(left, right)}
    assert rows["US"].left.buyer_usd == 0
    assert rows["US"].right.buyer_usd == 4
    assert rows["JP"].left.text(EN) == "Not served"
    assert rows["JP"].right.text(EN).startswith("STANDARD · Custom · by weight, 1 band; ")
    assert list(rows)[:2] == ["US", "ES"]
    assert differing(desk.compare(right, named(desk, "701"))) == []


def test_names_are_found_where_they_are_meant(desk):
    assert [one.name for one in desk.names()][:3] == ["Paid everywhere", "Small goods", "带电特货"]
    assert named(desk, "国际快递").key == "express"
    with pytest.raises(NotFound):
        named(desk, "nope")


BATTERY = frozenset({"battery"})


def routes(rows):
    return [(row.quote.tariff_key, row.quote.reason, row.quote.is_sure) for row in rows]


def test_attributes_and_dispatch_country_decide_about_the_channel(desk, db, goods):
    goods("PL1000")
    goods("UN1000", item={"attributes": None})
    goods("BL1850", item={"attributes": ["battery"]})
    listing = goods("LI1000")
    template = named(desk, "Paid everywhere")

    def tried(target, parcel=None, **asked):
        return routes(desk.try_freight(template, Asked(parcel or Parcel(200), targets=(target,), **asked)))

    plain, battery = [("post_packet", "", True)], [("post_battery", "", True)]
    assert tried("US") == plain
    assert tried("US", Parcel(200, attributes=BATTERY)) == battery
    assert tried("US", code="PL1000") == tried("US", listing_id=listing.id) == plain
    assert tried("US", code="BL1850") == battery
    assert tried("US", code="UN1000") == [("post_packet", "", False)], "nobody told: as for plain goods, and it is said"
    for asked in ({"code": "PL1000"}, {"code": "UN1000"}, {"listing_id": listing.id}):
        assert tried("US", Parcel(1, attributes=BATTERY), **asked) == battery
        assert tried("ES", Parcel(1, ships_from="ES"), **asked)[0][:2] == ("line_es", "")
        assert tried("US", Parcel(1, ships_from="ES"), **asked)[0][:2] == ("line_es", "channel_country")
        assert tried("PL", Parcel(1, ships_from="PL"), **asked)[0][:2] == ("", "channel_no_rule")
    with db.bulk() as connection:
        connection.exec_driver_sql(
            "INSERT INTO channel_rule (attribute, channel, is_allowed) VALUES ('battery', 'Post_Battery', 0), "
            "('battery', '国际快递', 1), ('liquid', 'post_packet', 0)"
        )
    assert tried("US", code="BL1850") == [("post_battery", "channel_forbidden", True)]
    assert tried("US", Parcel(200, attributes=frozenset({"liquid"}))) == [("post_packet", "channel_forbidden", True)]
    for row in desk.try_freight(template, Asked(code="BL1850", targets=("US",))):
        assert (told(row)["carrier_cny"], said(row, EN)) == (None, "Not served: the company’s channel table forbids it")


@pytest.mark.parametrize(
    ("parcel", "reason"),
    [
        (Parcel(2100, size=size_of("40x30x20"), attributes=BATTERY), "carrier_attribute"),
        (Parcel(100_000_000), ""),
        (Parcel(1), ""),
    ],
)
def test_a_tariff_takes_any_weight_but_not_any_goods(desk, parcel, reason):
    (row,) = desk.try_freight(named(desk, "express"), Asked(parcel, targets=("US",)))
    assert row.quote.reason == reason
    assert (row.quote.carrier_cny is None) == bool(reason)


@pytest.mark.parametrize("grams", [0, -1])
def test_no_weight_is_refused_and_never_free(desk, grams):
    for name in ("express", "Small goods"):
        with pytest.raises(BadFreightInput):
            desk.try_freight(named(desk, name), Asked(Parcel(grams), targets=("US",)))


def test_what_is_typed_takes_the_place_of_what_is_known_of_a_listing(desk, db, goods):
    listing = goods("CF1204", length_cm=16, width_cm=9, height_cm=2)
    express = named(desk, "express")

    def tried(*, template=express, **typed):
        return desk.try_freight(template, Asked(listing_id=listing.id, targets=("US",), **typed))[0]

    own = tried()
    large = tried(parcel=Parcel(1, size=size_of("40x30x20")))
    assert (own.quote.volume_g, large.quote.volume_g) == (58, 4800)
    assert large.quote.carrier_cny > own.quote.carrier_cny and large.quote.real_g == own.quote.real_g
    heavy = tried(parcel=Parcel(3000), by_weight=True)
    assert (heavy.quote.real_g, own.quote.real_g == 3000) == (3000, False)
    dear, cheap = tried(prices=TypedPrices(cost=Decimal(30))), tried(prices=TypedPrices(cost=Decimal(10)))
    assert cheap.subject.sale.cost - dear.subject.sale.cost == -20
    sold = tried(prices=TypedPrices(sale=Decimal("50.005")))
    assert sold.subject.sale.price == Decimal("50.01"), "instead of its own after the discount"
    with db.bulk() as connection:
        connection.exec_driver_sql("DELETE FROM stock_item")
        connection.exec_driver_sql("UPDATE listing SET weight_g = NULL")
    assert tried(parcel=Parcel(200), by_weight=True).subject.missing == ("cost",)
    known = tried(parcel=Parcel(200), by_weight=True, prices=TypedPrices(cost=Decimal(10)))
    assert (known.subject.missing, known.subject.sale is None) == ((), False)
    with pytest.raises(BadFreightInput):
        tried()
