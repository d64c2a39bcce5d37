"""The history of rows that are no listings, as the window shows it: fields and values in words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.services.freight.keeping import TariffDraft, TemplateDraft, save_tariff, save_template
from app.services.freight.records import Band, Service, Zone, ZoneKind
from app.services.freight.source import FreightTemplateSource
from app.services.freight.tariff_source import TariffSource
from app.services.freight.tariffs import Tariff, TariffBand, WeightRange
from app.services.history.contents import ChangeContents
from app.services.paging import Query
from app.services.warehouses import templates as warehouses
from app.services.warehouses.records import PriceSource, WarehouseTemplateRecord
from app.views.listings.change_columns import columns
from tests.unit.conftest import db, empty_database

__all__ = ["db", "empty_database"]

ES = warehouses.country_record("ES", stock=35)
ZONES = (Zone(ZoneKind.FREE, ("ES",)), Zone(ZoneKind.STANDARD, ("FR",), discount_percent=30))
FLAT = TariffDraft("Flat", Tariff("flat", "CNY", (WeightRange(None, Decimal(9)),)), "offer", "2026-01-31")


def told(db, change):
    """Title of the change's one row, and its values as cells: part, field, before, after."""
    (row,) = ChangeContents(db, change.uid).first_page(Query(), 5)
    title, *rest = columns()[:4]
    cells = {
        (title.child_cell(value).text, rest[0].child_cell(value).text): tuple(
            one.child_cell(value).text for one in rest[1:]
        )
        for value in row.values
    }
    return title.cell(row).text, cells


def test_a_warehouse_template(db):
    made = warehouses.save_template(db, WarehouseTemplateRecord(None, "Europe", countries=(ES,)))
    assert told(db, made.change)[1] == {("", "All of it"): ("–", "Europe")}
    changed = replace(
        made.template,
        is_virtual=False,
        price_source=PriceSource.RULE,
        margin_bp=550,
        countries=(replace(ES, stock=None, surcharge_minor=150, formula="price * 2"),),
    )
    assert told(db, warehouses.save_template(db, changed).change) == (
        "Europe",
        {
            ("", "Warehouse"): ("Virtual overseas", "Real overseas"),
            ("", "Prices"): ("From a sheet only", "Team rule"),
            ("", "Margin"): ("–", "5.5 %"),
            ("Spain", "Country"): (
                "stock 35 · + USD – · mark _CES · 201336104",
                "stock – · + USD 1.50 · mark _CES · 201336104 · price * 2",
            ),
        },
    )


def test_a_freight_template_and_a_tariff(db):
    save_template(db, TemplateDraft("Plan", (Service("Line", ZONES), Service("Post", ZONES))))
    (id,) = FreightTemplateSource(db).ids(Query())
    band = Band(*map(Decimal, ("0.5", "2", "0.1", "0.6")))
    own = Zone(ZoneKind.BY_WEIGHT, ("US",), first_fee=Decimal(4), bands=(band,))
    services = (Service("Line", (*ZONES, own)), Service("Post", ZONES))
    title, cells = told(db, save_template(db, TemplateDraft("Plan", services), id))
    assert (title, list(cells)) == ("Plan", [("Line", "Service")]), "only the service that differs"
    before, after = cells["Line", "Service"]
    assert after.startswith(before) and "US" in after and "0.60" in after
    save_tariff(db, FLAT)
    (flat,) = [row.id for row in TariffSource(db).first_page(Query(text="flat"), 1)]
    bands = (WeightRange(500, Decimal(6), (TariffBand(30, Decimal(1), Decimal("0.07")),)),)
    tariff = replace(FLAT.tariff, ranges=bands, step_g=10, countries=frozenset({"ES", "FR"}))
    assert told(db, save_tariff(db, replace(FLAT, tariff=tariff), flat)) == (
        "Flat",
        {
            ("", "Fees"): ("any weight: 9", "≤ 500 g: 6, above 30 g + 0.07 per 1 g"),
            ("", "Step, g"): ("–", "10"),
            ("", "Countries"): ("–", "ES, FR"),
        },
    )
