"""What the builder says listings will earn abroad is what they earn once they are built, and what the guard judges."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.services.listings.bulk_edit.session import close_all
from app.services.listings.loading import load_listings
from app.services.price_guard.figures import read_figures
from app.services.pricing.figures import figures_of
from app.services.pricing.rates import EnteredRate, enter_rates
from app.services.tasks import TaskContext
from app.services.warehouses.overseas import session
from app.services.warehouses.overseas.options import BuildOptions
from app.services.warehouses.overseas.session import BuildRequest
from app.services.warehouses.records import PriceSource, StoreFreight, WarehouseTemplateRecord
from app.services.warehouses.templates import country_record
from tests.unit.freight.conftest import goods

__all__ = ["goods"]

TEMPLATE = WarehouseTemplateRecord(
    None,
    "ES+FR",
    countries=(country_record("ES", stock=35, surcharge_minor=600), country_record("FR", surcharge_minor=900)),
    price_source=PriceSource.SURCHARGE,
)
PAID = replace(TEMPLATE, freight=(StoreFreight(1, "701"),))


@pytest.fixture
def show(db):
    """Cells by country of a build over one listing, and the token of the build."""

    def prepare(listing, template=TEMPLATE, **more):
        request = BuildRequest(BuildOptions(template=template, **more), listings=(listing.id,))
        head = session.prepare(db.path, request, ctx=TaskContext())
        return session.page(head.token, 0, 9, ctx=TaskContext())[0].cells, head.token

    yield prepare
    close_all()


@pytest.mark.parametrize("template", [TEMPLATE, PAID], ids=["free", "buyer pays"])
@pytest.mark.parametrize("size", [{}, {"length_cm": 60, "width_cm": 40, "height_cm": 30}], ids=["small", "bulky"])
def test_the_preview_is_what_the_listing_earns_once_it_is_built(db, goods, show, template, size):
    enter_rates(db, [EnteredRate("6.80")])
    listing = goods("AB1234", 1_500, category_id="708022", **size)
    cells, token = show(listing, template)
    shown = {country: (one.earning.margin_bp, one.earning.freight_micro) for country, one in cells.items()}
    known = ["ES", "FR"] if template is PAID else ["ES"]
    assert [country for country, pair in shown.items() if None not in pair] == known
    session.apply(token, ctx=TaskContext())
    with db.reader.connect() as connection:
        figures = figures_of(connection, [listing.id])
        judged = read_figures(connection, load_listings(connection, [listing.id]))[0]
    assert {one.given.ships_from: (one.margin_bp, one.freight_micro) for one in figures[1:]} == shown
    assert len({margin for margin, _ in shown.values()}) == 2
    freight = [None if one.costs is None else int(one.costs.freight * 10**6) for one in judged[1:]]
    reckoned = [pair[1] if country in known else None for country, pair in shown.items()]
    assert freight == reckoned, "the guard reckons with the same freight, or knows none"


def test_what_is_unknown_is_named_and_never_a_margin(db, goods, show):
    listing = goods("AB1234", item={"cost_micro": None})
    enter_rates(db, [EnteredRate("6.80")])
    cells, _ = show(listing)
    assert {one.earning.margin_bp for one in cells.values()} == {None}
    assert cells["ES"].earning.why == ("no_cost", "AB1234")


@pytest.mark.parametrize(
    ("fields", "country", "why"),
    [
        ({"freight_template_id": "gone"}, "ES", ("no_template", "AB1234")),
        ({"freight_template_id": ""}, "ES", ("no_template", "AB1234")),
        ({}, "FR", ("not_served", "FR")),
    ],
)
def test_a_freight_template_that_does_not_serve_the_country_leaves_the_margin_open(
    db, goods, show, fields, country, why
):
    enter_rates(db, [EnteredRate("6.80")])
    listing = goods("AB1234", **fields)
    cells, _ = show(listing)
    assert cells[country].earning.why == why
    assert cells[country].earning.margin_bp is None
