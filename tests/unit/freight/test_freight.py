"""Freight templates: both wire forms into zones, rows, one template whole."""

from __future__ import annotations

from decimal import Decimal

import orjson
import pytest

from app.services.errors import NotFound
from app.services.freight.records import Band, Service, Zone, ZoneKind
from app.services.freight.settings import read_services
from app.services.freight.source import FreightTemplateSource
from app.services.paging import Filter, Query

NESTED = {
    "template": {
        "logistics_company": "CAINIAO_STANDARD",
        "all_free_shipping": "N",
        "all_standard_shipping": "N",
        "all_standard_discount": 0,
        "standard_shipping_country": "ES,FR",
        "standard_shipping_discount": 30,
        "free_shipping_country": "PL",
    },
    "selfstandard_list": {
        "aeop_freight_selfdefine_standard": [{"self_standard_country": "AU,CA", "self_standard_discount": 10}]
    },
    "selfdefine_list": {
        "aeop_freight_selfdefine": [
            {
                "shipping_country": "DE",
                "custom_freight_type": "order_num",
                "start_order_num": 1,
                "end_order_num": 2,
                "min_freight": 5,
                "per_add_num": 1,
                "add_freight": 2,
            },
            {
                "shipping_country": "BR;CL",
                "custom_freight_type": "weight",
                "min_freight": 4.0,
                "self_define_weight_list": {
                    "aeop_freight_selfdefine_weight": [
                        {
                            "start_weight": 0.5,
                            "end_weight": 2,
                            "interval_unit_weight": 0.1,
                            "interval_unit_freight": 0.6,
                        }
                    ]
                },
            },
        ]
    },
}


def test_the_nested_form_with_wrapped_lists():
    [service] = read_services([NESTED])
    assert service.carrier == "CAINIAO_STANDARD"
    assert service.zones == (
        Zone(ZoneKind.FREE, ("PL",)),
        Zone(ZoneKind.STANDARD, ("ES", "FR"), discount_percent=30),
        Zone(ZoneKind.STANDARD, ("AU", "CA"), discount_percent=10),
        Zone(
            ZoneKind.BY_PIECES,
            ("DE",),
            first_fee=Decimal(5),
            bands=(Band(Decimal(1), Decimal(2), Decimal(1), Decimal(2)),),
        ),
        Zone(
            ZoneKind.BY_WEIGHT,
            ("BR", "CL"),
            first_fee=Decimal("4.0"),
            bands=(Band(Decimal("0.5"), Decimal(2), Decimal("0.1"), Decimal("0.6")),),
        ),
    )
    assert service.served == {"PL", "ES", "FR", "AU", "CA", "DE", "BR", "CL"}
    assert not service.is_everywhere


def test_the_flat_form_and_plain_lists():
    flat = {**NESTED["template"], "selfstandard_list": NESTED["selfstandard_list"]["aeop_freight_selfdefine_standard"]}
    assert read_services([flat])[0].zones == read_services([NESTED])[0].zones[:3]


def test_a_rule_for_all_countries_hides_the_list():
    everywhere = {
        "template": {
            "logistics_company": "EMS",
            "all_standard_shipping": "Y",
            "all_standard_discount": "20",
            "standard_shipping_country": "ES",
        }
    }
    assert read_services([everywhere]) == (
        Service("EMS", (Zone(ZoneKind.STANDARD, is_everywhere=True, discount_percent=20),)),
    )
    free = {"template": {"logistics_company": "EMS", "all_free_shipping": "y", "free_shipping_country": "ES"}}
    assert read_services([free])[0].zones == (Zone(ZoneKind.FREE, is_everywhere=True),)


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        ["text", None, 7],
        [{}],
        [{"template": {"logistics_company": "X", "free_shipping_country": None}}],
        [{"template": "x", "selfdefine_list": "y"}],
        [{"selfdefine_list": [{"custom_freight_type": "order_num", "min_freight": "n/a"}]}],
    ],
)
def test_what_cannot_be_understood_is_no_zone_with_free_freight(odd):
    for service in read_services(odd):
        assert not service.served
        assert all(zone.kind != ZoneKind.FREE for zone in service.zones)


def test_zones_in_words_name_who_pays():
    zone = Zone(ZoneKind.STANDARD, ("ES",), discount_percent=30)
    assert (zone.title, zone.params) == ("freight.zone.standard", {"percent": 30, "paid": 70})
    assert Zone(ZoneKind.BY_WEIGHT, bands=(Band(Decimal(0), None, None, Decimal(1)),)).params == {"n": 1}


@pytest.fixture
def source(db, make_listing):
    make_listing(freight_template_id="700126540")
    make_listing(freight_template_id="700126540")
    with db.bulk() as connection:
        for template_id, name, services in (
            ("700126540", "小件普货", [NESTED]),
            ("-1700000001", "Heavy goods", []),
            ("1000", "Unread", None),
        ):
            connection.exec_driver_sql(
                "INSERT INTO freight_template (store_id, template_id, name, is_default, services, synced_ms) "
                "VALUES (1, ?, ?, ?, ?, 5)",
                (
                    template_id,
                    name,
                    template_id == "1000",
                    None if services is None else orjson.dumps(services).decode(),
                ),
            )
    return FreightTemplateSource(db)


def test_rows_count_services_countries_and_listings(source):
    rows = {row.template_id: row for row in source.first_page(Query(), 10)}
    assert (rows["700126540"].service_count, rows["700126540"].country_count) == (1, 8)
    assert (rows["700126540"].listing_count, rows["700126540"].store) == (2, "晨帆数码")
    assert (rows["-1700000001"].service_count, rows["-1700000001"].country_count) == (0, 0)
    assert (rows["1000"].service_count, rows["1000"].country_count, rows["1000"].is_default) == (None, None, True)


def test_search_sort_and_filter(source):
    def names(**question):
        query = Query(**question)
        assert source.count(query) == len(source.ids(query))
        return [row.name for row in source.first_page(query, 10)]

    assert names() == ["Heavy goods", "Unread", "小件普货"]
    assert names(text="HEAVY") == ["Heavy goods"]
    assert names(text="普货") == ["小件普货"]
    assert names(text="70012") == ["小件普货"]
    assert names(sort="listings", descending=True)[0] == "小件普货"
    assert names(filters=(Filter("default", "=", "yes"),)) == ["Unread"]
    assert names(store_ids=(2,)) == []


def test_a_template_whole(source):
    number = source.first_page(Query(text="小件"), 1)[0].id
    detail = source.detail(number)
    assert detail.template.name == "小件普货"
    assert [service.carrier for service in detail.services] == ["CAINIAO_STANDARD"]
    unread = source.first_page(Query(text="unread"), 1)[0].id
    assert source.detail(unread).services == ()
    with pytest.raises(NotFound):
        source.detail(99)
